"""Exceptions: one class a code, with place, value and hint; English or Chinese."""

import builtins
import os
import pickle
import re
import socket
import subprocess
import sys

import pytest
import siku
from conftest import ROOT
from siku.engines import driver
from siku.engines.address import check_address

MANUAL = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
#: code, class and what Python calls it, by the manual
ROWS = re.findall(r"^\| \d+ \| (\w+) \| \d+ \| `(\w+)`, (`[\w`, ]+`) \|", MANUAL, re.MULTILINE)


def classes() -> dict[str, type[siku.Error]]:
    return {one.code: one for one in siku.Error.__subclasses__()}


def test_every_code_of_the_manual_has_a_class():
    codes = set(re.findall(r"^\| \d+ \| (\w+) \|", MANUAL, re.MULTILINE)) - {"ok"}
    assert codes == set(classes()) == {code for code, _, _ in ROWS}


@pytest.mark.parametrize(("code", "name", "python"), ROWS)
def test_a_class_is_caught_by_what_python_calls_it(code, name, python):
    one = getattr(siku, name)
    assert one is classes()[code]
    for builtin in re.findall(r"\w+", python):
        assert issubclass(one, getattr(builtins, builtin))


def test_an_error_says_what_where_and_what_to_do(tmp_path):
    with pytest.raises(siku.Invalid) as raised:
        siku.repair("x", min_confidence=2)
    error = raised.value
    assert error.code == "invalid"
    assert error.place == "refine.text.repair"
    assert "2.0" in error.value
    assert error.message in str(error)
    assert error.args == (error.message,)
    assert error.run is None
    with pytest.raises(siku.NotFound) as raised:
        siku.resume("none", store=siku.open_store(tmp_path / "store", create=True))
    assert raised.value.hint
    assert raised.value.hint in str(raised.value)


@pytest.mark.parametrize("one", classes().values(), ids=lambda one: one.code)
def test_an_error_survives_pickling(one):
    error = one("what", value="value", place="place", hint="hint", text="place: what: value")
    error.run = "run"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is one
    assert str(again) == "place: what: value"
    assert (again.message, again.value, again.place, again.hint, again.run) == (
        "what",
        "value",
        "place",
        "hint",
        "run",
    )


def test_errors_speak_the_users_language():
    code = """
import siku
try:
    siku.repair("x", min_confidence=2)
except siku.Error as error:
    print(error, error.message, sep="\\n")
"""
    said = {}
    for language in ("en", "zh"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "SIKU_LANG": language, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        )
        said[language] = run.stdout.decode().splitlines()
    assert re.search("[一-鿿]", said["zh"][0])
    assert not re.search("[一-鿿]", said["en"][0])
    assert said["zh"][-1] == said["en"][-1]


def test_operators_are_described_in_both_languages():
    operators = siku.operators()
    names = [one.name for one in operators]
    assert names == sorted(names)
    assert "refine.text.repair" in names
    # Other tests load operators of their own.
    for operator in [one for one in operators if one.name.startswith("refine.")]:
        assert operator.summary
        assert operator.summary_zh
        assert operator.example
        for parameter in operator.parameters:
            assert parameter.summary_zh


def test_functions_for_engines_are_checked_when_they_are_made():
    with pytest.raises(siku.Invalid, match="min_confidense"):
        siku.ray("refine.text.repair", min_confidense=0.5)
    with pytest.raises(siku.Invalid, match="min_confidence"):
        siku.spark("refine.text.repair", min_confidence="high")
    siku.ray("refine.text.repair", min_confidence=0.5)


def test_functions_of_ones_own_travel_with_their_plugin(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import pyarrow.compute as pc, siku\n"
        "@siku.operator(name='my.text.upper_case', summary='Upper case.',\n"
        "    writes={'$column': 'text'}, rules={'upper': 'Upper case.'})\n"
        "def upper(batch, column):\n"
        "    at = batch.schema.get_field_index(column)\n"
        "    return batch.set_column(at, column, pc.utf8_upper(batch[column]))\n"
    )
    siku.load_plugin(tmp_path / "mine.py")
    function = pickle.dumps(siku.ray("my.text.upper_case"))
    code = (
        "import pickle, pyarrow as pa, sys\n"
        "function = pickle.loads(sys.stdin.buffer.read())\n"
        "print(function(pa.table({'text': ['a', None]})).column('text').to_pylist())\n"
    )
    said = subprocess.run([sys.executable, "-c", code], input=function, capture_output=True)
    assert said.stdout == b"['A', None]\n", said.stderr.decode()


def test_an_address_needs_an_engine_and_somebody_there(tmp_path):
    with pytest.raises(siku.Invalid, match="127.0.0.1:6379"):
        siku.run({}, store=tmp_path / "store", address="127.0.0.1:6379")
    assert not (tmp_path / "store").exists()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        for address in (place, f"ray://{place}", f"spark://{place},{place}"):
            with pytest.raises(siku.Io, match=place):
                check_address(address)
        taken.listen()
        check_address(f"spark://127.0.0.1:1,{place}")
    for address in (None, "auto", "local[2,4]", "local-cluster[2,1,1024]", "yarn"):
        check_address(address)


def test_a_cluster_that_has_nobody_for_the_tasks_is_told(monkeypatch):
    class Tasks:
        input_bytes = 10

        def phases(self):
            return [(0, "", 2), (0, "near", 1)]

        def left(self, stage, step):
            return [] if step else [0, 1]

    class Workers:
        def each(self, job, phase, tasks):
            yield None
            for task in tasks:
                yield task, 3, 5

    seen = []
    monkeypatch.setattr(driver, "_SILENCE", 0)
    driver._phases(Workers(), None, Tasks(), seen.append)
    assert [one["phase"] for one in seen] == ["read", "wait", "read", "read"]
    assert [one["tasks_done"] for one in seen] == [0, 0, 1, 2]
    assert (seen[-1]["rows"], seen[-1]["bytes_done"]) == (6, 10)


def test_errors_raised_in_python_say_it_in_the_users_language(monkeypatch):
    monkeypatch.setenv("SIKU_LANG", "en")
    with pytest.raises(siku.Invalid) as raised:
        siku.ray("refine.text.none")
    english = "no such operator: refine.text.none\n  `siku ops` lists them"
    assert str(raised.value) == english
    monkeypatch.setenv("SIKU_LANG", "zh")
    with pytest.raises(siku.Invalid) as raised:
        siku.ray("refine.text.none")
    assert str(raised.value) == "没有这个算子：refine.text.none\n  `siku ops` 会列出全部算子"
    assert raised.value.message == "no such operator"
