"""The program as people meet it: summaries, the commands around a run."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from terminal import on_terminal

ROOT = Path(os.environ.get("SIKU_SOURCE_DIR", Path(__file__).parents[2]))
LINES = [
    {"id": 1, "text": "第一行   有空白"},
    {"id": 2, "text": "第二行"},
    {"id": 3, "text": "第二行"},
]
RECIPE = """
name: tidy
input: {path: in.jsonl, columns: {id: int, text: text}}
steps: [refine.text.collapse_space, refine.document.drop_duplicates]
output: tidy
"""


def write_lines(siku, rows):
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (siku.folder / "in.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def tidy(siku):
    """A store with one run."""
    write_lines(siku, LINES)
    (siku.folder / "recipe.yaml").write_text(RECIPE)
    siku("run", "recipe.yaml")
    return siku


# ---- run


@pytest.mark.parametrize("size", ["64MiB", "67108864", "64m", "67.108864MB", "0.0625 GiB"])
def test_sizes_are_taken_as_people_write_them(tidy, size):
    assert tidy.run("recipe.yaml", "--memory", "512MiB", "--max-record", size)["read"]["rows"] == 3


def test_a_summary_says_where_rows_went(tidy):
    said = tidy("run", "recipe.yaml").decode()
    assert "read 3 rows from 1 file" in said
    head = re.search(r"^step +in +kept +merged +edited +out +operator", said, re.MULTILINE)
    assert head, said
    assert re.search(r"drop_duplicates +3 +2 +1 +0 +2 ", said)
    assert re.search(r"tidy@1 +[0-9a-f]{16} +2 rows +\(as the version before\)", said)


def test_json_is_all_there_is_on_standard_output(tidy):
    done = tidy.try_("run", "recipe.yaml", "--json")
    assert json.loads(done.stdout)["outputs"][0]["rows"] == 2
    assert done.stderr == b""


def test_an_empty_output_says_0_rows_in_both_languages(tidy):
    write_lines(tidy, [])
    assert b"0 rows" in tidy("run", "recipe.yaml")
    assert "0 行" in tidy("run", "recipe.yaml", SIKU_LANG="zh").decode()


def test_a_dry_run_writes_nothing(siku):
    write_lines(siku, LINES)
    (siku.folder / "recipe.yaml").write_text(RECIPE)
    said = siku("run", "recipe.yaml", "--dry-run").decode()
    assert "in.jsonl" in said and "refine.text.collapse_space" in said and "tidy" in said
    preview = json.loads(siku("run", "recipe.yaml", "--dry-run", "--json"))
    assert preview["outputs"] == ["tidy"]
    assert sorted(p.name for p in siku.folder.iterdir()) == ["in.jsonl", "recipe.yaml"]


def test_set_and_limit_reach_the_run(tidy):
    assert tidy.run("recipe.yaml", "--limit", "1")["read"]["rows"] == 1
    (tidy.folder / "other.jsonl").write_text('{"id": 9, "text": "x"}\n')
    result = tidy.run("recipe.yaml", "--set", "inputs.input.path=other.jsonl")
    assert [source["relative"] for source in result["sources"]] == ["other.jsonl"]


def test_the_store_is_found_by_option_variable_and_default(tidy):
    tidy("run", "recipe.yaml", "--store", "elsewhere")
    assert b"tidy@1" in tidy("dataset", "ls", "--store", "elsewhere")
    assert b"tidy@1" in tidy("dataset", "ls", SIKU_STORE="elsewhere")
    tidy("run", "recipe.yaml", SIKU_STORE="")
    assert (tidy.folder / ".siku").is_dir()
    done = tidy.try_("dataset", "ls", "--store", "nowhere")
    assert done.returncode == 3 and b"nowhere" in done.stderr
    assert not (tidy.folder / "nowhere").exists()


def test_progress_stands_on_a_terminal_only(tidy):
    text = "第一句话。   第二句话。" * 400
    write_lines(tidy, [{"id": i, "text": f"{i}{text}"} for i in range(6000)])
    shown = on_terminal(tidy, "run", "recipe.yaml", "--threads", "1")
    progress = shown.partition("run ")[0]
    assert re.search(r"\r\S.*\d+ %.*\x1b\[K", progress)
    assert progress.endswith("\r\x1b[K")
    assert tidy.try_("run", "recipe.yaml").stderr == b""


def test_a_second_ctrl_c_is_not_needed_but_the_first_says_how_to_go_on(tidy):
    text = "第一句话。   第二句话。" * 400
    write_lines(tidy, [{"id": i, "text": f"{i}{text}"} for i in range(20000)])
    for stop in (signal.SIGINT, signal.SIGTERM):
        store = tidy.folder / f"store-{stop}"
        process = subprocess.Popen(
            tidy.command("run", "recipe.yaml", "--threads", 1, "--splits", 40, "--store", store),
            cwd=tidy.folder,
            env=tidy.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while process.poll() is None and not list(store.glob("runs/*/tasks/*.json")):
            time.sleep(0.001)
        process.send_signal(stop)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said.decode()
        run = next((store / "runs").iterdir()).name
        assert f"siku run --resume {run} --store {store}\n" in said.decode()
        assert re.search(rf"{run} +interrupted", tidy("runs", "--store", store).decode())
        done = tidy.try_("report", "--store", store)
        assert done.returncode == 4 and b"--resume" in done.stderr
        assert b"20,000 rows" in tidy("run", "--resume", run, "--store", store)


def test_a_limit_is_said_by_the_run_and_by_undo(tidy):
    done = tidy.try_("run", "recipe.yaml", "--limit", "1")
    assert done.returncode == 0 and b"first 1 row " in done.stderr
    done = tidy.try_("undo", "last", "--to", "back")
    assert done.returncode == 0 and b"--limit 1" in done.stderr
    assert b"Left alone" not in tidy("report")
    tidy("run", "recipe.yaml")
    assert tidy.try_("undo", "last", "--to", "whole").stderr == b""


# ---- looking back


def test_runs_are_listed_and_found_by_their_beginning(tidy):
    listed = tidy("runs").decode().splitlines()
    assert len(listed) == 2 and "done" in listed[1] and "tidy" in listed[1]
    run = listed[1].split()[0]
    assert tidy("edits", run[:-2]) == tidy("edits", "last") == tidy("edits", run)
    assert tidy.try_("edits", "2001").returncode == 3


def test_edits_say_step_row_and_bytes(tidy):
    edits = [json.loads(line) for line in tidy("edits", "last", "--format", "jsonl").splitlines()]
    assert len(edits) == 1
    edit = edits[0]
    before = LINES[0]["text"].encode()
    assert before[edit["begin"] : edit["end"]].decode() == edit["before"] == "   "
    assert edit["after"] == " " and edit["column"] == "text" and edit["source"] == "in.jsonl"
    assert "␣␣␣" in tidy("edits", "last").decode()
    assert tidy("edits", "last", "--step", "drop_duplicates") == b""
    assert tidy.try_("edits", "last", "--step", "nonsense").returncode == 3


def test_rejects_say_why_and_keep_the_row(tidy):
    rows = [json.loads(line) for line in tidy("rejects", "last", "--format", "jsonl").splitlines()]
    assert len(rows) == 1
    assert rows[0]["row"] == LINES[2] and "partner" in rows[0]
    assert "第二行" in tidy("rejects", "last").decode()


def test_a_report_shows_what_changed_and_what_did_not(siku):
    (siku.folder / "in").mkdir()
    (siku.folder / "in" / "clean.txt").write_text("没有改动的一行。\n")
    (siku.folder / "in" / "blanks.txt").write_text("前面的字   后面的字。\n")
    (siku.folder / "recipe.yaml").write_text(
        "input: in\nsteps: [refine.text.collapse_space]\noutput: out\n"
    )
    siku("run", "recipe.yaml")
    said = siku("report", "out").decode()
    assert siku("report").decode() == said
    assert "before  前面的字   后面的字。" in said
    assert "after   前面的字 后面的字。" in said
    assert "clean.txt" in said.partition("Left alone")[2]
    assert "blanks.txt" not in said.partition("Left alone")[2]
    assert "\x1b[31m" in on_terminal(siku, "report", "out")


def test_left_alone_is_only_what_nothing_befell(siku):
    (siku.folder / "in").mkdir()
    texts = {
        "same.txt": "没有改动的一行。\n",
        "twin.txt": "没有改动的一行。\n",
        "flagged.txt": "锟斤拷锟斤拷\n",
        "edited.txt": "前面的字   后面的字。\n",
    }
    for name, text in texts.items():
        (siku.folder / "in" / name).write_text(text)
    (siku.folder / "in" / "wide.txt").write_bytes("\ufeff另一个编码的文本。".encode("utf-16-le"))
    (siku.folder / "recipe.yaml").write_text(
        "input: in\noutput: out\n"
        "steps: [refine.text.repair, refine.text.collapse_space, refine.document.drop_duplicates]\n"
    )
    siku("run", "recipe.yaml")
    alone = siku("report").decode().partition("Left alone, byte for byte\n")[2]
    assert alone.strip() == "same.txt"


def test_what_a_flag_says_is_in_the_persons_language(siku):
    (siku.folder / "in.txt").write_text("锟斤拷锟斤拷\n")
    (siku.folder / "recipe.yaml").write_text(
        "input: in.txt\nsteps: [refine.text.repair]\noutput: out\n"
    )
    siku("run", "recipe.yaml")
    for command in (["flags", "last"], ["report"]):
        assert "replacement characters read as GBK" in siku(*command).decode()
        said = siku(*command, SIKU_LANG="zh").decode()
        assert "按 GBK 读出的替换字符" in said and "replacement" not in said
    said = siku("ops", "refine.text.repair", SIKU_LANG="zh").decode()
    assert "自有方法" in said and "Own method" not in said


def test_undo_keeps_what_is_there(tidy):
    data = (tidy.folder / "in.jsonl").read_bytes()
    tidy("undo", "last", "--to", "back")
    assert (tidy.folder / "back" / "in.jsonl").read_bytes() == data
    assert tidy.try_("undo", "last", "--to", "back").returncode == 4


# ---- datasets and the store


def test_a_dataset_is_listed_shown_and_read(tidy):
    assert re.search(r"^tidy@1 +2 ", tidy("dataset", "ls").decode(), re.MULTILINE)
    shown = tidy("dataset", "show", "tidy").decode()
    assert "refine.text.collapse_space@1" in shown and "large_string" in shown
    assert "第一行 有空白" in tidy("dataset", "head", "tidy").decode()
    rows = tidy("dataset", "head", "tidy@1", "-n", "1", "--format", "jsonl").decode()
    assert json.loads(rows) == {"id": 1, "text": "第一行 有空白"}
    done = tidy.try_("dataset", "show", "tidi")
    assert done.returncode == 3 and b"tidy" in done.stderr


def test_an_export_is_what_was_stored(tidy):
    rows = [{"id": 1, "text": "第一行 有空白"}, LINES[1]]
    assert [json.loads(x) for x in tidy("dataset", "export", "tidy").splitlines()] == rows
    for name in ("out.jsonl", "out.jsonl.gz", "out.parquet", "out.arrow", "out.txt"):
        done = tidy.try_("dataset", "export", "tidy", "-o", name)
        assert done.returncode == 0 and done.stdout == b"", done.stderr.decode()
        assert b"2 rows" in done.stderr
    assert pq.read_table(tidy.folder / "out.parquet").to_pylist() == rows
    assert tidy("dataset", "export", "tidy", "--format", "lines").decode() == (
        "第一行 有空白\n第二行\n"
    )
    assert tidy.try_("dataset", "export", "tidy", "-o", "out.doc").returncode == 2


@pytest.mark.parametrize("command", [["dataset", "export", "tidy"], ["ops"], ["--help"]])
def test_a_full_disk_behind_standard_output_is_said(tidy, command):
    for language, said in (("en", "standard output: the disk is full"), ("zh", "磁盘已满")):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                tidy.command(*command),
                cwd=tidy.folder,
                env=tidy.environment(SIKU_LANG=language),
                stdout=full,
                stderr=subprocess.PIPE,
            )
        assert done.returncode == 8 and said in done.stderr.decode()


def test_versions_are_compared(tidy):
    assert tidy.try_("dataset", "diff", "tidy").returncode == 3
    # The first row is shorter than it was: those behind it stand at other places.
    write_lines(tidy, [{"id": 1, "text": "另一行"}, *LINES[1:], {"id": 4, "text": "新的"}])
    tidy("run", "recipe.yaml")
    said = tidy("dataset", "diff", "tidy").decode()
    assert said == tidy("dataset", "diff", "tidy@1", "tidy@2").decode()
    assert "+ text: 另一行" in said and "- text: 第一行 有空白" in said
    assert "tidy@1 → tidy@2: 2 added, 1 removed, 1 changed, 0 the same" in said


def test_damage_is_found_and_exits_with_12(tidy):
    assert tidy.try_("dataset", "verify").returncode == 0
    assert tidy.try_("store", "verify").returncode == 0
    file = next(p for p in (tidy.store / "data").rglob("*") if p.is_file())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
    for command in (["dataset", "verify", "tidy"], ["store", "verify"]):
        done = tidy.try_(*command)
        assert done.returncode == 12
        assert file.name[:12] in done.stdout.decode()


def test_the_store_is_looked_after(tidy):
    assert b"1 version" in tidy("store", "info")
    assert b"0 files" in tidy("store", "gc", "--dry-run")
    (tidy.store / "data" / "ab").mkdir(exist_ok=True)
    tidy("store", "compact", "tidy")
    tidy("store", "rebuild")
    assert b"tidy@1" in tidy("dataset", "ls")
    assert tidy.try_("store", "rebuild", "--store", "nowhere").returncode == 3
    assert not (tidy.folder / "nowhere").exists()


def test_the_store_tells_about_itself_in_one_language(tidy):
    english = tidy("store", "info").decode().splitlines()
    chinese = tidy("store", "info", SIKU_LANG="zh").decode().splitlines()
    assert len(english) == len(chinese)
    names = [re.split(r"  ", line)[0] for line in english]
    assert len(set(names)) == len(names)
    assert not any(re.match("[a-z]", line) for line in chinese)


def test_a_rebuild_names_what_it_could_not_restore(tidy):
    for text in ("第二个版本", "第三个版本"):
        write_lines(tidy, [{"id": 1, "text": text}])
        tidy("run", "recipe.yaml")
    manifests = sorted((tidy.store / "manifests").rglob("*.json"), key=os.path.getmtime)
    manifests[0].unlink()
    commits = sorted((tidy.store / "commits").glob("*.json"))
    commits[1].unlink()
    done = tidy.try_("store", "rebuild")
    assert done.returncode == 12
    said = done.stdout.decode()
    assert "tidy@1: " in said and "tidy@2: " in said and "tidy@3" not in said
    assert "made again: 1 version" in said
    assert b"2 versions could not be restored" in done.stderr


def test_collection_says_what_holds_files_back(tidy):
    assert tidy.try_("store", "gc", "--grace", "0s").stderr == b""
    planned = json.loads(tidy("run", "recipe.yaml", "--plan"))["run"]
    done = tidy.try_("store", "gc", "--grace", "0s")
    assert done.returncode == 0
    assert b"1 unfinished run can be resumed" in done.stderr
    assert re.search(rf"{planned} +interrupted", tidy("runs").decode())
    with sqlite3.connect(tidy.store / "index.sqlite") as index:  # as a killed process leaves it
        soon = int((time.time() + 60) * 1000)
        index.execute("INSERT INTO leases VALUES ('1', ?, 1, ?)", (f"run {planned}", soon))
    assert re.search(rf"{planned} +running", tidy("runs").decode())
    done = tidy.try_("store", "gc", "--grace", "0s")
    assert b"1 run " in done.stderr and b"two minutes" in done.stderr


def test_the_doctor_says_what_it_runs_on(tidy):
    said = tidy("doctor").decode()
    for word in ("siku", "arrow", "tables", "store", "1 dataset", "memory"):
        assert word in said
    done = tidy.try_("doctor", SIKU_TABLES="/nowhere", SIKU_LANG="zh")
    assert done.returncode == 3 and "语言表" in done.stdout.decode()


# ---- operators, recipes, completion


def complete(siku, *words):
    script = (
        'source <("$0" completion bash); siku() { "$SIKU" "$@"; }; COMP_WORDS=("$@"); '
        "COMP_CWORD=$(($# - 1)); _siku; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "-c", script, siku.command()[0], "siku", *words],
        cwd=siku.folder,
        env=siku.environment(SIKU=siku.command()[0]),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split()


def test_bash_completes_commands_options_and_names(tidy):
    assert complete(tidy, "ru") == ["run", "runs"]
    assert complete(tidy, "dataset", "e") == ["export"]
    assert complete(tidy, "run", "--sp") == ["--spill-limit", "--splits"]
    assert complete(tidy, "dataset", "show", "") == ["tidy"]
    assert complete(tidy, "dataset", "export", "tidy", "--format", "pa") == ["parquet"]
    names = [f"refine.text.{n}" for n in ("collapse_space", "convert_script", "count_damage")]
    assert complete(tidy, "ops", "refine.text.co") == names
    assert "last" in complete(tidy, "undo", "")
    assert complete(tidy, "run", "rec") == ["recipe.yaml"]
    assert complete(tidy, "repair", "--encoding", "utf-1") == ["utf-16le", "utf-16be"]
    assert complete(tidy, "run", "recipe.yaml", "--set", "inputs") == ["inputs.input.path="]
    assert "drop_duplicates.keep=" in complete(tidy, "run", "recipe.yaml", "--set", "drop")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script(siku, shell):
    assert b"complete" in siku("completion", shell)


def test_an_address_without_an_engine_is_refused(siku, tmp_path):
    (tmp_path / "a.txt").write_text("数据", "utf-8")
    (tmp_path / "recipe.yaml").write_text("siku: 1\ninput: a.txt\nsteps: []\noutput: a\n", "utf-8")
    refused = siku.try_("run", "recipe.yaml", "--address", "head:6379")
    assert refused.returncode == 2 and b"--engine" in refused.stderr
