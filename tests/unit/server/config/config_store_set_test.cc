#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "server/config/config_store.h"

namespace redoubt {
namespace {

std::string failed(const std::string& name, const std::string& reason) {
  return "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + reason;
}

std::string set(ConfigStore& store, std::vector<ConfigStore::Pair> pairs, bool may_change_guarded = false) {
  const Status done = store.set(pairs, may_change_guarded);
  return done ? "OK" : done.error().text;
}

std::string get(const ConfigStore& store, std::string_view name) {
  const auto found = store.get(std::span(&name, 1));
  return found.size() == 1 ? found[0].second : "(" + std::to_string(found.size()) + " found)";
}

struct Case {
  std::string name;
  std::string value;
  std::string answer;  // the reason of the refusal, or empty
  std::string text;    // what CONFIG GET says afterwards
};

const std::string not_a_choice = "argument(s) must be one of the following: ";

class SetOne : public ::testing::TestWithParam<Case> {};

// What Redis 7.0.15 answers to each of these (7.2 where it differs).
TEST_P(SetOne, AnswersAsRedis) {
  const Case& c = GetParam();
  ConfigStore store;
  const std::string before = get(store, c.name);
  EXPECT_EQ(set(store, {{c.name, c.value}}, true), c.answer.empty() ? "OK" : failed(c.name, c.answer));
  EXPECT_EQ(get(store, c.name), c.answer.empty() ? c.text : before);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, SetOne,
    ::testing::Values(Case{"port", "7000", "", "7000"},
                      Case{"port", "abc", "argument couldn't be parsed into an integer", ""},
                      Case{"port", "70000", "argument must be between 0 and 65535 inclusive", ""},
                      Case{"port", "-1", "argument must be between 0 and 65535 inclusive", ""},
                      Case{"hz", "010", "argument couldn't be parsed into an integer", ""},
                      Case{"hz", "+10", "argument couldn't be parsed into an integer", ""},
                      Case{"hz", "", "argument couldn't be parsed into an integer", ""}, Case{"hz", "0", "", "1"},
                      Case{"hz", "100000", "", "500"},
                      Case{"hz", "-1", "argument must be between 0 and 2147483647 inclusive", ""},
                      Case{"watchdog-period", "10", "", "200"}, Case{"watchdog-period", "0", "", "0"},
                      Case{"watchdog-period", "-1", "argument must be between 0 and 2147483647 inclusive", ""},
                      Case{"maxclients", "4294967295", "", "4294967295"},
                      Case{"maxclients", "4294967296", "argument must be between 1 and 4294967295 inclusive", ""},
                      Case{"maxclients", "0", "argument must be between 1 and 4294967295 inclusive", ""},
                      Case{"maxmemory-samples", "0", "argument must be between 1 and 2147483647 inclusive", ""},
                      Case{"active-expire-effort", "11", "argument must be between 1 and 10 inclusive", ""},
                      Case{"databases", "4", "can't set immutable config", ""}));

INSTANTIATE_TEST_SUITE_P(
    Memory, SetOne,
    ::testing::Values(Case{"maxmemory", "100mb", "", "104857600"}, Case{"maxmemory", "1KB", "", "1024"},
                      Case{"maxmemory", "1k", "", "1000"}, Case{"maxmemory", "00012", "", "12"},
                      Case{"maxmemory", "", "", "0"},
                      Case{"maxmemory", "18446744073709551615", "", "18446744073709551615"},
                      Case{"maxmemory", "1.5gb", "argument must be a memory value", ""},
                      Case{"maxmemory", "-1", "argument must be a memory value", ""},
                      Case{"maxmemory", " 1", "argument must be a memory value", ""},
                      Case{"maxmemory", "10zz", "argument must be a memory value", ""},
                      Case{"maxmemory", "18446744073709551616", "argument must be a memory value", ""},
                      Case{"proto-max-bulk-len", "1kb",
                           "argument must be between 1048576 and 9223372036854775807 inclusive", ""},
                      Case{"proto-max-bulk-len", "foo", "argument must be a memory value", ""},
                      Case{"client-query-buffer-limit", "1",
                           "argument must be between 1048576 and 9223372036854775807 inclusive", ""},
                      Case{"maxmemory-clients", "5%", "", "5%"}, Case{"maxmemory-clients", "0%", "", "0"},
                      Case{"maxmemory-clients", "100%", "", "100%"}, Case{"maxmemory-clients", "50mb", "", "52428800"},
                      Case{"maxmemory-clients", "101%", "percentage argument must be less or equal to 100", ""},
                      Case{"maxmemory-clients", "-50%", "argument must be a memory or percent value", ""},
                      Case{"maxmemory-clients", "%", "argument must be a memory or percent value", ""},
                      Case{"maxmemory-clients", "-5", "argument must be a memory or percent value", ""}));

INSTANTIATE_TEST_SUITE_P(
    Names, SetOne,
    ::testing::Values(
        Case{"dynamic-hz", "NO", "", "no"}, Case{"dynamic-hz", "maybe", "argument must be 'yes' or 'no'", ""},
        Case{"loglevel", "WARNING", "", "warning"},
        Case{"loglevel", "foo", not_a_choice + "debug, verbose, notice, warning, nothing", ""},
        Case{"loglevel", "notice debug", not_a_choice + "debug, verbose, notice, warning, nothing", ""},
        Case{"maxmemory-policy", "allkeys-lfu", "", "allkeys-lfu"},
        Case{"maxmemory-policy", "x",
             not_a_choice + "volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, "
                            "allkeys-random, noeviction",
             ""},
        Case{"oom-score-adj", "relative", "", "yes"}, Case{"oom-score-adj", "absolute", "", "absolute"},
        Case{"oom-score-adj", "x", not_a_choice + "no, yes, relative, absolute", ""},
        Case{"shutdown-on-sigterm", "force now nosave", "", "nosave now force"},
        Case{"shutdown-on-sigterm", "save save default", "", "save"},
        Case{"shutdown-on-sigterm", "save nosave", "shutdown options SAVE and NOSAVE can't be used simultaneously", ""},
        Case{"shutdown-on-sigint", "save foo", not_a_choice + "default, save, nosave, now, force", ""},
        Case{"shutdown-on-sigint", "", not_a_choice + "default, save, nosave, now, force", ""}));

const std::string bad_oom_value = "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
const std::string title_error = "template format is invalid or contains unknown variables";

INSTANTIATE_TEST_SUITE_P(
    Lists, SetOne,
    ::testing::Values(
        Case{"bind", "127.0.0.1 -::1", "", "127.0.0.1 -::1"}, Case{"bind", "", "", ""},
        Case{"bind", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "Too many bind addresses specified.", ""},
        Case{"oom-score-adj-values", "100 50 20", "", "100 50 20"},
        Case{"oom-score-adj-values", "1 2", "wrong number of arguments", ""},
        Case{"oom-score-adj-values", "0  200 800", "wrong number of arguments", ""},
        Case{"oom-score-adj-values", "1 2 x", bad_oom_value, ""},
        Case{"oom-score-adj-values", "1 -2001 3", bad_oom_value, ""},
        Case{"latency-tracking-info-percentiles", "1e1 100.0 99.99900 0", "", "10 100 99.999 0"},
        Case{"latency-tracking-info-percentiles", "", "", ""},
        Case{"latency-tracking-info-percentiles", "1 x", "Invalid latency-tracking-info-percentiles parameters", ""},
        Case{"latency-tracking-info-percentiles", "50  99", "Invalid latency-tracking-info-percentiles parameters", ""},
        Case{"latency-tracking-info-percentiles", "nan", "Invalid latency-tracking-info-percentiles parameters", ""},
        Case{"latency-tracking-info-percentiles", "101",
             "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]", ""},
        Case{"latency-tracking-info-percentiles", "-1",
             "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]", ""},
        Case{"proc-title-template", "{title} {{x", "", "{title} {{x"},
        Case{"proc-title-template", "{foo}", title_error, ""}, Case{"proc-title-template", "x {title", title_error, ""},
        Case{"proc-title-template", " ", title_error, ""}, Case{"proc-title-template", "", title_error, ""},
        Case{"save", "", "", ""}, Case{"save", "1", "Invalid save parameters", ""},
        Case{"save", "900 1 x 1", "Invalid save parameters", ""}, Case{"save", "0 1", "Invalid save parameters", ""},
        Case{"save", "1 -1", "Invalid save parameters", ""}, Case{"save", "1 0", "", "1 0"},
        Case{"save", "900 1 60 +5", "", "900 1 60 5"}, Case{"save", "60  ", "Invalid save parameters", ""},
        Case{"dbfilename", "a/b", "dbfilename can't be a path, just a filename", ""},
        Case{"dbfilename", "b.rdb", "", "b.rdb"}, Case{"dbfilename", "", "", ""},
        Case{"appendfsync", "Always", "", "always"},
        Case{"appendfsync", "now", not_a_choice + "everysec, always, no", ""},
        Case{"auto-aof-rewrite-min-size", "1mb", "", "1048576"}, Case{"rdb-key-save-delay", "-5", "", "-5"},
        Case{"appendonly", "no", "", "no"}, Case{"appendonly", "Yes", "", "yes"},
        Case{"appendonly", "maybe", "argument must be 'yes' or 'no'", ""},
        Case{"dir", "/nonexistent", "No such file or directory", ""},
        Case{"dir", "", "No such file or directory", ""}));

const std::string limit_default = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";
const std::string limit_count = "Wrong number of arguments in buffer limit configuration.";
const std::string limit_class = "Invalid client class specified in buffer limit configuration.";
const std::string limit_value = "Error in hard, soft or soft_seconds setting in buffer limit configuration.";

INSTANTIATE_TEST_SUITE_P(OutputLimits, SetOne,
                         ::testing::Values(Case{"client-output-buffer-limit", "", "", limit_default},
                                           Case{"client-output-buffer-limit", "normal 1mb 2kb 3 REPLICA 5 6 7", "",
                                                "normal 1048576 2048 3 slave 5 6 7 pubsub 33554432 8388608 60"},
                                           Case{"client-output-buffer-limit", "normal 1 2 3 normal 4 5 6", "",
                                                "normal 4 5 6 slave 268435456 67108864 60 pubsub 33554432 8388608 60"},
                                           Case{"client-output-buffer-limit", "foo", limit_count, ""},
                                           Case{"client-output-buffer-limit", "normal 1 2", limit_count, ""},
                                           Case{"client-output-buffer-limit", "master 1 2 3", limit_class, ""},
                                           Case{"client-output-buffer-limit", "normal x 2 3", limit_value, ""},
                                           Case{"client-output-buffer-limit", "normal 1 -2 3", limit_value, ""},
                                           Case{"client-output-buffer-limit", "normal 1 2 -3", limit_value, ""},
                                           Case{"client-output-buffer-limit", "pubsub 1 2 3 normal 1 2 x", limit_value,
                                                ""}));

TEST(ConfigSet, SaveRulesReplaceThoseBefore) {
  ConfigStore store;
  EXPECT_EQ(get(store, "save"), "3600 1 300 100 60 10000");
  EXPECT_EQ(set(store, {{"save", "60 1"}}), "OK");
  EXPECT_EQ(set(store, {{"save", "30 2 10 5"}}), "OK");
  EXPECT_EQ(get(store, "save"), "30 2 10 5");
}

TEST(ConfigSet, WhatIsWrongWithTheNames) {
  ConfigStore store;
  const std::string unknown = "ERR Unknown option or number of arguments for CONFIG SET - 'foo'";
  EXPECT_EQ(set(store, {{"foo", "bar"}}), unknown);
  EXPECT_EQ(set(store, {{"port", "1"}, {"foo", "bar"}}), unknown);
  EXPECT_EQ(set(store, {{"databases", "1"}, {"foo", "bar"}}), failed("databases", "can't set immutable config"));
  EXPECT_EQ(set(store, {{"Port", "1"}, {"PORT", "2"}}), failed("port", "duplicate parameter"));
  EXPECT_EQ(set(store, {{"dir", "/"}}), failed("dir", "can't set protected config"));
  EXPECT_EQ(set(store, {{"port", "x"}, {"daemonize", "yes"}}), failed("daemonize", "can't set immutable config"));
  EXPECT_EQ(set(store, {{"rename-command", "a b"}}),
            "ERR Unknown option or number of arguments for CONFIG SET - 'rename-command'");
  EXPECT_EQ(store.config().port, 6379);
}

TEST(ConfigSet, AllOrNothing) {
  ConfigStore store;
  const std::string here = store.config().dir;
  EXPECT_EQ(set(store, {{"maxmemory", "1kb"}, {"dir", "/"}, {"hz", "abc"}}, true),
            failed("hz", "argument couldn't be parsed into an integer"));
  EXPECT_EQ(store.config().maxmemory, 0u);
  EXPECT_EQ(store.config().dir, here);
  EXPECT_EQ(std::filesystem::current_path(), here);
  EXPECT_EQ(set(store, {{"maxmemory", "1kb"}, {"hz", "20"}}), "OK");
  EXPECT_EQ(store.config().maxmemory, 1024u);
  EXPECT_EQ(store.config().hz, 20);
}

TEST(ConfigSet, HooksRunOnceAndOnlyOnChange) {
  ConfigStore store;
  std::vector<int> ports;
  store.on_change({"port", "bind"}, [&](const Config& next) {
    ports.push_back(next.port);
    return Status();
  });
  EXPECT_EQ(set(store, {{"port", "6379"}, {"hz", "20"}}), "OK");
  EXPECT_TRUE(ports.empty());
  EXPECT_EQ(set(store, {{"bind", "127.0.0.1"}, {"port", "7000"}}), "OK");
  EXPECT_EQ(ports, std::vector{7000});
}

TEST(ConfigSet, RefusedByAHookEverythingIsSetBack) {
  ConfigStore store;
  std::vector<std::string> calls;
  store.on_change({"hz"}, [&](const Config& next) {
    calls.push_back("hz " + std::to_string(next.hz));
    return Status();
  });
  store.on_change({"port"}, [&](const Config& next) -> Status {
    calls.push_back("port " + std::to_string(next.port));
    if (next.port == 80) return Error{"Unable to listen on this port. Check server logs."};
    return {};
  });
  store.on_change({"timeout"}, [&](const Config&) {
    calls.push_back("timeout");
    return Status();
  });
  EXPECT_EQ(set(store, {{"hz", "20"}, {"port", "80"}, {"timeout", "5"}}),
            failed("port", "Unable to listen on this port. Check server logs."));
  EXPECT_EQ(calls, (std::vector<std::string>{"hz 20", "port 80", "hz 10", "port 6379"}));
  EXPECT_EQ(store.config().hz, 10);
  EXPECT_EQ(store.config().port, 6379);
  EXPECT_EQ(store.config().timeout, 0);
}

TEST(ConfigGet, NamesAndPatterns) {
  ConfigStore store;
  const auto names = [&](std::vector<std::string_view> patterns) {
    std::vector<std::string> found;
    for (const auto& [name, value] : store.get(patterns)) found.push_back(name);
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({"PORT"}), Names{"PORT"});
  EXPECT_EQ(names({"PO*", "port", "Port"}), Names{"port"});
  EXPECT_EQ(names({"por[t]", "nope", "hz"}), (Names{"port", "hz"}));
  EXPECT_EQ(names({"por\\t"}), Names{});
  EXPECT_EQ(names({"watchdog*"}), Names{});
  EXPECT_EQ(names({"watchdog-period", "use-exit-on-panic"}), (Names{"watchdog-period", "use-exit-on-panic"}));
  EXPECT_EQ(names({"include", "rename-command"}), Names{});
  EXPECT_GT(names({"*"}).size(), 50u);
}

}  // namespace
}  // namespace redoubt
