"""Data-Juicer's own runner on a recipe, one process, without its resource monitor.

usage: datajuicer_run.py CORPUS.jsonl OUT.jsonl RECIPE.yaml (build/peers/data-juicer/bin/python)
"""

import sys

from data_juicer.config import init_configs
from data_juicer.core.executor import DefaultExecutor


def main():
    corpus, out, recipe = sys.argv[1:]
    given = ["--config", recipe, "--dataset_path", corpus, "--export_path", out]
    given += ["--np", "1", "--open_monitor", "false", "--use_cache", "false"]
    DefaultExecutor(init_configs(given)).run()


if __name__ == "__main__":
    main()
