#!/usr/bin/env python3
# ./dev soak core
"""Random strings-and-keys traffic over several connections, every answer checked against a plain dict.

Each connection owns a part of the key space, so that its model is exact. Batches are pipelined; some connections are
dropped half-way through a command. Fails on a wrong answer, a dead server, or memory that keeps growing after the first
quarter of the time.
"""
import argparse
import os
import random
import shlex
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import harness  # noqa: E402

KEYS = 2000
GROWTH_ALLOWED = 1.25
SLACK_BYTES = 32 << 20


class Model:
    """What the server must hold of one connection's keys. An expiry is only ever far away, or already over."""

    def __init__(self, name, generator):
        self.name = name
        self.random = generator
        self.values = {}
        self.volatile = set()

    def key(self):
        return b"%s:%d" % (self.name, self.random.randrange(KEYS))

    def store(self, key, value, keep_ttl=False):
        self.values[key] = value
        if not keep_ttl:
            self.volatile.discard(key)

    def drop(self, key):
        self.volatile.discard(key)
        return 1 if self.values.pop(key, None) is not None else 0

    def step(self):
        """Draws one command; returns (its arguments, the reply that it must have)."""
        return self.random.choice(self.STEPS)(self, self.key())

    def some_bytes(self):
        size = self.random.choice((0, 1, 11, 44, 45, 200, 3000))
        return self.random.randbytes(size)

    def set(self, key):
        value = self.some_bytes()
        self.store(key, value)
        return ["SET", key, value], b"OK"

    def set_number(self, key):
        value = b"%d" % self.random.randrange(-(1 << 40), 1 << 40)
        self.store(key, value)
        return ["SET", key, value], b"OK"

    def set_expiring(self, key):
        value = self.some_bytes()
        self.store(key, value)
        self.volatile.add(key)
        return ["SET", key, value, "EX", 100000], b"OK"

    def set_if_new(self, key):
        if key in self.values:
            return ["SET", key, "other", "NX"], None
        self.store(key, b"new")
        return ["SET", key, "new", "NX"], b"OK"

    def get(self, key):
        return ["GET", key], self.values.get(key)

    def length(self, key):
        return ["STRLEN", key], len(self.values.get(key, b""))

    def delete(self, key):
        return [self.random.choice(("DEL", "UNLINK")), key], self.drop(key)

    def exists(self, key):
        return ["EXISTS", key, key], 2 * (key in self.values)

    def append(self, key):
        value = self.values.get(key, b"")
        if len(value) > 100_000:
            return ["DEL", key], self.drop(key)
        self.store(key, value + b"tail", keep_ttl=True)
        return ["APPEND", key, "tail"], len(value) + 4

    def increment(self, key):
        old = self.values.get(key, b"0")
        try:
            number = int(old)
            canonical = b"%d" % number == old and abs(number) < 1 << 62
        except ValueError:
            canonical = False
        if not canonical:
            return ["STRLEN", key], len(old)
        self.store(key, b"%d" % (number + 7), keep_ttl=True)
        return ["INCRBY", key, 7], number + 7

    def set_range(self, key):
        value = bytearray(self.values.get(key, b"").ljust(20, b"\0"))
        value[10:20] = b"0123456789"
        self.store(key, bytes(value), keep_ttl=True)
        return ["SETRANGE", key, 10, "0123456789"], len(value)

    def get_range(self, key):
        return ["GETRANGE", key, 2, 20], self.values.get(key, b"")[2:21]

    def rename(self, key):
        if key not in self.values:
            return ["EXISTS", key], 0
        target = self.key()
        value, expiring = self.values[key], key in self.volatile
        self.drop(key)
        self.store(target, value)
        if expiring:
            self.volatile.add(target)
        return ["RENAME", key, target], b"OK"

    def expire_later(self, key):
        if key in self.values:
            self.volatile.add(key)
        return ["EXPIRE", key, 100000], int(key in self.values)

    def expire_in_the_past(self, key):
        return ["PEXPIREAT", key, 1], self.drop(key)

    def persist(self, key):
        had = key in self.volatile
        self.volatile.discard(key)
        return ["PERSIST", key], int(had)

    def many(self, _):
        names = [self.key() for _ in range(8)]
        return ["MGET", *names], [self.values.get(name) for name in names]

    STEPS = [set, set, set_number, set_expiring, set_if_new, get, get, get, length, delete, exists, append, increment,
             set_range, get_range, rename, expire_later, expire_in_the_past, persist, many]


class Worker(threading.Thread):
    def __init__(self, port, number, seed, until):
        super().__init__(daemon=True)
        self.port = port
        self.model = Model(b"w%d" % number, random.Random(f"{seed}-{number}"))
        self.until = until
        self.commands = 0
        self.problem = None

    def run(self):
        try:
            client = harness.Client(self.port)
            while time.monotonic() < self.until and self.problem is None:
                self.batch(client)
                if self.model.random.random() < 0.002:
                    client.close()
                    self.drop_half_a_command()
                    client = harness.Client(self.port)
            client.close()
        except Exception as error:  # whatever ends a worker ends the soak
            self.problem = self.problem or f"{type(error).__name__}: {error}"

    def batch(self, client):
        steps = [self.model.step() for _ in range(self.model.random.choice((1, 1, 2, 16, 100)))]
        client.socket.sendall(b"".join(harness.encode(*arguments) for arguments, _ in steps))
        for arguments, wanted in steps:
            reply = client.receive()
            if isinstance(reply, harness.ReplyError) or reply != wanted:
                self.problem = f"{arguments!r:.300} answered {reply!r:.300} instead of {wanted!r:.300}"
                return
        self.commands += len(steps)

    def drop_half_a_command(self):
        """The server must neither carry it out nor mind."""
        data = harness.encode("SET", self.model.key(), "never stored", "EX", 1)
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(data[: self.model.random.randrange(1, len(data))])


def watch(server, workers, options):
    """Waits for the workers; returns what went wrong, or None."""
    began = time.monotonic()
    early, shown = None, 0
    while any(worker.is_alive() for worker in workers):
        time.sleep(0.2)
        problem = next((worker.problem for worker in workers if worker.problem), None)
        if server.process.poll() is not None:
            return f"the server ended with status {server.process.returncode}"
        if problem:
            return problem
        elapsed = time.monotonic() - began
        if early is None and elapsed >= options.seconds / 4:
            early = server.rss()
        if elapsed - shown >= 60:
            shown = elapsed
            print(f"{elapsed:.0f} s: {sum(worker.commands for worker in workers)} commands, {server.rss() >> 20} MB", flush=True)
    problem = next((worker.problem for worker in workers if worker.problem), None)
    if problem:
        return problem
    late = server.rss()
    if early and late > early * GROWTH_ALLOWED + SLACK_BYTES:
        return f"memory grew from {early >> 20} MB to {late >> 20} MB under the same load"
    return None


def check_all(server, workers):
    """At the end every key is read once more, and there are no others."""
    client = server.client()
    for worker in workers:
        for key, value in worker.model.values.items():
            if client.call("GET", key) != value:
                return f"at the end {key!r} was not what it should be"
            if (client.call("TTL", key) > 0) != (key in worker.model.volatile):
                return f"at the end the expiry of {key!r} was not what it should be"
    expected = sum(len(worker.model.values) for worker in workers)
    if (size := client.call("DBSIZE")) != expected:
        return f"at the end there were {size} keys instead of {expected}"
    return None


def main():
    parser = argparse.ArgumentParser(prog="./dev soak core", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--server", default=harness.OURS)
    parser.add_argument("--server-args", type=shlex.split, default=[])
    options = parser.parse_args()

    with harness.Server(options.server, "server", options.server_args) as server:
        until = time.monotonic() + options.seconds
        workers = [Worker(server.port, number, options.seed, until) for number in range(options.connections)]
        for worker in workers:
            worker.start()
        problem = watch(server, workers, options) or check_all(server, workers)
        total = sum(worker.commands for worker in workers)
        if problem:
            server.log.seek(0)
            print(server.log.read().decode(errors="replace")[-4000:])
            sys.exit(f"soak core failed after {total} commands (--seed {options.seed}): {problem}")
        print(f"soak core: {total} commands in {options.seconds} s over {options.connections} connections, all answers right, "
              f"{server.rss() >> 20} MB")


if __name__ == "__main__":
    main()
