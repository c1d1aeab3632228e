#!/usr/bin/env python3
# ./dev bench profile
"""Where the server's time goes under load: perf on our server, the functions that take most, and CPU per request."""
import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

# This file's name is also that of a module of Python's own, which nothing here imports.
import harness


def parse():
    parser = argparse.ArgumentParser(prog="./dev bench profile", description=__doc__)
    parser.add_argument("command", help="a command that redis-benchmark knows: SET, GET, INCR, …")
    parser.add_argument("pipeline", type=int, nargs="?", default=1)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--keys", type=int, help="random keys out of so many, instead of one key")
    parser.add_argument("--callers", action="store_true", help="show by whom, too")
    parser.add_argument("--lines", type=int, default=40, help="how many functions")
    parser.add_argument("--server", default=harness.OURS, help="the program to look at")
    parser.add_argument("--server-args", type=shlex.split, default=[])
    return parser.parse_args()


def main():
    options = parse()
    if not shutil.which("perf"):
        print("perf is not installed (apt-get install linux-perf); without it there is no profile")
        return
    with harness.Server(options.server, "server", options.server_args) as server, \
            tempfile.TemporaryDirectory(prefix="redoubt-perf-") as directory:
        if options.keys:
            harness.insert(server, 0, options.keys)
        done = threading.Event()
        spent = []

        def load():
            while not done.is_set():
                requests = 50_000 if options.pipeline < 8 else 500_000
                spent.append(harness.redis_benchmark(server, options.command.lower(), options.pipeline, requests,
                                                     keys=options.keys)[1])

        loader = threading.Thread(target=load)
        loader.start()
        data = os.path.join(directory, "perf.data")
        graph = ["--call-graph", "fp"] if options.callers else []
        recorded = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", *graph, "-o", data, "-p",
                                   str(server.pid), "--", "sleep", str(options.seconds)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        done.set()
        loader.join()
        if recorded.returncode:
            sys.exit(f"perf record failed: {recorded.stderr.strip()}")
        shown = subprocess.run(["perf", "report", "--stdio", "-q", "--no-children", "--percent-limit", "0.3", "-s",
                                "dso,symbol", "-i", data, *(["-g", "caller,0.5"] if options.callers else [])],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = [line.rstrip(" -") for line in shown.stdout.splitlines() if line.strip()]
        print("\n".join(lines[:options.lines * (10 if options.callers else 1)]))
        print(f"\n{options.command.upper()}, pipeline {options.pipeline}: {min(spent) / 1000:.3f} us CPU per request")


if __name__ == "__main__":
    main()
