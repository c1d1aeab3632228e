// RDB files beside Debian's Redis: what it saved loads here, what is saved here loads there, and all keys are the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "server/keyspace/evict.h"
#include "tests/interop/differential/known_differences.h"
#include "tests/support/command_fixture.h"
#include "tests/support/link.h"
#include "tests/support/process_run.h"
#include "tests/support/program.h"
#include "tests/support/rdb_files.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;
// Runs a command on one of the two.
using Runner = std::function<Value(const Words&)>;

Runner on(Link& link) {
  return [&link](const Words& words) { return link.run(words); };
}
Runner on(TestServer& server) {
  return [&server](const Words& words) { return parse_values(server.client().run_raw(words)).at(0); };
}

// ---- a data set -----------------------------------------------------------------------------------

std::string numbered(std::string_view prefix, int i) { return std::string(prefix) + std::to_string(i); }

// A command with many arguments: each(words, i) adds those of number i.
template <typename F>
Words many(Words words, int count, F&& each) {
  for (int i = 0; i < count; ++i) each(words, i);
  return words;
}

// Small and large ones of every type, around the limits of the encodings.
std::vector<Words> collections() {
  std::vector<Words> all;
  for (const int count : {1, 3, 127, 128, 129, 512, 513, 3000}) {
    const std::string n = std::to_string(count);
    all.push_back(many({"RPUSH", "list:" + n}, count, [](Words& w, int i) { w.push_back(numbered("element", i)); }));
    all.push_back(
        many({"RPUSH", "list:ints:" + n}, count, [](Words& w, int i) { w.push_back(std::to_string(i * 977)); }));
    all.push_back(many({"SADD", "set:" + n}, count, [](Words& w, int i) { w.push_back(numbered("member", i)); }));
    all.push_back(
        many({"SADD", "set:ints:" + n}, count, [](Words& w, int i) { w.push_back(std::to_string(i * 70001 - 9)); }));
    all.push_back(many({"SADD", "set:mixed:" + n}, count,
                       [](Words& w, int i) { w.push_back(numbered(i % 2 != 0 ? "" : "m", i)); }));
    all.push_back(many({"HSET", "hash:" + n}, count, [](Words& w, int i) {
      w.push_back(numbered("field", i));
      w.push_back(numbered(i % 3 == 0 ? "" : "value", i));
    }));
    all.push_back(many({"ZADD", "zset:" + n}, count, [](Words& w, int i) {
      w.push_back(std::to_string(i % 7) + (i % 2 == 0 ? ".25" : ""));
      w.push_back(numbered("member", i));
    }));
  }
  return all;
}

std::vector<Words> special_values() {
  const std::string zeros("\0\xff\r\n", 4);
  return {
      {"SET", "string", "text"},
      {"SET", "string:empty", ""},
      {"SET", "string:binary", zeros},
      {"SET", zeros, "under a binary name"},
      {"SET", "", "under an empty name"},
      {"SET", "string:integer", "-9223372036854775808"},
      {"SET", "string:small", "127"},
      {"SET", "12345", "under a number"},
      {"SET", "string:zero", "007"},
      {"SET", "string:compressible", std::string(100'000, 'a')},
      {"SETRANGE", "string:large", "20000000", "x"},
      {"APPEND", "string:appended", "abc"},
      {"INCRBYFLOAT", "string:float", "3.25"},
      {"SET", std::string(300, 'k'), "under a long name"},
      {"RPUSH", "list:empty element", "", "", "a"},
      {"RPUSH", "list:large elements", std::string(9000, 'a'), "b", std::string(70'000, 'c'), "1"},
      {"SADD", "set:large element", std::string(100, 'a'), "1"},
      {"SADD", "set:empty element", ""},
      {"HSET", "hash:large value", "f", std::string(100, 'a'), "", "", "1", "-5"},
      {"ZADD", "zset:special", "inf", "a", "-inf", "b", "0", "c", "1e-300", "d", "-2.5", "", "9007199254740993", "7"},
      {"ZADD", "zset:large member", "1.5", std::string(100, 'a'), "-inf", "b", "inf", "c"}};
}

void run_all(const Runner& run, const std::vector<Words>& commands) {
  for (const Words& words : commands) {
    const Value reply = run(words);
    ASSERT_NE(reply.kind, '-') << words[0] << " " << words[1] << ": " << reply.text;
  }
}

// Far enough for the clock to make no difference.
constexpr int64_t in_2100 = 4102444800123;

void fill(const Runner& run) {
  run_all(run, collections());
  run_all(run, special_values());
  for (const char* key : {"string", "list:3", "set:513", "hash:128", "zset:129", "12345"}) {
    run_all(run, {{"COPY", key, std::string(key) + ":volatile"},
                  {"PEXPIREAT", std::string(key) + ":volatile", std::to_string(in_2100)}});
  }
  run_all(run, {{"SELECT", "9"}, {"SET", "elsewhere", "1"}, {"RPUSH", "list", "a"}, {"SELECT", "0"}});
}

// ---- comparison -----------------------------------------------------------------------------------

std::vector<std::string> keys_of(const Runner& run) {
  std::vector<std::string> keys;
  for (const Value& key : run({"KEYS", "*"}).items) keys.push_back(key.text);
  std::sort(keys.begin(), keys.end());
  return keys;
}

// All elements in an order that both have.
std::vector<std::string> elements_of(const Runner& run, const std::string& key, const std::string& type) {
  Value reply;
  size_t together = 1;
  if (type == "string") return {run({"GET", key}).text};
  if (type == "list") reply = run({"LRANGE", key, "0", "-1"});
  if (type == "set") reply = run({"SMEMBERS", key});
  if (type == "hash") reply = run({"HGETALL", key});
  if (type == "zset") reply = run({"ZRANGE", key, "0", "-1", "WITHSCORES"});
  if (type == "hash" || type == "zset") together = 2;
  std::vector<std::string> elements;
  for (size_t i = 0; i + together <= reply.items.size(); i += together) {
    elements.push_back(reply.items[i].text + (together == 2 ? " -> " + reply.items[i + 1].text : ""));
  }
  if (type == "set" || type == "hash") std::sort(elements.begin(), elements.end());
  return elements;
}

void expect_same_key(const Runner& ours, const Runner& theirs, const std::string& key) {
  const std::string type = theirs({"TYPE", key}).text;
  EXPECT_EQ(ours({"TYPE", key}).text, type) << key;
  const std::string our_encoding = ours({"OBJECT", "ENCODING", key}).text;
  const std::string their_encoding = theirs({"OBJECT", "ENCODING", key}).text;
  EXPECT_TRUE(encodings_agree(type, our_encoding, their_encoding))
      << key << ": " << our_encoding << ", " << their_encoding;
  EXPECT_EQ(ours({"PEXPIRETIME", key}).integer, theirs({"PEXPIRETIME", key}).integer) << key;
  EXPECT_EQ(elements_of(ours, key, type), elements_of(theirs, key, type)) << key;
  EXPECT_EQ(to_line(ours({"DEBUG", "DIGEST-VALUE", key})), to_line(theirs({"DEBUG", "DIGEST-VALUE", key}))) << key;
}

void expect_same_data(const Runner& ours, const Runner& theirs) {
  for (const std::string db : {"0", "9"}) {
    ours({"SELECT", db});
    theirs({"SELECT", db});
    const std::vector<std::string> keys = keys_of(theirs);
    ASSERT_EQ(keys_of(ours), keys) << db;
    EXPECT_EQ(ours({"DBSIZE"}).integer, theirs({"DBSIZE"}).integer);
    for (const std::string& key : keys) expect_same_key(ours, theirs, key);
  }
  EXPECT_EQ(to_line(ours({"DEBUG", "DIGEST"})), to_line(theirs({"DEBUG", "DIGEST"})));
  for (const Runner* run : {&ours, &theirs}) (*run)({"SELECT", "0"});
}

// ---- the two ------------------------------------------------------------------------------------

using Directives = std::vector<std::pair<std::string, std::string>>;

// Debian's Redis, with a file to begin with or without.
class Oracle {
 public:
  explicit Oracle(const Directives& directives, const std::string& file = "")
      : program_(Program::start_oracle(words(directives, file))), link_(program_.port()) {
    // It listens before it has loaded.
    EXPECT_TRUE(eventually([&] { return link_.run({"PING"}).kind == '+'; })) << program_.output();
  }
  Runner run() { return on(link_); }
  std::string saved() {
    EXPECT_EQ(to_line(link_.run({"SAVE"})), "+OK");
    return read_file((file_.empty() ? program_.directory() : directory_.path()) + "/dump.rdb");
  }

 private:
  Words words(const Directives& directives, const std::string& file) {
    Words all = {"--enable-debug-command", "yes"};
    for (const auto& [name, value] : directives) all.insert(all.end(), {"--" + name, value});
    if (file.empty()) return all;
    file_ = file;
    write_file(directory_.path() + "/dump.rdb", file);
    all.insert(all.end(), {"--dir", directory_.path()});
    return all;
  }

  TemporaryDirectory directory_;
  std::string file_;
  Program program_;
  Link link_;
};

std::unique_ptr<TestServer> our_server(const Directives& directives) {
  std::string lines = "enable-debug-command yes\n";
  for (const auto& [name, value] : directives) lines += name + " " + value + "\n";
  auto server = std::make_unique<TestServer>(lines);
  server->set_now(wall_ms());
  return server;
}

const Directives many_nodes = {{"list-max-listpack-size", "3"}, {"list-compress-depth", "1"}};
const Directives tables = {{"list-max-listpack-size", "1"},
                           {"hash-max-listpack-entries", "0"},
                           {"zset-max-listpack-entries", "0"},
                           {"set-max-intset-entries", "0"}};
const Directives blobs = {{"hash-max-listpack-entries", "5000"},
                          {"zset-max-listpack-entries", "5000"},
                          {"set-max-intset-entries", "5000"},
                          {"list-max-listpack-size", "5000"}};

// ---- from there to here ---------------------------------------------------------------------------

TEST(RdbExchange, WhatRedisSavedLoadsHere) {
  const Directives plain = {{"rdbcompression", "no"}, {"rdbchecksum", "no"}};
  for (const Directives& directives : {Directives{}, plain, many_nodes, tables, blobs}) {
    SCOPED_TRACE(directives.empty() ? "defaults" : directives[0].first + " " + directives[0].second);
    Oracle oracle(directives);
    fill(oracle.run());
    const auto server = our_server(directives == plain ? Directives{} : directives);
    load_file(server->keyspace(), oracle.saved());
    expect_same_data(on(*server), oracle.run());
  }
}

// Blobs that are too large now, and tables that are small: what becomes of them is what Redis makes of the same file.
TEST(RdbExchange, BothMakeTheSameOfOtherLimits) {
  for (const auto& [first, second] :
       {std::pair(blobs, tables), std::pair(tables, blobs), std::pair(many_nodes, blobs)}) {
    Oracle source(first);
    fill(source.run());
    const std::string file = source.saved();
    Oracle oracle(second, file);
    const auto server = our_server(second);
    load_file(server->keyspace(), file);
    expect_same_data(on(*server), oracle.run());
  }
}

TEST(RdbExchange, HowKeysWereUsedGoesAlong) {
  struct {
    const char* policy;
    const char* question;
    const char* option;
    const char* value;
  } const cases[] = {{"allkeys-lru", "IDLETIME", "IDLETIME", "5000"}, {"allkeys-lfu", "FREQ", "FREQ", "77"}};
  for (const auto& [policy, question, option, value] : cases) {
    const Directives directives = {{"maxmemory-policy", policy}, {"lfu-decay-time", "0"}};
    Oracle oracle(directives);
    const Runner theirs = oracle.run();
    run_all(theirs, {{"SET", "k", "v"}});
    run_all(theirs, {{"RESTORE", "k", "0", theirs({"DUMP", "k"}).text, "REPLACE", option, value}});
    const auto server = our_server(directives);
    configure_access(server->keyspace(), server->config());
    load_file(server->keyspace(), oracle.saved());
    const auto near = [question = question, value = value, policy = policy](const Runner& run) {
      EXPECT_NEAR(static_cast<double>(run({"OBJECT", question, "k"}).integer), std::stod(value), 60) << policy;
    };
    near(on(*server));
    Oracle back(directives,
                as_version(file_of(server->keyspace(), {.entries = SaveOptions::of(server->config())}), "0010"));
    near(back.run());
  }
}

// ---- from here to there ---------------------------------------------------------------------------

// Redis 7.0 knows version 10 of the format, in which all but sets in listpacks is written the same way.
TEST(RdbExchange, WhatIsSavedHereLoadsInRedis) {
  for (const bool compress : {true, false}) {
    for (Directives directives : {Directives{}, many_nodes, tables, blobs}) {
      SCOPED_TRACE(directives.empty() ? "defaults" : directives[0].first + " " + directives[0].second);
      Directives ours = directives;
      ours.emplace_back("set-max-listpack-entries", "0");
      const auto server = our_server(ours);
      fill(on(*server));
      const std::string file = file_of(server->keyspace(), {.compress = compress});
      EXPECT_EQ(file.substr(0, 9), "REDIS0011");
      Oracle oracle(directives, as_version(file, "0010"));
      expect_same_data(on(*server), oracle.run());
    }
  }
}

TEST(RdbExchange, RedisFindsNothingWrongWithIt) {
  for (const Directives& directives : {Directives{}, many_nodes, tables}) {
    Directives ours = directives;
    ours.emplace_back("set-max-listpack-entries", "0");
    const auto server = our_server(ours);
    fill(on(*server));
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/dump.rdb";
    for (const bool checksum : {true, false}) {
      std::string file = file_of(server->keyspace(), {.checksum = checksum});
      write_file(path, checksum ? as_version(file, "0010") : file.replace(5, 4, "0010"));
      ProcessRun check({"redis-check-rdb", path});
      EXPECT_EQ(check.wait_for_exit(), 0) << check.out();
      EXPECT_NE(check.out().find("RDB looks OK"), std::string::npos) << check.out();
    }
  }
}

// Saved by Redis, loaded and saved here: the same bytes, but for what tells of the server and its version.
TEST(RdbExchange, TheSameKeyIsTheSameBytes) {
  // Without what stands before the first database, and without the checksum.
  const auto records = [](const std::string& file) {
    const size_t begin = file.find('\xfe');
    return file.substr(begin, file.size() - sizeof(uint64_t) - begin);
  };
  for (const Words& key : {Words{"SET", "k", std::string(1000, 'a')}, Words{"SET", "k", "-70000"},
                           Words{"RPUSH", "k", "a", "b", "1"}, Words{"SADD", "k", "1", "2"}, Words{"SADD", "k", "a"},
                           Words{"HSET", "k", "f", "v"}, Words{"ZADD", "k", "1", "a", "2", "b"}}) {
    for (const Directives& directives : {Directives{}, tables}) {
      Oracle oracle(directives);
      run_all(oracle.run(), {key, {"PEXPIREAT", "k", std::to_string(in_2100)}});
      const std::string file = oracle.saved();
      Directives ours = directives;
      ours.emplace_back("set-max-listpack-entries", "0");
      const auto server = our_server(ours);
      load_file(server->keyspace(), file);
      if (key[0] == "SADD" && key.size() > 3 && !directives.empty()) continue;  // a table of two: any order
      EXPECT_EQ(records(file_of(server->keyspace())), records(file)) << key[0] << " " << key[2];
    }
  }
}

// ---- here alone -----------------------------------------------------------------------------------

TEST(RdbExchange, FieldsThatExpireComeBack) {
  const auto server = our_server({});
  const Runner ours = on(*server);
  fill(ours);
  const std::vector<const char*> keys = {"hash:3", "hash:3000"};
  for (const char* key : keys) {
    run_all(ours, {{"HPEXPIREAT", key, std::to_string(in_2100), "FIELDS", "2", "field0", "field1"}});
  }
  const std::string file = file_of(server->keyspace());
  EXPECT_EQ(file.substr(0, 9), "REDIS0012");
  const auto again = our_server({});
  load_file(again->keyspace(), file);
  const Runner loaded = on(*again);
  expect_same_data(loaded, ours);
  for (const char* key : keys) {
    const Words question = {"HPEXPIRETIME", key, "FIELDS", "3", "field0", "field1", "field2"};
    EXPECT_EQ(to_line(loaded(question)), to_line(ours(question)));
    EXPECT_EQ(loaded(question).items.at(1).integer, in_2100);
  }
}

}  // namespace
}  // namespace redoubt
