// What a run with --verify has found, by kind. Plain data.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redoubt {

// What can be wrong with a reply.
enum class VerifyFault : uint8_t {
  wrong,    // none of the others
  stale,    // what was right before
  swapped,  // of another key
  damaged,  // it does not describe itself any more
  type,     // a reply that this command does not have
  error,    // an error reply
};
inline constexpr size_t verify_faults = 6;

struct VerifyCounts {
  uint64_t replies = 0;  // that were looked at
  std::array<uint64_t, verify_faults> found{};

  uint64_t of(VerifyFault fault) const { return found[static_cast<size_t>(fault)]; }
  uint64_t all() const;
};

// One word, also for programs.
std::string_view name_of(VerifyFault fault);
// "verified 100 replies: all as expected"; "verified 100 replies: 3 wrong, 1 stale".
std::string verified_sentence(const VerifyCounts& counts);

}  // namespace redoubt
