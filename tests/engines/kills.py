"""Kills what does a run's tasks, in the middle of a phase, and looks at what came of the run.

usage: kills.py --program siku --engine ray|spark --log FILE [--count N] [--each]

Each pair of a phase and a victim has its turn, in an order that a seed gives, and the moment within
the phase is drawn. A line of the log says engine, number, phase,
victim, how many tasks of the phase were done at the kill, and `equal` or what differs from the same
run of the embedded engine: content of each dataset (rows, their order, text), rows read, and each
step's counts, reasons and edits. Runs that stand in the log are not done again. `--each` does one
run a phase instead, a worker being the victim, on one node. The status is that of the worst run.

Victims: `worker`, a process that does tasks; `raylet` or `executor`, one of two such nodes;
`driver`, the process that hands tasks out, after which the run is resumed, by this engine or the
embedded one.

It starts a Ray with three nodes here: call it where nothing but loopback is (conftest.py).
"""

import argparse
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus

SPLITS = 12
MEMORY = 512 << 20
#: Stage of each phase that reads or settles splits; a step's name for each that resolves, with that
#: of the round where parts of it are done beforehand.
PHASES = ["0", "exact", "1", "near.groups", "near.similarities", "near", "2"]
VICTIMS = {"ray": ["worker", "raylet", "driver"], "spark": ["worker", "executor", "driver"]}
#: Seconds that a run may take before it counts as hanging.
PATIENCE = 240
#: Of a node of Ray, before that is an error.
STARTS = 4


def processes():
    """Number, parent and words of every process."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        one, parent, *words = line.split(None, 2)
        yield int(one), int(parent), words[0] if words else ""


class Spark:
    address = "local-cluster[2,1,1024]"

    def __init__(self, alone):
        pass

    def victims(self, kind):
        found = [(one, parent, words) for one, parent, words in processes()]
        if kind == "executor":
            return [p for p, _, words in found if "CoarseGrainedExecutorBackend" in words]
        daemons = {p for p, _, words in found if "pyspark.daemon" in words}
        # The daemon forks the workers.
        return [p for p, parent, words in found if "pyspark.daemon" in words and parent in daemons]

    def mend(self):
        pass

    def end(self):
        pass


class Ray:
    """A head that does no tasks, and two nodes that do; or, with `alone`, one node."""

    def __init__(self, alone):
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16)}
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster

        node = {"object_store_memory": 80 << 20, "memory": 2 * MEMORY}
        self.cluster = Cluster()
        head = self.add(**node, num_cpus=2 if alone else 0, include_dashboard=False)
        self.node = {**node, "num_cpus": 1}
        self.nodes = [head] if alone else [self.add(**self.node) for _ in range(2)]
        self.address = self.cluster.address

    def add(self, **node):
        """Ray gives a node half a minute to start, which a busy machine may not keep."""
        for _ in range(STARTS - 1):
            with contextlib.suppress(Exception):
                return self.cluster.add_node(**node)
        return self.cluster.add_node(**node)

    @staticmethod
    def raylet(node):
        return node.all_processes["raylet"][0].process.pid

    def victims(self, kind):
        raylets = [self.raylet(node) for node in self.nodes]
        if kind == "raylet":
            return raylets
        busy = [p for p, _, words in processes() if words.startswith("ray::do_task")]
        return busy or [
            p for p, parent, words in processes() if parent in raylets and words.startswith("ray::")
        ]

    def mend(self):
        """Another node for each that is gone."""
        for node in list(self.nodes):
            if node.all_processes["raylet"][0].process.poll() is None:
                continue
            self.nodes.remove(node)
            with contextlib.suppress(Exception):
                self.cluster.remove_node(node)
            self.nodes.append(self.add(**self.node))

    def end(self):
        self.cluster.shutdown()


def done_in(store, phase):
    """Tasks of a phase that are done."""
    if phase.isdigit():
        return len(list(store.glob(f"runs/*/tasks/{phase}-*.json")))
    end = "part" if "." in phase else "verdicts"
    return len(list(store.glob(f"runs/*/parts/{phase}.*.{end}")))


def drivers():
    return [p for p, _, words in processes() if "siku.engines" in words and " -m " in words]


def fingerprint(said):
    """What must be the same, whoever did the tasks."""
    same = {one["dataset"]: one["version"] for one in said["outputs"]}
    same |= {step["name"]: step["counts"] for step in said["steps"]}
    return same | {"read": said["read"]}


class Killer:
    def __init__(self, program, folder):
        self.program = str(program)
        self.folder = folder
        self.engine = None
        corpus.write(folder)
        said = subprocess.run(self.command("expected", "--threads", "1"), **self.how())
        assert said.returncode == 0, said.stderr.decode()
        self.expected = fingerprint(json.loads(said.stdout))

    def command(self, store, *options):
        recipe = [] if "--resume" in options else [str(self.folder / "recipe.yaml")]
        words = [self.program, "run", *recipe, "--json", "--memory", str(MEMORY)]
        return [*words, "--store", str(self.folder / store), *options]

    def how(self):
        return {"cwd": self.folder, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    def on(self, name):
        return ["--engine", name, "--address", self.engine.address]

    def kill(self, name, phase, victim, rng):
        """What is said of the run, and how many tasks of the phase were done at the kill."""
        store = self.folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        before = PHASES[PHASES.index(phase) - 1] if phase != PHASES[0] else None
        wanted = rng.randint(phase.isdigit(), SPLITS - 2) if self.tasks(phase) > 1 else 0
        command = self.command("store", *self.on(name), "--splits", str(SPLITS))
        process = subprocess.Popen(command, **self.how())
        at, until = -1, time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until and at < 0:
            began = before is None or wanted > 0 or done_in(store, before) >= self.tasks(before)
            if began and done_in(store, phase) >= wanted:
                at = self.strike(name, victim, rng, store, phase)
            time.sleep(0.01)
        return self.outcome(name, process, victim, rng), at

    @staticmethod
    def tasks(phase):
        return SPLITS if phase.isdigit() or "." in phase else 1

    def strike(self, name, victim, rng, store, phase):
        """Tasks done at the kill; -1: nobody is there yet."""
        found = drivers() if victim == "driver" else self.engine.victims(victim)
        if not found:
            return -1
        done = done_in(store, phase)
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(sorted(found)), signal.SIGKILL)
            return done
        return -1

    def outcome(self, name, process, victim, rng):
        try:
            out, error = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return "hangs"
        if victim == "driver" and process.returncode != 0:
            options = rng.choice([self.on(name), ["--threads", "2"]])
            done = subprocess.run(self.command("store", "--resume", "last", *options), **self.how())
            out, error, status = done.stdout, done.stderr, done.returncode
        else:
            status = process.returncode
        if status != 0:
            return f"exit {status}: {' '.join(error.decode().split())[-300:]}"
        found = fingerprint(json.loads(out))
        names = sorted(self.expected.keys() | found.keys())
        other = [name for name in names if found.get(name) != self.expected.get(name)]
        return f"differs in {', '.join(other)}" if other else "equal"


def runs(given):
    """Number, phase and victim of each run, with a generator of its own."""
    pairs = [(phase, victim) for phase in PHASES for victim in VICTIMS[given.engine]]
    random.Random(f"{corpus.SEED} {given.engine}").shuffle(pairs)
    if given.each:
        pairs = [(phase, "worker") for phase in PHASES]
    for number in range(len(pairs) if given.each else given.count):
        rng = random.Random(f"{corpus.SEED} {given.engine} {number}")
        yield number, *pairs[number % len(pairs)], rng


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--engine", choices=sorted(VICTIMS), required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--each", action="store_true")
    given = parser.parse_args()
    known = given.log.read_text().splitlines() if given.log.exists() else []
    seen = {tuple(line.split()[:2]): line for line in known if not line.startswith("#")}
    bad = 0
    with tempfile.TemporaryDirectory(prefix="siku-kills-") as folder:
        killer = Killer(given.program.resolve(), Path(folder))
        killer.engine = {"ray": Ray, "spark": Spark}[given.engine](alone=given.each)
        try:
            for number, phase, victim, rng in runs(given):
                line = seen.get((given.engine, str(number)))
                if line is None:
                    began = time.monotonic()
                    result, at = killer.kill(given.engine, phase, victim, rng)
                    if at < 0:
                        result = f"nobody was killed; {result}"
                    line = f"{given.engine} {number} {phase} {victim} {at} {result}"
                    with open(given.log, "a", encoding="utf-8") as log:
                        print(line, file=log)
                    print(line, f"({time.monotonic() - began:.0f} s)", flush=True)
                    killer.engine.mend()
                bad += not line.endswith(" equal") or "nobody" in line
        finally:
            killer.engine.end()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
