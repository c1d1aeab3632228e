// Where the keys of a call stand: for COMMAND GETKEYS, access control, routing and prefetching. Works on a spec and the
// arguments alone. Stateless and thread-safe; `found` is the caller's, so that one vector can serve many calls without
// allocation.
#pragma once

#include "common/command/command_spec.h"

namespace redoubt {

// Whether calls of the command can have keys at all.
bool can_have_keys(const CommandSpec& spec);

// Replaces the content of `found` by the keys of a call, in the order of the key specs. args[0] is the name; a subcommand
// is given with its container (args[0] "object", args[1] "encoding"). False when the arguments make no sense for the
// command (then `found` holds nothing); no keys at all is no error: a keyword that is optional may be absent.
bool find_keys(const CommandSpec& spec, std::span<const std::string_view> args, std::vector<FoundKey>& found);

// The three numbers that COMMAND INFO gives and that clients of old go by: the first key, the last (negative counts from
// the end) and the step; all zero without keys. `movable` says that they do not tell everything.
struct KeyRange {
  int first = 0;
  int last = 0;
  int step = 0;
  bool movable = false;
};
KeyRange legacy_key_range(const CommandSpec& spec);

}  // namespace redoubt
