// Debian's redis-cli and redis-benchmark against our server.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class RealCli : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new ServerRun({"--enable-debug-command", "yes"}); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { Link(port()).run({"FLUSHALL"}); }
  static int port() { return server_->port(); }
  static Words cli(const Words& more) {
    Words words = {"/usr/bin/redis-cli", "-p", std::to_string(port())};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static ServerRun* server_;
};
ServerRun* RealCli::server_ = nullptr;

struct OneShotCase {
  const char* name;
  Words words;
  std::string out;
};
class RealCliOneShot : public RealCli, public testing::WithParamInterface<OneShotCase> {};

TEST_P(RealCliOneShot, PrintsTheReply) {
  Link(port()).run({"MSET", "a", "1", "b", "two words"});
  ProcessRun run(cli(GetParam().words));
  EXPECT_EQ(run.wait_for_exit(), 0) << run.err();
  EXPECT_EQ(run.out(), GetParam().out);
  EXPECT_EQ(run.err(), "");
}
INSTANTIATE_TEST_SUITE_P(
    RealClients, RealCliOneShot,
    testing::Values(OneShotCase{"Ping", {"PING"}, "PONG\n"}, OneShotCase{"Get", {"GET", "b"}, "two words\n"},
                    OneShotCase{"Nil", {"GET", "none"}, "\n"}, OneShotCase{"Integer", {"INCR", "a"}, "2\n"},
                    OneShotCase{"Array", {"MGET", "a", "b"}, "1\ntwo words\n"},
                    OneShotCase{"NoRaw", {"--no-raw", "MGET", "a", "none"}, "1) \"1\"\n2) (nil)\n"},
                    OneShotCase{"Resp2", {"-2", "--no-raw", "CONFIG", "GET", "hz"}, "1) \"hz\"\n2) \"10\"\n"},
                    OneShotCase{"Resp3", {"-3", "--no-raw", "CONFIG", "GET", "hz"}, "1# \"hz\" => \"10\"\n"},
                    OneShotCase{"Resp3Double", {"-3", "--no-raw", "DEBUG", "PROTOCOL", "double"}, "(double) 3.141\n"},
                    OneShotCase{"Database", {"-n", "3", "--no-raw", "EXISTS", "a"}, "(integer) 0\n"},
                    OneShotCase{"Error", {"GET"}, "ERR wrong number of arguments for 'get' command\n\n"},
                    OneShotCase{"Csv", {"--csv", "MGET", "a", "b"}, "\"1\",\"two words\"\n"},
                    OneShotCase{"Repeat", {"-r", "3", "INCR", "a"}, "2\n3\n4\n"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(RealCli, ReadsCommandsFromItsInput) {
  ProcessRun run(cli({}), {.input = "SET x 1\nINCR x\nGET x\n"});
  EXPECT_EQ(run.wait_for_exit(), 0);
  EXPECT_EQ(run.out(), "OK\n2\n2\n");
}

TEST_F(RealCli, PipeInsertsInBulk) {
  std::string input;
  constexpr int count = 50000;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    input += request_of({"SET", "key:" + number, "value:" + number});
  }
  ProcessRun run(cli({"--pipe"}), {.input = input});
  EXPECT_EQ(run.wait_for_exit(), 0) << run.out() << run.err();
  EXPECT_THAT(run.out(), HasSubstr("errors: 0, replies: 50000"));
  Link look(port());
  EXPECT_EQ(look.run({"DBSIZE"}).integer, count);
  EXPECT_EQ(look.run({"GET", "key:49999"}).text, "value:49999");
}

TEST_F(RealCli, ScansAndLooksForBigKeys) {
  Link look(port());
  (void)look.run({"DEBUG", "POPULATE", "1000", "key", "10"});
  ProcessRun scan(cli({"--scan", "--pattern", "key:*"}));
  EXPECT_EQ(scan.wait_for_exit(), 0) << scan.err();
  const std::string out = scan.out();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1000);
  for (const char* look_for : {"--bigkeys", "--memkeys"}) {
    ProcessRun big(cli({look_for}));
    EXPECT_EQ(big.wait_for_exit(), 0) << big.out() << big.err();
    EXPECT_THAT(big.out(), HasSubstr("Sampled 1000 keys in the keyspace!")) << look_for;
  }
}

// A person at a terminal.
class Terminal {
 public:
  explicit Terminal(Words words) {
    pid_ = forkpty(&descriptor_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    setenv("TERM", "dumb", 1);
    setenv("HOME", "/nonexistent", 1);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~Terminal() {
    close(descriptor_);
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  void type(const std::string& text) { EXPECT_EQ(write(descriptor_, text.data(), text.size()), ssize_t(text.size())); }
  // Takes what is shown up to and with the text.
  bool shows(const std::string& text) {
    for (;;) {
      if (const size_t found = screen_.find(text); found != std::string::npos) {
        screen_.erase(0, found + text.size());
        return true;
      }
      pollfd wanted{.fd = descriptor_, .events = POLLIN, .revents = 0};
      char chunk[4096];
      const ssize_t got = poll(&wanted, 1, 20000) == 1 ? ::read(descriptor_, chunk, sizeof chunk) : 0;
      if (got <= 0) return false;
      screen_.append(chunk, static_cast<size_t>(got));
    }
  }
  int exit_code() {
    int status = 0;
    if (!eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; })) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& screen() const { return screen_; }

 private:
  int descriptor_ = -1;
  pid_t pid_ = -1;
  std::string screen_;
};

class RealCliAtATerminal : public RealCli, public testing::WithParamInterface<const char*> {};

TEST_P(RealCliAtATerminal, TalksToTheServer) {
  Terminal terminal(cli({GetParam()}));
  const std::string prompt = "127.0.0.1:" + std::to_string(port()) + "> ";
  // Typed ahead of the prompt, a line would be echoed twice.
  const auto ask = [&](const std::string& line, const std::string& answer) {
    ASSERT_TRUE(terminal.shows(prompt)) << terminal.screen();
    terminal.type(line + "\n");
    EXPECT_TRUE(terminal.shows("\n" + answer + "\r\n")) << terminal.screen();
  };
  ask("set greeting \"hello there\"", "OK");
  ask("get greeting", "\"hello there\"");
  ask("strlen greeting", "(integer) 11");
  ask("incr greeting", "(error) ERR value is not an integer or out of range");
  ASSERT_TRUE(terminal.shows(prompt)) << terminal.screen();
  terminal.type("select 2\n");
  EXPECT_TRUE(terminal.shows(std::to_string(port()) + "[2]> ")) << terminal.screen();
  terminal.type("exit\n");
  EXPECT_EQ(terminal.exit_code(), 0);
}
INSTANTIATE_TEST_SUITE_P(RealClients, RealCliAtATerminal, testing::Values("-2", "-3"),
                         [](const auto& tested) { return tested.param[1] == '2' ? "Resp2" : "Resp3"; });

// ---- redis-benchmark -----------------------------------------------------------------------------

struct BenchmarkCase {
  const char* name;
  Words words;
};
class RealBenchmark : public RealCli, public testing::WithParamInterface<BenchmarkCase> {};

TEST_P(RealBenchmark, RunsWhatWeHaveAndPrintsRates) {
  Words words = {"/usr/bin/redis-benchmark",
                 "-p",
                 std::to_string(port()),
                 "-t",
                 "ping_inline,ping_mbulk,set,get,incr,mset",
                 "-n",
                 "4000",
                 "--csv"};
  words.insert(words.end(), GetParam().words.begin(), GetParam().words.end());
  ProcessRun run(words);
  EXPECT_EQ(run.wait_for_exit(), 0) << run.out() << run.err();
  EXPECT_EQ(run.err(), "");
  for (const char* row : {"\"PING_INLINE\",\"", "\"PING_MBULK\",\"", "\"SET\",\"", "\"GET\",\"", "\"INCR\",\"",
                          "\"MSET (10 keys)\",\""}) {
    const std::string out = run.out();
    const size_t found = out.find(row);
    ASSERT_NE(found, std::string::npos) << row << "\n" << out;
    EXPECT_GT(std::atof(out.c_str() + found + std::string(row).size()), 0.0) << row;
  }
  EXPECT_THAT(run.out(), Not(HasSubstr("rror")));
  EXPECT_EQ(info_number(*std::make_unique<Link>(port()), "total_error_replies"), 0);
}
INSTANTIATE_TEST_SUITE_P(RealClients, RealBenchmark,
                         testing::Values(BenchmarkCase{"Plain", {"-c", "50"}}, BenchmarkCase{"Pipelined", {"-P", "16"}},
                                         BenchmarkCase{"RandomKeys", {"-r", "10000", "-P", "4"}},
                                         BenchmarkCase{"Threads", {"--threads", "2", "-c", "50"}},
                                         BenchmarkCase{"Large", {"-d", "10000", "-c", "10"}}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace redoubt
