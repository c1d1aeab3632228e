// What logs are told of commands, against what Debian's Redis writes to its append-only file: the same commands in the same
// order, in the same transactions.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "common/base/clock.h"
#include "common/base/config_file.h"
#include "tests/interop/differential/reply_compare.h"
#include "tests/support/command_fixture.h"
#include "tests/support/drawn/drawn_commands.h"
#include "tests/support/link.h"
#include "tests/support/program.h"
#include "tests/support/recording_feed.h"

namespace redoubt {
namespace {

using Log = std::vector<WordList>;
constexpr size_t commands_per_seed = 1500;
constexpr int64_t slack_ms = 60'000;

std::string line_of(const WordList& words) {
  std::string line;
  for (const std::string& word : words) line += quote_word(std::string_view(word).substr(0, 80)) + ' ';
  return line;
}

// Where a time stands that hangs on when the command was run; 0: nowhere.
size_t place_of_time(const WordList& words) {
  if (words.size() == 6 && words[1] == "SET" && words[4] == "PXAT") return 5;
  return words.size() >= 4 && words[1] == "PEXPIREAT" ? 3 : 0;
}

bool same_command(const WordList& ours, const WordList& theirs) {
  if (ours.size() != theirs.size()) return false;
  const size_t time = place_of_time(theirs);
  for (size_t i = 0; i < ours.size(); ++i) {
    if (ours[i] == theirs[i]) continue;
    if (i != time || time == 0) return false;
    const int64_t apart = std::strtoll(ours[i].c_str(), nullptr, 10) - std::strtoll(theirs[i].c_str(), nullptr, 10);
    if (std::abs(apart) > slack_ms) return false;
  }
  return true;
}

// The first difference, with what came before it; empty when there is none.
std::string difference(const Log& ours, const Log& theirs) {
  size_t at = 0;
  while (at < ours.size() && at < theirs.size() && same_command(ours[at], theirs[at])) ++at;
  if (at == ours.size() && at == theirs.size()) return "";
  std::string text;
  for (size_t i = at - std::min<size_t>(at, 5); i < at; ++i) text += "  " + line_of(ours[i]) + '\n';
  text += "ours:   " + (at < ours.size() ? line_of(ours[at]) : "(nothing)") + '\n';
  text += "theirs: " + (at < theirs.size() ? line_of(theirs[at]) : "(nothing)") + '\n';
  return text;
}

class PropagationInterop : public testing::Test {
 protected:
  PropagationInterop() { new_server(); }
  ~PropagationInterop() override { server_->effects().propagation().detach(feed_); }

  // Ours begins anew, and both logs with it.
  void new_server() {
    if (server_) server_->effects().propagation().detach(feed_);
    server_ = std::make_unique<TestServer>("enable-debug-command yes\n");
    server_->set_now(wall_ms());
    server_->effects().propagation().attach(feed_);
    client_ = &server_->client();
    theirs_.run({"SELECT", "0"});
    theirs_.run({"FLUSHALL"});
    skip_logs();
  }
  void both(std::string_view line) {
    client_->feed(request_bytes(words_of(line)));
    theirs_.run(words_of(line));
  }
  // Sleeps, too.
  void pass(int milliseconds) {
    server_->advance(milliseconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  }

  // What the oracle wrote since the last call. Instead of SELECT, each command that works in a database has it in front.
  Log their_log() {
    std::ifstream file(increments(), std::ios::binary);
    file.seekg(static_cast<std::streamoff>(read_));
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    read_ += bytes.size();
    Log log;
    for (const Value& command : parse_values(bytes)) {
      WordList words;
      for (const Value& word : command.items) words.push_back(word.text);
      if (words[0] == "SELECT") {
        their_db_ = words[1];
      } else {
        log.push_back(with_database(std::move(words), their_db_));
      }
    }
    return log;
  }
  Log our_log() {
    Log log;
    for (ToldCommand& command : feed_.told) {
      log.push_back(with_database(std::move(command.words), std::to_string(command.db)));
    }
    feed_.told.clear();
    return log;
  }
  static WordList with_database(WordList words, const std::string& db) {
    if (words[0] != "MULTI" && words[0] != "EXEC") words.insert(words.begin(), db);
    return words;
  }
  void skip_logs() {
    our_log();
    their_log();
  }

  Program program_ = Program::start_oracle({"--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--appendfsync",
                                            "always", "--enable-debug-command", "yes"});
  Link theirs_{program_.port()};
  RecordingFeed feed_;
  std::unique_ptr<TestServer> server_;
  TestClient* client_ = nullptr;

 private:
  std::filesystem::path increments() const {
    for (const auto& file : std::filesystem::directory_iterator(program_.directory() + "/appendonlydir")) {
      if (file.path().string().ends_with(".incr.aof")) return file.path();
    }
    throw std::runtime_error("the oracle has no increments");
  }

  size_t read_ = 0;
  std::string their_db_ = "0";
};

// Those that have expired go with it, in the order in which they are met.
bool meets_any_keys(const CommandRow& row) {
  return row.name == "randomkey" || row.name == "scan" || row.name == "keys";
}

TEST_F(PropagationInterop, RandomCommandsAreToldTheSame) {
  const CommandDrawer drawer([&](std::string_view name) {
    return !theirs_.run({"COMMAND", "INFO", std::string(name)}).items.at(0).items.empty();
  });
  // What is set with a time that is past goes when it is looked at, and not whenever the server comes by.
  theirs_.run({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  for (const uint64_t seed : seeds_of_tests(25)) {
    new_server();
    Pick pick(seed);
    const RunSettings settings = draw_settings(pick);
    for (const auto& [name, value] : settings.directives) {
      theirs_.run({"CONFIG", "SET", name, value});
      client_->run("CONFIG", "SET", name, value);
    }
    std::vector<WordList> sent;
    while (sent.size() < commands_per_seed) {
      Step step = drawer.draw(pick, settings);
      // Whose effect hangs on luck, on what is promised to nobody, or on the clock.
      if (step.row->check == Check::pop_some || step.row->check == Check::lex || leaves_open_what_is_stored(step) ||
          step.row->name == "restore" || meets_any_keys(*step.row)) {
        continue;
      }
      const int db = client_->client().db;
      client_->feed(request_bytes(step.words));
      if (client_->waits()) {
        server_->disconnect(*client_);
        client_ = &server_->connect();
        client_->run("SELECT", std::to_string(db));
        continue;
      }
      sent.push_back(std::move(step.words));
    }
    theirs_.run_batch(sent);
    const Log ours = our_log();
    EXPECT_GT(ours.size(), 200u);
    ASSERT_EQ(difference(ours, their_log()), "") << "REDOUBT_SEED=" << seed;
  }
}

TEST_F(PropagationInterop, WhatHasExpiredIsToldTheSame) {
  both("DEBUG SET-ACTIVE-EXPIRE 0");
  for (const std::string_view lazily : {"no", "yes"}) {
    theirs_.run({"CONFIG", "SET", "lazyfree-lazy-expire", std::string(lazily)});
    server_->keyspace().shared().lazy_expire = lazily == "yes";
    for (const std::string_view line : {"get a",
                                        "exists a b",
                                        "mget a b c",
                                        "incr a",
                                        "set a 1 xx",
                                        "set a 1 nx get",
                                        "set a 1 ex 1000",
                                        "rename c a",
                                        "renamenx c a",
                                        "copy c a",
                                        "copy a c",
                                        "move c 1",
                                        "sunionstore c a b",
                                        "spop a",
                                        "del a b",
                                        "unlink a",
                                        "getdel a",
                                        "persist a",
                                        "expire a 100",
                                        "expire c -1",
                                        "getex c pxat 5",
                                        "sort d by c* get a store e",
                                        "msetnx a 1 b 2",
                                        "lmpop 2 a d left",
                                        "blpop a d 0",
                                        "append a x",
                                        "object encoding a",
                                        "type a",
                                        "ttl a"}) {
      for (const std::string_view before : {"SELECT 0", "FLUSHALL", "set a 1 px 5", "set b 1 px 5", "set c 1",
                                            "rpush d 3 1 2", "SELECT 1", "set c 1 px 5", "SELECT 0"}) {
        both(before);
      }
      pass(10);
      skip_logs();
      both(line);
      EXPECT_EQ(difference(our_log(), their_log()), "") << line;
    }
  }
}

TEST_F(PropagationInterop, ClientsThatWaitedAreToldTheSame) {
  const struct {
    std::vector<std::string_view> waiting;
    std::string_view line;
  } cases[] = {
      {{"blpop k l 0"}, "rpush l a b"},
      {{"brpop k l 0", "blpop l 0"}, "rpush l a b c"},
      {{"blmpop 0 2 k l left count 5"}, "rpush l a b"},
      // 7.0 tells directions in lower case, 7.2 as they were sent.
      {{"blmove l m left right 0"}, "rpush l a b"},
      {{"blmove l m left right 0", "blpop m 0"}, "rpush l a b"},
      {{"brpoplpush l m 0"}, "rpush l a b"},
      {{"bzpopmin y z 0"}, "zadd z 1 a 2 b"},
      {{"bzpopmax y z 0", "bzmpop 0 1 z min"}, "zadd z 1 a 2 b"},
      {{"bzmpop 0 2 y z max count 5"}, "zadd z 1 a 2 b"},
      {{"blpop m 0"}, "rename q m"},
      {{"blpop m 0"}, "copy q m"},
      {{"blpop m 0"}, "sort q store m"},
  };
  for (const auto& [waiting, line] : cases) {
    both("FLUSHALL");
    both("rpush q 1 2");
    skip_logs();
    std::vector<std::unique_ptr<Link>> links;
    for (const std::string_view command : waiting) {
      server_->connect().feed(request_bytes(words_of(command)));
      links.push_back(std::make_unique<Link>(program_.port()));
      links.back()->send_only(words_of(command));
      const std::string wanted = fmt::format("blocked_clients:{}\r\n", links.size());
      while (theirs_.run({"INFO", "clients"}).text.find(wanted) == std::string::npos) std::this_thread::yield();
    }
    both(line);
    for (const auto& link : links) link->receive_raw();
    EXPECT_EQ(difference(our_log(), their_log()), "") << line;
  }
}

}  // namespace
}  // namespace redoubt
