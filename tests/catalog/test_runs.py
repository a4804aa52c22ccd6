"""Recipes that people run by the server: within rights, within limits, and gone on with."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
from server import SECRET, Server, make_rows, running

DAMAGED = Path("examples/first-light/pages/policy-news.damaged.txt").read_text("utf-8")

COPY = """\
name: copied
inputs:
  rows: {dataset: stops@1}
steps:
  tidy: {use: refine.text.collapse_space, from: rows, with: {column: name}}
output: copied
"""
REPAIR = """\
name: repaired
inputs:
  rows: {dataset: pages}
steps:
  repaired: {use: refine.text.repair, from: rows}
output: repaired
"""
EXPLODING = """\
name: exploded
inputs:
  rows: {dataset: bait}
steps:
  one:
    use: refine.text.replace_content
    from: rows
    with: {pattern: '(a+)+$', repl: ''}
output: exploded
"""
NEAR = """\
name: near
inputs:
  rows: {dataset: noise}
steps:
  unlike: {use: refine.duplicates.minhash, from: rows}
outputs: {unlike: unlike}
discard: [unlike.clusters]
"""
LONG = 2000  # rows; some seconds of work


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = tmp_path_factory.mktemp("made")
    make_rows(made)
    with open(made / "pages.jsonl", "w", encoding="utf-8") as file:
        for i in range(LONG):
            file.write(json.dumps({"text": f"{i}：{DAMAGED}"}, ensure_ascii=False) + "\n")
    (made / "pages.yaml").write_text("input: pages.jsonl\nsteps: []\noutput: pages\n", "utf-8")
    with open(made / "bait.jsonl", "w", encoding="utf-8") as file:
        for text in ["a" * 10_000 + "b"] * 3 + ["good"]:
            file.write(json.dumps({"text": text}) + "\n")
    (made / "bait.yaml").write_text("input: bait.jsonl\nsteps: []\noutput: bait\n", "utf-8")
    generator = random.Random(7)
    with open(made / "noise.jsonl", "w", encoding="utf-8") as file:
        for _ in range(2000):
            text = "".join(chr(generator.randrange(0x4E00, 0x9FA0)) for _ in range(1000))
            file.write(json.dumps({"text": text}) + "\n")
    (made / "noise.yaml").write_text("input: noise.jsonl\nsteps: []\noutput: noise\n", "utf-8")
    for recipe in ("stops.yaml", "pages.yaml", "bait.yaml", "noise.yaml"):
        run = Server(made).command("run", recipe, "--json")
        assert run.returncode == 0, run.stderr
    (made / "repair.yaml").write_text(REPAIR.replace("output: repaired", "output: expected"))
    run = Server(made).command("run", "repair.yaml", "--json")
    with running(made, tmp_path_factory.mktemp("runs")) as server:
        server.expected = json.loads(run.stdout)["outputs"][0]["version"]
        server.lin = server.staff("lin", "publisher")
        server.wang = server.staff("wang", "operator")
        server.lin.publish()
        yield server


def start(client, recipe):
    return client.post("/runs", {"recipe": recipe})["id"]


def wait_for(client, run, wanted, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page = client.get_json(f"/runs/{run}")
        if wanted(page):
            return page
        time.sleep(0.05)
    raise AssertionError(page)


def ended(page):
    return page["state"] != "running" and not page["here"]


def test_a_recipe_runs_and_its_report_is_a_page(server):
    run = start(server.lin, COPY)
    page = wait_for(server.lin, run, ended)
    assert (page["state"], page["account"], page["error"]) == ("done", "lin", None)
    assert page["yaml"] == COPY
    assert page["summary"]["rows"] == 250
    assert page["summary"]["outputs"][0]["source"] == "copied@1"
    assert run in [one["id"] for one in server.lin.get_json("/runs")["runs"]]
    report = server.lin.call("GET", f"/runs/{run}/report")
    assert (
        report.ok
        and "<html" in report.text
        and report.headers["Content-Type"] == ("text/html; charset=utf-8")
    )
    # The page has scripts of its own: they get no origin, no cookie and no server.
    policy = report.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "allow-same-origin" not in policy
    assert "default-src 'none'" in policy and "connect-src" not in policy
    actions = [
        (entry["action"], entry["account"])
        for entry in server.administrator().get_json("/audit", limit=1000)["entries"]
        if entry["object"] == run
    ]
    assert actions == [("run.start", "lin")]


def test_a_run_is_watched_stopped_and_gone_on_with(server):
    run = start(server.lin, REPAIR)
    page = wait_for(server.lin, run, lambda page: page["progress"] or ended(page))
    assert page["state"] == "running" and page["here"], page
    assert page["progress"]["bytes_total"] > 0 or page["progress"]["tasks_total"] > 0
    assert server.lin.call("POST", f"/runs/{run}/resume").status_code == 409
    server.lin.post(f"/runs/{run}/stop", {})
    page = wait_for(server.lin, run, ended)
    assert (page["state"], page["may_resume"]) == ("interrupted", True), page
    assert page["error"]["code"] == "interrupted"
    assert server.lin.call("POST", f"/runs/{run}/stop").status_code == 409
    server.lin.post(f"/runs/{run}/resume", {})
    page = wait_for(server.lin, run, ended)
    assert page["state"] == "done" and page["error"] is None
    assert page["summary"]["outputs"][0]["content"] == server.expected
    assert server.lin.call("POST", f"/runs/{run}/resume").status_code == 409
    listed = server.command("runs").stdout
    assert run in listed


def test_a_killed_server_leaves_a_run_that_another_goes_on_with(server):
    run = start(server.lin, REPAIR.replace("output: repaired", "output: again"))
    wait_for(server.lin, run, lambda page: page["progress"])
    server.kill()
    server.start()
    server.lin.url = server.wang.url = server.url
    # The process ends with its server, in order.
    page = wait_for(server.lin, run, ended, 60)
    assert page["state"] == "interrupted", page
    server.lin.post(f"/runs/{run}/resume", {})
    page = wait_for(server.lin, run, ended)
    assert page["state"] == "done", page
    assert page["summary"]["outputs"][0]["content"] == server.expected


HOSTILE = [
    ("a file", COPY.replace("{dataset: stops@1}", "/etc/passwd"), "reads datasets alone"),
    ("an address", COPY.replace("{dataset: stops@1}", "s3://bucket/x.jsonl"), "datasets alone"),
    ("a path in a list", COPY.replace("{dataset: stops@1}", "[../../x.txt]"), "datasets alone"),
    ("a plug-in", "plugins: [/tmp/x.so]\n" + COPY, "names no plug-ins"),
    ("a Python operator", "plugins: os:system\n" + COPY, "names no plug-ins"),
    (
        "word lists",
        COPY.replace(
            "refine.text.collapse_space, from: rows, with: {column: name}",
            "refine.text.match_words, from: rows, with: {column: name, lists: [/etc/passwd]}",
        ),
        "names no files",
    ),
    (
        "a dictionary",
        COPY.replace(
            "refine.text.collapse_space, from: rows, with: {column: name}",
            "refine.text.segment_words, from: rows, with: {column: name, dictionaries: [/etc/x]}",
        ),
        "names no files",
    ),
    (
        "what conceals",
        COPY.replace(
            "refine.text.collapse_space, from: rows, with: {column: name}",
            "refine.text.mask_identifiers, from: rows, with: {column: name}",
        ),
        "conceals no texts",
    ),
    (
        "another program's recipe",
        "dataset_path: /etc/passwd\nexport_path: /tmp/x.jsonl\nprocess:\n"
        "  - whitespace_normalization_mapper:\n",
        "datasets alone",
    ),
]


@pytest.mark.parametrize(
    ("recipe", "why"), [one[1:] for one in HOSTILE], ids=[o[0] for o in HOSTILE]
)
def test_a_recipe_names_nothing_but_datasets_and_operators(server, recipe, why):
    runs = len(server.lin.get_json("/runs")["runs"])
    verdict = server.lin.post("/recipes/check", {"recipe": recipe})
    assert any(why in problem["message"] for problem in verdict["problems"]), verdict
    answer = server.lin.call("POST", "/runs", json={"recipe": recipe})
    assert answer.status_code == 403, answer.text
    assert len(server.lin.get_json("/runs")["runs"]) == runs


def test_mistakes_are_told_with_their_places(server):
    verdict = server.lin.post("/recipes/check", {"recipe": COPY.replace("from: rows", "from: row")})
    (problem,) = verdict["problems"]
    assert problem["place"] == "recipe:5:49" and "'row'" in problem["message"], problem
    assert server.lin.post("/recipes/check", {"recipe": COPY}) == {"problems": []}
    assert server.lin.call("POST", "/runs", json={"recipe": "]"}).status_code == 400
    assert server.lin.call("POST", "/runs", json={"recipe": "#" * (2 << 20)}).status_code == 413


def test_only_those_who_may_run_recipes(server):
    for client in (server.staff("yu", "reader"), server.staff("he", "auditor"), server.anybody()):
        assert client.call("POST", "/runs", json={"recipe": COPY}).status_code == 403
        assert client.call("PUT", "/settings/runs", json={"at_once": 9}).status_code == 403
    assert server.lin.call("PUT", "/settings/runs", json={"at_once": 9}).status_code == 403


def test_an_operator_reads_what_is_open_to_him_and_no_more(server):
    wang = server.wang
    # In the store, and in no dataset of the catalogue.
    answer = wang.call("POST", "/runs", json={"recipe": REPAIR})
    assert (answer.status_code, answer.json()["error"]["place"]) == (404, "recipe:3:3")
    absent = wang.call("POST", "/runs", json={"recipe": REPAIR.replace("pages", "absent")})
    told = [one.json()["error"]["message"] for one in (answer, absent)]
    assert told[0] == told[1]
    mine = COPY.replace("output: copied", "output: wangs")
    assert wait_for(wang, start(wang, mine), ended)["state"] == "done"
    assert wait_for(wang, start(wang, mine), ended)["state"] == "done"
    # Another's dataset gets no version of his.
    assert wang.call("POST", "/runs", json={"recipe": COPY}).status_code == 403
    withheld = server.lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]})
    withheld.raise_for_status()
    try:
        assert wang.call("POST", "/runs", json={"recipe": mine}).status_code == 404
        runs = wang.get_json("/runs")["runs"]
        for run in runs:
            for path in (f"/runs/{run['id']}", f"/runs/{run['id']}/report"):
                answer = wang.call("GET", path)
                assert answer.status_code in (403, 404) and SECRET not in answer.text, path
    finally:
        server.lin.call("PUT", "/datasets/stops/withheld", json={"columns": []})


def make_small(server, texts):
    rows = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    (server.folder / "small.jsonl").write_text(rows, "utf-8")
    (server.folder / "small.yaml").write_text("input: small.jsonl\nsteps: []\noutput: small\n")
    run = server.command("run", "small.yaml", "--json")
    assert run.returncode == 0, run.stderr
    return "small@" + str(json.loads(run.stdout)["outputs"][0]["ordinal"])


def test_what_was_withdrawn_is_read_by_no_later_run_page_or_report(server):
    """The recipe names the dataset; the run has read a version of it."""
    lin = server.lin
    lin.post("/datasets", {"name": "small", "organisation": "jtj", "title": "小"})
    first = make_small(server, ["密码 13812345678", "二"])
    lin.post("/datasets/small/versions", {"source": first})
    recipe = REPAIR.replace("dataset: pages", "dataset: small")
    run = start(lin, recipe.replace("output: repaired", "output: smaller"))
    assert wait_for(lin, run, ended)["state"] == "done"
    assert server.wang.get_json(f"/runs/{run}")["state"] == "done"
    lin.post("/datasets/small/versions", {"source": make_small(server, ["一", "二"])})
    lin.post("/datasets/small/withdrawal", {"ordinal": 1, "reason": "含电话"})
    for path in (f"/runs/{run}", f"/runs/{run}/report"):
        answer = server.wang.call("GET", path)
        assert answer.status_code == 404 and "13812345678" not in answer.text
    # Nor is what was made of it published.
    lin.post("/datasets", {"name": "smaller", "organisation": "jtj", "title": "更小"})
    answer = lin.call("POST", "/datasets/smaller/versions", json={"source": "smaller@1"})
    assert (answer.status_code, answer.json()["error"]["value"]) == (403, first)
    # Another's run is not an operator's to end.
    assert server.wang.call("POST", f"/runs/{run}/stop").status_code in (403, 404)


def test_rejected_records_are_as_open_as_what_they_were_rejected_from(server):
    (server.folder / "people.csv").write_text(
        "编号,姓名,电话\n1,张三,13812345678\n2,李四\n3,王五,13812345679\n", "utf-8"
    )
    done = server.command("dataset", "import", "people.csv", "--dataset", "jtj/people")
    assert done.returncode == 0, done.stderr
    lin = server.lin
    assert lin.call("PUT", "/datasets/people/withheld", json={"columns": ["电话"]}).ok
    lin.post("/datasets", {"name": "refuse", "organisation": "jtj", "title": "拒绝"})
    answer = lin.call("POST", "/datasets/refuse/versions", json={"source": "people.rejects@1"})
    assert answer.status_code == 403, answer.text
    assert lin.call("PUT", "/datasets/people/withheld", json={"columns": []}).ok
    assert lin.call("PATCH", "/datasets/people", json={"class": "closed"}).ok
    answer = lin.call("POST", "/datasets/refuse/versions", json={"source": "people.rejects@1"})
    assert answer.status_code == 403, answer.text


def test_the_administrator_lists_operators(server):
    admin = server.administrator()
    before = admin.get_json("/settings/runs")
    assert "refine.text.repair" in before["operators"]
    assert "refine.text.mask_identifiers" not in before["all_operators"]
    try:
        kept = admin.call("PUT", "/settings/runs", json={"operators": ["refine.text.repair"]})
        assert kept.ok and kept.json()["operators"] == ["refine.text.repair"]
        answer = server.lin.call("POST", "/runs", json={"recipe": COPY})
        assert answer.status_code == 403
        assert answer.json()["error"]["value"] == "refine.text.collapse_space"
        (one,) = server.lin.get_json("/operators")["operators"]
        assert one["name"] == "refine.text.repair"
        for bad in (
            {"operators": ["no.such.one"]},
            {"operators": ["refine.text.mask_identifiers"]},
            {"memory": 1},
            {"seconds": -1},
            {"at_once": "2"},
        ):
            assert admin.call("PUT", "/settings/runs", json=bad).status_code in (400, 404), bad
        assert admin.call("PUT", "/settings/runs", json={"at_once": 0}).ok
        assert server.lin.call("POST", "/runs", json={"recipe": REPAIR}).status_code == 503
    finally:
        settings = {key: before[key] for key in ("operators", "at_once")}
        assert admin.call("PUT", "/settings/runs", json=settings).ok


@pytest.mark.parametrize(
    ("limit", "recipe", "why"),
    [
        ({"seconds": 1}, REPAIR.replace("output: repaired", "output: limited"), "longer than it"),
        ({"disk": 1 << 20}, NEAR, "larger than they may be"),
    ],
    ids=["time", "disk"],
)
def test_a_run_ends_at_its_limits(server, limit, recipe, why):
    admin = server.administrator()
    before = admin.get_json("/settings/runs")
    try:
        assert admin.call("PUT", "/settings/runs", json=limit).ok
        run = start(server.lin, recipe)
        page = wait_for(server.lin, run, ended)
        assert page["state"] in ("interrupted", "failed"), page
        told = page["error"]
        assert told["code"] in ("limit", "no_space"), told
        assert why in told["message"], told
    finally:
        assert admin.call("PUT", "/settings/runs", json={k: before[k] for k in limit}).ok


def test_a_pattern_that_explodes_costs_its_row_and_no_more(server):
    run = start(server.lin, EXPLODING)
    page = wait_for(server.lin, run, ended, 60)
    assert page["state"] == "done", page
    assert page["summary"]["steps"][0]["rejected"] == 3
    assert page["summary"]["outputs"][0]["rows"] == 1


def test_a_process_that_is_killed_is_told(server):
    run = start(server.lin, REPAIR.replace("output: repaired", "output: killed"))
    wait_for(server.lin, run, lambda page: page["progress"])
    (child,) = [
        int(entry)
        for entry in os.listdir("/proc")
        if entry.isdigit() and is_run_of(entry, server.process.pid)
    ]
    os.kill(child, signal.SIGKILL)
    page = wait_for(server.lin, run, ended, 30)
    assert (page["state"], page["may_resume"]) == ("interrupted", True), page
    assert "process of the run ended" in page["error"]["message"]


def is_run_of(process, parent):
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return int(status.rsplit(")", 1)[1].split()[1]) == parent
