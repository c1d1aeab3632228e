"""clang-tidy over some files, in parallel, within a time limit, and only where something changed since it last passed."""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import time

import arrows

FINDING = re.compile(r"^(/\S+?):(\d+):\d+: (warning|error): ")


def closure(path, read, seen=None):
    """The file and all repository files that it includes, directly or not."""
    seen = set() if seen is None else seen
    if path not in seen:
        text = read(path)
        if text is not None:
            seen.add(path)
            for _, quoted, target in arrows.includes_of(text):
                if quoted:
                    closure(target, read, seen)
    return seen


class Tidy:
    """`thorough` adds the analyzer's walk along the paths of the code, which takes as long as all the rest."""

    def __init__(self, build, read, thorough):
        self.build = build
        self.read = read
        self.options = [] if thorough else ["--checks=-clang-analyzer-*"]
        self.stamps = os.path.join("build", "tidy-passed")
        os.makedirs(self.stamps, exist_ok=True)
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            self.compiled = {os.path.relpath(entry["file"]) for entry in json.load(file)}

    def stamp(self, source):
        digest = hashlib.sha256(" ".join(self.options).encode())
        for settings in (".clang-tidy", "tests/.clang-tidy"):
            digest.update((self.read(settings) or "").encode())
        for path in sorted(closure(source, self.read)):
            digest.update(path.encode() + b"\0" + self.read(path).encode())
        return os.path.join(self.stamps, digest.hexdigest())

    def sources_for(self, changed):
        """The .cc files to look at for a list of changed files: a header is seen through the first file to include it."""
        sources, wanted = [], []
        for path in changed:
            if path.endswith(".cc") and path in self.compiled:
                sources.append(path)
            elif path.endswith(".h"):
                wanted.append(path)
        closures = {source: closure(source, self.read) for source in sorted(self.compiled)} if wanted else {}
        for header in wanted:
            if not any(header in closures[source] for source in sources):
                twin = header[:-2] + ".cc"
                users = [twin] if twin in closures else [s for s, files in closures.items() if header in files]
                sources.extend(users[:1])
        return list(dict.fromkeys(sources))

    def run_one(self, source, deadline):
        """Returns (source, None when there was no time left or whether it passed, what was found)."""
        stamp = self.stamp(source)
        if os.path.exists(stamp):
            return source, True, ""
        if deadline and time.monotonic() > deadline:
            return source, None, ""
        result = subprocess.run(["clang-tidy", "-p", self.build, "--quiet", *self.options, source], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        # Every compilation unit tells about its headers' bodies again; the caller drops what it has seen.
        text = result.stdout.strip() or (result.stderr.strip() if result.returncode else "")
        if result.returncode == 0 and not text:
            open(stamp, "w", encoding="utf-8").close()
        return source, result.returncode == 0, text

    def run(self, sources, seconds):
        deadline = time.monotonic() + seconds if seconds else None
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            yield from pool.map(lambda source: self.run_one(source, deadline), sources)


def findings(text):
    """Cuts clang-tidy's output into (headline, whole finding, True for an error)."""
    blocks, current = [], None
    root = os.getcwd() + "/"
    for line in text.splitlines():
        match = FINDING.match(line)
        if match:
            current = [line.replace(root, ""), [], match.group(3) == "error"]
            blocks.append(current)
        if current:
            current[1].append(line.replace(root, ""))
    return [(headline, "\n".join(lines), error) for headline, lines, error in blocks] or ([(text, text, True)] if text else [])
