"""The recipes that people start from give what their pages say."""

import json
import os
import shutil
from pathlib import Path

import pytest
from test_masking import decoded

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PLANTED = (
    "13910725846",
    "010-65120378",
    "zhangming@example.org",
    "110105198806121338",
    "91110105MA01KXY39F",
)


def lines(text):
    return [json.loads(line) for line in text.decode().splitlines()]


@pytest.fixture
def example(siku):
    def run(name, *options):
        shutil.copytree(ROOT / "examples" / name, siku.folder, dirs_exist_ok=True)
        summary = siku.run("recipe.yaml", *options)
        return [lines(siku("dataset", "export", out["dataset"])) for out in summary["outputs"]]

    return run


@pytest.fixture
def gone(siku):
    """(step, reason) of each rejected row, by what the key function calls the row."""

    def by(key, *options):
        rows = lines(siku("rejects", "last", "--format", "jsonl", *options))
        named = {key(row["row"]): (row["step"], row["reason"]) for row in rows}
        assert len(named) == len(rows)
        return named

    return by


def test_instruction_data(example, gone, siku):
    (rows,) = example("instruction-data")
    assert [row["id"] for row in rows] == list(range(20))
    assert gone(lambda row: row["id"]) == {
        20: ("document_deduplicator", "duplicate"),
        21: ("document_deduplicator", "duplicate"),
        22: ("document_deduplicator", "duplicate"),
        23: ("document_simhash_deduplicator", "near_duplicate"),
        24: ("alphanumeric_filter", "too_low"),
        25: ("character_repetition_filter", "too_high"),
        26: ("text_length_filter", "too_low"),
        27: ("flagged_words_filter", "too_high"),
    }
    assert lines((siku.folder / "outputs/clean.jsonl").read_bytes()) == rows


def test_chinese_web(example, gone):
    (rows,) = example("chinese-web")
    texts = {Path(row["path"]).stem: row["text"] for row in rows}
    assert sorted(texts) == ["history", "library", "science", "travel"]
    assert texts["library"].startswith("区图书馆从下个月起延长开放时间")
    assert texts["library"].endswith("并且在一个月之内给出答复。\n")
    assert gone(lambda row: Path(row["path"]).stem) == {
        "spam": ("repetition", "dup_line_frac"),
        "chorus": ("repetition", "duplicated_6_n_grams"),
        "menu": ("lines", "line_punct_ratio"),
        "reprint": ("lines", "char_dup_ratio"),
        "prices": ("words", "gopher_below_alpha_threshold"),
        "short": ("words", "gopher_short_doc"),
        "titles": ("words", "gopher_enough_stop_words"),
        "mirror": ("unique", "near_duplicate"),
    }


def test_chinese_web_loses_a_damaged_page_that_is_not_repaired(example, gone, siku):
    recipe = (ROOT / "examples/chinese-web/recipe.yaml").read_text(encoding="utf-8")
    assert "from: repaired" in recipe
    example("chinese-web")
    unrepaired = recipe.replace("from: repaired", "from: pages").split("\n")
    unrepaired = [line for line in unrepaired if "refine.text.repair" not in line]
    (siku.folder / "recipe.yaml").write_text("\n".join(unrepaired), encoding="utf-8")
    siku.run("recipe.yaml")
    why = gone(lambda row: Path(row["path"]).stem)
    assert why["library"] == ("lines", "line_punct_ratio")


def test_policy_documents(example, gone, siku):
    siku("key", "new", "owner.key")
    (rows,) = example("policy-documents", "--seal-key", "owner.key")
    found = [(Path(row["path"]).stem, row["paragraph"]) for row in rows]
    assert found == (
        [("award", n) for n in (1, 2, 3, 4)]
        + [("computing", n) for n in (1, 3, 5)]
        + [("damaged", 0)]
        + [("opening", n) for n in (2, 4, 6, 7, 8)]
    )
    text = "\n".join(row["text"] for row in rows)
    for kept in ("数据要素市场化配置改革", "13800000000元", "202503150018", "2025年3月31日"):
        assert kept in text
    for mask in ("[手机号]", "[固定电话]", "[邮箱]", "[身份证号]", "[统一社会信用代码]"):
        assert text.count(mask) == 1
    why = gone(lambda row: (Path(row["path"]).stem, row["paragraph"]))
    assert {where for where, what in why.items() if what == ("unique", "near_duplicate")} == (
        {("reposted", n) for n in range(1, 10)} | {("computing", 6), ("opening", 9)}
    )
    assert len([what for what in why.values() if what == ("long_enough", "too_low")]) == 10


def shown(siku):
    """The planted numbers that a reader of the store or of the report finds."""
    siku("report", "last", "--html", "page.html")
    kept = [path for path in siku.store.rglob("*") if path.is_file()]
    kept.append(siku.folder / "page.html")
    raw = b"\n".join(path.read_bytes() for path in kept)
    cells = "\n".join(decoded(path) for path in kept)
    return [number for number in PLANTED if number.encode() in raw or number in cells]


def test_policy_documents_show_their_numbers_to_the_owner_only(example, siku):
    siku("key", "new", "owner.key")
    example("policy-documents", "--seal-key", "owner.key")
    assert shown(siku) == []
    edits = siku("edits", "last", "--seal-key", "owner.key").decode()
    assert all(number in edits for number in PLANTED)
    assert siku.try_("run", "recipe.yaml").returncode != 0


def test_policy_documents_without_the_mask_show_all_of_them(siku):
    shutil.copytree(ROOT / "examples/policy-documents", siku.folder, dirs_exist_ok=True)
    recipe = (siku.folder / "recipe.yaml").read_text(encoding="utf-8").split("\n")
    unmasked = [line for line in recipe if "mask_identifiers" not in line]
    assert len(unmasked) == len(recipe) - 1
    text = "\n".join(unmasked).replace("from: masked", "from: repaired")
    (siku.folder / "recipe.yaml").write_text(text, encoding="utf-8")
    siku.run("recipe.yaml")
    assert shown(siku) == list(PLANTED)


def test_deduplication(example, gone, siku):
    rows, clusters = example("deduplication")
    texts = {row["id"]: row["text"] for row in rows}
    assert list(texts) == (
        "birds-wide glasses-edited bridge orchard quoted empty-1 empty-2 short".split()
    )
    assert gone(lambda row: row["id"]) == {
        "birds": ("exact", "duplicate"),
        "birds-upper": ("exact", "duplicate"),
        "glasses": ("near", "near_duplicate"),
        "glasses-short": ("near", "near_duplicate"),
        "only-notice": ("pieces", "nothing_left"),
    }
    notice = "不得转载、摘编或者以其他方式使用上述作品。"
    assert texts["bridge"].endswith(notice)
    assert texts["orchard"].endswith("把过密的和有病的枝条去掉。")
    assert texts["quoted"] == (
        "有读者来信问起老桥的来历，我们查了资料。以上的内容摘自去年第三期的专栏，供这位读者参考。"
    )
    found = {row["id"]: row.get("cluster") for row in clusters if not row["too_short"]}
    assert found == dict.fromkeys(["glasses", "glasses-edited", "glasses-short"], "glasses-edited")
    assert [row["id"] for row in clusters if row["too_short"]] == ["empty-1", "empty-2", "short"]
