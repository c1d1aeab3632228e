#include "common/command/syntax.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace redoubt {
namespace {

// One line per tree: name:type(parts) with the token before it, ? optional, * multiple, ** with the token each time.
std::string print(const std::vector<Argument>& arguments);

std::string print(const Argument& argument) {
  std::string out;
  if (!argument.token.empty() && argument.type != ArgumentType::pure_token) out += fmt::format("{} ", argument.token);
  out += argument.name;
  if (argument.type == ArgumentType::pure_token) {
    out += fmt::format("={}", argument.token);
  } else {
    out += fmt::format(":{}", argument_type_name(argument.type));
  }
  if (argument.key_spec >= 0) out += fmt::format("#{}", argument.key_spec);
  if (argument.is_group()) out += fmt::format("({})", print(argument.arguments));
  if (argument.optional) out += '?';
  if (argument.multiple) out += argument.multiple_token ? "**" : "*";
  return out;
}

std::string print(const std::vector<Argument>& arguments) {
  std::string out;
  for (const Argument& argument : arguments) {
    if (!out.empty()) out += ", ";
    out += print(argument);
  }
  return out;
}

struct Case {
  std::string_view line;
  std::string_view tree;
};

TEST(Syntax, Trees) {
  const Case cases[] = {
      {"", ""},
      {"key", "key:key#0"},
      {"key seconds", "key:key#0, seconds:integer"},
      {"pattern", "pattern:pattern"},
      {"[message]", "message:string?"},
      {"key [key ...]", "key:key#0*"},
      {"[section [section ...]]", "section:string?*"},
      {"key value [key value ...]", "key-value:block(key:key#0, value:string)*"},
      {"[NX | XX]", "nx-xx:oneof(nx=NX, xx=XX)?"},
      {"<ON | OFF>", "on-off:oneof(on=ON, off=OFF)"},
      {"[GET]", "get=GET?"},
      {"[NOW] [FORCE]", "now=NOW?, force=FORCE?"},
      {"[EX seconds | EXAT unix-time-seconds | KEEPTTL]",
       "seconds-unix-time-seconds-keepttl:oneof(EX seconds:integer, EXAT unix-time-seconds:unix-time, "
       "keepttl=KEEPTTL)?"},
      {"[username] password", "username:string?, password:string"},
      {"[protover [AUTH username password] [SETNAME clientname]]",
       "protover-username-password-clientname:block(protover:integer, AUTH username-password:block(username:string, "
       "password:string)?, SETNAME clientname:string?)?"},
      {"[FILTERBY <MODULE module-name | PATTERN pattern>]",
       "FILTERBY module-name-pattern:oneof(MODULE module-name:string, PATTERN pattern:pattern)?"},
      {"[ID client-id [client-id ...]]", "ID client-id:integer?*"},
      {"[GET pattern [GET pattern ...]]", "GET pattern:pattern?**"},
      {"<a | [B b] | [C <D | E>] [a | [B b] | [C <D | E>] ...]>",
       "a-b-d-e:oneof(a:string, B b:string?, C d-e:oneof(d=D, e=E)?)*"},
      {"GROUP group consumer [COUNT count] STREAMS key [key ...] id [id ...]",
       "GROUP group-consumer:block(group:string, consumer:string), COUNT count:integer?, "
       "STREAMS key-id:block(key:key#0*, id:string*)"},
      {"<FROMMEMBER member | FROMLONLAT longitude latitude>",
       "member-longitude-latitude:oneof(FROMMEMBER member:string, FROMLONLAT longitude-latitude:block("
       "longitude:double, latitude:double))"},
      {"[COUNT count [ANY]]", "count-any:block(COUNT count:integer, any=ANY?)?"},
      {"[TO host port [FORCE]]", "TO host-port-force:block(host:string, port:integer, force=FORCE?)?"},
      {"[start [end [BYTE | BIT]]]",
       "start-end-byte-bit:block(start:integer, end-byte-bit:block(end:integer, byte-bit:oneof(byte=BYTE, "
       "bit=BIT)?)?)?"},
      {"threshold [= | ~]", "threshold:string, =-~:oneof(===, ~=~)?"},
      {"source destination", "source:key#0, destination:key#1"},
  };
  for (const Case& c : cases) {
    Result<std::vector<Argument>> tree = parse_syntax(c.line, {}, 2);
    ASSERT_TRUE(tree.has_value()) << c.line << ": " << tree.error().text;
    std::string printed = print(*tree);
    // Two key specs are on offer; a tree with one key only uses the first.
    EXPECT_EQ(printed, c.tree) << c.line;
  }
}

TEST(Syntax, KeysShareTheLastSpecAndHaveNoneWhenTheCommandHasNone) {
  EXPECT_EQ(print(*parse_syntax("key1 key2", {}, 1)), "key1:key#0, key2:key#0");
  EXPECT_EQ(print(*parse_syntax("key", {}, 0)), "key:key");
}

TEST(Syntax, NotesNameGroupsAndDateArguments) {
  static constexpr ArgumentNote notes[] = {
      {.at = "NX", .group = true, .name = "condition", .since = "2.6.12"},
      {.at = "XX", .since = "3.0"},
      {.at = "increment", .name = "by", .deprecated_since = "9.9", .type = ArgumentType::real},
      {.at = "A", .group = true, .name = "outer"},
      {.at = "A", .group = true, .name = "inner"}};
  Result<std::vector<Argument>> tree = parse_syntax("increment [NX | XX] <A a b | C>", notes, 0);
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(print(*tree),
            "by:double, condition:oneof(nx=NX, xx=XX)?, outer:oneof(A inner:block(a:string, b:string), c=C)");
  EXPECT_EQ((*tree)[0].display, "increment");
  EXPECT_EQ((*tree)[0].deprecated_since, "9.9");
  EXPECT_EQ((*tree)[1].since, "2.6.12");
  EXPECT_EQ((*tree)[1].arguments[0].since, "");
  EXPECT_EQ((*tree)[1].arguments[1].since, "3.0");
}

TEST(Syntax, MistakesAreReported) {
  const Case cases[] = {
      {"[key", "']' is missing in: [key"},
      {"<a | b", "'>' is missing in: <a | b"},
      {"key]", "']' in the wrong place in: key]"},
      {"<a]", "']' in the wrong place in: <a]"},
      {"a | b", "'|' outside brackets in: a | b"},
      {"[]", "a group is empty in: []"},
      {"[a | ]", "a group is empty in: [a | ]"},
      {"[ | a]", "an alternative is empty in: [ | a]"},
      {"key ...", "'...' in the wrong place in: key ..."},
      {"key [value ...]", "the repetition at word 1 does not repeat what stands before it in: key [value ...]"},
      {"[key ...]", "the repetition at word 0 does not repeat what stands before it in: [key ...]"},
      {"<a b> [b> ...]", "the repetition at word 4 begins inside an argument in: <a b> [b> ...]"},
  };
  for (const Case& c : cases) {
    Result<std::vector<Argument>> tree = parse_syntax(c.line, {}, 0);
    ASSERT_FALSE(tree.has_value()) << c.line << " gives " << print(*tree);
    EXPECT_EQ(tree.error().text, c.tree);
  }
  static constexpr ArgumentNote notes[] = {{.at = "nosuch", .name = "x"}};
  EXPECT_EQ(parse_syntax("key", notes, 0).error().text, "The note on 'nosuch' matches no argument in: key");
}

}  // namespace
}  // namespace redoubt
