// What holds for every command, whatever it does: the gates' refusals, the clock, pipelines, inline commands.
#include <gtest/gtest.h>

#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class ExecutorTest : public CommandTest {};

TEST_F(ExecutorTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(type("nosuch a b"), "(error) ERR unknown command 'nosuch', with args beginning with: 'a' 'b' ");
  EXPECT_EQ(type("config nosuch"), "(error) ERR unknown subcommand 'nosuch'. Try CONFIG HELP.");
  EXPECT_EQ(type("command nosuch"), "(error) ERR unknown subcommand 'nosuch'. Try COMMAND HELP.");
  EXPECT_EQ(type("config get"), "(error) ERR wrong number of arguments for 'config|get' command");
  EXPECT_EQ(type("config"), "(error) ERR wrong number of arguments for 'config' command");
  EXPECT_EQ(server.stats().errors["ERR"], 5u);
}

TEST_F(ExecutorTest, AnswersInTheVersionOfTheClient) {
  EXPECT_EQ(type("config get port"), R"(["port", "6379"])");
  other().use_resp3();
  EXPECT_EQ(other().run("config", "get", "port"), R"({"port" => "6379"})");
}

TEST_F(ExecutorTest, AnswersPipelinesAndInlineCommandsInOrder) {
  const std::string port = "*2\r\n$4\r\nport\r\n$4\r\n6379\r\n";
  EXPECT_EQ(
      server.client().feed("config get port\r\n" + request_bytes({"CONFIG", "GET", "port"}) + "\r\nconfig get port\n"),
      port + port + port);
  // In pieces: nothing is answered before it is whole.
  const std::string request = request_bytes({"CONFIG", "GET", "port"});
  for (size_t i = 0; i + 1 < request.size(); ++i) EXPECT_EQ(server.client().feed(request.substr(i, 1)), "");
  EXPECT_EQ(server.client().feed(request.substr(request.size() - 1)), port);
}

TEST_F(ExecutorTest, ClosesAfterAProtocolError) {
  EXPECT_EQ(server.client().feed("*1\r\n!\r\n"), "-ERR Protocol error: expected '$', got '!'\r\n");
  EXPECT_TRUE(server.client().client().closing());
}

TEST_F(ExecutorTest, HasTheClockOfTheTest) {
  EXPECT_EQ(server.keyspace().shared().now_ms, TestServer::start_ms);
  server.advance(1500);
  EXPECT_EQ(server.keyspace().shared().now_ms, TestServer::start_ms + 1500);
  run("CONFIG", "GET", "port");
  EXPECT_EQ(server.keyspace().shared().now_ms, TestServer::start_ms + 1500);
}

TEST(ExecutorGates, AskForThePasswordFirst) {
  TestServer server("requirepass secret\n");
  EXPECT_EQ(server.run("CONFIG", "GET", "port"), "(error) NOAUTH Authentication required.");
}

}  // namespace
}  // namespace redoubt
