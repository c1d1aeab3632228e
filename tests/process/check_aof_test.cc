// redoubt-check-aof as the program that people and scripts start.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/aof/aof_writer.h"
#include "tests/support/process_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

const std::string program = std::string(REDOUBT_BIN_DIR) + "/redoubt-check-aof";

std::string record(std::initializer_list<std::string_view> args) {
  std::string bytes;
  AofWriter(bytes).command(args);
  return bytes;
}

const std::string set = record({"SET", "a", "1"});
const std::string damaged = set + set.substr(0, 20);

class CheckAof : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::string file(const std::string& name, std::string_view text) {
    write_file(path(name), text);
    return path(name);
  }
  // Its exit status; what it wrote is in out_ and err_.
  int run(Words words, const std::string& input = "") {
    words.insert(words.begin(), program);
    RunOptions options;
    options.input = input;
    ProcessRun process(words, options);
    const int status = process.wait_for_exit();
    out_ = process.out();
    err_ = process.err();
    return status;
  }

  TemporaryDirectory directory_;
  std::string out_, err_;
};

TEST_F(CheckAof, TheExitStatusTellsTheVerdict) {
  const std::string sound = file("sound", set);
  EXPECT_EQ(run({sound}), 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(run({file("damaged", damaged)}), 1);
  EXPECT_EQ(run({"--fix", path("damaged")}, "y\n"), 2);
  EXPECT_EQ(read_file(path("damaged")), set);
  EXPECT_EQ(run({"--fix", path("damaged")}), 0);
  EXPECT_EQ(run({}), 3);
  EXPECT_EQ(run({"--nonsense", sound}), 3);
  EXPECT_EQ(run({path("not there")}), 4);
  EXPECT_EQ(run({directory_.path()}), 4);
  EXPECT_EQ(run({"--help"}), 0);
}

TEST_F(CheckAof, AnswersToItsNameInRedis) {
  ProcessRun process({std::string(REDOUBT_BIN_DIR) + "/redis-check-aof", file("sound", set)});
  EXPECT_EQ(process.wait_for_exit(), 0);
}

TEST_F(CheckAof, OnlyAYesOnStandardInputCuts) {
  for (const std::string answer : {"", "\n", "n\n", "no\n", " y\n"}) {
    EXPECT_EQ(run({"--fix", file("x", damaged)}, answer), 1) << answer;
    EXPECT_THAT(out_, HasSubstr("Continue? [y/N]: Aborting...\n"));
    EXPECT_EQ(read_file(path("x")), damaged);
  }
  for (const std::string answer : {"y\n", "Y\n", "yes\n", "y"}) {
    EXPECT_EQ(run({"--fix", file("x", damaged)}, answer), 2) << answer;
    EXPECT_THAT(out_, HasSubstr("Continue? [y/N]: Successfully truncated AOF " + path("x") + "\n"));
    EXPECT_EQ(read_file(path("x")), set);
  }
}

TEST_F(CheckAof, YesKeepsTheFileBesideIt) {
  EXPECT_EQ(run({"--fix", "--yes", file("x", damaged)}), 2);
  EXPECT_EQ(read_file(path("x")), set);
  EXPECT_EQ(read_file(path("x.bak")), damaged);
  EXPECT_EQ(run({"--fix", "--yes", "--no-backup", file("y", damaged)}), 2);
  EXPECT_FALSE(std::filesystem::exists(path("y.bak")));
}

TEST_F(CheckAof, InAPipeThereIsNeitherColourNorProgress) {
  EXPECT_EQ(run({file("x", damaged)}), 1);
  EXPECT_THAT(out_ + err_, Not(HasSubstr("\x1b")));
  EXPECT_EQ(err_, "");
}

TEST_F(CheckAof, AFileThatMayNotBeWrittenIsNotCut) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everything";
  file("x", damaged);
  std::filesystem::permissions(path("x"), std::filesystem::perms::owner_read);
  EXPECT_EQ(run({"--fix", path("x")}, "y\n"), 4);
  EXPECT_EQ(read_file(path("x")), damaged);
}

// With a fault in every place that makes a reader hold too much: a huge argument, a huge length, many arguments.
TEST_F(CheckAof, TakesLittleMemoryForAFileOfAnySize) {
  constexpr uint64_t size = uint64_t{200} << 20;  // nearly all of it a hole
  const std::string header = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + std::to_string(size) + "\r\n";
  file("x", set + header);
  std::filesystem::resize_file(path("x"), set.size() + header.size() + size);
  {
    std::ofstream out(path("x"), std::ios::app | std::ios::binary);
    out << "\r\n" << set;
  }
  const pid_t child = fork();
  if (child == 0) {
    const rlimit most{size_t{64} << 20, size_t{64} << 20};
    setrlimit(RLIMIT_DATA, &most);
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), path("x").c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace redoubt
