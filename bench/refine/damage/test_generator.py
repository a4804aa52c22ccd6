"""Tests of the generator: the rows of damage.md, forward, and the rules of `expected`.

usage: .venv/bin/python -m unittest discover -s bench/refine/damage
Packages are fetched on first use.
"""

import random
import unittest

import converter
import generator
from converter import Byte, Item


def items_of(parts):
    """Items of a page from (original, shown) pairs; a shown text is a character and its note."""
    items = []
    for at, (_, shown) in enumerate(parts):
        items.append(Item(shown[0], at))
        items += [Item(c, None) for c in shown[1:]]
    return items, "".join(was for was, _ in parts)


def page(parts, cut=None, note=None, narrows=True):
    """The damaged page; `cut`: put a byte before these two bytes; `note`: annotate them."""
    items, original = items_of(parts)
    stream = converter.to_bytes(items)
    for wanted, new, behind in ((cut, b"?", False), (note and note[0], note and note[1], True)):
        if wanted is None:
            continue
        places = [
            at
            for at in range(len(stream) - 1)
            if bytes([stream[at].value, stream[at + 1].value]) == wanted
            and stream[at].item != stream[at + 1].item
        ]
        at = places[0] + (2 if behind else 0)
        data = new if isinstance(new, bytes) else new.encode("gbk")
        stream = stream[:at] + [Byte(v, -1) for v in data] + stream[at:]
    tokens = converter.decode(stream, items)
    return converter.runs_of(tokens, items, original, narrows)


def parts(original, shown):
    """Pairs of one original character and what the page shows for it, notes in brackets."""
    found, at = [], 0
    for was in original:
        end = at + 1
        if end < len(shown) and shown[end] == "(":
            end = shown.index(")", end) + 1
        found.append((was, shown[at:end]))
        at = end
    return found


class RowsOfDamage(unittest.TestCase):
    def test_run_that_ends_at_an_ascii_trail_byte(self):
        given = parts("发展。《北京市加快建设具有", "發(fā)展。《北京市加快建設(shè)具有")
        damaged, expected, spans, dropped = page(given, cut=b"\xa3\xa1")
        self.assertEqual(damaged, "發(fā)展?!侗本┦屑涌旖ㄔO(shè)具有")
        self.assertEqual(expected, "发展。《北京市加快建设具有")
        self.assertEqual(dropped, 0)
        self.assertEqual(len(spans), 1)
        _, _, low, high = spans[0]
        self.assertEqual(expected[low:high], "。《北京市加快建设")

    def test_run_begun_by_the_semicolon_with_a_dropped_pair(self):
        given = parts("规模化产业化", "規(guī)模化產(chǎn)業(yè)化")
        damaged, _, _, dropped = page(given, cut=b"\xa3\xbb")
        self.assertEqual(damaged, "規(guī)?;a(chǎn)業(yè)化")
        self.assertEqual(dropped, 1)

    def test_annotation_inside_characters(self):
        given = parts("全链式平台，构", "全鏈式平臺(tái)，構(gòu)")
        damaged, expected, _, dropped = page(given, note=(b"\x9c\xca", "(zhǔn)"))
        self.assertEqual(damaged, "全鏈?zhǔn)狡脚_(tái),構(gòu)")
        self.assertEqual(expected, "全链式平台,构")
        self.assertEqual(dropped, 0)

    def test_marks_are_narrowed_outside_of_runs_only(self):
        given = parts("好，是。《北京，设，人", "好，是。《北京，設，人")
        damaged, expected, _, _ = page(given, cut=b"\xa3\xa1")
        self.assertTrue(damaged.startswith("好,是?!"))
        self.assertTrue(damaged.endswith("O,人"))
        self.assertEqual(expected, "好,是。《北京，设,人")

    def test_quotation_marks_and_stops_stay(self):
        self.assertEqual(converter.narrow("“《，（！；》”。、—"), "“《,(!;》”。、—")

    def test_a_line_end_is_never_eaten(self):
        items = [Item("中", 0), Item("\n", 1), Item("文", 2)]
        stream = converter.to_bytes(items)[1:]
        damaged, _, _, _ = converter.runs_of(
            converter.decode(stream, items), items, "中\n文", False
        )
        self.assertEqual(damaged, "?\n文")

    def test_the_page_without_damage_is_itself(self):
        text = "据中国经营报报道，《方案（2023年）》提出：“到2025年”。\nABC 12%"
        items = [Item(c, at) for at, c in enumerate(text)]
        tokens = converter.decode(converter.to_bytes(items), items)
        self.assertEqual(converter.runs_of(tokens, items, text, False), (text, text, [], 0))


class Converter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = converter.Tables()

    def test_characters_of_the_real_page(self):
        common = self.tables.common
        shown = "".join(self.tables.convert(c, common) for c in "据为众台发里着链产业设")
        self.assertEqual(shown, "據為眾臺發裡著鏈產業設")

    def test_annotated_and_bare_characters_are_disjoint(self):
        text = "这个国家的经济发展很快，这个国家的经济发展很好。" * 20
        draw = random.Random(1)
        made = generator.Page(self.tables, draw, "tones", False).items(text)
        noted = {
            i.text for i, j in zip(made, made[1:], strict=False) if j.text == "(" and j.at is None
        }
        bare = {
            i.text
            for i, j in zip(made, made[1:], strict=False)
            if i.at is not None and i.text != text[i.at] and j.at is not None
        }
        self.assertTrue(noted)
        self.assertFalse(noted & bare)


class Decoding(unittest.TestCase):
    def test_fragments_of_the_field_notes(self):
        cases = [
            ("北京市人", "utf8-as-gbk", "鍖椾含甯備汉"),
            ("北京", "utf8-as-latin1", "å\x8c\x97äº¬"),
            ("北京市人", "gbk-as-cp1252", "±±¾©ÊÐÈË"),
            ("你好", "utf8-as-gbk", "浣犲ソ"),
        ]
        for text, pair, wanted in cases:
            self.assertEqual(generator.misread(text, pair, True, "?"), (wanted, 0))

    def test_an_odd_final_byte_is_a_loss(self):
        _, lost = generator.misread("北京市", "utf8-as-gbk", True, "?")
        self.assertEqual(lost, 1)

    def test_what_is_marked_recoverable_has_all_its_bytes(self):
        text = "人工智能产业迎来发展先机！各地积极布局新赛道，抢抓机遇。"
        for pair in generator.PAIRS:
            stored, read, times = generator.PAIRS[pair]
            if stored == "big5" or times > 1 or read in generator.DOUBLE:
                continue
            made, lost = generator.misread(text, pair, True, "\ufffd")
            if lost:
                continue
            back = b""
            for c in made:
                back += bytes([ord(c)]) if ord(c) < 0x100 and read == "latin-1" else b""
                if read != "latin-1":
                    try:
                        back += c.encode(read)
                    except UnicodeEncodeError:
                        back += bytes([ord(c)])
            self.assertEqual(back.decode(stored), text, pair)


class Expected(unittest.TestCase):
    TEXT = (
        "近日，多地出台政策推动人工智能产业发展。《北京市加快建设具有全球影响力的人工智能创新"
        "策源地实施方案》提出，到二〇二五年，人工智能技术创新与产业发展进入新阶段。业内人士认为，"
        "随着算力、数据、算法等要素不断完善，产业规模将持续扩大；但也要看到，关键技术仍需突破。"
        "深圳市（以下简称“我市”）强调，要着力培育高质量数据要素市场！专家表示：“开放共享是前提。”\n"
        "记者从会议上获悉，下一步将建立多模态公共数据集，打造高质量中文语料数据，将教育、医疗等"
        "行业的数据与企业数据融通使用。有关部门负责人说，要统筹发展和安全，完善监管制度。" * 2
    )

    @classmethod
    def setUpClass(cls):
        cls.tables = converter.Tables()
        cls.kinds = generator.kinds(cls.tables, {"发展", "产业", "数据", "人工", "智能"})

    def test_every_kind_keeps_its_rules(self):
        made = {}
        for name, make in self.kinds.items():
            for seed in range(12):
                row = make(self.TEXT, random.Random(seed))
                if row is None:
                    continue
                made[name] = row
                if name.startswith("destroyed/"):
                    self.assertEqual(row["expected"], row["damaged"])
                else:
                    self.assertEqual(
                        converter.narrow(row["expected"]), converter.narrow(row["original"]), name
                    )
                for start, end, _, _ in row["spans"]:
                    self.assertLessEqual(end, len(row["damaged"]))
                    self.assertLessEqual(start, end)
        self.assertGreater(len(made), 70)

    def test_outside_of_spans_a_shifted_page_is_as_expected(self):
        make = self.kinds["shifted/simplified/1-kept"]
        found = 0
        for seed in range(40):
            row = make(self.TEXT, random.Random(seed))
            if row is None:
                continue
            found += 1
            ((start, end, low, high),) = row["spans"]
            self.assertEqual(row["damaged"][:start], row["expected"][:low])
            self.assertEqual(row["damaged"][end:], row["expected"][high:])
            self.assertEqual(row["dropped"], 0)
        self.assertTrue(found)

    def test_the_same_seed_gives_the_same_page(self):
        for name, make in self.kinds.items():
            once = make(self.TEXT, random.Random(7))
            self.assertEqual(once, make(self.TEXT, random.Random(7)), name)


if __name__ == "__main__":
    unittest.main()
