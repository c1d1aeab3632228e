// A log of MONITOR recorded from Debian's redis-server, replayed into ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/link.h"
#include "tests/support/process_run.h"
#include "tests/support/program.h"

namespace redoubt {
namespace {

TEST(BenchmarkReplayInterop, ALogOfRedisReplayedIntoOursMakesTheSameData) {
  const Program redis = Program::start_oracle({"--enable-debug-command", "yes"});
  const Program ours = Program::start_server({"--enable-debug-command", "yes"});
  const std::string port = std::to_string(redis.port());
  Link there(redis.port());
  Link here(ours.port());
  ProcessRun monitor({"redis-cli", "-p", port, "monitor"});
  ASSERT_TRUE(monitor.wait_for_out("OK\n"));
  // Requests whose order among clients makes no difference; and one client, for whom it does.
  ProcessRun load({"redis-benchmark", "-p", port, "-q", "-n", "3000", "-c", "8", "-P", "3", "-r", "500", "-t",
                   "set,incr,lpush,sadd,hset,mset"});
  ASSERT_EQ(load.wait_for_exit(), 0);
  there.run({"RPUSH", "in order", "a", std::string("\0 \"\\\r\n\xff", 7), ""});
  there.run({"LMOVE", "in order", "in order", "LEFT", "RIGHT"});
  there.run({"SELECT", "7"});
  there.run({"SET", "elsewhere", "1"});
  there.run({"SELECT", "0"});
  there.run({"APPEND", "last", "one"});
  ASSERT_TRUE(monitor.wait_for_out("\"APPEND\" \"last\" \"one\"\n"));

  ProcessRun replay({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(ours.port()), "--replay",
                     monitor.directory() + "/stdout", "--replay-speed", "max", "-P", "3", "-q"});
  // redis-benchmark asks for CONFIG, which is left out.
  EXPECT_EQ(replay.wait_for_exit(), 0) << replay.err();
  EXPECT_EQ(to_line(here.run({"DBSIZE"})), to_line(there.run({"DBSIZE"})));
  EXPECT_EQ(to_line(here.run({"DEBUG", "DIGEST"})), to_line(there.run({"DEBUG", "DIGEST"})));
}

TEST(BenchmarkReplayInterop, TransactionsAndScriptsAreDoneOnce) {
  const Program redis = Program::start_oracle();
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  write_file(log,
             "1.000000 [0 a:1] \"MULTI\"\n"
             "1.000001 [0 a:1] \"INCR\" \"counter\"\n"
             "1.000002 [0 a:1] \"EXEC\"\n"
             "1.000003 [0 a:1] \"eval\" \"return redis.call('incr','counter')\" \"0\"\n"
             "1.000004 [0 lua] \"incr\" \"counter\"\n");
  ProcessRun replay({std::string(REDOUBT_BIN_DIR) + "/redoubt-benchmark", "-p", std::to_string(redis.port()), "-3",
                     "--replay", log, "-q"});
  EXPECT_EQ(replay.wait_for_exit(), 0) << replay.err();
  EXPECT_EQ(replay.err(), "");
  EXPECT_EQ(Link(redis.port()).run({"GET", "counter"}).text, "2");
}

}  // namespace
}  // namespace redoubt
