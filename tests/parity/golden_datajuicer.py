"""Statistics, decisions and edits of Data-Juicer's text operators that need no model.

usage: golden_datajuicer.py [filters] [mappers] [deduplicators] [selectors]
Run with build/peers/data-juicer/bin/python; the package's own code makes every number.
"""

import json
import signal
import sys

import golden_file
from data_juicer.ops import load_ops
from data_juicer.utils.constant import Fields, HashKeys
from datasets import Dataset
from loguru import logger

logger.remove()
LISTS = str(golden_file.LISTS)
SECONDS = 20  # of CPU for one document in one mapper; the slow ones are listed as "timeout"
BIG = 9_223_372_036_854_775_807

# column: (operator, parameters that shape the statistic, its key, least, most)
STATISTICS = {
    "alnum_ratio": (
        "alphanumeric_filter",
        {},
        "alnum_ratio",
        ("min_ratio", 0.75),
        ("max_ratio", 1),
    ),
    "special_char_ratio": (
        "special_characters_filter",
        {},
        "special_char_ratio",
        ("min_ratio", 0.125),
        ("max_ratio", 0.25),
    ),
    **{
        f"char_rep_ratio_{n}": (
            "character_repetition_filter",
            {"rep_len": n},
            "char_rep_ratio",
            ("min_ratio", 0.0),
            ("max_ratio", 0.5),
        )
        for n in (1, 2, 5, 10)
    },
    **{
        f"word_rep_ratio_{n}": (
            "word_repetition_filter",
            {"rep_len": n},
            "word_rep_ratio",
            ("min_ratio", 0.0),
            ("max_ratio", 0.5),
        )
        for n in (1, 2, 5, 10)
    },
    "num_words": ("words_num_filter", {}, "num_words", ("min_num", 10), ("max_num", 100)),
    "text_len": ("text_length_filter", {}, "text_len", ("min_len", 10), ("max_len", 500)),
    "avg_line_length": (
        "average_line_length_filter",
        {},
        "avg_line_length",
        ("min_len", 10),
        ("max_len", 100),
    ),
    "max_line_length": (
        "maximum_line_length_filter",
        {},
        "max_line_length",
        ("min_len", 10),
        ("max_len", 100),
    ),
    **{
        f"{words}_ratio_{lang}{'_aug' if sizes else ''}": (
            f"{words}_filter",
            {
                "lang": lang,
                f"{words}_dir": LISTS,
                "use_words_aug": bool(sizes),
                "words_aug_group_sizes": sizes or [2],
            },
            f"{words}_ratio",
            ("min_ratio", 0.0 if words == "flagged_words" else 0.25),
            ("max_ratio", 0.045 if words == "flagged_words" else 1.0),
        )
        for words in ("flagged_words", "stopwords")
        for lang, sizes in (("zh", None), ("en", None), ("all", None), ("zh", [2, 3]))
    },
}

# decision column: (operator, parameters); least and most are closed unless said otherwise
FIELDS = {
    "specified_field": ("specified_field_filter", {"field_key": "lang", "target_value": ["zh"]}),
    "specified_numeric": (
        "specified_numeric_field_filter",
        {"field_key": "score", "min_value": -0.5, "max_value": 0.5},
    ),
    "suffix": ("suffix_filter", {"suffixes": [".txt", ".md"]}),
    "general_field": (
        "general_field_filter",
        {"filter_condition": "-0.25 < score <= 0.75 and lang != 'en' or kind == 'marks'"},
    ),
}
ENDS = {
    "closed": {},
    "open": {"min_closed_interval": False, "max_closed_interval": False},
    "reversed": {"reversed_range": True},
    "open_reversed": {
        "min_closed_interval": False,
        "max_closed_interval": False,
        "reversed_range": True,
    },
}

# column: (operator, parameters)
MAPPERS = {
    "clean_copyright": ("clean_copyright_mapper", {}),
    "clean_email": ("clean_email_mapper", {}),
    "clean_email_repl": ("clean_email_mapper", {"repl": "<email>"}),
    "clean_html": ("clean_html_mapper", {}),
    "clean_ip": ("clean_ip_mapper", {}),
    "clean_links": ("clean_links_mapper", {}),
    "expand_macro": ("expand_macro_mapper", {}),
    "fix_unicode": ("fix_unicode_mapper", {}),
    "fix_unicode_nfkc": ("fix_unicode_mapper", {"normalization": "NFKC"}),
    "punctuation_normalization": ("punctuation_normalization_mapper", {}),
    "remove_bibliography": ("remove_bibliography_mapper", {}),
    "remove_comments": ("remove_comments_mapper", {}),
    "remove_comments_inline": ("remove_comments_mapper", {"multiline": False}),
    "remove_header": ("remove_header_mapper", {}),
    "remove_header_keep": ("remove_header_mapper", {"drop_no_head": False}),
    "remove_long_words": ("remove_long_words_mapper", {"max_len": 20}),
    "remove_long_words_3_10": ("remove_long_words_mapper", {"min_len": 3, "max_len": 10}),
    "remove_non_chinese": ("remove_non_chinese_character_mapper", {}),
    "remove_non_chinese_alone": (
        "remove_non_chinese_character_mapper",
        {"keep_alphabet": False, "keep_number": False, "keep_punc": False},
    ),
    "remove_repeat_sentences": ("remove_repeat_sentences_mapper", {}),
    "remove_repeat_sentences_all": (
        "remove_repeat_sentences_mapper",
        {"lowercase": True, "ignore_special_character": False, "min_repeat_sentence_length": 4},
    ),
    "remove_specific_chars": ("remove_specific_chars_mapper", {}),
    "remove_specific_chars_own": (
        "remove_specific_chars_mapper",
        {"chars_to_remove": ["的", "e", "]", "^", "-", "\\", "😀", "\n"]},
    ),
    "remove_table_text": ("remove_table_text_mapper", {}),
    "remove_table_text_3_5": ("remove_table_text_mapper", {"min_col": 3, "max_col": 5}),
    "remove_incorrect": ("remove_words_with_incorrect_substrings_mapper", {}),
    "remove_incorrect_own": (
        "remove_words_with_incorrect_substrings_mapper",
        {"substrings": ["的", "the", "@"]},
    ),
    "replace_content": ("replace_content_mapper", {"pattern": r"\d+(?:\.\d+)?%?", "repl": "<n>"}),
    "replace_content_two": (
        "replace_content_mapper",
        {"pattern": [r"\s+", "[a-z]+@"], "repl": [" ", "@"]},
    ),
    "text_chunk_pattern": ("text_chunk_mapper", {}),
    "text_chunk_length": (
        "text_chunk_mapper",
        {"max_len": 100, "split_pattern": None, "overlap_len": 10},
    ),
    "text_chunk_both": ("text_chunk_mapper", {"max_len": 200, "split_pattern": r"\n"}),
    "whitespace_normalization": ("whitespace_normalization_mapper", {}),
    "pii_redaction": ("pii_redaction_mapper", {}),
    "chinese_convert_t2s": ("chinese_convert_mapper", {"mode": "t2s"}),
}

MINHASH = {
    "character": {"tokenization": "character"},
    "character_keep_case": {
        "tokenization": "character",
        "lowercase": False,
        "ignore_pattern": r"\s+",
        "window_size": 3,
        "num_permutations": 128,
        "jaccard_threshold": 0.8,
    },
    "space": {},
    "punctuation": {"tokenization": "punctuation"},
    "character_32_8": {"tokenization": "character", "num_bands": 32, "num_rows_per_band": 8},
}
SIMHASH = {
    "space": {},
    "character": {"tokenization": "character"},
    "punctuation": {"tokenization": "punctuation", "window_size": 2},
    "alpaca_cot": {
        "tokenization": "character",
        "window_size": 4,
        "num_blocks": 10,
        "hamming_distance": 8,
    },
}
EXACT = {
    "plain": {},
    "lowercase": {"lowercase": True},
    "characters": {"lowercase": True, "ignore_non_character": True},
}
LINES = {
    "plain": {},
    "twice": {"frequency_threshold": 1, "lowercase": True, "ignore_special_character": True},
}

SELECTORS = {
    "topk:number": ("topk_specified_field_selector", {"field_key": "score", "topk": 5000}),
    "topk:least": (
        "topk_specified_field_selector",
        {"field_key": "score", "top_ratio": 0.25, "topk": 9000, "reverse": False},
    ),
    "range:share": (
        "range_specified_field_selector",
        {"field_key": "score", "lower_percentile": 0.2, "upper_percentile": 0.7},
    ),
    "range:rank": (
        "range_specified_field_selector",
        {"field_key": "score", "lower_rank": 3000, "upper_rank": 9000, "upper_percentile": 0.3},
    ),
    "frequency:text": ("frequency_specified_field_selector", {"field_key": "kind", "topk": 3}),
    "frequency:number": ("frequency_specified_field_selector", {"field_key": "score", "topk": 200}),
    "frequency:rare": (
        "frequency_specified_field_selector",
        {"field_key": "kind", "top_ratio": 0.3, "reverse": False},
    ),
    "tags:one": ("tags_specified_field_selector", {"field_key": "lang", "target_tags": ["zh"]}),
    "tags:two": (
        "tags_specified_field_selector",
        {"field_key": "kind", "target_tags": ["law", "marks"]},
    ),
    "random:number": ("random_selector", {"select_num": 2000}),
    "random:share": ("random_selector", {"select_ratio": 0.125, "select_num": 20000}),
}


def operator(name, parameters):
    return load_ops([{name: parameters}])[0]


def batch(rows):
    samples = {key: [row[key] for row in rows] for key in rows[0]}
    samples[Fields.suffix] = samples["suffix"]
    samples[Fields.stats] = [{} for _ in rows]
    return samples


def decide(name, parameters, samples):
    return [bool(keep) for keep in operator(name, parameters).process_batched(samples)]


def filters(rows):
    statistics, decisions, about = {}, {}, {}
    for column, (name, parameters, key, least, most) in STATISTICS.items():
        samples = operator(name, parameters).compute_stats_batched(batch(rows))
        statistics[column] = [stat[key] for stat in samples[Fields.stats]]
        for end, interval in {"default": None, **ENDS}.items():
            given = dict(parameters)
            if interval is not None:
                given |= {least[0]: least[1], most[0]: most[1], **interval}
            decisions[f"{column}:{end}"] = decide(name, given, samples)
            about[f"{column}:{end}"] = {name: given}
    for column, (name, parameters) in FIELDS.items():
        for end in ("closed",) if column == "general_field" else ENDS:
            given = parameters | ENDS[end]
            samples = batch(rows)
            if column == "general_field":
                keep = [
                    operator_.process_single(
                        operator_.compute_stats_single({**row, Fields.stats: {}})
                    )
                    for operator_ in [operator(name, given)]
                    for row in rows
                ]
            else:
                keep = fields(name, given, rows)
            decisions[f"{column}:{end}"] = [bool(k) for k in keep]
            about[f"{column}:{end}"] = {name: given}
    for given in about.values():
        for parameters in given.values():
            for key in parameters:
                if key.endswith("_dir"):
                    parameters[key] = "lists"
    golden_file.write("datajuicer-statistics", statistics, PACKAGES, about)
    golden_file.write("datajuicer-decisions", decisions, PACKAGES, about)


def fields(name, parameters, rows):
    made = operator(name, parameters)
    for row in rows:
        sample = {**row, Fields.suffix: row["suffix"], Fields.stats: {}}
        yield made.process_single(made.compute_stats_single(sample))


class Slow(Exception):
    pass


def stop(_signal, _frame):
    raise Slow


def edit(made, text):
    """The texts that a mapper makes of one text, or the word for how it failed."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        sample = {"text": [text], Fields.meta: [{}]}
        if made._batched_op:
            return made.process_batched(sample)["text"]
        return [made.process_single({"text": text})["text"]]
    except Slow:
        return "timeout"
    except Exception as error:  # whatever the peer raises is its result
        return f"{type(error).__name__}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def mappers(rows):
    signal.signal(signal.SIGVTALRM, stop)
    columns, failures, shown = {}, {}, []
    texts = [row["text"] for row in rows]
    for column, (name, parameters) in MAPPERS.items():
        made = operator(name, parameters)
        values = []
        for number, text in enumerate(texts):
            result = edit(made, text)
            if isinstance(result, str):
                failures.setdefault(column, {})[number] = result
                values.append(0)
            elif column.startswith("text_chunk"):
                values.append(golden_file.hash_words(result) if result != [text] else None)
            else:
                values.append(golden_file.hash_changed(text, result[0]))
                if values[-1] and len(text) < 400 and number % 100 < 3:
                    shown.append({"id": number, "mapper": column, "text": result[0]})
        columns[column] = values
        print(column, sum(v is not None for v in values), failures.get(column), flush=True)
    about = {column: {name: given} for column, (name, given) in MAPPERS.items()}
    golden_file.write("datajuicer-mappers", columns, PACKAGES, about)
    data = {"failures": failures, "examples": shown}
    path = golden_file.GOLDEN / "datajuicer-mappers.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def kept(made, rows, key, values):
    """Numbers of the rows that a deduplicator keeps."""
    dataset = Dataset.from_dict({"id": [row["id"] for row in rows], key: values})
    dataset, _ = made.process(dataset)
    left = set(dataset["id"])
    return [row["id"] in left for row in rows]


def deduplicators(rows):
    columns, about, full = {}, {}, {}
    for column, parameters in EXACT.items():
        made = operator("document_deduplicator", parameters)
        values = [made.compute_hash({"text": r["text"]})[HashKeys.hash] for r in rows]
        columns[f"exact:{column}"] = kept(made, rows, HashKeys.hash, values)
        about[f"exact:{column}"] = {"document_deduplicator": parameters}
    for column, parameters in MINHASH.items():
        made = operator("document_minhash_deduplicator", parameters)
        values = [made.compute_hash({"text": r["text"]})[HashKeys.minhash] for r in rows]
        columns[f"minhash:{column}"] = kept(made, rows, HashKeys.minhash, values)
        columns[f"minhash:{column}:signature"] = [golden_file.hash64(b"".join(v)) for v in values]
        about[f"minhash:{column}"] = {
            "document_minhash_deduplicator": parameters,
            "bands": made.num_bands,
            "rows": made.num_rows_per_band,
        }
        full[column] = {i: [band.hex() for band in values[i]] for i in range(0, len(rows), 2000)}
        print(column, sum(columns[f"minhash:{column}"]), flush=True)
    for column, parameters in SIMHASH.items():
        made = operator("document_simhash_deduplicator", parameters)
        values = [made.compute_hash({"text": r["text"]})[HashKeys.simhash] for r in rows]
        columns[f"simhash:{column}"] = kept(made, rows, HashKeys.simhash, values)
        columns[f"simhash:{column}:fingerprint"] = [int(v) for v in values]
        about[f"simhash:{column}"] = {"document_simhash_deduplicator": parameters}
    for column, parameters in LINES.items():
        made = operator("document_line_deduplicator", parameters)
        values = [made.compute_hash({"text": r["text"]})[HashKeys.line_hashes] for r in rows]
        dataset = Dataset.from_dict(
            {"text": [r["text"] for r in rows], HashKeys.line_hashes: values}
        )
        dataset, _ = made.process(dataset)
        columns[f"lines:{column}"] = [
            golden_file.hash_changed(r["text"], text)
            for r, text in zip(rows, dataset["text"], strict=True)
        ]
        about[f"lines:{column}"] = {"document_line_deduplicator": parameters}
    golden_file.write("datajuicer-duplicates", columns, PACKAGES, about)
    path = golden_file.GOLDEN / "datajuicer-minhash.json"
    path.write_text(json.dumps(full, indent=0) + "\n", encoding="utf-8")


def selectors(rows):
    columns = {key: [row[key] for row in rows] for key in ("id", "lang", "kind", "score")}
    kept, about = {}, {}
    for column, (name, parameters) in SELECTORS.items():
        left = set(operator(name, parameters).process(Dataset.from_dict(columns))["id"])
        kept[column] = [row["id"] in left for row in rows]
        about[column] = {name: parameters}
    golden_file.write("datajuicer-selectors", kept, [*PACKAGES, "numpy", "datasets"], about)


PACKAGES = ["py-data-juicer", "emoji", "regex", "ftfy", "selectolax", "OpenCC", "simhash-pybind"]
PARTS = {
    "filters": filters,
    "mappers": mappers,
    "deduplicators": deduplicators,
    "selectors": selectors,
}


def main():
    rows = golden_file.corpus()
    for part in sys.argv[1:] or PARTS:
        PARTS[part](rows)


if __name__ == "__main__":
    main()
