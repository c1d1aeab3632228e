// Which database the commands of a log work on: that of the last SELECT, and 0 at the beginning of each file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/number.h"
#include "common/command/letter_case.h"

namespace redoubt {

class LogDatabase {
 public:
  void begin_file() { number_ = 0; }
  uint64_t number() const { return number_; }
  void set(uint64_t number) { number_ = number; }

  static bool is_select(std::span<const std::string_view> args) {
    if (args.size() != 2 || args[0].size() != 6 || !equal_ignoring_case(args[0], "select")) return false;
    const auto number = parse_u64(args[1]);
    return number && *number <= largest;
  }
  // Each command in turn; whether it was a SELECT.
  bool see(std::span<const std::string_view> args) {
    if (!is_select(args)) return false;
    number_ = *parse_u64(args[1]);
    return true;
  }

 private:
  static constexpr uint64_t largest = INT32_MAX;

  uint64_t number_ = 0;
};

}  // namespace redoubt
