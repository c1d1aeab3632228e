// Places in a log, as --from and --to name them:
//   1200             the 1200th command; those of all files of a manifest are counted through
//   @1700000000      what was appended at this Unix time, as far as the log notes times; commands before the first note are the oldest
//   +4096            the byte at this offset, of a single file
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "common/base/result.h"

namespace redoubt {

struct LogPlace {
  enum class Kind : uint8_t { command, time, offset };
  Kind kind = Kind::command;
  int64_t value = 0;
};

Result<LogPlace> parse_log_place(std::string_view text);

struct CommandPlace {
  static constexpr int64_t no_time = std::numeric_limits<int64_t>::min();

  int64_t number = 0;      // of the command, in the log
  int64_t time = no_time;  // noted last before it
  int64_t offset = 0;      // in its file
};

// Both places belong to what they limit.
inline int64_t along(const LogPlace& place, const CommandPlace& command) {
  switch (place.kind) {
    case LogPlace::Kind::command: return command.number;
    case LogPlace::Kind::time: return command.time;
    case LogPlace::Kind::offset: return command.offset;
  }
  return 0;
}
inline bool is_before(const CommandPlace& command, const LogPlace& from) { return along(from, command) < from.value; }
inline bool is_behind(const CommandPlace& command, const LogPlace& to) { return along(to, command) > to.value; }

}  // namespace redoubt
