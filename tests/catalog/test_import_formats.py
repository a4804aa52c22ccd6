"""Workbooks, JSON and Parquet as other libraries write them: `siku dataset import`, and uploads."""

import datetime
import decimal
import hashlib
import json
import signal
import subprocess
import sys
import time

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
import xlsxwriter
from server import PROGRAM, Server
from test_import import Sender, told

LONG_ID = 440301199001011234


@pytest.fixture
def folder(tmp_path):
    return Server(tmp_path)


def workbook(path):
    """As Excel writes them: shared texts, values beside formulas, merged cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("站点")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        chinese = book.add_format()
        chinese.set_num_format(31)  # yyyy"年"m"月"d"日", by its number alone
        sheet.merge_range("A1:H1", "公交站点统计表", None)
        for cell, name in (("A2:A3", "代码"), ("B2:C2", "站点"), ("D2:D3", "开通日期")):
            sheet.merge_range(cell, name, None)
        for place, name in (("E2", "客流"), ("F2", "证号"), ("G2", "时刻"), ("H2", "合计")):
            sheet.merge_range(f"{place}:{place[0]}3", name, None)
        sheet.write_row("B3", ["名称", "所在区"])
        for n in range(1, 50):
            row = n + 2
            sheet.write_string(row, 0, f"{n:06d}")
            sheet.write_row(row, 1, [f"第{n}站", "南山区"])
            sheet.write_datetime(row, 3, datetime.datetime(2024, n % 12 + 1, 5), chinese)
            sheet.write_number(row, 4, n * 0.1)
            sheet.write_number(row, 5, LONG_ID)
            sheet.write_datetime(row, 6, datetime.datetime(2024, 1, 1, n % 24), moment)
            sheet.write_formula(row, 7, f"=E{row + 1}*2", None, n * 2)
        sheet.write_formula("H6", "=NA()", None, "#N/A")
        sheet.write_formula("H7", "=1+1", None, "")
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column("F:F", None, None, {"hidden": True})
        book.add_worksheet("空")
        book.add_worksheet("说明").write("A1", "x")
        book.get_worksheet_by_name("说明").hide()


def columns(guess):
    return [(one["name"], one["type"], one["why"]) for one in guess["columns"]]


def notes(of):
    return {one["what"]: (one.get("line"), one["count"]) for one in of["notes"]}


def test_a_workbook_is_taken_for_what_a_person_reads(folder):
    workbook(folder.folder / "a.xlsx")
    guess = told(folder.command("dataset", "import", "a.xlsx", "--guess"))
    assert (guess["format"], guess["sheet"]) == ("xlsx", "站点")
    assert (guess["titles"], guess["headers"], guess["rows"]) == (1, 2, 49)
    assert [one["hidden"] for one in guess["sheets"]] == [False, False, True]
    assert guess["sheets"][0] == {"name": "站点", "rows": 52, "columns": 8, "hidden": False}
    assert columns(guess) == [
        ("代码", "text", "leading_zeros"),
        ("站点/名称", "text", "all_text"),
        ("站点/所在区", "text", "all_text"),
        ("开通日期", "date", "all_dates"),
        ("客流", "number", "all_numbers"),
        ("证号", "text", "digits_lost"),
        ("时刻", "timestamp", "all_timestamps"),
        ("合计", "integer", "all_integers"),
    ]
    assert notes(guess) == {
        "hidden_columns": (None, 1),
        "hidden_rows": (10, 1),
        "hidden_sheets": (None, 1),
        "merged_cells": (1, 8),
    }
    assert notes(guess["columns"][7]) == {
        "error_cell": (6, 1),
        "formula_without_value": (7, 1),
    }


def test_rows_of_a_workbook_and_what_is_no_value_with_its_cell(folder):
    workbook(folder.folder / "a.xlsx")
    name = ("--dataset", "jtj/stops", "--json")
    result = told(folder.command("dataset", "import", "a.xlsx", *name))
    assert (result["rows"], result["rejected_values"]) == (49, 2)
    rows = folder.command("dataset", "export", "stops", "--format", "jsonl").stdout.splitlines()
    assert json.loads(rows[0]) == {
        "代码": "000001",
        "站点/名称": "第1站",
        "站点/所在区": "南山区",
        "开通日期": "2024-02-05",
        "客流": 0.1,
        "证号": "440301199001011300",
        "时刻": "2024-01-01T01:00:00.000",
        "合计": 2,
    }
    rejects = folder.command("dataset", "export", result["rejects"], "--format", "jsonl").stdout
    rejects = [json.loads(row) for row in rejects.splitlines()]
    assert [(one["cell"], one["reason"], one["value"]) for one in rejects] == [
        ("H6", "error_cell", "#N/A"),
        ("H7", "formula_without_value", "#="),
    ]
    again = told(folder.command("dataset", "import", "a.xlsx", *name))
    assert again["version"] == "stops@1"


@pytest.mark.parametrize("since_1904", [False, True])
def test_both_calendars_and_the_day_that_never_was(folder, since_1904):
    path = folder.folder / "days.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": since_1904}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, ["day", "n"])
        days = [datetime.date(1904, 1, 2), datetime.date(2024, 2, 29), datetime.date(9999, 12, 31)]
        for row, one in enumerate(days, 1):
            sheet.write_datetime(row, 0, one, day)
            sheet.write(row, 1, row)
        sheet.write_number(4, 0, 60, day)
        sheet.write(4, 1, 4)
    guess = told(folder.command("dataset", "import", "days.xlsx", "--guess"))
    expected = [one.isoformat() for one in days]
    # 60 is 29 February 1900 in the one calendar, and a day in the other.
    assert guess["columns"][0]["samples"] == expected + (["1904-03-01"] if since_1904 else [])
    assert notes(guess["columns"][0]) == ({} if since_1904 else {"error_cell": (5, 1)})


def test_another_sheet_is_chosen_and_a_wrong_one_is_told(folder):
    book = openpyxl.Workbook()
    book.active.title = "空"
    other = book.create_sheet("数")
    for row in [["a", "b"], [1, "甲"], [2.5, "=1"]]:
        other.append(row)
    other["D9"] = True
    other["D9"].number_format = "0"
    book.create_sheet("三").append(["x"])
    book.save(folder.folder / "b.xlsx")
    guess = told(folder.command("dataset", "import", "b.xlsx", "--guess"))
    assert (guess["sheet"], guess["rows"]) == ("数", 3)
    assert [one[1] for one in columns(guess)] == ["number", "text", "none", "boolean"]
    (folder.folder / "as.json").write_text('{"sheet": "三", "headers": 0}')
    guess = told(folder.command("dataset", "import", "b.xlsx", "--guess", "--as", "as.json"))
    assert (guess["sheet"], guess["rows"]) == ("三", 1)
    (folder.folder / "as.json").write_text('{"sheet": "四"}')
    wrong = folder.command("dataset", "import", "b.xlsx", "--guess", "--as", "as.json")
    assert wrong.returncode != 0 and "空; 数; 三" in wrong.stderr


def test_numbers_of_a_workbook_are_the_shortest_of_their_double(folder):
    values = [0.1 + 0.2, 1 / 3, 1e-7, 123456789012345.0, 5e-324, 1e308, -0.5, 1e22]
    values.append(sys.float_info.max)
    with xlsxwriter.Workbook(folder.folder / "n.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["v", "t"])
        for row, value in enumerate(values, 1):
            sheet.write_number(row, 0, value)
            sheet.write_string(row, 1, f"={row}")
    told(folder.command("dataset", "import", "n.xlsx", "--dataset", "jtj/numbers", "--json"))
    guess = told(folder.command("dataset", "import", "n.xlsx", "--guess"))
    assert columns(guess)[0] == ("v", "text", "digits_lost")
    guess["columns"][0]["type"] = "real"
    (folder.folder / "as.json").write_text(json.dumps(guess), "utf-8")
    order = ("--dataset", "jtj/reals", "--as", "as.json", "--json")
    told(folder.command("dataset", "import", "n.xlsx", *order))
    rows = folder.command("dataset", "export", "reals", "--format", "jsonl").stdout.splitlines()
    # xlsxwriter writes 16 digits, Excel 17.
    rows = [json.loads(row) for row in rows]
    assert [row["v"] for row in rows[:-1]] == [float(f"{one:.16G}") for one in values[:-1]]
    # Rounded up, the greatest double is none any more.
    assert "v" not in rows[-1] and notes(guess["columns"][0])["error_cell"] == (10, 1)
    assert rows[0]["t"] == "=1"


def parquet(path):
    table = pyarrow.table(
        {
            "n": pyarrow.array([1, None, 2**63 - 1], pyarrow.int64()),
            "金额": pyarrow.array([decimal.Decimal("1.10"), None, decimal.Decimal("-2.00")]),
            "名": pyarrow.array(["甲", "", None]).dictionary_encode(),
            "l": [[1, 2], [], None],
            "s": [{"x": 1.5}, None, {"x": None}],
            "t": pyarrow.array([0, 1, None], pyarrow.timestamp("us", "Asia/Shanghai")),
            "b": pyarrow.array([b"\xff", b"", None]),
        }
    )
    pyarrow.parquet.write_table(table, path, row_group_size=2)
    return table


def test_parquet_comes_as_it_is(folder):
    table = parquet(folder.folder / "a.parquet")
    guess = told(folder.command("dataset", "import", "a.parquet", "--guess"))
    assert (guess["format"], guess["rows"]) == ("parquet", 3)
    assert {one["type"] for one in guess["columns"]} == {"kept"}
    told(folder.command("dataset", "import", "a.parquet", "--dataset", "jtj/kept", "--json"))
    folder.command("dataset", "export", "kept", "--format", "parquet", "-o", "back.parquet")
    back = pyarrow.parquet.read_table(folder.folder / "back.parquet")
    assert back.to_pylist() == table.to_pylist()


def test_parquet_types_that_cannot_be_stored_are_told_before(folder):
    ids = pyarrow.array([b"0123456789abcdef"], pyarrow.binary(16))
    ids = pyarrow.ExtensionArray.from_storage(pyarrow.uuid(), ids)
    pyarrow.parquet.write_table(pyarrow.table({"a": [1], "u": ids}), folder.folder / "u.parquet")
    guess = told(folder.command("dataset", "import", "u.parquet", "--guess"))
    assert columns(guess) == [("a", "kept", "schema"), ("u", "none", "not_stored")]
    guess["columns"][0]["name"] = "b"
    (folder.folder / "as.json").write_text(json.dumps(guess))
    order = ("--dataset", "jtj/other", "--as", "as.json", "--json")
    told(folder.command("dataset", "import", "u.parquet", *order))
    rows = folder.command("dataset", "head", "other", "--format", "jsonl").stdout
    assert json.loads(rows) == {"b": 1}
    guess["columns"][1]["type"] = "kept"
    (folder.folder / "as.json").write_text(json.dumps(guess))
    refused = folder.command("dataset", "import", "u.parquet", *order)
    assert refused.returncode != 0 and "u: a column of this type cannot be stored" in refused.stderr


def test_json_as_a_service_gives_it(folder):
    rows = [{"id": LONG_ID + n, "名": f"第{n}站", "x": n / 10} for n in range(3000)]
    text = json.dumps({"code": 0, "data": {"total": 3000, "list": rows}}, ensure_ascii=False)
    (folder.folder / "a.json").write_text(text, "utf-8")
    guess = told(folder.command("dataset", "import", "a.json", "--guess"))
    assert (guess["array"], guess["rows"]) == ("/data/list", 3000)
    assert [one[1] for one in columns(guess)] == ["integer", "text", "number"]
    told(folder.command("dataset", "import", "a.json", "--dataset", "jtj/rows", "--json"))
    back = folder.command("dataset", "export", "rows", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(row) for row in back] == rows


def test_uploads_are_what_their_bytes_are(server):
    lin = server.staff("lin", "publisher")
    lin.post("/datasets", {"name": "sites", "organisation": "jtj", "title": "站点"})
    path = server.folder / "a.xlsx"
    workbook(path)
    data = path.read_bytes()
    # Its name says otherwise.
    sender = Sender(lin, data, "站点.csv").send()
    guess = sender.job("guess", {})["guess"]
    assert (guess["format"], guess["sheet"], guess["rows"]) == ("xlsx", "站点", 49)
    order = {"dataset": "sites", "plan": guess, "sha256": hashlib.sha256(data).hexdigest()}
    result = sender.job("import", order)["result"]
    assert (result["rows"], result["rejected_values"]) == (49, 2)
    lineage = server.anybody().get_json("/datasets/sites/versions/1/lineage")["lineage"]["import"]
    assert lineage["plan"]["sheet"] == "站点" and lineage["file"]["bytes"] == len(data)
    parquet(server.folder / "a.parquet")
    sender = Sender(lin, (server.folder / "a.parquet").read_bytes()).send()
    result = sender.job("import", {"dataset": "sites", "plan": sender.job("guess", {})["guess"]})
    assert result["result"]["version"] == "sites@2"
    sender = Sender(lin, b'[{"a": 1}, {"a"').send()
    error = sender.job("guess", {})["error"]
    assert error["code"] == "data" and "(byte 15)" in error["place"]


def test_a_killed_import_of_a_workbook_leaves_nothing(folder, tmp_path):
    with xlsxwriter.Workbook(folder.folder / "k.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(20_000):
            sheet.write_row(row, 0, [f"r{row}", row, row * 0.5])
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    line = [PROGRAM, "dataset", "import", "k.xlsx", "--dataset", "jtj/killed", "--json"]
    environment = {**folder.environment(), "TMPDIR": str(temporary)}
    for wait in (0.3, 0.9):
        killed = subprocess.Popen(line, cwd=folder.folder, env=environment)
        time.sleep(wait)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert list(temporary.iterdir()) == []
    assert told(folder.command(*line[1:]))["version"] == "killed@1"
    assert folder.command("store", "verify").returncode == 0


def test_what_is_missing_of_python_is_told(folder, tmp_path):
    workbook(folder.folder / "a.xlsx")
    parquet(folder.folder / "a.parquet")
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec {folder.python} -S "$@"\n')
    bare.chmod(0o755)
    folder.python = str(bare)
    for name, module in (("a.xlsx", "openpyxl"), ("a.parquet", "pyarrow")):
        lacks = folder.command("dataset", "import", name, "--guess")
        assert lacks.returncode != 0 and f"pip install {module}" in lacks.stderr
