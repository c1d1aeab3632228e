#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

#include "common/resp/request_parser.h"

namespace redoubt {
namespace {

constexpr int backlog = 128;
constexpr int look_every_ms = 20;  // whether it is to end

}  // namespace

ScriptedServer::ScriptedServer(Answer answer) : answer_(std::move(answer)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, backlog) != 0 || getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no loopback port to listen on");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  over_ = true;
  thread_.join();
  for (const auto& client : clients_) close(client.first);
  close(listener_);
}

void ScriptedServer::serve() {
  while (!over_) {
    std::vector<pollfd> watched = {{listener_, POLLIN, 0}};
    for (const auto& client : clients_) watched.push_back({client.first, POLLIN, 0});
    if (poll(watched.data(), watched.size(), look_every_ms) <= 0) continue;
    if (watched[0].revents != 0) accept_client();
    for (size_t i = 1; i < watched.size(); ++i) {
      const int descriptor = watched[i].fd;
      if (watched[i].revents == 0 || serve_client(descriptor, clients_[descriptor])) continue;
      close(descriptor);
      clients_.erase(descriptor);
    }
  }
}

void ScriptedServer::accept_client() {
  const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor >= 0) clients_[descriptor] = {};
}

bool ScriptedServer::serve_client(int descriptor, std::string& input) {
  char bytes[16384];
  const ssize_t got = recv(descriptor, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  input.append(bytes, static_cast<size_t>(got));
  RequestParser parser;
  RequestBatch batch;
  const size_t used = parser.parse(input, SIZE_MAX, {}, batch);
  if (!parser.error().empty()) return false;
  for (const RequestBatch::Request& request : batch.requests) {
    const auto words = batch.args_of(request);
    const std::optional<std::string> reply = answer_({words.begin(), words.end()});
    if (!reply) return false;
    if (send(descriptor, reply->data(), reply->size(), MSG_NOSIGNAL) < 0) return false;
  }
  input.erase(0, used);
  return true;
}

std::string bulk_reply(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string array_reply(const std::vector<std::string>& replies) {
  std::string all = "*" + std::to_string(replies.size()) + "\r\n";
  for (const std::string& reply : replies) all += reply;
  return all;
}

}  // namespace redoubt
