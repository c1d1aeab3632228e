// A request as the benchmark sends it: bytes that are ready, with places in them that are filled anew each time. A place is
// written __rand_int__ in an argument, and filled with a random number of 12 digits below the key space, as redis-benchmark
// does; without a key space the text stays as it is. Immutable; shared by all threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/random.h"

namespace redoubt {

class Request {
 public:
  // `key_space` 0: places are left alone.
  Request(std::span<const std::string> args, uint64_t key_space);
  // Bytes that are sent as they are, such as an inline command.
  static Request inline_command(std::string line);

  size_t size() const { return bytes_.size(); }
  // Writes size() bytes to `to`.
  void write(char* to, Random& random) const;

  static constexpr std::string_view place = "__rand_int__";

 private:
  Request() = default;

  std::string bytes_;
  std::vector<size_t> places_;  // offsets of 12 digits
  uint64_t key_space_ = 0;
};

}  // namespace redoubt
