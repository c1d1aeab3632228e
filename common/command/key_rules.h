// The commands' own rules for where their keys stand (KeyRule in command_spec.h), named by the spec tables. A
// rule sees a call whose number of arguments fits the arity.
#pragma once

#include "common/command/command_spec.h"

namespace redoubt {

// SET: reads the key only when GET stands among the options.
bool find_set_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found);

// SORT: its key, and what the last STORE names. The keys that BY and GET read are not told.
bool find_sort_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found);
bool find_sort_ro_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found);

}  // namespace redoubt
