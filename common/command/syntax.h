// Reads the syntax line of a command ("SET key value [NX | XX] [GET] [EX seconds | ...]") into a tree of arguments, as
// COMMAND DOCS shows it and hints are made from it.
//
//   [x]              optional                        <a | b>, a | b in [ ]   one of several
//   x [x ...]        once or more often              a b in < > or [ ]       a block: all of them in this order
//   TOKEN            a word without lower-case letters stands for itself; before an argument it belongs to that
//   TOKEN a b        the token of a block: takes all that follows in the same brackets, or outside brackets all up to
//                    the next option or token. One argument and then only options ([COUNT count [ANY]]): a block of
//                    an argument with a token, and options
//
// The types of arguments follow from their names (key, seconds, pattern, ...); ArgumentNotes say the rest.
// Stateless and thread-safe. The views in an Argument point into the line and the notes.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/command/command_spec.h"

namespace redoubt {

struct Argument {
  std::string name;          // as programs call it: "unix-time-seconds", "nx", "condition"
  std::string_view display;  // the word in the line; empty for groups and pure tokens
  std::string_view token;
  std::string_view since;
  std::string_view deprecated_since;
  ArgumentType type = ArgumentType::string;
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;      // each repetition brings the token again
  int key_spec = -1;                // of a key: which of the command's key specs finds it
  std::vector<Argument> arguments;  // of a oneof or block

  bool is_group() const { return type == ArgumentType::oneof || type == ArgumentType::block; }
};

// `line` is the syntax without the command's name. Fails for brackets that do not match, a repetition that does not
// repeat what stands before it, an empty group or alternative, and a note that matches no argument.
Result<std::vector<Argument>> parse_syntax(std::string_view line, std::span<const ArgumentNote> notes,
                                           size_t key_specs);

// The arguments of a command that we have; its syntax line is known to be right.
std::vector<Argument> arguments_of(const CommandSpec& spec);

// "string", "unix-time", ...
std::string_view argument_type_name(ArgumentType type);

}  // namespace redoubt
