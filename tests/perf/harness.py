"""What the benchmarks share: starting servers on a core, their CPU time and memory, a small RESP client, statistics."""
import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.path.join(ROOT, "build", "release", "bin", "redoubt-server")
WITHOUT_STATISTICS = os.path.join(ROOT, "build", "nostats", "bin", "redoubt-server")
SERVER_CORE, LOAD_CORE = 0, 1


def oracle():
    """Debian's redis-check-rdb is the whole of Redis; under the name redis-server it acts as one."""
    directory = os.path.join(ROOT, "build", "oracle")
    link = os.path.join(directory, "redis-server")
    os.makedirs(directory, exist_ok=True)
    if not os.path.islink(link):
        os.symlink("/usr/bin/redis-check-rdb", link)
    return link


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """A blocking RESP2 client: what the benchmarks ask between the measurements."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb", buffering=1 << 16)

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, *arguments):
        self.socket.sendall(encode(*arguments))

    def receive(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            return ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if rest == b"-1":
                return None
            return self.reader.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.receive() for _ in range(int(rest))]
        raise ConnectionError(f"not a RESP2 reply: {line!r}")

    def call(self, *arguments):
        self.send(*arguments)
        reply = self.receive()
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def info(self, section="everything"):
        text = self.call("INFO", section).decode(errors="replace")
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line and not line.startswith("#"))


class ReplyError(Exception):
    pass


def encode(*arguments):
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def rss_of(pid):
    """Resident bytes of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) * 1024


class Server:
    """One server process on SERVER_CORE, without save rules, in a directory of its own. It may load for `patience` seconds;
    `ready_seconds` is how long it took until it answered."""

    def __init__(self, path, label, arguments=(), patience=20):
        if not os.access(path, os.X_OK):
            raise SystemExit(f"there is no program {path}")
        self.label = label
        self.port = free_port()
        self.directory = tempfile.TemporaryDirectory(prefix="redoubt-bench-")
        self.log = open(os.path.join(self.directory.name, "log"), "w+b")
        command = ["taskset", "-c", str(SERVER_CORE), path, "--port", str(self.port), "--bind", "127.0.0.1", *arguments,
                   "--save", ""]
        began = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
                                        cwd=self.directory.name)
        self.pid = self.process.pid
        if self.is_ready(began + patience):
            self.ready_seconds = time.monotonic() - began
            return
        self.log.seek(0)
        text = self.log.read().decode(errors="replace")[-2000:]
        self.stop()
        raise SystemExit(f"{label} did not start:\n{text}")

    def is_ready(self, deadline):
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                client = Client(self.port, timeout=5)
                client.call("PING")
                client.close()
                return True
            except (OSError, ReplyError):  # not listening yet, or loading
                time.sleep(0.005)
        self.end_process()
        return False

    def client(self):
        return Client(self.port)

    def cpu_ns(self):
        """CPU time of all threads so far, in nanoseconds where the kernel counts them, else in clock ticks."""
        try:
            total = 0
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0])
            if total:
                return total
        except OSError:
            pass
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")

    def rss(self):
        return rss_of(self.pid)

    def settled_rss(self, seconds=15):
        """Resident bytes once they have not moved for two seconds: rehashing and the allocator's purge are over."""
        deadline = time.monotonic() + seconds
        last, since = self.rss(), time.monotonic()
        while time.monotonic() < deadline and time.monotonic() - since < 2:
            time.sleep(0.1)
            now = self.rss()
            if abs(now - last) > 65536:
                last, since = now, time.monotonic()
        return self.rss()

    def end_process(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stop(self):
        self.end_process()
        self.log.close()
        self.directory.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def redis_benchmark(server, command, pipeline, requests, clients=50, keys=None):
    """Loads the server from LOAD_CORE with Debian's redis-benchmark; returns (requests per second, CPU ns per request).

    A str is the name of one of its own tests; a list is a command, where each __rand_int__ becomes one of `keys` random
    numbers of twelve digits. `requests` should be a multiple of clients * pipeline, else it sends a few more.
    """
    what, title = (["-t", command], command.upper()) if isinstance(command, str) else (command, command[0])
    arguments = ["taskset", "-c", str(LOAD_CORE), "redis-benchmark", "-h", "127.0.0.1", "-p", str(server.port),
                 "-c", str(clients), "-n", str(requests), "-P", str(pipeline), "--csv"]
    if keys:
        arguments += ["-r", str(keys)]
    before = server.cpu_ns()
    result = subprocess.run(arguments + what, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)
    spent = server.cpu_ns() - before
    row = re.search(r'^"' + title + r'[^"]*","([0-9.]+)"', result.stdout, re.MULTILINE)
    if result.returncode or not row:
        raise SystemExit(f"redis-benchmark against {server.label} failed:\n{result.stdout}{result.stderr}")
    return float(row.group(1)), spent / requests


def insert(server, first, count, ttl=None, batch=500, value=b"v" * 32):
    """SETs `count` keys of 16 bytes in batches of one connection; returns the seconds it took."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tail = b"\r\n$%d\r\n%s\r\n" % (len(value), value)
    if ttl:
        head, tail = b"*5\r\n$3\r\nSET\r\n$16\r\n", tail + b"$2\r\nEX\r\n$%d\r\n%d\r\n" % (len(str(ttl)), ttl)
    else:
        head = b"*3\r\n$3\r\nSET\r\n$16\r\n"
    began = time.monotonic()
    for start in range(first, first + count, batch):
        many = min(batch, first + count - start)
        names = [b"key:%012d" % number for number in range(start, start + many)]
        connection.sendall(head + (tail + head).join(names) + tail)
        left = 5 * many
        while left:
            data = connection.recv(left)
            if not data:
                raise SystemExit(f"{server.label} closed the connection")
            if b"-" in data:
                raise SystemExit(f"{server.label} answered {data!r}")
            left -= len(data)
    seconds = time.monotonic() - began
    connection.close()
    return seconds


def alternate(servers, rounds, measure):
    """Measures the servers in turn, A B B A A B …; returns for each server the list of its results by round."""
    results = [[] for _ in servers]
    for number in range(rounds):
        order = range(len(servers)) if number % 2 == 0 else reversed(range(len(servers)))
        for index in order:
            results[index].append(measure(servers[index]))
    return results


def ratio(ours, theirs):
    """(median of the rounds' ratios, half the distance between their quartiles, both as plain numbers)."""
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    if len(ratios) < 4:
        return statistics.median(ratios), (ratios[-1] - ratios[0]) / 2
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive")
    return statistics.median(ratios), (quartiles[2] - quartiles[0]) / 2


def machine():
    """One sentence of facts about this machine."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*:\s*(.+)", file.read())
    with open("/proc/meminfo", encoding="utf-8") as file:
        kilobytes = int(re.search(r"MemTotal:\s+(\d+)", file.read()).group(1))
    return (f"{os.cpu_count()} cores of {model.group(1).strip() if model else 'unknown'}, "
            f"{kilobytes / (1 << 20):.0f} GB, Linux {'.'.join(os.uname().release.split('.')[:2])}")
