"""Rows inside datasets are found by what people type, by those who may read them."""

import json
import time

import pytest

AREAS = ["南山区", "福田区", "罗湖区"]
ROWS = 30_000
SECRET = "紅樹灣密號"


def row(i):
    return {
        "code": f"{i:06d}",
        "area": AREAS[i % 3],
        "text": f"地鐵{i % 97}号線，第{i}站" + ("独一无二" if i == 20_123 else ""),
        "phone": f"{SECRET}{i}",
        "n": i,
    }


@pytest.fixture(scope="module")
def searched(folder_with_a_run, tmp_path_factory):
    from server import running

    with running(folder_with_a_run, tmp_path_factory.mktemp("row-search")) as server:
        lines = (json.dumps(row(i), ensure_ascii=False) + "\n" for i in range(ROWS))
        (server.folder / "rows.jsonl").write_text("".join(lines), "utf-8")
        lin = server.lin = server.staff("lin", "publisher")
        for name, cls in {"open": "unconditional", "part": "conditional", "shut": "closed"}.items():
            record = {"name": name, "organisation": "jtj", "title": f"站点{name}", "class": cls}
            lin.post("/datasets", record)
            made = server.command("dataset", "import", "rows.jsonl", "--dataset", f"jtj/{name}")
            assert made.returncode == 0, made.stderr
        lin.publish("stops")
        yield server


def address(name, version="newest"):
    return f"/datasets/{name}/versions/{version}/rows"


def find(client, q, name="open", **more):
    return client.get_json(address(name), q=q, **more)


def wait_for_signatures(server, count):
    folder = server.store / "signatures"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        made = list(folder.glob("*.signatures")) if folder.exists() else []
        if len(made) >= count:
            return made
        time.sleep(0.05)
    raise AssertionError("no signatures")


def test_terms_are_substrings_of_cells(searched):
    anybody = searched.anybody()
    one = find(anybody, "獨一無二")
    assert (one["total"], one["numbers"], one["complete"]) == (1, [20_123], True)
    names = [column["name"] for column in one["columns"]]
    found = dict(zip(names, one["rows"][0], strict=True))
    assert found == row(20_123)
    marks = dict(zip(names, one["highlights"][0], strict=True))
    begin = found["text"].index("独一无二")
    assert marks["text"] == [[begin, begin + 4]] and marks["code"] == []
    assert find(anybody, "020123")["numbers"] == [20_123]  # a code
    expected = [i for i in range(ROWS) if "77" in str(i) or "77" in f"{i % 97}号"]
    told = find(anybody, "77", limit=1000)
    assert told["total"] == len(expected) and told["numbers"] == expected[:1000]
    both = [i for i in range(ROWS) if i % 97 == 5 and i % 3 == 1]
    assert find(anybody, "地铁5号线 福田", limit=1000)["numbers"] == both
    assert find(anybody, "地铁5号线 福田", offset=2, limit=3)["numbers"] == both[2:5]
    assert find(anybody, "没有这个")["total"] == 0
    assert anybody.call("GET", address("open"), params={"q": "-地铁"}).status_code == 400
    both = {"q": "地铁", "sort": "code"}
    assert anybody.call("GET", address("open"), params=both).status_code == 400
    assert anybody.call("GET", address("open"), params={"q": "a" * 4100}).status_code == 413


def test_all_datasets_are_searched_for_who_may_read_them(searched):
    anybody = searched.anybody().get_json("/rows", q="独一无二")
    assert [one["name"] for one in anybody["datasets"]] == ["open"] and anybody["next"] is None
    staff = searched.lin.get_json("/rows", q="独一无二")
    assert {one["name"] for one in staff["datasets"]} == {"open", "part", "shut"}
    many = searched.anybody().get_json("/rows", q="站")["datasets"]
    assert {one["name"]: one["total"] for one in many} == {"open": ROWS, "stops": 250}
    assert all(len(one["rows"]) == 3 for one in many)
    first = searched.lin.get_json("/rows", q="独一无二", limit=1)
    rest = searched.lin.get_json("/rows", q="独一无二", offset=first["next"])
    names = [one["name"] for one in first["datasets"] + rest["datasets"]]
    assert names == [one["name"] for one in staff["datasets"]]


def test_what_is_kept_back_is_found_by_nobody(searched):
    lin, anybody = searched.lin, searched.anybody()
    assert find(anybody, "红树湾密号123")["total"] > 0
    lin.call("PUT", "/datasets/open/withheld", json={"columns": ["phone"]}).raise_for_status()
    try:
        assert find(anybody, "红树湾密号123")["total"] == 0
        assert anybody.get_json("/rows", q="红树湾密号123")["datasets"] == []
        assert SECRET not in anybody.call("GET", address("open"), params={"q": "地铁"}).text
        assert find(lin, "红树湾密号123")["total"] > 0
    finally:
        lin.call("PUT", "/datasets/open/withheld", json={"columns": []}).raise_for_status()
    for name, status in {"part": 403, "shut": 404}.items():
        assert anybody.call("GET", address(name), params={"q": "地铁"}).status_code == status
    searched.staff("yu", "reader")
    rows = [{"field": "area", "op": "eq", "value": "南山区"}]
    grant = {"who": "account:yu", "purpose": "研究", "days": 9, "rows": rows}
    lin.post("/datasets/part/grants", grant)
    yu = type(anybody)(searched.url)
    yu.sign_in("yu", "yu correct horse")
    told = find(yu, "地铁5号线", name="part", limit=1000)
    wanted = [i for i in range(ROWS) if i % 97 == 5 and i % 3 == 0]
    assert told["total"] == len(wanted) and told["partial"]
    place = [column["name"] for column in told["columns"]].index("n")
    assert [one[place] for one in told["rows"]] == wanted
    # Numbers are those of the pages that he reads.
    page = yu.get_json(address("part"), offset=told["numbers"][-1], limit=1)
    assert page["rows"][0] == told["rows"][-1]
    assert find(yu, "福田区", name="part")["total"] == 0


def test_a_withdrawn_version_is_searched_no_more(searched):
    lin = searched.lin
    made = searched.command("dataset", "import", "rows.jsonl", "--dataset", "jtj/gone")
    assert made.returncode == 0, made.stderr
    anybody = searched.anybody()
    assert find(anybody, "独一无二", name="gone")["total"] == 1
    lin.post("/datasets/gone/withdrawal", {"reason": "错误"})
    assert anybody.call("GET", address("gone", "1"), params={"q": "独一"}).status_code == 404
    names = [one["name"] for one in anybody.get_json("/rows", q="独一无二")["datasets"]]
    assert "gone" not in names


def test_signatures_survive_kills_and_damage(searched):
    anybody = searched.anybody()
    find(anybody, "独一无二")
    made = wait_for_signatures(searched, 1)
    searched.kill()
    for file in made:
        file.write_bytes(file.read_bytes()[:-5] + b"wrong")
    (searched.store / "signatures/half.signatures.1-2-3").write_bytes(b"x" * 100)
    searched.start()
    anybody = searched.anybody()
    assert find(anybody, "獨一無二")["numbers"] == [20_123]
    assert find(anybody, "没有这个")["total"] == 0
    wait_for_signatures(searched, 1)
    assert find(anybody, "獨一無二")["numbers"] == [20_123]
