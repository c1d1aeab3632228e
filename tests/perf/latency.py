"""A process of its own that pings a server at a steady pace and keeps how long each answer took."""
import array
import os
import signal
import socket
import time

INTERVAL = 0.0005


class Probe:
    """Runs while its `with` block does. figures() afterwards."""

    def __init__(self, port, core):
        self.port = port
        self.core = core
        self.samples = array.array("d")

    def __enter__(self):
        self.pipe, writer = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.close(self.pipe)
            try:
                ping_until_told(self.port, self.core, writer)
            finally:
                os._exit(0)
        os.close(writer)
        return self

    def __exit__(self, *_):
        os.kill(self.child, signal.SIGTERM)
        with os.fdopen(self.pipe, "rb") as file:
            self.samples.frombytes(file.read())
        os.waitpid(self.child, 0)

    def figures(self):
        """Milliseconds: median, 99.9th percentile, maximum."""
        ordered = sorted(self.samples)
        if not ordered:
            raise SystemExit("the latency probe got no answer")
        return [1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.999, 1)]


def ping_until_told(port, core, writer):
    os.sched_setaffinity(0, {core})
    try:
        # Ahead of the load that shares the core, so that its time slices are not taken for the server's.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    except OSError:
        pass
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    samples = array.array("d")
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not told:
            began = time.perf_counter()
            connection.sendall(b"PING\r\n")
            if not connection.recv(64).endswith(b"\n"):
                break
            took = time.perf_counter() - began
            samples.append(took)
            time.sleep(max(0, INTERVAL - took))
    with os.fdopen(writer, "wb") as file:
        samples.tofile(file)
