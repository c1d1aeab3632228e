// The executor by itself: a handful of commands with functions made for these tests, and no parser in between. What clients
// see is in tests/commands.
#include "server/dispatch/executor.h"

#include <gtest/gtest.h>
#include <sys/uio.h>

#include <deque>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "server/client/client_registry.h"
#include "server/config/config_store.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

void do_get(CommandContext& ctx) {
  Entry* entry = ctx.db.find_for_read(ctx.arg(1));
  if (entry == nullptr) return ctx.reply.null();
  char digits[max_integer_text];
  ctx.reply.bulk(entry->string(digits));
}
void do_set(CommandContext& ctx) {
  ctx.db.set_string(ctx.arg(1), ctx.arg(2));
  ctx.reply.ok();
}
void do_ping(CommandContext& ctx) { ctx.reply.simple("PONG"); }
void do_echo(CommandContext& ctx) { ctx.reply.bulk(ctx.arg(1)); }
void do_touch(CommandContext& ctx) { ctx.reply.integer(ctx.db.find_for_read(ctx.arg(1)) != nullptr ? 1 : 0); }
void do_quit(CommandContext& ctx) {
  ctx.reply.ok();
  ctx.server.clients.close(ctx.client, true);
}
void do_append(CommandContext& ctx) { ctx.reply.error("WRONGTYPE not today"); }
void do_select(CommandContext& ctx) {
  ctx.client.db = ctx.arg(1) == "1" ? 1 : 0;
  ctx.reply.ok();
}
// CLIENT REPLY as its command does it.
void do_client_reply(CommandContext& ctx) {
  Client& client = ctx.client;
  if (ctx.arg(2) == "ON") {
    client.set(ClientFlag::reply_off, false);
    client.gates &= ~static_cast<uint32_t>(gate_reply);
    ctx.reply.ok();
    return;
  }
  client.set(ctx.arg(2) == "OFF" ? ClientFlag::reply_off : ClientFlag::reply_skip_next);
  client.gates |= gate_reply;
}

class ExecutorTest : public testing::Test {
 protected:
  ExecutorTest() {
    commands_.handle("get", do_get);
    commands_.handle("set", do_set);
    commands_.handle("ping", do_ping);
    commands_.handle("echo", do_echo);
    commands_.handle("touch", do_touch);
    commands_.handle("quit", do_quit);
    commands_.handle("append", do_append);
    commands_.handle("auth", do_ping);
    commands_.handle("select", do_select);
    commands_.handle("debug", do_ping);
    commands_.handle("client|reply", do_client_reply);
    commands_.find_full("debug")->gates = gate_protected;
    clients_.add(client_);
  }
  ~ExecutorTest() override { clients_.remove(client_); }

  // Executes the lines as one batch and gives all that was answered.
  std::string run(const std::vector<std::string>& lines) {
    storage_.clear();
    batch_.clear();
    for (const std::string& line : lines) {
      const auto first = static_cast<uint32_t>(batch_.args.size());
      for (std::string& word : words_of(line)) batch_.args.emplace_back(storage_.emplace_back(std::move(word)));
      batch_.requests.push_back({first, static_cast<uint32_t>(batch_.args.size()) - first, batch_.args.size()});
    }
    done_ = executor_.run(client_, batch_);
    std::string text;
    iovec piece;
    while (client_.out.pieces(&piece, 1) == 1) {
      text.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
      client_.out.consume(piece.iov_len);
    }
    return text;
  }
  CommandStats& stats(std::string_view name) { return commands_.find_full(name)->stats; }

  int64_t now_ms_ = 1'700'000'000'000;
  Log log_{[] {
    LogOptions options;
    options.level = LogLevel::nothing;
    return options;
  }()};
  ConfigStore store_;
  Keyspace keyspace_{2};
  Effects effects_{keyspace_.shared()};
  ClientRegistry clients_;
  CommandTable commands_;
  Evictor evictor_{keyspace_, store_.config()};
  ServerStats stats_;
  RecordingControl control_;
  Persistence persistence_{keyspace_, store_.config(), real_file_system(), log_, [] {}, false};
  Services services_{keyspace_, store_, store_.config(), clients_, commands_,   effects_,
                     evictor_,  stats_, control_,        log_,     persistence_};
  Executor executor_{services_, [this] { return now_ms_; }};
  BlockPool pool_;
  Client client_{1, pool_};
  std::deque<std::string> storage_;
  RequestBatch batch_;
  size_t done_ = 0;
};

TEST_F(ExecutorTest, ABatchIsAnsweredInOrder) {
  EXPECT_EQ(run({"set a 1", "get a", "get b", "ping", "GET a"}), "+OK\r\n$1\r\n1\r\n$-1\r\n+PONG\r\n$1\r\n1\r\n");
  EXPECT_EQ(done_, 5u);
  EXPECT_EQ(clients_.take_flushes(), std::vector<Client*>{&client_});
}

// The keys of a batch are looked at before its commands run; what those change must not confuse it.
TEST_F(ExecutorTest, ABatchMayChangeDatabasesOnTheWay) {
  EXPECT_EQ(run({"set a 0", "select 1", "get a", "set a 1", "get a", "select 0", "get a"}),
            "+OK\r\n+OK\r\n$-1\r\n+OK\r\n$1\r\n1\r\n+OK\r\n$1\r\n0\r\n");
}

TEST_F(ExecutorTest, TheLargestBatch) {
  std::vector<std::string> lines;
  std::string expected;
  for (size_t i = 0; i < Executor::max_batch / 2; ++i) {
    lines.push_back("set key" + std::to_string(i) + " v");
    lines.push_back("get key" + std::to_string(i));
    expected += "+OK\r\n$1\r\nv\r\n";
  }
  EXPECT_EQ(run(lines), expected);
}

TEST_F(ExecutorTest, NothingAfterTheEndOfAConnection) {
  EXPECT_EQ(run({"ping", "quit", "ping"}), "+PONG\r\n+OK\r\n");
  EXPECT_EQ(done_, 2u);
}

TEST_F(ExecutorTest, RemembersTheLastCommandAsLookedUp) {
  run({"get a"});
  EXPECT_EQ(client_.last_command->full_name, "get");
  run({"get"});
  EXPECT_EQ(client_.last_command->full_name, "get");
  run({"nosuch"});
  EXPECT_EQ(client_.last_command, nullptr);
  EXPECT_EQ(executor_.current_client(), nullptr);
}

// ---- refusals ----------------------------------------------------------------------------------------------------

struct RefusalCase {
  std::string line;
  std::string answer;
};

// The texts are those that Redis 7.0.15 answers to the same lines.
TEST_F(ExecutorTest, RefusesInTheWordsOfRedis) {
  const std::string a60(60, 'a'), b62(62, 'b'), a126(126, 'a'), x200(200, 'x');
  const std::string unknown = "-ERR unknown command '", args = "', with args beginning with: ";
  const RefusalCase cases[] = {
      {"nope", unknown + "nope" + args + "\r\n"},
      {"nope a b c", unknown + "nope" + args + "'a' 'b' 'c' \r\n"},
      {"\"\"", unknown + args + "\r\n"},
      {"nope " + x200 + " b", unknown + "nope" + args + "'" + x200.substr(0, 128) + "' \r\n"},
      {x200 + " b", unknown + x200.substr(0, 128) + args + "'b' \r\n"},
      {"nope " + a126 + " b c", unknown + "nope" + args + "'" + a126 + "' \r\n"},
      {"nope " + a60 + " " + b62 + " c", unknown + "nope" + args + "'" + a60 + "' '" + b62.substr(0, 65) + "' \r\n"},
      {"nope \"a\\x00b\" \"a\\r\\n\"", unknown + "nope" + args + "'a' 'a  ' \r\n"},
      {"\"no\\x00pe\" a", unknown + "no" + args + "'a' \r\n"},
      {"client fo", "-ERR unknown subcommand 'fo'. Try CLIENT HELP.\r\n"},
      {"cLient \"a\\r\\nb\"", "-ERR unknown subcommand 'a  b'. Try CLIENT HELP.\r\n"},
      {"client " + x200, "-ERR unknown subcommand '" + x200.substr(0, 128) + "'. Try CLIENT HELP.\r\n"},
      {"client", "-ERR wrong number of arguments for 'client' command\r\n"},
      {"client reply", "-ERR wrong number of arguments for 'client|reply' command\r\n"},
      {"get", "-ERR wrong number of arguments for 'get' command\r\n"},
      {"get a b", "-ERR wrong number of arguments for 'get' command\r\n"},
  };
  for (const RefusalCase& row : cases) EXPECT_EQ(run({row.line}), row.answer);
  EXPECT_EQ(stats_.errors["ERR"], std::size(cases));
  EXPECT_EQ(stats("get").rejected, 2u);
  EXPECT_EQ(stats("get").calls, 0u);
}

TEST_F(ExecutorTest, ErrorsOfCommandsAreCountedByCode) {
  run({"append a b", "append a b", "ping"});
  EXPECT_EQ(stats("append").failed, 2u);
  EXPECT_EQ(stats("append").calls, 2u);
  EXPECT_EQ(stats("append").rejected, 0u);
  EXPECT_EQ(stats("ping").failed, 0u);
  EXPECT_EQ(stats_.errors["WRONGTYPE"], 2u);
  EXPECT_EQ(stats_.error_replies, 2u);
}

TEST_F(ExecutorTest, WhoHasNotAuthenticatedMayDoLittle) {
  client_.gates |= gate_auth;
  EXPECT_EQ(run({"get a"}), "$-1\r\n");  // there is no password any more
  const ConfigStore::Pair password{"requirepass", "secret"};
  ASSERT_TRUE(store_.set({&password, 1}, false));
  EXPECT_EQ(run({"get a", "auth x", "get", "nosuch"}),
            "-NOAUTH Authentication required.\r\n+PONG\r\n-ERR wrong number of arguments for 'get' command\r\n"
            "-ERR unknown command 'nosuch', with args beginning with: \r\n");
  EXPECT_EQ(stats_.errors["NOAUTH"], 1u);
  EXPECT_EQ(stats("get").rejected, 2u);
  client_.gates &= ~static_cast<uint32_t>(gate_auth);
  EXPECT_EQ(run({"get a"}), "$-1\r\n");
}

// What is closed to everybody is said before who you are is asked.
TEST_F(ExecutorTest, GuardedCommandsAreRefusedBeforeAuthentication) {
  client_.gates |= gate_auth;
  EXPECT_TRUE(run({"debug x"}).starts_with("-ERR DEBUG command not allowed. If the enable-debug-command option"));
}

TEST_F(ExecutorTest, NoRoomNoWrites) {
  const ConfigStore::Pair limit{"maxmemory", "1"};
  ASSERT_TRUE(store_.set({&limit, 1}, false));
  EXPECT_EQ(run({"set a 1"}), "+OK\r\n") << "the gate is closed by whoever sets the directive";
  executor_.set_gate(gate_maxmemory, true);
  register_allocating_thread();
  EXPECT_EQ(run({"set a 2", "get a"}), "-OOM command not allowed when used memory > 'maxmemory'.\r\n$1\r\n1\r\n");
  executor_.set_gate(gate_maxmemory, false);
  EXPECT_EQ(run({"set a 3"}), "+OK\r\n");
}

// ---- pauses ------------------------------------------------------------------------------------------------------

TEST_F(ExecutorTest, APauseOfWritesHoldsTheFirstWriteAndWhatFollows) {
  clients_.pause(1'000, ClientRegistry::PauseMode::writes);
  executor_.set_gate(gate_pause, true);
  EXPECT_EQ(run({"get a", "set a 1", "get a"}), "$-1\r\n");
  EXPECT_EQ(done_, 1u);
  EXPECT_TRUE(client_.is(ClientFlag::postponed));
  EXPECT_TRUE(clients_.take_resumed().empty());
  clients_.check_pause(999);
  EXPECT_TRUE(clients_.take_resumed().empty());
  clients_.check_pause(1'000);
  EXPECT_EQ(clients_.take_resumed(), std::vector<Client*>{&client_});
  EXPECT_FALSE(client_.is(ClientFlag::postponed));
  EXPECT_EQ(run({"set a 1", "get a"}), "+OK\r\n$1\r\n1\r\n");
  EXPECT_EQ(stats("set").calls, 1u);
  EXPECT_EQ(stats("set").rejected, 0u);
}

TEST_F(ExecutorTest, APauseOfAllHoldsReadsTooButNotReplicas) {
  clients_.pause(1'000, ClientRegistry::PauseMode::all);
  executor_.set_gate(gate_pause, true);
  EXPECT_EQ(run({"ping"}), "");
  EXPECT_EQ(done_, 0u);
  client_.set(ClientFlag::replica);
  EXPECT_EQ(run({"ping"}), "+PONG\r\n");
}

TEST_F(ExecutorTest, ClientsResumeInTheOrderInWhichTheyCame) {
  Client second(2, pool_), third(3, pool_);
  for (Client* client : {&third, &client_, &second}) clients_.postpone(*client);
  clients_.postpone(client_);  // once is enough
  clients_.unpause();
  EXPECT_EQ(clients_.take_resumed(), (std::vector<Client*>{&third, &client_, &second}));
  clients_.postpone(second);
  clients_.remove(second);
  clients_.unpause();
  EXPECT_TRUE(clients_.take_resumed().empty());
}

TEST_F(ExecutorTest, ARunningPauseBecomesOnlyLongerAndStricter) {
  using Mode = ClientRegistry::PauseMode;
  clients_.pause(1'000, Mode::all);
  clients_.pause(500, Mode::writes);
  EXPECT_EQ(clients_.paused_until_ms(), 1'000);
  EXPECT_EQ(clients_.pause_mode(), Mode::all);
  clients_.unpause();
  EXPECT_FALSE(clients_.paused());
  clients_.pause(100, Mode::writes);
  EXPECT_EQ(clients_.pause_mode(), Mode::writes);
  EXPECT_EQ(clients_.paused_until_ms(), 100);
}

// ---- CLIENT REPLY ------------------------------------------------------------------------------------------------

TEST_F(ExecutorTest, ReplySkipIsForTheNextCommandWhateverItIs) {
  for (const std::string next : {"ping", "nosuch", "get", "append a b", "set a 1"}) {
    EXPECT_EQ(run({"ping", "client reply SKIP", next, "echo b"}), "+PONG\r\n$1\r\nb\r\n") << next;
    EXPECT_EQ(client_.gates, 0u) << next;
  }
  EXPECT_EQ(run({"client reply SKIP", "client reply SKIP", "ping", "echo b"}), "$1\r\nb\r\n");
  EXPECT_EQ(run({"client reply SKIP"}), "");
  EXPECT_EQ(run({"ping"}), "");
  EXPECT_EQ(run({"ping"}), "+PONG\r\n");
}

TEST_F(ExecutorTest, ReplyOffIsUntilReplyOn) {
  EXPECT_EQ(run({"ping", "client reply OFF", "ping", "nosuch", "get", "echo " + std::string(50'000, 'x')}),
            "+PONG\r\n");
  EXPECT_EQ(run({"client reply SKIP", "ping", "ping"}), "");
  EXPECT_EQ(run({"client reply ON", "ping"}), "+OK\r\n+PONG\r\n");
  EXPECT_EQ(client_.gates, 0u);
  EXPECT_EQ(run({"client reply SKIP", "client reply ON", "ping"}), "+OK\r\n+PONG\r\n");
  EXPECT_EQ(run({"client reply SKIP", "client reply OFF", "ping", "ping"}), "");
}

TEST_F(ExecutorTest, APostponedCommandKeepsItsSkip) {
  run({"client reply SKIP"});
  clients_.pause(1'000, ClientRegistry::PauseMode::all);
  executor_.set_gate(gate_pause, true);
  EXPECT_EQ(run({"ping"}), "");
  EXPECT_EQ(done_, 0u);
  clients_.unpause();
  clients_.take_resumed();
  EXPECT_EQ(run({"ping", "echo b"}), "$1\r\nb\r\n");
}

// ---- CLIENT NO-TOUCH ---------------------------------------------------------------------------------------------

TEST_F(ExecutorTest, NoTouchLeavesTheAccessTimeButForTouch) {
  const AccessClock& access = keyspace_.shared().access;
  const auto idle = [&] { return access.idle_seconds(*keyspace_[0].peek("a")); };
  run({"set a 1"});
  now_ms_ += 50'000;
  executor_.update_time();
  client_.gates |= gate_no_touch;
  run({"get a"});
  EXPECT_EQ(idle(), 50);
  run({"touch a"});
  EXPECT_EQ(idle(), 0);
  now_ms_ += 50'000;
  executor_.update_time();
  client_.gates = 0;
  run({"get a"});
  EXPECT_EQ(idle(), 0);
}

// ---- statistics --------------------------------------------------------------------------------------------------

#ifdef REDOUBT_STATISTICS
TEST_F(ExecutorTest, CallsAreCountedExactlyHoweverTheyAreTimed) {
  // Runs longer and shorter than those that share the clock, fast and slow commands, in one batch and in many.
  std::vector<std::string> lines;
  for (int i = 0; i < 20; ++i) lines.emplace_back("get a");
  for (int i = 0; i < 5; ++i) lines.emplace_back("set a 1");
  for (int i = 0; i < 7; ++i) lines.emplace_back(i % 2 == 0 ? "get a" : "ping");
  for (int round = 0; round < 10; ++round) run(lines);
  for (int i = 0; i < 50; ++i) run({"get a"});
  run({"get a", "get", "get a", "nosuch", "get a"});
  EXPECT_EQ(stats("get").calls, 10u * 24 + 50 + 3);
  EXPECT_EQ(stats("get").latency.total(), stats("get").calls);
  EXPECT_EQ(stats("set").calls, 50u);
  EXPECT_EQ(stats("ping").calls, 30u);
  EXPECT_EQ(stats("get").rejected, 1u);
  EXPECT_EQ(stats_.commands_processed, stats("get").calls + 50 + 30);
  EXPECT_GT(stats("get").cycles, 0u);
}

TEST_F(ExecutorTest, LatenciesAreNotKeptWhenSwitchedOff) {
  const ConfigStore::Pair off{"latency-tracking", "no"};
  ASSERT_TRUE(store_.set({&off, 1}, false));
  run({"get a"});
  EXPECT_EQ(stats("get").calls, 1u);
  EXPECT_EQ(stats("get").latency.total(), 0u);
}
#endif

#ifdef REDOUBT_STATISTICS
// A slow command may have taken long: keys that expired meanwhile are not seen by the next.
TEST_F(ExecutorTest, TimeGoesOnAfterSlowCommands) {
  run({"set a 1"});
  keyspace_[0].set_expiry(*keyspace_[0].peek("a"), now_ms_ + 10);
  now_ms_ += 20;
  commands_.handle("echo", [](CommandContext& ctx) {
    for (const int64_t end_us = monotonic_us() + 2000; monotonic_us() < end_us;) {
    }
    ctx.reply.ok();
  });
  EXPECT_EQ(run({"get a", "echo slowly", "get a"}), "$1\r\n1\r\n+OK\r\n$-1\r\n");
}
#endif

}  // namespace
}  // namespace redoubt
