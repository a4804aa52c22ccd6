"""The server as an operator and a script meet it."""

import csv
import io
import json

import pyarrow.parquet as parquet
import requests
from server import ROWS, Server


def test_says_that_it_lives_and_counts(server):
    anybody = server.anybody()
    assert anybody.call("GET", server.url + "/healthz").text == "ok\n"
    anybody.get_json("/datasets")
    metrics = anybody.call("GET", server.url + "/metrics").text
    assert 'siku_requests_total{method="GET",status="200"}' in metrics
    assert "process_resident_memory_bytes" in metrics


def test_a_published_version_is_found_looked_at_and_taken_home(server):
    server.staff("lin", "publisher").publish(keywords=["交通"], summary="全市公交站点")
    anybody = server.anybody()
    found = anybody.get_json("/datasets", q="公交站點")
    assert found["total"] == 1
    assert found["datasets"][0]["highlights"]["title"] == [[0, 4]]
    assert found["facets"]["organisation"] == [{"value": "jtj", "title": "交通局", "count": 1}]
    page = anybody.get_json("/datasets/stops/versions/newest/rows", offset=248, limit=5)
    names = [column["name"] for column in page["columns"]]
    assert page["total"] == 250 and len(page["rows"]) == 2
    assert dict(zip(names, page["rows"][0], strict=True)) == ROWS[248]


def download(client, form):
    answer = client.call("GET", "/datasets/stops/versions/1/download", params={"format": form})
    assert answer.ok, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="stops-1.{form}"'
    return answer.content


def test_downloads_hold_the_rows_in_three_formats(server):
    server.staff("lin", "publisher").publish()
    anybody = server.anybody()
    lines = download(anybody, "jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    table = parquet.read_table(io.BytesIO(download(anybody, "parquet")))
    assert table.to_pylist() == ROWS
    text = download(anybody, "csv")
    assert text.startswith(b"\xef\xbb\xbf")  # else Excel takes it for GBK
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[7] == {key: str(value) for key, value in ROWS[7].items()}


def test_a_download_goes_on_where_it_broke_off(server):
    server.staff("lin", "publisher").publish()
    address = server.url + "/api/v1/datasets/stops/versions/1/download?format=parquet"
    whole = requests.get(address, timeout=60)
    first = requests.get(address, headers={"Range": "bytes=0-99"}, timeout=60)
    rest = requests.get(
        address, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]}, timeout=60
    )
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == whole.content
    other = requests.get(
        address, headers={"Range": "bytes=100-", "If-Range": '"other"'}, timeout=60
    )
    assert other.status_code == 200 and other.content == whole.content
    beyond = requests.get(address, headers={"Range": "bytes=99999999-"}, timeout=60)
    assert beyond.status_code == 416
    head = requests.head(address, timeout=60)
    assert head.headers["Content-Length"] == str(len(whole.content)) and head.content == b""


def test_errors_are_words_in_the_readers_language(server):
    answer = server.anybody().call(
        "GET", "/datasets/none", headers={"Accept-Language": "zh-CN,zh;q=0.9"}
    )
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "找不到数据集"
    answer = server.anybody().call("DELETE", "/datasets")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    answer = server.staff("lin", "publisher").call("POST", "/datasets", json={"titel": "x"})
    assert (answer.status_code, answer.json()["error"]["value"]) == (400, "titel")


def test_the_description_has_every_route_and_resolves(server):
    told = server.anybody().get_json("/openapi.json")
    assert told["openapi"] == "3.1.0"
    assert {"get", "post"} <= told["paths"]["/api/v1/datasets"].keys()
    text = json.dumps(told)
    for reference in set(text.split('"$ref": "#/components/schemas/')[1:]):
        assert reference.split('"')[0] in told["components"]["schemas"]


def test_one_server_a_store_and_stop_ends_it(server):
    second = server.command("serve", "--port", "0")
    assert second.returncode == 10 and "siku stop" in second.stderr
    stopped = server.command("stop")
    assert stopped.returncode == 0 and server.url in stopped.stdout
    assert server.process.wait(timeout=10) == 0
    server.process.stdout.close()
    server.process = None
    assert server.command("stop").returncode == 3
    assert server.log()[-1]["event"] == "stopped"


def test_takes_the_next_free_port(server, tmp_path):
    (tmp_path / "other").mkdir()
    other = Server(tmp_path / "other")
    port = int(server.url.rsplit(":", 1)[1])
    other.start("--port", str(port))
    assert port < int(other.url.rsplit(":", 1)[1]) < port + 20
    other.stop()


def test_the_log_has_a_line_a_request_and_no_query(server):
    server.anybody().get_json("/datasets", q="secret words")
    server.stop()
    requests_logged = [line for line in server.log() if line["event"] == "request"]
    assert any(line["path"] == "/api/v1/datasets" for line in requests_logged)
    assert "secret" not in json.dumps(server.log())
    assert "siku_session" not in json.dumps(server.log())
