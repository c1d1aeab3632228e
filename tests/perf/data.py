"""The data sets that loading, saving and checking are measured with."""
import random

import harness

SMALL_KEYS, COLLECTIONS = 5_000_000, 200_000


def sizes(options):
    """How many keys of each kind of DATA."""
    return (SMALL_KEYS // 10, COLLECTIONS // 10) if options.quick else (SMALL_KEYS, COLLECTIONS)


def fill_small(server, count):
    harness.insert(server, 0, count)


def fill_mixed(server, count):
    """Lists, hashes, sets and sorted sets: most of 10 elements, one in a hundred of 1000."""
    draw = random.Random(1)
    client = server.client()
    for start in range(0, count, 100):
        requests = []
        for number in range(start, start + 100):
            size = 1000 if number % 100 == 0 else 10
            items = [b"element:%08d" % draw.randrange(10**8) for _ in range(size)]
            kind = number % 4
            if kind == 0:
                words = [b"RPUSH", b"list:%d" % number, *items]
            elif kind == 1:
                words = [b"HSET", b"hash:%d" % number, *[word for item in items for word in (item, b"v" * 16)]]
            elif kind == 2:
                words = [b"SADD", b"set:%d" % number, *items]
            else:
                words = [b"ZADD", b"zset:%d" % number, *[word for item in items for word in (str(draw.random()), item)]]
            requests.append(harness.encode(*words))
        client.socket.sendall(b"".join(requests))
        for _ in requests:
            reply = client.receive()
            if isinstance(reply, harness.ReplyError):
                raise reply
    client.close()


DATA = {"small strings": fill_small, "mixed collections": fill_mixed}
