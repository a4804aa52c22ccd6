"""Decisions, ratios, words and duplicates of DataTrove.

usage: golden_datatrove.py [english] [chinese] [duplicates]
Run with build/peers/datatrove/bin/python. Every decision comes from the package's own filters; the
ratios come from its helpers, or are counted here as its filter does where it has no helper, and
each decision is then made again from them: a ratio that does not explain it stops the script.
"""

import functools
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import golden_file
import numpy as np
from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.sentence_dedup import (
    SentDedupConfig,
    SentenceDedupFilter,
    SentenceDedupSignature,
    SentenceFindDedups,
)
from datatrove.pipeline.filters import (
    C4ParagraphFilter,
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters import gopher_quality_filter as quality
from datatrove.pipeline.filters import gopher_repetition_filter as repetition
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import (
    PUNCTUATION_SET,
    TERMINAL_PUNCTUATION,
    simplify_text,
    split_into_sentences,
    split_into_words,
)
from loguru import logger

logger.remove()
PEERS = ["datatrove", "spacy", "jieba", "regex", "xxhash", "numpy"]
CHINESE = json.loads((golden_file.LISTS / "fineweb2_zh.json").read_text(encoding="utf-8"))
SETS = {
    "xxhash64_zh": ("cmn_Hani", MinhashConfig()),
    "sha1_64_en": ("eng", MinhashConfig(hash_config=HashConfig(64, "sha1"))),
    "sha1_32_zh": (
        "cmn_Hani",
        MinhashConfig(
            n_grams=3, num_buckets=20, hashes_per_bucket=5, hash_config=HashConfig(32, "sha1")
        ),
    ),
    "xxhash32_en": ("eng", MinhashConfig(hash_config=HashConfig(32, "xxhash"))),
}


def filters(language):
    chinese = language == "cmn_Hani"
    given = CHINESE if chinese else {"repetition": {}, "fineweb": {}, "quality": {}}
    made = {
        "repetition": GopherRepetitionFilter(language=language, **given["repetition"]),
        "fineweb": FineWebQualityFilter(language=language, **given["fineweb"]),
        "quality": GopherQualityFilter(language=language, **given["quality"]),
    }
    if chinese:  # FineWeb-2 does not apply C4
        return made, given
    made |= {
        "c4": C4QualityFilter(language=language),
        "c4_any_end": C4QualityFilter(language=language, filter_no_terminal_punct=False),
        "c4_sentences": C4QualityFilter(language=language, split_paragraph=False),
        "c4_paragraphs": C4ParagraphFilter(),
    }
    return made, given


def decide(made, text):
    """(kept or the reason, text left) of one filter on one text."""
    document = Document(text=text, id="0")
    try:
        result = made.filter(document)
    except Exception as error:  # whatever the peer raises is its result
        return type(error).__name__, text
    if isinstance(result, tuple):
        return result[1], document.text
    return "kept" if result else "dropped", document.text


def repetition_ratios(text, words):
    if not text:
        return {}
    ratios = {}
    paragraphs = repetition.re.compile(r"\n{2,}").split(text.strip())
    lines = repetition.re.compile("\n+").split(text)
    for name, parts in (("para", paragraphs), ("line", lines)):
        elements, characters = repetition.find_duplicates(parts)
        ratios[f"dup_{name}_frac"] = elements / len(parts)
        ratios[f"dup_{name}_char_frac"] = characters / len(text)
    for n in (2, 3, 4):
        grams = repetition.get_n_grams(words, n)
        if grams:
            ratios[f"top_{n}_gram"] = repetition.find_top_duplicate(grams) / len(text)
    for n in range(5, 11):
        ratios[f"dup_{n}_gram"] = repetition.find_all_duplicate(words, n) / len(text)
    return ratios


def quality_ratios(text, words, stop_words):
    real = [w for w in words if any(c not in PUNCTUATION_SET for c in w)]
    ratios = {"non_symbol_words": len(real), "stop_words": len(stop_words & set(words))}
    if real:
        ratios["avg_word_length"] = float(np.mean([len(w) for w in real]))
    if words:
        ratios["hash_ratio"] = text.count("#") / len(words)
        ratios["ellipsis_ratio"] = (text.count("...") + text.count("…")) / len(words)
        ratios["alpha_ratio"] = sum(any(c.isalpha() for c in w) for w in words) / len(words)
    lines = text.splitlines()
    if lines:
        bullets = sum(line.lstrip().startswith(("•", "-")) for line in lines)
        ends = sum(line.rstrip().endswith(("...", "…")) for line in lines)
        ratios["bullet_line_ratio"] = bullets / len(lines)
        ratios["ellipsis_line_ratio"] = ends / len(lines)
    return ratios


def fineweb_ratios(text, words):
    lines = [line for line in text.split("\n") if line.strip() != ""]
    if not lines:
        return {}
    stops = tuple(TERMINAL_PUNCTUATION)
    ratios = {
        "line_punct_ratio": sum(line.endswith(stops) for line in lines) / len(lines),
        "short_line_ratio": sum(len(line) <= 30 for line in lines) / len(lines),
        "char_dup_ratio": repetition.find_duplicates(lines)[1] / len(text.replace("\n", "")),
    }
    if words:
        ratios["list_ratio"] = text.count("\n") / len(words)
    return ratios


def explain(ratios, given):
    """The decisions of the three filters made again from the ratios."""
    r = repetition_defaults() | given["repetition"]
    f = {"line_punct_thr": 0.12, "short_line_thr": 0.67, "char_duplicates_ratio": 0.01}
    f = f | {"new_line_ratio": 0.3} | given["fineweb"]
    made = {"repetition": "kept", "fineweb": "kept"}
    for name in ("dup_para_frac", "dup_para_char_frac", "dup_line_frac", "dup_line_char_frac"):
        if made["repetition"] == "kept" and r[name] and ratios.get(name, 0) > r[name]:
            made["repetition"] = name
    grams = [(f"top_{n}_gram", f"top_{n}_gram", limit) for n, limit in r["top_n_grams"]]
    grams += [(f"dup_{n}_gram", f"duplicated_{n}_n_grams", limit) for n, limit in r["dup_n_grams"]]
    for name, reason, limit in grams:
        if made["repetition"] == "kept" and (ratios.get(name) or 0) > limit:
            made["repetition"] = reason
    tests = [("line_punct_ratio", lambda x: x < f["line_punct_thr"], "line_punct_ratio")]
    tests += [("short_line_ratio", lambda x: x > f["short_line_thr"], "short_line_ratio")]
    tests += [("char_dup_ratio", lambda x: x > f["char_duplicates_ratio"], "char_dup_ratio")]
    tests += [("list_ratio", lambda x: x > f["new_line_ratio"], "list_ratio")]
    for name, fails, reason in tests:
        if made["fineweb"] == "kept" and name in ratios and fails(ratios[name]):
            made["fineweb"] = reason
    return made


def repetition_defaults():
    made = GopherRepetitionFilter()
    names = "dup_para_frac dup_para_char_frac dup_line_frac dup_line_char_frac".split()
    return {name: getattr(made, name) for name in [*names, "top_n_grams", "dup_n_grams"]}


def one(number, text, language, made, given):
    words = split_into_words(text, language)
    row = {"words": golden_file.hash_words(words), "words_count": len(words)}
    if number % 10 == 0 or language == "eng":  # the Chinese ones cost all words again
        sentences = split_into_sentences(text, language)
        row["sentences"] = golden_file.hash_words(sentences)
        row["sentences_count"] = len(sentences)
    ratios = repetition_ratios(text, words) | fineweb_ratios(text, words)
    for name, made_filter in made.items():
        row[name], left = decide(made_filter, text)
        if name.startswith("c4") and name != "c4_paragraphs" and row[name] == "kept":
            row[f"{name}:text"] = golden_file.hash_changed(text, left)
    for name, reason in explain(ratios, given).items():
        if row[name] not in (reason, "empty") and not row[name].endswith("Error"):
            raise SystemExit(f"{name}: {row[name]} but its ratios say {reason}: {text[:200]!r}")
    stop_words = set(given["quality"].get("stop_words", quality.STOP_WORDS))
    return row | ratios | quality_ratios(text, words, stop_words)


def decisions(name, language):
    made, given = filters(language)
    rows = []
    for document in golden_file.corpus():
        rows.append(one(document["id"], document["text"], language, made, given))
        if len(rows) % 2000 == 0:
            print(name, len(rows), flush=True)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = {key: [row.get(key) for row in rows] for key in keys}
    golden_file.write(f"datatrove-{name}", columns, PEERS, {"language": language, **given})


def digests(folder):
    """SHA-256 of every file under a folder, by its path there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


def pairs(path):
    return np.fromfile(path, "<u4").reshape(-1, 2).tolist() if path.exists() else []


def minhash(name, language, config, rows, tokenize, out):
    """All stages over the corpus as two files: even rows are the first, odd rows the second."""
    halves = [rows[0::2], rows[1::2]]
    signature = MinhashDedupSignature(str(out / "signatures"), config, language)
    signature.word_tokenizer = tokenize
    for rank, half in enumerate(halves):
        signature.run((Document(text=r["text"], id=str(r["id"])) for r in half), rank, 2)
    for bucket in range(config.num_buckets):
        stage = MinhashDedupBuckets(str(out / "signatures"), str(out / "buckets"), config=config)
        stage.run(None, bucket, config.num_buckets)
    cluster = MinhashDedupCluster(
        str(out / "buckets"), str(out / "clusters"), config, True, True, lines_to_buffer=1000
    )
    cluster.run(None, 0, 1)
    columns = {f"{name}:signature": [None] * len(rows), f"{name}:kept": [True] * len(rows)}
    columns |= {f"{name}:cluster": [None] * len(rows), f"{name}:size": [None] * len(rows)}
    kind = config.hash_config.np_descr
    dtype = [("sig", kind, (config.hashes_per_bucket,)), ("doc", "<u4")]
    for rank in range(2):
        parts = {}
        for bucket in range(config.num_buckets):
            path = out / "signatures" / f"bucket_{bucket:03d}" / f"{rank:05d}.minhash.sig"
            for sig, doc in np.fromfile(path, dtype):
                parts.setdefault(int(doc), []).append(sig.tobytes())
        for doc, made in parts.items():
            columns[f"{name}:signature"][2 * doc + rank] = golden_file.hash64(b"".join(made))
        remove = out / "clusters" / f"{rank:06d}.remove"
        for doc in np.fromfile(remove, "<u4").tolist() if remove.exists() else []:
            columns[f"{name}:kept"][2 * doc + rank] = False
        for end, key in (("clusters", "cluster"), ("sizes", "size")):
            for doc, value in pairs(out / "clusters" / f"{rank:06d}.{end}"):
                columns[f"{name}:{key}"][2 * doc + rank] = value
    return columns


class Cached:
    """A tokenizer that remembers: several sets cut the same texts."""

    def __init__(self, tokenizer):
        self.word_tokenize = functools.cache(tokenizer.word_tokenize)


def sentences(rows, language, out):
    """C4's three-sentence spans over the documents of one language: {id: text or None}."""
    config = SentDedupConfig()
    documents = [Document(text=r["text"], id=str(r["id"])) for r in rows]
    signature = SentenceDedupSignature(str(out / "signatures"), config=config, language=language)
    signature.run(iter(documents), 0, 1)
    SentenceFindDedups(str(out / "signatures"), str(out / "duplicates"), config=config).run(
        None, 0, 1
    )
    last = SentenceDedupFilter(str(out / "duplicates"), config=config, language=language)
    return {int(d.id): d.text for d in last.run(iter(documents), 0, 1)}


def duplicates():
    rows = golden_file.corpus()
    columns, files, tokenizers = {}, {}, {}
    for name, (language, config) in SETS.items():
        out = Path(tempfile.mkdtemp())
        stage = MinhashDedupSignature(str(out), config, language)
        tokenize = tokenizers.setdefault(language, Cached(stage.word_tokenizer))
        columns |= minhash(name, language, config, rows, tokenize, out)
        files[name] = digests(out)
        kept = sum(columns[f"{name}:kept"])
        print(name, len(files[name]), "files", kept, "kept", flush=True)
        shutil.rmtree(out)
    for code, language in (("zh", "cmn_Hani"), ("en", "eng")):
        chosen = [r for r in rows if r["lang"] == code]
        out = Path(tempfile.mkdtemp())
        left = sentences(chosen, language, out)
        files[f"sentences_{code}"] = digests(out)
        shutil.rmtree(out)
        for row in chosen:
            text = left.get(row["id"])
            columns.setdefault("sentences:kept", [False] * len(rows))[row["id"]] = text is not None
            values = columns.setdefault("sentences", [None] * len(rows))
            values[row["id"]] = (
                None if text is None else golden_file.hash_changed(row["text"], text)
            )
        print("sentences", code, len(left), "kept of", len(chosen), flush=True)
    columns["simplified"] = [
        golden_file.hash_changed(r["text"], simplify_text(r["text"])) for r in rows
    ]
    about = {name: f"{language} {config}" for name, (language, config) in SETS.items()}
    about["files"] = "even rows are file 00000, odd rows file 00001; sentences: one file a language"
    golden_file.write("datatrove-duplicates", columns, PEERS, about)
    path = golden_file.GOLDEN / "datatrove-files.json"
    path.write_text(json.dumps(files, indent=0) + "\n", encoding="utf-8")


def main():
    for part in sys.argv[1:] or ["english", "chinese", "duplicates"]:
        if part == "duplicates":
            duplicates()
        else:
            decisions(part, {"english": "eng", "chinese": "cmn_Hani"}[part])


if __name__ == "__main__":
    main()
