#include "common/encoding/stream_listpack.h"

namespace redoubt {
namespace {

// Goes forwards through a sound listpack; latches when it is not what was expected.
class Steps {
 public:
  explicit Steps(ListpackView pack) : pack_(pack), at_(pack.first()) {}

  bool good() const { return good_; }
  bool at_end() const { return good_ && at_ == ListpackView::none; }

  int64_t integer() {
    if (!good_ || at_ == ListpackView::none) return fail();
    const ListpackValue value = pack_.get(at_);
    if (!value.is_integer()) return fail();
    at_ = pack_.next(at_);
    return value.integer;
  }

  // A number of things that follow.
  uint64_t count() {
    const int64_t value = integer();
    return value < 0 ? static_cast<uint64_t>(fail()) : static_cast<uint64_t>(value);
  }

  void skip(uint64_t count) {
    for (; good_ && count != 0; --count) {
      if (at_ == ListpackView::none) {
        fail();
      } else {
        at_ = pack_.next(at_);
      }
    }
  }

 private:
  int64_t fail() {
    good_ = false;
    return 0;
  }

  ListpackView pack_;
  ListpackView::Position at_;
  bool good_ = true;
};

bool has(int64_t flags, StreamEntryFlag flag) { return (flags & static_cast<int64_t>(flag)) != 0; }

}  // namespace

std::optional<StreamListpackSummary> check_stream_listpack(std::string_view blob, StreamId id, bool deep) {
  static constexpr uint64_t head_elements = 3;
  if (!validate_listpack(blob.data(), blob.size(), true)) return std::nullopt;
  Steps steps{ListpackView(blob.data())};
  StreamListpackSummary stated;
  stated.live = steps.count();
  stated.deleted = steps.count();
  const uint64_t shared_fields = steps.count();
  steps.skip(shared_fields);
  if (steps.integer() != 0 || !steps.good()) return std::nullopt;
  uint64_t entries = 0;
  if (__builtin_add_overflow(stated.live, stated.deleted, &entries)) return std::nullopt;

  StreamListpackSummary found;
  StreamId before;
  for (uint64_t i = 0; i < entries; ++i) {
    const int64_t flags = steps.integer();
    StreamId here;
    here.ms = id.ms + static_cast<uint64_t>(steps.integer());
    here.sequence = id.sequence + static_cast<uint64_t>(steps.integer());
    uint64_t fields = shared_fields;
    uint64_t elements = head_elements;
    if (has(flags, StreamEntryFlag::same_fields)) {
      elements += fields;
      steps.skip(fields);
    } else {
      fields = steps.count();
      elements += 1 + 2 * fields;
      steps.skip(fields);  // names and values stand in turns, but only their number matters
      steps.skip(fields);
    }
    if (steps.count() != elements || !steps.good()) return std::nullopt;
    if (deep && i != 0 && here <= before) return std::nullopt;
    before = here;
    if (has(flags, StreamEntryFlag::deleted)) {
      ++found.deleted;
    } else {
      if (found.live++ == 0) found.first = here;
      found.last = here;
    }
  }
  if (!steps.at_end() || (deep && found.live != stated.live)) return std::nullopt;
  return found;
}

// ---- entries ----

StreamEntryCursor::StreamEntryCursor(std::string_view blob, StreamId id)
    : pack_(blob.data()), id_(id), at_(pack_.first()) {
  left_ = static_cast<uint64_t>(take().integer);
  left_ += static_cast<uint64_t>(take().integer);
  shared_.resize(static_cast<size_t>(take().integer));
  for (ListpackValue& name : shared_) name = take();
  skip(1);
}

ListpackValue StreamEntryCursor::take() {
  const ListpackValue value = pack_.get(at_);
  at_ = pack_.next(at_);
  return value;
}

void StreamEntryCursor::skip(uint64_t count) {
  for (; count != 0; --count) at_ = pack_.next(at_);
}

bool StreamEntryCursor::next(StreamEntry& entry) {
  for (; left_ != 0;) {
    --left_;
    const int64_t flags = take().integer;
    entry.id.ms = id_.ms + static_cast<uint64_t>(take().integer);
    entry.id.sequence = id_.sequence + static_cast<uint64_t>(take().integer);
    fields_.clear();
    if (has(flags, StreamEntryFlag::same_fields)) {
      for (const ListpackValue& name : shared_) fields_.push_back({name, take()});
    } else {
      for (auto count = static_cast<uint64_t>(take().integer); count != 0; --count) {
        const ListpackValue name = take();
        fields_.push_back({name, take()});
      }
    }
    skip(1);
    if (has(flags, StreamEntryFlag::deleted)) continue;
    entry.fields = fields_;
    return true;
  }
  return false;
}

}  // namespace redoubt
