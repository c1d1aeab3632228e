#!/usr/bin/env python3
# ./dev bench core
"""Our server against Redis 7.0.15: CPU per request, memory per key, the longest tick, the cost of statistics.

Both servers run on core 0 and are loaded in turn from core 1 by Debian's redis-benchmark; what counts is the ratio of
their CPU times per request. Prints Markdown tables; --write puts them into docs/performance.md.
"""
import os
import statistics
import subprocess
import sys

import harness
import latency
import report
from bench import Bench
from report import note, verdict

SECTIONS = ["set", "get", "memory", "growth", "statistics"]
BUDGETS = {1: 0.92, 16: 0.60, 256: 0.40}
MEMORY_BUDGET, TICK_BUDGET_US, STATISTICS_BUDGET = 0.60, 2000, 1.02
REQUESTS = {1: 200_000, 16: 1_500_000, 256: 3_000_000}
RANDOM_KEYS = 1_000_000
WARM_UP = 0.1


def requests_for(pipeline, options):
    nearest = min(REQUESTS, key=lambda known: abs(known - pipeline))
    return REQUESTS[nearest] // (10 if options.quick else 1)


def measure_case(servers, command, pipeline, options, keys, rounds):
    """Returns per server the medians (requests/s, CPU ns per request), and the CPU ratio of the first two with its spread."""
    requests = requests_for(pipeline, options)

    def once(server):
        return harness.redis_benchmark(server, command, pipeline, requests, keys=keys)

    for server in servers:
        harness.redis_benchmark(server, command, pipeline, int(requests * WARM_UP), keys=keys)
    results = harness.alternate(servers, rounds, once)
    medians = [tuple(statistics.median(column) for column in zip(*rows)) for rows in results]
    value, spread = harness.ratio([cpu for _, cpu in results[0]], [cpu for _, cpu in results[1]])
    return medians, value, spread


def bench_requests(options):
    """SET and GET with 50 clients: one key (the budgets are for this), then random keys out of a million."""
    commands = [command for command in ("set", "get") if command in options.only]
    rows = []
    with harness.Server(options.server, "ours", options.server_args) as ours, \
            harness.Server(options.base, "Redis") as redis:
        for keys in (None, RANDOM_KEYS):
            if keys and options.one_key:
                continue
            for server in (ours, redis):
                if keys:
                    harness.insert(server, 0, keys)
                else:
                    server.client().call("SET", "key:__rand_int__", "xxx")
            for command in commands:
                for pipeline in options.pipelines:
                    note(f"{command.upper()}, pipeline {pipeline}, {'random keys' if keys else 'one key'}")
                    medians, value, spread = measure_case((ours, redis), command, pipeline, options, keys, options.rounds)
                    budget = BUDGETS.get(pipeline) if not keys else None
                    rows.append([
                        command.upper(), pipeline, f"random of {keys}" if keys else "one",
                        f"{medians[1][0] / 1000:.0f}", f"{medians[0][0] / 1000:.0f}",
                        f"{medians[1][1] / 1000:.3f}", f"{medians[0][1] / 1000:.3f}",
                        f"**{value:.3f}** ± {spread:.3f}", verdict(value, budget) if budget else ""])
    return report.table(["command", "pipeline", "keys", "Redis k/s", "ours k/s", "Redis us CPU", "ours us CPU", "CPU ratio",
                         "budget"], rows)


def bench_memory(options):
    """Resident bytes per key: 16-byte key, 32-byte value, with and without an expiry."""
    count = 100_000 if options.quick else 1_000_000
    rows = []
    for ttl, title in ((None, "no expiry"), (1_000_000, "expiry on each")):
        figures = []
        for path, label, arguments in ((options.server, "ours", options.server_args), (options.base, "Redis", [])):
            note(f"memory, {title}: {label}")
            with harness.Server(path, label, arguments) as server:
                client = server.client()
                resident, used = server.settled_rss(), int(client.info("memory").get("used_memory", 0))
                harness.insert(server, 0, count, ttl)
                if client.call("DBSIZE") != count:
                    raise SystemExit(f"{label} holds {client.call('DBSIZE')} keys instead of {count}")
                figures.append(((server.settled_rss() - resident) / count,
                                (int(client.info("memory").get("used_memory", 0)) - used) / count))
                client.close()
        (ours, ours_used), (redis, redis_used) = figures
        rows.append([title, f"{redis:.1f}", f"{ours:.1f}", f"**{ours / redis:.3f}**", f"{redis_used:.1f}", f"{ours_used:.1f}",
                     verdict(ours / redis, MEMORY_BUDGET)])
    return report.table([f"{count} keys", "Redis resident", "ours resident", "ratio", "Redis used_memory", "ours used_memory",
                         "budget"], rows)


def bench_growth(options):
    """Keys inserted by one pipelining connection while another pings every half millisecond: how long is the longest wait?"""
    count = 1_000_000 if options.quick else 10_000_000
    rows = []
    for path, label, arguments in ((options.base, "Redis", []), (options.server, "ours", options.server_args)):
        note(f"growth: {label}")
        with harness.Server(path, label, arguments) as server:
            client = server.client()
            client.call("CONFIG", "RESETSTAT")
            with latency.Probe(server.port, harness.LOAD_CORE) as probe:
                os.sched_setaffinity(0, {harness.LOAD_CORE})
                seconds = harness.insert(server, 0, count)
                os.sched_setaffinity(0, range(os.cpu_count()))
            tick = client.info().get("redoubt_longest_tick_us")
            figures = probe.figures()
            rows.append([label, f"{count / seconds / 1000:.0f}", tick or "", *[f"{figure:.2f}" for figure in figures],
                         f"tick <= {TICK_BUDGET_US} us: {'met' if int(tick) <= TICK_BUDGET_US else 'MISSED'}" if tick else ""])
            client.close()
    return report.table([f"{count} keys inserted", "k/s", "longest tick us", "PING median ms", "p99.9 ms", "max ms", "budget"],
                        rows)


def bench_statistics(options):
    """The same server with statistics and compiled without them."""
    if not options.server_given:
        subprocess.run([os.path.join(harness.ROOT, "dev"), "build-without-statistics"], check=True, stdin=subprocess.DEVNULL,
                       stdout=sys.stderr)
    rows = []
    with harness.Server(options.server, "with statistics", options.server_args) as on, \
            harness.Server(options.without_statistics, "without statistics", options.server_args) as off:
        for server in (on, off):
            server.client().call("SET", "key:__rand_int__", "xxx")
        for command in ("set", "get"):
            for pipeline in options.pipelines:
                note(f"statistics: {command.upper()}, pipeline {pipeline}")
                medians, value, spread = measure_case((on, off), command, pipeline, options, None, options.rounds * 2 + 1)
                rows.append([command.upper(), pipeline, f"{medians[1][1] / 1000:.3f}", f"{medians[0][1] / 1000:.3f}",
                             f"**{value:.3f}** ± {spread:.3f}", verdict(value, STATISTICS_BUDGET)])
    return report.table(["command", "pipeline", "us CPU without", "us CPU with", "CPU ratio", "budget"], rows)


TABLES = {
    "requests": ("CPU per request, 50 clients", bench_requests,
                 "Ratio: the median over the rounds of ours to Redis in the same round, ± half the distance of the quartiles. "
                 "CPU is that of all threads of the server, kernel time included."),
    "memory": ("Memory per key", bench_memory, "Bytes per key, 16-byte keys and 32-byte values."),
    "growth": ("Tables that grow under load", bench_growth,
               "One connection inserts in batches of 500; another pings every half millisecond."),
    "statistics": ("What the statistics cost", bench_statistics, "The same source, compiled with and without statistics."),
}


def main():
    bench = Bench("core", __doc__, SECTIONS, TABLES, rounds=7)
    bench.parser.add_argument("--pipelines", default="1,16,256", help="comma-separated depths")
    bench.parser.add_argument("--one-key", action="store_true", help="leave the rows with random keys out")
    bench.parser.add_argument("--without-statistics", default=harness.WITHOUT_STATISTICS,
                              help="our server without statistics")
    options = bench.parse()
    options.pipelines = [int(depth) for depth in options.pipelines.split(",")]
    bench.run(options)


if __name__ == "__main__":
    main()
