"""Somebody who wants in, or wants to be a burden."""

import json
import socket
import time

import pytest
import requests
from server import Client, together


def raw(server, data, wait=5):
    """What the server answers to these bytes."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
                if b"\r\n\r\n" in answer and b"keep-alive" not in answer.lower():
                    break
        except TimeoutError:
            pass
        return answer


def test_a_huge_header_and_a_huge_body_are_refused(server):
    answer = raw(server, b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 40_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431")
    answer = raw(
        server, b"POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /../../etc/passwd HTTP/1.1",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
        b"GET /assets/..%2f..%2fserver.json HTTP/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /%00 HTTP/1.1",
        b"GET http://x/ HTTP/1.1",
        b"NONSENSE",
        b"GET / HTTP/9.9",
    ],
)
def test_addresses_that_climb_or_cannot_be_get_nothing(server, request_line):
    answer = raw(server, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"404")
    assert b"root:" not in answer and b'"pid"' not in answer


def test_a_request_with_two_lengths_is_none(server):
    answer = raw(
        server,
        b"POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    )
    assert b"smuggled" not in answer and answer.count(b"HTTP/1.1 ") <= 2
    answer = raw(
        server,
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    )
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""


def test_hundreds_who_say_nothing_cost_the_others_nothing(server):
    host, port = server.url.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(1000)]
    slow = idle[:300]
    for connection in slow:
        connection.sendall(b"GET /api/v1/datasets HTTP/1.1\r\nHost: x\r\nA: ")
    began = time.monotonic()
    for _ in range(50):
        server.anybody().get_json("/datasets")
    assert time.monotonic() - began < 5
    for connection in idle[300:]:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert all(connection.recv(4096).startswith(b"HTTP/1.1 200") for connection in idle[300:])
    for connection in idle:
        connection.close()


def test_a_page_elsewhere_cannot_write_with_the_cookie(server):
    lin = server.staff("lin", "publisher")
    token = lin.headers.pop("X-Siku-Csrf")
    body = {"name": "plan", "organisation": "jtj", "title": "计划"}
    assert lin.call("POST", "/datasets", json=body).status_code == 403
    lin.headers["X-Siku-Csrf"] = "0" * 64
    assert lin.call("POST", "/datasets", json=body).status_code == 403
    action = server.url + "/api/3/action/package_create"
    assert lin.post.__self__.call("POST", action, json=body).status_code == 403
    lin.headers["X-Siku-Csrf"] = token
    assert lin.call("POST", "/datasets", json=body).status_code == 201
    cookie = server.anybody()
    cookie.sign_in("lin", "lin correct horse")
    set_cookie = requests.post(
        server.url + "/api/v1/session",
        json={"name": "lin", "password": "lin correct horse"},
        timeout=60,
    ).headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie and "SameSite=Strict" in set_cookie


def test_keys_have_scopes_and_guessing_is_answered_alike(server):
    lin = server.staff("lin", "publisher")
    body = {"name": "plan", "organisation": "jtj", "title": "计划"}
    for key, status in [(lin.key("read"), 403), ("siku_" + "0" * 64, 403), (lin.key("write"), 201)]:
        script = Client(server.url)
        script.headers["Authorization"] = f"Bearer {key}"
        assert script.call("POST", "/datasets", json=body).status_code == status
    written = lin.key("read").encode()
    for file in server.store.glob("catalogue.db*"):
        assert written not in file.read_bytes()


def test_guessing_a_password_ends_in_a_lock(server):
    server.staff("lin", "publisher")
    anybody = server.anybody()
    for name in ("lin", "nobody"):
        answer = anybody.call("POST", "/session", json={"name": name, "password": "wrong"})
        assert answer.json()["error"]["message"] == "name or password is wrong"
    for _ in range(9):
        anybody.call("POST", "/session", json={"name": "lin", "password": "wrong"})
    right = {"name": "lin", "password": "lin correct horse"}
    assert anybody.call("POST", "/session", json=right).status_code == 503


SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def test_metadata_is_data_whatever_it_says(server):
    lin = server.staff("lin", "publisher")
    body = {"name": "xss", "organisation": "jtj", "title": SCRIPT, "summary": SCRIPT}
    body["links"] = [{"title": SCRIPT, "url": "https://example.cn/" + SCRIPT}]
    lin.post("/datasets", body)
    answer = lin.call("GET", "/datasets/xss")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.json()["title"] == SCRIPT
    body.update(name="xss2", links=[{"title": "x", "url": "javascript:alert(1)"}])
    assert lin.call("POST", "/datasets", json=body).status_code == 400


def test_sql_is_text(server):
    lin = server.staff("lin", "publisher")
    lin.publish()
    for text in ("' OR 1=1 --", '"; DROP TABLE datasets; --', "%", "_", "\\"):
        assert server.anybody().get_json("/datasets", q=text)["total"] == 0
        assert server.anybody().call("GET", f"/datasets/{text}").status_code == 404
    assert server.anybody().get_json("/datasets")["total"] == 1


def test_deep_and_odd_bodies_are_refused(server):
    lin = server.staff("lin", "publisher")
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    bodies = [b"", b"[]", b"{", b"\xff\xfe", deep.encode(), b'{"title": {"a": 1}}', b'{"x": 1e999}']
    for body in bodies:
        answer = lin.call("POST", "/datasets", data=body)
        assert answer.status_code == 400, body[:20]
        json.loads(answer.content)


def test_formulas_do_not_run_in_excel(server, tmp_path):
    rows = [{"a": text} for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "正常")]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "stops.jsonl").write_text(lines)
    assert server.command("run", "stops.yaml", "--json").returncode == 0
    lin = server.staff("lin", "publisher")
    lin.post("/datasets", {"name": "evil", "organisation": "jtj", "title": "公式"})
    lin.post("/datasets/evil/versions", {"source": "stops@2"})
    answer = lin.call("GET", "/datasets/evil/versions/1/download", params={"format": "csv"})
    cells = answer.content.decode("utf-8-sig").split("\r\n")[1:-1]
    assert cells == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "正常"]


def test_many_sign_ins_at_once_leave_the_others_served(server):
    def sign_in():
        answer = server.anybody().call(
            "POST", "/session", json={"name": "nobody", "password": "wrong"}
        )
        return answer.status_code, answer.headers.get("Retry-After")

    answers = together([sign_in] * 24)
    assert {status for status, _ in answers} == {403, 503}
    assert {after for status, after in answers if status == 503} == {"5"}
    assert server.anybody().call("GET", "/datasets").ok
