// Sockets that wait for connections: TCP over IPv4 and IPv6, and unix. A Listener owns its descriptor; for unix it removes
// the file when it goes. Errors say which address and why.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/net/event_loop.h"

namespace redoubt {

struct Peer {
  std::string address;  // "127.0.0.1:50000", "[::1]:50000"; of a unix socket "PATH:0"
  std::string local;
  bool loopback = false;  // a loopback address, or a unix socket
  bool unix_socket = false;
};

struct ListenOptions {
  int backlog = 511;
  unsigned mark = 0;  // SO_MARK, 0: none
};

class Listener : public ReadyHandler {
 public:
  // Takes the descriptor of a new connection: non-blocking, close-on-exec.
  using Accept = std::function<void(int descriptor, Peer peer)>;

  // `address` is a host or a numeric address; "*" and "::*" are all of IPv4 and IPv6. The error of an address that this
  // machine does not have has `unavailable` set.
  struct Failure {
    std::string text;
    bool unavailable = false;  // no such address or address family here
  };
  static boost::system::result<std::unique_ptr<Listener>, Failure> tcp(EventLoop& loop, const std::string& address,
                                                                       int port, const ListenOptions& options);
  static Result<std::unique_ptr<Listener>> unix_socket(EventLoop& loop, const std::string& path, unsigned mode,
                                                       const ListenOptions& options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Starts to accept.
  void start(Accept accept);
  // Closes the socket, and removes the file. The object has to stay until the end of the tick: its event may be under way.
  void stop();
  const std::string& address() const { return address_; }
  // Where 0 was asked for, the one that the system chose.
  int port() const { return port_; }
  void on_ready(bool readable, bool writable, bool hung_up) override;

 private:
  Listener(EventLoop& loop, int descriptor, std::string address, int port, std::string path)
      : loop_(loop), descriptor_(descriptor), address_(std::move(address)), port_(port), path_(std::move(path)) {}

  EventLoop& loop_;
  int descriptor_;
  std::string address_;
  int port_;
  std::string path_;  // of a unix socket
  Accept accept_;
};

// Applies to an accepted or connected TCP socket: no delay, and keep-alive probes after this many seconds (0: none).
void set_tcp_options(int descriptor, int keepalive_seconds);

inline void throw_exception_from_error(const Listener::Failure& failure, const boost::source_location&) {
  throw std::logic_error(failure.text);
}

}  // namespace redoubt
