// Append-only files of Debian's redis-server in ours, and the other way round: the same data set, by its digest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/program.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

// Without syncs, behind which everysec puts off writes: what was answered stands in the file, and can be copied.
const Words common_words = {"--appendonly", "yes", "--appendfsync", "no", "--enable-debug-command", "yes"};

Words with(const Words& first, const Words& second) {
  Words all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

void fill(Link& link, const std::string& prefix) {
  std::vector<Words> requests = {
      {"SET", prefix + "s", "value"},
      {"SET", prefix + "n", "-12", "PXAT", "4102444800000"},
      {"SET", prefix + "long", std::string(70'000, 'x')},
      {"APPEND", prefix + "s", std::string("\0\r\n\xff", 4)},
      {"INCRBYFLOAT", prefix + "float", "1.5"},
      {"SADD", prefix + "intset", "1", "2", "3"},
      {"LPUSH", prefix + "list", "a", "", "3"},
      {"ZADD", prefix + "zset", "-inf", "a", "0.1", "b", "1e200", "c"},
      {"HSET", prefix + "hash", "f", "1", "g", ""},
      {"SELECT", "3"},
      {"SET", prefix + "other", "1", "EX", "100000"},
      {"SELECT", "0"},
  };
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    requests.push_back({"RPUSH", prefix + "long list", n + std::string(40, 'l')});
    requests.push_back({"SADD", prefix + "table", "m" + n});
    requests.push_back({"HSET", prefix + "big hash", n, std::string(70, 'h')});
    requests.push_back({"ZADD", prefix + "tree", n + ".25", n});
  }
  requests.push_back({"SPOP", prefix + "table", "7"});
  for (const Words& request : requests) {
    const Value reply = link.run(request);
    ASSERT_NE(reply.kind, '-') << reply.text;
  }
}

std::string digest(Link& link) { return to_line(link.run({"DEBUG", "DIGEST"})); }

void rewrite(Link& link) {
  ASSERT_EQ(link.run({"BGREWRITEAOF"}).kind, '+');
  ASSERT_TRUE(eventually([&] { return info_number(link, "aof_rewrite_in_progress") == 0; }));
}

void copy_log(const std::string& from, const std::string& to) {
  std::filesystem::copy(from + "/appendonlydir", to + "/appendonlydir", std::filesystem::copy_options::recursive);
}

TEST(AofInterop, FilesOfRedisLoadInOurs) {
  for (const std::string preamble : {"yes", "no"}) {
    for (const bool rewritten : {false, true}) {
      Program oracle = Program::start_oracle(with(
          common_words, {"--aof-use-rdb-preamble", preamble, "--aof-timestamp-enabled", rewritten ? "yes" : "no"}));
      Link link(oracle.port());
      fill(link, "before ");
      if (rewritten) {
        rewrite(link);
        fill(link, "after ");
      }
      const std::string expected = digest(link);
      TemporaryDirectory directory;
      copy_log(oracle.directory(), directory.path());
      ServerRun ours(with(common_words, {"--save", "", "--dir", directory.path()}));
      Link our_link(ours.port());
      EXPECT_EQ(digest(our_link), expected) << preamble << rewritten;
    }
  }
}

TEST(AofInterop, OurFilesLoadInRedis) {
  for (const bool rewritten : {false, true}) {
    TemporaryDirectory directory;
    // Its reader takes RDB files up to version 10.
    ServerRun ours(with(common_words, {"--save", "", "--dir", directory.path(), "--aof-use-rdb-preamble", "no",
                                       "--aof-timestamp-enabled", rewritten ? "yes" : "no"}));
    Link link(ours.port());
    fill(link, "before ");
    if (rewritten) {
      rewrite(link);
      fill(link, "after ");
    }
    const std::string expected = digest(link);
    TemporaryDirectory copy;
    copy_log(directory.path(), copy.path());
    Program oracle = Program::start_oracle(with(common_words, {"--dir", copy.path()}));
    Link its_link(oracle.port());
    ASSERT_TRUE(eventually([&] { return its_link.run({"PING"}).text == "PONG"; }));
    EXPECT_EQ(digest(its_link), expected) << rewritten;
  }
}

TEST(AofInterop, AnOldSingleFileIsTakenOverByBothAlike) {
  TemporaryDirectory directory;
  const std::string bytes = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n";
  write_file(directory.path() + "/appendonly.aof", bytes);
  ServerRun ours(with(common_words, {"--save", "", "--dir", directory.path()}));
  TemporaryDirectory other;
  write_file(other.path() + "/appendonly.aof", bytes);
  Program oracle = Program::start_oracle(with(common_words, {"--dir", other.path()}));
  Link our_link(ours.port());
  Link its_link(oracle.port());
  ASSERT_TRUE(eventually([&] { return its_link.run({"PING"}).text == "PONG"; }));
  EXPECT_EQ(digest(our_link), digest(its_link));
  const std::string manifest = "/appendonlydir/appendonly.aof.manifest";
  EXPECT_EQ(read_file(directory.path() + manifest), read_file(other.path() + manifest));
}

}  // namespace
}  // namespace redoubt
