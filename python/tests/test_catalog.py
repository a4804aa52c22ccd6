"""``siku.Catalog`` with a real server: find, read, publish, and errors in words."""

import base64
import hashlib
import json
import subprocess
import sys
import threading
import traceback
import urllib.request

import pyarrow
import pytest
import siku
from catalog_server import Program, answering, make_rows, say
from relay import Relay
from test_docs import CATALOGUE

ROWS = make_rows(200, seed=1)
NEWER = make_rows(300, seed=2)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("served"))
    program.make("stops", ROWS)
    program.make("stops", NEWER)
    return program


@pytest.fixture(scope="module")
def url(program):
    with program.serving() as url:
        yield url


@pytest.fixture(scope="module")
def key(program, url):
    return program.key(url, "read", "write")


@pytest.fixture(scope="module")
def staff(url, key):
    catalog = siku.Catalog(url, key=key)
    catalog.create_organisation("jtj", "交通局", "公共交通")
    catalog.create("bus-stops", organisation="jtj", title="公交站点", keywords=["公交"])
    catalog.publish("bus-stops", "stops@1")
    catalog.publish("bus-stops", "stops@2")
    return catalog


@pytest.fixture
def anybody(url, staff):
    return siku.Catalog(url + "/")


def test_organisations_and_suggestions(anybody):
    (organisation,) = anybody.organisations()
    assert (organisation.name, organisation.title, organisation.summary) == (
        "jtj",
        "交通局",
        "公共交通",
    )
    assert ("公交站点", "title") in [(one.text, one.kind) for one in anybody.suggest("公交")]


def test_a_search_finds_filters_and_counts(anybody):
    found = anybody.search("公交站點", organisation="jtj", open_class=["unconditional", "closed"])
    (hit,) = found.datasets
    assert (found.total, hit.name, hit.organisation.title) == (1, "bus-stops", "交通局")
    assert hit.highlights["title"] == ((0, 4),) and hit.versions == ()
    (value,) = found.facets["organisation"]
    assert (value.value, value.title, value.count) == ("jtj", "交通局", 1)
    assert anybody.search("公交", open_class="closed").total == 0
    assert anybody.search(keyword=["none", "公交"], format="CSV").total == 1


def test_a_search_goes_through_all_pages_as_they_are_needed(staff, url, key):
    for i in range(23):
        staff.create(f"page-{i:02}", organisation="jtj", title=f"第{i}页", themes=["分页"])
    with Relay(url) as relay:
        found = siku.Catalog(relay.url, key=key).search(theme="分页", limit=10, sort="modified")
        assert (found.total, len(found.datasets), len(relay.requests)) == (23, 10, 1)
        names = [one.name for one in found]
        assert len(relay.requests) == 3
    assert sorted(names) == [f"page-{i:02}" for i in range(23)]
    assert [
        one.name for one in staff.search(theme="分页", limit=10, offset=20, sort="modified")
    ] == (names[20:])
    counted = staff.search(theme="分页", limit=0)
    assert (counted.total, list(counted)) == (23, [])


def test_fields_come_back_as_they_were_given(staff):
    contacts = [{"name": "林", "email": "lin@example.cn", "phone": ""}]
    made = staff.create(
        "fields",
        organisation="jtj",
        title="字段",
        summary="每个字段",
        open_class="conditional",
        conditions="须申请",
        licence="CC-BY-4.0",
        temporal={"start": "2026-01-01", "end": ""},
        contacts=contacts,
        links=[{"id": "a", "title": "附件", "url": "https://example.cn/a.pdf", "format": "pdf"}],
    )
    assert (made.state, made.version, made.open_class) == ("draft", 0, "conditional")
    assert (made.contacts[0].email, made.temporal.start) == ("lin@example.cn", "2026-01-01")
    assert made.created.tzinfo is not None
    changed = staff.change("fields", title="新字段", links=made.links, contacts=made.contacts)
    assert changed.title == "新字段"
    assert (changed.links, changed.contacts, changed.summary) == (
        made.links,
        made.contacts,
        "每个字段",
    )


def test_a_dataset_has_its_versions(anybody):
    dataset = anybody.dataset("bus-stops")
    assert [(one.ordinal, one.rows, one.source) for one in dataset.versions] in (
        [(1, 200, "stops@1"), (2, 300, "stops@2")],
        [(2, 300, "stops@2"), (1, 200, "stops@1")],
    )
    assert {one.name for one in dataset.versions[0].schema} == set(ROWS[0])
    assert (dataset.version, dataset.rows, dataset.state) == (2, 300, "published")


def test_rows_are_read_whole_and_by_the_page(anybody):
    table = anybody.read("bus-stops")
    assert isinstance(table, pyarrow.Table) and table.to_pylist() == NEWER
    assert anybody.read("bus-stops", version=1).to_pylist() == ROWS
    assert anybody.read("bus-stops", columns=["n", "id"]).column_names == ["n", "id"]
    page = anybody.rows("bus-stops", version=1, offset=198)
    assert (page.total, page.offset, list(page)) == (200, 198, ROWS[198:])
    assert len(anybody.rows("bus-stops", limit=7)) == 7
    with pytest.raises(siku.NotFound) as raised:
        anybody.read("bus-stops", columns=["id", "none"])
    assert raised.value.value == "none"


def test_what_is_withheld_or_withdrawn_is_the_staffs(staff, anybody):
    staff.create("secret", organisation="jtj", title="秘密")
    assert staff.publish("secret", "stops@1").ordinal == 1
    staff.withhold("secret", ["phone"])
    assert "phone" not in anybody.read("secret").column_names
    assert "phone" in staff.read("secret").column_names
    page = anybody.rows("secret", limit=1)
    assert page.hidden == ("phone",) and "phone" not in page.rows[0]
    with pytest.raises(siku.NotFound):
        anybody.read("secret", columns=["phone"])
    staff.publish("secret", "stops@2")
    staff.withdraw("secret", "算错了", ordinal=2)
    assert anybody.dataset("secret").version == 1
    staff.withdraw("secret", "不该公开")
    with pytest.raises(siku.NotFound):
        anybody.dataset("secret")
    assert staff.dataset("secret").state == "withdrawn"


def test_rules_and_grants_are_set_and_obeyed(program, url, staff, anybody):
    reader = siku.Catalog(url, key=program.key(url, "read"))
    fields = {"open_class": "conditional", "conditions": "研究"}
    staff.create("counts", organisation="jtj", title="计数", **fields)
    staff.publish("counts", "stops@1")
    with pytest.raises(siku.Denied):
        anybody.rows("counts")
    made = staff.grant("counts", "account:admin", "研究", days=2, columns=["phone"])
    assert (made.state, (made.expires - made.created).days) == ("living", 2)
    rule = {"who": "everybody", "rows": [{"field": "n", "op": "lt", "value": 50}]}
    access = staff.restrict("counts", [rule])
    assert access.by == "admin" and access.grants == (made,)
    assert access.rules[0]["rows"] == [{"field": "n", "op": "lt", "value": "50"}]
    # Both keys are the administrator's, whom no rule for everybody is about.
    assert reader.rows("counts").total == 200
    staff.change("counts", open_class="unconditional")
    page = anybody.rows("counts")
    assert page.total == 50 and page.partial
    assert anybody.dataset("counts").rows is None
    assert anybody.read("counts").num_rows == 50
    with pytest.raises(siku.Invalid) as raised:
        staff.restrict("counts", [{"who": "everybody", "columns": ["none"]}])
    assert raised.value.place == "rules[0].columns[0]"
    staff.revoke("counts", made.id)
    assert staff.access("counts").grants[0].state == "ended"
    with pytest.raises(siku.NotFound):
        staff.revoke("counts", made.id)
    staff.withdraw("counts", "试过了")


def attach(url, key, dataset, name, data):
    """As any client of tus does."""

    def ask(method, path, body=b"", **headers):
        headers = {"Authorization": key, **{k.replace("_", "-"): v for k, v in headers.items()}}
        request = urllib.request.Request(f"{url}/api/v1{path}", body, headers, method=method)
        return urllib.request.urlopen(request, timeout=30).read()

    metadata = "filename " + base64.b64encode(name.encode()).decode()
    begun = ask("POST", "/uploads", Upload_Length=str(len(data)), Upload_Metadata=metadata)
    upload = json.loads(begun)["id"]
    kind = "application/offset+octet-stream"
    ask("PATCH", f"/uploads/{upload}", data, Upload_Offset="0", Content_Type=kind)
    ask("POST", f"/datasets/{dataset}/files", json.dumps({"upload": upload}).encode())


def test_files_beside_tables(program, staff, anybody, url, tmp_path):
    staff.create("annotated", organisation="jtj", title="有附件")
    staff.publish("annotated", "stops@1")
    name, data = "字典 1.pdf", b"%PDF" * 1000
    attach(url, program.key(url, "read", "write"), "annotated", name, data)
    (file,) = anybody.dataset("annotated").versions[-1].files
    assert (file.name, file.format, file.bytes) == (name, "PDF", len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert anybody.download_file("annotated", name, tmp_path / "x.pdf") == len(data)
    assert (tmp_path / "x.pdf").read_bytes() == data
    for none in ("none.pdf", "..", "a/b", ""):
        with pytest.raises(siku.NotFound):
            anybody.download_file("annotated", none, tmp_path / "y.pdf")
    staff.withhold("annotated", ["phone"])
    with pytest.raises(siku.Denied):
        anybody.download_file("annotated", name, tmp_path / "y.pdf")
    assert anybody.dataset("annotated").versions[-1].files[0].bytes is None
    staff.withdraw("annotated", "试过了")


def test_the_audit_log_is_read_on(staff):
    first = staff.audit()
    assert first.verified and first.broken is None
    assert staff.audit(after=first.entries[1].ordinal).entries[0].ordinal == 3
    assert "jtj" in [one.object for one in first.entries]


def test_a_key_goes_over_no_network_that_others_read():
    with pytest.raises(siku.Denied, match="https"):
        siku.Catalog("http://data.example.org", key="k-0123456789")
    for url in ("https://data.example.org", "http://[::1]:8600", "http://localhost:8600"):
        siku.Catalog(url, key="k-0123456789")
    siku.Catalog("http://data.example.org")


def test_errors_have_the_class_of_the_servers_code(staff, anybody, url):
    with pytest.raises(siku.NotFound) as raised:
        anybody.dataset("none")
    assert raised.value.value == "none" and raised.value.message == "dataset not found"
    for name in ("", "..", "a/b"):
        with pytest.raises(siku.NotFound):
            anybody.dataset(name)
    with pytest.raises(siku.Conflict):
        staff.create("bus-stops", organisation="jtj", title="又一个")
    with pytest.raises(siku.Invalid) as raised:
        staff.create("wrong", organisation="jtj", title="错", contacts=[{"nom": "林"}])
    assert (raised.value.value, raised.value.place) == ("nom", "contacts[0]")
    with pytest.raises(siku.Denied):
        anybody.create("denied", organisation="jtj", title="无权")
    with pytest.raises(siku.Invalid, match="limit"):
        anybody.search(limit=1001)
    with pytest.raises(siku.NotFound) as raised:
        siku.Catalog(url, language="zh").dataset("none")
    assert raised.value.message == "找不到数据集"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://127.0.0.1"},
        {"url": "127.0.0.1:8600"},
        {"url": "http://127.0.0.1:port"},
        {"url": "http://[::1"},
        {"url": "http://lin:hidden@127.0.0.1"},
        {"language": "fr"},
        {"timeout": 0},
        {"key": "hidden\r\nX-Other: 1"},
        {"key": ""},
    ],
)
def test_a_wrong_argument_is_named(wrong):
    with pytest.raises(siku.Invalid) as raised:
        siku.Catalog(**{"url": "http://127.0.0.1:8600", **wrong})
    assert raised.value.place in wrong
    assert "hidden" not in str(raised.value)


def test_failures_of_the_connection_are_io_in_words(url):
    with Relay(url) as relay:
        closed = relay.url
    with pytest.raises(siku.Io, match="Connection refused") as raised:
        siku.Catalog(closed).search()
    assert raised.value.place == closed and "siku serve" in raised.value.hint
    done = threading.Event()
    with answering(lambda _: done.wait(10)) as silent:
        with pytest.raises(siku.Io, match="in time"):
            siku.Catalog(silent, timeout=0.2).search()
        done.set()
    with Relay(url, limit=400) as relay, pytest.raises(siku.Io):
        siku.Catalog(relay.url).search()


def test_what_is_no_catalogue_is_told_of():
    with answering(lambda handler: say(handler, 200, b"<html>welcome</html>")) as other:
        with pytest.raises(siku.Data, match="not a catalogue's"):
            siku.Catalog(other).search()
    for body in (b"[]", b'{"total": 1}', b"[" * 100_000):
        with answering(lambda handler, body=body: say(handler, 200, body)) as other:
            with pytest.raises(siku.Data, match="not a catalogue's"):
                siku.Catalog(other).organisations()
    for status, kind in ((502, siku.Io), (503, siku.Busy), (413, siku.Limit), (401, siku.Denied)):
        with answering(lambda handler, status=status: say(handler, status, b"no")) as other:
            with pytest.raises(kind, match=f"HTTP {status}"):
                siku.Catalog(other).search()


def test_an_answer_without_end_is_refused():
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(257 << 20))
        handler.end_headers()

    with answering(endless) as other, pytest.raises(siku.Limit, match="256 MiB"):
        siku.Catalog(other).search()


def test_a_redirect_goes_to_no_other_server():
    asked = []
    answer = json.dumps({"suggestions": [{"text": "好", "kind": "title"}]}).encode()

    def other(handler):
        asked.append(handler.headers.get("Authorization"))
        say(handler, 200, answer)

    def here(handler):
        if handler.path.startswith("/api"):
            return say(handler, 308, b"", Location="/there")
        return other(handler)

    with answering(other) as elsewhere:
        with answering(lambda handler: say(handler, 302, b"", Location=elsewhere)) as url:
            with pytest.raises(siku.Denied, match=elsewhere):
                siku.Catalog(url, key="the-key").suggest("好")
    assert asked == []
    with answering(here) as url:
        assert siku.Catalog(url, key="the-key").suggest("好")[0].text == "好"
    assert asked == ["the-key"]
    with answering(lambda handler: say(handler, 302, b"", Location=handler.path)) as url:
        with pytest.raises(siku.Io, match="circle"):
            siku.Catalog(url).suggest("好")


def test_a_proxy_is_for_others_than_loopback(monkeypatch, anybody):
    asked = []

    def proxy(handler):
        asked.append(handler.path)
        say(handler, 200, b'{"organisations": []}')

    with answering(proxy) as url:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert siku.Catalog(anybody.url).organisations()
        assert asked == []
        assert siku.Catalog("http://catalogue.example/data").organisations() == ()
    assert asked == ["http://catalogue.example/data/api/v1/organisations"]


def told(error):
    """All that a program could print of an error that the package raised, with locals."""
    # The first frame is the test's own.
    frames = error.__traceback__.tb_next
    lines = traceback.TracebackException(type(error), error, frames, capture_locals=True).format()
    assert error.__context__ is None, "else its frames, with locals, are shown too"
    return "".join(lines) + repr(error)


def test_the_key_is_in_no_message(url):
    secret = "key-that-nobody-sees"

    def echo(handler):
        words = {"code": "denied", "message": secret, "value": secret, "place": "", "hint": ""}
        say(handler, 403, json.dumps({"error": words}).encode())

    catalogs = [siku.Catalog(url, key=secret), siku.Catalog("http://127.0.0.1:1", key=secret)]
    with (
        Relay(url, limit=100) as cut,
        answering(echo) as echoing,
        answering(lambda handler: say(handler, 302, b"", Location="//b.cn")) as moved,
    ):
        catalogs += [siku.Catalog(one, key=secret) for one in (cut.url, echoing, moved)]
        for catalog in catalogs:
            with pytest.raises(siku.Error) as raised:
                catalog.search()
            assert secret not in told(raised.value)
            assert secret not in repr(catalog) + repr(vars(catalog)) + repr(vars(catalog._server))


def test_the_manuals_example_runs(program, url, key, staff, tmp_path):
    text = "\n\n".join(CATALOGUE).replace("http://127.0.0.1:8600", url)
    (tmp_path / "example.py").write_text(text, encoding="utf-8")
    (tmp_path / "key").write_text(key, encoding="utf-8")
    command = [sys.executable, "example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "公交站点" in done.stdout and (tmp_path / "bus-stops.csv").exists()
