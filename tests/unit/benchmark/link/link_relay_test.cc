// A relay between real sockets: what it passes on, and when.
#include "benchmark/link/link_relay.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "tests/support/raw_link.h"

namespace redoubt {
namespace {

constexpr int64_t ms = 1'000'000;

// A server that a test plays: waits for connections on a loopback port.
class Listening {
 public:
  Listening() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    EXPECT_EQ(listen(descriptor_, 16), 0);
    address_.size = sizeof address_.bytes;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address_.bytes), &address_.size);
  }
  ~Listening() { stop(); }
  void stop() {
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
  }
  int accept_one() const { return accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC); }
  const ServerAddress& address() const { return address_; }

 private:
  int descriptor_;
  ServerAddress address_;
};

int port_of(const ServerAddress& address) {
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.bytes)->sin_port);
}

std::string read_exactly(int descriptor, size_t size) {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t count = recv(descriptor, bytes.data() + got, size - got, 0);
    if (count <= 0) break;
    got += static_cast<size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string random_bytes(size_t size) {
  Random random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

class Relay : public testing::Test {
 protected:
  void start(int64_t round_trip_ns) {
    auto relay = LinkRelay::start(server_.address(), round_trip_ns);
    ASSERT_TRUE(relay) << relay.error().text;
    relay_ = std::move(*relay);
    client_.emplace(port_of(relay_->address()));
    accepted_ = server_.accept_one();
    ASSERT_GE(accepted_, 0);
  }
  ~Relay() override {
    if (accepted_ >= 0) close(accepted_);
  }

  Listening server_;
  std::unique_ptr<LinkRelay> relay_;
  std::optional<RawLink> client_;
  int accepted_ = -1;
};

TEST_F(Relay, ARoundTripTakesAtLeastAsLongAsIsAskedFor) {
  start(20 * ms);
  const int64_t began_ns = monotonic_ns();
  int64_t before_ns = began_ns;
  for (int trip = 0; trip < 5; ++trip) {
    client_->send("ping\n");
    EXPECT_EQ(read_exactly(accepted_, 5), "ping\n");
    EXPECT_GE(monotonic_ns() - before_ns, 10 * ms) << "half of it each way";
    write_all(accepted_, "pong\n");
    EXPECT_EQ(client_->read(5), "pong\n");
    EXPECT_GE(monotonic_ns() - before_ns, 20 * ms);
    before_ns = monotonic_ns();
  }
}

TEST_F(Relay, ANewConnectionCostsARoundTripOfItsOwn) {
  const int64_t began_ns = monotonic_ns();
  start(20 * ms);
  client_->send("x");
  EXPECT_EQ(read_exactly(accepted_, 1), "x");
  EXPECT_GE(monotonic_ns() - began_ns, 30 * ms);
}

TEST_F(Relay, ManyChunksAreOnTheirWayAtTheSameTime) {
  start(200 * ms);
  constexpr int count = 50;
  const int64_t began_ns = monotonic_ns();
  std::string expected;
  for (int i = 0; i < count; ++i) {
    client_->send(std::to_string(i) + "\n");
    expected += std::to_string(i) + "\n";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(read_exactly(accepted_, expected.size()), expected);
  EXPECT_LT(monotonic_ns() - began_ns, count * 100 * ms) << "one after another they would take much longer";
}

TEST_F(Relay, ManyBytesArriveAsTheyWereSentInBothDirectionsAtOnce) {
  start(2 * ms);
  const std::string there = random_bytes(LinkRelay::most_held * 4 + 4711);
  const std::string back(there.rbegin(), there.rend());
  bool arrived = false;
  std::thread server_reads([&] { arrived = read_exactly(accepted_, there.size()) == there; });
  std::thread server_writes([&] { write_all(accepted_, back); });
  std::thread client_writes([&] { client_->send(there); });
  const std::string got_back = read_exactly(client_->descriptor(), back.size());
  server_reads.join();
  server_writes.join();
  client_writes.join();
  EXPECT_TRUE(arrived);
  EXPECT_TRUE(got_back == back);
}

// What is sent to one who does not read fills the relay and the system's buffers; not more.
TEST_F(Relay, ItReadsNoMoreThanItCanKeep) {
  start(1 * ms);
  const timeval patience{.tv_sec = 0, .tv_usec = 300'000};
  setsockopt(client_->descriptor(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const std::string part(1 << 20, 'x');
  constexpr size_t enough = size_t{256} << 20;
  size_t taken = 0;
  while (taken < enough) {
    const ssize_t sent = send(client_->descriptor(), part.data(), part.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    taken += static_cast<size_t>(sent);
  }
  EXPECT_LT(taken, enough);
  EXPECT_GE(taken, LinkRelay::most_held);
  EXPECT_EQ(read_exactly(accepted_, taken), std::string(taken, 'x')) << "and it goes on when there is room again";
}

TEST_F(Relay, AnEndIsPassedOnAfterTheBytesBeforeIt) {
  start(10 * ms);
  client_->send("last words");
  client_->end_output();
  EXPECT_EQ(read_exactly(accepted_, 100), "last words");
  write_all(accepted_, "answer");
  close(std::exchange(accepted_, -1));
  EXPECT_EQ(client_->read_to_end(), "answer");
  EXPECT_TRUE(client_->closed());
}

TEST_F(Relay, AClientThatGoesClosesTheConnectionToTheServer) {
  start(1 * ms);
  client_->hang_up();
  EXPECT_EQ(read_exactly(accepted_, 1), "");
}

// A server that answers and closes although there was more to read resets the connection.
TEST_F(Relay, WhatAServerSaidBeforeItClosedStillArrives) {
  start(10 * ms);
  client_->send("a");
  EXPECT_EQ(read_exactly(accepted_, 1), "a");
  write_all(accepted_, "no");
  shutdown(accepted_, SHUT_RDWR);
  close(std::exchange(accepted_, -1));
  (void)client_->try_send("more");
  EXPECT_EQ(client_->read(2), "no");
  EXPECT_EQ(client_->read_to_end(), "");
}

TEST(RelayWithoutServer, ClosesWhatItsClientsOpen) {
  Listening server;
  const ServerAddress address = server.address();
  server.stop();
  auto relay = LinkRelay::start(address, 1 * ms);
  ASSERT_TRUE(relay);
  RawLink client(port_of((*relay)->address()));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.closed());
}

TEST_F(Relay, GoesWhileConnectionsAreOpenAndBytesAreOnTheirWay) {
  start(10'000 * ms);
  client_->send("never");
  relay_.reset();
  EXPECT_EQ(client_->read_to_end(), "");
  EXPECT_EQ(read_exactly(accepted_, 10), "");
}

TEST_F(Relay, TellsTheCpuTimeThatItSpent) {
  start(1 * ms);
  const double before = relay_->cpu_seconds();
  const std::string bytes(1 << 20, 'x');
  client_->send(bytes);
  EXPECT_EQ(read_exactly(accepted_, bytes.size()).size(), bytes.size());
  EXPECT_GT(relay_->cpu_seconds(), before);
}

}  // namespace
}  // namespace redoubt
