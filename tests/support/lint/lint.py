#!/usr/bin/env python3
"""The checks of `./dev lint`: one line per check, what it found below, and a summary. Exits 1 when one failed.

clang-tidy looks at the files that changed: since REDOUBT_LINT_BASE if that is set, else since the branch left
origin/main; on main itself, at what the last commits touched, newest first, for as long as the time limit lets it.
`--all` looks at every file, with clang's path analysis too, and without a limit.
"""
import argparse
import collections
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import arrows  # noqa: E402
import tidy  # noqa: E402

MOST_LINES = 800
MOST_SOURCES = 25
RECENT_COMMITS = 20
TIDY_SECONDS = 480

# Hosts of package registries: what a user installs from is the machine's own setting. (Written in parts, so that this
# file does not hold what it looks for.)
HOSTS = [".".join(parts) for parts in (
    ("deb", "debian", "org"), ("security", "debian", "org"), ("registry", "npmjs", "org"), ("proxy", "golang", "org"),
    ("files", "pythonhosted", "org"), ("pypi", "org"), ("static", "crates", "io"))]


def git(*arguments):
    result = subprocess.run(["git", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    return result.stdout.strip() if result.returncode == 0 else None


class Tree:
    """The files of the repository: tracked ones, and new ones that are not ignored."""

    def __init__(self):
        listed = git("ls-files", "--cached", "--others", "--exclude-standard")
        if listed is None:
            sys.exit("lint: this is no git work tree")
        self.files = sorted({path for path in listed.splitlines() if os.path.isfile(path)})
        self.known = set(self.files)
        self.sources = [path for path in self.files if path.endswith((".h", ".cc"))]
        self.texts = {}

    def read(self, path):
        if path not in self.texts:
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    self.texts[path] = file.read()
            except OSError:
                self.texts[path] = None
        return self.texts[path]


def check_format(tree):
    if not tree.sources:
        return
    result = subprocess.run(["clang-format", "--dry-run", "-Werror", *tree.sources], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    files = collections.OrderedDict()
    for line in result.stderr.splitlines():
        if ": error: " in line:
            name, number = line.split(":")[:2]
            files.setdefault(name, []).append(number)
    for name, numbers in files.items():
        yield f"{name}: clang-format wants to change line {', '.join(numbers[:8])}{' …' if len(numbers) > 8 else ''}"
    if result.returncode and not files:
        yield result.stderr.strip()


def check_arrows(tree):
    for path in tree.sources:
        yield from arrows.check_file(path, tree.read(path), lambda target: target in tree.known)


def check_sizes(tree):
    folders = collections.Counter()
    for path in tree.sources:
        lines = tree.read(path).count("\n")
        if lines > MOST_LINES:
            yield f"{path}: {lines} lines, more than {MOST_LINES}"
        if path.endswith(".cc"):
            folders[os.path.dirname(path)] += 1
    for folder, count in sorted(folders.items()):
        if count > MOST_SOURCES:
            yield f"{folder}: {count} .cc files, more than {MOST_SOURCES}"


def check_headers(tree):
    for path in tree.sources:
        if path.endswith(".h") and "#pragma once" not in tree.read(path):
            yield f"{path}: has no #pragma once"


def check_scripts(tree):
    for path in tree.files:
        first = tree.read(path).split("\n", 1)[0]
        if first.startswith("#!") and "bash" in first:
            result = subprocess.run(["bash", "-n", path], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if result.returncode:
                yield result.stderr.strip()
        elif path.endswith(".py"):
            try:
                compile(tree.read(path), path, "exec")
            except SyntaxError as error:
                yield f"{path}:{error.lineno}: {error.msg}"


def check_words(tree):
    for path in tree.files:
        for number, line in enumerate(tree.read(path).split("\n"), 1):
            for host in HOSTS:
                if host in line:
                    yield f"{path}:{number}: names the registry host {host}"


def changed_files():
    """Returns (what the list is relative to, the files, newest change first)."""
    head = git("rev-parse", "HEAD")
    base = os.environ.get("REDOUBT_LINT_BASE") or git("merge-base", "HEAD", "origin/main") or git("merge-base", "HEAD", "main")
    local = (git("diff", "--name-only", "HEAD") or "").splitlines()
    local += (git("ls-files", "--others", "--exclude-standard") or "").splitlines()
    if base and git("rev-parse", base) != head:
        log = git("log", "--format=", "--name-only", f"{base}..HEAD") or ""
        where = f"changed since {base[:12]}"
    else:
        log = git("log", "--format=", "--name-only", f"-{RECENT_COMMITS}") or ""
        where = f"changed in the last {RECENT_COMMITS} commits"
    files = list(dict.fromkeys(local + [line for line in log.splitlines() if line]))
    return where, [path for path in files if os.path.isfile(path)]


def run_tidy(tree, everything):
    """Returns (summary, headlines of the errors). Prints what it finds as it goes: this check takes minutes."""
    checker = tidy.Tidy("build/release", tree.read, thorough=everything)
    if everything:
        where, sources = "all files", sorted(checker.compiled & tree.known)
    else:
        where, changed = changed_files()
        sources = checker.sources_for(changed)
    errors, left, seen = [], 0, set()
    for source, passed, text in checker.run(sources, None if everything else TIDY_SECONDS):
        left += passed is None
        for headline, block, error in tidy.findings(text):
            if headline not in seen:
                seen.add(headline)
                if error:
                    errors.append(headline)
                print(("  " + block.replace("\n", "\n  ")) if error else f"  note: {headline}", flush=True)
    summary = f"{where}, {len(sources) - left} of {len(sources)} sources"
    return summary + (f" within {TIDY_SECONDS} s" if left else ""), errors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="clang-tidy on every file")
    parser.add_argument("--no-tidy", action="store_true", help="leave clang-tidy out")
    arguments = parser.parse_args()

    tree = Tree()
    checks = [
        ("format", f"{len(tree.sources)} sources", check_format),
        ("includes", "arrows point down only", check_arrows),
        ("sizes", f"files up to {MOST_LINES} lines, folders up to {MOST_SOURCES} sources", check_sizes),
        ("headers", "included once", check_headers),
        ("scripts", "bash and python parse", check_scripts),
        ("words", "no registry hosts", check_words),
    ]
    bad = []

    def report(name, what, found):
        print(f"{'FAILED' if found else 'ok':6} {name}: {what}", flush=True)
        for text in found:
            print("  " + text.replace("\n", "\n  "), flush=True)
        if found:
            bad.append(name)

    for name, what, check in checks:
        report(name, what, list(check(tree)))
    if not arguments.no_tidy:
        what, errors = run_tidy(tree, arguments.all)
        report("tidy", what, errors)
    print(f"lint: {'failed: ' + ', '.join(bad) if bad else 'clean'}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
