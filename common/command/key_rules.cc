#include "common/command/key_rules.h"

#include "common/command/letter_case.h"

namespace redoubt {

bool find_set_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found) {
  if (args.size() < 3) return false;
  KeyFlag flags = KeyFlag::ow | KeyFlag::update;
  for (std::string_view option : args.subspan(3)) {
    if (equal_ignoring_case(option, "get")) flags = KeyFlag::rw | KeyFlag::access | KeyFlag::update;
  }
  found.push_back({.position = 1, .flags = flags});
  return true;
}

}  // namespace redoubt
