#include "common/tool/output.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace redoubt {

void Output::flush() {
  std::string_view rest = buffer_;
  if (text_ != nullptr) {
    text_->append(rest);
    rest = {};
  }
  while (!rest.empty() && error_.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      closed_ = errno == EPIPE;
      error_ = strerror(errno);
    }
  }
  buffer_.clear();
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace redoubt
