// A server without its process and its sockets, for tests of commands: TestServer owns every part that commands use and
// carries out requests through the real parser, executor and reply writer. The clock stands still until the test moves it.
//
//   TestServer server("maxmemory 100mb\n");
//   EXPECT_EQ(server.run("SET", "k", "v"), "OK");     // replies compare with text: see reply_text.h
//   TestClient& other = server.connect();             // the first client is there from the start
//   other.use_resp3();
//   EXPECT_EQ(other.run("CONFIG", "GET", "port"), "{\"port\" => \"6379\"}");
//   server.advance(1500);                             // milliseconds
//
// CommandTest is a GoogleTest fixture around one TestServer.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/log.h"
#include "server/client/client.h"
#include "server/client/client_registry.h"
#include "server/config/config_store.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/executor.h"
#include "server/dispatch/log_executor.h"
#include "server/dispatch/server_control.h"
#include "server/keyspace/evict.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"
#include "tests/support/reply_text.h"
#include "tests/support/simulated_files.h"

namespace redoubt {

// Does nothing but remember what it was asked: one line each, such as "shut_down save" or "set_active_expire off".
class RecordingControl : public ServerControl {
 public:
  std::vector<std::string> asked;
  Status answer;  // to what can fail

  Status shut_down(const ShutdownOptions& options) override;
  Status abort_shutdown() override;
  Status restart(bool graceful, int64_t delay_ms) override;
  void pause_housekeeping(bool paused) override;
  void set_active_expire(bool on) override;
  const std::string& run_id() const override { return run_id_; }
  const std::string& executable() const override { return executable_; }
  const std::string& config_file() const override { return config_file_; }
  int current_hz() const override { return 10; }
  int listening_port() const override { return 6379; }
  bool supervised() const override { return false; }

 private:
  std::string run_id_ = std::string(40, 'a');
  std::string executable_ = "/usr/bin/redoubt-server";
  std::string config_file_;
};

class TestServer;

class TestClient {
 public:
  TestClient(TestServer& server, uint64_t id);

  // Carries out one command and gives its reply. Pushes are kept in pushes() instead. Without any reply (CLIENT REPLY
  // OFF, a command that was postponed), a simple one that says "(no reply)".
  template <typename... Words>
  Reply run(const Words&... words) {
    return run(std::vector<std::string>{std::string(words)...});
  }
  Reply run(const std::vector<std::string>& words);
  // What was answered since, to a client that waited: "(no reply)" when nothing was. Goes on with its input.
  Reply later() { return reply_in(feed("")); }
  bool waits() const { return client_.waiting(); }
  // The same as the bytes of the reply.
  std::string run_raw(const std::vector<std::string>& words);
  // Bytes as they come from a socket: pipelines, inline commands. All that is answered.
  std::string feed(std::string_view input);

  void use_resp3() { client_.reply.set_version(3); }
  void use_resp2() { client_.reply.set_version(2); }
  Client& client() { return client_; }
  std::vector<Reply> pushes;

 private:
  Reply reply_in(const std::string& bytes);

  TestServer& server_;
  Client client_;
  RequestParser parser_;
  std::string input_;
};

class TestServer {
 public:
  static constexpr int64_t start_ms = 1700000000000;  // the clock at first: Unix time

  // `config`: lines of a configuration file. Throws std::runtime_error when it is not accepted.
  // Without `files`, those of its own, in memory. With `wake`, what runs in the background has threads, and calls it when it
  // wants a tick; without, nothing happens by itself.
  explicit TestServer(std::string_view config = "", SimulatedFiles* files = nullptr,
                      const std::function<void()>& wake = {});
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  template <typename... Words>
  Reply run(const Words&... words) {
    return client().run(words...);
  }
  TestClient& client() { return *clients_.front(); }
  TestClient& connect();
  void disconnect(TestClient& client);

  int64_t now_ms() const { return now_ms_; }
  void advance(int64_t milliseconds) { set_now(now_ms_ + milliseconds); }
  void set_now(int64_t wall_ms);

  // What happens at the end of a tick. Loading, saving and the like go on only here.
  void tick();
  // Ticks until what was to be loaded is.
  void finish_loading();
  SimulatedFiles& files() { return files_; }

  Database& db(int id = 0) { return keyspace_[id]; }
  Keyspace& keyspace() { return keyspace_; }
  const Config& config() const { return store_.config(); }
  ConfigStore& config_store() { return store_; }
  ClientRegistry& clients() { return registry_; }
  CommandTable& commands() { return commands_; }
  Effects& effects() { return effects_; }
  Persistence& persistence() { return persistence_; }
  ServerStats& stats() { return stats_; }
  RecordingControl& control() { return control_; }
  Services& services() { return services_; }
  Executor& executor() { return executor_; }
  Log& log() { return log_; }
  BlockPool& pool() { return pool_; }

 private:
  int64_t now_ms_ = start_ms;
  Log log_;
  std::unique_ptr<SimulatedFiles> own_files_;
  SimulatedFiles& files_;
  ConfigStore store_;
  const Config& config_;  // loaded
  Keyspace keyspace_;
  Effects effects_;
  Persistence persistence_;
  ClientRegistry registry_;
  CommandTable commands_;
  Evictor evictor_;
  ServerStats stats_;
  RecordingControl control_;
  Services services_;
  Executor executor_;
  std::optional<LogExecutor> log_executor_;  // made when there are commands
  BlockPool pool_;
  std::vector<std::unique_ptr<TestClient>> clients_;
};

class CommandTest : public testing::Test {
 protected:
  template <typename... Words>
  Reply run(const Words&... words) {
    return server.run(words...);
  }
  // A command as one would type it: words, quoted where need be. For tables of cases.
  Reply type(std::string_view line);
  // A second client, connected at first use.
  TestClient& other();

  TestServer server;

 private:
  TestClient* other_ = nullptr;
};

// The words of a line as the inline protocol splits it. Throws std::runtime_error when quotes are not closed.
std::vector<std::string> words_of(std::string_view line);
// A request of the protocol: an array of bulk strings.
std::string request_bytes(const std::vector<std::string>& words);

}  // namespace redoubt
