"""Conversions of OpenCC, every configuration of its package: run with build/peers/opencc."""

import golden_file
import opencc

MODES = "s2t t2s s2tw tw2s s2hk hk2s s2twp tw2sp s2hkp hk2sp t2tw tw2t t2hk hk2t t2jp jp2t".split()


def main():
    texts = [row["text"] for row in golden_file.corpus()]
    columns = {}
    for mode in MODES:
        converter = opencc.OpenCC(mode)
        columns[mode] = [golden_file.hash_changed(text, converter.convert(text)) for text in texts]
    golden_file.write("opencc", columns, ["opencc"], {"modes": MODES})


if __name__ == "__main__":
    main()
