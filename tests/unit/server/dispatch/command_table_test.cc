#include "server/dispatch/command_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/dispatch/context.h"

namespace redoubt {
namespace {

void one(CommandContext& /*ctx*/) {}
void two(CommandContext& /*ctx*/) {}

class CommandTableTest : public testing::Test {
 protected:
  CommandTableTest() {
    for (const char* name : {"get", "set", "getrange", "incrbyfloat", "getex", "command"}) table_.handle(name, one);
    for (const char* name : {"config|get", "config|set", "command|count", "object|encoding"}) table_.handle(name, two);
  }
  const Command* find(std::vector<std::string_view> words) const { return table_.find(words); }
  std::string found(std::vector<std::string_view> words) const {
    const Command* command = find(std::move(words));
    return command == nullptr ? "none" : command->full_name;
  }

  CommandTable table_;
};

TEST_F(CommandTableTest, FindsCommandsInAnyLetterCase) {
  for (const std::string_view name : {"get", "GET", "gEt", "Get"}) {
    ASSERT_NE(table_.find(name), nullptr);
    EXPECT_EQ(table_.find(name)->full_name, "get");
  }
  EXPECT_EQ(found({"INCRBYFLOAT", "a", "1"}), "incrbyfloat");
  EXPECT_EQ(found({"IncrByFloaT"}), "incrbyfloat");
}

// The bytes of letters differ in one bit by case. Others that differ in that bit are other names.
TEST_F(CommandTableTest, OnlyLettersHaveACase) {
  for (const std::string_view name : {"g%t", "GE\x14", "ge\x54\x20", "", " get", "get ", "gett", "ge", "getrang",
                                      "getrange1", "incrbyfloaT1", "se\xf4"}) {
    EXPECT_EQ(table_.find(name), nullptr) << name;
  }
  EXPECT_EQ(table_.find(std::string_view("get\0", 4)), nullptr);
  EXPECT_EQ(table_.find(std::string_view("\0\0\0", 3)), nullptr);
  EXPECT_EQ(table_.find(std::string(100'000, 'g')), nullptr);
  // "[" and "{", "@" and "`", and digits with their control characters are such pairs too.
  ASSERT_TRUE(table_.rename("set", "a[b@1_c"));
  EXPECT_NE(table_.find("A[B@1_C"), nullptr);
  for (const std::string_view name : {"a{b@1_c", "a[b`1_c", "a[b@\x11_c",
                                      "a[b@1\x7f"
                                      "c"}) {
    EXPECT_EQ(table_.find(name), nullptr) << name;
  }
}

TEST_F(CommandTableTest, FindsSubcommands) {
  EXPECT_EQ(found({"CONFIG", "GET", "x"}), "config|get");
  EXPECT_EQ(found({"config", "Set"}), "config|set");
  EXPECT_EQ(found({"config"}), "config");
  EXPECT_EQ(find({"config"})->handler, nullptr);
  EXPECT_EQ(found({"config", "nosuch"}), "none");
  EXPECT_EQ(found({"config", ""}), "none");
  EXPECT_EQ(found({"get", "get"}), "get");
  EXPECT_EQ(find({"config", "get"})->parent, table_.find("config"));
}

// COMMAND by itself does something, but its second word must still be a subcommand.
TEST_F(CommandTableTest, AContainerWithAFunctionOfItsOwn) {
  EXPECT_EQ(found({"command"}), "command");
  EXPECT_EQ(found({"command", "count"}), "command|count");
  EXPECT_EQ(found({"command", "nosuch"}), "none");
}

TEST_F(CommandTableTest, KnowsWhatTheSpecsSay) {
  const Command& get = *table_.find("get");
  EXPECT_EQ(get.arity, 2);
  EXPECT_TRUE(get.accepts(2));
  EXPECT_FALSE(get.accepts(1));
  EXPECT_FALSE(get.accepts(3));
  EXPECT_EQ(get.first_key, 1);
  const Command& set = *table_.find("set");
  EXPECT_FALSE(set.accepts(2));
  EXPECT_TRUE(set.accepts(3));
  EXPECT_TRUE(set.accepts(300));
  EXPECT_EQ(find({"object", "encoding"})->first_key, 2);
  EXPECT_EQ(table_.find("config")->first_key, 0);
}

TEST_F(CommandTableTest, RenamedCommandsAnswerToTheNewNameOnly) {
  ASSERT_TRUE(table_.rename("GET", "Fetch"));
  EXPECT_EQ(table_.find("get"), nullptr);
  EXPECT_EQ(table_.find("FETCH")->full_name, "get");
  EXPECT_EQ(table_.find("fetch")->name, "fetch");
  EXPECT_EQ(table_.find_full("get"), table_.find("fetch"));
  ASSERT_TRUE(table_.rename("config", "secret"));
  EXPECT_EQ(found({"secret", "get"}), "config|get");
  EXPECT_EQ(found({"config", "get"}), "none");
}

TEST_F(CommandTableTest, CommandsCanBeTakenAway) {
  const size_t before = table_.all().size();
  ASSERT_TRUE(table_.rename("config", ""));
  EXPECT_EQ(found({"config", "get"}), "none");
  EXPECT_EQ(table_.find_full("config|get"), nullptr);
  EXPECT_EQ(table_.all().size(), before - 1);
}

TEST_F(CommandTableTest, RenameRefusesWhatCannotBe) {
  const Status unknown = table_.rename("nosuch", "x");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().text, "No such command in rename-command");
  const Status taken = table_.rename("get", "SET");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().text, "Target command name already exists");
  EXPECT_EQ(found({"get"}), "get");
}

TEST_F(CommandTableTest, ACommandWithoutSpecIsABug) {
  EXPECT_THROW(table_.handle("nosuch", one), std::logic_error);
  EXPECT_THROW(table_.handle("config|nosuch", one), std::logic_error);
}

TEST_F(CommandTableTest, GoesThroughAllAndResetsTheirStatistics) {
  size_t commands = 0;
  table_.for_each([&](Command& command) {
    ++commands;
    command.stats.calls = command.stats.failed = command.stats.rejected = command.stats.cycles = 3;
    command.stats.latency.record(5);
  });
  EXPECT_EQ(commands, 8u + 4u);
  table_.reset_stats();
  table_.for_each([](Command& command) {
    EXPECT_EQ(command.stats.calls + command.stats.failed + command.stats.rejected + command.stats.cycles, 0u);
    EXPECT_EQ(command.stats.latency.total(), 0u);
  });
}

}  // namespace
}  // namespace redoubt
