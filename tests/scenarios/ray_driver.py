"""Runs a recipe on Ray: the cluster schedules task descriptors, each worker calls the program.

usage: ray_driver.py PROGRAM STORE RECIPE SEED
Only loopback may be there (Ray listens on every interface). Prints the run's summary as JSON.
"""

import json
import os
import random
import secrets
import subprocess
import sys

os.environ.update(
    RAY_USAGE_STATS_ENABLED="0",
    RAY_AUTH_MODE="token",
    RAY_AUTH_TOKEN=secrets.token_hex(16),
    RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
)

import ray  # noqa: E402  (reads the variables above when imported)


def call(*command):
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout


@ray.remote(num_cpus=1, max_retries=2)
def run_task(program, store, run, stage, step, task):
    call(
        program,
        "task",
        run,
        str(stage),
        str(task),
        *(["--step", step] if step else []),
        "--store",
        store,
    )


def main(program, store, recipe, seed):
    ray.init(num_cpus=2, object_store_memory=80 << 20, include_dashboard=False, log_to_driver=False)
    plan = json.loads(call(program, "run", recipe, "--store", store, "--splits", "9", "--plan"))
    shuffle = random.Random(int(seed))
    for phase in plan["phases"]:
        tasks = list(range(phase["tasks"]))
        shuffle.shuffle(tasks)
        ray.get(
            [
                run_task.remote(program, store, plan["run"], phase["stage"], phase["step"], task)
                for task in tasks
            ]
        )
    print(call(program, "run", "--resume", plan["run"], "--store", store, "--json").decode())
    ray.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
