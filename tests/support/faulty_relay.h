// Stands between a client and a server, as a proxy that does not do its part: requests and replies go through functions of the
// test, which may change them. It listens on a free loopback port, and serves all connections on one thread, that of the functions.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace redoubt {

class FaultyRelay {
 public:
  using Words = std::vector<std::string>;
  struct Faults {
    // The request as the server is to see it; its reply is passed on with the words that the client sent.
    std::function<Words(const Words& sent)> request = {};
    // The bytes that the client is to see instead.
    std::function<std::string(const Words& sent, const std::string& reply)> reply = {};
  };

  FaultyRelay(int server_port, Faults faults);
  ~FaultyRelay();
  FaultyRelay(const FaultyRelay&) = delete;
  FaultyRelay& operator=(const FaultyRelay&) = delete;

  int port() const { return port_; }

 private:
  struct Connection;

  void run();
  void accept_one();

  const int server_port_;
  const Faults faults_;
  int port_ = 0;
  int listener_ = -1;
  int end_[2] = {-1, -1};  // a pipe whose closing ends the thread
  std::list<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace redoubt
