#include "common/command/syntax.h"

#include <fmt/core.h>

#include <algorithm>

#include "common/command/letter_case.h"
#include "common/command/syntax_words.h"

namespace redoubt {
namespace {

using Items = std::vector<SyntaxItem>;

std::string lower_case(std::string_view word) {
  std::string out(word);
  std::ranges::transform(out, out.begin(), lower_letter);
  return out;
}

struct NamedType {
  ArgumentType type;
  std::span<const std::string_view> names;
};

ArgumentType type_of_word(std::string_view word) {
  static constexpr std::string_view keys[] = {"key",         "key1", "key2", "newkey",  "source",
                                              "destination", "src",  "dst",  "destkey", "sourcekey"};
  static constexpr std::string_view patterns[] = {"pattern"};
  static constexpr std::string_view times[] = {"unix-time-seconds", "unix-time-milliseconds"};
  static constexpr std::string_view reals[] = {"score", "longitude", "latitude", "radius", "width", "height"};
  static constexpr std::string_view integers[] = {"bits",
                                                  "client-id",
                                                  "cluster-bus-port",
                                                  "config-epoch",
                                                  "count",
                                                  "cursor",
                                                  "db",
                                                  "decrement",
                                                  "destination-db",
                                                  "end",
                                                  "end-slot",
                                                  "entries-added",
                                                  "entries-read",
                                                  "frequency",
                                                  "increment",
                                                  "index",
                                                  "index1",
                                                  "index2",
                                                  "len",
                                                  "limit",
                                                  "milliseconds",
                                                  "min-match-len",
                                                  "ms",
                                                  "num-matches",
                                                  "numfields",
                                                  "numkeys",
                                                  "numlocal",
                                                  "numreplicas",
                                                  "offset",
                                                  "port",
                                                  "protover",
                                                  "rank",
                                                  "seconds",
                                                  "slot",
                                                  "start",
                                                  "start-slot",
                                                  "stop",
                                                  "timeout",
                                                  "ttl",
                                                  "version",
                                                  "weight"};
  static constexpr NamedType types[] = {{ArgumentType::key, keys},
                                        {ArgumentType::pattern, patterns},
                                        {ArgumentType::unix_time, times},
                                        {ArgumentType::real, reals},
                                        {ArgumentType::integer, integers}};
  for (const NamedType& type : types) {
    if (std::ranges::find(type.names, word) != type.names.end()) return type.type;
  }
  return ArgumentType::string;
}

// ---- from items to arguments

std::vector<Argument> build_sequence(std::span<const SyntaxItem> items, bool grouped);

Argument join(std::vector<Argument> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Argument block;
  block.type = ArgumentType::block;
  block.arguments = std::move(parts);
  return block;
}

Argument build_group(const SyntaxItem& item) {
  Argument group;
  if (item.alternatives.size() == 1) {
    group = join(build_sequence(item.alternatives.front(), true));
  } else {
    group.type = ArgumentType::oneof;
    for (const Items& alternative : item.alternatives)
      group.arguments.push_back(join(build_sequence(alternative, true)));
  }
  if (item.kind == SyntaxItem::Kind::optional) group.optional = true;
  if (item.repeated) {
    group.multiple = true;
    if (!group.token.empty() && item.alternatives.size() == 1) group.multiple_token = true;
  }
  return group;
}

Argument build_item(const SyntaxItem& item) {
  if (item.kind != SyntaxItem::Kind::word && item.kind != SyntaxItem::Kind::token) return build_group(item);
  Argument argument;
  argument.name = lower_case(item.text);
  if (item.kind == SyntaxItem::Kind::token) {
    argument.type = ArgumentType::pure_token;
    argument.token = item.text;
  } else {
    argument.type = type_of_word(item.text);
    argument.display = item.text;
  }
  return argument;
}

// How many of the items after a token it takes as its own.
size_t operands_of_token(std::span<const SyntaxItem> rest, bool opens_group) {
  size_t plain = 0;
  while (plain < rest.size() && rest[plain].kind != SyntaxItem::Kind::optional &&
         rest[plain].kind != SyntaxItem::Kind::token) {
    ++plain;
  }
  return opens_group && plain > 1 ? rest.size() : plain;
}

std::vector<Argument> build_sequence(std::span<const SyntaxItem> items, bool grouped) {
  std::vector<Argument> out;
  for (size_t at = 0; at < items.size(); ++at) {
    size_t operands = 0;
    if (items[at].kind == SyntaxItem::Kind::token) {
      operands = operands_of_token(items.subspan(at + 1), grouped && at == 0);
    }
    if (operands == 0) {
      out.push_back(build_item(items[at]));
      continue;
    }
    Argument argument = join(build_sequence(items.subspan(at + 1, operands), false));
    argument.token = items[at].text;
    out.push_back(std::move(argument));
    at += operands;
  }
  return out;
}

// ---- what the tree knows only as a whole: notes, names of groups, key specs

std::string_view first_word(const Argument& argument) {
  if (!argument.token.empty()) return argument.token;
  return argument.is_group() ? first_word(argument.arguments.front()) : argument.display;
}

struct Finisher {
  std::span<const ArgumentNote> notes;
  std::vector<bool> used;
  size_t key_specs = 0;
  size_t keys_seen = 0;

  void finish(Argument& argument) {
    apply_note(argument);
    if (argument.type == ArgumentType::key && argument.key_spec < 0 && key_specs > 0) {
      argument.key_spec = static_cast<int>(std::min(keys_seen++, key_specs - 1));
    }
    for (Argument& part : argument.arguments) finish(part);
    if (!argument.name.empty()) return;
    for (const Argument& part : argument.arguments) {
      if (!argument.name.empty()) argument.name += '-';
      argument.name += part.name;
    }
  }

  void apply_note(Argument& argument) {
    for (size_t i = 0; i < notes.size(); ++i) {
      const ArgumentNote& note = notes[i];
      if (used[i] || note.group != argument.is_group() || note.at != first_word(argument)) continue;
      used[i] = true;
      if (!note.name.empty()) argument.name = note.name;
      argument.since = note.since;
      argument.deprecated_since = note.deprecated_since;
      if (note.type != ArgumentType::block) argument.type = note.type;
      argument.key_spec = note.key_spec;
      return;
    }
  }
};

}  // namespace

Result<std::vector<Argument>> parse_syntax(std::string_view line, std::span<const ArgumentNote> notes,
                                           size_t key_specs) {
  Result<Items> items = split_syntax(line);
  if (!items) return items.error();
  std::vector<Argument> arguments = build_sequence(*items, false);
  Finisher finisher{.notes = notes, .used = std::vector<bool>(notes.size()), .key_specs = key_specs};
  for (Argument& argument : arguments) finisher.finish(argument);
  auto unused = std::ranges::find(finisher.used, false);
  if (unused != finisher.used.end()) {
    const ArgumentNote& note = notes[static_cast<size_t>(unused - finisher.used.begin())];
    return Error{fmt::format("The note on '{}' matches no argument in: {}", note.at, line)};
  }
  return arguments;
}

std::vector<Argument> arguments_of(const CommandSpec& spec) {
  size_t name = spec.name.size();
  if (!spec.container.empty()) name += spec.container.size() + 1;
  return parse_syntax(spec.syntax.substr(name), spec.arguments, spec.keys.size()).value();
}

std::string_view argument_type_name(ArgumentType type) {
  switch (type) {
    case ArgumentType::string: return "string";
    case ArgumentType::integer: return "integer";
    case ArgumentType::real: return "double";
    case ArgumentType::key: return "key";
    case ArgumentType::pattern: return "pattern";
    case ArgumentType::unix_time: return "unix-time";
    case ArgumentType::pure_token: return "pure-token";
    case ArgumentType::oneof: return "oneof";
    case ArgumentType::block: break;
  }
  return "block";
}

}  // namespace redoubt
