#!/usr/bin/env python3
# ./dev bench client
"""redoubt-benchmark against the redis-benchmark of Redis 7.0.15: what a request costs the client, and many connections.

Both load the same server of ours in turn, each as the only program on its core. Ours takes the latency of every reply, the
other one of every batch. Prints Markdown tables; --write puts them into docs/performance.md.
"""
import os
import re
import resource
import shutil
import statistics
import subprocess

import harness
import report
from bench import Bench
from report import note, verdict

SECTIONS = ["cpu", "connections"]
BUDGETS = {1: 0.75, 16: 0.65, 256: 0.60}  # by pipeline
REQUESTS = {1: 200_000, 16: 1_600_000, 256: 6_400_000}
CLIENTS = 50
MANY = 10_000


def run(program, server, arguments):
    """Requests per second and CPU seconds of the client, user and system."""
    command = ["taskset", "-c", str(harness.LOAD_CORE), program, "-h", "127.0.0.1", "-p", str(server.port), "--csv", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    row = re.search(r'^"GET[^"]*","([0-9.]+)"', output, re.MULTILINE)
    if process.returncode != 0 or not row:
        raise SystemExit(f"{program} failed with {process.returncode}:\n{output}{errors}")
    return float(row.group(1)), usage.ru_utime + usage.ru_stime


def programs(options):
    return os.path.join(os.path.dirname(options.server), "redoubt-benchmark"), shutil.which("redis-benchmark")


def bench_cpu(options):
    rows = []
    with harness.Server(options.server, "Redoubt", options.server_args) as server:
        for pipeline, budget in BUDGETS.items():
            note(f"pipeline {pipeline}")
            requests = REQUESTS[pipeline] // (10 if options.quick else 1)
            arguments = ["-t", "get", "-c", str(CLIENTS), "-P", str(pipeline), "-n", str(requests)]
            ours, theirs = harness.alternate(programs(options), options.rounds,
                                             lambda program, words=arguments: run(program, server, words))
            value, spread = harness.ratio([cpu for _, cpu in ours], [cpu for _, cpu in theirs])
            micros = [statistics.median(cpu for _, cpu in results) * 1e6 / requests for results in (theirs, ours)]
            rows.append([str(pipeline), f"{micros[0]:.3f}", f"{micros[1]:.3f}", f"**{value:.3f}** ± {spread:.3f}",
                         verdict(value, budget), f"{statistics.median(rate for rate, _ in theirs):.0f}",
                         f"{statistics.median(rate for rate, _ in ours):.0f}"])
    return report.table(["pipeline", "redis-benchmark, µs", "ours, µs", "ratio", "budget", "its requests per second", "ours"],
                        rows)


def bench_connections(options):
    """A client and a server with MANY connections: both need as many descriptors."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < MANY + 100:
        raise SystemExit(f"{MANY} connections need more open files than the limit of {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    ours, _ = programs(options)
    with harness.Server(options.server, "Redoubt", ["--maxclients", str(MANY + 100), *options.server_args]) as server:
        results = []
        for number in range(options.rounds):
            note(f"{MANY} connections, round {number + 1}")
            results.append(run(ours, server, ["-t", "get", "-c", str(MANY), "-n", str(20 * MANY)]))
    return report.table(["connections", "requests per second", "client's CPU per request, µs"],
                        [[str(MANY), f"{statistics.median(rate for rate, _ in results):.0f}",
                          f"{statistics.median(cpu for _, cpu in results) * 1e6 / (20 * MANY):.2f}"]])


TABLES = {
    "cpu": ("What a request costs the benchmark's client", bench_cpu,
            f"CPU time of the client per GET, user and system, {CLIENTS} connections, the same server. Ratio: the median over the "
            "rounds."),
    "connections": ("Many connections of the benchmark's client", bench_connections,
                    "GET, each connection with 20 requests, one at a time; the time to connect is part of it."),
}

if __name__ == "__main__":
    BENCH = Bench("client", __doc__, SECTIONS, TABLES, rounds=9)
    BENCH.run(BENCH.parse())
