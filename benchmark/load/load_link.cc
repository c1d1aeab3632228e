#include "benchmark/load/load_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace redoubt {

void LoadLink::open(const ServerAddress& address) {
  const Result<int> descriptor = begin_connect(address);
  if (!descriptor) return owner_.link_failed(descriptor.error().text);
  descriptor_ = *descriptor;
  connecting_ = true;
  ++opened_;
  loop_.watch(descriptor_, *this, true, true, EventLoop::Trigger::edge);
}

void LoadLink::close() {
  if (descriptor_ < 0) return;
  loop_.unwatch(descriptor_, *this);
  ::close(std::exchange(descriptor_, -1));
  unsent_.clear();
}

void LoadLink::fail(std::string_view why) {
  close();
  owner_.link_failed(why);
}

void LoadLink::send(std::string_view bytes) {
  if (descriptor_ < 0) return;
  if (unsent_.empty() && !connecting_) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return fail(strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(std::max<ssize_t>(sent, 0)));
  }
  unsent_.append(bytes);
}

void LoadLink::on_ready(bool readable, bool writable, bool hung_up) {
  const uint64_t this_time = opened_;
  if (connecting_) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(strerror(error));
    if (!writable) return;
    connecting_ = false;
    owner_.link_made();
  }
  if (descriptor_ >= 0 && opened_ == this_time && writable && !unsent_.empty()) {
    const std::string rest = std::exchange(unsent_, {});
    send(rest);
  }
  if (descriptor_ >= 0 && opened_ == this_time && readable) receive(hung_up);
}

void LoadLink::receive(bool to_the_end) {
  const uint64_t this_time = opened_;
  while (descriptor_ >= 0 && opened_ == this_time) {
    const ssize_t got = recv(descriptor_, input_.data(), input_.size(), 0);
    if (got == 0) return fail("Server closed the connection");
    if (got < 0) {
      if (errno != EAGAIN && errno != EINTR) fail(strerror(errno));
      return;
    }
    owner_.link_received({input_.data(), static_cast<size_t>(got)});
    // An edge: there is more only if all of the room was used, or if the end has come, too.
    if (static_cast<size_t>(got) < input_.size() && !to_the_end) return;
  }
}

}  // namespace redoubt
