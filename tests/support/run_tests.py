#!/usr/bin/env python3
"""Runs the test programs of one build, one after another, and counts their test cases.

Prints a line per program, the output of every test that failed, and at the end `N passed, N failed` (and `, N skipped`)
alone on a line. A program that crashes, hangs or fails without naming a test counts as one failure more.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time

PROGRAMS = ["unit_tests", "commands_tests", "process_tests", "interop_tests"]
PROGRAM_SECONDS = {"release": 900, "asan": 2400, "tsan": 2400}
SHOWN_LINES = 120

RUN = re.compile(r"^\[ RUN      \] (\S+)")
ENDED = re.compile(r"^\[       OK \] (\S+)|^\[  FAILED  \] (\S+?),? .*\(\d+ ms\)|^\[  SKIPPED \] (\S+)")


def environment(variant):
    env = dict(os.environ)
    if variant == "asan":
        env.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1")
        env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
    elif variant == "tsan":
        env.setdefault("TSAN_OPTIONS", "halt_on_error=1:second_deadlock_stack=1")
    return env


def run_program(path, variant, pattern, log_path, json_path):
    """Returns (exit status, None or why it was stopped)."""
    command = [path, "--gtest_color=no", f"--gtest_output=json:{json_path}"]
    if pattern:
        command.append(f"--gtest_filter={pattern}")
    if variant == "tsan":
        # The thread sanitizer's shadow memory does not fit every layout that randomisation makes.
        command = ["setarch", "-R"] + command
    with open(log_path, "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                   env=environment(variant), start_new_session=True)
        try:
            return process.wait(timeout=PROGRAM_SECONDS[variant]), None
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return process.returncode, f"stopped after {PROGRAM_SECONDS[variant]} s"
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def count_from_json(json_path):
    """Returns (passed, names of failed, skipped), or None when the program did not live to write its report."""
    try:
        with open(json_path, encoding="utf-8", errors="replace") as file:
            report = json.load(file)
    except (OSError, ValueError):
        return None
    passed, failed, skipped = 0, [], 0
    for suite in report.get("testsuites", []):
        for case in suite.get("testsuite", []):
            if case.get("failures"):
                failed.append(f"{suite['name']}.{case['name']}")
            elif case.get("result") == "SKIPPED":
                skipped += 1
            elif case.get("status") == "RUN":
                passed += 1
    return passed, failed, skipped


def count_from_log(blocks):
    passed, failed, skipped = 0, [], 0
    for name, lines, end in blocks:
        if end == "ok":
            passed += 1
        elif end == "skipped":
            skipped += 1
        elif name:
            failed.append(name)
    return passed, failed, skipped


def read_blocks(log_path):
    """The log cut into (test name, its lines, how it ended: ok, failed, skipped or None for never)."""
    blocks, name, lines = [], None, []
    with open(log_path, encoding="utf-8", errors="replace") as file:
        for line in file:
            started = RUN.match(line)
            if started:
                name, lines = started.group(1), []
                continue
            if name is None:
                continue
            ended = ENDED.match(line)
            if ended and name in ended.groups():
                end = "ok" if ended.group(1) else "failed" if ended.group(2) else "skipped"
                blocks.append((name, lines, end))
                name, lines = None, []
            else:
                lines.append(line.rstrip("\n"))
    if name is not None:
        blocks.append((name, lines, None))
    return blocks


def show_failures(failed, blocks):
    for name, lines, end in blocks:
        if name in failed or end is None:
            print(f"--- {name}" + ("" if end else " (did not end)"))
            for line in lines[-SHOWN_LINES:]:
                print("    " + line)


def run_one(name, arguments, log_directory):
    path = os.path.join(arguments.build, "bin", name)
    log_path = os.path.join(log_directory, name + ".log")
    json_path = os.path.join(log_directory, name + ".json")
    if os.path.exists(json_path):
        os.remove(json_path)
    began = time.monotonic()
    status, stopped = run_program(path, arguments.variant, arguments.filter, log_path, json_path)
    seconds = time.monotonic() - began
    blocks = read_blocks(log_path)
    counts = count_from_json(json_path) if stopped is None else None
    passed, failed, skipped = counts or count_from_log(blocks)
    problem = stopped
    if problem is None and status < 0:
        problem = f"ended by signal {signal.Signals(-status).name}"
    elif problem is None and status != 0 and not failed:
        problem = f"exit status {status} although no test failed"
    elif problem is None and counts is None:
        problem = f"exit status {status} before its report was written"
    extra = 1 if problem and (counts is not None or not any(end is None for _, _, end in blocks)) else 0
    print(f"{name}: {passed} ok, {len(failed) + extra} bad, {skipped} left out, {seconds:.1f} s"
          + (f"; {problem}" if problem else ""), flush=True)
    show_failures(failed, blocks)
    if problem and extra:
        with open(log_path, encoding="utf-8", errors="replace") as file:
            for line in file.read().splitlines()[-SHOWN_LINES:]:
                print("    " + line)
    if problem or failed:
        print(f"    whole log: {log_path}", flush=True)
    return passed, len(failed) + extra, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory")
    parser.add_argument("--variant", choices=sorted(PROGRAM_SECONDS), default="release")
    parser.add_argument("--filter", help="GoogleTest filter")
    arguments = parser.parse_args()

    log_directory = os.path.join(arguments.build, "test-logs")
    os.makedirs(log_directory, exist_ok=True)
    totals = [0, 0, 0]
    for name in PROGRAMS:
        if os.path.exists(os.path.join(arguments.build, "bin", name)):
            totals = [total + part for total, part in zip(totals, run_one(name, arguments, log_directory))]
    passed, failed, skipped = totals
    if passed + failed == 0:
        print("no test ran", file=sys.stderr)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(0 if failed == 0 and passed > 0 else 1)


if __name__ == "__main__":
    main()
