// What is kept of a test, and who was its limit.
#include "benchmark/report/measurement.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(Measurement, KeepsTheFiguresOfAResult) {
  LoadResult result;
  for (uint64_t ms = 1; ms <= 1000; ++ms) result.latency.record(ms * 1'000'000);
  result.seconds = 2;
  result.cpu_seconds = 1;
  result.errors = {{"ERR a", 3}, {"ERR b", 4}};
  result.stopped = true;
  const Measurement kept = measurement_of("GET", 3, 16, 8, result);
  EXPECT_EQ(kept.test, "GET");
  EXPECT_EQ(kept.threads, 3u) << "a thread without clients is none";
  EXPECT_EQ(kept.replies, 1000u);
  EXPECT_EQ(kept.errors, 7u);
  EXPECT_EQ(kept.rate(), 500);
  EXPECT_FALSE(kept.whole);
  EXPECT_NEAR(static_cast<double>(kept.latency.p50_ns), 500e6, 1e6);
  EXPECT_NEAR(static_cast<double>(kept.latency.p999_ns), 999e6, 1e6);
  EXPECT_EQ(kept.latency.max_ns, result.latency.max());
  EXPECT_FALSE(kept.service);
  EXPECT_DOUBLE_EQ(kept.client_busy(), 1.0 / 6);
  EXPECT_EQ(measurement_of("GET", 3, 16, 0, result).threads, 1u);
  EXPECT_EQ(measurement_of("GET", 3, 16, 1, LoadResult{}).rate(), 0);
}

TEST(ServerCpu, OfSeveralTheBusiestIsTheLimit) {
  const std::vector<ServerCpu> before = {{10, 8, 100}, {20, 20, 100.1}, {1, 1, 100.2}};
  const std::vector<ServerCpu> after = {{11, 8.5, 102}, {21.9, 21.8, 102.1}, {1.5, 1.5, 102.2}};
  const auto spent = spent_between(before, after);
  ASSERT_TRUE(spent);
  EXPECT_NEAR(spent->all, 1 + 1.9 + 0.5, 1e-9);
  EXPECT_NEAR(spent->main, 1.8, 1e-9);
  EXPECT_NEAR(spent->at, 2, 1e-9);
  EXPECT_FALSE(spent_between(before, {}));
  EXPECT_FALSE(spent_between({}, {}));
}

TEST(Measurement, ServiceTimeStandsBesideTheLatency) {
  LoadResult result;
  result.service.emplace();
  for (uint64_t ms = 1; ms <= 100; ++ms) {
    result.latency.record(ms * 2'000'000);
    result.service->record(ms * 1'000'000);
  }
  const Measurement kept = measurement_of("GET", 1, 1, 1, result);
  ASSERT_TRUE(kept.service);
  EXPECT_EQ(kept.service->min_ns, 1'000'000u);
  EXPECT_EQ(kept.service->max_ns, 100'000'000u);
  EXPECT_NEAR(kept.service->mean_ns, 50.5e6, 1e5);
  EXPECT_NEAR(static_cast<double>(kept.service->p95_ns), 95e6, 1e5);
  EXPECT_NEAR(static_cast<double>(kept.latency.p95_ns), 190e6, 2e5);
}

TEST(Measurement, CommandsOfAMixHaveTheirOwnFigures) {
  LoadResult result;
  result.seconds = 2;
  result.latency.record(5, 40);
  result.commands = {{.command = "GET k"}, {.command = "SET k v", .errors = 4}};
  result.commands[0].latency.record(5, 30);
  result.commands[1].latency.record(1000, 10);
  const Measurement kept = measurement_of("mix", 1, 1, 1, result);
  ASSERT_EQ(kept.commands.size(), 2u);
  EXPECT_EQ(kept.commands[1].command, "SET k v");
  EXPECT_EQ(kept.commands[1].replies, 10u);
  EXPECT_EQ(kept.commands[1].errors, 4u);
  EXPECT_EQ(kept.commands[1].latency.p50_ns, 1000u);
  EXPECT_EQ(kept.share(kept.commands[0]), 0.75);
  EXPECT_EQ(kept.rate(kept.commands[0]), 15);
  EXPECT_EQ(Measurement().share(kept.commands[0]), 0);
}

TEST(TimeFigures, AreFieldsOfCsv) {
  EXPECT_EQ(csv_names("x"),
            ",\"avg_x_ms\",\"min_x_ms\",\"p50_x_ms\",\"p95_x_ms\",\"p99_x_ms\",\"p99_9_x_ms\",\"max_x_ms\"");
  const TimeFigures times{1.5e6, 1'000'000, 2'000'000, 3'000'000, 4'000'000, 5'000'000, 6'000'000};
  EXPECT_EQ(csv_values(times, 1), ",\"1.5\",\"1.0\",\"2.0\",\"3.0\",\"4.0\",\"5.0\",\"6.0\"");
}

TEST(Measurement, TheLimitIsWhoWasBusyAllTheTime) {
  const struct {
    double seconds;
    double client;
    std::optional<ServerCpu> server;
    size_t threads;
    Limit limit;
    const char* sentence;
  } cases[] = {
      {10, 9.9, ServerCpu{5, 5, 10}, 1, Limit::client,
       "client 99 % of 1 thread, server 50 %: the client was the limit, not the server; try --threads 2"},
      {10, 5, ServerCpu{9.8, 9.8, 10}, 1, Limit::server,
       "client 50 % of 1 thread, server 98 %: the server was the limit"},
      {10, 9.9, ServerCpu{9.9, 9.9, 10}, 1, Limit::both,
       "client 99 % of 1 thread, server 99 %: both were busy all the time; try --threads 2"},
      {10, 2, ServerCpu{2, 2, 10}, 1, Limit::neither,
       "client 20 % of 1 thread, server 20 %: neither was busy all the time"},
      {10, 39, ServerCpu{30, 2, 10}, 4, Limit::client,
       "client 98 % of 4 threads, server 300 %: the client was the limit, not the server; it needs more clients, and "
       "--threads"},
      {10, 9.9, std::nullopt, 1, Limit::client,
       "client 99 % of 1 thread, server not told: the client was the limit, not the server; try --threads 2"},
      {10, 2, std::nullopt, 1, Limit::unknown,
       "client 20 % of 1 thread, server not told: too little to tell what was the limit"},
      {0.01, 0.01, ServerCpu{0, 0, 10}, 1, Limit::unknown,
       "client 100 % of 1 thread, server 0 %: too little to tell what was the limit"},
  };
  for (const auto& row : cases) {
    Measurement one;
    one.clients = 7;
    one.threads = row.threads;
    one.seconds = row.seconds;
    one.client_cpu_seconds = row.client;
    one.server_cpu = row.server;
    EXPECT_EQ(one.limit(), row.limit) << row.sentence;
    EXPECT_EQ(verdict_sentence(one), row.sentence);
  }
}

TEST(Measurement, MuchWaitingInTheClientIsTold) {
  const struct {
    double lag_ms;
    size_t clients;
    size_t threads;
    double client_seconds;
    const char* sentence;
  } cases[] = {
      {0.249, 50, 1, 2, "client 20 % of 1 thread (lag p99 0.50 ms), server 20 %: neither was busy all the time"},
      {0.25, 50, 1, 2,
       "client 20 % of 1 thread (lag p99 0.50 ms), server 20 %: neither was busy all the time, and replies waited in "
       "the client for 25 % of the latency; it had time to spare, so others may have had its processor"},
      {0.25, 50, 1, 5,
       "client 50 % of 1 thread (lag p99 0.50 ms), server 20 %: neither was busy all the time, and replies waited in "
       "the client for 25 % of the latency; try --threads 2"},
      {0.5, 3, 2, 12,
       "client 60 % of 2 threads (lag p99 0.50 ms), server 20 %: neither was busy all the time, and replies waited in "
       "the client for 50 % of the latency; try --threads 3"},
      {0.5, 2, 2, 4, "client 20 % of 2 threads (lag p99 0.50 ms), server 20 %: neither was busy all the time"},
      {5, 50, 1, 9.9,
       "client 99 % of 1 thread (lag p99 0.50 ms), server 20 %: the client was the limit, not the server, and replies "
       "waited in the client for 100 % of the latency; try --threads 2"},
      {0.1, 50, 1, 9.9,
       "client 99 % of 1 thread (lag p99 0.50 ms), server 20 %: the client was the limit, not the server; try "
       "--threads 2"},
  };
  for (const auto& row : cases) {
    Measurement one;
    one.clients = row.clients;
    one.threads = row.threads;
    one.seconds = 10;
    one.latency.mean_ns = 1e6;
    one.client_lag = TimeFigures{.mean_ns = row.lag_ms * 1e6, .p99_ns = 500'000};
    one.client_cpu_seconds = row.client_seconds;
    one.server_cpu = ServerCpu{2, 2, 10};
    EXPECT_EQ(verdict_sentence(one), row.sentence);
  }
}

TEST(Measurement, HowLateTheClientWasIsOfItsResult) {
  LoadResult result;
  EXPECT_FALSE(measurement_of("GET", 2, 1, 1, result).client_lag);
  result.lag.record(500, 3);
  result.latency.record(1000, 3);
  result.seconds = 1;
  const Measurement kept = measurement_of("GET", 2, 1, 1, result);
  ASSERT_TRUE(kept.client_lag);
  EXPECT_EQ(kept.client_lag->max_ns, 500u);
  EXPECT_EQ(kept.client_lag_share(), 0.5);
  EXPECT_FALSE(Measurement().client_lag_share());
}

TEST(ServerCpu, IsReadFromInfo) {
  const auto cpu = server_cpu_of(
      "# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:2.25\r\nused_cpu_sys_children:9\r\n"
      "used_cpu_sys_main_thread:1.0\r\nused_cpu_user_main_thread:2.0\r\n");
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->all, 3.75);
  EXPECT_EQ(cpu->main, 3);
  const auto old = server_cpu_of("used_cpu_sys:1\nused_cpu_user:2");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->main, 3);
  EXPECT_FALSE(server_cpu_of("used_cpu_sys:1\r\n"));
  EXPECT_FALSE(server_cpu_of("used_cpu_sys:x\r\nused_cpu_user:2\r\n"));
  EXPECT_FALSE(server_cpu_of(""));
}

}  // namespace
}  // namespace redoubt
