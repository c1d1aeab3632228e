// What a command does to the bytes that a rewrite would write: one of a few effects by the command's name. Data only; the
// estimate carries them out (rewrite_estimate.h).
#pragma once

#include <cstdint>
#include <string_view>

namespace redoubt {

enum class RewriteEffect : uint8_t {
  unknown,  // to find out
  none,     // a rewrite writes nothing for it
  outside,  // it stays, and belongs to no key
  grow,     // it adds what it is long
  replace,
  set,
  set_many,
  counter,
  append,
  set_range,
  remove,
  hash_set,
  hash_count,
  members,
  scored,
  scored_count,
  remove_elements,
  move_member,
  push,
  insert,
  pop,
  move_element,
  trim,
  stream_add,
  stream_remove,
  stream_trim,
  expire_at,
  expire_at_ms,
  persist,
  rename,
  move,
  swap,
  flush_one,
  flush_all,
};

// `name` in lower case. Commands that are not listed add what they are long.
RewriteEffect rewrite_effect_of(std::string_view name);

}  // namespace redoubt
