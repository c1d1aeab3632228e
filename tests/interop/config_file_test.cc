#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "server/config/config_store.h"

namespace redoubt {
namespace {

namespace fs = std::filesystem;

// Runs Debian's server on configuration files in a directory of its own.
class ConfigFileAgainstRedis : public ::testing::Test {
 protected:
  ConfigFileAgainstRedis() : home_(fs::current_path()) {
    std::string name = fs::temp_directory_path() / "redoubt-config-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    fs::create_symlink("/usr/bin/redis-check-rdb", folder_ + "/redis-server");
    fs::current_path(folder_);
  }
  ~ConfigFileAgainstRedis() override {
    std::ifstream file(folder_ + "/pid");
    if (pid_t pid = 0; file >> pid && pid > 1) kill(pid, SIGKILL);
    fs::current_path(home_);
    fs::remove_all(folder_);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  static std::string read(const std::string& path) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }
  // Both outputs of the oracle, which is given two seconds.
  std::string run_oracle(const std::string& arguments) const {
    const std::string command = "timeout 2 " + folder_ + "/redis-server " + arguments + " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen");
    std::string text;
    std::array<char, 4096> buffer{};
    while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
    pclose(pipe);
    return text;
  }

  const fs::path home_;
  std::string folder_;
};

TEST_F(ConfigFileAgainstRedis, SameFatalErrors) {
  write("bad.conf", "hz 12\n\nport zz\n");
  // The last line stops those that are fine so far.
  const std::vector<std::string> texts = {"foo bar",
                                          "port",
                                          "port 1 2",
                                          "PORT foo",
                                          "\n# c\n\n  port   \"abc",
                                          "port 'a'b",
                                          "hz \"\\x31\\x32\"\nhz \"\\n\"",
                                          "databases 0",
                                          "maxmemory 1zz",
                                          "maxclients 0",
                                          "loglevel notice debug",
                                          "dir /nonexistent",
                                          "unixsocketperm 888",
                                          "unixsocketperm 1000",
                                          "unixsocketperm -1",
                                          "client-output-buffer-limit normal 0 0",
                                          "client-output-buffer-limit normal 0 0 0 pubsub 1 1 1",
                                          "client-output-buffer-limit \"normal 0 0 0\"",
                                          "client-output-buffer-limit",
                                          "oom-score-adj-values 1 2",
                                          "oom-score-adj-values \"0 1 2\"",
                                          "shutdown-on-sigterm save nosave",
                                          "bind 127.0.0.1 \"::1 ::2\"",
                                          "bind",
                                          "save x",
                                          "save",
                                          "save ''",
                                          "save '' ''",
                                          "rename-command get",
                                          "include",
                                          "include a b",
                                          "include " + folder_ + "/none*.conf",
                                          "timeout 1\n\n\ninclude " + folder_ + "/bad.conf",
                                          "dir " + folder_ + "\ninclude bad.conf",
                                          "include " + folder_ + "/b[a]d.conf",
                                          "\"\"",
                                          "list-max-ziplist-entries 1",
                                          "list-max-ziplist-entries 1 2",
                                          "lua-replicate-commands x",
                                          "enable-debug-command maybe",
                                          "syslog-facility foo",
                                          "supervised foo",
                                          "logfile /nonexistent/x\n#",
                                          "daemonize maybe"};
  for (const std::string& text : texts) {
    // A log file that cannot be opened is found when all lines are read.
    const bool reads_on = text.starts_with("logfile");
    const std::string path = write("redis.conf", text + (reads_on ? "\n" : "\nmaxmemory-policy nope\n"));
    ConfigStore store;
    const auto failure = store.load({path, false, ""});
    ASSERT_TRUE(failure) << text;
    std::string ours = fatal_config_error(*failure);
    ours.replace(ours.find("7.2.4"), 5, "7.0.15");
    EXPECT_EQ(ours, run_oracle(path)) << text;
    fs::current_path(folder_);
  }
}

struct Close {
  void operator()(redisContext* context) const { redisFree(context); }
};

struct Parts {
  std::string body;                // up to the heading
  std::set<std::string> appended;  // below it
};

Parts split(const std::string& text) {
  Parts parts;
  std::istringstream lines(text);
  bool below = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "# Generated by CONFIG REWRITE") {
      below = true;
    } else if (!below) {
      parts.body += line + "\n";
    } else if (!line.empty() && !line.starts_with("user ")) {
      parts.appended.insert(line);
    }
  }
  // An empty last line more or less says nothing.
  while (parts.body.ends_with("\n\n")) parts.body.pop_back();
  return parts;
}

using Sets = std::vector<ConfigStore::Pair>;

// The same file and the same changes to both.
class ConfigRewriteAgainstRedis : public ConfigFileAgainstRedis {
 protected:
  void compare(const std::string& text, const std::vector<Sets>& changes) {
    const std::string tail = fmt::format(
        "daemonize yes\npidfile {0}/pid\nunixsocket {0}/s\nport 0\nlogfile {0}/log\n"
        "dir {0}\n",
        folder_);
    const std::string theirs = write("theirs.conf", text + tail);
    const std::string ours = write("ours.conf", text + tail);
    const std::string started = run_oracle(theirs);
    const auto link = connect();
    ASSERT_TRUE(link) << started << read(folder_ + "/log");
    ConfigStore store;
    ASSERT_FALSE(store.load({ours, false, ""}));
    for (const Sets& pairs : changes) {
      std::vector<std::string> words = {"CONFIG", "SET"};
      for (const auto& [name, value] : pairs) words.insert(words.end(), {std::string(name), std::string(value)});
      if (!pairs.empty()) {
        ASSERT_EQ(run(*link, words), "OK");
        ASSERT_TRUE(store.set(pairs, false));
      }
      ASSERT_EQ(run(*link, {"CONFIG", "REWRITE"}), "OK");
      ASSERT_TRUE(store.rewrite());
      const Parts expected = split(read(theirs));
      const Parts got = split(read(ours));
      EXPECT_EQ(got.body, expected.body);
      EXPECT_EQ(got.appended, expected.appended);
    }
  }

 private:
  std::unique_ptr<redisContext, Close> connect() const {
    for (int i = 0; i < 500; ++i) {
      std::unique_ptr<redisContext, Close> link(redisConnectUnix((folder_ + "/s").c_str()));
      if (link && link->err == 0) return link;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return nullptr;
  }
  static std::string run(redisContext& link, const std::vector<std::string>& words) {
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    void* answer = redisCommandArgv(&link, static_cast<int>(argv.size()), argv.data(), nullptr);
    if (answer == nullptr) return link.errstr;
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(answer), freeReplyObject);
    return std::string(static_cast<redisReply*>(answer)->str, static_cast<redisReply*>(answer)->len);
  }
};

TEST_F(ConfigRewriteAgainstRedis, LinesInPlace) {
  write("inc.conf", "hz 20\n");
  compare("# my header\ninclude " + folder_ +
              "/inc.conf\n\nPort 1\n   Port   2  \n# maxmemory comment\n\n\nmaxmemory 100mb\nMAXMEMORY 200mb\n\n\n"
              "bind 127.0.0.1\nrequirepass ''\nrename-command debug \"\"\nclient-output-buffer-limit normal 1kb 2kb 3\n"
              "client-output-buffer-limit slave 1000 2000 3\ntcp-backlog 511\nloglevel \"verbose\"\nsave \"\"\n"
              "appendonly no\nmaxmemory-clients 5%\ntimeout 5 \noom-score-adj-values 0 200 800\n"
              "shutdown-on-sigterm save now\nlatency-tracking-info-percentiles 50 99 99.9\n"
              "proc-title-template \"{title} {port}\"\nunixsocketperm 700\nlist-max-ziplist-entries 5\n# trailing\n",
          {{},
           {{"maxmemory", "1234567"},
            {"maxmemory-clients", "1gb"},
            {"timeout", "0"},
            {"client-output-buffer-limit", "pubsub 0 0 0"},
            {"active-expire-effort", "3"},
            {"watchdog-period", "1000"},
            {"latency-tracking-info-percentiles", "1 2"},
            {"shutdown-on-sigint", "force"}},
           {{"latency-tracking-info-percentiles", ""}, {"maxmemory", "0"}, {"hz", "10"}, {"watchdog-period", "0"}},
           {}});
}

TEST_F(ConfigRewriteAgainstRedis, AppendedLines) {
  compare("save ''\n", {{{"timeout", "7"}, {"maxmemory-policy", "allkeys-lfu"}, {"dynamic-hz", "no"}},
                        {{"maxmemory-clients", "7%"}, {"proc-title-template", "{title} \"x\" \\ \x01"}},
                        {{"timeout", "0"}, {"client-output-buffer-limit", "slave 1 2 3"}},
                        {{"bind", "127.0.0.1 -::1"}, {"lazyfree-lazy-expire", "yes"}},
                        {{"bind", "127.0.0.1"}, {"use-exit-on-panic", "yes"}, {"ignore-warnings", "ARM64-COW-BUG"}}});
}

}  // namespace
}  // namespace redoubt
