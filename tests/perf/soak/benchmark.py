#!/usr/bin/env python3
# ./dev soak benchmark
"""A long run of redoubt-benchmark: its memory stays flat, whatever it counts.

A mix with error replies, values of varying sizes and a key space is sent over many connections by two threads; the
benchmark's resident memory is looked at each second. Fails when it grows by more than a megabyte after the first ten
seconds, beside what each second's figures take, or when the run itself fails.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import harness  # noqa: E402

BENCHMARK = os.path.join(harness.ROOT, "build", "release", "bin", "redoubt-benchmark")
SETTLED_SECONDS = 10
SLACK_BYTES = 1 << 20
BYTES_PER_SECOND = 256  # the series: one figure each for the page and the document
MIX = '70 GET key:{key}; 20 SET key:{key} {data}; 5 LPUSH list:{key} {data}; 5 INCR key:{key}'


def watch(process):
    """Resident bytes, second by second, while it runs."""
    seen = []
    while process.poll() is None:
        try:
            seen.append(harness.rss_of(process.pid))
        except (FileNotFoundError, AttributeError):
            break  # it has just ended
        time.sleep(1)
    return seen


def main():
    parser = argparse.ArgumentParser(prog="./dev soak benchmark", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=0, help="requests per second; 0: as fast as replies come")
    parser.add_argument("--server", default=harness.OURS)
    options = parser.parse_args()
    if options.seconds <= SETTLED_SECONDS:
        parser.error(f"it takes more than {SETTLED_SECONDS} seconds to tell")
    server = harness.Server(options.server, "the server", ["--maxmemory", "200mb", "--maxmemory-policy", "allkeys-lru"])
    with tempfile.TemporaryDirectory(prefix="redoubt-soak-") as directory:
        document = os.path.join(directory, "run.json")
        command = [BENCHMARK, "-p", str(server.port), "-q", "--mix", MIX, "-r", "100000", "--sizes", "10-1000:9,5000:1",
                   "-c", "200", "-P", "8", "--threads", "2", "--duration", str(options.seconds), "--json", document]
        if options.rate:
            command += ["--rate", str(options.rate)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = watch(process)
        told = process.stdout.read()
        server.stop()
        if not os.path.exists(document):
            raise SystemExit(f"the benchmark wrote no figures:\n{told}")
        with open(document, encoding="utf-8") as file:
            run = json.load(file)["measurements"][0]
    settled, last = seen[SETTLED_SECONDS], max(seen[SETTLED_SECONDS:])
    allowed = SLACK_BYTES + BYTES_PER_SECOND * options.seconds
    print(f"{run['requests']} replies in {run['seconds']:.0f} s, {run['errors']} of them errors; resident "
          f"{settled >> 10} KB after {SETTLED_SECONDS} s, {last >> 10} KB at most after that")
    if run["seconds"] < options.seconds - 1 or run["errors"] == 0:
        raise SystemExit(f"the run was cut short, or had no errors to count:\n{told}")
    if last - settled > allowed:
        raise SystemExit(f"its memory grew by {last - settled} bytes; {allowed} are allowed")


if __name__ == "__main__":
    main()
