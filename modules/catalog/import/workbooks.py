"""What an Excel workbook is made of, read by openpyxl: parts, sheets, calendar, formats, texts.

Everything is looked at before it is read: parts that unpack to too much, and document types, whose
entities are what bombs of XML are made of.
"""

import codecs
import datetime
import decimal
import io
import math
import re
import xml.parsers.expat
import zipfile

import openpyxl.reader.excel
import openpyxl.styles.stylesheet
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904

# Names of parts in old archives; a codec is a file that is read when it is first needed.
for codec in ("cp437", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"):
    codecs.lookup(codec)

MOST_ENTRIES = 10_000
MOST_BYTES = 8 << 30  # unpacked, of the parts that are read
BOMB_BYTES = 64 << 20  # a smaller part is no bomb, however well it is packed
BOMB_RATIO = 300
MOST_PART = 32 << 20  # of a part that is held whole: the workbook, its styles
MOST_STRINGS = 1 << 30  # bytes of shared texts
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_CELL = 1 << 20  # characters; Excel has 32,767
MOST_SHEETS = 1000

# Formats of Chinese Excel that are not in the list of others (ECMA-376, 18.8.30, zh-cn).
CHINESE_DATES = {27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58}
CHINESE_TIMES = {32, 33, 34, 35, 55, 56}
WHOLE = re.compile(r"-?[0-9]{1,60}\Z")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class Refused(Exception):
    """kind, what"""


def unescaped(text):
    """Characters that XML cannot have, as Excel writes them."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def quoted(text):
    # Half of a pair is no character.
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return '"' + text.replace('"', '""') + '"'


def number(text):
    """The shortest text of the same double; whole numbers without a point, as they stand."""
    if WHOLE.match(text):
        return text
    value = float(text)
    if not math.isfinite(value):
        return "#NUM!"
    shortest = repr(value)
    if shortest.endswith(".0"):
        return shortest[:-2]
    if "e" not in shortest:
        return shortest
    plain = format(decimal.Decimal(shortest), "f")
    return plain if len(plain) < 60 else shortest


def kind_of_format(code):
    """date, time, both, elapsed, or nothing."""
    code = LITERAL.sub("", code.split(";")[0])
    if code.strip().lower() in ("general", "@", "standard"):
        return ""
    if ELAPSED.search(code):
        return "elapsed"
    letters = set(code.lower())
    # aaaa is the day of the week.
    days, times = bool(letters & set("dy")) or "aaa" in code.lower(), bool(letters & set("hs"))
    # An m is minutes beside hours or seconds, else months.
    days = days or ("m" in letters and not times)
    return "both" if days and times else "date" if days else "time" if times else ""


class Dates:
    def __init__(self, workbook):
        self.since_1904 = workbook.epoch == CALENDAR_MAC_1904
        self.kinds = []
        for style in workbook._cell_styles:
            code = style.numFmtId
            if code in CHINESE_DATES or code in CHINESE_TIMES:
                self.kinds.append("date" if code in CHINESE_DATES else "time")
            elif code in BUILTIN_FORMATS:
                self.kinds.append(kind_of_format(BUILTIN_FORMATS[code]))
            else:
                own = code - 164
                known = 0 <= own < len(workbook._number_formats)
                self.kinds.append(kind_of_format(workbook._number_formats[own]) if known else "")

    def text(self, kind, text):
        """A day's number as ISO 8601; nothing: there is no such day."""
        value = float(text)
        if not -1e7 < value < 1e7:
            return ""
        days, milliseconds = divmod(round(value * 86_400_000), 86_400_000)
        if kind == "elapsed" or (kind == "time" and days == 0):
            hours = days * 24 if kind == "elapsed" else 0
            return "" if value < 0 else clock(milliseconds, hours)
        if self.since_1904:
            days += 1462
        elif days == 60:
            return ""  # 29 February 1900, which Excel believes in
        elif days < 60:
            days += 1
        if days < 1:
            return ""
        day = (days - 25569) * 86_400_000
        date = iso_date(day // 86_400_000)
        whole = kind == "date" and milliseconds == 0
        return date if whole or not date else f"{date} {clock(milliseconds, 0)}"


def clock(milliseconds, hours):
    seconds, part = divmod(milliseconds, 1000)
    text = f"{hours + seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{part:03d}" if part else text


def iso_date(days):
    try:
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days=days)).isoformat()
    except OverflowError:
        return ""


def parser():
    """Of XML without a document type: entities are what bombs are made of."""
    made = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.buffer_size = 1 << 16

    def refuse(*_):
        raise Refused("entities", "")

    made.StartDoctypeDeclHandler = refuse
    made.EntityDeclHandler = refuse
    return made


TAGS = {
    f"{space} {tag}".strip(): tag
    for space in ("",) + MAIN
    for tag in ("c", "v", "t", "is", "f", "row", "rPh", "si", "mergeCell", "col")
}


def local(name):
    return TAGS.get(name, "")


def shared_texts(archive, name):
    """Texts without their readings (rPh)."""
    texts, parts, size, length = [], [], 0, 0
    collecting, reading = False, 0
    made = parser()

    def start(name, _):
        nonlocal collecting, reading, length
        tag = local(name)
        if tag == "si":
            parts.clear()
            length = 0
        elif tag == "rPh":
            reading += 1
        elif tag == "t":
            collecting = reading == 0

    def end(name):
        nonlocal collecting, reading, size
        tag = local(name)
        if tag == "t":
            collecting = False
        elif tag == "rPh":
            reading -= 1
        elif tag == "si":
            text = "".join(parts)
            size += len(text) + 64
            if size > MOST_STRINGS:
                raise Refused("large", "sharedStrings.xml")
            # A text that is in many cells is made once.
            texts.append(quoted(unescaped(text)))

    def text(data):
        nonlocal length
        if collecting:
            parts.append(data)
            length += len(data)
            if length > MOST_CELL:
                raise Refused("large", "sharedStrings.xml")

    made.StartElementHandler, made.EndElementHandler = start, end
    made.CharacterDataHandler = text
    with archive.open(name) as part:
        made.ParseFile(part)
    return texts


def column_of(place):
    column = 0
    for letter in place[:4]:
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - 64
    return column


def row_of(place):
    digits = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isdecimal() and len(digits) < 8 else 0


def check_archive(archive, packed):
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries", str(len(entries)))
    total = 0
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("encrypted", entry.filename)
        total += entry.file_size
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > BOMB_BYTES and ratio > BOMB_RATIO:
            raise Refused("bomb", str(entry.file_size))
        small = not re.search(r"(sheets/|sharedStrings)", entry.filename)
        if entry.filename.endswith((".xml", ".rels")) and small and entry.file_size > MOST_PART:
            raise Refused("large", entry.filename)
    # Parts that lie over each other unpack to more than they are.
    if total > MOST_BYTES or sum(entry.compress_size for entry in entries) > packed:
        raise Refused("bomb", str(total))


def no_entities(data):
    """Reads a part that openpyxl will read, for what it must not have."""
    parser().Parse(data, True)
    return data


class Archive:
    """What openpyxl gets instead of a ZipFile: parts that have been looked at."""

    def __init__(self, archive):
        self.archive = archive

    def read(self, name):
        return no_entities(self.archive.read(name))

    def open(self, name):
        return io.BytesIO(self.read(name))

    def namelist(self):
        return self.archive.namelist()

    def getinfo(self, name):
        return self.archive.getinfo(name)


def workbook_of(archive):
    reader = object.__new__(openpyxl.reader.excel.ExcelReader)
    reader.archive = Archive(archive)
    reader.valid_files = archive.namelist()
    reader.read_only = reader.data_only = True
    reader.keep_vba = reader.keep_links = reader.rich_text = False
    if "[Content_Types].xml" not in reader.valid_files:
        raise Refused("no_workbook", "")
    reader.read_manifest()
    kinds = {type_.ContentType for type_ in reader.package.Override}
    if any(".sheet.binary." in kind for kind in kinds):
        raise Refused("binary", "")
    if not any("sheet" in kind for kind in kinds):
        raise Refused("no_workbook", "")
    reader.read_workbook()
    openpyxl.styles.stylesheet.apply_stylesheet(reader.archive, reader.wb)
    return reader


def sheets_of(reader, archive):
    sheets = []
    for sheet, relation in reader.parser.find_sheets():
        if not relation.Type.endswith("/worksheet") or relation.target not in reader.valid_files:
            continue
        if len(sheets) >= MOST_SHEETS:
            raise Refused("sheets", str(MOST_SHEETS))
        with archive.open(relation.target) as part:
            rows, columns = declared_size(part.read(1 << 14))
        hidden = sheet.state != "visible"
        one = {"name": sheet.name, "rows": rows, "columns": columns, "hidden": hidden}
        sheets.append((one, relation.target))
    if not sheets:
        raise Refused("no_sheets", "")
    return sheets


def declared_size(head):
    """Rows and columns, as the sheet says itself; it may be wrong."""
    found = re.search(rb'<(?:\w+:)?dimension\s[^>]*ref="([A-Z0-9:]{2,24})"', head)
    if not found:
        return None, None
    last = found[1].decode().rpartition(":")[2]
    return min(row_of(last), MOST_ROWS), min(column_of(last), MOST_COLUMNS)


def strings_of(reader, archive):
    for part in reader.package.Override:
        if part.ContentType.endswith("sharedStrings+xml"):
            name = part.PartName.lstrip("/")
            if name in reader.valid_files:
                return shared_texts(archive, name)
    return []


def failure(error):
    """(kind, what, place) of whatever reading a file of somebody's can raise."""
    if isinstance(error, Refused):
        return error.args[0], error.args[1], None
    if isinstance(error, (MemoryError, RecursionError)):
        return "memory", "", None
    if isinstance(error, zipfile.BadZipFile):
        return "damaged", str(error)[:200], None
    if isinstance(error, NotImplementedError):
        return "packing", str(error)[:200], None
    return "damaged", f"{type(error).__name__}: {error}"[:200], None
