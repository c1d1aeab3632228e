// One request of a run with --verify, with what is known of its key: enough to write the request, and to say which reply is right.
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/verify/verify_values.h"
#include "common/resp/reply_parser.h"

namespace redoubt {

enum class VerifyCommand : uint8_t {
  set,
  get_set,
  get,  // of strings and counters
  string_length,
  exists,  // of all families
  remove,
  increment,
  increment_by,
  decrement,
  add_member,
  remove_member,
  is_member,
  count_members,
  members,
  push_left,
  push_right,
  pop_left,
  pop_right,
  count_elements,
  element,
  some_elements,
  all_elements,
};

// What a key holds. string: the version. counter: the counter, 0 if there is none. set: a bit for each member. list: the places
// of its elements, which follow each other, from `value` on.
struct VerifyState {
  int64_t value = 0;
  int64_t length = 0;  // of a list

  bool operator==(const VerifyState&) const = default;
};

struct VerifyStep {
  VerifyCommand command = VerifyCommand::get;
  VerifyFamily family = VerifyFamily::string;
  // get of a string whose writer is another connection: the state is what was acknowledged when it was sent.
  bool foreign = false;
  // remove of a key of which it is not known what it holds.
  bool heals = false;
  uint32_t number = 0;
  // set, get_set and remove of a string: the new version. increment_by: by how much. Members: the place. element, some_elements:
  // the index.
  int64_t argument = 0;
  VerifyState state = {};    // before it is executed
  VerifyState earlier = {};  // before the last change of that

  bool operator==(const VerifyStep&) const = default;
};

// How many elements some_elements asks for.
inline constexpr int64_t verify_some_elements = 10;

VerifyState state_after(const VerifyStep& step);
std::vector<std::string> words_of(const VerifyValues& values, const VerifyStep& step);
// Of a server whose key is in this state. SMEMBERS has its members in any order.
Reply right_reply(const VerifyValues& values, const VerifyStep& step, const VerifyState& state);

}  // namespace redoubt
