"""The include arrows of the house, as one table, and the check that every #include follows one.

A row names a part and the parts right below it. An arrow reaches everything further down too: net -> resp -> base lets
net include base. What no row allows is a stray include.
"""
import os
import re

BELOW = {
    # what two or more programs need
    "common/base": [],
    "common/hash": ["common/base"],
    "common/compress": ["common/base"],
    "common/encoding": ["common/base"],
    "common/resp": ["common/base"],
    "common/command": ["common/base"],
    "common/rdb": ["common/encoding", "common/compress", "common/hash", "common/base"],
    "common/aof": ["common/rdb", "common/resp"],
    "common/net": ["common/resp"],
    "common/tool": ["common/base"],
    # the tools know common and neither each other nor the server
    "benchmark": ["common"],
    "check-aof": ["common"],
    "check-rdb": ["common"],
    "cli": ["common"],
    "sentinel": ["common"],
    # the server, from the ground up
    "server/config": ["common"],
    "server/dict": ["common"],
    "server/types": ["server/dict", "server/config"],
    "server/keyspace": ["server/types"],
    "server/client": ["server/keyspace"],
    "server/scripting": ["server/client"],
    "server/replication": ["server/client"],
    "server/persistence": ["server/client"],
    "server/pubsub": ["server/client"],
    "server/acl": ["server/client"],
    "server/stats": ["server/client"],
    "server/dispatch": ["server/scripting", "server/replication", "server/persistence", "server/pubsub", "server/acl",
                        "server/stats"],
    "server/commands": ["server/dispatch"],
    "server/net": ["server/commands"],
    "server": ["server/net"],  # server.{h,cc} and whatever else stands in server/ itself
    "server/main.cc": ["server"],
}
ANYTHING = "tests"  # may include whatever it wants, and nobody includes it

# Headers that only one part may include.
RESERVED = {
    re.compile(r"boost/(asio|beast)[/.]"): "common/net",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def part_of(path):
    """The part a path from the repository's root belongs to, or None for a place that the table does not have."""
    if path in BELOW:
        return path
    directory = os.path.dirname(path)
    if directory == ANYTHING or directory.startswith(ANYTHING + "/"):
        return ANYTHING
    if directory == "server":
        return "server"
    while directory:
        if directory in BELOW and directory != "server":
            return directory
        directory = os.path.dirname(directory)
    return None


def reachable(part):
    """Every part that `part` may include, itself included."""
    seen, todo = {part}, list(BELOW[part])
    while todo:
        below = todo.pop()
        names = [name for name in BELOW if name.startswith("common/")] if below == "common" else [below]
        for name in names:
            if name not in seen:
                seen.add(name)
                todo.extend(BELOW[name])
    return seen


def includes_of(text):
    """Yields (line number, True for a quoted include, what is included)."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1) == '"', match.group(2)


def check_file(path, text, exists):
    """Yields a sentence for every stray include of one file. `exists` tells whether a path is in the repository."""
    part = part_of(path)
    if part is None:
        yield f"{path}: its folder has no row in the table of arrows (tests/support/lint/arrows.py)"
        return
    allowed = None if part == ANYTHING else reachable(part)
    for line, quoted, target in includes_of(text):
        where = f"{path}:{line}: includes {target}"
        if not quoted:
            for pattern, owner in RESERVED.items():
                if pattern.match(target) and part not in (owner, ANYTHING):
                    yield f"{where}, which only {owner} may"
            continue
        if target.startswith(("../", "./")) or "/../" in target:
            yield f"{where}: write the path from the repository's root"
        elif not exists(target):
            yield f"{where}, which is no file of the repository"
        elif allowed is not None and part_of(target) not in allowed:
            yield f"{where}: there is no arrow from {part} to {part_of(target)}"
