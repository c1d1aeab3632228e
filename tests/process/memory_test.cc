// Time and memory in a real process: keys that expire under load, eviction, memory that is freed in the background.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

// Sends the requests that `make` gives for 0..count-1 in pipelines, and counts the replies that are no errors.
template <typename Make>
int send_many(RawLink& link, int count, Make make) {
  constexpr int depth = 500;
  int good = 0;
  for (int first = 0; first < count; first += depth) {
    std::string requests;
    const int last = std::min(first + depth, count);
    for (int i = first; i < last; ++i) requests += make(i);
    link.send(requests);
    for (int i = first; i < last; ++i) good += link.read_line().starts_with('-') ? 0 : 1;
  }
  return good;
}

TEST(Memory, KeysExpireUnderAWriteLoadWithoutBeingAskedFor) {
  constexpr int count = 200000;
  ServerRun server;
  Link look(server.port());
  RawLink writer(server.port());
  const auto volatile_key = [](int i) {
    return request_of(
        {"SET", "volatile:" + std::to_string(i), "0123456789abcdef", "PX", std::to_string(1000 + i % 1000)});
  };
  ASSERT_EQ(send_many(writer, count, volatile_key), count);
  // Others go on being written all the while, and nobody reads.
  int round = 0;
  EXPECT_TRUE(eventually([&] {
    send_many(writer, 500, [&](int i) {
      return request_of({"SET", "fixed:" + std::to_string(i), std::to_string(round)});
    });
    ++round;
    return look.run({"DBSIZE"}).integer == 500;
  })) << look.run({"DBSIZE"}).integer;
  EXPECT_EQ(info_number(look, "expired_keys"), count);
  EXPECT_EQ(info_number(look, "keyspace_misses"), 0);
  EXPECT_GT(info_number(look, "redoubt_longest_tick_us"), 0);
  EXPECT_TRUE(info_field(look, "db0").starts_with("keys=500,expires=0,")) << info_field(look, "db0");
}

TEST(Memory, ExpiredKeysStayFewWhileMoreExpire) {
  ServerRun server;
  Link look(server.port());
  RawLink writer(server.port());
  // Each key lives for 200 ms: what is there beyond those written in that time has expired.
  const auto start = std::chrono::steady_clock::now();
  int64_t written = 0;
  int64_t most = 0;
  while (std::chrono::steady_clock::now() - start < std::chrono::seconds(3)) {
    send_many(writer, 2000, [&](int i) {
      return request_of({"SET", "k:" + std::to_string(written + i), "v", "PX", "200"});
    });
    written += 2000;
    most = std::max(most, look.run({"DBSIZE"}).integer);
  }
  EXPECT_LT(most, written / 3) << "of " << written;
  EXPECT_TRUE(eventually([&] { return look.run({"DBSIZE"}).integer == 0; }));
  EXPECT_EQ(info_number(look, "expired_keys"), written);
}

TEST(Memory, EvictionKeepsToMaxmemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "needs an allocator that tells what is used";
#endif
  ServerRun server({"--maxmemory-policy", "allkeys-lru"});
  Link look(server.port());
  const int64_t limit = info_number(look, "used_memory") + (20 << 20);
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "maxmemory", std::to_string(limit)})), "+OK");
  RawLink writer(server.port());
  const std::string value(1000, 'v');
  constexpr int count = 40000;  // twice what there is room for
  ASSERT_EQ(send_many(writer, count,
                      [&](int i) {
                        return request_of({"SET", "k:" + std::to_string(i), value});
                      }),
            count);
  const int64_t used = info_number(look, "used_memory");
  EXPECT_LT(used, limit + (1 << 20));
  EXPECT_GT(used, limit - (4 << 20));
  // From here on nothing more goes.
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "maxmemory", "0"})), "+OK");
  EXPECT_GT(info_number(look, "evicted_keys"), count / 4);
  const int64_t left = look.run({"DBSIZE"}).integer;
  EXPECT_EQ(left + info_number(look, "evicted_keys"), count);
  // The last ones are there, the first ones are not: least recently used goes first.
  EXPECT_EQ(look.run({"EXISTS", "k:" + std::to_string(count - 1)}).integer, 1);
  int first_ones = 0;
  for (int i = 0; i < 1000; ++i) first_ones += static_cast<int>(look.run({"EXISTS", "k:" + std::to_string(i)}).integer);
  EXPECT_LT(first_ones, 300);
}

TEST(Memory, WithoutEvictionWritesAreRefused) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "needs an allocator that tells what is used";
#endif
  ServerRun server;
  Link look(server.port());
  const int64_t limit = info_number(look, "used_memory") + (5 << 20);
  ASSERT_EQ(to_line(look.run({"CONFIG", "SET", "maxmemory", std::to_string(limit)})), "+OK");
  RawLink writer(server.port());
  const std::string value(1000, 'v');
  const int stored = send_many(writer, 10000, [&](int i) {
    return request_of({"SET", "k:" + std::to_string(i), value});
  });
  EXPECT_GT(stored, 3000);
  EXPECT_LT(stored, 7000);
  EXPECT_EQ(look.run({"DBSIZE"}).integer, stored);
  EXPECT_EQ(to_line(look.run({"SET", "k", value})), "-OOM command not allowed when used memory > 'maxmemory'.");
  EXPECT_EQ(look.run({"GET", "k:0"}).text, value);
  EXPECT_EQ(to_line(look.run({"DEL", "k:0"})), ":1");
}

class Flushes : public testing::TestWithParam<const char*> {};

TEST_P(Flushes, GiveTheMemoryBack) {
  ServerRun server({"--enable-debug-command", "yes"});
  Link look(server.port());
  const int64_t before = info_number(look, "used_memory");
  ASSERT_EQ(to_line(look.run({"DEBUG", "POPULATE", "300000", "key", "100"})), "+OK");
  ASSERT_GT(info_number(look, "used_memory") - before, 30 << 20);
  ASSERT_EQ(to_line(look.run({"FLUSHALL", GetParam()})), "+OK");
  EXPECT_EQ(look.run({"DBSIZE"}).integer, 0);
  EXPECT_EQ(to_line(look.run({"SET", "k", "v"})), "+OK") << "at work while the old data goes";
  EXPECT_TRUE(eventually([&] { return info_number(look, "lazyfree_pending_objects") == 0; }));
  EXPECT_TRUE(eventually([&] { return info_number(look, "used_memory") - before < 4 << 20; }));
  EXPECT_EQ(look.run({"DBSIZE"}).integer, 1);
}
INSTANTIATE_TEST_SUITE_P(Memory, Flushes, testing::Values("ASYNC", "SYNC"),
                         [](const auto& tested) { return tested.param; });

TEST(Memory, ClosedClientsLeaveNothingBehind) {
  ServerRun server;
  Link look(server.port());
  const auto visit = [&] {
    std::vector<RawLink> links;
    for (int i = 0; i < 300; ++i) {
      links.emplace_back(server.port());
      links.back().send("DBSIZE\r\n*3\r\n$3\r\nSET\r\n");
    }
    for (RawLink& link : links) EXPECT_EQ(link.read_line(), ":0");
  };
  visit();  // what is kept for reuse is there from now on
  ASSERT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  const int64_t before = info_number(look, "used_memory");
  for (int i = 0; i < 5; ++i) visit();
  ASSERT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  EXPECT_LT(info_number(look, "used_memory") - before, 256 << 10);
}

}  // namespace
}  // namespace redoubt
