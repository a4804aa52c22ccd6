"""Tables as people have them: `siku dataset import`, and uploads to the server."""

import base64
import csv
import hashlib
import io
import json
import signal
import subprocess
import time

import pytest
from server import PROGRAM, Server

HEADER = "深圳市公交站点统计表,,,,\n单位：个,,,,\n代码,站点,,开通日期,客流\n,名称,所在区,,\n"
ROWS = [
    f'{n:06d},"第{n}站，公共数据",南山区,2024年{n % 12 + 1}月5日,"{n},{n % 1000:03d}"\n'
    for n in range(1, 400)
]
TABLE = (HEADER + "".join(ROWS)).encode("gb18030")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "stops.csv").write_bytes(TABLE)
    return Server(tmp_path)


def told(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_table_of_an_office_comes_in_as_it_was_guessed(folder):
    done = folder.command("dataset", "import", "stops.csv", "--dataset", "jtj/stops")
    assert done.returncode == 0, done.stderr
    assert "站点/所在区" in done.stdout and "399 rows" in done.stdout
    rows = folder.command("dataset", "head", "stops", "-n", "2", "--format", "jsonl").stdout
    assert [json.loads(row) for row in rows.splitlines()][0] == {
        "代码": "000001",
        "站点/名称": "第1站，公共数据",
        "站点/所在区": "南山区",
        "开通日期": "2024-02-05",
        "客流": 1001,
    }
    again = folder.command("dataset", "import", "stops.csv", "--dataset", "jtj/stops", "--json")
    assert told(again)["version"] == "stops@1"
    other = folder.command("dataset", "import", "stops.csv", "--dataset", "wjw/stops")
    assert other.returncode == 4 and "another organisation's" in other.stderr


def test_a_guess_is_corrected_and_handed_back(folder):
    guess = told(folder.command("dataset", "import", "stops.csv", "--guess"))
    assert (guess["encoding"], guess["titles"], guess["headers"]) == ("gb18030", 2, 2)
    guess["columns"][0] |= {"name": "code", "type": "integer"}
    guess["columns"][1]["type"] = "date"
    guess["columns"][4]["type"] = "none"
    (folder.folder / "guess.json").write_text(json.dumps(guess), "utf-8")
    name = ("--dataset", "jtj/stops", "--as", "guess.json", "--json")
    result = told(folder.command("dataset", "import", "stops.csv", *name))
    assert (result["rows"], result["rejected_values"]) == (399, 399)
    rows = folder.command("dataset", "head", "stops", "-n", "1", "--format", "jsonl").stdout
    assert json.loads(rows) == {"code": 1, "站点/所在区": "南山区", "开通日期": "2024-02-05"}
    rejects = folder.command("dataset", "export", result["rejects"], "--format", "csv").stdout
    first = next(csv.DictReader(io.StringIO(rejects)))
    assert (first["line"], first["row"], first["column"]) == ("5", "1", "站点/名称")
    assert (first["reason"], first["value"]) == ("misfit", "第1站，公共数据")


def test_csv_goes_through_a_recipe_and_back(folder):
    text = '代码,名称\r\n007,"北京,""西"""\r\n"",\r\n'
    (folder.folder / "a.csv").write_bytes(text.encode("gb18030"))
    (folder.folder / "a.yaml").write_text(
        "siku: 1\nname: a\ninputs:\n  rows: {path: a.csv, encoding: gb18030}\nsteps: []\n"
        "outputs:\n  a: rows\n",
        "utf-8",
    )
    assert folder.command("run", "a.yaml").returncode == 0
    exported = folder.command("dataset", "export", "a", "--format", "csv")
    assert exported.stdout == '代码,名称\n007,"北京,""西"""\n"",\n'
    assert folder.command("undo", "last", "--to", "back").returncode == 0
    assert (folder.folder / "back/a.csv").read_bytes() == text.encode("gb18030")


def test_a_killed_import_leaves_nothing_half_done(folder):
    with open(folder.folder / "large.csv", "w", encoding="utf-8") as file:
        file.write("代码,数\n")
        file.writelines(f"{n:08d},{n}\n" for n in range(400_000))
    line = [PROGRAM, "dataset", "import", "large.csv", "--dataset", "jtj/large", "--json"]
    for wait in (0.1, 0.3, 0.6):
        killed = subprocess.Popen(line, cwd=folder.folder, env=folder.environment())
        time.sleep(wait)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert told(folder.command(*line[1:]))["version"] == "large@1"
    assert folder.command("store", "verify").returncode == 0
    assert folder.command("audit", "verify").returncode == 0


class Sender:
    """A client of tus, as the protocol's text has it."""

    def __init__(self, client, data, name="站点.csv"):
        self.client, self.data = client, data
        metadata = "filename " + base64.b64encode(name.encode()).decode()
        headers = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        answer = client.call("POST", "/uploads", headers={**headers, "Tus-Resumable": "1.0.0"})
        assert answer.status_code == 201, answer.text
        self.address = answer.headers["Location"].removeprefix("/api/v1")

    def offset(self):
        answer = self.client.call("HEAD", self.address, headers={"Tus-Resumable": "1.0.0"})
        return int(answer.headers["Upload-Offset"])

    def piece(self, begin, end):
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(begin)}
        return self.client.call("PATCH", self.address, data=self.data[begin:end], headers=headers)

    def send(self, size=1_000_000):
        while (at := self.offset()) < len(self.data):
            assert self.piece(at, at + size).status_code == 204
        return self

    def job(self, kind, body):
        self.client.post(f"{self.address}/{kind}", body)
        for _ in range(600):
            state = self.client.get_json(self.address)
            if state["state"] not in ("guessing", "importing"):
                return state
            time.sleep(0.05)
        raise AssertionError(state)


@pytest.fixture
def lin(server):
    lin = server.staff("lin", "publisher")
    lin.post("/datasets", {"name": "sites", "organisation": "jtj", "title": "站点"})
    return lin


def test_upload_guess_correct_import(server, lin):
    sender = Sender(lin, TABLE).send(7_000)
    guess = sender.job("guess", {"headers": 2})["guess"]
    assert guess["columns"][4]["type"] == "integer" and guess["preview"][0][0] == "000001"
    guess["columns"][4]["type"] = "text"
    order = {"dataset": "sites", "plan": guess, "sha256": hashlib.sha256(TABLE).hexdigest()}
    wrong = sender.job("import", {**order, "sha256": "00"})
    assert wrong["error"]["code"] == "unbalanced" and wrong["state"] == "uploaded"
    result = sender.job("import", order)["result"]
    assert (result["rows"], result["rejects"]) == (399, None)
    page = server.anybody().get_json("/datasets/sites/versions/newest/rows", limit=1)
    assert page["rows"][0][4] == "1,001" and page["total"] == 399
    lineage = server.anybody().get_json("/datasets/sites/versions/1/lineage")["lineage"]["import"]
    assert lineage["file"]["sha256"] == order["sha256"]
    assert lin.get_json("/uploads")["uploads"][0]["result"]["version"] == "sites@1"


def test_an_upload_goes_on_behind_a_kill(server, lin):
    data = TABLE * 40
    sender = Sender(lin, data)
    assert sender.piece(0, 300_000).status_code == 204
    # One that is cut off in its middle does not count.
    assert sender.piece(300_000, 310_000).status_code == 204
    server.kill()
    server.start()
    sender.client = lin = server.administrator()
    assert sender.offset() == 310_000
    refused = sender.piece(300_000, 400_000)
    assert refused.status_code == 409 and refused.json()["error"]["value"] == "310000"
    sender.send()
    assert sender.piece(len(data), len(data)).status_code == 204
    guess = sender.job("guess", {"headers": 2})["guess"]
    lin.post(f"{sender.address}/import", {"dataset": "sites", "plan": guess})
    server.kill()
    server.start()
    sender.client = server.administrator()
    state = sender.client.get_json(sender.address)["state"]
    assert state in ("uploaded", "imported")
    if state == "uploaded":
        sender.job("import", {"dataset": "sites", "plan": guess})
    assert server.anybody().get_json("/datasets/sites")["versions"][0]["ordinal"] == 1
    assert server.command("store", "verify").returncode == 0
    assert server.command("audit", "verify").returncode == 0


def test_uploads_are_their_senders_own(server, lin):
    sender = Sender(lin, b"a,b\n1,2\n")
    stranger = server.staff("wu", "publisher")
    assert stranger.call("HEAD", sender.address).status_code == 404
    assert stranger.call("DELETE", sender.address).status_code == 404
    assert stranger.get_json("/uploads")["uploads"] == []
    reader = server.staff("du", "reader")
    begun = reader.call("POST", "/uploads", headers={"Upload-Length": "1"})
    assert begun.status_code == 403
    token = lin.headers.pop("X-Siku-Csrf")
    assert sender.piece(0, 4).status_code == 403
    lin.headers["X-Siku-Csrf"] = token
    assert lin.call("DELETE", sender.address).status_code == 204
    assert lin.call("HEAD", sender.address).status_code == 404


def test_what_is_no_upload_is_refused_in_words(server, lin):
    def begin(**headers):
        return lin.call("POST", "/uploads", headers=headers)

    name = "filename " + base64.b64encode(b"a.csv").decode()
    assert begin(**{"Upload-Length": "x"}).status_code == 400
    assert begin(**{"Upload-Length": "5"}).json()["error"]["place"] == "filename"
    large = begin(**{"Upload-Length": str(2**40), "Upload-Metadata": name})
    assert large.json()["error"]["code"] == "limit"
    assert begin(**{"Upload-Length": "5", "Tus-Resumable": "0.2.2"}).status_code == 412
    options = lin.call("OPTIONS", "/uploads")
    assert options.status_code == 204 and "creation" in options.headers["Tus-Extension"]
    sender = Sender(lin, b"a,b\n1,2\n")
    assert lin.call("PATCH", sender.address, data=b"x").status_code == 415
    assert sender.piece(0, 4).status_code == 204
    early = lin.call("POST", f"{sender.address}/guess", json={})
    assert early.status_code == 409
    sender.data += b"more than was said"
    assert sender.piece(4, 20).status_code == 400
    assert lin.call("HEAD", "/uploads/..%2f..%2fcatalogue.db").status_code == 400
    for strange in ("0" * 36, "x"):
        assert lin.call("HEAD", f"/uploads/{strange}").status_code == 404
    zeros = Sender(lin, b"\0" * 5000).send()
    assert zeros.job("guess", {})["error"]["message"] == "not a text"
