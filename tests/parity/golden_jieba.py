"""Cuts of jieba: run with build/peers/jieba/bin/python."""

import itertools
import logging
import struct

import golden_file
import jieba

jieba.setLogLevel(logging.ERROR)


def hash_cuts(words):
    """Hash of the ends of the words in code points, each in four bytes, little endian."""
    ends = list(itertools.accumulate(len(word) for word in words))
    return golden_file.hash64(struct.pack(f"<{len(ends)}I", *ends))


def main():
    texts = [row["text"] for row in golden_file.corpus()]
    plain = jieba.Tokenizer()
    user = jieba.Tokenizer()
    user.load_userdict(str(golden_file.LISTS / "user_dictionary.txt"))
    columns = {}
    cuts = {"hmm": (plain, True), "no_hmm": (plain, False), "user_hmm": (user, True)}
    cuts["user_no_hmm"] = (user, False)
    for name, (tokenizer, hmm) in cuts.items():
        words = [tokenizer.lcut(text, HMM=hmm) for text in texts]
        assert all("".join(w) == t for w, t in zip(words, texts, strict=True))
        columns[name] = [hash_cuts(w) for w in words]
        columns[f"{name}_count"] = [len(w) for w in words]
    columns["search_hmm"] = [
        golden_file.hash_words(plain.lcut_for_search(text, HMM=True)) for text in texts
    ]
    columns["all"] = [golden_file.hash_words(plain.lcut(text, cut_all=True)) for text in texts]
    golden_file.write(
        "jieba",
        columns,
        ["jieba"],
        {"user": "lists/user_dictionary.txt", "hmm and no_hmm": "cut(text, HMM)"},
    )


if __name__ == "__main__":
    main()
