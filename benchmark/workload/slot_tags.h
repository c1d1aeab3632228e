// Hash tags that lead a key to a slot of a cluster, and which slots a node serves. Immutable; shared by all threads.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "common/hash/crc16.h"

namespace redoubt {

// The text between the braces of a tag. All have the same size, so that a tag can be put in the place of another.
using SlotTag = std::array<char, 3>;

// One for each slot. The table is made when it is first asked for.
const std::array<SlotTag, slot_count>& slot_tags();

// Numbers of keys have a slot each, the same whichever nodes there are, so that a number is always the same key. Numbers that follow
// each other are spread over all slots; each slot has one of any 16384 of them.
inline unsigned slot_of_number(uint64_t number) {
  constexpr uint64_t step = 10125;  // odd; the slots times the golden ratio: any few numbers lie far apart
  return static_cast<unsigned>(number * step & (slot_count - 1));
}

class NodeSlots {
 public:
  // Slots below slot_count, each once; one at least.
  explicit NodeSlots(std::vector<uint16_t> slots);

  const std::vector<uint16_t>& all() const { return slots_; }
  bool has(unsigned slot) const { return known_[slot]; }
  // How many of the numbers below `space` have a slot of these.
  uint64_t numbers_below(uint64_t space) const;
  // Whether there is such a number.
  bool has_number_below(uint64_t space) const { return space > least_number_; }

  bool operator==(const NodeSlots& other) const { return known_ == other.known_; }

 private:
  std::vector<uint16_t> slots_;
  std::bitset<slot_count> known_;
  uint64_t least_number_ = 0;
};

}  // namespace redoubt
