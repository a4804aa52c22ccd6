"""Servers of ``s3://`` paths: one call's is not the next one's."""

import os
import sys
import threading

import pyarrow
import pytest
import siku
from conftest import ROOT

sys.path.append(str(ROOT / "tests/scenarios"))

from postgres import postgres
from s3 import s3

ENDPOINT = "SIKU_S3_ENDPOINT"
RECIPE = "input: s3://texts/*.txt\nsteps: []\noutput: made"


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("servers")
    with s3(folder / "one") as one, s3(folder / "two") as two:
        (one.bucket("texts") / "a.txt").write_text("一", encoding="utf-8")
        for name in ("a.txt", "b.txt"):
            (two.bucket("texts") / name).write_text("二", encoding="utf-8")
        yield one, two


@pytest.fixture(autouse=True)
def environment(servers, monkeypatch, tmp_path):
    for name, value in servers[0].environment.items():
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.setenv(name, value)
    monkeypatch.delenv(ENDPOINT, raising=False)
    monkeypatch.setenv("SIKU_CACHE", str(tmp_path / "cache"))


def rows(store, endpoint):
    return siku.run(siku.Recipe.from_text(RECIPE), store=store, s3_endpoint=endpoint).rows


def test_each_call_has_the_server_it_was_given(servers, store, monkeypatch):
    one, two = servers
    assert [rows(store, one.endpoint), rows(store, two.endpoint)] == [1, 2]
    assert ENDPOINT not in os.environ
    monkeypatch.setenv(ENDPOINT, two.endpoint)
    assert [rows(store, one.endpoint), rows(store, None)] == [1, 2]


def test_an_endpoint_of_a_wrong_form_is_the_arguments(store):
    for call in (lambda url: rows(store, url), lambda url: siku.open_store(store, s3_endpoint=url)):
        with pytest.raises(siku.Invalid) as raised:
            call("127.0.0.1:9")
        assert raised.value.place == "s3_endpoint"


def test_a_store_keeps_its_server(servers, tmp_path):
    one, two = servers
    with postgres() as url:
        first = siku.open_store(
            "s3://texts/store", create=True, index=url, s3_endpoint=one.endpoint
        )
        assert rows(first, None) == 1, "the inputs are the store's server's"
        for copy in (tmp_path / "cache").glob("*/data/*/*"):
            copy.unlink()
        assert pyarrow.table(first.dataset("made")).num_rows == 1
        with pytest.raises(siku.Conflict, match="another S3 server"):
            siku.open_store("s3://texts/store", create=True, index=url, s3_endpoint=two.endpoint)
        with pytest.raises(siku.Invalid, match="another S3 server"):
            rows(first, two.endpoint)
        first.close()


def test_two_servers_at_once_are_an_error(servers, store):
    one, two = servers
    begun, done = threading.Event(), threading.Event()
    seen = []

    def look(_):
        begun.set()
        done.wait(30)

    def work():
        recipe = siku.Recipe.from_text(RECIPE)
        seen.append(siku.run(recipe, store=store, s3_endpoint=one.endpoint, progress=look).rows)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert begun.wait(30)
        with pytest.raises(siku.Invalid, match="at this time"):
            rows(f"{store}-other", two.endpoint)
    finally:
        done.set()
        thread.join()
    assert seen == [1] and ENDPOINT not in os.environ
