"""A sheet of an Excel workbook as records, in the confined process of siku_worker.

Cells come by expat, one after another: openpyxl, which reads the rest (siku_workbooks), keeps
neither a number's text nor which formula has no value.

Records are CSV. A text is in quotes; what is not says what Excel holds: a number, true, a date, or
behind `#` an error. A record is a row of the sheet, from the first on: their numbers are equal.
"""

import os
import re
import resource
import warnings
import zipfile

import siku_workbooks as workbooks
from openpyxl.utils import get_column_letter
from siku_workbooks import Refused, column_of, local, number, quoted, row_of, unescaped

MOST_MERGES = 1_000
TOP_ROWS = 1100  # titles and headers are in these
PIECE = 1 << 20
STEP = 4096  # rows between two messages


class Sheet:
    """Reads one sheet and says its records, piece by piece."""

    def __init__(self, texts, dates, channel, file):
        self.texts, self.dates, self.channel, self.file = texts, dates, channel, file
        self.notes, self.merges, self.merge_count = {}, [], 0
        self.width = self.rows = self.written = self.said = 0
        self.pieces, self.size = [], 0
        self.row = self.column = self.length = 0
        self.cells, self.parts = [], []
        self.type, self.style, self.formula, self.value = "n", 0, False, None
        self.collecting, self.reading = False, 0
        self.parser = workbooks.parser()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def read(self, part):
        self.parser.ParseFile(part)
        self.flush()

    def note(self, what, value=""):
        found = self.notes.setdefault(what, [0, self.row, value])
        found[0] += 1

    def start(self, name, attributes):
        tag = local(name)
        if tag == "c":
            place = attributes.get("r")
            self.column = column_of(place) if place else self.column + 1
            if not 0 < self.column <= workbooks.MOST_COLUMNS:
                raise Refused("columns", str(self.column))
            self.type, self.formula, self.value = attributes.get("t", "n"), False, None
            self.style = int(attributes.get("s") or 0)
        elif tag in ("v", "t"):
            self.collecting = self.reading == 0
            if tag == "v":
                self.begin_text()
        elif tag == "is":
            self.begin_text()
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            self.begin_row(attributes)
        elif tag == "rPh":
            self.reading += 1
        elif tag == "mergeCell":
            self.merge(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.row = 0
            self.note(
                "hidden_columns",
                get_column_letter(min(max(first, 1), workbooks.MOST_COLUMNS)),
            )
            self.notes["hidden_columns"][0] += min(max(last - first, 0), workbooks.MOST_COLUMNS)

    def begin_row(self, attributes):
        row = int(attributes.get("r") or self.row + 1)
        if row > workbooks.MOST_ROWS:
            raise Refused("rows", str(row))
        if row <= self.row:
            raise Refused("damaged", f"row {row}")
        self.row, self.column, self.cells = row, 0, []
        if attributes.get("hidden") in ("1", "true"):
            self.note("hidden_rows")

    def end(self, name):
        tag = local(name)
        if tag in ("v", "is"):
            self.collecting = False
            self.value = "".join(self.parts)
        elif tag == "t":
            self.collecting = False
        elif tag == "rPh":
            self.reading -= 1
        elif tag == "c":
            field = self.field()
            if field:
                self.cells.append((self.column, field))
        elif tag == "row":
            self.end_row()

    def begin_text(self):
        self.parts.clear()
        self.length = 0

    def text(self, data):
        if self.collecting:
            self.parts.append(data)
            self.length += len(data)
            if self.length > workbooks.MOST_CELL:
                raise Refused("large", get_column_letter(self.column) + str(self.row))

    def field(self):
        value = self.value
        if self.type in ("inlineStr", "str"):
            if value is None and self.formula:
                return "#="
            return quoted(unescaped(value)) if value else ""
        if not value or not value.strip():
            return "#=" if self.formula else ""
        value = value.strip()
        if self.type == "s":
            index = int(value)
            if not 0 <= index < len(self.texts):
                raise Refused("damaged", get_column_letter(self.column) + str(self.row))
            text = self.texts[index]
            return text if len(text) > 2 else ""
        if self.type == "b":
            return "true" if value in ("1", "true") else "false"
        if self.type == "e":
            return "#" + re.sub(r"[^A-Z0-9/!?_]", "", value.upper()[:40])
        if self.type == "d":
            return value.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
        kinds = self.dates.kinds
        kind = kinds[self.style] if self.style < len(kinds) else ""
        if kind:
            # A day that there is not is shown as #### by Excel, too.
            return self.dates.text(kind, value) or "#DATE"
        return number(value)

    def end_row(self):
        if not self.cells:
            return
        # Cells in another order than their columns' are not in the standard, and are met with.
        self.cells.sort(key=lambda cell: cell[0])
        last = 0
        line = []
        for column, field in self.cells:
            line.append("," * (column - max(last, 1)) + field)
            last = column
        self.width = max(self.width, last)
        self.rows += 1
        blank = self.row - self.written - 1
        self.put("\n" * blank + "".join(line) + "\n")
        self.written = self.row

    def put(self, text):
        self.pieces.append(text)
        self.size += len(text)
        if self.size > PIECE or self.row - self.said > STEP:
            self.flush()

    def flush(self):
        body = "".join(self.pieces).encode("utf-8")
        self.pieces, self.size, self.said = [], 0, self.row
        self.channel.say({"at": self.file.tell()}, body)

    def merge(self, reference):
        self.merge_count += 1
        first, _, last = reference.partition(":")
        top, bottom = row_of(first), row_of(last or first)
        left, right = column_of(first), column_of(last or first)
        if top > TOP_ROWS or len(self.merges) >= MOST_MERGES:
            return
        self.merges.append([top, left, bottom, right])


def read_sheet(asked, channel):
    # The file is open, and nothing else can be opened from here on.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    warnings.simplefilter("ignore")
    file = os.fdopen(3, "rb")
    size = os.fstat(3).st_size
    archive = zipfile.ZipFile(file)
    workbooks.check_archive(archive, size)
    reader = workbooks.workbook_of(archive)
    sheets = workbooks.sheets_of(reader, archive)
    wanted = asked.get("sheet") or ""
    at = chosen(sheets, wanted)
    texts, dates = workbooks.strings_of(reader, archive), workbooks.Dates(reader.wb)
    while True:
        sheet = Sheet(texts, dates, channel, file)
        with archive.open(sheets[at][1]) as part:
            sheet.read(part)
        # Without a choice it is the first that people see and that has something in it.
        later = [i for i in range(at + 1, len(sheets)) if not sheets[i][0]["hidden"]]
        if sheet.rows or wanted or not later:
            break
        channel.say({"again": True})
        at = later[0]
    sheets[at][0].update(rows=sheet.written, columns=sheet.width)
    hidden = sum(1 for one, _ in sheets if one["hidden"])
    notes = [
        {"what": what, "count": count, "line": line, "value": value}
        for what, (count, line, value) in sorted(sheet.notes.items())
    ]
    if hidden:
        notes.append({"what": "hidden_sheets", "count": hidden, "line": 0, "value": ""})
    channel.say(
        {
            "done": True,
            "sheet": sheets[at][0]["name"],
            "sheets": [one for one, _ in sheets],
            "width": sheet.width,
            "rows": sheet.rows,
            "merges": sheet.merges,
            "merge_count": sheet.merge_count,
            "notes": notes,
        }
    )


def chosen(sheets, wanted):
    names = [one["name"] for one, _ in sheets]
    if wanted:
        if wanted not in names:
            raise Refused("no_sheet", "; ".join(names)[:500])
        return names.index(wanted)
    return next((i for i, (one, _) in enumerate(sheets) if not one["hidden"]), 0)


ANSWERS = {"sheet": read_sheet}
failure = workbooks.failure
