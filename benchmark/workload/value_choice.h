// The values that a load sets: how large they are, how much of them compresses, and whether each is another one. Immutable;
// shared by all threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/random.h"
#include "common/base/result.h"

namespace redoubt {

class ValueChoice {
 public:
  // All of one size, and all of them x.
  explicit ValueChoice(size_t size = 3) : sizes_{{size, size, 1}} {}
  // "100"; "10-1000": all sizes between are as likely; "3:50,100-200:50": several, each with its weight.
  static Result<ValueChoice> parse_sizes(std::string_view text, size_t most);

  // So much of each value (0 to 1) is one byte again and again; what stands before it is random.
  void set_compressible(double share, Random& random);
  // No two values that are told apart by their stamp are equal. They must have room for it.
  void set_unique() { unique_ = true; }
  static constexpr size_t stamp_size = 16;
  static constexpr char filling = 'x';

  // All values are the same.
  bool is_plain() const { return sizes_.size() == 1 && smallest() == largest() && !unique_ && !noise_; }
  size_t smallest() const;
  size_t largest() const;
  size_t pick_size(Random& random) const;
  void write(char* to, size_t size, uint64_t stamp, Random& random) const;

 private:
  struct Sizes {
    size_t least;
    size_t most;
    uint64_t weight;
  };

  std::vector<Sizes> sizes_;
  uint64_t weights_ = 1;
  bool unique_ = false;
  double random_share_ = 0;
  std::shared_ptr<const std::string> noise_;  // of random bytes; a value begins somewhere in it
};

}  // namespace redoubt
