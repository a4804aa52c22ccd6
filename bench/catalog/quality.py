"""The pass for the six dimensions of quality beside DuckDB's SUMMARIZE of the same Parquet file.

    python bench/catalog/quality.py --build build/bench [--rows 2000000] [--pairs 5]

Both are processes of their own, started in turn; their processor time and the time on the clock are
taken whole. Fails where the median ratio of either is above the bar of 1.2, or where what the pass
counts is not what the generator made.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet

SEED = 20261201
BAR = 1.2
CHUNK = 100_000
DISTRICTS = ["南山区", "福田区", "罗湖区", "宝安区", "龙岗区", "盐田区", "龙华区", "光明区"]
CODES = [f"4403{i:02d}" for i in range(3, 12)]
KINDS = ["餐饮服务", "批发零售", "信息传输", "软件和信息技术服务", "建筑", "教育", "无", None]
ROADS = ["深南大道", "滨海大道", "北环大道", "红荔路", "笋岗路", "布吉路", "留仙大道", "科苑路"]
WORDS = (
    "公共数据开放平台提供企业登记许可信息查询下载申请使用办理事项依据条件材料时限流程结果".strip()
)
SUMMARIZE = "import duckdb, sys; duckdb.sql(f\"SUMMARIZE FROM '{sys.argv[1]}'\").fetchall()"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(chance):
    born = (
        f"{chance.randrange(1950, 2010)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    )
    body = f"{chance.choice(CODES)}{born}{chance.randrange(1000):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def row(chance, i):
    year, month, day = (
        chance.randrange(2000, 2026),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    phone = f"1{chance.randrange(3, 10)}{chance.randrange(10**9):09d}"
    return {
        "编号": f"SZ{i:09d}",
        "证件号码": identity(chance),
        "区划代码": chance.choice(CODES),
        "区": chance.choice(DISTRICTS),
        "行业": chance.choice(KINDS),
        "联系电话": phone if chance.random() < 0.97 else None,
        "地址": f"{chance.choice(ROADS)}{chance.randrange(1, 3000)}号{chance.randrange(1, 40)}栋",
        "经营范围": "".join(chance.choices(WORDS, k=chance.randrange(20, 80))),
        "成立日期": f"{year}-{month:02d}-{day:02d}",
        "注册资本": round(chance.lognormvariate(12, 2), 2),
        "人数": chance.randrange(1, 5000),
        "经度": round(113.7 + chance.random(), 6),
    }


def make(path, count):
    chance = random.Random(SEED)
    writer = None
    for begin in range(0, count, CHUNK):
        rows = [row(chance, begin + i) for i in range(min(CHUNK, count - begin))]
        rows[-1] = rows[0]  # one repeated row a chunk
        table = pyarrow.Table.from_pylist(rows)
        writer = writer or pyarrow.parquet.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    writer.close()


def measured(command):
    """Seconds of processor and of the clock that a process takes; its output."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, text


def check(told, count):
    chunks = -(-count // CHUNK)
    assert told["rows"] == count and told["different"] == count - chunks, told


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--file", type=Path, help="keep the table here, or take it from here")
    given = parser.parse_args()
    program = (given.build / "bench/quality_pass").resolve()
    with tempfile.TemporaryDirectory() as folder:
        path = given.file or Path(folder) / "table.parquet"
        if not path.exists():
            make(path, given.rows)
        peer = [sys.executable, "-c", SUMMARIZE, str(path)]
        measured(peer)  # both read from the memory of the system
        ratios = []
        for _ in range(given.pairs):
            mine = measured([program, path])
            theirs = measured(peer)
            check(json.loads(mine[2]), pyarrow.parquet.read_metadata(path).num_rows)
            ratios.append((mine[0] / theirs[0], mine[1] / theirs[1]))
            print(
                f"     pass {mine[0]:.2f} s of processor, {mine[1]:.2f} s; SUMMARIZE"
                f" {theirs[0]:.2f} s, {theirs[1]:.2f} s",
                flush=True,
            )
    low = False
    for what, figures in zip(("processor", "clock"), zip(*ratios, strict=True), strict=True):
        figure = statistics.median(figures)
        low |= figure > BAR
        print(f"{'LOW ' if figure > BAR else 'ok  '} {what}: {figure:.2f} x SUMMARIZE (bar {BAR})")
    sys.exit(low)


if __name__ == "__main__":
    main()
