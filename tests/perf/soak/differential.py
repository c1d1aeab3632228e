#!/usr/bin/env python3
# ./dev soak differential
"""The differential tester of tests/interop/differential for a longer time: random commands to our server and to Debian's
Redis, every reply and all keys compared. Prints the seeds as it goes; a difference comes out small, as redis-cli lines.
"""
import argparse
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import harness  # noqa: E402

PROGRAM = os.path.join(harness.ROOT, "build", "release", "bin", "interop_tests")


def main():
    parser = argparse.ArgumentParser(prog="./dev soak differential", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 1 << 40), help="the first one")
    parser.add_argument("--program", default=PROGRAM, help="interop_tests of another build, such as build/asan/bin/interop_tests")
    options = parser.parse_args()

    print(f"soak differential: from seed {options.seed} on", flush=True)
    environment = dict(os.environ, REDOUBT_SECONDS=str(options.seconds), REDOUBT_FIRST_SEED=str(options.seed))
    environment.pop("REDOUBT_SEED", None)
    sys.exit(subprocess.call([options.program, "--gtest_brief=1", "--gtest_filter=DifferentialTest.BothAnswerTheSame"],
                             env=environment))


if __name__ == "__main__":
    main()
