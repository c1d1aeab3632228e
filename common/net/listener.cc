#include "common/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace redoubt {
namespace {

constexpr int accepts_per_event = 1000;

std::string reason() { return strerror(errno); }

bool means_unavailable(int error) {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPFNOSUPPORT || error == EPROTONOSUPPORT ||
         error == ESOCKTNOSUPPORT || error == ENOPROTOOPT;
}

// Host and port as text, and whether it is a loopback address.
std::string describe(const sockaddr_storage& storage, const std::string& path, bool& loopback) {
  char host[INET6_ADDRSTRLEN] = "?";
  loopback = true;
  if (storage.ss_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    loopback = (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    return std::string(host) + ":" + std::to_string(ntohs(in->sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(&storage);
    inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
    loopback = IN6_IS_ADDR_LOOPBACK(&in->sin6_addr) != 0;
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(in->sin6_port));
  }
  return path + ":0";
}

void enable(int descriptor, int level, int option, int value = 1) {
  setsockopt(descriptor, level, option, &value, sizeof value);
}

int port_of(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

// A listening socket, or -1 and why there is none.
int open_tcp(const addrinfo& at, const ListenOptions& options, Listener::Failure& failure) {
  const int descriptor = socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    const int error = errno;
    failure = {std::string("socket: ") + strerror(error), means_unavailable(error)};
    return -1;
  }
  if (at.ai_family == AF_INET6) enable(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
  enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
  if (options.mark != 0) enable(descriptor, SOL_SOCKET, SO_MARK, static_cast<int>(options.mark));
  const bool bound = bind(descriptor, at.ai_addr, at.ai_addrlen) == 0;
  if (bound && listen(descriptor, options.backlog) == 0) return descriptor;
  const int error = errno;
  failure = {std::string(bound ? "listen: " : "bind: ") + strerror(error), means_unavailable(error)};
  close(descriptor);
  return -1;
}

}  // namespace

boost::system::result<std::unique_ptr<Listener>, Listener::Failure> Listener::tcp(EventLoop& loop,
                                                                                  const std::string& address, int port,
                                                                                  const ListenOptions& options) {
  const bool any = address == "*" || address == "::*";
  addrinfo hints{};
  hints.ai_family = address == "*" ? AF_INET : address == "::*" ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(any ? nullptr : address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return Failure{gai_strerror(error), error == EAI_ADDRFAMILY || error == EAI_NONAME};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  // A name can have several addresses: the first one that can be had.
  Failure failure;
  for (; found != nullptr; found = found->ai_next) {
    const int descriptor = open_tcp(*found, options, failure);
    if (descriptor < 0) continue;
    const int got = port != 0 ? port : port_of(descriptor);
    return std::unique_ptr<Listener>(new Listener(loop, descriptor, address, got, {}));
  }
  return failure;
}

Result<std::unique_ptr<Listener>> Listener::unix_socket(EventLoop& loop, const std::string& path, unsigned mode,
                                                        const ListenOptions& options) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error{"unix socket path too long: " + path};
  memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return Error{reason()};
  unlink(path.c_str());
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(descriptor, options.backlog) != 0) {
    const Error failure{reason()};
    close(descriptor);
    return failure;
  }
  if (mode != 0) chmod(path.c_str(), mode);
  return std::unique_ptr<Listener>(new Listener(loop, descriptor, path, 0, path));
}

Listener::~Listener() { stop(); }

void Listener::stop() {
  if (descriptor_ < 0) return;
  if (accept_) loop_.unwatch(descriptor_, *this);
  close(descriptor_);
  descriptor_ = -1;
  if (!path_.empty()) unlink(path_.c_str());
}

void Listener::start(Accept accept) {
  accept_ = std::move(accept);
  loop_.watch(descriptor_, *this, true, false);
}

void Listener::on_ready(bool /*readable*/, bool /*writable*/, bool /*hung_up*/) {
  for (int i = 0; i < accepts_per_event && descriptor_ >= 0; ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int connection =
        accept4(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) return;
    Peer peer;
    peer.unix_socket = !path_.empty();
    peer.address = describe(storage, path_, peer.loopback);
    size = sizeof storage;
    bool ignored = false;
    getsockname(connection, reinterpret_cast<sockaddr*>(&storage), &size);
    peer.local = describe(storage, path_, ignored);
    accept_(connection, std::move(peer));
  }
}

void set_tcp_options(int descriptor, int keepalive_seconds) {
  enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
  if (keepalive_seconds == 0) return;
  enable(descriptor, SOL_SOCKET, SO_KEEPALIVE);
  enable(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_seconds);
  enable(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, keepalive_seconds / 3));
  enable(descriptor, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

}  // namespace redoubt
