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

bool find_sort_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found) {
  size_t store_at = 0;
  for (size_t i = 2; i < args.size(); ++i) {
    if (equal_ignoring_case(args[i], "limit")) {
      i += 2;
    } else if (equal_ignoring_case(args[i], "get") || equal_ignoring_case(args[i], "by")) {
      i += 1;
    } else if (equal_ignoring_case(args[i], "store") && i + 1 < args.size()) {
      store_at = i + 1;
    }
  }
  find_sort_ro_keys(args, found);
  if (store_at != 0) found.push_back({.position = store_at, .flags = KeyFlag::ow | KeyFlag::update});
  return true;
}

bool find_sort_ro_keys(std::span<const std::string_view>, std::vector<FoundKey>& found) {
  found.push_back({.position = 1, .flags = KeyFlag::ro | KeyFlag::access});
  return true;
}

}  // namespace redoubt
