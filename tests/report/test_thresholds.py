"""Funnel, histograms, thresholds that a reader moves, duplicates side by side."""

import base64
import json
import random
import re
import struct

import pytest
from conftest import Siku, data_of, violations

HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主"

RECIPE = """
siku: 1
name: filtered
inputs:
  pages: {path: in.jsonl, columns: {id: text, text: text}}
steps:
  length: {use: refine.filter.text_length, from: pages, with: {min_len: 20, max_len: 300}}
  special: {use: refine.filter.special_characters, from: length, with: {max_ratio: 0.2}}
  unique: {use: refine.document.drop_duplicates, from: special}
  repeats: {use: refine.filter.character_repetition, from: unique, with: {max_ratio: 0.3}}
output: kept
"""


def sentence(chance):
    count = chance.randint(6, 30)
    return "".join(chance.choice(HAN) for _ in range(count)) + chance.choice("。！")


def texts(seed=7, count=400):
    """Of every kind that the filters tell apart: short, long, marks, repetitions, duplicates."""
    chance = random.Random(seed)
    made = []
    for i in range(count):
        kind = i % 20
        if kind == 0:
            text = sentence(chance)[: chance.randint(1, 25)]
        elif kind == 1:
            text = sentence(chance) + "★—=*" * chance.randint(1, 20)
        elif kind == 2:
            text = sentence(chance) * chance.randint(2, 9)
        elif kind == 3 and made:
            text = chance.choice(made)
        elif kind == 4 and made:
            text = chance.choice(made)
            at = chance.randrange(len(text) + 1)
            text = text[:at] + " " + text[at:]
        else:
            text = "".join(sentence(chance) for _ in range(chance.randint(1, 18)))
        made.append(text)
    return made


@pytest.fixture(scope="session")
def filtered(tmp_path_factory):
    siku = Siku(tmp_path_factory.mktemp("filtered"))
    rows = [{"id": f"d{i}", "text": text} for i, text in enumerate(texts())]
    rows.append({"id": "null", "text": None})
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (siku.folder / "in.jsonl").write_text("\n".join(lines) + "\n{broken\n", "utf-8")
    (siku.folder / "recipe.yaml").write_text(RECIPE, "utf-8")
    siku.summary = siku.run("recipe.yaml")
    siku.page = siku.report()
    return siku


def counts_of(summary, step):
    return next(one["counts"] for one in summary["steps"] if one["name"] == step)


def stats(siku, step):
    lines = siku("stats", "last", "--step", step, "--format", "jsonl").splitlines()
    return [json.loads(line)["stats"] for line in lines]


def test_the_run_counts_the_bytes_of_its_funnel(filtered):
    given = [text for text in texts()]
    length = counts_of(filtered.summary, "length")
    assert length["bytes_in"] == sum(len(text.encode()) for text in given)
    for step in filtered.summary["steps"]:
        counts = step["counts"]
        gone = sum(counts["reason_bytes"].values())
        assert counts["bytes_in"] == sum(counts["bytes_out"]) + gone, step["name"]
    kept = [text for text in given if 20 <= len(text) <= 300]
    assert sum(length["bytes_out"]) == sum(len(text.encode()) for text in kept)
    short = [text for text in given if len(text) < 20]
    assert length["reason_bytes"]["too_low"] == sum(len(text.encode()) for text in short)


def test_the_funnel_shows_rows_and_bytes_and_reasons(filtered, open_page):
    page = open_page(filtered.page, "#lang=en")
    length = counts_of(filtered.summary, "length")
    row = page.locator(".funnels > li", has_text="refine.filter.text_length")
    said = row.inner_text()
    assert f"{length['in']} → {length['kept']}" in said
    assert f"{length['bytes_in'] / 1024:.1f} KiB → {length['bytes_out'][0] / 1024:.1f} KiB" in said
    for reason, count in length["reasons"].items():
        assert reason in said and str(count) in said
    names = page.locator(".funnels > li strong").all_inner_texts()
    assert names == ["read", "length", "special", "unique", "repeats"]


def test_a_run_without_bytes_shows_rows_alone(filtered, open_page, tmp_path):
    page = filtered.page.read_text("utf-8")
    old = re.sub(r'"bytes_in":\d+', '"bytes_in":0', page)
    (tmp_path / "old.html").write_text(old, "utf-8")
    page = open_page(tmp_path / "old.html", "#lang=en")
    assert page.locator(".funnel.bytes").count() == 0
    assert page.locator(".funnel.rows").count() == 5


def test_the_numbers_can_be_exported(filtered):
    rows = stats(filtered, "length")
    assert [row["text_len"] for row in rows[:-1]] == [len(text) for text in texts()]
    assert rows[-1]["text_len"] is None
    assert filtered.try_("stats", "last", "--step", "nothing").returncode != 0


def test_bins_hold_every_number_and_part_at_the_thresholds(filtered):
    numbers = data_of(filtered.page)["numbers"]
    assert numbers["one_in"] == 1
    for step in numbers["steps"]:
        rows = stats(filtered, step["step"])
        counts = counts_of(filtered.summary, step["step"])
        assert len(rows) == counts["in"]
        for one in step["statistics"]:
            values = [row[one["name"]] for row in rows if row[one["name"]] is not None]
            assert sum(one["count"]) == len(values)
            assert one["none"] == len(rows) - len(values)
            most = one.get("max", one["min"])
            for least, high, count in zip(one["min"], most, one["count"], strict=True):
                assert sum(least <= value <= high for value in values) == count
        for kept in step["intervals"]:
            one = step["statistics"][kept["statistic"]]
            most = one.get("max", one["min"])
            fails = 0
            for low, high, count in zip(one["min"], most, one["count"], strict=True):
                below = kept["low"] is not None and low < kept["low"]
                above = kept["high"] is not None and high > kept["high"]
                fails += count if below or above else 0
            nulls = counts["reasons"].get("null_text", 0)
            assert fails + nulls == counts["rejected"]
        codes = base64.b64decode(step["statistics"][0]["codes"])
        reached = [code for (code,) in struct.iter_unpack("<H", codes) if code != 0xFFFF]
        assert len(reached) == counts["in"]


def test_samples_are_the_texts_next_to_a_threshold(filtered, open_page):
    step = data_of(filtered.page)["numbers"]["steps"][0]
    lengths = sorted(len(text) for text in texts())
    low = next(one for one in step["borders"] if one["low"])
    assert [row["value"] for row in low["dropped"]] == [n for n in lengths if n < 20][::-1][:3]
    assert [row["value"] for row in low["kept"]] == [n for n in lengths if n >= 20][:3]
    for row in low["dropped"] + low["kept"]:
        assert len(row["text"]) == row["value"]
    page = open_page(filtered.page, "#lang=en")
    page.get_by_text("Texts next to 20", exact=True).click()
    shown = page.locator("#i-0-0 details").first.inner_text()
    assert low["dropped"][0]["text"] in shown and low["kept"][0]["text"] in shown


def move(page, label, value):
    page.locator(f'input[type=number][aria-label="{label}"]').fill(str(value))


def rerun(siku, line):
    arguments = line.removeprefix("siku run RECIPE.yaml ").split()
    return siku.run("recipe.yaml", "--store", siku.folder / "again", *arguments)


def test_a_moved_threshold_says_what_a_run_with_it_then_does(filtered, open_page):
    page = open_page(filtered.page, "#lang=en")
    move(page, "length min_len", 60)
    move(page, "special max_ratio", 0.12)
    line = page.locator("#set-line").inner_text()
    assert line == "siku run RECIPE.yaml --set length.min_len=60 --set special.max_ratio=0.12"
    again = rerun(filtered, line)
    said = page.locator("#i-0-change").inner_text()
    length, before = counts_of(again, "length"), counts_of(filtered.summary, "length")
    assert said.startswith(f"keeps {before['kept']} of {before['in']} → {length['kept']} (")
    # Nothing is let through, so nothing is unknown but what compares rows.
    numbers = {row["id"] for row in rows_of(filtered, "store")}
    then = {row["id"] for row in rows_of(filtered, "again")}
    change = page.locator("#change").inner_text()
    lost = int(re.search(r"would be dropped: (\d+)", change)[1])
    assert lost == len(numbers - then)
    assert "compares rows" in change


def rows_of(siku, store):
    path = siku.folder / f"{store}.jsonl"
    if path.exists():
        path.unlink()
    siku("dataset", "export", "kept", "-o", path, "--store", siku.folder / store)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_what_later_steps_have_not_seen_is_said_to_be_unknown(filtered, open_page):
    page = open_page(filtered.page, "#lang=en")
    move(page, "length min_len", 0)
    freed = sum(len(text) < 20 for text in texts())
    change = page.locator("#change").inner_text()
    assert f"have not seen them: {freed}\n" in change
    out = filtered.summary["outputs"][0]["rows"]
    assert f"rows out: {out} → between {out} and {out + freed}" in change


def test_the_last_step_leaves_nothing_unknown(filtered, open_page):
    page = open_page(filtered.page, "#lang=en")
    move(page, "repeats max_ratio", 1)
    freed = counts_of(filtered.summary, "repeats")["rejected"]
    out = filtered.summary["outputs"][0]["rows"]
    assert f"rows out: {out} → {out + freed}\n" in page.locator("#change").inner_text() + "\n"
    page.get_by_role("button", name="As in the run").click()
    assert page.locator("#set-line").count() == 0


def test_the_slider_goes_from_bin_to_bin(filtered, open_page):
    page = open_page(filtered.page, "#lang=en")
    slider = page.locator('input[type=range][aria-label="length min_len"]')
    slider.focus()
    lengths = [len(text) for text in texts()]
    before = counts_of(filtered.summary, "length")["kept"]
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    value = float(page.locator('input[type=number][aria-label="length min_len"]').input_value())
    assert value > 20
    kept = sum(value <= n <= 300 for n in lengths)
    assert kept < before
    assert f"→ {kept} (−{before - kept})" in page.locator("#i-0-change").inner_text()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert page.locator("#set-line").count() == 0


def test_duplicates_stand_side_by_side(filtered, open_page):
    data = data_of(filtered.page)
    (one,) = data["duplicates"]
    counts = counts_of(filtered.summary, "unique")
    assert one["merged"] == counts["merged"]
    assert sum((rows - 1) * n for rows, n in one["sizes"]) == counts["merged"]
    assert [s["rows"] for s in one["samples"]] == sorted(s["rows"] for s in one["samples"])[::-1]
    pair = next(
        pair
        for sample in one["samples"]
        for pair in sample["pairs"]
        if pair["kept"]["text"] != pair["gone"]["text"]
    )
    assert pair["kept"]["text"].replace(" ", "") == pair["gone"]["text"].replace(" ", "")
    page = open_page(filtered.page, "#lang=en")
    for card in page.locator("#duplicates .card > details").all():
        card.evaluate("one => one.open = true")
    marks = page.locator("#duplicates mark.only").all_inner_texts()
    assert marks and set(marks) == {"␣"}


@pytest.mark.parametrize(
    "first, second",
    [
        ("", ""),
        ("a", ""),
        ("", "b"),
        ("kitten", "sitting"),
        ("编号一二三", "编号一三四"),
        ("😀x😀", "x😀y"),
        ("ab" * 900, "ba" * 900 + "c"),
        ("a" * 900, "b" * 900),
    ],
)
def test_the_differences_are_both_texts_again(filtered, open_page, first, second):
    page = open_page(filtered.page)
    runs = page.evaluate("([a, b]) => differences(a, b)", [first, second])
    assert "".join(text for kind, text in runs if kind != "second") == first
    assert "".join(text for kind, text in runs if kind != "first") == second
    same = sum(len(text) for kind, text in runs if kind == "same")
    assert same >= {"kitten": 4, "编号一二三": 4}.get(first, 0)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_in_numbers(filtered, open_page, language, theme, width):
    page = open_page(
        filtered.page, f"#lang={language}", width=width, color_scheme=theme, reduced_motion="reduce"
    )
    move(page, "length min_len", 60)
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_measured_shows_no_thresholds(first_light, open_page):
    data = data_of(first_light.page)
    assert data["numbers"] is None
    page = open_page(first_light.page, "#lang=en")
    assert page.locator("#thresholds").inner_text() == ""
    assert page.locator("nav a").all_inner_texts()[3] == "What was dropped, and why"
