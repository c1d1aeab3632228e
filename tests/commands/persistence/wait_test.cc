// WAIT and WAITAOF. The log's file is in memory, and its syncs are carried out by hand.
#include <gtest/gtest.h>

#include "common/command/command_spec.h"
#include "server/persistence/append_log.h"
#include "tests/support/command_fixture.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

class WaitTest : public testing::Test {
 protected:
  WaitTest() { files_.add_directory("dir"); }

  void turn_on(AppendLog::Whole whole = AppendLog::Whole::yes) {
    config().appendonly = true;
    auto file = files_.open("dir/log", OpenMode::append);
    ASSERT_TRUE(log().switch_file(std::move(file.value()), 0, whole));
  }
  void turn_off() {
    config().appendonly = false;
    log().stop();
    tick();
  }
  // The configuration alone: the test turns the log on and off by itself.
  Config& config() { return const_cast<Config&>(server_.config()); }
  void tick() {
    log().tick();
    server_.executor().end_overdue_waits();
  }
  void sync() {
    tick();
    log().background().drain();
    tick();
  }
  Reply type(std::string_view line) { return server_.client().run(words_of(line)); }
  TestClient& waiter(std::string_view line) {
    TestClient& client = server_.client();
    EXPECT_EQ(client.run(words_of(line)), "(no reply)") << line;
    EXPECT_TRUE(client.waits()) << line;
    return client;
  }
  std::string info(std::string_view field) {
    const Reply reply = server_.connect().run("INFO", "clients");
    const size_t at = reply.text.find(std::string(field) + ":");
    if (at == std::string::npos) return "none";
    const size_t begin = at + field.size() + 1;
    return reply.text.substr(begin, reply.text.find('\r', begin) - begin);
  }
  AppendLog& log() { return server_.persistence().append_log(); }

  SimulatedFiles files_;
  TestServer server_{"appendfsync always\n", &files_};
};

struct Case {
  const char* line;
  const char* reply;
};

class WaitArguments : public WaitTest, public testing::WithParamInterface<Case> {};

TEST_P(WaitArguments, Reply) { EXPECT_EQ(type(GetParam().line), GetParam().reply) << GetParam().line; }

constexpr const char* not_integer = "(error) ERR value is not an integer or out of range";
constexpr const char* bad_local = "(error) ERR value is out of range, value must between 0 and 1";
constexpr const char* bad_replicas = "(error) ERR value is out of range, must be positive";
constexpr const char* disabled = "(error) ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

INSTANTIATE_TEST_SUITE_P(
    All, WaitArguments,
    testing::Values(Case{"WAIT", "(error) ERR wrong number of arguments for 'wait' command"},
                    Case{"WAIT x y", not_integer},
                    Case{"WAIT 1 y", "(error) ERR timeout is not an integer or out of range"},
                    Case{"WAIT 1 1.5", "(error) ERR timeout is not an integer or out of range"},
                    Case{"WAIT 0 -1", "(error) ERR timeout is negative"},
                    Case{"WAIT 0 9223372036854775807", "(error) ERR timeout is out of range"},
                    Case{"WAIT 0 0", "(integer) 0"}, Case{"WAIT -1 0", "(integer) 0"},
                    Case{"WAITAOF 1 0", "(error) ERR wrong number of arguments for 'waitaof' command"},
                    Case{"WAITAOF x y z", not_integer}, Case{"WAITAOF -1 y z", bad_local},
                    Case{"WAITAOF 2 y z", bad_local}, Case{"WAITAOF 1 y z", bad_replicas},
                    Case{"WAITAOF 1 -1 z", bad_replicas},
                    Case{"WAITAOF 1 0 z", "(error) ERR timeout is not an integer or out of range"},
                    Case{"WAITAOF 1 0 -1", "(error) ERR timeout is negative"}, Case{"WAITAOF 1 0 0", disabled},
                    Case{"WAITAOF 1 1 0", disabled}, Case{"WAITAOF 0 0 0", "[(integer) 0, (integer) 0]"}));

TEST_F(WaitTest, WithoutReplicasItWaitsForItsTime) {
  TestClient& client = waiter("WAIT 1 500");
  EXPECT_EQ(info("blocked_clients"), "1");
  EXPECT_EQ(info("clients_in_timeout_table"), "1");
  EXPECT_EQ(info("total_blocking_keys"), "0");
  server_.advance(499);
  EXPECT_EQ(client.later(), "(no reply)");
  server_.advance(1);
  EXPECT_EQ(client.later(), "(integer) 0");
  EXPECT_EQ(info("blocked_clients"), "0");
}

TEST_F(WaitTest, WaitaofForReplicasWaitsForItsTime) {
  turn_on();
  TestClient& client = waiter("WAITAOF 0 1 500");
  sync();
  EXPECT_EQ(client.later(), "(no reply)");
  server_.advance(500);
  EXPECT_EQ(client.later(), "[(integer) 1, (integer) 0]");
}

TEST_F(WaitTest, WaitaofAnswersAtOnceWhenThereIsNothingToWaitFor) {
  turn_on();
  EXPECT_EQ(type("WAITAOF 1 0 0"), "[(integer) 1, (integer) 0]");
  type("SET k v");
  sync();
  EXPECT_EQ(type("WAITAOF 1 0 0"), "[(integer) 1, (integer) 0]");
}

TEST_F(WaitTest, WaitaofWaitsForTheSync) {
  turn_on();
  type("SET k v");
  TestClient& client = waiter("WAITAOF 1 0 0");
  EXPECT_EQ(info("blocked_clients"), "1");
  EXPECT_EQ(info("clients_in_timeout_table"), "0");
  tick();
  EXPECT_EQ(client.later(), "(no reply)") << "written is not synced";
  sync();
  EXPECT_EQ(client.later(), "[(integer) 1, (integer) 0]");
  EXPECT_EQ(type("PING"), "PONG");
}

TEST_F(WaitTest, OnlyTheClientsOwnChangesCount) {
  turn_on();
  type("SET k v");
  sync();
  EXPECT_EQ(server_.connect().run("SET", "k", "other"), "OK");
  EXPECT_EQ(type("WAITAOF 1 0 0"), "[(integer) 1, (integer) 0]");
  EXPECT_EQ(type("GET k"), "\"other\"");
  EXPECT_EQ(type("WAITAOF 1 0 0"), "[(integer) 1, (integer) 0]");
  type("DEL none");
  EXPECT_EQ(type("WAITAOF 1 0 0"), "[(integer) 1, (integer) 0]") << "nothing was changed";
}

TEST_F(WaitTest, InTimeItTellsWhatIsMissing) {
  turn_on();
  type("SET k v");
  TestClient& client = waiter("WAITAOF 1 0 100");
  server_.advance(100);
  EXPECT_EQ(client.later(), "[(integer) 0, (integer) 0]");
}

TEST_F(WaitTest, SyncsServeAllThatTheyCover) {
  turn_on();
  TestClient* clients[3];
  for (TestClient*& client : clients) {
    client = &server_.connect();
    client->run("INCR", "n");
    client->run("WAITAOF", "1", "0", "0");
    EXPECT_TRUE(client->waits());
    tick();
  }
  // The first sync began before the others had written.
  log().background().run_one();
  tick();
  EXPECT_EQ(clients[0]->later(), "[(integer) 1, (integer) 0]");
  EXPECT_EQ(clients[1]->later(), "(no reply)");
  sync();
  EXPECT_EQ(clients[1]->later(), "[(integer) 1, (integer) 0]");
  EXPECT_EQ(clients[2]->later(), "[(integer) 1, (integer) 0]");
}

TEST_F(WaitTest, TheLocalPartAloneIsNotEnough) {
  turn_on();
  type("SET k v");
  TestClient& client = waiter("WAITAOF 1 1 100");
  sync();
  EXPECT_EQ(client.later(), "(no reply)");
  server_.advance(100);
  EXPECT_EQ(client.later(), "[(integer) 1, (integer) 0]");
}

TEST_F(WaitTest, ClientUnblockEndsIt) {
  turn_on();
  TestClient& admin = server_.connect();
  type("SET k v");
  const std::string id = std::to_string(server_.client().client().id);
  TestClient& client = waiter("WAITAOF 1 0 0");
  EXPECT_EQ(admin.run("CLIENT", "UNBLOCK", id), "(integer) 1");
  EXPECT_EQ(client.later(), "[(integer) 0, (integer) 0]");
  waiter("WAITAOF 1 0 0");
  EXPECT_EQ(admin.run("CLIENT", "UNBLOCK", id, "ERROR"), "(integer) 1");
  EXPECT_EQ(client.later(), "(error) UNBLOCKED client unblocked via CLIENT UNBLOCK");
  waiter("WAIT 1 0");
  EXPECT_EQ(admin.run("CLIENT", "UNBLOCK", id), "(integer) 1");
  EXPECT_EQ(client.later(), "(integer) 0");
}

TEST_F(WaitTest, TurningTheLogOffEndsIt) {
  config().appendfsync = AppendFsync::no;
  turn_on();
  type("SET k v");
  TestClient& client = waiter("WAITAOF 1 0 0");
  turn_off();
  EXPECT_EQ(client.later(), disabled);
  EXPECT_EQ(type("WAITAOF 1 0 0"), disabled);
}

TEST_F(WaitTest, ALogWithoutABaseHoldsNothing) {
  type("SET k v");
  turn_on(AppendLog::Whole::no);
  TestClient& client = waiter("WAITAOF 1 0 0");
  sync();
  EXPECT_EQ(client.later(), "(no reply)");
  log().base_replaced();
  tick();
  EXPECT_EQ(client.later(), "[(integer) 1, (integer) 0]");
}

TEST_F(WaitTest, AClientMayGoWhileItWaits) {
  turn_on();
  TestClient& other = server_.connect();
  other.run("SET", "k", "v");
  other.run("WAITAOF", "1", "0", "1000");
  EXPECT_TRUE(other.waits());
  server_.disconnect(other);
  EXPECT_EQ(info("blocked_clients"), "0");
  sync();
  server_.advance(2000);
}

}  // namespace
}  // namespace redoubt
