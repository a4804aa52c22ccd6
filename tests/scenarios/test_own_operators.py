"""Operators of people's own: Python functions and C libraries (docs/own-operators.md)."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
PYTHON_EXAMPLE = ROOT / "examples" / "own-operator-python"
C_EXAMPLE = ROOT / "examples" / "own-operator-c"

RECIPE = """
plugins: {plugin}
inputs: {{pages: {{path: pages.jsonl, columns: {{id: int, text: text}}}}}}
steps:
  own: {{use: {operator}, from: pages}}
outputs: {{pages: own}}
"""
TEXTS = ["太好了！！！真的!!", None, "平静", "ＡＢＣ１２３！", "", "短"]


@pytest.fixture(autouse=True)
def interpreter(monkeypatch):
    monkeypatch.setenv("SIKU_PYTHON", sys.executable)


def write_pages(siku, texts=TEXTS):
    with open(siku.folder / "pages.jsonl", "w", encoding="utf-8") as out:
        for i, text in enumerate(texts):
            out.write(json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n")


def write_plugin(siku, body, name="ops.py"):
    (siku.folder / name).write_text("import pyarrow as pa\nimport siku\n" + body, encoding="utf-8")


def write_recipe(siku, operator, plugin="ops.py"):
    recipe = RECIPE.format(plugin=plugin, operator=operator)
    (siku.folder / "recipe.yaml").write_text(recipe, encoding="utf-8")


def rows(siku, dataset="pages"):
    lines = (
        siku("dataset", "head", dataset, "--rows", "100000", "--format", "jsonl")
        .decode()
        .splitlines()
    )
    return [json.loads(line) for line in lines]


def refuses(siku, code, *words, arguments=("run", "recipe.yaml")):
    done = siku.try_(*arguments)
    said = done.stderr.decode()
    assert done.returncode == code, said
    for word in words:
        assert word in said, said
    return said


WRITES = '@siku.operator(name="my.text.one", summary="Does.", writes={{{writes}}}{more})\n'


def mapping(writes, body, more=""):
    return WRITES.format(writes=writes, more=more) + f"def one(batch, column):\n    {body}\n"


# ---- what an operator of one's own does ---------------------------------------------------------


@pytest.fixture
def python_example(siku):
    shutil.copy(PYTHON_EXAMPLE / "ops.py", siku.folder)
    write_pages(siku)
    return siku


def test_a_python_function_changes_texts_and_adds_a_column(python_example):
    siku = python_example
    write_recipe(siku, "my.text.calm_down")
    summary = siku.run("recipe.yaml")
    assert rows(siku) == [
        {"id": 0, "text": "太好了！真的!", "han": 5},
        {"id": 1},
        {"id": 2, "text": "平静", "han": 2},
        {"id": 3, "text": "ＡＢＣ１２３！", "han": 0},
        {"id": 4, "text": "", "han": 0},
        {"id": 5, "text": "短", "han": 1},
    ]
    assert summary["steps"][0]["counts"]["edits"] == {"loud": 1}


def test_what_it_changed_is_undone(python_example):
    siku = python_example
    write_recipe(siku, "my.text.calm_down")
    siku.run("recipe.yaml")
    siku("undo", "last", "--to", "back")
    before = (siku.folder / "pages.jsonl").read_bytes()
    assert (siku.folder / "back" / "pages.jsonl").read_bytes() == before


def test_its_report_knows_it_until_it_changes(python_example):
    siku = python_example
    write_recipe(siku, "my.text.calm_down")
    siku.run("recipe.yaml")
    assert b"Several exclamation marks in a row." in siku("report", "last")
    siku("report", "last", "--html", "page.html")
    assert "Several exclamation marks in a row." in (siku.folder / "page.html").read_text("utf-8")
    # Of an operator that nobody knows, the texts may be secret.
    (siku.folder / "ops.py").write_text("")
    siku("report", "last", "--html", "page.html")
    assert "太好了" not in (siku.folder / "page.html").read_text("utf-8")


def test_a_python_filter_says_why_a_row_goes(python_example):
    siku = python_example
    write_recipe(siku, "my.text.keep_long")
    summary = siku.run("recipe.yaml", "--set", "own.least=2")
    assert [row["id"] for row in rows(siku)] == [0, 2, 3]
    assert summary["steps"][0]["counts"]["reasons"] == {"empty": 2, "short": 1}


def test_it_has_help_in_both_languages(python_example):
    siku = python_example
    said = siku("ops", "--plugin", "ops.py", "my.text.keep_long").decode()
    assert "Keep the texts that have enough characters." in said
    assert "least" in said and "short" in said
    said = siku("ops", "--plugin", "ops.py", "my.text.keep_long", SIKU_LANG="zh").decode()
    assert "保留字数足够的文本。" in said
    assert b"my.text.calm_down" in siku("ops", "--plugin", "ops.py")


def test_it_is_in_the_schema_for_editors(python_example):
    schema = python_example("recipe", "schema", "--plugin", "ops.py")
    assert b"parameters.my.text.keep_long" in schema


def test_a_wrong_parameter_has_its_place(python_example):
    siku = python_example
    write_recipe(siku, "my.text.keep_long, with: {least: -1}")
    refuses(siku, 2, "recipe.yaml:5:", "least", arguments=("recipe", "check", "recipe.yaml"))


def test_an_entry_point_is_found_beside_the_recipe(siku):
    package = siku.folder / "house" / "texts"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    shutil.copy(PYTHON_EXAMPLE / "ops.py", package / "ops.py")
    write_pages(siku)
    write_recipe(siku, "my.text.calm_down", "['house.texts.ops:calm_down']")
    siku.run("recipe.yaml")
    assert rows(siku)[0]["text"] == "太好了！真的!"
    write_recipe(siku, "my.text.keep_long", "['house.texts.ops:calm_down']")
    refuses(siku, 2, "there is no operator 'my.text.keep_long'")


def test_what_it_prints_and_reads_meets_no_message(siku):
    body = 'print("hello"); input_ = __import__("sys").stdin.read(); '
    body += "return pa.RecordBatch.from_pydict({'n': [len(input_)] * len(batch)})"
    write_plugin(siku, mapping("'n': 'int'", body))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    done = siku.try_("run", "recipe.yaml", "--json", stdin=b"given to siku")
    assert done.returncode == 0, done.stderr.decode()
    json.loads(done.stdout)
    assert b"hello" in done.stderr
    assert [row["n"] for row in rows(siku)] == [0] * len(TEXTS)


def test_the_guide_is_right(siku):
    page = (ROOT / "docs" / "own-operators.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    [recipe] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (siku.folder / "ops.py").write_text(code, encoding="utf-8")
    (siku.folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    (siku.folder / "lines.txt").write_text("早上好，老师。\n你好，吃了吗？\n", encoding="utf-8")
    siku("recipe", "check", "recipe.yaml")
    siku.run("recipe.yaml")
    assert rows(siku, "rest") == [{"path": "lines.txt", "text": "老师。", "length": 3}]


@pytest.mark.parametrize("name", ["own-operator-python", "own-operator-c"])
def test_an_example_runs_as_its_page_says(siku, name):
    folder = siku.folder / "examples" / name
    shutil.copytree(ROOT / "examples" / name, folder)
    (siku.folder / "core").symlink_to(ROOT / "core")
    page = (folder / "README.md").read_text(encoding="utf-8")
    siku.folder = folder
    for line in re.findall(r"^    (.*)$", page, re.MULTILINE):
        program, *arguments = line.split()
        if program == "siku":
            assert b"my.text." in siku(*arguments)
        else:
            subprocess.run([program, *arguments], cwd=folder, check=True)


# ---- the same rows ------------------------------------------------------------------------------


def test_the_same_rows_on_one_thread_and_two(python_example):
    siku = python_example
    write_pages(siku, [f"第{i}行！！真的！{'好' * (i % 40)}" for i in range(20000)])
    write_recipe(siku, "my.text.calm_down")
    one = siku.digests("recipe.yaml", "--threads", 1)
    two = siku.digests("recipe.yaml", "--threads", 2, "--splits", 7)
    assert one == two


def test_a_killed_run_goes_on_and_a_changed_plug_in_is_refused(siku):
    slow = "__import__('time').sleep(0.05); return batch.select([column])"
    write_plugin(siku, mapping("'$column': 'text'", slow, ", rules={'r': 'R.'}"))
    write_pages(siku, [f"第{i}行" * 200 for i in range(20000)])
    write_recipe(siku, "my.text.one")
    whole = siku.digests("recipe.yaml")
    siku.store = siku.folder / "killed"
    command = siku.command("run", "recipe.yaml", "--splits", 20, "--threads", 1)
    process = subprocess.Popen(command, cwd=siku.folder, env=siku.environment())
    while process.poll() is None and len(list(siku.store.glob("runs/*/tasks/*.json"))) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run was over before it was killed"
    text = (siku.folder / "ops.py").read_text()
    (siku.folder / "ops.py").write_text(text + "# another\n")
    refuses(siku, 4, "are not what they were", arguments=("run", "--resume", "last"))
    (siku.folder / "ops.py").write_text(text)
    resumed = json.loads(siku("run", "--resume", "last", "--json"))
    assert {out["dataset"]: out["version"] for out in resumed["outputs"]} == whole


# ---- what it does wrong -------------------------------------------------------------------------


def test_an_exception_is_told_with_its_line(siku):
    write_plugin(siku, mapping("'n': 'int'", "raise ValueError('坏了')"))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    said = refuses(siku, 2, "step own: ", "ops.py:5", "ValueError: 坏了", "my.text.one")
    assert "<siku" not in said


SOME_FAIL = """\
def one(batch, column):
    for text in batch.column(column).to_pylist():
        if text and "坏" in text:
            raise ValueError("cannot read " + text)
    lengths = [len(text or "") for text in batch.column(column).to_pylist()]
    return pa.RecordBatch.from_pydict({"n": lengths})
"""


@pytest.mark.parametrize("threads, splits", [(1, 1), (2, 7)])
def test_rows_that_an_operator_fails_on_are_rejected_and_the_others_go_on(siku, threads, splits):
    write_plugin(siku, WRITES.format(writes="'n': 'int'", more="") + SOME_FAIL)
    texts = [f"坏{i}" if i % 700 == 350 else "好" * (i % 5) for i in range(3000)]
    write_pages(siku, texts)
    write_recipe(siku, "my.text.one")
    arguments = ("--threads", str(threads), "--splits", str(splits), "--json")
    summary = json.loads(siku("run", "recipe.yaml", *arguments))
    assert summary["steps"][0]["counts"]["reasons"] == {"operator_failed": 4}
    kept = [(row["id"], row["n"]) for row in rows(siku)]
    assert kept == [(i, i % 5) for i in range(3000) if i % 700 != 350]
    lost = siku("rejects", "last", "--format", "jsonl").decode().splitlines()
    assert [json.loads(line)["detail"].partition(": ")[2] for line in lost] == [
        f"ValueError: cannot read 坏{i}" for i in (350, 1050, 1750, 2450)
    ]
    assert all("ops.py:7" in line for line in lost)
    written = siku.folder / "back"
    siku("undo", "last", "--to", str(written))
    assert (written / "pages.jsonl").read_bytes() == (siku.folder / "pages.jsonl").read_bytes()


def test_an_operator_that_fails_on_all_rows_of_all_tasks_ends_the_run(siku):
    write_plugin(siku, mapping("'n': 'int'", "raise ValueError('坏了')"))
    write_pages(siku, ["行"] * 40)
    write_recipe(siku, "my.text.one")
    refuses(
        siku,
        2,
        "an operator failed on every row",
        "ValueError: 坏了",
        arguments=("run", "recipe.yaml", "--splits", "4"),
    )
    assert siku.try_("dataset", "show", "pages").returncode == 3


MASKING = """\
siku: 1
plugins: ops.py
inputs: {pages: {path: pages.jsonl, columns: {id: int, text: text}}}
steps:
  own: {use: my.text.one, from: pages}
  masked: {use: refine.text.mask_identifiers, from: own, with: {kinds: [mobile]}}
outputs: {pages: masked}
"""


def test_an_exception_says_nothing_of_a_text_that_is_to_be_masked(siku):
    body = "raise ValueError(batch.column(column).to_pylist())"
    write_plugin(siku, mapping("'n': 'int'", body))
    write_pages(siku, ["我的手机号码是 13812345678。", "另一行"])
    (siku.folder / "recipe.yaml").write_text(MASKING, encoding="utf-8")
    siku("key", "new", "owner.key")
    arguments = ("run", "recipe.yaml", "--seal-key", "owner.key")
    said = refuses(siku, 2, "step own: ", "ops.py:5", arguments=arguments)
    assert "1381234" not in said
    for path in siku.store.rglob("*"):
        if path.is_file():
            assert b"1381234" not in path.read_bytes(), path


def test_a_function_that_looks_at_other_rows_is_told(siku):
    body = "return pa.RecordBatch.from_pydict({'n': [len(batch)] * len(batch)})"
    write_plugin(siku, mapping("'n': 'int'", body))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    refuses(siku, 2, "step own, ", "other rows of a batch than of its two halves")


PROMISES = {
    "too few rows": ("'n': 'int'", "return pa.RecordBatch.from_pydict({'n': [1]})", "6 rows"),
    "no batch": ("'n': 'int'", "return 7", "not int"),
    "another column": (
        "'n': 'int'",
        "return batch.append_column('m', pa.array([1] * len(batch)))",
        "'m' is not under `writes`",
    ),
    "a changed column": (
        "'n': 'int'",
        "return pa.RecordBatch.from_pydict({'n': [1] * len(batch), 'id': [9] * len(batch)})",
        "'id' was changed",
    ),
    "a column left out": ("'n': 'int'", "return batch", "'n' was to be given"),
    "another type": (
        "'n': 'int'",
        "return pa.RecordBatch.from_pydict({'n': ['x'] * len(batch)})",
        "'n' shall be int, not string",
    ),
    "not UTF-8": (
        "'n': 'text'",
        "return pa.RecordBatch.from_arrays([pa.Array.from_buffers(pa.large_string(), 6, [None, "
        "pa.py_buffer(b''.join(i.to_bytes(8, 'little') for i in range(7))), "
        "pa.py_buffer(b'ab\\xffdef')])], names=['n'])",
        "a plug-in gave a column that is damaged",
    ),
    "a text of a null": (
        "'$column': 'text'",
        "return pa.RecordBatch.from_pydict({column: ['x'] * len(batch)})",
        "an operator made a null of a text or a text of a null",
    ),
    "an end": ("'n': 'int'", "__import__('os')._exit(3)", "exit code 3"),
    "a crash": ("'n': 'int'", "__import__('os').abort()", "signal 6"),
}


@pytest.mark.parametrize("name", PROMISES)
def test_a_function_is_held_to_its_word(siku, name):
    writes, body, said = PROMISES[name]
    write_plugin(siku, mapping(writes, body, ", rules={'r': 'R.'}"))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    done = siku.try_("run", "recipe.yaml")
    assert done.returncode in (1, 2), done.stderr.decode()
    assert said in done.stderr.decode()
    assert siku.try_("dataset", "head", "pages").returncode == 3, "nothing may be committed"


def test_a_batch_has_its_time(siku):
    write_plugin(siku, mapping("'n': 'int'", "__import__('time').sleep(60)", ", seconds=0.5"))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    began = time.monotonic()
    refuses(siku, 7, "took longer over a batch")
    assert time.monotonic() - began < 30


def test_one_that_hangs_is_stopped_by_ctrl_c(siku):
    body = "open('at-work', 'w').close()\n    while True: pass"
    write_plugin(siku, mapping("'n': 'int'", body))
    write_pages(siku)
    write_recipe(siku, "my.text.one")
    command = siku.command("run", "recipe.yaml")
    process = subprocess.Popen(
        command, cwd=siku.folder, env=siku.environment(), stderr=subprocess.PIPE
    )
    while not (siku.folder / "at-work").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130


LOADING = {
    "no file": ("nothing.py", None, 3, "there is no such plug-in"),
    "no kind": ("ops.txt ", None, 2, "a plug-in is a shared library"),
    "no module": ("no.such.module:x", None, 2, "No module named 'no'"),
    "no operator": ("ops.py", "x = 1\n", 2, "there is no function with @siku.operator"),
    "not Python": ("ops.py", "def (:\n", 2, "ops.py:3"),
    "a wrong record": (
        "ops.py",
        '@siku.operator(name="loud", summary="S.", writes={"n": "int"})\n'
        "def one(batch, column): pass\n",
        2,
        "module.kind.verb_object: loud",
    ),
    "a wrong type": (
        "ops.py",
        mapping("'n': 'number'", "pass"),
        2,
        "text, int, real or bool",
    ),
    "a name that is taken": (
        "ops.py",
        '@siku.operator(name="refine.text.repair", summary="S.", writes={"n": "int"})\n'
        "def one(batch, column): pass\n",
        4,
        "a name that is taken",
    ),
    "a parameter it does not take": (
        "ops.py",
        '@siku.operator(name="my.text.one", summary="S.", writes={"n": "int"})\n'
        "def one(batch): pass\n",
        2,
        "the function takes a batch and column",
    ),
}


@pytest.mark.parametrize("name", LOADING)
def test_a_plug_in_that_cannot_be_used_says_why(siku, name):
    plugin, body, code, said = LOADING[name]
    if body is not None:
        write_plugin(siku, body)
    write_pages(siku)
    write_recipe(siku, "my.text.one", f"['{plugin}']")
    for arguments in (("run", "recipe.yaml"), ("recipe", "check", "recipe.yaml")):
        refuses(siku, code, said, "recipe.yaml:2:", arguments=arguments)


def test_a_python_without_pyarrow_is_named(siku):
    bare = siku.folder / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    bare.chmod(0o755)
    write_plugin(siku, mapping("'n': 'int'", "pass"))
    done = siku.try_("ops", "--plugin", "ops.py", SIKU_PYTHON=str(bare), PYTHONPATH="")
    assert done.returncode == 11, done.stderr.decode()
    assert b"pip install pyarrow" in done.stderr
    done = siku.try_("ops", "--plugin", "ops.py", SIKU_PYTHON="/no/such/python")
    assert done.returncode == 3 and b"SIKU_PYTHON" in done.stderr


# ---- shared libraries ---------------------------------------------------------------------------


def compile_library(folder, source, name="libown.so", replace=()):
    """As a user would: a C compiler, the header, nothing of ours to link."""
    text = Path(source).read_text(encoding="utf-8")
    for before, after in replace:
        assert before in text
        text = text.replace(before, after)
    (folder / "own.c").write_text(text, encoding="utf-8")
    include = ROOT / "core" / "include"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O2", f"-I{include}"]
    command = [os.environ.get("CC", "cc"), *flags, "-o", folder / name, folder / "own.c"]
    subprocess.run(command, check=True)


@pytest.fixture
def c_example(siku):
    write_pages(siku)
    write_recipe(siku, "my.text.narrow_letters", "libown.so")
    return siku


def test_a_c_library_edits_texts_and_adds_a_column(c_example):
    siku = c_example
    compile_library(siku.folder, C_EXAMPLE / "narrow.c")
    summary = siku.run("recipe.yaml")
    assert rows(siku) == [
        {"id": 0, "text": "太好了!!!真的!!", "narrowed": 3},
        {"id": 1},
        {"id": 2, "text": "平静", "narrowed": 0},
        {"id": 3, "text": "ABC123!", "narrowed": 7},
        {"id": 4, "text": "", "narrowed": 0},
        {"id": 5, "text": "短", "narrowed": 0},
    ]
    assert summary["steps"][0]["counts"]["edits"] == {"full_width": 10}
    siku("undo", "last", "--to", "back")
    before = (siku.folder / "pages.jsonl").read_bytes()
    assert (siku.folder / "back" / "pages.jsonl").read_bytes() == before


def test_a_library_gives_the_same_rows_on_two_threads(c_example):
    siku = c_example
    compile_library(siku.folder, C_EXAMPLE / "narrow.c")
    write_pages(siku, [f"第{i}行，ＡＢＣ{'好' * (i % 40)}１" for i in range(20000)])
    one = siku.digests("recipe.yaml", "--threads", 1)
    assert siku.digests("recipe.yaml", "--threads", 2, "--splits", 7) == one


VERSION = (".version = SIKU_PLUGIN_VERSION,", ".version = 2,")
BROKEN = {
    "another version": (VERSION, 11, "another version of the interface than 1: 2"),
    "no symbol": (
        ("* siku_plugin_v1(void)", "* another(void)"),
        2,
        "lacks a symbol: siku_plugin_v1",
    ),
    "no record": (
        (".record = kRecord,", ".record = sizeof(kRecord) == 0 ? kRecord : NULL,"),
        2,
        "lacks record, bind or apply",
    ),
    "a small table": (
        (".size = sizeof(struct siku_plugin_v1),", ".size = 8,"),
        2,
        "a plug-in's table is too small",
    ),
    "a wrong record": (('\\"version\\": 1,', '\\"version\\": 0,'), 2, "a whole number from 1"),
    "an unknown member": (('\\"version\\": 1,', '\\"version\\": 1, \\"x\\": 1,'), 2, "record.x"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_library_that_cannot_be_used_says_why(c_example, name):
    siku = c_example
    replace, code, said = BROKEN[name]
    compile_library(siku.folder, C_EXAMPLE / "narrow.c", replace=(replace,))
    refuses(siku, code, said, "recipe.yaml:2:")


DISHONEST = {
    "an edit outside": (
        ("outcome->rows = batch->length;", "made->edits[0].end = 9999;"),
        "outside the text",
    ),
    "a cut character": (
        ("outcome->rows = batch->length;", "--made->edits[0].end;"),
        "outside the text",
    ),
    "a bad row": (
        ("outcome->rows = batch->length;", "made->edits[0].row = -1;"),
        "outside the text",
    ),
    "not UTF-8": (
        ("made->after[made->count] = plain;", "made->after[made->count] = (char)(plain | 0x80);"),
        "not UTF-8",
    ),
    "another column": (
        ('field.name = "narrowed";', 'field.name = "other";'),
        "does not name: other",
    ),
    "an error": (
        ("outcome->rows = batch->length;", 'return Fail(error, 6, "cannot");'),
        "narrow_letters: cannot",
    ),
}


@pytest.mark.parametrize("name", DISHONEST)
def test_a_library_is_held_to_its_word(c_example, name):
    siku = c_example
    replace, said = DISHONEST[name]
    compile_library(siku.folder, C_EXAMPLE / "narrow.c", replace=(replace,))
    done = siku.try_("run", "recipe.yaml")
    assert done.returncode in (2, 6), done.stderr.decode()
    assert said in done.stderr.decode()


def test_a_file_that_is_no_library_is_refused(c_example):
    (c_example.folder / "libown.so").write_bytes(b"no library")
    refuses(c_example, 2, "a plug-in cannot be loaded")


HANGS = """
#include <stdatomic.h>
#include <time.h>
static atomic_int cancelled;
static void Cancel(void* state) { (void)state; atomic_store(&cancelled, 1); }
static int32_t Hang(void* state, const struct ArrowArray* batch, struct siku_outcome_v1* outcome,
                    struct siku_error_v1* error) {
  (void)state; (void)batch; (void)outcome; (void)error; (void)&Apply;
  while (!atomic_load(&cancelled)) (void)time(NULL);
  return 1;
}
static const struct siku_operator_v1 kNarrow"""


def test_a_library_that_works_long_is_cancelled_by_ctrl_c(c_example):
    siku = c_example
    replace = (
        ("static const struct siku_operator_v1 kNarrow", HANGS),
        (".apply = Apply,", ".apply = Hang,\n    .cancel = Cancel,"),
    )
    compile_library(siku.folder, C_EXAMPLE / "narrow.c", replace=replace)
    process = subprocess.Popen(
        siku.command("run", "recipe.yaml"), cwd=siku.folder, env=siku.environment()
    )
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
