#include "check-aof/print/log_place.h"

#include <fmt/format.h>

#include "common/base/number.h"

namespace redoubt {

Result<LogPlace> parse_log_place(std::string_view text) {
  LogPlace place;
  std::string_view digits = text;
  if (text.starts_with('@')) place.kind = LogPlace::Kind::time;
  if (text.starts_with('+')) place.kind = LogPlace::Kind::offset;
  if (place.kind != LogPlace::Kind::command) digits.remove_prefix(1);
  const auto value = parse_i64(digits);
  const bool counted_from_one = place.kind == LogPlace::Kind::command;
  if (!value || *value < (counted_from_one ? 1 : 0)) {
    return Error{
        fmt::format("'{}' is no place in a log: N (the Nth command), @SECONDS (Unix time) or +OFFSET (bytes)", text)};
  }
  place.value = *value;
  return place;
}

}  // namespace redoubt
