// What stands at the begin of each value that is handed over: who sent it, which one it is, and when. In hexadecimal digits, so
// that it can be read where it passes. Thread-safe: no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt {

struct HandoffStamp {
  uint32_t sender = 0;
  uint32_t place = 0;   // the list, the channel
  uint64_t number = 0;  // of this sender and, where order counts, this place: from 0 on
  int64_t due_ns = 0;   // monotonic
  int64_t sent_ns = 0;

  static constexpr size_t size = 64;
  bool operator==(const HandoffStamp&) const = default;
};

// Appends HandoffStamp::size bytes.
void append_stamp(std::string& out, const HandoffStamp& stamp);
// None: the value does not begin with one.
std::optional<HandoffStamp> read_stamp(std::string_view value);

}  // namespace redoubt
