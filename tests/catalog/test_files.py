"""Files of versions beside their tables: attached, served, kept back, never changed."""

import base64
import hashlib
import os
import signal
import threading
import time

import ckanapi
import pytest
from server import running

PDF = b"%PDF-1.7 a dictionary of the columns \x00\xff" + bytes(range(256)) * 400
NAME = "数据字典 v1.pdf"


def upload(client, name, data):
    metadata = "filename " + base64.b64encode(name.encode()).decode()
    begun = client.call(
        "POST", "/uploads", headers={"Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    )
    assert begun.status_code == 201, begun.text
    address = f"/uploads/{begun.json()['id']}"
    headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert client.call("PATCH", address, data=data, headers=headers).status_code == 204
    return begun.json()["id"]


def attach(client, dataset, name, data, **more):
    answer = client.call(
        "POST", f"/datasets/{dataset}/files", json={"upload": upload(client, name, data), **more}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def address(dataset, name=NAME, version="newest"):
    return f"/datasets/{dataset}/versions/{version}/files/{name}"


@pytest.fixture(scope="module")
def files(folder_with_a_run, tmp_path_factory):
    with running(folder_with_a_run, tmp_path_factory.mktemp("files")) as server:
        server.lin = server.staff("lin", "publisher")
        yield server


def test_a_file_goes_with_the_versions_from_then_on(files):
    lin, anybody = files.lin, files.anybody()
    lin.publish("annotated")
    version = attach(lin, "annotated", NAME, PDF, title="字段说明")
    assert (version["ordinal"], version["source"], version["rows"]) == (2, "stops@1", 250)
    (file,) = version["files"]
    digest = hashlib.sha256(PDF).hexdigest()
    assert file == {
        "name": NAME,
        "title": "字段说明",
        "format": "PDF",
        "bytes": len(PDF),
        "sha256": digest,
    }
    shown = anybody.get_json("/datasets/annotated")
    assert [len(one["files"]) for one in shown["versions"]] == [0, 1]
    assert shown["formats"] == ["CSV", "JSONL", "Parquet", "PDF"]
    assert anybody.get_json("/datasets", format="PDF")["total"] == 1
    answer = anybody.call("GET", address("annotated"))
    assert answer.content == PDF and answer.headers["ETag"] == f'"{digest}"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%95")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    part = anybody.call("GET", address("annotated"), headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, PDF[5:10])
    assert anybody.call("GET", address("annotated", version="1")).status_code == 404
    # The same bytes twice are kept once.
    other = attach(lin, "annotated", "b.pdf", PDF)
    assert [one["name"] for one in other["files"]] == ["b.pdf", NAME]
    kept = [name for _, _, names in os.walk(files.store / "files") for name in names]
    assert kept == [digest]
    left = lin.call("DELETE", "/datasets/annotated/files/b.pdf").json()
    assert [one["name"] for one in left["files"]] == [NAME] and left["ordinal"] == 4
    assert anybody.call("GET", address("annotated", "b.pdf", "3")).content == PDF
    assert anybody.call("GET", address("annotated", "b.pdf")).status_code == 404
    lin.post("/datasets/annotated/withdrawal", {"ordinal": 3, "reason": "撤"})
    assert anybody.call("GET", address("annotated", "b.pdf", "3")).status_code == 404
    assert lin.call("GET", address("annotated", "b.pdf", "3")).status_code == 200


def test_a_dataset_of_files_alone(files):
    lin, anybody = files.lin, files.anybody()
    lin.post("/datasets", {"name": "scans", "organisation": "jtj", "title": "扫描件"})
    assert anybody.call("GET", "/datasets/scans").status_code == 404
    version = attach(lin, "scans", "地图.tif", b"II*\x00")
    assert (version["source"], version["schema"], version["rows"]) == ("", [], 0)
    shown = anybody.get_json("/datasets/scans")
    assert (shown["state"], shown["formats"], shown["version"]) == ("published", ["TIF"], 1)
    for path in ("rows", "statistics", "quality", "lineage", "download?format=csv", "repairs"):
        answer = anybody.call("GET", f"/datasets/scans/versions/newest/{path}")
        assert answer.status_code == 404 and "no table" in answer.text, path
    assert anybody.call("GET", "/rows", params={"q": "站点1"}).status_code == 200
    # A table comes later, and the file stays with it.
    lin.post("/datasets/scans/versions", {"source": "stops@1"})
    versions = anybody.get_json("/datasets/scans")["versions"]
    assert [len(one["files"]) for one in versions] == [1, 1] and versions[1]["rows"] == 250


def test_who_may_not_read_the_whole_dataset_gets_no_file(files):
    lin, anybody = files.lin, files.anybody()
    lin.publish("private")
    attach(lin, "private", NAME, PDF)
    rule = {"who": "everybody", "columns": [], "rows": [{"field": "n", "op": "lt", "value": 3}]}
    for restrict, end in (
        (("PUT", "/access", {"rules": [rule]}), ("PUT", "/access", {"rules": []})),
        (("PUT", "/withheld", {"columns": ["phone"]}), ("PUT", "/withheld", {"columns": []})),
        (("PATCH", "", {"class": "conditional"}), ("PATCH", "", {"class": "unconditional"})),
    ):
        method, path, body = restrict
        assert lin.call(method, f"/datasets/private{path}", json=body).ok
        assert anybody.call("GET", address("private")).status_code == 403
        (file,) = anybody.get_json("/datasets/private")["versions"][-1]["files"]
        assert (file["bytes"], file["sha256"]) == (None, None)
        ckan = anybody.call("GET", f"{files.url}/api/3/action/package_show?id=private")
        assert hashlib.sha256(PDF).hexdigest() not in ckan.text
        assert lin.call("GET", address("private")).content == PDF
        method, path, body = end
        assert lin.call(method, f"/datasets/private{path}", json=body).ok
        assert anybody.call("GET", address("private")).status_code == 200
    lin.call("PATCH", "/datasets/private", json={"class": "closed"})
    assert anybody.call("GET", address("private")).status_code == 404


HOSTILE_NAMES = ["..", ".", "a/b", "a\\b", "a\nb", "\x00", "", "x" * 201, "名" * 67]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_that_are_none(files, name):
    body = {"upload": upload(files.lin, "x.txt", b"x"), "name": name}
    files.lin.call(
        "POST", "/datasets", json={"name": "names", "organisation": "jtj", "title": "名"}
    )
    answer = files.lin.call("POST", "/datasets/names/files", json=body)
    assert answer.status_code in (400, 413), answer.text
    assert files.lin.get_json("/datasets/names")["versions"] == []


def test_a_file_of_html_runs_nowhere(files):
    page = b"<script>alert(1)</script>"
    name = "<img src=x onerror=alert(1)>.html"
    files.lin.publish("html")
    attach(files.lin, "html", name, page)
    answer = files.anybody().call("GET", address("html", name.replace("<", "%3C")))
    assert answer.content == page and answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_who_may_attach(files):
    files.lin.publish("guarded")
    reader = files.staff("reader", "reader")
    assert reader.call("POST", "/uploads", headers={"Upload-Length": "1"}).status_code == 403
    body = {"upload": upload(files.lin, "x.txt", b"x")}
    # Whose an upload is not does not learn that it is there.
    assert reader.call("POST", "/datasets/guarded/files", json=body).status_code == 404
    other = files.staff("other", "publisher")
    assert other.call("POST", "/datasets/guarded/files", json=body).status_code == 404
    assert reader.call("DELETE", f"/datasets/guarded/files/{NAME}").status_code == 403
    assert files.lin.call("DELETE", "/datasets/guarded/files/none").status_code == 404
    begin = {"Upload-Length": "5", "Upload-Metadata": "filename eC50eHQ="}
    half = files.lin.call("POST", "/uploads", headers=begin).json()["id"]
    answer = files.lin.call("POST", "/datasets/guarded/files", json={"upload": half})
    assert answer.status_code == 409
    attach(files.lin, "guarded", "x.txt", b"x")
    again = {"upload": upload(files.lin, "x.txt", b"x")}
    assert files.lin.call("POST", "/datasets/guarded/files", json=again).status_code == 409
    entries = files.administrator().get_json("/audit", limit=1000)
    assert entries["verified"]
    assert {"version.add_file"} <= {one["action"] for one in entries["entries"]}


@pytest.fixture
def ckan(files):
    with ckanapi.RemoteCKAN(files.url, apikey=files.lin.key("read", "write")) as client:
        yield client


def test_ckanapi_uploads(files, ckan, tmp_path):
    package = ckan.action.package_create(name="by-ckan", owner_org="jtj", title="经 CKAN")
    path = tmp_path / NAME
    path.write_bytes(PDF)
    with open(path, "rb") as file:
        made = ckan.action.resource_create(package_id="by-ckan", name="字典", url="x", upload=file)
    assert (made["name"], made["format"], made["size"]) == ("字典", "PDF", len(PDF))
    assert made["hash"] == hashlib.sha256(PDF).hexdigest() and made["url_type"] == "upload"
    assert files.anybody().call("GET", made["url"]).content == PDF
    assert ckan.action.resource_show(id=made["id"]) == made
    shown = ckan.action.package_show(id=package["id"])
    assert [one["id"] for one in shown["resources"]] == [made["id"]]
    renamed = ckan.action.resource_patch(id=made["id"], name="新名")
    assert (renamed["name"], renamed["hash"]) == ("新名", made["hash"])
    path.write_bytes(b"another")
    with open(path, "rb") as file:
        changed = ckan.action.resource_update(id=made["id"], name="换", upload=file)
    assert (changed["id"], changed["size"]) == (made["id"], 7)
    assert files.anybody().call("GET", address("by-ckan", NAME, "1")).content == PDF
    # An update of the package sends its resources back.
    shown = ckan.action.package_show(id="by-ckan")
    again = ckan.action.package_update(**shown)
    assert again["resources"] == shown["resources"]
    with pytest.raises(ckanapi.NotFound):
        ckan.action.datastore_search(resource_id=made["id"])
    ckan.action.resource_delete(id=made["id"])
    assert ckan.action.package_show(id="by-ckan")["resources"] == []
    with pytest.raises(ckanapi.NotFound):
        ckan.action.resource_show(id=made["id"])


def test_ckanapi_links(files, ckan):
    ckan.action.package_create(name="links", owner_org="jtj", title="链接")
    link = ckan.action.resource_create(
        package_id="links", name="主页", url="https://example.org/a", format="HTML"
    )
    assert ckan.action.resource_show(id=link["id"])["url"] == "https://example.org/a"
    patched = ckan.action.resource_patch(id=link["id"], url="https://example.org/b")
    assert (patched["name"], patched["url"]) == ("主页", "https://example.org/b")
    with pytest.raises(ckanapi.ValidationError):
        ckan.action.resource_patch(id=link["id"], url="javascript:alert(1)")
    with pytest.raises(ckanapi.NotFound):
        ckan.action.resource_patch(id='%"', url="https://example.org/b")
    ckan.action.resource_delete(id=link["id"])
    assert ckan.action.package_show(id="links")["resources"] == []
    files.lin.publish("tabled")
    table = ckan.action.package_show(id="tabled")["resources"][0]["id"]
    with pytest.raises(ckanapi.ValidationError):
        ckan.action.resource_delete(id=table)


def test_forms_that_are_none(files, ckan):
    key = {"Authorization": files.lin.key("read", "write")}
    url = f"{files.url}/api/3/action/resource_create"
    anybody = files.anybody()
    for kind, body in (
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    ):
        answer = anybody.call("POST", url, data=body, headers={**key, "Content-Type": kind})
        assert answer.status_code == 409 and not answer.json()["success"]
    answer = anybody.call(
        "POST", url, files={"upload": ("a.txt", b"x")}, data={"package_id": "links"}
    )
    assert answer.status_code == 403


def test_killed_while_files_are_attached(folder_with_a_run, tmp_path):
    with running(folder_with_a_run, tmp_path) as server:
        lin = server.staff("lin", "publisher")
        lin.publish("busy")
        done = []

        def work():
            try:
                for n in range(1000):
                    done.append(attach(lin, "busy", f"{n}.txt", b"%d" % n * 50_000)["ordinal"])
            except Exception:
                return

        thread = threading.Thread(target=work)
        thread.start()
        while len(done) < 5:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        thread.join()
        server.process.stdout.close()
        server.start()
        shown = server.anybody().get_json("/datasets/busy")
        assert shown["version"] in (done[-1], done[-1] + 1)
        for n, file in enumerate(
            sorted(shown["versions"][-1]["files"], key=lambda one: int(one["name"][:-4]))
        ):
            got = server.anybody().call("GET", address("busy", file["name"])).content
            assert got == b"%d" % n * 50_000
        assert server.administrator().get_json("/audit")["verified"]
        # What nobody has published goes, but not at once.
        stray = server.store / "files" / "ab" / ("ab" + "0" * 62)
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"x")
        for age, there in ((0, True), (2 * 86_400, False)):
            os.utime(stray, (time.time() - age,) * 2)
            server.stop()
            server.start()
            assert stray.exists() == there
        kept = [one for one in shown["versions"][-1]["files"]]
        for old in (server.store / "files").rglob("*"):
            if old.is_file():
                os.utime(old, (time.time() - 9 * 86_400,) * 2)
        server.stop()
        server.start()
        for file in kept:
            assert server.anybody().call("GET", address("busy", file["name"])).status_code == 200
