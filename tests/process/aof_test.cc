// The append-only file across real processes and on a real disk: what a server that is started anew has, what it makes of files
// that are not whole, and that rewriting makes them small.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <memory>

#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

const std::string incr = "/appendonlydir/appendonly.aof.1.incr.aof";

class Aof : public testing::Test {
 protected:
  Words words(const Words& more = {}) {
    // With another policy, what is acknowledged while a sync is under way may be lost with the process.
    Words all = {"--dir", directory_.path(),        "--appendonly", "yes", "--appendfsync", "always", "--save",
                 "",      "--enable-debug-command", "yes"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void start(const Words& more = {}) {
    link_.reset();
    server_.reset();
    server_ = std::make_unique<ServerRun>(words(more));
    link_ = std::make_unique<Link>(server_->port());
  }
  // Starts one that is to end by itself; what it wrote.
  std::string refused(const Words& more = {}) {
    link_.reset();
    server_.reset();
    Words all = {server_program(), "--port", std::to_string(free_loopback_port()), "--bind", "127.0.0.1"};
    const Words rest = words(more);
    all.insert(all.end(), rest.begin(), rest.end());
    ProcessRun process(all);
    EXPECT_EQ(process.wait_for_exit(), 1);
    EXPECT_EQ(process.err(), "");
    return process.out();
  }
  void kill_server() {
    server_->process().signal(SIGKILL);
    EXPECT_EQ(server_->process().wait_for_exit(), -SIGKILL);
  }
  std::string run(const Words& command) { return to_line(link_->run(command)); }
  std::string digest() { return run({"DEBUG", "DIGEST"}); }
  void fill(int count) {
    std::vector<Words> requests;
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      requests.push_back({"SET", "string:" + n, n});
      requests.push_back({"RPUSH", "list", n});
      requests.push_back({"HSET", "hash", n, n});
      requests.push_back({"ZADD", "sorted", n, n});
      requests.push_back({"SADD", "set", "m" + n});
    }
    for (size_t at = 0; at < requests.size(); at += 500) {
      link_->run_batch(std::span(requests).subspan(at, std::min<size_t>(500, requests.size() - at)));
    }
    run({"PEXPIREAT", "hash", "4102444800000"});
  }
  bool rewritten() {
    return eventually([&] { return info_number(*link_, "aof_rewrite_in_progress") == 0; });
  }
  std::string path(const std::string& name) const { return directory_.path() + name; }

  TemporaryDirectory directory_;
  std::unique_ptr<ServerRun> server_;
  std::unique_ptr<Link> link_;
};

TEST_F(Aof, AStartBringsBackWhatWasThere) {
  for (const std::string preamble : {"yes", "no"}) {
    start({"--aof-use-rdb-preamble", preamble});
    fill(1000);
    const std::string before = digest();
    kill_server();
    start({"--aof-use-rdb-preamble", preamble});
    EXPECT_EQ(digest(), before);
    EXPECT_EQ(run({"BGREWRITEAOF"}), "+Background append only file rewriting started");
    run({"SET", "during", preamble});
    ASSERT_TRUE(rewritten());
    run({"SET", "after", preamble});
    const std::string after = digest();
    EXPECT_TRUE(server_->stop());
    EXPECT_THAT(server_->process().out(), HasSubstr("Background AOF rewrite finished successfully"));
    start({"--aof-use-rdb-preamble", preamble});
    EXPECT_EQ(digest(), after);
    EXPECT_THAT(server_->process().out(), HasSubstr("DB loaded from append only file"));
  }
}

TEST_F(Aof, OverwritesAreRewrittenAway) {
  start({"--auto-aof-rewrite-min-size", "100kb"});
  const std::string value(1000, 'v');
  for (int i = 0; i < 2000; ++i) run({"SET", "key", value + std::to_string(i)});
  EXPECT_TRUE(eventually([&] {
    return info_number(*link_, "aof_rewrites") > 0 && info_number(*link_, "aof_rewrite_in_progress") == 0 &&
           info_number(*link_, "aof_current_size") < 1'000'000;
  }));
  // History goes in the background.
  EXPECT_TRUE(eventually([&] {
    const std::filesystem::directory_iterator files(path("/appendonlydir"));
    return std::distance(begin(files), end(files)) == 3;
  }));
  const std::string before = digest();
  kill_server();
  start();
  EXPECT_EQ(digest(), before);
}

TEST_F(Aof, ACutTailIsTakenAway) {
  start();
  run({"SET", "a", "1"});
  const std::string before = digest();
  run({"SET", "b", "2"});
  kill_server();
  const std::string whole = read_file(path(incr));
  write_file(path(incr), whole.substr(0, whole.size() - 5));
  EXPECT_THAT(refused({"--aof-load-truncated", "no"}),
              testing::AllOf(HasSubstr("Unexpected end of file reading the append only file appendonly.aof.1.incr.aof"),
                             HasSubstr("redoubt-check-aof --fix appendonlydir/appendonly.aof.manifest")));
  EXPECT_EQ(read_file(path(incr)).size(), whole.size() - 5);
  start();
  EXPECT_EQ(digest(), before);
  EXPECT_THAT(server_->process().out(),
              HasSubstr("AOF appendonly.aof.1.incr.aof loaded anyway because aof-load-truncated is enabled"));
  run({"SET", "c", "3"});
  const std::string after = digest();
  kill_server();
  start();
  EXPECT_EQ(digest(), after);
}

TEST_F(Aof, DamageIsRefusedWithItsPlace) {
  start();
  for (const char* key : {"a", "b", "c"}) run({"SET", key, "1"});
  kill_server();
  std::string bytes = read_file(path(incr));
  const size_t place = bytes.find("$1\r\nb\r\n");
  bytes[place] = '?';
  write_file(path(incr), bytes);
  const std::string out = refused();
  EXPECT_THAT(out, HasSubstr("Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup"));
  // SELECT and the first SET come before it.
  EXPECT_THAT(out,
              HasSubstr("Expected prefix '$', got: '?' at offset " + std::to_string(place) + ", in command number 3"));
  EXPECT_EQ(read_file(path(incr)), bytes);
}

TEST_F(Aof, AManifestThatMakesNoSense) {
  start();
  kill_server();
  write_file(path("/appendonlydir/appendonly.aof.manifest"), "file a seq 1 type b\nfile b seq 1 type b\n");
  EXPECT_THAT(refused(), testing::AllOf(HasSubstr("Found duplicate base file information"), HasSubstr("at line 2")));
  write_file(path("/appendonlydir/appendonly.aof.manifest"), "file missing seq 1 type b\n");
  EXPECT_THAT(refused(), HasSubstr("Unable to obtain the AOF file missing length. stat: No such file or directory"));
}

TEST_F(Aof, AnOldFileIsTakenOver) {
  write_file(path("/appendonly.aof"), "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
  start();
  EXPECT_EQ(to_line(link_->run({"GET", "a"})), to_line(link_->run({"ECHO", "1"})));
  EXPECT_FALSE(std::filesystem::exists(path("/appendonly.aof")));
  EXPECT_THAT(
      server_->process().out(),
      HasSubstr("Successfully migrated an old-style AOF configuration (appendonly.aof) into the AOF directory"));
  run({"SET", "b", "2"});
  const std::string before = digest();
  kill_server();
  start();
  EXPECT_EQ(digest(), before);
}

TEST_F(Aof, TurnedOnAtRunTime) {
  start({"--appendonly", "no"});
  fill(200);
  EXPECT_EQ(run({"CONFIG", "SET", "appendonly", "yes"}), "+OK");
  run({"SET", "after", "1"});
  ASSERT_TRUE(rewritten());
  const std::string before = digest();
  kill_server();
  start();
  EXPECT_EQ(digest(), before);
}

}  // namespace
}  // namespace redoubt
