#!/usr/bin/env python3
"""Makes vNN.rdb, one file for each version of the format with what was new in it, and vNN.txt, what a reader tells of it
(tests/support/rdb_recorder.h); also the seeds of the fuzz targets rdb_reader and rdb_payload. Knows nothing of Redoubt's
code. Run it after a change, and commit what it makes."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "..", "..", "fuzz", "seeds")


def crc64(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x95AC9329AC4BC9B5 if crc & 1 else crc >> 1
    return crc


def as_integer(text):
    try:
        value = int(text)
    except ValueError:
        return None
    return value if str(value).encode() == text and -(1 << 63) <= value < 1 << 63 else None


def length(value):
    if value < 64:
        return bytes([value])
    if value < 16384:
        return bytes([0x40 | value >> 8, value & 0xFF])
    if value < 1 << 32:
        return b"\x80" + struct.pack(">I", value)
    return b"\x81" + struct.pack(">Q", value)


def string(text):
    """As Redis writes it: small integers are not text."""
    value = as_integer(text)
    if value is not None:
        for tag, form, limit in ((b"\xc0", "<b", 1 << 7), (b"\xc1", "<h", 1 << 15), (b"\xc2", "<i", 1 << 31)):
            if -limit <= value < limit:
                return tag + struct.pack(form, value)
    return length(len(text)) + text


def raw_string(text):
    return length(len(text)) + text


def packed(text):
    """LZF: runs of one byte become a literal and references to it."""
    out, at = b"", 0
    while at < len(text):
        run = 1
        while at + run < len(text) and text[at + run] == text[at] and run < 264:
            run += 1
        if run >= 10:
            out += bytes([0, text[at], 0xE0, run - 1 - 9, 0])
            at += run
        else:
            out += bytes([0, text[at]])
            at += 1
    return b"\xc3" + length(len(out)) + length(len(text)) + out


def ziplist(elements):
    body, before, tail = b"", 0, 0
    for element in elements:
        tail = len(body)
        body += bytes([before]) if before < 254 else b"\xfe" + struct.pack("<I", before)
        value = as_integer(element)
        if value is None:
            if len(element) < 64:
                body += bytes([len(element)])
            elif len(element) < 16384:
                body += struct.pack(">H", 0x4000 | len(element))
            else:
                body += b"\x80" + struct.pack(">I", len(element))
            body += element
        elif 0 <= value <= 12:
            body += bytes([0xF1 + value])
        elif -(1 << 7) <= value < 1 << 7:
            body += b"\xfe" + struct.pack("<b", value)
        elif -(1 << 15) <= value < 1 << 15:
            body += b"\xc0" + struct.pack("<h", value)
        elif -(1 << 23) <= value < 1 << 23:
            body += b"\xf0" + struct.pack("<i", value)[:3]
        elif -(1 << 31) <= value < 1 << 31:
            body += b"\xd0" + struct.pack("<i", value)
        else:
            body += b"\xe0" + struct.pack("<q", value)
        before = len(body) - tail
    return struct.pack("<IIH", 11 + len(body), 10 + tail, len(elements)) + body + b"\xff"


def zipmap(pairs, free):
    def part(size):
        return bytes([size]) if size < 254 else b"\xfe" + struct.pack("<I", size)

    body = bytes([len(pairs)])
    for name, value in pairs:
        body += part(len(name)) + name + part(len(value)) + bytes([free]) + value + b"x" * free
    return body + b"\xff"


def intset(width, values):
    form = {2: "<h", 4: "<i", 8: "<q"}[width]
    return struct.pack("<II", width, len(values)) + b"".join(struct.pack(form, value) for value in values)


def back_length(size):
    parts = [size & 0x7F]
    while size >> 7:
        size >>= 7
        parts.append(size & 0x7F)
    parts.reverse()
    return bytes([parts[0]] + [part | 0x80 for part in parts[1:]])


def listpack(elements):
    body = b""
    for element in elements:
        value = as_integer(element)
        if value is None:
            if len(element) < 64:
                coded = bytes([0x80 | len(element)]) + element
            elif len(element) < 4096:
                coded = struct.pack(">H", 0xE000 | len(element)) + element
            else:
                coded = b"\xf0" + struct.pack("<I", len(element)) + element
        elif 0 <= value < 128:
            coded = bytes([value])
        elif -4096 <= value < 4096:
            coded = struct.pack(">H", 0xC000 | value & 0x1FFF)
        elif -(1 << 15) <= value < 1 << 15:
            coded = b"\xf1" + struct.pack("<h", value)
        elif -(1 << 23) <= value < 1 << 23:
            coded = b"\xf2" + struct.pack("<i", value)[:3]
        elif -(1 << 31) <= value < 1 << 31:
            coded = b"\xf3" + struct.pack("<i", value)
        else:
            coded = b"\xf4" + struct.pack("<q", value)
        body += coded + back_length(len(coded))
    return struct.pack("<IH", 7 + len(body), len(elements)) + body + b"\xff"


def stream_id(ms, sequence):
    return struct.pack(">QQ", ms, sequence)


def write_file(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


class File:
    def __init__(self, version):
        self.version = version
        self.data = b"REDIS%04d" % version
        self.lines = ["version %d" % version]
        self.db = 0

    def add(self, data, *lines):
        self.data += data
        self.lines += lines

    def select(self, db):
        self.db = db
        self.add(b"\xfe" + length(db), "db %d" % db)

    def aux(self, name, value):
        self.add(b"\xfa" + string(name) + string(value), "aux %s %s" % (name.decode(), value.decode()))

    def key(self, kind, number, name, value, lines, prefix=b"", about=""):
        self.add(b"", "key %d:%s type %d kind %d at %d%s" % (self.db, name.decode(), number, kind, len(self.data), about))
        self.add(prefix + bytes([number]) + string(name) + value, *lines, "end")
        # A first byte for the target, then type and value.
        write_file(os.path.join(SEEDS, "rdb_payload", name.decode().replace(":", "_")), bytes([0, number]) + value)

    def write(self):
        self.data += b"\xff"
        if self.version >= 5:
            self.data += struct.pack("<Q", crc64(self.data))
        name = "v%02d" % self.version
        write_file(os.path.join(HERE, name + ".rdb"), self.data)
        write_file(os.path.join(HERE, name + ".txt"), ("\n".join(self.lines) + "\n").encode())
        write_file(os.path.join(SEEDS, "rdb_reader", name), bytes([2]) + self.data)


# Kinds of values, as in common/rdb/rdb_visitor.h.
STRING, LIST, SET, ZSET, HASH, STREAM = range(6)
FAR = 4102444800000  # the year 2100, in ms


def shown(text):
    if len(text) <= 100:
        return text.decode()
    return "%s...%s (%d)" % (text[:10].decode(), text[-10:].decode(), len(text))


def add_plain(file):
    """What every version has."""
    file.key(STRING, 0, b"text", string(b"some text"), ["string some text"])
    for number in (b"7", b"-200", b"70000", b"5000000000"):
        file.key(STRING, 0, b"number" + number, string(number), ["string " + number.decode()])
    run = b"x" * 300 + b"y" * 5 + b"z" * 30
    file.key(STRING, 0, b"packed", packed(run), ["string " + shown(run)])
    file.key(STRING, 0, b"expires", string(b"v"), ["string v"], b"\xfd" + struct.pack("<i", 2000000000), " expires 2000000000000")
    elements = [b"one", b"2", b"", b"w" * 100]
    file.key(LIST, 1, b"list", length(4) + b"".join(map(string, elements)), ["elements 4"] + ["element " + e.decode() for e in elements])
    file.key(SET, 2, b"set", length(3) + b"".join(map(string, elements[:3])), ["elements 3"] + ["element " + e.decode() for e in elements[:3]])
    file.key(HASH, 4, b"hash", length(2) + string(b"f") + string(b"1") + string(b"g") + string(b"w"), ["elements 2", "pair f = 1", "pair g = w"])


def add_digits(file):
    members = [(b"a", b"1.5", "1.5"), (b"b", b"-17", "-17"), (b"c", None, "inf"), (b"d", b"", "-inf")]
    value = length(4)
    for name, digits, _ in members:
        value += string(name) + (b"\xfe" if digits is None else b"\xff" if digits == b"" else bytes([len(digits)]) + digits)
    file.key(ZSET, 3, b"zset", value, ["elements 4"] + ["scored %s %s" % (name.decode(), text) for name, _, text in members])


def add_ziplists(file):
    numbers = [b"0", b"12", b"13", b"-1", b"128", b"-40000", b"8388608", b"3000000000", b"text", b"", b"l" * 90, b"m" * 300]
    file.key(LIST, 10, b"list:ziplist", raw_string(ziplist(numbers)), ["elements 12"] + ["element " + shown(e) for e in numbers])
    file.key(ZSET, 12, b"zset:ziplist", raw_string(ziplist([b"b", b"-2", b"a", b"1", b"7", b"2.5"])), ["elements 3", "scored b -2", "scored a 1", "scored 7 2.5"])


def add_intsets(file):
    for width, values in ((2, [-5, 0, 300]), (4, [-70000, 1, 70000]), (8, [-(1 << 40), 2, 1 << 40])):
        file.key(SET, 11, b"set:intset%d" % width, raw_string(intset(width, values)), ["intset " + " ".join(map(str, values))])


def add_hash_ziplist(file):
    file.key(HASH, 13, b"hash:ziplist", raw_string(ziplist([b"f", b"v", b"10", b"20"])), ["elements 2", "pair f = v", "pair 10 = 20"])


def stream_body():
    """Entries 100-1, 100-2 (deleted), 200-0."""
    first = [b"1", b"1", b"1", b"f", b"0", b"2", b"0", b"0", b"a", b"4", b"3", b"0", b"1", b"b", b"4"]
    second = [b"1", b"0", b"1", b"f", b"0", b"0", b"0", b"0", b"2", b"g", b"c", b"h", b"-5", b"8"]
    data = length(2)
    lines = []
    for (ms, sequence), elements in (((100, 1), first), ((200, 0), second)):
        data += raw_string(stream_id(ms, sequence)) + raw_string(listpack(elements))
        lines.append("entries from %d-%d: %s" % (ms, sequence, " ".join(e.decode() for e in elements)))
    return data + length(2) + length(200) + length(0), lines


def add_stream(file, version):
    number = {1: 15, 2: 19, 3: 21}[version]
    data, lines = stream_body()
    if version >= 2:
        data += length(100) + length(1) + length(100) + length(2) + length(3)
    lines.append("stream of 2, 100-1 to 200-0, deleted %s, added %d" % (("100-2", 3) if version >= 2 else ("0-0", 2)))
    data += length(1) + string(b"group") + length(100) + length(1)
    if version >= 2:
        data += length(1)
    lines.append("group group last 100-1 read 1")
    data += length(1) + stream_id(100, 1) + struct.pack("<Q", 1600000000000) + length(3)
    lines.append("pending 100-1 delivered 3 times, 1600000000000")
    data += length(2)
    for name, seen, active, owned in ((b"alice", 1600000000001, 1600000000002, [(100, 1)]), (b"bob", 1600000000003, -1, [])):
        data += string(name) + struct.pack("<Q", seen)
        if version == 3:
            data += struct.pack("<q", active)
        lines.append("consumer %s seen %d active %d" % (name.decode(), seen, active if version == 3 else seen))
        data += length(len(owned)) + b"".join(stream_id(*one) for one in owned)
        lines += ["owns %d-%d" % one for one in owned]
    file.key(STREAM, number, b"stream%d" % version, data, lines)


def add_listpacks(file):
    file.key(HASH, 16, b"hash:listpack", raw_string(listpack([b"f", b"v" * 70, b"10", b"-20"])), ["listpack f %s 10 -20" % ("v" * 70)])
    file.key(ZSET, 17, b"zset:listpack", raw_string(listpack([b"b", b"-2", b"a", b"1.5"])), ["listpack b -2 a 1.5"])
    plain = b"p" * 5000
    node = [b"1", b"-4096", b"40000", b"-8388608", b"2147483648", b"n" * 4096, b""]
    file.key(LIST, 18, b"list:quicklist2", length(2) + length(2) + packed(listpack(node)) + length(1) + packed(plain),
             ["nodes 2", "node " + " ".join(shown(e) for e in node), "plain " + shown(plain)])


def add_expiring(file):
    at = FAR
    file.key(HASH, 22, b"hash:22", length(2) + length(at) + string(b"f") + string(b"v") + length(0) + string(b"g") + string(b"w"),
             ["elements 2", "pair f = v expires %d" % at, "pair g = w"])
    pack = listpack([b"f", b"v", b"%d" % at, b"g", b"w", b"0"])
    told = "listpackex f v %d g w 0" % at
    file.key(HASH, 23, b"hash:23", raw_string(pack), [told])
    file.key(HASH, 24, b"hash:24", struct.pack("<Q", at) + length(3) + length(1) + string(b"f") + string(b"v") + length(0) + string(b"g") + string(b"w") + length(1001) + string(b"h") + string(b"x"),
             ["elements 3", "pair f = v expires %d" % at, "pair g = w", "pair h = x expires %d" % (at + 1000)])
    file.key(HASH, 25, b"hash:25", struct.pack("<Q", at) + raw_string(pack), [told])


def make(version):
    file = File(version)
    if version >= 7:
        file.aux(b"redis-ver", b"0.0.%d" % version)
        file.aux(b"redis-bits", b"64")
    if version >= 10:
        code = b"#!lua name=lib\nredis.register_function('f', function() return 1 end)"
        file.add(b"\xf5" + string(code), "function " + code.decode())
    file.select(0)
    if version >= 7:
        file.add(b"\xfb" + length(20) + length(1), "sizes 20 1")
    add_plain(file)
    add_digits(file)
    if version >= 2:
        add_intsets(file)
        file.key(HASH, 9, b"hash:zipmap", raw_string(zipmap([(b"f", b"v"), (b"n" * 300, b"7"), (b"", b"")], 2)), ["elements 3", "pair f = v", "pair %s = 7" % shown(b"n" * 300), "pair  = "])
        add_ziplists(file)
    if version >= 3:
        file.key(STRING, 0, b"expires:ms", string(b"v"), ["string v"], b"\xfc" + struct.pack("<Q", FAR + 123), " expires %d" % (FAR + 123))
    if version >= 4:
        add_hash_ziplist(file)
    if version >= 7:
        file.key(LIST, 14, b"list:quicklist", length(2) + raw_string(ziplist([b"a", b"300"])) + packed(ziplist([b"q" * 1000])),
                 ["nodes 2", "node a 300", "node " + shown(b"q" * 1000)])
    if version >= 8:
        file.key(ZSET, 5, b"zset:doubles", length(3) + string(b"a") + struct.pack("<d", 0.1) + string(b"b") + struct.pack("<d", float("-inf")) + string(b"c") + struct.pack("<d", 1e300),
                 ["elements 3", "scored a 0.1", "scored b -inf", "scored c 1e+300"])
    if version >= 9:
        add_stream(file, 1)
        file.key(STRING, 0, b"idle", string(b"v"), ["string v"], b"\xf8" + length(1000), " idle 1000")
        file.key(STRING, 0, b"often", string(b"v"), ["string v"], b"\xf9\xc8", " frequency 200")
    if version >= 10:
        add_listpacks(file)
        add_stream(file, 2)
    if version >= 11:
        add_stream(file, 3)
        file.key(SET, 20, b"set:listpack", raw_string(listpack([b"a", b"-7", b"b"])), ["listpack a -7 b"])
    if version >= 12:
        add_expiring(file)
        file.add(b"\xf4" + length(5) + length(100) + length(2))
    file.select(11)
    file.key(STRING, 0, b"text", string(b"elsewhere"), ["string elsewhere"])
    file.write()


for one in range(1, 13):
    make(one)
