// What a command is, as pure data: shared by the server (gates, COMMAND), the cli (hints) and the command
// reference. One CommandSpec per command or subcommand, all constexpr, grouped in one source per family
// (strings.cc, generic.cc, ...). The syntax line is the single source of COMMAND DOCS' argument tree and of
// hints. Nothing here executes anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

// Flags as COMMAND INFO shows them.
enum class CommandFlag : uint32_t {
  none = 0,
  write = 1u << 0,
  readonly = 1u << 1,
  denyoom = 1u << 2,
  admin = 1u << 3,
  pubsub = 1u << 4,
  noscript = 1u << 5,
  blocking = 1u << 6,
  loading = 1u << 7,
  stale = 1u << 8,
  skip_monitor = 1u << 9,
  skip_slowlog = 1u << 10,
  asking = 1u << 11,
  fast = 1u << 12,
  no_auth = 1u << 13,
  may_replicate = 1u << 14,
  no_async_loading = 1u << 15,
  no_multi = 1u << 16,
  allow_busy = 1u << 17,
  no_mandatory_keys = 1u << 18,
  movablekeys = 1u << 19,  // keys are found by asking the command's own rule, not only by first/last/step
};

// ACL categories, in the order in which COMMAND INFO and ACL CAT list them.
enum class AclCategory : uint32_t {
  none = 0,
  keyspace = 1u << 0,
  read = 1u << 1,
  write = 1u << 2,
  set = 1u << 3,
  sortedset = 1u << 4,
  list = 1u << 5,
  hash = 1u << 6,
  string = 1u << 7,
  bitmap = 1u << 8,
  hyperloglog = 1u << 9,
  geo = 1u << 10,
  stream = 1u << 11,
  pubsub = 1u << 12,
  admin = 1u << 13,
  fast = 1u << 14,
  slow = 1u << 15,
  blocking = 1u << 16,
  dangerous = 1u << 17,
  connection = 1u << 18,
  transaction = 1u << 19,
  scripting = 1u << 20,
};

// What a command does with the keys that one KeySpec finds.
enum class KeyFlag : uint32_t {
  none = 0,
  ro = 1u << 0,
  rw = 1u << 1,
  ow = 1u << 2,
  rm = 1u << 3,
  access = 1u << 4,
  update = 1u << 5,
  insert = 1u << 6,
  del = 1u << 7,  // "delete"
  not_key = 1u << 8,
  incomplete = 1u << 9,
  variable_flags = 1u << 10,
};

template <typename E>
inline constexpr bool is_flag_enum = false;
template <>
inline constexpr bool is_flag_enum<CommandFlag> = true;
template <>
inline constexpr bool is_flag_enum<AclCategory> = true;
template <>
inline constexpr bool is_flag_enum<KeyFlag> = true;

template <typename E>
  requires is_flag_enum<E>
constexpr E operator|(E a, E b) { return static_cast<E>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b)); }
template <typename E>
  requires is_flag_enum<E>
constexpr bool has(E set, E flag) { return (static_cast<uint32_t>(set) & static_cast<uint32_t>(flag)) != 0; }

// Where the keys of a command stand: first find where to begin, then which arguments from there on are keys.
struct KeySpec {
  enum class Begin : uint8_t { unknown, index, keyword };
  enum class Find : uint8_t { unknown, range, keynum };
  KeyFlag flags = KeyFlag::none;
  Begin begin = Begin::index;
  int index = 1;                  // Begin::index: position of the first key; Begin::keyword: start_from
  std::string_view keyword = {};  // Begin::keyword
  Find find = Find::range;
  int last_key = 0;      // Find::range: relative to the first; negative counts from the end
  int step = 1;          // Find::range and keynum
  int limit = 0;         // Find::range with last_key -1: 2 means "half of the rest"
  int keynum_index = 0;  // Find::keynum: where the number of keys stands, relative to begin
  int first_key = 0;     // Find::keynum: first key, relative to begin
  std::string_view notes = {};
};

// One key among the arguments of a call: its position (the command's name is 0) and what is done with it.
struct FoundKey {
  size_t position = 0;
  KeyFlag flags = KeyFlag::none;
};
// A command's own rule for where its keys stand, for those that KeySpecs cannot describe in full (their specs
// are flagged variable_flags or incomplete). Appends to `found`; false when the arguments make no sense. See
// key_finder.h.
using KeyRule = bool (*)(std::span<const std::string_view> args, std::vector<FoundKey>& found);

// The types of arguments as COMMAND DOCS names them; real is "double".
enum class ArgumentType : uint8_t { string, integer, real, key, pattern, unix_time, pure_token, oneof, block };

// What a syntax line cannot say of one of its arguments. Notes are matched to arguments by their first word,
// in the order in which the arguments begin (a group before what it begins with); each note serves once. See
// syntax.h.
struct ArgumentNote {
  std::string_view at = {};    // the first word of the argument in the line, its token if it has one
  bool group = false;          // of the oneof or block that begins there, rather than of the single argument
  std::string_view name = {};  // empty: made from the word
  std::string_view since = {};
  std::string_view deprecated_since = {};
  ArgumentType type = ArgumentType::block;  // block: as the word's name says
  int key_spec = -1;                        // the key spec that finds what it names, where order does not tell
};

struct HistoryNote {
  std::string_view since = {};
  std::string_view change = {};
};

struct CommandSpec {
  std::string_view name = {};       // lower case; a subcommand's own word ("get" of CONFIG GET)
  std::string_view container = {};  // of a subcommand: the command it belongs to ("config")
  std::string_view syntax = {};     // upper case name first: "SET key value [NX | XX] [GET] [EX seconds | ...]"
  std::string_view summary = {};
  std::string_view since = {};
  std::string_view group = {};  // "string", "generic", "server", "connection", ... as COMMAND DOCS names it
  std::string_view complexity = {};
  int arity = 0;  // counts the name; negative: at least
  CommandFlag flags = CommandFlag::none;
  AclCategory categories = AclCategory::none;  // complete, implied ones (@read, @fast, @slow, ...) included
  std::span<const KeySpec> keys = {};
  std::span<const std::string_view> tips = {};
  std::span<const CommandSpec> subcommands = {};
  std::span<const HistoryNote> history = {};
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
  bool system_command = false;  // not for applications: "syscmd" in COMMAND DOCS
  std::span<const ArgumentNote> arguments = {};
  KeyRule key_rule = nullptr;
};

// "get", or "config|get" for a subcommand.
std::string full_name(const CommandSpec& spec);

// All commands, by family in a fixed order. Subcommands hang below their command.
std::span<const std::span<const CommandSpec>> all_command_specs();
// By name, any letter case; nullptr when there is none. Container commands find with the first word only.
const CommandSpec* find_command_spec(std::string_view name);
// The subcommand of `container` with that word, any letter case; nullptr when there is none.
const CommandSpec* find_subcommand_spec(const CommandSpec& container, std::string_view word);
// By the name that full_name gives, any letter case ("get", "config|get"); nullptr when there is none.
const CommandSpec* find_by_full_name(std::string_view name);

// The names of the flags, in the order in which replies list them. Categories come without '@'.
template <typename E>
struct FlagName {
  E flag;
  std::string_view name = {};
};
std::span<const FlagName<CommandFlag>> command_flag_names();
std::span<const FlagName<AclCategory>> acl_category_names();
std::span<const FlagName<KeyFlag>> key_flag_names();
// nullopt when there is no such category; any letter case.
std::optional<AclCategory> find_acl_category(std::string_view name);

}  // namespace redoubt
