#include "server/commands/config_commands.h"

#include <gtest/gtest.h>
#include <sys/uio.h>

#include <array>

#include "common/base/file.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/config/config_store.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"

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

class ConfigCommands : public ::testing::Test {
 protected:
  ConfigCommands() { register_config_commands(commands_); }

  std::string run(std::vector<std::string_view> words) {
    const Command* command = commands_.find(words);
    EXPECT_NE(command, nullptr);
    CommandContext ctx{words, client_.reply, client_, keyspace_[0], *command, services_, 0};
    command->handler(ctx);
    std::array<iovec, 64> pieces{};
    const size_t count = client_.out.pieces(pieces.data(), pieces.size());
    std::string reply;
    for (size_t i = 0; i < count; ++i) reply.append(static_cast<char*>(pieces[i].iov_base), pieces[i].iov_len);
    client_.out.clear();
    return reply;
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

TEST_F(ConfigCommands, Get) {
  EXPECT_EQ(run({"config", "get", "port", "HZ", "nope"}), "*4\r\n$4\r\nport\r\n$4\r\n6379\r\n$2\r\nHZ\r\n$2\r\n10\r\n");
  client_.reply.set_version(3);
  EXPECT_EQ(run({"config", "get", "po?t"}), "%1\r\n$4\r\nport\r\n$4\r\n6379\r\n");
  EXPECT_EQ(run({"config", "get", "nope"}), "%0\r\n");
}

TEST_F(ConfigCommands, Set) {
  EXPECT_EQ(run({"CONFIG", "SET", "hz", "20", "timeout", "3"}), "+OK\r\n");
  EXPECT_EQ(store_.config().hz, 20);
  EXPECT_EQ(store_.config().timeout, 3);
  EXPECT_EQ(run({"config", "set", "hz", "20", "timeout"}), "-ERR syntax error\r\n");
  EXPECT_EQ(run({"config", "set", "hz", "x"}),
            "-ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be parsed into an "
            "integer\r\n");
}

TEST_F(ConfigCommands, WhoMayChangeGuardedDirectives) {
  const std::string refused =
      "-ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config\r\n";
  const std::string here = store_.config().dir;
  const auto change = [&] { return run({"config", "set", "dir", here}); };
  client_.from_loopback = true;
  EXPECT_EQ(change(), refused);
  ASSERT_FALSE(store_.load({"", false, "enable-protected-configs local"}));
  EXPECT_EQ(change(), "+OK\r\n");
  client_.from_loopback = false;
  EXPECT_EQ(change(), refused);
  client_.set(ClientFlag::unix_socket);
  EXPECT_EQ(change(), "+OK\r\n");
  client_.set(ClientFlag::unix_socket, false);
  ASSERT_FALSE(store_.load({"", false, "enable-protected-configs yes"}));
  EXPECT_EQ(change(), "+OK\r\n");
}

TEST_F(ConfigCommands, RewriteNeedsAFile) {
  EXPECT_EQ(run({"config", "rewrite"}), "-ERR The server is running without a config file\r\n");
}

TEST_F(ConfigCommands, ResetStat) {
  stats_.commands_processed = 5;
  stats_.count_error("ERR");
  keyspace_.shared().stats.hits = 7;
  commands_.find("config")->subcommands[0]->stats.calls = 9;
  EXPECT_EQ(run({"config", "resetstat"}), "+OK\r\n");
  EXPECT_EQ(stats_.commands_processed, 0u);
  EXPECT_TRUE(stats_.errors.empty());
  EXPECT_EQ(keyspace_.shared().stats.hits, 0u);
  EXPECT_EQ(commands_.find("config")->subcommands[0]->stats.calls, 0u);
}

TEST_F(ConfigCommands, Help) {
  const std::string help = run({"config", "help"});
  EXPECT_TRUE(help.starts_with("*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")) << help;
  for (const char* line : {"\r\n+GET ", "\r\n+SET ", "\r\n+REWRITE\r\n", "\r\n+RESETSTAT\r\n", "\r\n+HELP\r\n"}) {
    EXPECT_NE(help.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace redoubt
