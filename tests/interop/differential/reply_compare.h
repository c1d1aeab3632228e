// Are two replies the same? By the check of the command's row, and told by what is wrong otherwise.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/support/drawn/drawn_commands.h"
#include "tests/support/link.h"

namespace redoubt {

// A SORT that stores values whose order is nobody's promise: not to be run.
bool leaves_open_what_is_stored(const Step& step);

// What to ask the oracle for one step, given what we answered: `step`'s own words or what stands in for them, and what
// helps to judge.
std::vector<WordList> oracle_requests(const Step& step, const Value& ours);

// Whether the reply is right, given those to oracle_requests(). Not for Check::scan, which takes more than one request.
bool replies_agree(const Step& step, const std::string& ours, std::span<const std::string> theirs);

// The items of an aggregate in an order of their own; `width` items belong together (names and values).
std::vector<std::string> sorted_items(const Value& value, size_t width);

}  // namespace redoubt
