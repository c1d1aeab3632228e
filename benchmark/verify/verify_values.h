// What a run with --verify stores. Each thing describes itself: which key it belongs to, which version or place of it it is, and a
// checksum of all that. So what comes back from a server tells by itself whether it is whole and where it belongs. Names of keys
// begin with a prefix that no other run has. Immutable; shared by all threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "benchmark/workload/value_choice.h"
#include "common/base/random.h"
#include "common/hash/keyed_hash.h"

namespace redoubt {

// Each number below the key space has a key of each of these.
enum class VerifyFamily : uint8_t { string, counter, set, list };
inline constexpr size_t verify_families = 4;

// What something says of itself.
struct VerifyLabel {
  uint64_t number;
  int64_t at;  // the version of a string, the place of an element or a member, how far a counter has counted

  bool operator==(const VerifyLabel&) const = default;
};

class VerifyValues {
 public:
  static constexpr size_t least_size = 26;  // of the value of a string
  static constexpr uint64_t most_numbers = 10'000'000;
  static constexpr int64_t most_members = 64;

  // `run`: letters and digits that no other run has. Strings have these sizes; which version has which follows from `seed`.
  VerifyValues(std::string_view run, uint64_t numbers, ValueChoice sizes, uint64_t seed);

  uint64_t numbers() const { return numbers_; }
  const std::string& prefix() const { return prefix_; }
  std::string key(VerifyFamily family, uint64_t number) const;

  // Versions of a string count from 1; in some of them, and in version 0, there is no such key.
  bool is_absent(uint64_t number, uint64_t version) const;
  // Of those that are there:
  size_t size(uint64_t number, uint64_t version) const;
  std::string value(uint64_t number, uint64_t version) const;
  // None: it is not as it was made.
  std::optional<VerifyLabel> label_of_value(std::string_view value) const;

  // Elements of lists, and members of sets, whose places are below most_members. Sets of even numbers have integers.
  std::string element(uint64_t number, int64_t place) const;
  std::string member(uint64_t number, int64_t place) const;
  std::optional<VerifyLabel> label_of_element(std::string_view text) const;

  // A counter counts from here, so that its number can be told from it. There is no room for the label's checksum.
  static int64_t counter_begin(uint64_t number) { return static_cast<int64_t>((number + 1) << counter_bits); }
  std::optional<VerifyLabel> label_of_counter(int64_t counter) const;

 private:
  static constexpr unsigned counter_bits = 32;

  Random drawn(uint64_t number, uint64_t version) const;
  uint64_t checksum(std::string_view text, unsigned bits) const;
  std::optional<VerifyLabel> known(uint64_t number, int64_t at) const;

  std::string prefix_;
  uint64_t numbers_;
  ValueChoice sizes_;
  uint64_t seed_;
  HashKey hash_key_;
};

}  // namespace redoubt
