#!/usr/bin/env python3
# ./dev bench persistence
"""Snapshots and the append-only file, ours against Redis 7.0.15: loading, saving, what a snapshot costs while it runs, what
durability costs.

Servers run on core 0 (with their children and threads), load on core 1. The files that are loaded were written by Redis.
Prints Markdown tables; --write puts them into docs/performance.md.
"""
import os
import random
import re
import shutil
import socket
import statistics
import tempfile
import threading
import time

import harness
import latency
import report
from bench import Bench
from data import DATA, SMALL_KEYS, fill_small, sizes
from report import note, verdict

SECTIONS = ["load", "snapshot", "log"]
LOAD_BUDGET, SAVE_BUDGET = 0.50, 0.80
LATENCY_BUDGET, MEMORY_BUDGET, THROUGHPUT_BUDGET = 0.25, 0.05, 0.75
ALWAYS_BUDGET, EVERYSEC_BUDGET = 0.90, 1.10
PATIENCE = 180


def at_least(value, budget):
    return f">= {budget:.2f}: {'met' if value >= budget else 'MISSED'}"


def wait_for(client, field, value, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while client.info("persistence").get(field) != value:
        if time.monotonic() > deadline:
            raise SystemExit(f"{field} did not become {value}")
        time.sleep(0.02)


def make_files(options, directory):
    """Redis writes a snapshot and an append-only file of commands for each kind of data, in directories of that name."""
    for (kind, fill), count in zip(DATA.items(), sizes(options)):
        note(f"writing files: {count} {kind}")
        arguments = ["--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--appendfsync", "no",
                     "--auto-aof-rewrite-percentage", "0"]
        with harness.Server(options.base, "Redis", arguments) as server:
            fill(server, count)
            client = harness.Client(server.port, timeout=PATIENCE)
            client.call("SAVE")
            client.call("BGREWRITEAOF")
            wait_for(client, "aof_rewrite_in_progress", "0")
            client.close()
            server.process.kill()  # so that nothing is written any more
            for name in ("dump.rdb", "appendonlydir"):
                target = os.path.join(directory, kind, name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.move(os.path.join(server.directory.name, name), target)


def bench_load(options):
    rows = []
    with tempfile.TemporaryDirectory(prefix="redoubt-bench-") as directory:
        make_files(options, directory)
        for kind, count in zip(DATA, sizes(options)):
            for what, arguments in (("RDB", []), ("AOF", ["--appendonly", "yes"])):

                def load(program, kind=kind, arguments=arguments, count=count):
                    path, label, more = program
                    with tempfile.TemporaryDirectory(prefix="redoubt-bench-") as copy:
                        shutil.copytree(os.path.join(directory, kind), copy, dirs_exist_ok=True)
                        with harness.Server(path, label, ["--dir", copy, *arguments, *more], PATIENCE) as server:
                            client = harness.Client(server.port, timeout=PATIENCE)
                            if (keys := client.call("DBSIZE")) != count:
                                raise SystemExit(f"{label} has {keys} keys instead of {count}")
                            began = time.monotonic()
                            client.call("SAVE")
                            saved = time.monotonic() - began
                            client.close()
                            return server.ready_seconds, saved

                note(f"loading {what}: {count} {kind}")
                ours, redis = harness.alternate(programs(options), 3, load)
                rows.append(row_of(f"load of {what}: {count} {kind}", ours, redis, 0, LOAD_BUDGET))
                if what == "RDB":
                    rows.append(row_of(f"SAVE: {count} {kind}", ours, redis, 1, SAVE_BUDGET))
    return report.table(["what", "Redis s", "ours s", "ratio", "budget"], rows)


def programs(options):
    return ((options.server, "ours", options.server_args), (options.base, "Redis", []))


def row_of(title, ours, redis, column, budget):
    our_times, redis_times = ([row[column] for row in rows] for rows in (ours, redis))
    value, spread = harness.ratio(our_times, redis_times)
    return [title, f"{statistics.median(redis_times):.2f}", f"{statistics.median(our_times):.2f}",
            f"**{value:.3f}** ± {spread:.3f}", verdict(value, budget)]


# ---- while a snapshot is written -----------------------------------------------------------------------


class SteadyLoad(threading.Thread):
    """SETs of random keys at a steady pace, in batches of 16 over a few connections, until stop()."""

    BATCH, CONNECTIONS = 16, 10

    def __init__(self, port, keys, per_second):
        super().__init__()
        self.interval = self.BATCH / per_second
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(self.CONNECTIONS)]
        draw = random.Random(2)
        self.batches = [b"".join(b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$32\r\n%s\r\n" % (draw.randrange(keys), b"w" * 32)
                                 for _ in range(self.BATCH)) for _ in range(2000)]
        self.sent, self.over, self.began, self.ended = 0, False, 0, 0

    def run(self):
        for connection in self.sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting = [0] * self.CONNECTIONS
        due = self.began = time.perf_counter()
        while not self.over:
            now = time.perf_counter()
            if now < due:
                time.sleep(min(due - now, 0.001))
                continue
            due += self.interval
            index = self.sent % self.CONNECTIONS
            connection = self.sockets[index]
            while waiting[index]:
                waiting[index] -= len(connection.recv(waiting[index]))
            connection.sendall(self.batches[self.sent % len(self.batches)])
            waiting[index] = 5 * self.BATCH
            self.sent += 1
            if now - due > 0.25:  # the server does not keep up: what was missed is not made good for
                due = now
        self.ended = time.perf_counter()
        for connection in self.sockets:
            connection.close()

    def rate(self):
        """Requests per second that were really sent."""
        return self.sent * self.BATCH / (self.ended - self.began)

    def stop(self):
        self.over = True
        self.join()


def memory_of_group(pid):
    """Proportional resident bytes of a process and its children."""
    pids = [pid]
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        pids += [int(word) for word in file.read().split()]
    total = 0
    for each in pids:
        try:
            with open(f"/proc/{each}/smaps_rollup", encoding="ascii") as file:
                total += int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024
        except OSError:
            pass
    return total


def snapshot_latency(server, keys, rate):
    """Latency figures in ms of a probe beside a steady load: (without a snapshot, while one is written)."""
    client = harness.Client(server.port, timeout=PATIENCE)
    load = SteadyLoad(server.port, keys, rate)
    load.start()
    time.sleep(1)
    with latency.Probe(server.port, harness.LOAD_CORE) as quiet:
        time.sleep(3)
    with latency.Probe(server.port, harness.LOAD_CORE) as probe:
        client.call("BGSAVE")
        wait_for(client, "rdb_bgsave_in_progress", "0")
    load.stop()
    client.close()
    return quiet.figures(), probe.figures(), load.rate()


def full_load(server, keys, requests):
    command = ["SET", "key:__rand_int__", "w" * 32]
    return harness.redis_benchmark(server, command, 16, requests, keys=keys)[0]


def snapshot_throughput(server, keys):
    """Requests per second under full load: (without a snapshot, while one is written), and the peak of extra memory during
    another, as a part of what was there."""
    client = harness.Client(server.port, timeout=PATIENCE)
    chunk = 160_000
    without = statistics.median(full_load(server, keys, chunk) for _ in range(5))
    client.call("BGSAVE")
    during = []
    while client.info("persistence")["rdb_bgsave_in_progress"] == "1":
        during.append(full_load(server, keys, chunk))
    before = memory_of_group(server.pid)
    peak, over = before, []

    def watch():
        nonlocal peak
        while not over:
            peak = max(peak, memory_of_group(server.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    client.call("BGSAVE")
    while client.info("persistence")["rdb_bgsave_in_progress"] == "1":
        full_load(server, keys, chunk)
    over.append(True)
    watcher.join()
    client.close()
    return without, statistics.median(during) if during else without, (peak - before) / before


def bench_snapshot(options):
    keys = sizes(options)[0]
    found = {}
    rate = None
    for path, label, arguments in reversed(programs(options)):
        note(f"snapshot under load: {label}")
        os.sched_setaffinity(0, range(os.cpu_count()))
        with harness.Server(path, label, arguments) as server:
            harness.insert(server, 0, keys)
            if rate is None:  # half of what Redis can do; both get the same
                rate = harness.redis_benchmark(server, ["SET", "key:__rand_int__", "w" * 32], 16, 800_000, keys=keys)[0] / 2
            os.sched_setaffinity(0, {harness.LOAD_CORE})
            latencies = snapshot_latency(server, keys, rate)
            os.sched_setaffinity(0, range(os.cpu_count()))
            found[label] = latencies, snapshot_throughput(server, keys)
    ours, redis = found["ours"], found["Redis"]
    rows = []
    for column, name in enumerate(("PING median ms", "PING p99.9 ms", "PING max ms")):
        values = [side[0][1][column] for side in (redis, ours)]
        plain = [side[0][0][column] for side in (redis, ours)]
        value = values[1] / values[0]
        rows.append([name, *[f"{figure:.2f} ({base:.2f})" for figure, base in zip(values, plain)],
                     f"**{value:.3f}**", verdict(value, LATENCY_BUDGET) if column == 1 else ""])
    rows.append([f"k SET/s meanwhile, {rate / 1000:.0f} wanted", *[f"{side[0][2] / 1000:.0f}" for side in (redis, ours)], "", ""])
    kept = [side[1][1] / side[1][0] for side in (redis, ours)]
    rows.append(["k SET/s at full load",
                 *[f"{side[1][1] / 1000:.0f} ({side[1][0] / 1000:.0f})" for side in (redis, ours)],
                 f"**{kept[1]:.3f}** of ours without", at_least(kept[1], THROUGHPUT_BUDGET)])
    rows.append(["peak of extra memory at full load", *[f"{100 * side[1][2]:.1f} %" for side in (redis, ours)], "",
                 f"ours {verdict(ours[1][2], MEMORY_BUDGET)}"])
    return report.table([f"{keys} small keys", "Redis", "ours", "ratio", "budget"], rows)


# ---- the append-only file ------------------------------------------------------------------------------

NO_LOG = ["--appendonly", "no"]


def log_arguments(policy):
    return ["--appendonly", "yes", "--appendfsync", policy, "--auto-aof-rewrite-percentage", "0"]


def bench_log(options):
    rows = []
    part = 10 if options.quick else 1
    with harness.Server(options.server, "ours, always", [*log_arguments("always"), *options.server_args]) as ours, \
            harness.Server(options.server, "ours, no", [*log_arguments("no"), *options.server_args]) as relaxed, \
            harness.Server(options.base, "Redis, always", log_arguments("always")) as redis:
        for clients, requests, servers, labels, budget in (
                (50, 100_000, (ours, relaxed), "appendfsync always : no, ours", ALWAYS_BUDGET),
                (50, 100_000, (ours, redis), "appendfsync always, ours : Redis", 1.0),
                (1, 10_000, (ours, redis), "appendfsync always, ours : Redis", 1.0)):
            note(f"{labels}, {clients} clients")

            def rate(server, clients=clients, requests=requests):
                return harness.redis_benchmark(server, ["SET", "key:__rand_int__", "v" * 32], 1, requests // part, clients,
                                               100_000)[0]

            first, second = harness.alternate(servers, options.rounds, rate)
            value, spread = harness.ratio(first, second)
            rows.append([f"{labels}, {clients} clients, requests/s", f"{statistics.median(second):.0f}",
                         f"{statistics.median(first):.0f}", f"**{value:.3f}** ± {spread:.3f}", at_least(value, budget)])
    with harness.Server(options.server, "ours, everysec", [*log_arguments("everysec"), *options.server_args]) as log, \
            harness.Server(options.server, "ours, without", [*NO_LOG, *options.server_args]) as without:
        for pipeline, requests in ((1, 200_000), (16, 1_500_000)):
            note(f"everysec, pipeline {pipeline}")

            def cost(server, pipeline=pipeline, requests=requests):
                return harness.redis_benchmark(server, ["SET", "key:__rand_int__", "v" * 32], pipeline, requests // part,
                                               keys=100_000)[1]

            first, second = harness.alternate((log, without), options.rounds, cost)
            value, spread = harness.ratio(first, second)
            rows.append([f"everysec : no AOF, ours, pipeline {pipeline}, us CPU", f"{statistics.median(second) / 1000:.3f}",
                         f"{statistics.median(first) / 1000:.3f}", f"**{value:.3f}** ± {spread:.3f}",
                         verdict(value, EVERYSEC_BUDGET)])
    return report.table(["what", "compared with", "ours", "ratio", "budget"], rows)


TABLES = {
    "load": ("Loading and saving", bench_load,
             "Seconds from the start of the process to its first PONG, and of SAVE. Small strings: keys of 16 bytes, values of "
             "32. Mixed: lists, hashes, sets and sorted sets of 10 elements, one in a hundred of 1000. The AOF has a base of "
             "commands. Ratio: the median over the rounds of ours to Redis in the same round."),
    "snapshot": ("While a snapshot is written", bench_snapshot,
                 "BGSAVE beside a steady load of SETs on random keys, half of what Redis can do at most, while another "
                 "connection pings every half millisecond; then beside full load (redis-benchmark, 50 clients, pipeline 16). In "
                 "brackets: without a snapshot. Memory: proportional resident size of the server and its children."),
    "log": ("What durability costs", bench_log,
            "redis-benchmark, SET of random keys, 50 clients unless said otherwise. Ratio: the median over the rounds."),
}

if __name__ == "__main__":
    BENCH = Bench("persistence", __doc__, SECTIONS, TABLES, rounds=5)
    BENCH.run(BENCH.parse())
