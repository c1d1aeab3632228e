#!/usr/bin/env python3
# ./dev bench types
"""Lists, hashes, sets and sorted sets, ours against Redis 7.0.15: CPU per request, memory per member.

Both servers run on core 0, hold the same data, and are loaded in turn from core 1 by Debian's redis-benchmark; what counts
is the ratio of their CPU times per request. Members are drawn at random, so that caches matter. Prints Markdown tables;
--write puts them into docs/performance.md.
"""
import dataclasses
import functools
import random
import statistics

import harness
import report
from bench import Bench
from report import note, verdict

SECTIONS = ["list", "hash", "set", "zset", "string", "memory"]
PIPELINE, CLIENTS = 16, 50
MILLION = 1_000_000
BATCH = 250  # members per command while collections are filled
VALUE = "v" * 32
MEMORY_BUDGET = 0.60


@dataclasses.dataclass
class Case:
    title: str
    command: str  # words; each __rand_int__ becomes a random number below `among`
    requests: int  # in one run
    budget: float
    among: int = MILLION
    clients: int = CLIENTS

    @property
    def name(self):
        return self.command.split()[0]


# Cases run in this order in every round: what a pushing one adds, the popping one after it takes away, so that
# collections keep their size. Half of the members that SADD and ZADD are given are new to a collection of a million.
CASES = {
    "list": [
        Case("LPUSH to 1 M", "LPUSH list element:__rand_int__", 400_000, 0.70),
        Case("LPOP of 1 M", "LPOP list", 400_000, 0.70),
        Case("RPUSH to 1 M", "RPUSH list element:__rand_int__", 400_000, 0.70),
        Case("RPOP of 1 M", "RPOP list", 400_000, 0.70),
        Case("LRANGE 100", "LRANGE list 0 99", 40_000, 0.60),
        Case("LRANGE 300", "LRANGE list 0 299", 16_000, 0.60),
        Case("LRANGE 500", "LRANGE list 0 499", 8_000, 0.60),
        Case("LRANGE 600", "LRANGE list 0 599", 8_000, 0.60),
    ],
    "hash": [
        Case("HSET, 1 M fields", f"HSET hash element:__rand_int__ {VALUE}", 400_000, 0.70),
        Case("HGET, 1 M fields", "HGET hash element:__rand_int__", 400_000, 0.70),
    ],
    "set": [
        Case("SADD to 1 M", "SADD changing-set element:__rand_int__", 400_000, 0.70, among=2 * MILLION),
        Case("SPOP of 1 M", "SPOP changing-set", 200_000, 0.70),
        Case("SUNIONSTORE of two 10 000", "SUNIONSTORE result set:10000:a set:10000:b", 160, 0.50, clients=1),
        Case("SINTERSTORE of two 10 000", "SINTERSTORE result set:10000:a set:10000:b", 320, 0.50, clients=1),
        Case("SINTER of 1 M with 1 000", "SINTER set set:1000", 1_600, 0.60, clients=5),
    ],
    "zset": [
        Case("ZADD to 1 M", "ZADD changing-zset __rand_int__ element:__rand_int__", 200_000, 0.70, among=2 * MILLION),
        Case("ZPOPMIN of 1 M", "ZPOPMIN changing-zset", 100_000, 0.70),
        Case("ZRANK in 1 M", "ZRANK zset element:__rand_int__", 200_000, 0.70),
        Case("ZRANGEBYSCORE 100 of 1 M", "ZRANGEBYSCORE zset __rand_int__ +inf LIMIT 0 100", 40_000, 0.60),
        Case("ZUNIONSTORE of two 100 000", "ZUNIONSTORE result 2 zset:100000:a zset:100000:b", 16, 0.60, clients=1),
    ],
    "string": [
        Case("MSET of 10, 1 M keys", "MSET" + f" key:__rand_int__ {VALUE}" * 10, 80_000, 0.60),
    ],
}


def shuffled(count, seed=1):
    numbers = list(range(count))
    random.Random(seed).shuffle(numbers)
    return numbers


def word(text):
    return f"${len(text)}\r\n{text}\r\n"


@functools.lru_cache(maxsize=5)  # the largest section: both servers are given the same
def requests_to_fill(command, key, count, first, step):
    """Pairs of bytes to send and how many replies there will be: BATCH members a command, twenty commands at a time."""
    members = [f"$20\r\nelement:{first + step * number:012d}\r\n" for number in shuffled(count)]
    per_member = 1
    if command == "HSET":
        value, per_member = word(VALUE), 2
        members = [member + value for member in members]
    elif command == "ZADD":
        per_member = 2
        members = [word(str(score)) + member for score, member in zip(shuffled(count, seed=2), members)]
    commands = []
    for start in range(0, count, BATCH):
        some = members[start:start + BATCH]
        commands.append(f"*{2 + per_member * len(some)}\r\n{word(command)}{word(key)}{''.join(some)}")
    return [("".join(commands[at:at + 20]).encode(), len(commands[at:at + 20])) for at in range(0, len(commands), 20)]


class Filler:
    """Fills a server with the same data each time, in the same order."""

    def __init__(self, server):
        self.server = server
        self.client = server.client()

    def fill(self, command, size_command, key, count, first=0, step=1):
        for data, replies in requests_to_fill(command, key, count, first, step):
            self.client.socket.sendall(data)
            for _ in range(replies):
                reply = self.client.receive()
                if isinstance(reply, harness.ReplyError):
                    raise reply
        size = self.client.call(size_command, key)
        if size != count:
            raise SystemExit(f"{self.server.label}: {size_command} {key} is {size} instead of {count}")

    def list(self, key, count):
        self.fill("RPUSH", "LLEN", key, count)

    def hash(self, key, count):
        self.fill("HSET", "HLEN", key, count)

    def set(self, key, count, first=0, step=1):
        self.fill("SADD", "SCARD", key, count, first, step)

    def zset(self, key, count, first=0):
        self.fill("ZADD", "ZCARD", key, count, first)

    def section(self, name):
        """What the cases of that section work on."""
        if name == "list":
            self.list("list", MILLION)
        elif name == "hash":
            self.hash("hash", MILLION)
        elif name == "set":
            self.set("set", MILLION)
            self.set("changing-set", MILLION)
            self.set("set:1000", 1000, step=997)
            self.set("set:10000:a", 10_000)
            self.set("set:10000:b", 10_000, first=5000)
        elif name == "zset":
            self.zset("zset", MILLION)
            self.zset("changing-zset", MILLION)
            self.zset("zset:100000:a", 100_000)
            self.zset("zset:100000:b", 100_000, first=50_000)
        else:
            harness.insert(self.server, 0, MILLION)


def is_known(server, command):
    client = server.client()
    client.send(command)
    reply = client.receive()
    client.close()
    return not (isinstance(reply, harness.ReplyError) and "unknown command" in str(reply))


def all_known(server, commands):
    missing = [command for command in commands if not is_known(server, command)]
    if missing:
        note(f"left out: {server.label} does not know {', '.join(missing)}")
    return not missing


def check(servers, case):
    """Runs the command once on each: the replies must be the same, and redis-benchmark takes an error for a reply too."""
    replies = []
    for server in servers:
        client = server.client()
        reply = client.call(*case.command.replace("__rand_int__", "000000000007").split())
        replies.append(sorted(reply) if case.name == "SINTER" else reply)
        client.close()
    if case.name != "SPOP" and replies[0] != replies[1]:
        raise SystemExit(f"{case.title}: the replies differ: {str(replies[0])[:200]} and {str(replies[1])[:200]}")


def measure_section(section, ours, redis, options):
    cases = [case for case in CASES[section] if all_known(ours, [case.name])]
    if not cases:
        return []
    note(f"filling both: {section}")
    for server in (ours, redis):
        Filler(server).section(section)
    for case in cases:
        check((ours, redis), case)

    def once(server):
        results = []
        for case in cases:
            step = case.clients * PIPELINE
            requests = max(case.requests // (10 if options.quick else 1) // step, 1) * step
            results.append(harness.redis_benchmark(server, case.command.split(), PIPELINE, requests, case.clients,
                                                   case.among))
        return results

    note(f"measuring {section}")
    for server in (ours, redis):
        once(server)  # warms up
    of_ours, of_redis = harness.alternate((ours, redis), options.rounds, once)
    rows = []
    for index, case in enumerate(cases):
        our_cpu, redis_cpu = ([results[index][1] for results in rounds] for rounds in (of_ours, of_redis))
        value, spread = harness.ratio(our_cpu, redis_cpu)
        rows.append([case.title, f"{statistics.median(redis_cpu) / 1000:.3f}", f"{statistics.median(our_cpu) / 1000:.3f}",
                     f"**{value:.3f}** ± {spread:.3f}", verdict(value, case.budget)])
    return rows


def bench_requests(options):
    rows = []
    for section in CASES:
        if section not in options.only:
            continue
        with harness.Server(options.server, "ours", options.server_args) as ours, \
                harness.Server(options.base, "Redis") as redis:
            rows += measure_section(section, ours, redis, options)
    return report.table(["command", "Redis us CPU", "ours us CPU", "CPU ratio", "budget"], rows)


def member_bytes(path, label, arguments, kind, count):
    """(resident, used_memory) per member of a collection in a server of its own."""
    with harness.Server(path, label, arguments) as server:
        filler = Filler(server)
        used_before = int(filler.client.info("memory").get("used_memory", 0))
        resident_before = server.settled_rss()
        getattr(filler, kind)("key", count)
        filler.client.close()
        client = server.client()
        resident = server.settled_rss() - resident_before
        used = int(client.info("memory").get("used_memory", 0)) - used_before
        client.close()
        return resident / count, used / count


def bench_memory(options):
    count = MILLION // 10 if options.quick else MILLION
    kinds = {"set": ["SADD", "SCARD"], "hash": ["HSET", "HLEN"], "zset": ["ZADD", "ZCARD"], "list": ["RPUSH", "LLEN"]}
    with harness.Server(options.server, "ours", options.server_args) as ours:
        kinds = [kind for kind, commands in kinds.items() if all_known(ours, commands)]
    rows = []
    for kind in kinds:
        note(f"memory: {kind}")
        redis, redis_used = member_bytes(options.base, "Redis", [], kind, count)
        ours, ours_used = member_bytes(options.server, "ours", options.server_args, kind, count)
        rows.append([kind, f"{redis:.1f}", f"{ours:.1f}", f"**{ours / redis:.3f}**", f"{redis_used:.1f}", f"{ours_used:.1f}",
                     verdict(ours / redis, MEMORY_BUDGET) if kind != "list" else ""])
    return report.table([f"{count} members", "Redis resident", "ours resident", "ratio", "Redis used_memory",
                         "ours used_memory", "budget"], rows)


TABLES = {
    "requests": (f"Collections: CPU per request, pipeline {PIPELINE}", bench_requests,
                 f"{CLIENTS} clients, for the operations on whole sets one or five. Elements, fields and members of 20 bytes "
                 "drawn at random, values of 32. Ratio: the median over the rounds of ours to Redis in the same round, ± "
                 "half the distance of the quartiles."),
    "memory": ("Collections: memory per member", bench_memory,
               "Bytes per member of one collection: members of 20 bytes, values of hashes of 32, scores at random."),
}


if __name__ == "__main__":
    BENCH = Bench("types", __doc__, SECTIONS, TABLES, rounds=5)
    BENCH.run(BENCH.parse())
