// A server that answers as the test says: on a free loopback port, on a thread of its own, over any number of connections. For
// programs that are clients, against servers that are not there or do wrong. Failures to start throw std::runtime_error.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace redoubt {

class ScriptedServer {
 public:
  // The bytes of the reply to a request; empty: the client waits; none: its connection is closed. Called on the thread of the
  // server.
  using Answer = std::function<std::optional<std::string>(const std::vector<std::string>& words)>;

  explicit ScriptedServer(Answer answer);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve();
  void accept_client();
  // False: the connection is over.
  bool serve_client(int descriptor, std::string& input);

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> over_ = false;
  std::map<int, std::string> clients_;  // what each has sent and was not answered, by descriptor
  std::thread thread_;
};

// Replies.
std::string bulk_reply(std::string_view text);
std::string array_reply(const std::vector<std::string>& replies);

}  // namespace redoubt
