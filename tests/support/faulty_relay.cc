#include "tests/support/faulty_relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <stdexcept>
#include <utility>

#include "common/net/connect.h"
#include "common/resp/reply_parser.h"
#include "common/resp/request_parser.h"
#include "tests/support/raw_link.h"

namespace redoubt {
namespace {

// What is there; false when the other side has closed.
bool receive(int descriptor, std::string& to) {
  char bytes[65536];
  const ssize_t got = recv(descriptor, bytes, sizeof bytes, 0);
  if (got > 0) to.append(bytes, static_cast<size_t>(got));
  return got > 0;
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

struct FaultyRelay::Connection {
  Connection(int descriptor, int server_port) : client(descriptor), server(server_port) {}
  ~Connection() { close(client); }

  bool pass_requests(const Faults& faults) {
    const bool open = receive(client, requests);
    RequestBatch batch;
    const size_t done = parser.parse(requests, SIZE_MAX, {}, batch);
    std::string out;
    for (const RequestBatch::Request& request : batch.requests) {
      const auto args = batch.args_of(request);
      sent.emplace_back(args.begin(), args.end());
      const Words words = faults.request ? faults.request(sent.back()) : sent.back();
      append_request(out, std::vector<std::string_view>(words.begin(), words.end()));
    }
    requests.erase(0, done);
    return server.try_send(out) && open;
  }
  bool pass_replies(const Faults& faults) {
    std::string bytes;
    const bool open = receive(server.descriptor(), bytes);
    std::string out;
    for (std::string_view rest = bytes; !rest.empty();) {
      const size_t size_before = rest.size();
      const char* const from = rest.data();
      const auto progress = replies.parse(rest);
      reply.append(from, size_before - rest.size());
      if (progress != ReplyParser::Progress::whole) break;
      out += faults.reply ? faults.reply(sent.front(), reply) : reply;
      reply.clear();
      sent.pop_front();
    }
    return send_all(client, out) && open;
  }

  int client;
  RawLink server;
  RequestParser parser;
  std::string requests;  // bytes of one that is unfinished
  std::deque<Words> sent;
  ReplyParser replies;
  std::string reply;  // bytes of one that is unfinished
};

FaultyRelay::FaultyRelay(int server_port, Faults faults) : server_port_(server_port), faults_(std::move(faults)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, generic, &size) != 0 || pipe(end_) != 0) {
    throw std::runtime_error("the relay cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

FaultyRelay::~FaultyRelay() {
  close(end_[1]);
  thread_.join();
  close(end_[0]);
  close(listener_);
}

void FaultyRelay::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client >= 0) connections_.push_back(std::make_unique<Connection>(client, server_port_));
}

void FaultyRelay::run() {
  while (true) {
    std::vector<pollfd> watched = {{end_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& connection : connections_) {
      watched.push_back({connection->client, POLLIN, 0});
      watched.push_back({connection->server.descriptor(), POLLIN, 0});
    }
    if (poll(watched.data(), watched.size(), -1) < 0) return;
    if (watched[0].revents != 0) return;
    auto at = watched.begin() + 2;
    for (auto connection = connections_.begin(); connection != connections_.end(); at += 2) {
      bool open = true;
      if (at[0].revents != 0) open = (*connection)->pass_requests(faults_);
      if (open && at[1].revents != 0) open = (*connection)->pass_replies(faults_);
      connection = open ? std::next(connection) : connections_.erase(connection);
    }
    if (watched[1].revents != 0) accept_one();
  }
}

}  // namespace redoubt
