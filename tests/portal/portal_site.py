"""`siku serve` on a free port, and what is in its catalogue."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "catalog"))
from serving import start_server  # noqa: E402

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PROGRAM = Path(os.environ.get("SIKU_BUILD_DIR", ROOT / "build/release")) / "bin/siku"
PORTAL = ROOT / "build/web"

STOPS = 1_200
AREAS = ["南山区", "福田区", "罗湖区", "盐田区"]
PLACES = ["科技园", "会展中心", "老街", "大梅沙"]
# Texts that would run if they were not taken as texts.
HOSTILE = "<script>alert(1)</script>"
# Beyond 2^53, where a double rounds.
FIRST_CARD = 9_007_199_254_740_993

RECIPE = """
siku: 1
name: stops
input:
  path: stops.jsonl
  columns: {code: text, name: text, area: text, card: int, phone: text, note: text}
output: stops
"""

# The next month: one stop renamed, and one new in a file of its own.
NEXT_RECIPE = """
siku: 1
name: stops-next
inputs:
  stops:
    path: stops.jsonl
    columns: &columns {code: text, name: text, area: text, card: int, phone: text, note: text}
  new: {path: new.jsonl, columns: *columns}
steps:
  tidy: {use: refine.text.collapse_space, from: [stops, new], with: {column: note}}
  unique: {use: refine.document.drop_duplicates, from: tidy, with: {column: code}}
outputs:
  stops: unique
"""


def stop(index):
    """A row: leading zeros, a number that a double rounds, some texts that look like HTML."""
    note = "位于道路东侧，设有候车亭与电子站牌。\n" * (index % 5) or None
    return {
        "code": f"{index:06d}",
        "name": f"{PLACES[index % len(PLACES)]}公交站{index}",
        "area": AREAS[index % len(AREAS)],
        "card": FIRST_CARD + index,
        "phone": f"1380013{index:04d}",
        "note": f"<img src=x onerror=alert({index})>" if index % 100 == 2 else note,
    }


class Client:
    """Speaks to the API as one account, or as nobody."""

    def __init__(self, url):
        self.url, self.cookie, self.csrf = url, "", ""

    def sign_in(self, name, password):
        request = urllib.request.Request(
            self.url + "/api/v1/session",
            json.dumps({"name": name, "password": password}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.csrf = json.load(answer)["csrf"]
            cookie = SimpleCookie(answer.headers["Set-Cookie"])
            self.cookie = f"siku_session={cookie['siku_session'].value}"
        return self

    def try_(self, method, path, body=None):
        """Status and what was answered."""
        headers = {"Content-Type": "application/json", "X-Siku-Csrf": self.csrf}
        if self.cookie:
            headers["Cookie"] = self.cookie
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def __call__(self, method, path, body=None):
        status, answer = self.try_(method, path, body)
        assert status < 300, f"{method} {path}: {status}\n{answer.decode()}"
        return json.loads(answer)


class Site:
    def __init__(self, folder: Path):
        self.folder = folder
        self.url = ""
        self.passwords = {}
        self._server = None
        self._remembered = {}

    def siku(self, *arguments):
        done = subprocess.run(
            [str(PROGRAM.resolve()), *arguments, "--store", str(self.folder / "store")],
            cwd=self.folder,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr.decode()}"
        return done.stdout.decode()

    def start(self):
        assert (PORTAL / "index.html").exists(), "the portal is not built: build_web of tools/setup"
        self.write_rows("stops.jsonl", [stop(index) for index in range(STOPS)])
        (self.folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
        self.siku("run", "recipe.yaml")
        self._server, self.url = start_server(
            PROGRAM.resolve(),
            self.folder,
            {**os.environ, "SIKU_LANG": "en", "SIKU_PYTHON": sys.executable},
            *("--portal", PORTAL, "--store", self.folder / "store", "--title", "南山公共数据"),
        )
        self.passwords["admin"] = (self.folder / "store/first-password").read_text().strip()

    def make_next_version(self):
        """stops@2: the last row with another name and note, and one more from a second file."""
        rows = [stop(index) for index in range(STOPS)]
        rows[-1]["name"] = "大梅沙海滨公交站"
        rows[-1]["note"] = rows[-1]["note"].replace("东", "西", 1)
        self.write_rows("stops.jsonl", rows)
        self.write_rows("new.jsonl", [stop(STOPS)])
        (self.folder / "next.yaml").write_text(NEXT_RECIPE, encoding="utf-8")
        self.siku("run", "next.yaml")

    def write_rows(self, name, rows):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self.folder / name).write_text(lines, encoding="utf-8")

    def stop(self):
        if self._server:
            self._server.terminate()
            assert self._server.wait(30) == 0

    def client(self, name=None):
        client = Client(self.url)
        return client.sign_in(name, self.passwords[name]) if name else client

    def remembered(self, name):
        """One session of this account for all that do not end it: passwords are slow to check."""
        if name not in self._remembered:
            self._remembered[name] = self.client(name)
        return self._remembered[name]

    def fill(self):
        """Accounts, two organisations, sixty datasets of all classes, one with two versions."""
        admin = self.remembered("admin")
        for name, role in {"li": "publisher", "zhao": "auditor", "wang": "reader"}.items():
            self.passwords[name] = f"correct horse {name} battery"
            body = {"name": name, "password": self.passwords[name], "roles": [role]}
            admin("POST", "/api/v1/accounts", body)
        for name, title in {"jtj": "市交通运输局", "wjw": "市卫生健康委员会"}.items():
            body = {"name": name, "title": title, "summary": f"{title}的公共数据。"}
            admin("POST", "/api/v1/organisations", body)
        li = self.remembered("li")
        for index in range(60):
            body = dataset(index)
            li("POST", "/api/v1/datasets", body)
            if index % 20 == 19:
                continue  # a draft: readers do not see it
            li("POST", f"/api/v1/datasets/{body['name']}/versions", {"source": "stops@1"})
        self.make_next_version()
        li("POST", "/api/v1/datasets/dataset-01/versions", {"source": "stops@2"})
        li("PUT", "/api/v1/datasets/bus-stops/withheld", {"columns": ["phone"]})


# The character before the match takes two units of UTF-16.
TITLES = {0: "公交站点信息（全市）", 48: f"𠮷祥路{HOSTILE}公交站点第48期"}


def dataset(index):
    classes = ["unconditional", "unconditional", "conditional", "closed"]
    kinds = ["公交站点", "地铁车站", "医疗机构名录", "传染病周报"]
    kind, area = kinds[index % 4], AREAS[index // 4 % 4]
    return {
        "name": "bus-stops" if index == 0 else f"dataset-{index:02d}",
        "title": TITLES.get(index, f"{area}{kind}第{index}期"),
        "summary": f"{area}{kind}，含名称、位置与编号，坐标为 CGCS2000，每期保留旧版本。"
        + (HOSTILE if index % 10 == 9 else ""),
        "organisation": ["jtj", "jtj", "wjw", "wjw"][index % 4],
        "class": classes[index % 4],
        "conditions": "" if index % 4 < 2 else "须说明用途。",
        "code": f"307440{index:06d}",
        "themes": [["交通", "交通", "卫生", "卫生"][index % 4]],
        "keywords": [area, "公共数据"],
        "update_cycle": ["daily", "monthly", "yearly"][index % 3],
        "licence": "CC-BY-4.0",
        "spatial": f"深圳市{area}",
        "temporal": {"start": "2024-01-01"},
        "contacts": [{"name": "数据科", "email": "data@example.org"}],
        "links": [{"title": "说明", "url": "https://example.org/a", "format": "html"}],
    }
