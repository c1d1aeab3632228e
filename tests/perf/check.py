#!/usr/bin/env python3
# ./dev bench check
"""redoubt-check-aof and redoubt-check-rdb against those of Redis 7.0.15: time and memory of verifying sound files.

All run on core 1, one after another, with the file in the page cache. Ours check what Redis's check and more: each element of
each packed value, and with --deep duplicates and order. Prints Markdown tables; --write puts them into docs/performance.md.
"""
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import harness
import report
from bench import Bench
from data import DATA, sizes
from report import note, verdict

SECTIONS = ["aof", "rdb"]
AOF_BYTES = 1 << 30
BLOCK_BYTES = 1 << 20  # this process stays small: its memory counts as that of the programs it starts
LARGE_VALUE = 1 << 20
READ_BYTES = 256 << 10
SMALL_BUDGET, LARGE_BUDGET, RDB_BUDGET = 0.10, 2.0, 0.50
MEMORY_BUDGET_MB = 64


def run(arguments):
    """Seconds and peak resident megabytes of a program that must find nothing wrong."""
    began = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", "1", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}: {errors.decode(errors='replace')}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def read_over(path):
    """Seconds to read a file into a buffer of the size that the readers have, by this process on the same core."""
    os.sched_setaffinity(0, {1})
    buffer = bytearray(READ_BYTES)
    began = time.monotonic()
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_small_commands(path, size):
    """SETs of keys of 16 bytes and values of 32."""
    number = 0
    with open(path, "wb") as file:
        file.write(harness.encode(b"SELECT", b"0"))
        while file.tell() < size:
            count = min(BLOCK_BYTES, size - file.tell()) // 88 + 1
            file.write(b"".join(b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$32\r\n%s\r\n" % (number + index, b"v" * 32)
                                for index in range(count)))
            number += count


def write_large_values(path, size):
    with open(path, "wb") as file:
        file.write(harness.encode(b"SELECT", b"0"))
        value = os.urandom(LARGE_VALUE)
        for number in range(size // LARGE_VALUE):
            file.write(harness.encode(b"SET", b"key:%d" % number, value))


def row_of(title, ours, theirs, budget):
    value, spread = harness.ratio([seconds for seconds, _ in ours], [seconds for seconds, _ in theirs])
    memory = max(megabytes for _, megabytes in ours)
    return [title, f"{statistics.median(seconds for seconds, _ in theirs):.2f}",
            f"{statistics.median(seconds for seconds, _ in ours):.2f}", f"**{value:.3f}** ± {spread:.3f}", verdict(value, budget),
            f"{memory:.1f}", "met" if memory < MEMORY_BUDGET_MB else "MISSED"]


HEADER = ["what", "compared with, s", "ours, s", "ratio", "budget", "ours, peak MB", f"< {MEMORY_BUDGET_MB} MB"]


def tool(options, name):
    return os.path.join(os.path.dirname(options.server), f"redoubt-{name}"), shutil.which(f"redis-{name}")


def bench_aof(options):
    ours, theirs = tool(options, "check-aof")
    size = AOF_BYTES // 10 if options.quick else AOF_BYTES
    rows = []
    with tempfile.TemporaryDirectory(prefix="redoubt-bench-") as directory:
        path = os.path.join(directory, "appendonly.aof")
        note("small commands")
        write_small_commands(path, size)
        first, second = harness.alternate((ours, theirs), options.rounds, lambda program: run([program, path]))
        rows.append(row_of(f"{size >> 20} MB of SETs of 88 bytes, against redis-check-aof", first, second, SMALL_BUDGET))
        note("large values")
        write_large_values(path, size)
        first, second = harness.alternate((ours, theirs), options.rounds, lambda program: run([program, path]))
        rows.append(row_of(f"{size >> 20} MB of values of 1 MB, against redis-check-aof", first, second, 1.0))
        first, second = harness.alternate((run, read_over), options.rounds,
                                          lambda how: run([ours, path]) if how is run else read_over(path))
        rows.append(row_of(f"{size >> 20} MB of values of 1 MB, against reading the file", first, second, LARGE_BUDGET))
    return report.table(HEADER, rows)


def bench_rdb(options):
    ours, theirs = tool(options, "check-rdb")
    rows = []
    with tempfile.TemporaryDirectory(prefix="redoubt-bench-") as directory:
        path = os.path.join(directory, "dump.rdb")
        for (kind, fill), count in zip(DATA.items(), sizes(options)):
            note(f"writing a file: {count} {kind}")
            with harness.Server(options.base, "Redis", ["--dir", directory]) as server:
                fill(server, count)
                client = harness.Client(server.port, timeout=180)
                client.call("SAVE")
                client.close()
                server.process.kill()  # so that nothing is written any more
            note(f"checking {count} {kind}")
            first, second = harness.alternate((ours, theirs), options.rounds, lambda program: run([program, path]))
            rows.append(row_of(f"{count} {kind}, against redis-check-rdb", first, second, RDB_BUDGET))
    return report.table(HEADER, rows)


TABLES = {
    "aof": ("Checking append-only files", bench_aof,
            "Seconds to verify, with the file in the page cache, and the most memory that ours took. Ratio: the median over the "
            "rounds."),
    "rdb": ("Checking snapshots", bench_rdb,
            "Seconds to verify a file that Redis saved, deeply: every element of every value, duplicates and order included."),
}

if __name__ == "__main__":
    BENCH = Bench("check", __doc__, SECTIONS, TABLES, rounds=5)
    BENCH.run(BENCH.parse())
