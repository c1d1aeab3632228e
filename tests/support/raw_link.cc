#include "tests/support/raw_link.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

namespace redoubt {

RawLink::RawLink(int port, const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    throw std::runtime_error("no such address: " + host);
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  descriptor_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0 || connect(descriptor_, found->ai_addr, found->ai_addrlen) != 0) {
    const std::string reason = strerror(errno);
    hang_up();
    throw std::runtime_error("cannot connect to " + host + " " + std::to_string(port) + ": " + reason);
  }
}

RawLink::RawLink(const std::string& unix_path) : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (descriptor_ < 0 || connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    hang_up();
    throw std::runtime_error("cannot connect to " + unix_path);
  }
}

RawLink::RawLink(RawLink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), input_(std::move(other.input_)), closed_(other.closed_) {}

bool RawLink::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawLink::send(std::string_view bytes) {
  if (!try_send(bytes)) throw std::runtime_error("cannot send");
}

bool RawLink::fill(int milliseconds) {
  pollfd wanted{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (closed_ || poll(&wanted, 1, milliseconds) <= 0) return false;
  char chunk[65536];
  const ssize_t got = recv(descriptor_, chunk, sizeof chunk, 0);
  if (got <= 0) {
    closed_ = true;
    return false;
  }
  input_.append(chunk, static_cast<size_t>(got));
  return true;
}

std::string RawLink::read(size_t size) {
  while (input_.size() < size && fill()) {
  }
  std::string taken = input_.substr(0, size);
  input_.erase(0, size);
  return taken;
}

std::string RawLink::read_line() {
  size_t end = 0;
  while ((end = input_.find("\r\n")) == std::string::npos) {
    if (!fill()) return std::exchange(input_, {});
  }
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 2);
  return line;
}

std::string RawLink::read_to_end() {
  while (fill()) {
  }
  return std::exchange(input_, {});
}

void RawLink::end_output() { shutdown(descriptor_, SHUT_WR); }

void RawLink::hang_up() {
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

void RawLink::shrink_receive_buffer(int bytes) { setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

std::string request_of(std::initializer_list<std::string_view> words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    text.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
  }
  return text;
}

}  // namespace redoubt
