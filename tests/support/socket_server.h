// A TestServer with sockets: real connections, served by an event loop on a thread of its own, while the test looks at what
// is sent, and when. Its clock stands still.
//
//   SimulatedFiles files;
//   SocketServer server("appendfsync always\n", files);
//   RawLink link(server.path());
//   server.call([](TestServer& parts) { … });        // on the server's thread; returns when it is done
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "common/net/event_loop.h"
#include "server/housekeeping.h"
#include "server/net/connections.h"
#include "tests/support/command_fixture.h"

namespace redoubt {

class SocketServer : private TickHandler {
 public:
  SocketServer(std::string_view config, SimulatedFiles& files);
  ~SocketServer();
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // Of the unix socket that it listens on.
  const std::string& path() const { return path_; }
  void call(const std::function<void(TestServer&)>& f);

 private:
  void on_tick_start(int64_t now_ns) override;
  void on_tick_end() override;
  void on_tick_over(int64_t took_ns) override;

  const std::string path_;
  EventLoop loop_;
  TestServer parts_;
  Connections connections_;
  Housekeeping housekeeping_;
  int64_t tick_ns_ = 0;
  std::thread thread_;
};

}  // namespace redoubt
