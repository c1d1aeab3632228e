// What a server that is killed under load has kept, against what it had acknowledged: for each appendfsync.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

constexpr int clients = 8;
constexpr int pipeline = 16;

// Clients that each set keys of their own, one after another, and note when each was acknowledged.
class Load {
 public:
  explicit Load(int port) {
    // All are connected before the first may have been answered often enough.
    for (int i = 0; i < clients; ++i) links_.emplace_back(port);
    for (int i = 0; i < clients; ++i) threads_.emplace_back([this, i] { write(i); });
  }
  ~Load() {
    for (std::thread& thread : threads_) thread.join();
  }
  uint64_t acknowledged() const { return acknowledged_; }
  // After the server has gone: the time of each acknowledgement, by client.
  const std::vector<Clock::time_point>& times(int client) const { return times_[static_cast<size_t>(client)]; }
  void wait() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  static std::string key(int client, size_t n) { return "key:" + std::to_string(client) + ":" + std::to_string(n); }

 private:
  void write(int client) {
    RawLink& link = links_[static_cast<size_t>(client)];
    std::vector<Clock::time_point>& times = times_[static_cast<size_t>(client)];
    while (true) {
      std::string batch;
      for (size_t i = 0; i < pipeline; ++i) batch += request_of({"SET", key(client, times.size() + i), "v"});
      if (!link.try_send(batch)) return;
      for (size_t i = 0; i < pipeline; ++i) {
        if (link.read_line() != "+OK") return;
        times.push_back(Clock::now());
        ++acknowledged_;
      }
    }
  }

  std::vector<RawLink> links_;
  std::vector<Clock::time_point> times_[clients];
  std::atomic<uint64_t> acknowledged_ = 0;
  std::vector<std::thread> threads_;
};

struct Policy {
  const char* name;
  std::chrono::milliseconds may_lose;  // of the time before the kill
};

class Durability : public testing::TestWithParam<Policy> {};

TEST_P(Durability, AKilledServerHasWhatItPromised) {
  const TemporaryDirectory directory;
  const Words words = {"--dir",         directory.path(), "--appendonly", "yes",
                       "--appendfsync", GetParam().name,  "--save",       ""};
  for (int round = 0; round < 3; ++round) {
    auto server = std::make_unique<ServerRun>(words);
    Load load(server->port());
    ASSERT_TRUE(eventually([&] { return load.acknowledged() > 2000; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(300 * round));
    const Clock::time_point killed = Clock::now();
    server->process().signal(SIGKILL);
    EXPECT_EQ(server->process().wait_for_exit(), -SIGKILL);
    load.wait();

    server = std::make_unique<ServerRun>(words);
    Link link(server->port());
    for (int client = 0; client < clients; ++client) {
      const std::vector<Clock::time_point>& times = load.times(client);
      size_t kept = 0;
      for (size_t first = 0; first < times.size(); first += 1000) {
        Words exists = {"EXISTS"};
        for (size_t n = first; n < std::min(first + 1000, times.size()); ++n) exists.push_back(Load::key(client, n));
        kept += static_cast<size_t>(link.run(exists).integer);
      }
      // The log is in order: what is lost are the last ones.
      if (kept < times.size()) {
        EXPECT_GE(times[kept], killed - GetParam().may_lose) << kept << " of " << times.size();
      }
    }
    link.run({"FLUSHALL"});
    EXPECT_TRUE(server->stop());
  }
}

// Under everysec, writes wait for the sync under way, for two seconds at most. The other policies write in each tick.
INSTANTIATE_TEST_SUITE_P(All, Durability,
                         testing::Values(Policy{"always", std::chrono::milliseconds(0)},
                                         Policy{"everysec", std::chrono::milliseconds(2100)},
                                         Policy{"no", std::chrono::milliseconds(0)}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace redoubt
