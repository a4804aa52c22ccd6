"""What changed between two versions, and what they were made of."""

import json

from server import ROWS, SECRET


def second_version(server, change):
    rows = change([dict(row) for row in ROWS])
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (server.folder / "stops.jsonl").write_text(text, "utf-8")
    made = server.command("run", "stops.yaml", "--json")
    assert made.returncode == 0, made.stderr


def differences(client, **more):
    return client.get_json("/datasets/stops/differences", before=1, after="newest", **more)


def publish_both(server, change):
    lin = server.staff("lin", "publisher")
    lin.publish()
    second_version(server, change)
    lin.post("/datasets/stops/versions", {"source": "stops@2"})
    return lin


def test_rows_that_changed_are_counted_and_shown(server):
    def change(rows):
        rows[249]["name"] = "新站"  # the last, whose line's place in the file stays
        return rows

    publish_both(server, change)
    rows = differences(server.anybody())["rows"]
    assert (rows["added"], rows["removed"], rows["changed"], rows["same"]) == (0, 0, 1, 249)
    assert rows["samples"][0]["before"]["name"] == "站点249"
    assert rows["samples"][0]["after"]["name"] == "新站"


def test_other_columns_are_named(server):
    def change(rows):
        for row in rows:
            row["n"] = str(row.pop("n"))
            row["street"] = "深南大道"
            del row["id"]
        return rows

    publish_both(server, change)
    told = differences(server.anybody())
    assert told["rows"] is None
    assert told["columns"]["added"] == [{"name": "street", "type": "text"}]
    assert told["columns"]["removed"] == [{"name": "id", "type": "text"}]
    assert told["columns"]["changed"] == [{"name": "n", "before": "integer", "after": "text"}]


def test_what_is_withheld_has_not_changed(server):
    def change(rows):
        rows[249]["phone"] = "13900139000"
        return rows

    lin = publish_both(server, change)
    assert differences(lin)["rows"]["changed"] == 1
    lin.call("PUT", "/datasets/stops/withheld", json={"columns": ["phone"]}).raise_for_status()
    told = differences(server.anybody())
    assert told["rows"]["changed"] == 0 and told["rows"]["same"] == 250
    assert SECRET not in json.dumps(told)
    assert differences(lin)["rows"]["changed"] == 1


def test_versions_that_may_not_be_read_are_not_compared(server):
    lin = publish_both(server, lambda rows: rows[:-1])
    lin.post("/datasets/stops/withdrawal", {"ordinal": 1, "reason": "错误"})
    answer = server.anybody().call(
        "GET", "/datasets/stops/differences", params={"before": 1, "after": 2}
    )
    assert answer.status_code == 404
    assert differences(lin)["rows"]["removed"] == 1


def test_lineage_names_recipe_and_inputs(server):
    server.staff("lin", "publisher").publish()
    told = server.anybody().get_json("/datasets/stops/versions/newest/lineage")
    assert told["files"] == 1
    assert told["lineage"]["inputs"]["rows"]["files"] == 1
    assert list(told["lineage"]["recipe"]["outputs"]) == ["stops"]
    assert str(server.folder) not in json.dumps(told)
