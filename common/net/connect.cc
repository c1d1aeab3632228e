#include "common/net/connect.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/net/listener.h"

namespace redoubt {
namespace {

Error system_error() { return Error{strerror(errno)}; }

int error_of(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

std::string Endpoint::text() const { return path.empty() ? fmt::format("{}:{}", host, port) : path; }

Result<ServerAddress> resolve(const Endpoint& endpoint) {
  ServerAddress address;
  if (!endpoint.path.empty()) {
    sockaddr_un name{};
    if (endpoint.path.size() >= sizeof name.sun_path) return Error{"the path of the unix socket is too long"};
    name.sun_family = AF_UNIX;
    memcpy(name.sun_path, endpoint.path.data(), endpoint.path.size());
    memcpy(&address.bytes, &name, sizeof name);
    address.size = sizeof name;
    return address;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (status != 0) return Error{gai_strerror(status)};
  memcpy(&address.bytes, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

Result<int> begin_connect(const ServerAddress& address) {
  const int descriptor = socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_error();
  if (address.bytes.ss_family != AF_UNIX) set_tcp_options(descriptor, 0);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0 &&
      errno != EINPROGRESS) {
    const Error error = system_error();
    close(descriptor);
    return error;
  }
  return descriptor;
}

Result<BlockingLink> BlockingLink::connect(const ServerAddress& address, int timeout_ms) {
  const Result<int> descriptor = begin_connect(address);
  if (!descriptor) return descriptor.error();
  BlockingLink link(*descriptor, timeout_ms);
  if (const Status ready = link.wait(POLLOUT); !ready) return ready.error();
  if (const int error = error_of(*descriptor); error != 0) return Error{strerror(error)};
  return link;
}

BlockingLink::BlockingLink(BlockingLink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      timeout_ms_(other.timeout_ms_),
      parser_(std::move(other.parser_)),
      input_(std::move(other.input_)) {}

BlockingLink::~BlockingLink() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status BlockingLink::wait(short events) {
  pollfd watched{descriptor_, events, 0};
  int count = 0;
  do {
    count = poll(&watched, 1, timeout_ms_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return system_error();
  if (count == 0) return Error{strerror(ETIMEDOUT)};
  return {};
}

Result<Reply> BlockingLink::call(std::span<const std::string_view> args) {
  std::string request;
  RequestWriter(request).command(args);
  for (std::string_view rest = request; !rest.empty();) {
    const ssize_t sent = send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      if (const Status ready = wait(POLLOUT); !ready) return ready.error();
    } else if (errno != EINTR) {
      return system_error();
    }
  }
  while (true) {
    std::string_view input = input_;
    while (!input.empty()) {
      const ReplyParser::Progress progress = parser_.parse(input);
      if (progress == ReplyParser::Progress::failed) return Error{parser_.error()};
      if (progress == ReplyParser::Progress::unfinished) break;
      Reply reply = parser_.take();
      if (reply.kind == ReplyKind::push) continue;
      input_.erase(0, input_.size() - input.size());
      return reply;
    }
    char bytes[16384];
    if (const Status ready = wait(POLLIN); !ready) return ready.error();
    const ssize_t got = recv(descriptor_, bytes, sizeof bytes, 0);
    if (got == 0) return Error{"Server closed the connection"};
    if (got < 0 && errno != EINTR && errno != EAGAIN) return system_error();
    input_.assign(bytes, static_cast<size_t>(got < 0 ? 0 : got));
  }
}

}  // namespace redoubt
