"""DataTrove's signature files: written, clustered, and refused where they are not whole."""

import json
import struct

import pytest

SAME = "数据 要素 市场 培育 政策 公共 开放 平台 算力 模型 训练 治理"
OTHER = "春眠 不觉 晓 处处 闻 啼鸟 夜来 风雨 声 花落 知 多少"


@pytest.fixture
def signed(siku):
    (siku.folder / "pages").mkdir()
    for name, texts in (("a", [SAME, "短"]), ("b", [OTHER, SAME])):
        lines = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
        (siku.folder / "pages" / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    said = siku("signatures", "write", "pages").decode()
    assert "3 documents signed, 1 too short, in 2 files" in said
    return siku


def numbers(path):
    data = path.read_bytes()
    return struct.unpack(f"<{len(data) // 4}I", data)


def test_equal_texts_share_a_cluster_and_one_is_to_be_removed(signed):
    said = signed("signatures", "cluster", "signatures").decode()
    assert "2 documents in 1 cluster, 1 to remove" in said
    sizes = [p.stat().st_size for p in sorted((signed.folder / "signatures").rglob("*.sig"))]
    assert sizes == [68, 136] * 14  # records of 8 minima and a document
    clusters = signed.folder / "clusters"
    assert numbers(clusters / "000000.clusters") == (0, 0)
    assert numbers(clusters / "000001.clusters") == (1, 0)
    assert numbers(clusters / "000001.sizes") == (1, 2)
    assert numbers(clusters / "000001.remove") == (1,)
    assert not (clusters / "000000.remove").exists()
    assert numbers(signed.folder / "buckets" / "00000_00.dups") == (0, 0, 1, 1)


def refused(siku, code, words, *arguments):
    done = siku.try_("signatures", *arguments)
    assert done.returncode == code and words in done.stderr.decode(), done.stderr.decode()


def test_what_is_there_is_not_written_over(signed):
    refused(signed, 4, "not written over", "write", "pages")


def test_what_is_not_whole_is_refused(signed):
    refused(signed, 3, "no signature files", "cluster", "signatures", "--buckets", "15")
    part = signed.folder / "signatures" / "bucket_003" / "00001.minhash.sig"
    part.write_bytes(part.read_bytes()[:-1])
    refused(signed, 6, "inside a record", "cluster", "signatures", "--to", "c", "--pairs", "p")
    part.write_bytes(b"\xff" * 68 + b"\0" * 68)
    refused(signed, 6, "not sorted", "cluster", "signatures", "--to", "c2", "--pairs", "p2")


def test_a_record_that_is_no_row_would_shift_the_numbers(siku):
    (siku.folder / "in.jsonl").write_text('{"text": "a"}\nnot json\n')
    refused(siku, 6, "in.jsonl", "write", "in.jsonl")
    refused(siku, 3, "", "write", "none.jsonl")
