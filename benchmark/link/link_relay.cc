#include "benchmark/link/link_relay.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "benchmark/load/loop_timer.h"
#include "common/base/clock.h"
#include "common/net/event_loop.h"
#include "common/net/listener.h"

namespace redoubt {
namespace {

constexpr size_t input_size = size_t{64} << 10;
constexpr int backlog = 4096;

class RelayEnd;
struct RelayPair;

// What the ends have in common.
struct RelayState {
  EventLoop loop;
  // Ends to which something is on its way, by when the first of it arrives.
  std::set<std::pair<int64_t, RelayEnd*>> arrivals;
  std::vector<RelayPair*> touched;  // in this tick
  std::vector<char> input = std::vector<char>(input_size);
};

// One of the two sockets of a connection through the relay, and what is on its way to it.
class RelayEnd final : public ReadyHandler {
 public:
  RelayEnd(RelayState& state, RelayPair& pair, int descriptor) : state_(state), pair_(pair), descriptor_(descriptor) {}
  ~RelayEnd();
  RelayEnd(const RelayEnd&) = delete;
  RelayEnd& operator=(const RelayEnd&) = delete;

  // What is read here goes there, so much later, as if no byte was sent before `opens_ns`.
  void relay_to(RelayEnd& other, int64_t delay_ns, int64_t opens_ns) {
    other_ = &other;
    delay_ns_ = delay_ns;
    opens_ns_ = opens_ns;
  }
  void expect_connection() { connecting_ = blocked_ = true; }
  void on_ready(bool readable, bool writable, bool hung_up) override;
  // Sends what has arrived.
  void deliver(int64_t now_ns);
  // Watches what there is to wait for; not more, since a level is told again and again.
  void update_watch();
  // Nothing more is sent.
  bool ended() const { return ended_; }

 private:
  // No bytes: the end.
  struct Chunk {
    int64_t due_ns;
    std::string bytes;
    size_t cost() const { return bytes.size() + sizeof(Chunk); }
  };

  bool is_connected();
  void read();
  void give_up();
  void send_later(std::string_view bytes, int64_t due_ns);
  bool send_front();

  RelayState& state_;
  RelayPair& pair_;
  RelayEnd* other_ = nullptr;
  int64_t delay_ns_ = 0;
  int64_t opens_ns_ = 0;
  int descriptor_;
  bool connecting_ = false;
  bool reading_ = true;   // its end has not come
  bool blocked_ = false;  // what has arrived waits until the socket takes it
  bool ended_ = false;
  bool watches_reads_ = false;
  bool watches_writes_ = false;
  std::deque<Chunk> coming_;
  size_t coming_cost_ = 0;
  size_t front_sent_ = 0;
};

struct RelayPair {
  RelayPair(RelayState& state, int client_descriptor, int server_descriptor)
      : client(state, *this, client_descriptor), server(state, *this, server_descriptor) {}

  bool over() const { return client.ended() && server.ended(); }
  void touch(RelayState& state) {
    if (!std::exchange(touched, true)) state.touched.push_back(this);
  }

  RelayEnd client;
  RelayEnd server;
  bool touched = false;
};

RelayEnd::~RelayEnd() {
  if (watches_reads_ || watches_writes_) state_.loop.unwatch(descriptor_, *this);
  if (!coming_.empty()) state_.arrivals.erase({coming_.front().due_ns, this});
  close(descriptor_);
}

void RelayEnd::on_ready(bool readable, bool writable, bool /*hung_up*/) {
  pair_.touch(state_);
  if (connecting_ && !is_connected()) return;
  if (writable && blocked_) {
    blocked_ = false;
    deliver(monotonic_ns());
  }
  if (readable && reading_) read();
}

bool RelayEnd::is_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
  connecting_ = false;
  if (error == 0) return true;
  give_up();
  reading_ = false;
  other_->send_later({}, monotonic_ns() + delay_ns_);
  return false;
}

// Nobody is there to take what arrives. What was sent from there before may still come.
void RelayEnd::give_up() {
  coming_.clear();
  coming_cost_ = front_sent_ = 0;
  blocked_ = false;
  ended_ = true;
}

void RelayEnd::read() {
  const ssize_t got = recv(descriptor_, state_.input.data(), state_.input.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const int64_t due_ns = std::max(monotonic_ns(), opens_ns_) + delay_ns_;
  // Also after an error what was read before arrives.
  if (got <= 0) reading_ = false;
  other_->send_later({state_.input.data(), static_cast<size_t>(std::max<ssize_t>(got, 0))}, due_ns);
}

void RelayEnd::send_later(std::string_view bytes, int64_t due_ns) {
  if (ended_) return;
  if (coming_.empty() && !blocked_) state_.arrivals.emplace(due_ns, this);
  coming_.push_back({due_ns, std::string(bytes)});
  coming_cost_ += coming_.back().cost();
}

// False: no more can be sent now.
bool RelayEnd::send_front() {
  const Chunk& front = coming_.front();
  while (front_sent_ < front.bytes.size()) {
    const std::string_view rest = std::string_view(front.bytes).substr(front_sent_);
    const ssize_t sent = send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      front_sent_ += static_cast<size_t>(sent);
    } else if (errno == EAGAIN) {
      blocked_ = true;
      return false;
    } else if (errno != EINTR) {
      give_up();
      return false;
    }
  }
  if (front.bytes.empty()) {
    shutdown(descriptor_, SHUT_WR);
    ended_ = true;
  }
  return true;
}

void RelayEnd::deliver(int64_t now_ns) {
  pair_.touch(state_);
  while (!coming_.empty() && coming_.front().due_ns <= now_ns) {
    if (!send_front()) return;
    coming_cost_ -= coming_.front().cost();
    coming_.pop_front();
    front_sent_ = 0;
  }
  if (!coming_.empty()) state_.arrivals.emplace(coming_.front().due_ns, this);
}

void RelayEnd::update_watch() {
  const bool reads = reading_ && !connecting_ && other_->coming_cost_ < LinkRelay::most_held;
  const bool writes = blocked_;
  if (reads == watches_reads_ && writes == watches_writes_) return;
  const bool watched = watches_reads_ || watches_writes_;
  watches_reads_ = reads;
  watches_writes_ = writes;
  if (!reads && !writes) {
    state_.loop.unwatch(descriptor_, *this);
  } else if (watched) {
    state_.loop.change(descriptor_, *this, reads, writes);
  } else {
    state_.loop.watch(descriptor_, *this, reads, writes);
  }
}

}  // namespace

class LinkRelay::Loop final : private TickHandler, private ReadyHandler {
 public:
  Loop(const ServerAddress& server, int64_t round_trip_ns)
      : server_(server), round_trip_ns_(round_trip_ns), timer_(state_.loop, *this) {}
  ~Loop();

  Status start();
  const ServerAddress& address() const { return address_; }
  double cpu_seconds() const;

 private:
  void accept(int descriptor);
  void on_tick_start(int64_t) override {}
  void on_tick_end() override;
  void on_tick_over(int64_t) override {}
  // Of the timer.
  void on_ready(bool, bool, bool) override { timer_.take_expired(); }

  const ServerAddress server_;
  const int64_t round_trip_ns_;
  RelayState state_;
  LoopTimer timer_;
  std::unique_ptr<Listener> listener_;
  ServerAddress address_;
  std::unordered_map<RelayPair*, std::unique_ptr<RelayPair>> pairs_;
  mutable std::thread thread_;
};

LinkRelay::Loop::~Loop() {
  if (!thread_.joinable()) return;
  state_.loop.post([this] { state_.loop.stop(); });
  thread_.join();
}

Status LinkRelay::Loop::start() {
  Endpoint endpoint;
  auto listener = Listener::tcp(state_.loop, endpoint.host, 0, {.backlog = backlog});
  if (!listener) return Error{"cannot listen for a delayed link: " + listener.error().text};
  listener_ = std::move(*listener);
  endpoint.port = listener_->port();
  const Result<ServerAddress> address = resolve(endpoint);
  if (!address) return address.error();
  address_ = *address;
  listener_->start([this](int descriptor, const Peer&) { accept(descriptor); });
  thread_ = std::thread([this] { state_.loop.run(*this); });
  return {};
}

double LinkRelay::Loop::cpu_seconds() const {
  clockid_t clock{};
  timespec spent{};
  if (pthread_getcpuclockid(thread_.native_handle(), &clock) != 0 || clock_gettime(clock, &spent) != 0) return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

void LinkRelay::Loop::accept(int descriptor) {
  const Result<int> server = begin_connect(server_);
  if (!server) {
    close(descriptor);
    return;
  }
  set_tcp_options(descriptor, 0);
  auto pair = std::make_unique<RelayPair>(state_, descriptor, *server);
  pair->server.expect_connection();
  const int64_t delay_ns = round_trip_ns_ / 2;
  pair->client.relay_to(pair->server, delay_ns, monotonic_ns() + round_trip_ns_);
  pair->server.relay_to(pair->client, round_trip_ns_ - delay_ns, 0);
  pair->touch(state_);
  RelayPair* const key = pair.get();
  pairs_.emplace(key, std::move(pair));
}

void LinkRelay::Loop::on_tick_end() {
  for (const int64_t now_ns = monotonic_ns(); !state_.arrivals.empty();) {
    const auto [due_ns, end] = *state_.arrivals.begin();
    if (due_ns > now_ns) break;
    state_.arrivals.erase(state_.arrivals.begin());
    end->deliver(now_ns);
  }
  for (RelayPair* const pair : std::exchange(state_.touched, {})) {
    pair->touched = false;
    if (pair->over()) {
      pairs_.erase(pair);
    } else {
      pair->client.update_watch();
      pair->server.update_watch();
    }
  }
  if (!state_.arrivals.empty()) timer_.set(state_.arrivals.begin()->first);
}

LinkRelay::LinkRelay(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
LinkRelay::~LinkRelay() = default;

Result<std::unique_ptr<LinkRelay>> LinkRelay::start(const ServerAddress& server, int64_t round_trip_ns) {
  auto loop = std::make_unique<Loop>(server, round_trip_ns);
  if (const Status started = loop->start(); !started) return started.error();
  return std::unique_ptr<LinkRelay>(new LinkRelay(std::move(loop)));
}

const ServerAddress& LinkRelay::address() const { return loop_->address(); }
double LinkRelay::cpu_seconds() const { return loop_->cpu_seconds(); }

}  // namespace redoubt
