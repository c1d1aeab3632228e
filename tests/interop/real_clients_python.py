"""Drives a server through python3-redis the way applications do. Usage: real_clients_python.py PORT"""
import sys
import threading
import time
import unittest

import redis

PORT = 0


class PythonClient(unittest.TestCase):
    def setUp(self):
        self.r = redis.Redis(port=PORT, decode_responses=True)
        self.r.flushall()

    def tearDown(self):
        self.r.close()

    def test_ping_and_echo(self):
        self.assertTrue(self.r.ping())
        self.assertEqual(self.r.echo("hi"), "hi")

    def test_text_and_bytes(self):
        self.r.set("k", "grün")
        self.assertEqual(self.r.get("k"), "grün")
        raw = redis.Redis(port=PORT)
        raw.set(b"\x00\xff", b"\r\n\x00")
        self.assertEqual(raw.get(b"\x00\xff"), b"\r\n\x00")
        self.assertIsNone(raw.get("none"))
        raw.close()

    def test_set_options(self):
        self.assertTrue(self.r.set("k", "1", ex=100))
        self.assertTrue(0 < self.r.ttl("k") <= 100)
        self.assertIsNone(self.r.set("k", "2", nx=True))
        self.assertIsNone(self.r.set("other", "2", xx=True))
        self.assertTrue(self.r.set("k", "3", xx=True, keepttl=True))
        self.assertTrue(0 < self.r.ttl("k") <= 100)
        self.assertEqual(self.r.set("k", "4", get=True), "3")
        self.assertEqual(self.r.ttl("k"), -1)
        self.assertTrue(self.r.set("k", "5", px=100000))
        self.assertTrue(0 < self.r.pttl("k") <= 100000)
        self.assertEqual(self.r.getex("k", persist=True), "5")
        self.assertEqual(self.r.ttl("k"), -1)

    def test_strings(self):
        self.assertEqual(self.r.incr("n", 5), 5)
        self.assertEqual(self.r.decr("n"), 4)
        self.assertAlmostEqual(self.r.incrbyfloat("n", 0.5), 4.5)
        self.assertEqual(self.r.append("s", "hello"), 5)
        self.assertEqual(self.r.getrange("s", 1, 3), "ell")
        self.assertEqual(self.r.setrange("s", 5, "!"), 6)
        self.assertTrue(self.r.mset({"a": 1, "b": 2}))
        self.assertEqual(self.r.mget("a", "none", "b"), ["1", None, "2"])
        self.assertFalse(self.r.msetnx({"a": 1, "c": 2}))
        self.assertEqual(self.r.getdel("a"), "1")

    def test_errors_are_exceptions(self):
        self.r.set("s", "x")
        with self.assertRaisesRegex(redis.ResponseError, "not an integer"):
            self.r.incr("s")
        with self.assertRaisesRegex(redis.ResponseError, "unknown command"):
            self.r.execute_command("NO-SUCH-COMMAND")

    def test_pipeline(self):
        pipe = self.r.pipeline(transaction=False)
        for i in range(1000):
            pipe.set("k%d" % i, i)
        pipe.get("k999").incr("k1").ttl("k2").exists("k3", "none")
        replies = pipe.execute()
        self.assertEqual(replies[:1000], [True] * 1000)
        self.assertEqual(replies[1000:], ["999", 2, -1, 1])
        pipe.set("x", "y").incr("x").get("x")
        replies = pipe.execute(raise_on_error=False)
        self.assertTrue(isinstance(replies[1], redis.ResponseError))
        self.assertEqual(replies[2], "y")

    def test_scan_iter(self):
        self.r.mset({"key:%d" % i: i for i in range(5000)})
        self.r.set("other", 1)
        self.assertEqual(len(set(self.r.scan_iter("key:*", count=100))), 5000)
        self.assertEqual(list(self.r.scan_iter(match="oth*")), ["other"])
        self.assertEqual(len(self.r.keys("key:1*")), 1111)

    def test_info(self):
        info = self.r.info()
        self.assertEqual(info["redis_version"], "7.2.4")
        self.assertEqual(info["tcp_port"], PORT)
        self.assertEqual(info["redis_mode"], "standalone")
        self.assertEqual(info["arch_bits"], 64)
        self.assertGreater(info["used_memory"], 0)
        self.assertEqual(info["loading"], 0)
        self.r.set("k", 1, ex=100)
        db = self.r.info("keyspace")["db0"]
        self.assertEqual((db["keys"], db["expires"]), (1, 1))
        self.assertIn("cmdstat_set", self.r.info("commandstats"))

    def test_client_list(self):
        named = redis.Redis(port=PORT, client_name="tester")
        named.ping()
        found = [c for c in self.r.client_list() if c["name"] == "tester"]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["cmd"], "ping")
        self.assertTrue(found[0]["addr"].startswith("127.0.0.1:"))
        self.assertEqual(int(found[0]["id"]), named.client_id())
        self.assertEqual(self.r.client_kill_filter(_id=found[0]["id"]), 1)
        self.assertTrue(named.ping(), "it connects again")
        named.close()

    def test_config(self):
        before = self.r.config_get("maxmemory-samples")
        self.assertEqual(before, {"maxmemory-samples": "5"})
        self.assertTrue(self.r.config_set("maxmemory-samples", 7))
        self.assertEqual(self.r.config_get("maxmemory-s*"), {"maxmemory-samples": "7"})
        self.r.config_set("maxmemory-samples", 5)
        with self.assertRaises(redis.ResponseError):
            self.r.config_set("maxmemory-samples", "many")
        self.assertTrue(self.r.config_resetstat())

    def test_databases_and_keys(self):
        second = redis.Redis(port=PORT, db=2, decode_responses=True)
        self.r.set("k", "zero")
        second.set("k", "two")
        self.assertEqual((self.r.get("k"), second.get("k")), ("zero", "two"))
        self.assertTrue(self.r.rename("k", "l"))
        self.assertTrue(self.r.move("l", 2))
        self.assertEqual(second.get("l"), "zero")
        self.assertEqual(second.type("l"), "string")
        self.assertEqual(second.object("encoding", "l"), "embstr")
        self.assertTrue(second.copy("l", "m"))
        self.assertEqual(second.touch("l", "m", "none"), 2)
        self.assertEqual(second.unlink("l", "m"), 2)
        self.assertEqual(second.dbsize(), 1)
        second.close()

    def test_expiry(self):
        self.r.set("k", "v", px=30)
        deadline = time.monotonic() + 10
        while self.r.exists("k") and time.monotonic() < deadline:
            time.sleep(0.005)
        self.assertIsNone(self.r.get("k"))

    def test_time_and_server(self):
        seconds, microseconds = self.r.time()
        self.assertLess(abs(seconds - time.time()), 60)
        self.assertTrue(0 <= microseconds < 1000000)
        self.assertGreater(self.r.memory_usage("none") or 1, 0)
        self.assertGreater(self.r.command_count(), 50)

    def test_pool_of_threads(self):
        pool = redis.Redis(connection_pool=redis.BlockingConnectionPool(max_connections=8, port=PORT))

        def work():
            for _ in range(200):
                pool.incr("total")

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(int(pool.get("total")), 3200)
        pool.connection_pool.disconnect()


if __name__ == "__main__":
    PORT = int(sys.argv.pop(1))
    unittest.main()
