// The commands' own rules for where their keys stand (KeyRule in command_spec.h), named by the spec tables. A
// rule sees a call whose number of arguments fits the arity.
#pragma once

#include "common/command/command_spec.h"

namespace redoubt {

// SET: reads the key only when GET stands among the options.
bool find_set_keys(std::span<const std::string_view> args, std::vector<FoundKey>& found);

}  // namespace redoubt
