"""Workbooks and Parquet files that were made to harm: each ends in words, soon, and with little."""

import io
import json
import os
import struct
import time
import zipfile
import zlib

import pyarrow
import pyarrow.parquet
import pytest
import xlsxwriter
from server import Server

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Server(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def parts():
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet("a")
        sheet.write_row(0, 0, ["名", "数"])
        for row in range(1, 30):
            sheet.write_row(row, 0, [f"第{row}", row])
    with zipfile.ZipFile(data) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, **options):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return data.getvalue()


def refused(folder, data, *, within=30):
    """What is said of the file, without the program or its folder having suffered."""
    (folder.folder / "evil").write_bytes(data)
    begun = time.monotonic()
    done = folder.command("dataset", "import", "evil", "--guess")
    assert time.monotonic() - begun < within
    assert done.returncode > 0, done.stdout[:500]
    return done.stderr


def rows_of(folder, data):
    (folder.folder / "evil").write_bytes(data)
    done = folder.command("dataset", "import", "evil", "--guess")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_workbook_itself_is_read(folder, parts):
    assert rows_of(folder, packed(parts))["rows"] == 29


def test_a_bomb_is_refused_by_what_it_declares(folder, parts):
    zeros = b"<!--" + b"0" * (200 << 20) + b"-->"
    assert "unpacks to more" in refused(folder, packed(parts | {SHEET: zeros}))


def test_a_bomb_that_declares_little_gives_no_more(folder, parts):
    whole = packed(parts | {SHEET: parts[SHEET] + b" " * (300 << 20)})
    size = struct.pack("<I", len(parts[SHEET]) + (300 << 20))
    assert whole.count(size) == 2
    lying = whole.replace(size, struct.pack("<I", len(parts[SHEET])))
    assert "damaged" in refused(folder, lying)


def test_parts_over_each_other_are_refused(folder, parts):
    whole = packed(parts)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        directory = archive.start_dir
        count = len(archive.infolist()) * 10
    # The directory ten times: each part is said to be there ten times.
    listed = whole[directory:-22] * 10
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(listed), directory, 0)
    assert "unpacks to more" in refused(folder, whole[:directory] + listed + end)


@pytest.mark.parametrize("name", [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_not_looked_at(folder, parts, name):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    for n in range(20):
        bomb += f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode()
    declaration, _, rest = parts[name].partition(b"?>")
    text = bomb + b"]>" + rest.replace(b">", b">&u;", 1)
    assert "document type" in refused(folder, packed(parts | {name: text}))
    outside = b'<!DOCTYPE x [<!ENTITY u SYSTEM "file:///etc/passwd">]>' + rest
    answer = refused(folder, packed(parts | {name: outside}))
    assert "document type" in answer and "root:" not in answer


def test_names_of_parts_lead_nowhere(folder, parts):
    workbook = parts["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"../../../../../etc/passwd"
    )
    assert refused(folder, packed(parts | {"xl/_rels/workbook.xml.rels": workbook}))
    extra = {"../../evil.txt": b"x", "/tmp/siku-evil": b"x", "..\\evil": b"x"}
    assert rows_of(folder, packed(parts | extra))["rows"] == 29
    assert not (folder.folder.parent / "evil.txt").exists()
    assert not os.path.exists("/tmp/siku-evil")


def row(text):
    return f"<sheetData>{text}</sheetData>".encode()


def sheet_with(parts, data):
    before, _, rest = parts[SHEET].partition(b"<sheetData>")
    return packed(parts | {SHEET: before + data + rest.partition(b"</sheetData>")[2]})


def test_places_outside_of_any_sheet_are_refused(folder, parts):
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(1_000_000))
    wide = sheet_with(parts, row(f'<row r="1">{cells}</row>'))
    assert "16,384 columns" in refused(folder, wide)
    for place in ("XFE1", "ZZZZZZZZZ1"):
        one = sheet_with(parts, row(f'<row r="1"><c r="{place}"><v>1</v></c></row>'))
        assert "16,384 columns" in refused(folder, one)
    for number in ("1048577", "99999999999999999999"):
        one = sheet_with(parts, row(f'<row r="{number}"><c><v>1</v></c></row>'))
        assert "1,048,576 rows" in refused(folder, one)
    last = sheet_with(parts, row('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))
    assert rows_of(folder, last)["rows"] <= 1
    corner = sheet_with(parts, row('<row r="2"><c r="XFD2"><v>1</v></c></row>'))
    assert "2,000 columns" in refused(folder, corner)


def test_cells_that_are_no_values_are_told(folder, parts):
    for cell in ('<c t="s"><v>99999</v></c>', '<c t="s"><v>-1</v></c>', "<c><v>x</v></c>"):
        assert "damaged" in refused(folder, sheet_with(parts, row(f"<row>{cell}</row>")))
    digits = sheet_with(parts, row(f"<row><c><v>{'9' * 100_000}</v></c></row>"))
    assert rows_of(folder, digits)["columns"][0]["name"] == "#NUM!"
    long = "字" * 2_000_000
    text = f'<row><c t="inlineStr"><is><t>{long}</t></is></c></row>'
    assert "larger than it may be" in refused(folder, sheet_with(parts, row(text)))


def test_shared_texts_that_are_declared_or_are_too_many(folder, parts):
    said = parts[STRINGS].replace(b'count="', b'count="2000000000')
    assert rows_of(folder, packed(parts | {STRINGS: said}))["rows"] == 29
    whole = packed(parts)
    size = struct.pack("<I", len(parts[STRINGS]))
    lying = whole.replace(size, struct.pack("<I", (1 << 31) - 1))
    assert refused(folder, lying)
    nested = "<r>" * 200_000
    assert "damaged" in refused(folder, packed(parts | {STRINGS: nested.encode()}))


def test_cut_and_changed_files(folder, parts):
    whole = packed(parts)
    for length in (4, 40, len(whole) // 2, len(whole) - 1):
        assert "damaged" in refused(folder, whole[:length])
    many = {f"x/{n}": b"" for n in range(10_001)}
    assert "too many parts" in refused(folder, packed(parts | many))
    assert "not an Excel workbook" in refused(folder, packed({"a.txt": b"x"}))
    encrypted = whole.replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0")
    assert "encrypted" in refused(folder, encrypted)


@pytest.fixture(scope="module")
def good():
    sink = io.BytesIO()
    table = pyarrow.table({"a": list(range(5000)), "b": [f"第{n}" for n in range(5000)]})
    pyarrow.parquet.write_table(table, sink, compression="gzip", row_group_size=1000)
    return sink.getvalue()


def test_damaged_parquet_is_told(folder, good):
    assert rows_of(folder, good)["rows"] == 5000
    for length in (4, 12, len(good) // 2, len(good) - 1):
        assert "Parquet file is damaged" in refused(folder, good[:length])
    footer = struct.unpack("<I", good[-8:-4])[0]
    for size in (0, footer - 7, len(good), 0x7FFFFFFF, 0xFFFFFFFF):
        lying = good[:-8] + struct.pack("<I", size) + b"PAR1"
        assert "Parquet file is damaged" in refused(folder, lying)


def test_any_changed_byte_of_a_footer_ends_in_rows_or_words(folder, good):
    footer = struct.unpack("<I", good[-8:-4])[0]
    begin = len(good) - 8 - footer
    for at in range(begin, len(good) - 8, max(footer // 8, 1)):
        changed = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        (folder.folder / "evil").write_bytes(changed)
        done = folder.command("dataset", "import", "evil", "--guess")
        assert done.returncode == 0 or done.stderr.strip(), at


def test_a_damaged_page_leaves_nothing(folder, good):
    at = len(good) // 2
    changed = good[:at] + zlib.compress(b"x" * 64)[:40] + good[at + 40 :]
    (folder.folder / "evil").write_bytes(changed)
    done = folder.command("dataset", "import", "evil", "--dataset", "jtj/page")
    assert done.returncode > 0 and "damaged" in done.stderr
    assert "page" not in folder.command("dataset", "ls").stdout


def test_a_million_columns_of_parquet(folder):
    schema = pyarrow.schema([(f"c{n}", pyarrow.int8()) for n in range(11_000)])
    sink = io.BytesIO()
    pyarrow.parquet.write_table(schema.empty_table(), sink)
    assert "2,000 columns" in refused(folder, sink.getvalue())


def test_the_process_opens_nothing_else(folder, parts, tmp_path):
    """A module in the place of openpyxl that tries what a hostile file might make it do."""
    (tmp_path / "openpyxl").mkdir()
    (tmp_path / "openpyxl" / "__init__.py").write_text("")
    tries = (
        "import socket\n"
        "def tried(what):\n"
        "    try:\n"
        "        what()\n"
        "        return 'done'\n"
        "    except OSError:\n"
        "        return 'refused'\n"
        "class ExcelReader:\n"
        "    def read_manifest(self):\n"
        "        raise ValueError(' '.join(tried(one) for one in (\n"
        "            lambda: open('/etc/passwd'), lambda: open('evil.txt', 'w'),\n"
        "            lambda: socket.socket())))\n"
    )
    for name, text in {
        "reader/excel": tries,
        "styles/stylesheet": "",
        "styles/numbers": "BUILTIN_FORMATS = {}",
        "utils/datetime": "CALENDAR_MAC_1904 = None",
    }.items():
        path = tmp_path / "openpyxl" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").write_text("get_column_letter = str\n")
        path.write_text(text)
    (folder.folder / "evil").write_bytes(packed(parts))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {folder.python} "$@"\n')
    python.chmod(0o755)
    before, folder.python = folder.python, str(python)
    done = folder.command("dataset", "import", "evil", "--guess")
    folder.python = before
    assert "ValueError: refused refused refused" in done.stderr
