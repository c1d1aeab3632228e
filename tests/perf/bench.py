"""What the programs behind ./dev bench have in common: their options, and the sections of a page that they make."""
import argparse
import datetime
import os
import shlex
import sys

import harness
import report


class Bench:
    """`tables`: by name, (title, function that makes the table from the options, explanation). `sections`: what --only may
    name; those that are no table's name are parts of the first table."""

    def __init__(self, name, doc, sections, tables, rounds, page="performance.md"):
        self.page = page
        self.name, self.sections, self.tables, self.rounds = name, sections, tables, rounds
        self.parser = argparse.ArgumentParser(prog=f"./dev bench {name}", description=doc,
                                              formatter_class=argparse.RawDescriptionHelpFormatter)
        add = self.parser.add_argument
        add("--only", default=",".join(sections), help=f"comma-separated, of {', '.join(sections)}")
        add("--rounds", type=int, help=f"rounds per case (default {rounds}, quick 3)")
        add("--quick", action="store_true", help="a tenth of the work: a hint, no result")
        add("--server", help="our server's program, instead of building build/release")
        add("--server-args", type=shlex.split, default=[], help="more arguments for our server")
        add("--base", help="the program to compare with, instead of Redis 7.0.15")
        add("--write", action="store_true", help=f"put the tables into docs/{page}")

    def parse(self):
        options = self.parser.parse_args()
        options.only = options.only.split(",")
        if unknown := set(options.only) - set(self.sections):
            self.parser.error(f"--only does not know {', '.join(sorted(unknown))}")
        options.rounds = options.rounds or (3 if options.quick else self.rounds)
        options.server_given = options.server is not None
        options.server = options.server or harness.OURS
        options.base = options.base or harness.oracle()
        return options

    def run(self, options):
        if os.cpu_count() < 2:
            sys.exit("this benchmark needs two cores: one for the server, one for its load")
        command = shlex.join(["./dev", "bench", self.name, *[word for word in sys.argv[1:] if word != "--write"]])
        facts = f"`{command}`, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, {harness.machine()}."
        parts = set(self.sections) - set(self.tables)
        first = next(iter(self.tables))
        for name, (title, make, explanation) in self.tables.items():
            if not set(options.only) & (parts if name == first and parts else {name}):
                continue
            section = f"## {title}\n\n{facts}\n{explanation}\n\n{make(options)}"
            print(section + "\n", flush=True)
            if options.write:
                report.write(os.path.join(harness.ROOT, "docs", self.page), f"{self.name} {name}", section)
