"""CKAN's own client, library and command line, as it comes from its package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import ckanapi
import pytest

CLI = Path(sys.executable).with_name("ckanapi")


@pytest.fixture
def published(server):
    lin = server.staff("lin", "publisher")
    lin.publish(keywords=["交通"], themes=["出行"], licence="cc-by", summary="全市公交站点")
    server.ckan_key = lin.key("read", "write")
    return server


@pytest.fixture
def ckan(published):
    with ckanapi.RemoteCKAN(published.url, apikey=published.ckan_key) as client:
        yield client


def test_what_ckanapi_reads(ckan):
    assert ckan.action.package_list() == ["stops"]
    found = ckan.action.package_search(q="公交", fq="tags:交通", rows=10, start=0, sort="id asc")
    assert found["count"] == 1
    package = ckan.action.package_show(id="stops")
    assert package["organization"]["title"] == "交通局" and package["license_id"] == "cc-by"
    assert ckan.action.package_show(id=package["id"]) == package
    assert [resource["format"] for resource in package["resources"]] == ["CSV", "JSONL", "Parquet"]
    records = ckan.action.datastore_search(resource_id=package["resources"][0]["id"], limit="2")
    assert records["total"] == 250
    assert records["records"][1]["name"] == "站点1" and records["records"][1]["_id"] == 2
    assert ckan.action.organization_list() == ["jtj"]
    assert ckan.action.organization_show(id="jtj")["package_count"] == 1
    assert (ckan.action.tag_list(), ckan.action.group_list()) == (["交通"], ["出行"])


def test_datastore_filters_sorts_and_takes_sql(ckan, published):
    search, id = ckan.action.datastore_search, ckan.action.package_show(id="stops")["id"] + ".csv"
    found = search(
        resource_id=id, filters={"name": ["站点7", "站点8"]}, sort="n desc", fields="name,n"
    )
    assert (found["total"], found["records"]) == (
        2,
        [{"_id": 9, "name": "站点8", "n": 8}, {"_id": 8, "name": "站点7", "n": 7}],
    )
    assert [field["id"] for field in found["fields"]] == ["_id", "name", "n"]
    assert search(resource_id=id, q="点24 南山", limit=3)["total"] == 11
    assert search(resource_id=id, q={"name": "点24"}, limit=0)["records"] == []
    assert search(resource_id=id, fields=["district"], distinct=True)["records"] == [
        {"district": "南山区"}
    ]
    lists = search(resource_id=id, records_format="lists", fields=["n"], sort="_id", limit=2)
    assert lists["records"] == [[1, 0], [2, 1]]
    with ckanapi.RemoteCKAN(published.url, get_only=True) as reader:
        found = reader.action.datastore_search(resource_id=id, filters='{"n": 3}', offset="0")
        assert [record["_id"] for record in found["records"]] == [4]
        asked = f'SELECT count(*) AS c FROM "{id}" WHERE n < 5'
        told = reader.action.datastore_search_sql(sql=asked)
        assert told["records"] == [{"c": 5}] and told["fields"] == [{"id": "c", "type": "int"}]
    for wrong in ({"filters": {"none": 1}}, {"sort": "none"}, {"q": {"none": "x"}}):
        with pytest.raises(ckanapi.ValidationError):
            search(resource_id=id, **wrong)
    for sql in (f'SELECT 1 FROM "{id}", pg_class', 'SELECT * FROM "none.csv"', "SELECT 1"):
        with pytest.raises((ckanapi.NotAuthorized, ckanapi.NotFound, ckanapi.ValidationError)):
            ckan.action.datastore_search_sql(sql=sql)


def test_strings_for_numbers_lists_in_strings_and_unknown_keys(published):
    with ckanapi.RemoteCKAN(published.url, get_only=True) as ckan:
        found = ckan.action.package_search(
            q="*:*",
            rows="1",
            start="0",
            nonsense="x",
            **{"facet.field": '["tags", "organization"]'},
        )
    assert found["facets"] == {"tags": {"交通": 1}, "organization": {"jtj": 1}}
    assert found["search_facets"]["tags"]["items"][0]["count"] == 1


@pytest.mark.parametrize(
    ("fq", "count"),
    [
        ("metadata_modified:[2020-01-01T00:00:00Z TO *]", 1),
        ("metadata_modified:[* TO 2020-01-01T00:00:00Z]", 0),
        ("-organization:jtj", 0),
        ("organization:jtj OR organization:none", 1),
        ("organization:(none OR jtj) +res_format:CSV", 1),
        ("+state:active +dataset_type:dataset", 1),
    ],
)
def test_filters_of_harvesters(ckan, fq, count):
    assert ckan.action.package_search(q="", fq=fq, rows=100, sort="id asc")["count"] == count


def test_writing_needs_a_key_and_round_trips(ckan, published):
    made = ckan.action.package_create(
        name="metro",
        title="地铁站点",
        owner_org="jtj",
        author="林",
        tags=[{"name": "轨道"}],
        extras=[{"key": "来源", "value": "运营公司"}],
        resources=[{"url": "https://example.cn/a.csv", "format": "CSV", "name": "表"}],
    )
    assert made["author"] == "林" and made["extras"][0]["value"] == "运营公司"
    made["title"] = "地铁站点表"
    changed = ckan.action.package_update(**made)
    same = set(made) - {"title", "metadata_modified"}
    assert all(changed[key] == made[key] for key in same)
    ckan.action.package_delete(id="metro")
    with ckanapi.RemoteCKAN(published.url) as anybody:
        with pytest.raises(ckanapi.NotFound):
            anybody.action.package_show(id="metro")
        with pytest.raises(ckanapi.NotAuthorized):
            anybody.action.package_create(name="mine", owner_org="jtj")
        with pytest.raises(ckanapi.CKANAPIError):
            anybody.action.resource_view_list(id="x")
    with pytest.raises(ckanapi.ValidationError) as refused:
        ckan.action.package_create(name="Not A Name", owner_org="jtj")
    assert "name" in refused.value.error_dict
    with pytest.raises(ckanapi.ValidationError):
        ckan.action.package_create(name="stops", owner_org="jtj")


def test_a_package_of_a_search_is_that_which_is_shown_whatever_it_says(ckan):
    odd = 'a"b\\c\x1f\x7f\u2028中\U0001f600\r\n'
    ckan.action.package_create(
        name="odd",
        owner_org="jtj",
        title=odd,
        notes=odd,
        tags=[{"name": odd}],
        resources=[{"name": odd, "url": "https://example.cn/a", "description": odd}],
        extras=[{"key": odd, "value": odd}],
        unknown={odd: [1, 2.5, None, True]},
    )
    shown = ckan.action.package_show(id="odd")
    assert [shown[name] for name in ("title", "notes")] == [odd, odd]
    assert shown["tags"][0]["name"] == shown["resources"][0]["description"] == odd
    assert (shown["extras"][0]["value"], shown["unknown"]) == (odd, {odd: [1, 2.5, None, True]})
    assert ckan.action.package_search(q="name:odd")["results"] == [shown]


def test_a_search_shows_each_change_at_once_and_to_whom_it_may(ckan, published):
    def shown(client):
        found = client.action.package_search(q="*:*", rows=10)["results"]
        return {one["name"]: one["title"] for one in found}

    with ckanapi.RemoteCKAN(published.url) as anybody:
        both = {"stops": "公交站点", "metro": "地铁"}
        ckan.action.package_create(name="metro", owner_org="jtj", title="地铁")
        for client in (ckan, anybody, ckan, anybody):
            assert shown(client) == both
        ckan.action.package_patch(id="metro", title="地铁站")
        assert shown(anybody)["metro"] == shown(ckan)["metro"] == "地铁站"
        ckan.action.package_patch(id="metro", private=True)
        assert shown(anybody) == {"stops": "公交站点"} and shown(ckan)["metro"] == "地铁站"
        ckan.action.package_patch(id="metro", private=False)
        assert shown(anybody)["metro"] == "地铁站"
        lin = published.administrator()
        lin.post("/datasets/stops/withdrawal", {"reason": "错误"})
        assert shown(anybody) == {"metro": "地铁站"}


def run(*arguments, folder):
    done = subprocess.run(
        [CLI, *arguments],
        cwd=folder,
        # It starts workers by its own name.
        env={**os.environ, "PATH": f"{CLI.parent}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_line_dumps_and_loads(published, tmp_path):
    url = published.url
    found = json.loads(
        run("action", "package_search", "q=公交", "rows=2", "-r", url, folder=tmp_path)
    )
    assert found["count"] == 1
    run("dump", "datasets", "--all", "-r", url, "-O", "dump.jsonl", folder=tmp_path)
    dumped = json.loads((tmp_path / "dump.jsonl").read_text("utf-8"))
    assert dumped["name"] == "stops"
    run("dump", "datasets", "stops", "--datapackages=packages", "-r", url, folder=tmp_path)
    saved = sorted(path.suffix for path in (tmp_path / "packages/stops/data").iterdir())
    assert saved == [".csv", ".jsonl", ".parquet"]
    organizations = run("dump", "organizations", "--all", "-r", url, folder=tmp_path)
    assert json.loads(organizations)["title"] == "交通局"
    load = ["load", "datasets", "-I", "dump.jsonl", "-r", url, "-a", published.ckan_key]
    run(*load, folder=tmp_path)
    assert published.anybody().get_json("/datasets/stops")["title"] == "公交站点"
