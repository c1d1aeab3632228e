// The append log as clients see it: BGREWRITEAOF, CONFIG SET appendonly, DEBUG LOADAOF, INFO, and what is there after a start.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

constexpr const char* manifest_path = "appendonlydir/appendonly.aof.manifest";
const std::string settings = "save ''\nenable-debug-command yes\nset-max-intset-entries 8\n";
const std::string with_log = settings + "appendonly yes\n";

// Goes on until nothing is left to be done in the background.
void settle(TestServer& server) {
  Persistence& persistence = server.services().persistence;
  for (int i = 0; i < 30 || (persistence.busy() && i < 20'000); ++i) {
    // The walk of a snapshot gets its share of real time.
    if (i >= 30) std::this_thread::sleep_for(std::chrono::microseconds(200));
    server.advance(i < 30 ? 200 : 1);
    server.tick();
    persistence.append_log().background().drain();
    persistence.saver().background().drain();
    persistence.log_rewrite().background().drain();
    persistence.log_files().background().drain();
  }
  EXPECT_FALSE(persistence.busy());
}

std::string info(TestServer& server, const std::string& field) {
  const std::string text = server.run("INFO", "persistence").text;
  const size_t found = text.find("\n" + field + ":");
  if (found == std::string::npos) return "(none)";
  const size_t begin = found + field.size() + 2;
  return text.substr(begin, text.find('\r', begin) - begin);
}

std::string digest(TestServer& server) { return server.run("DEBUG", "DIGEST").text; }

// Keys of all types in all encodings, some of which expire.
void fill(TestServer& server, const std::string& prefix = "") {
  server.run("SET", prefix + "string", "value");
  server.run("SET", prefix + "number", "12", "PX", "5000000");
  server.run("SET", prefix + "long", std::string(5000, 'x'));
  server.run("RPUSH", prefix + "list", "a", "1", "");
  server.run("SADD", prefix + "integers", "1", "2", "-7");
  server.run("SADD", prefix + "words", "a", "b", "3");
  server.run("HSET", prefix + "hash", "f", "v", "g", "2");
  server.run("HPEXPIRE", prefix + "hash", "400000", "FIELDS", "1", "g");
  server.run("ZADD", prefix + "sorted", "1.5", "a", "-inf", "b", "1e300", "c");
  for (int i = 0; i < 700; ++i) {
    const std::string n = std::to_string(i);
    server.run("RPUSH", prefix + "long list", n + std::string(20, 'l'));
    server.run("SADD", prefix + "many", n);
    server.run("HSET", prefix + "table", n, n);
    server.run("ZADD", prefix + "tree", n, n);
  }
  server.run("PEXPIRE", prefix + "tree", "123456789");
  server.run("SELECT", "9");
  server.run("SET", prefix + "elsewhere", "1");
  server.run("SELECT", "0");
}

// The server that is started after this one was killed.
struct Next {
  explicit Next(TestServer& before, const std::string& config = with_log)
      : files(before.files().after_power_cut(Kept::everything)), server(config, files.get()) {
    server.set_now(before.now_ms());
    server.finish_loading();
  }
  std::unique_ptr<SimulatedFiles> files;
  TestServer server;
};

TEST(AppendLog, WhatWasDoneIsThereAfterAStart) {
  for (const std::string preamble : {"yes", "no"}) {
    const std::string config = with_log + "aof-use-rdb-preamble " + preamble + "\n";
    TestServer server(config);
    fill(server);
    server.run("DEL", "words");
    server.tick();
    Next second(server, config);
    EXPECT_EQ(digest(second.server), digest(server));
    // Once more, with a base that is not empty.
    EXPECT_EQ(second.server.run("BGREWRITEAOF"), "Background append only file rewriting started");
    fill(second.server, "more ");
    settle(second.server);
    EXPECT_EQ(info(second.server, "aof_last_bgrewrite_status"), "ok");
    Next third(second.server, config);
    EXPECT_EQ(digest(third.server), digest(second.server));
    EXPECT_NE(digest(third.server), digest(server));
    EXPECT_EQ(third.server.run("PTTL", "number"), to_string(second.server.run("PTTL", "number")));
    EXPECT_EQ(third.files->content(manifest_path), second.files->content(manifest_path));
    EXPECT_EQ(third.server.run("OBJECT", "ENCODING", "integers"), "\"intset\"");
  }
}

TEST(AppendLog, WithoutTheLogNothingOfItIsLoaded) {
  TestServer server(with_log);
  server.run("SET", "a", "1");
  server.tick();
  Next off(server, settings);
  EXPECT_EQ(off.server.run("DBSIZE"), "(integer) 0");
  EXPECT_EQ(info(off.server, "aof_enabled"), "0");
  EXPECT_EQ(info(off.server, "aof_current_size"), "(none)");
}

TEST(AppendLog, RepliesOfBgrewriteaof) {
  TestServer server(with_log);
  server.run("SET", "a", "1");
  EXPECT_EQ(server.run("BGREWRITEAOF", "x"), "(error) ERR wrong number of arguments for 'bgrewriteaof' command");
  EXPECT_EQ(server.run("BGREWRITEAOF"), "Background append only file rewriting started");
  EXPECT_EQ(info(server, "aof_rewrite_in_progress"), "1");
  EXPECT_EQ(server.run("BGREWRITEAOF"), "(error) ERR Background append only file rewriting already in progress");
  settle(server);
  EXPECT_EQ(info(server, "aof_rewrite_in_progress"), "0");
  EXPECT_EQ(server.run("BGSAVE"), "Background saving started");
  EXPECT_EQ(server.run("BGREWRITEAOF"), "Background append only file rewriting scheduled");
  EXPECT_EQ(info(server, "aof_rewrite_scheduled"), "1");
  settle(server);
  EXPECT_EQ(info(server, "aof_rewrite_scheduled"), "0");
  EXPECT_EQ(info(server, "aof_rewrites"), "2");
  FileFault fault;
  fault.operation = FileOperation::open_to_write;
  fault.error = "No space left on device";
  server.files().fail(fault);
  EXPECT_EQ(
      server.run("BGREWRITEAOF"),
      "(error) ERR Can't execute an AOF background rewriting. Please check the server logs for more information.");
  EXPECT_EQ(info(server, "aof_last_bgrewrite_status"), "err");
  EXPECT_EQ(info(server, "aof_rewrites_consecutive_failures"), "1");
  EXPECT_EQ(server.run("CONFIG", "RESETSTAT"), "OK");
  EXPECT_EQ(info(server, "aof_rewrites"), "0");
}

TEST(AppendLog, TurnedOnAndOffAtRunTime) {
  TestServer server(settings);
  fill(server);
  EXPECT_EQ(server.run("CONFIG", "SET", "appendonly", "yes"), "OK");
  EXPECT_EQ(info(server, "aof_enabled"), "1");
  EXPECT_EQ(info(server, "aof_rewrite_in_progress"), "1");
  server.run("SET", "meanwhile", "1");
  settle(server);
  server.run("SET", "after", "1");
  server.tick();
  Next next(server);
  EXPECT_EQ(digest(next.server), digest(server));
  EXPECT_EQ(server.run("CONFIG", "SET", "appendonly", "no"), "OK");
  EXPECT_EQ(info(server, "aof_enabled"), "0");
  server.run("SET", "not told", "1");
  server.tick();
  Next without(server);
  EXPECT_EQ(digest(without.server), digest(next.server));

  FileFault fault;
  fault.operation = FileOperation::open_to_write;
  fault.error = "No space left on device";
  server.files().fail(fault);
  EXPECT_EQ(server.run("CONFIG", "SET", "appendonly", "yes"),
            "(error) ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check "
            "server logs.");
  EXPECT_EQ(server.run("CONFIG", "GET", "appendonly"), R"(["appendonly", "no"])");
}

TEST(AppendLog, TurnedOnWhileASaveRuns) {
  TestServer server(settings);
  server.run("SET", "a", "1");
  EXPECT_EQ(server.run("BGSAVE"), "Background saving started");
  EXPECT_EQ(server.run("CONFIG", "SET", "appendonly", "yes"), "OK");
  EXPECT_EQ(info(server, "aof_rewrite_scheduled"), "1");
  settle(server);
  EXPECT_EQ(info(server, "aof_rewrite_scheduled"), "0");
  Next next(server);
  EXPECT_EQ(next.server.run("GET", "a"), "\"1\"");
}

TEST(AppendLog, OverwritesMakeItSmallAgain) {
  TestServer server(with_log + "auto-aof-rewrite-min-size 20kb\n");
  for (int i = 0; i < 200; ++i) {
    server.run("SET", "key", std::to_string(i) + std::string(1000, 'v'));
    if (i % 10 == 9) settle(server);
  }
  EXPECT_GE(std::stoi(info(server, "aof_rewrites")), 2);
  EXPECT_LT(std::stoi(info(server, "aof_current_size")), 40'000);
  EXPECT_EQ(server.files().list("appendonlydir")->size(), 3u);
  Next next(server);
  EXPECT_EQ(next.server.run("GET", "key"), to_string(server.run("GET", "key")));
}

TEST(AppendLog, DebugLoadaof) {
  TestServer server(with_log);
  fill(server);
  const std::string before = digest(server);
  EXPECT_EQ(server.run("DEBUG", "LOADAOF"), "OK");
  EXPECT_EQ(digest(server), before);
  server.run("SET", "after", "1");
  server.tick();
  Next next(server);
  EXPECT_EQ(digest(next.server), digest(server));
  TestServer none(settings);
  EXPECT_EQ(none.run("DEBUG", "LOADAOF"), "(error) ERR Error trying to load the AOF files, check server logs.");
}

TEST(AppendLog, LoadingIsTold) {
  TestServer server(with_log);
  for (int i = 0; i < 2000; ++i) server.run("SET", std::to_string(i), std::string(200, 'v'));
  server.tick();
  const auto files = server.files().after_power_cut(Kept::everything);
  TestServer next(with_log + "key-load-delay 200\n", files.get());
  ASSERT_EQ(info(next, "loading"), "1");
  EXPECT_EQ(next.run("GET", "1"), "(error) LOADING Redis is loading the dataset in memory");
  next.tick();
  const int total = std::stoi(info(next, "loading_total_bytes"));
  EXPECT_GT(total, 2000 * 200);
  EXPECT_GT(std::stoi(info(next, "loading_loaded_bytes")), 0);
  EXPECT_LT(std::stoi(info(next, "loading_loaded_bytes")), total);
  next.run("CONFIG", "SET", "key-load-delay", "0");
  next.finish_loading();
  EXPECT_EQ(info(next, "loading"), "0");
  EXPECT_EQ(next.run("DBSIZE"), "(integer) 2000");
}

TEST(AppendLog, ADamagedLogIsNoDataSet) {
  TestServer server(with_log);
  server.run("SET", "a", "1");
  server.run("SET", "b", "2");
  server.tick();
  const auto files = server.files().after_power_cut(Kept::everything);
  const std::string name = "appendonlydir/appendonly.aof.1.incr.aof";
  std::string bytes = files->content(name);
  bytes[bytes.find("$3\r\nSET")] = '?';
  files->add_file(name, bytes);
  TestServer next(with_log, files.get());
  next.finish_loading();
  EXPECT_TRUE(next.services().persistence.failed());
  EXPECT_EQ(files->content(name), bytes);
}

}  // namespace
}  // namespace redoubt
