#include "benchmark/workload/slot_tags.h"

#include <string_view>
#include <utility>

namespace redoubt {
namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Three of these letters reach every slot.
std::array<SlotTag, slot_count> make_tags() {
  std::array<SlotTag, slot_count> tags{};
  size_t missing = slot_count;
  for (const char first : letters) {
    for (const char second : letters) {
      for (const char third : letters) {
        const SlotTag tag = {first, second, third};
        SlotTag& known = tags[crc16({tag.data(), tag.size()}) & (slot_count - 1)];
        if (known[0] != 0) continue;
        known = tag;
        if (--missing == 0) return tags;
      }
    }
  }
  return tags;
}

}  // namespace

const std::array<SlotTag, slot_count>& slot_tags() {
  static const std::array<SlotTag, slot_count> tags = make_tags();
  return tags;
}

NodeSlots::NodeSlots(std::vector<uint16_t> slots) : slots_(std::move(slots)) {
  for (const uint16_t slot : slots_) known_.set(slot);
  while (least_number_ < slot_count && !has(slot_of_number(least_number_))) ++least_number_;
}

uint64_t NodeSlots::numbers_below(uint64_t space) const {
  uint64_t count = space / slot_count * slots_.size();
  for (uint64_t number = 0; number < space % slot_count; ++number) count += has(slot_of_number(number)) ? 1 : 0;
  return count;
}

}  // namespace redoubt
