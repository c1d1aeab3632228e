#include "tests/support/socket_server.h"

#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "common/base/memory.h"
#include "server/persistence/append_log.h"

namespace redoubt {
namespace {

std::string new_path() {
  static std::atomic<int> made = 0;
  return testing::TempDir() + "redoubt-" + std::to_string(getpid()) + "-" + std::to_string(++made) + ".sock";
}

}  // namespace

SocketServer::SocketServer(std::string_view config, SimulatedFiles& files)
    : path_(new_path()),
      parts_(std::string("port 0\nunixsocket ") + path_ + "\n" + std::string(config), &files,
             [this] { loop_.post([] {}); }),
      connections_(loop_, parts_.executor(), parts_.clients(), parts_.config(), parts_.stats(), parts_.log(),
                   parts_.persistence().append_log().progress()),
      housekeeping_(parts_.services(), parts_.executor(), connections_) {
  if (const Status done = connections_.listen_unix(parts_.config()); !done) throw std::runtime_error(done.error().text);
  // As a server has it; and the loop takes calls only as long as there is a timer.
  loop_.every(100, [] { return 100; });
  thread_ = std::thread([this] {
    register_allocating_thread();
    loop_.run(*this);
  });
}

SocketServer::~SocketServer() {
  loop_.post([this] { loop_.stop(); });
  thread_.join();
  unlink(path_.c_str());
}

void SocketServer::call(const std::function<void(TestServer&)>& f) {
  std::promise<void> done;
  loop_.post([&] {
    f(parts_);
    done.set_value();
  });
  done.get_future().wait();
}

void SocketServer::on_tick_start(int64_t now_ns) {
  tick_ns_ = now_ns;
  parts_.executor().start_tick(now_ns);
}
void SocketServer::on_tick_end() { housekeeping_.end_tick(tick_ns_); }
void SocketServer::on_tick_over(int64_t took_ns) { housekeeping_.count_tick(took_ns); }

}  // namespace redoubt
