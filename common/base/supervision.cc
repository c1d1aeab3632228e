#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "common/base/process.h"

namespace redoubt {

Supervision resolve_supervision(Supervision wanted) {
  const bool upstart = std::getenv("UPSTART_JOB") != nullptr;
  const bool systemd = std::getenv("NOTIFY_SOCKET") != nullptr;
  if (upstart && (wanted == Supervision::upstart || wanted == Supervision::automatic)) return Supervision::upstart;
  if (systemd && (wanted == Supervision::systemd || wanted == Supervision::automatic)) return Supervision::systemd;
  return Supervision::no;
}

Status notify_systemd(std::string_view state) {
  const char* const name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr) return Error{"NOTIFY_SOCKET is not set"};
  const size_t length = std::strlen(name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address.sun_path) {
    return Error{fmt::format("NOTIFY_SOCKET is no address of a socket: {}", name)};
  }
  std::memcpy(address.sun_path, name, length);
  // An abstract address starts with a zero byte and is not terminated by one.
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto address_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length + (name[0] == '/'));

  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return Error{std::strerror(errno)};
  const ssize_t sent = sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), address_size);
  const int error = errno;
  close(descriptor);
  if (sent < 0) return Error{std::strerror(error)};
  return {};
}

void stop_for_upstart() {
  unsetenv("UPSTART_JOB");
  raise(SIGSTOP);
}

}  // namespace redoubt
