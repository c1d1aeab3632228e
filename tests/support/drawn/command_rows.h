// What the differential tester and others draw from: one row per command with the pattern of its arguments (command_pattern.h) and
// how its replies are compared. Commands of these families that stand in no row are named with the reason.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace redoubt {

// How the replies of both servers to one command are compared. Errors must always be the same.
enum class Check : uint8_t {
  exact,
  any_order,    // an aggregate whose items have no order
  pairs,        // the same of names and values; a map, or an array of pairs
  time,         // numbers may differ by some seconds
  encoding,     // with the known differences of the tester
  sort,         // in order unless the command leaves it open
  scan,         // both are asked until the cursor is 0 again; what they gave in all must be the same
  lex,          // run only where all scores are equal, for else nothing is promised
  random_key,   // what ours answers must exist
  random_some,  // as many as theirs; what ours answers must be there with that value
  pop_some,     // theirs removes what ours took
  waiting,      // both are released when they wait
  dump,         // each server takes what the other wrote for the same value
};

struct CommandRow {
  std::string_view name;  // as in CommandSpec's full name: "object|encoding"
  std::string_view arguments;
  Check check = Check::exact;
  int weight = 8;  // how often it is drawn, relative to the others
};
std::span<const CommandRow> command_rows();

struct ExcludedCommand {
  std::string_view name;  // full name
  std::string_view why;
};
std::span<const ExcludedCommand> excluded_commands();

// The families (CommandSpec::group) that must be covered.
inline constexpr std::string_view covered_groups[] = {"string", "list", "hash", "set", "sorted-set", "generic"};

}  // namespace redoubt
