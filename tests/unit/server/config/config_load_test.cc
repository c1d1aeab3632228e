#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/config/config_store.h"

namespace redoubt {
namespace {

namespace fs = std::filesystem;

class ConfigLoad : public ::testing::Test {
 protected:
  ConfigLoad() : home_(fs::current_path()) {
    std::string name = fs::temp_directory_path() / "redoubt-config-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  ~ConfigLoad() override {
    fs::current_path(home_);
    fs::remove_all(folder_);
  }

  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }
  // The failure as the server prints it; "" when there is none.
  std::string load(const std::string& text, const std::string& options = "") {
    const auto failure = store_.load({text.empty() ? "" : write("redis.conf", text), false, options});
    return failure ? fatal_config_error(*failure) : "";
  }
  static std::string fatal(size_t line, const std::string& statement, const std::string& reason) {
    return "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\nReading the configuration file, at line " +
           std::to_string(line) + "\n>>> '" + statement + "'\n" + reason + "\n";
  }

  const fs::path home_;
  fs::path folder_;
  ConfigStore store_;
  const Config& config_ = store_.config();
};

TEST_F(ConfigLoad, Syntax) {
  EXPECT_EQ(load("# a comment\n\n  PORT   7000  \r\nport 7001\n"
                 "bind 127.0.0.1 ::1\nsyslog-ident \"a \\\"b\\\"\"\nlogfile ''\nunixsocket \"\"\n"
                 "maxmemory 64mb\noom-score-adj-values \"1 2 3\"\nshutdown-on-sigterm save now\n"
                 "client-output-buffer-limit normal 1kb 2 3\nclient-output-buffer-limit pubsub 4 5 6 slave 7 8 9\n"
                 "rename-command DEBUG ''\nrename-command get fetch\nsave ''\nsave\nappendonly no\n"
                 "list-max-ziplist-entries 5\nunixsocketperm 770"),
            "");
  EXPECT_EQ(config_.port, 7001);
  EXPECT_THAT(config_.bind, ::testing::ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(config_.syslog_ident, "a \"b\"");
  EXPECT_EQ(config_.maxmemory, uint64_t{64} << 20);
  EXPECT_THAT(config_.oom_score_adj_values, ::testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(config_.shutdown_on_sigterm, (ShutdownOptions{true, false, true, false}));
  EXPECT_EQ(config_.output_limit(OutputLimitClass::normal), (OutputLimit{1024, 2, 3}));
  EXPECT_EQ(config_.output_limit(OutputLimitClass::replica), (OutputLimit{7, 8, 9}));
  EXPECT_EQ(config_.output_limit(OutputLimitClass::pubsub), (OutputLimit{4, 5, 6}));
  EXPECT_THAT(config_.rename_command,
              ::testing::ElementsAre(RenamedCommand{"DEBUG", ""}, RenamedCommand{"get", "fetch"}));
  EXPECT_EQ(config_.unixsocketperm, 0770u);
}

TEST_F(ConfigLoad, EmptyBind) {
  EXPECT_EQ(load("bind ''\n"), "");
  EXPECT_TRUE(config_.bind.empty());
}

TEST_F(ConfigLoad, SaveRulesAddUpAndTheFirstReplacesTheDefault) {
  using Rules = std::vector<SaveRule>;
  const std::pair<std::string, Rules> cases[] = {{"port 1\n", {{3600, 1}, {300, 100}, {60, 10000}}},
                                                 {"save 900 1\nsave 60 5 30 2\n", {{900, 1}, {60, 5}, {30, 2}}},
                                                 {"save 900 1\nsave ''\n", {}},
                                                 {"save\nsave 60 5\n", {{60, 5}}},
                                                 {"save \"10 3\"\n", {{10, 3}}}};
  for (const auto& [text, rules] : cases) {
    ConfigStore store;
    ConfigSources sources;
    sources.options = text;
    ASSERT_FALSE(store.load(sources).has_value()) << text;
    EXPECT_EQ(store.config().save, rules) << text;
  }
}

struct BadText {
  std::string text;
  size_t line;
  std::string statement;
  std::string reason;
};

TEST_F(ConfigLoad, WhatRedisSaysOfBadLines) {
  const std::string not_understood = "Bad directive or wrong number of arguments";
  const std::vector<BadText> cases = {
      {"foo bar\n", 1, "foo bar", not_understood},
      {"port\n", 1, "port", "wrong number of arguments"},
      {"port 1 2\n", 1, "port 1 2", "wrong number of arguments"},
      {"PORT foo\n", 1, "PORT foo", "argument couldn't be parsed into an integer"},
      {"port \"17 18\"\n", 1, "port \"17 18\"", "argument couldn't be parsed into an integer"},
      {"# c\n\n  port   \"abc\n", 3, "port   \"abc", "Unbalanced quotes in configuration line"},
      {"port 0\ndir /nonexistent\n", 2, "dir /nonexistent", "No such file or directory"},
      {"unixsocketperm 888\n", 1, "unixsocketperm 888", "argument couldn't be parsed as an octal number"},
      {"unixsocketperm 1000\n", 1, "unixsocketperm 1000", "argument must be between 0 and 777 inclusive"},
      {"unixsocketperm -1\n", 1, "unixsocketperm -1", "argument must be between 0 and 777 inclusive"},
      {"client-output-buffer-limit normal 0 0\n", 1, "client-output-buffer-limit normal 0 0",
       "Wrong number of arguments in buffer limit configuration."},
      {"save x\n", 1, "save x", "Invalid save parameters"},
      {"save '' ''\n", 1, "save '' ''", "Invalid save parameters"},
      {"appendfilename ''\n", 1, "appendfilename ''", "appendfilename can't be empty"},
      {"appendfilename a/b\n", 1, "appendfilename a/b", "appendfilename can't be a path, just a filename"},
      {"appenddirname ''\n", 1, "appenddirname ''", "appenddirname can't be empty"},
      {"appenddirname a/b\n", 1, "appenddirname a/b", "appenddirname can't be a path, just a dirname"},
      {"rename-command get\n", 1, "rename-command get", not_understood},
      {"include\n", 1, "include", not_understood},
      {"include a b\n", 1, "include a b", not_understood},
      {"\"\" a\n", 1, "\"\" a", not_understood},
      {"list-max-ziplist-entries 1 2\n", 1, "list-max-ziplist-entries 1 2", not_understood},
      {"syslog-facility foo\n", 1, "syslog-facility foo",
       "argument(s) must be one of the following: user, local0, local1, local2, local3, local4, local5, local6, "
       "local7"},
      {"supervised foo\n", 1, "supervised foo", "argument(s) must be one of the following: upstart, systemd, auto, no"},
      {"replicaof a 1\n", 1, "replicaof a 1", not_understood}};
  for (const BadText& c : cases) EXPECT_EQ(load(c.text), fatal(c.line, c.statement, c.reason)) << c.text;
}

TEST_F(ConfigLoad, OptionsComeAfterTheFile) {
  EXPECT_EQ(load("port 7000\n", "port \"7001\" "), "");
  EXPECT_EQ(config_.port, 7001);
  EXPECT_EQ(load("port 0\n", "port \"1\" \"2\" "), fatal(3, "port \"1\" \"2\"", "wrong number of arguments"));
  EXPECT_EQ(load("", "port \"1\" \nfoo "), fatal(3, "foo", "Bad directive or wrong number of arguments"));
}

TEST_F(ConfigLoad, TheLogFileMustBeUsable) {
  EXPECT_EQ(load("logfile /nonexistent/x\n"),
            "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\nCan't open the log file: No such file or directory\n");
}

TEST_F(ConfigLoad, MissingFile) {
  const auto failure = store_.load({"/nonexistent.conf", false, ""});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, ConfigFailure::Kind::unreadable_file);
  EXPECT_EQ(failure->reason, "Fatal error, can't open config file '/nonexistent.conf': No such file or directory");
}

TEST_F(ConfigLoad, Includes) {
  write("a.conf", "port 1\nhz 11");
  write("b.conf", "port 2\n");
  const std::string folder = folder_.string();
  EXPECT_EQ(load("timeout 3\nINCLUDE " + folder + "/[ab].conf\ninclude " + folder + "/none*.conf\ntimeout 4\n"), "");
  EXPECT_EQ(config_.port, 2);
  EXPECT_EQ(config_.hz, 11);
  EXPECT_EQ(config_.timeout, 4);
  EXPECT_EQ(load("dir " + folder + "\nport 9\ninclude a.conf\n"), "") << "relative to dir";
  EXPECT_EQ(config_.port, 1);
}

TEST_F(ConfigLoad, AFailureInAnIncludedFileNamesItsLine) {
  const std::string bad = write("bad.conf", "hz 12\n\nport zz\n");
  EXPECT_EQ(load("include " + bad + "\nfoo\n"), fatal(3, "port zz", "argument couldn't be parsed into an integer"));
}

TEST_F(ConfigLoad, AFileThatIncludesItself) {
  const std::string self = folder_ / "redis.conf";
  EXPECT_EQ(load("\ninclude " + self + "\n"), fatal(2, "include " + self, "include statements are nested too deeply"));
}

TEST_F(ConfigLoad, RenamesAreCheckedWhereTheyStand) {
  store_.set_rename_command([](const RenamedCommand& renamed) -> Status {
    if (renamed.from == "foo") return Error{"No such command in rename-command"};
    return {};
  });
  EXPECT_EQ(load("rename-command get bar\nrename-command foo bar\n"),
            fatal(2, "rename-command foo bar", "No such command in rename-command"));
  EXPECT_THAT(config_.rename_command, ::testing::ElementsAre(RenamedCommand{"get", "bar"}));
}

}  // namespace
}  // namespace redoubt
