// The functions behind COMMAND and its subcommands, called with a context; what they write in detail is tested in
// command_info_test.cc.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/file.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/commands/command_info.h"
#include "server/config/config_store.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"
#include "tests/support/written.h"

namespace redoubt {
namespace {

class NoControl : public ServerControl {
 public:
  Status shut_down(const ShutdownOptions&) override { return {}; }
  Status abort_shutdown() override { return {}; }
  Status restart(bool, int64_t) override { return {}; }
  void pause_housekeeping(bool) override {}
  void set_active_expire(bool) override {}
  const std::string& run_id() const override { return none_; }
  const std::string& executable() const override { return none_; }
  const std::string& config_file() const override { return none_; }
  int current_hz() const override { return 10; }
  int listening_port() const override { return 0; }
  bool supervised() const override { return false; }

 private:
  std::string none_;
};

class CommandCommands : public testing::Test {
 protected:
  CommandCommands() {
    register_command_info(commands_);
    commands_.handle("get", [](CommandContext&) {});
  }

  Value run(const std::vector<std::string_view>& words, int version = 2) {
    const Command* command = commands_.find(words);
    EXPECT_NE(command, nullptr);
    EXPECT_TRUE(command->accepts(words.size()));
    return written(version, [&](ReplyWriter& reply) {
      CommandContext ctx{words, reply, client_, keyspace_[0], *command, services_, 0};
      command->handler(ctx);
    });
  }

  ConfigStore store_;
  Keyspace keyspace_{1};
  Effects effects_{keyspace_.shared()};
  ClientRegistry clients_;
  CommandTable commands_;
  Evictor evictor_{keyspace_, store_.config()};
  ServerStats stats_;
  NoControl control_;
  Log log_{LogOptions{LogLevel::nothing, "", false, "", ""}};
  Persistence persistence_{keyspace_, store_.config(), real_file_system(), log_, [] {}, false};
  Services services_{keyspace_, store_, store_.config(), clients_, commands_,   effects_,
                     evictor_,  stats_, control_,        log_,     persistence_};
  BlockPool pool_;
  Client client_{1, pool_};
};

std::vector<std::string> names_of(const Value& infos) {
  std::vector<std::string> names;
  for (const Value& info : infos.items) names.push_back(info.items.empty() ? to_line(info) : info.items[0].text);
  return names;
}

using Names = std::vector<std::string>;

TEST_F(CommandCommands, AllCommands) {
  EXPECT_EQ(names_of(run({"COMMAND"})), (Names{"command", "get"}));
  EXPECT_EQ(names_of(run({"COMMAND", "INFO"})), (Names{"command", "get"}));
  EXPECT_EQ(to_line(run({"COMMAND", "COUNT"})), ":2");
  EXPECT_EQ(run({"COMMAND", "LIST"}).items.size(), 9u);
}

TEST_F(CommandCommands, NamedCommands) {
  EXPECT_EQ(names_of(run({"command", "info", "GET", "nosuch", "command|docs", "get"})),
            (Names{"get", "_", "command|docs", "get"}));
  // A null bulk in RESP2, where others might expect a null array.
  EXPECT_EQ(written_bytes(2,
                          [&](ReplyWriter& reply) {
                            const std::vector<std::string_view> words = {"command", "info", "nosuch"};
                            CommandContext ctx{words,     reply, client_, keyspace_[0], *commands_.find(words),
                                               services_, 0};
                            ctx.command.handler(ctx);
                          }),
            "*1\r\n$-1\r\n");
}

TEST_F(CommandCommands, DocsLeaveOutWhatIsUnknown) {
  const Value some = run({"COMMAND", "DOCS", "nosuch", "Get", "command|count"}, 3);
  EXPECT_EQ(some.kind, '%');
  ASSERT_EQ(some.items.size(), 4u);
  EXPECT_EQ(some.items[0].text, "get");
  EXPECT_EQ(some.items[2].text, "command|count");
  EXPECT_EQ(run({"COMMAND", "DOCS", "nosuch"}, 3).items.size(), 0u);
  const Value all = run({"COMMAND", "DOCS"}, 3);
  ASSERT_EQ(all.items.size(), 4u);
  EXPECT_EQ(all.field("command")->field("subcommands")->items.size(), 14u);
}

TEST_F(CommandCommands, Keys) {
  EXPECT_EQ(to_line(run({"COMMAND", "GETKEYS", "GET", "a"})), "*($a)");
  EXPECT_EQ(to_line(run({"COMMAND", "GETKEYSANDFLAGS", "GET", "a"})), "*(*($a *(+RO +access)))");
  EXPECT_EQ(to_line(run({"COMMAND", "GETKEYS", "GET"})), "-ERR Invalid number of arguments specified for command");
}

TEST_F(CommandCommands, HelpNamesEverySubcommand) {
  const Value help = run({"COMMAND", "HELP"});
  ASSERT_FALSE(help.items.empty());
  EXPECT_EQ(help.items[0].text, "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const Command* subcommand : commands_.find("command")->subcommands) {
    std::string word = subcommand->name;
    for (char& c : word) c = static_cast<char>(c >= 'a' ? c - 32 : c);
    const bool named = std::any_of(help.items.begin(), help.items.end(),
                                   [&](const Value& line) { return (line.text + ' ').starts_with(word + ' '); });
    EXPECT_TRUE(named) << word;
  }
}

}  // namespace
}  // namespace redoubt
