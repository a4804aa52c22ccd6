"""siku.repair: texts, edits and flags."""

import pandas
import polars
import pyarrow
import pytest
import siku

# No repair touches these, wherever they stand.
ASTRAL = ["𠮷", "😀", "👨‍👩‍👧", "e\u0301", "ab"]


def undone(after: str, edits) -> str:
    """The text before, from what came out and the edits alone."""
    text, at, shift = "", 0, 0
    for edit in edits:
        begin = edit.begin - shift
        text += after[at:begin] + edit.before
        at = begin + len(edit.after)
        shift += len(edit.before) - len(edit.after)
    return text + after[at:]


def test_a_damaged_page_is_repaired(page):
    repaired = siku.repair(page)
    assert repaired.text.startswith("据中国经营报报道,北京、上海、深圳等地出台的政策举措")
    assert repaired.edits
    assert undone(repaired.text, repaired.edits) == page


def test_a_sound_text_comes_back_as_the_same_object():
    text = "人工智能应用加速落地。"
    repaired = siku.repair(text)
    assert repaired.text is text
    assert repaired.edits == []
    assert repaired.flags == []


@pytest.mark.parametrize("text", ["", " ", "a", "\x00", "中"])
def test_the_smallest_texts_stay(text):
    assert siku.repair(text).text == text


@pytest.mark.parametrize("lead", ASTRAL)
def test_places_are_code_points_and_bytes(page, lead):
    text = lead + page
    repaired = siku.repair(text)
    data = text.encode()
    assert repaired.text.startswith(lead)
    assert repaired.edits
    for edit in repaired.edits:
        assert text[edit.begin : edit.end] == edit.before
        assert data[edit.byte_begin : edit.byte_end].decode() == edit.before
    for flag in repaired.flags:
        assert text[flag.begin : flag.end] == flag.text
        assert data[flag.byte_begin : flag.byte_end].decode() == flag.text


def test_what_is_less_certain_than_asked_is_proposed(page):
    low = siku.repair(page, min_confidence=0.0)
    high = siku.repair(page, min_confidence=1.0)
    assert len(high.edits) < len(low.edits)
    assert all(edit.confidence >= 1.0 for edit in high.edits)
    proposals = [flag for flag in high.flags if flag.proposal is not None]
    assert proposals
    for flag in proposals:
        assert flag.confidence < 1.0
        assert flag.rule


def test_every_edit_names_a_rule_of_the_operator(page):
    (operator,) = [one for one in siku.operators() if one.name == "refine.text.repair"]
    rules = {rule.name for rule in operator.rules}
    assert {edit.rule for edit in siku.repair(page).edits} <= rules


def test_destroyed_text_is_flagged_and_kept():
    text = "他说：锟斤拷锟斤拷锟斤拷，然后走了。"
    repaired = siku.repair(text)
    assert repaired.text == text
    assert any("锟斤拷" in flag.text for flag in repaired.flags)


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        iter,
        pyarrow.array,
        lambda texts: pyarrow.array(texts, pyarrow.large_string()),
        lambda texts: pyarrow.array(texts, pyarrow.string_view()),
        lambda texts: pyarrow.array(texts).dictionary_encode(),
        lambda texts: pyarrow.chunked_array([texts[:1], texts[1:]]),
        lambda texts: pyarrow.array(["skipped", *texts])[1:],
        polars.Series,
    ],
    ids=[
        "list",
        "tuple",
        "iterator",
        "string",
        "large",
        "view",
        "dictionary",
        "chunks",
        "slice",
        "polars",
    ],
)
def test_many_texts_at_once_are_repaired_as_each_alone(page, make):
    texts = [page, None, "好", "", page + "𠮷"]
    many = siku.repair(make(texts))
    alone = [None if text is None else siku.repair(text) for text in texts]
    assert many.texts.to_list() == [one and one.text for one in alone]
    assert list(many.texts) == many.texts.to_list()
    edits = many.edits.to_arrow().to_pylist()
    expected = [(row, edit) for row, one in enumerate(alone) if one for edit in one.edits]
    assert len(edits) == len(expected)
    for got, (row, edit) in zip(edits, expected, strict=True):
        assert got == {
            "row": row,
            "begin": edit.begin,
            "end": edit.end,
            "byte_begin": edit.byte_begin,
            "byte_end": edit.byte_end,
            "before": edit.before,
            "after": edit.after,
            "rule": edit.rule,
            "confidence": edit.confidence,
            "alternatives": edit.alternatives,
        }
    assert len(many.flags) == sum(len(one.flags) for one in alone if one)


def test_sound_columns_come_back_without_a_copy():
    array = pyarrow.array(["人工智能", None, "应用"] * 5000, pyarrow.large_string())
    texts = siku.repair(array).texts.to_arrow()
    assert texts.equals(pyarrow.chunked_array([array]))
    given = array.buffers()[2]
    for chunk in texts.chunks:
        assert chunk.buffers()[2].address == given.address


def test_texts_go_to_other_libraries():
    texts = siku.repair(["甲", None]).texts
    assert polars.Series(texts).to_list() == ["甲", None]
    assert pyarrow.chunked_array(texts).to_pylist() == ["甲", None]
    assert pandas.Series(texts.to_list()).isna().tolist() == [False, True]
    assert (len(texts), texts[0], texts[-1]) == (2, "甲", None)
    with pytest.raises(IndexError):
        texts[2]


@pytest.mark.parametrize("empty", [[], pyarrow.array([], pyarrow.string()), pyarrow.array([None])])
def test_nothing_gives_nothing(empty):
    many = siku.repair(empty)
    assert len(many.texts) == len(empty)
    assert len(many.edits) == 0
    assert many.edits.column_names[:3] == ["row", "begin", "end"]


def test_half_a_surrogate_pair_is_said_with_its_place():
    with pytest.raises(siku.Data, match="character 2") as raised:
        siku.repair("好的\ud842")
    assert raised.value.place == "character 2"
    with pytest.raises(siku.Data):
        siku.repair(["好", "\udfb7"])


def test_bytes_that_are_no_text_are_said_with_their_row():
    broken = pyarrow.array([b"fine", b"\xff\xfe"]).view(pyarrow.string())
    with pytest.raises(siku.Data, match="not valid UTF-8") as raised:
        siku.repair(broken)
    assert raised.value.place == "row 1"


def test_other_things_are_refused():
    with pytest.raises(siku.Invalid, match="not texts"):
        siku.repair(pyarrow.array([1, 2]))
    with pytest.raises(siku.Invalid, match="not texts") as raised:
        siku.repair(["a", 3])
    assert raised.value.place == "row 1"
    for wrong, name in ((3, "int"), (None, "NoneType"), ({"a": "b"}, "dict")):
        with pytest.raises(siku.Invalid, match="not texts") as raised:
            siku.repair(wrong)
        assert isinstance(raised.value, TypeError)
        assert raised.value.value == name


def test_a_wrong_option_is_named():
    with pytest.raises(siku.Invalid, match="min_confidence"):
        siku.repair("x", min_confidence=2)
    for wrong in ("a", None, float("nan"), [1]):
        with pytest.raises(siku.Invalid, match="min_confidence takes a number") as raised:
            siku.repair("x", min_confidence=wrong)
        assert str(raised.value).count("refine.text.repair") == 1
    with pytest.raises(siku.Invalid, match="'min_confidense'; did you mean 'min_confidence'"):
        siku.repair("x", min_confidense=0.5)
