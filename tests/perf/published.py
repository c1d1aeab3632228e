#!/usr/bin/env python3
# ./dev bench published
"""Published tables, measured again: our server and Redis 7.0.15 beside each other, by the presets of redoubt-benchmark.

Both servers in turn on one core, the client on the other; each preset runs as a whole, once for each server and round. Prints
Markdown tables; --write puts them into docs/benchmarks.md.
"""
import json
import os
import statistics
import subprocess
import tempfile

import harness
import report
from bench import Bench
from report import note

SECTIONS = ["elixir-simple-server", "edis", "redis-in-action-4.10", "redis-in-action-4.4"]
# How much of each row, so that all of them take some minutes.
AMOUNT = {
    "elixir-simple-server": ["-n", "40000"],
    "edis": ["-n", "60000"],
    "redis-in-action-4.10": ["-n", "15000"],
    "redis-in-action-4.4": ["--duration", "1"],
}
QUICK = {"redis-in-action-4.4": ["--duration", "0.3"]}


def rows_of(preset, server, options):
    """The measurements of one run of the preset."""
    note(f"{preset}: {server.label}")
    amount = QUICK.get(preset, ["-n", "4000"]) if options.quick else AMOUNT[preset]
    program = os.path.join(os.path.dirname(options.server), "redoubt-benchmark")
    with tempfile.TemporaryDirectory(prefix="redoubt-bench-") as directory:
        file = os.path.join(directory, "run.json")
        command = ["taskset", "-c", str(harness.LOAD_CORE), program, "-h", "127.0.0.1", "-p", str(server.port), "-q",
                   "--preset", preset, "--json", file, *amount]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=300)
        if result.returncode or result.stderr:
            raise SystemExit(f"{' '.join(command)} failed with {result.returncode}:\n{result.stdout}{result.stderr}")
        with open(file, encoding="utf-8") as document:
            return json.load(document)["measurements"]


def figure(rate):
    return f"{rate:.2f}" if rate < 1000 else f"{rate:.0f}"


def bench_preset(preset):
    def make(options):
        with tempfile.TemporaryDirectory(prefix="redoubt-sockets-") as sockets:
            ours_at, theirs_at = (["--unixsocket", os.path.join(sockets, name)] for name in ("ours", "redis"))
            with harness.Server(options.server, "Redoubt", [*ours_at, *options.server_args]) as ours, \
                    harness.Server(options.base, "Redis", theirs_at) as theirs:
                results = harness.alternate([ours, theirs], options.rounds,
                                            lambda server: rows_of(preset, server, options))
        by_clients = len({row["clients"] for row in results[0][0]}) > 1
        rows = []
        for of_ours, of_theirs in zip(zip(*results[0]), zip(*results[1])):
            first = of_ours[0]
            rates = [[row["calls_per_second"] for row in of] for of in (of_ours, of_theirs)]
            value, spread = harness.ratio(*rates)
            published = first["published_calls_per_second"]
            name = f"{first['test']}, {first['clients']} clients" if by_clients else first["test"]
            rows.append([name.replace(", 1 clients", ", 1 client"), figure(published) if published else "not given",
                         figure(statistics.median(rates[1])), figure(statistics.median(rates[0])),
                         f"**{value:.2f}** ± {spread:.2f}"])
        return report.table(["per second", "published", "Redis 7.0.15", "Redoubt", "Redoubt : Redis"], rows)

    return make


BOOK = "Josiah L. Carlson, *Redis in Action*, Manning 2013"
NOT_GIVEN = ("The published figures could not be looked up, so that column is not given; who has them compares the shape of the rows, "
             "not their size.")
TABLES = {
    "elixir-simple-server": (
        "elixir-simple-server: SET by number of clients", bench_preset("elixir-simple-server"),
        f"After the published table of elixir-simple-server, a small server of the Redis protocol in Elixir: SET, values of 3 bytes. {NOT_GIVEN}"),
    "edis": (
        "edis: eleven commands", bench_preset("edis"),
        f"After the benchmark of edis (github.com/inaka/edis), a server of the Redis protocol in Erlang: 50 clients. {NOT_GIVEN}"),
    "redis-in-action-4.10": (
        "Redis in Action, listing 4.10: redis-benchmark with one client", bench_preset("redis-in-action-4.10"),
        f"{BOOK}, section 4.5: `redis-benchmark -c 1 -q` on an Intel Core 2 Duo of 2.4 GHz."),
    "redis-in-action-4.4": (
        "Redis in Action, table 4.4: update_token plain and pipelined", bench_preset("redis-in-action-4.4"),
        f"{BOOK}, table 4.4: calls of update_token() per second, from Python, one client. Its remote machines were behind a switch "
        "(0.271 ms, 1 gigabit) and a VPN (48 ms, 1.8 megabit); ours are behind a relay that adds as much to each round trip, and "
        "does not limit the bandwidth. Five requests make a call."),
}

if __name__ == "__main__":
    BENCH = Bench("published", __doc__, SECTIONS, TABLES, rounds=3, page="benchmarks.md")
    BENCH.run(BENCH.parse())
