#include "server/net/reply_hold.h"

#include <algorithm>

namespace redoubt {

size_t ReplyHold::look(const LogProgress& log, uint64_t sent, size_t pending) {
  size_t covered = 0;
  while (covered < marks_.size() && marks_[covered].offset <= log.synced) released_ = marks_[covered++].position;
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(covered));

  const uint64_t end = sent + pending;
  const bool wait = log.hold && log.synced < log.end;
  if (marks_.empty()) {
    released_ = wait ? std::max(released_, sent) : end;
    if (end > released_) marks_.push_back({end, log.end});
  } else if (end > marks_.back().position) {
    // What the sync under way will not cover is all for the next one.
    const bool same = !wait || marks_.back().offset > log.syncing || marks_.back().offset == log.end;
    if (!same) {
      marks_.push_back({end, log.end});
    } else {
      marks_.back().position = end;
      if (wait) marks_.back().offset = log.end;
    }
  }
  return static_cast<size_t>(std::max(released_, sent) - sent);
}

}  // namespace redoubt
