#include "common/command/key_finder.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

using Words = std::vector<std::string_view>;

struct Key {
  size_t position;
  KeyFlag flags;
  bool operator==(const Key&) const = default;
};

void PrintTo(const Key& key, std::ostream* out) {
  *out << '(' << key.position << ", " << static_cast<uint32_t>(key.flags) << ')';
}

// The keys of a call, or nullopt when it makes no sense.
std::optional<std::vector<Key>> keys_of(const CommandSpec& spec, const Words& args) {
  std::vector<FoundKey> found = {{.position = 77}};
  if (!find_keys(spec, args, found)) {
    EXPECT_TRUE(found.empty());
    return std::nullopt;
  }
  std::vector<Key> keys;
  for (const FoundKey& key : found) keys.push_back({key.position, key.flags});
  return keys;
}

constexpr KeyFlag ro = KeyFlag::ro | KeyFlag::access;
constexpr KeyFlag ow_update = KeyFlag::ow | KeyFlag::update;
constexpr KeyFlag rw_all = KeyFlag::rw | KeyFlag::access | KeyFlag::update;

struct Case {
  Words args;
  std::vector<Key> keys;
};

TEST(KeyFinder, CommandsThatWeHave) {
  const Case cases[] = {
      {{"GET", "a"}, {{1, ro}}},
      {{"MGET", "a", "b", "c"}, {{1, ro}, {2, ro}, {3, ro}}},
      {{"MSET", "a", "1", "b", "2"}, {{1, ow_update}, {3, ow_update}}},
      {{"MSET", "a", "1", "b"}, {{1, ow_update}, {3, ow_update}}},
      {{"COPY", "a", "b", "DB", "1"}, {{1, ro}, {2, ow_update}}},
      {{"LCS", "a", "b", "LEN"}, {{1, ro}, {2, ro}}},
      {{"DEL", "a", "b"}, {{1, KeyFlag::rm | KeyFlag::del}, {2, KeyFlag::rm | KeyFlag::del}}},
      {{"OBJECT", "ENCODING", "a"}, {{2, KeyFlag::ro}}},
      {{"MEMORY", "USAGE", "a", "SAMPLES", "1"}, {{2, KeyFlag::ro}}},
      {{"SET", "a", "1"}, {{1, ow_update}}},
      {{"SET", "GET", "get"}, {{1, ow_update}}},
      {{"SET", "a", "1", "EX", "1", "gEt"}, {{1, rw_all}}},
      {{"PING", "a"}, {}},
  };
  for (const Case& c : cases) {
    const CommandSpec* spec = find_command_spec(c.args[0]);
    ASSERT_NE(spec, nullptr) << c.args[0];
    if (!spec->subcommands.empty()) spec = find_subcommand_spec(*spec, c.args[1]);
    ASSERT_NE(spec, nullptr) << c.args[1];
    EXPECT_EQ(keys_of(*spec, c.args), c.keys) << testing::PrintToString(c.args);
  }
}

TEST(KeyFinder, MissingArgumentsAreAnError) {
  EXPECT_EQ(keys_of(*find_command_spec("get"), {"GET"}), std::nullopt);
  EXPECT_EQ(keys_of(*find_command_spec("mset"), {"MSET"}), std::nullopt);
  EXPECT_EQ(keys_of(*find_command_spec("copy"), {"COPY", "a"}), std::nullopt);
  EXPECT_EQ(keys_of(*find_command_spec("set"), {"SET", "a"}), std::nullopt);
  EXPECT_EQ(keys_of(*find_command_spec("get"), {}), std::nullopt);
}

// Shapes that later commands need: a count of keys (EVAL, ZUNIONSTORE), a keyword (XREAD, SORT ... STORE), channels.
constexpr KeySpec count_then_keys[] = {
    {.flags = rw_all, .index = 2, .find = KeySpec::Find::keynum, .keynum_index = 0, .first_key = 1}};
constexpr KeySpec keyword_then_half[] = {
    {.flags = ro, .begin = KeySpec::Begin::keyword, .index = 1, .keyword = "STREAMS", .last_key = -1, .limit = 2}};
constexpr KeySpec key_and_store[] = {
    {.flags = ro}, {.flags = ow_update, .begin = KeySpec::Begin::keyword, .index = 2, .keyword = "STORE"}};
constexpr KeySpec keyword_from_end[] = {
    {.flags = ro, .begin = KeySpec::Begin::keyword, .index = -2, .keyword = "KEYS", .last_key = -1}};
constexpr KeySpec channels[] = {{.flags = KeyFlag::not_key, .last_key = -1}};
constexpr KeySpec odd_steps[] = {{.flags = ro, .last_key = -1, .step = 3}};
constexpr KeySpec nowhere[] = {{.flags = ro | KeyFlag::incomplete, .begin = KeySpec::Begin::unknown}};

struct ShapeCase {
  std::span<const KeySpec> specs;
  Words args;
  std::optional<std::vector<Key>> keys;
};

TEST(KeyFinder, EveryShapeOfSpec) {
  const std::vector<Key> none;
  const ShapeCase cases[] = {
      {count_then_keys, {"EVAL", "s", "2", "a", "b", "c"}, {{{3, rw_all}, {4, rw_all}}}},
      {count_then_keys, {"EVAL", "s", "3", "a", "b", "c"}, {{{3, rw_all}, {4, rw_all}, {5, rw_all}}}},
      {count_then_keys, {"EVAL", "s", "0", "a"}, none},
      {count_then_keys, {"ZUNIONSTORE", "s", "0", "a"}, std::nullopt},
      {count_then_keys, {"EVAL", "s", "4", "a", "b", "c"}, std::nullopt},
      {count_then_keys, {"EVAL", "s", "-1", "a"}, std::nullopt},
      {count_then_keys, {"EVAL", "s", "x", "a"}, std::nullopt},
      {count_then_keys, {"EVAL", "s", "9223372036854775807", "a"}, std::nullopt},
      {count_then_keys, {"EVAL", "s"}, std::nullopt},
      {keyword_then_half, {"XREAD", "COUNT", "1", "streams", "a", "b", "0", "0"}, {{{4, ro}, {5, ro}}}},
      {keyword_then_half, {"XREAD", "STREAMS", "a", "0"}, {{{2, ro}}}},
      {keyword_then_half, {"XREAD", "COUNT", "1"}, none},
      {keyword_then_half, {"XREAD", "COUNT", "1", "STREAMS"}, none},
      {keyword_then_half, {"XREAD", "STREAMS", "a"}, std::nullopt},
      {key_and_store, {"SORT", "a", "ALPHA", "STORE", "b"}, {{{1, ro}, {4, ow_update}}}},
      {key_and_store, {"SORT", "a", "ALPHA"}, {{{1, ro}}}},
      {key_and_store, {"SORT", "STORE", "ALPHA"}, {{{1, ro}}}},
      {keyword_from_end, {"MIGRATE", "KEYS", "x", "KEYS", "a", "b"}, {{{4, ro}, {5, ro}}}},
      {keyword_from_end, {"MIGRATE", "h", "p"}, none},
      {channels, {"SPUBLISH", "a", "b"}, none},
      {odd_steps, {"X", "a", "1", "2", "b", "1", "2"}, {{{1, ro}, {4, ro}}}},
      {nowhere, {"X", "a"}, std::nullopt},
  };
  for (const ShapeCase& c : cases) {
    const CommandFlag flags = c.args[0] == "EVAL" ? CommandFlag::no_mandatory_keys : CommandFlag::none;
    const CommandSpec spec{.name = "x", .flags = flags, .keys = c.specs};
    EXPECT_EQ(keys_of(spec, c.args), c.keys) << testing::PrintToString(c.args);
  }
}

bool last_argument(std::span<const std::string_view> args, std::vector<FoundKey>& found) {
  found.push_back({.position = args.size() - 1, .flags = KeyFlag::rw});
  return args.back() != "bad";
}

TEST(KeyFinder, TheRuleOfACommandIsAskedWhereSpecsDoNotSuffice) {
  const std::vector<Key> last = {{2, KeyFlag::rw}};
  const CommandSpec unknown{.name = "x", .keys = nowhere, .key_rule = last_argument};
  EXPECT_EQ(keys_of(unknown, {"X", "a", "b"}), last);
  EXPECT_EQ(keys_of(unknown, {"X", "a", "bad"}), std::nullopt);
  const CommandSpec count{.name = "x", .keys = count_then_keys, .key_rule = last_argument};
  EXPECT_EQ(keys_of(count, {"X", "a", "1", "k"}), (std::vector<Key>{{3, rw_all}}));
  EXPECT_EQ(keys_of(count, {"X", "a", "9"}), last) << "specs that do not fit fall back to the rule";
}

TEST(KeyFinder, CanHaveKeys) {
  EXPECT_TRUE(can_have_keys(*find_command_spec("get")));
  EXPECT_FALSE(can_have_keys(*find_command_spec("ping")));
  EXPECT_FALSE(can_have_keys(CommandSpec{.name = "x", .keys = channels}));
  EXPECT_TRUE(can_have_keys(CommandSpec{.name = "x", .key_rule = last_argument}));
}

struct RangeCase {
  std::string_view what;
  std::span<const KeySpec> specs;
  KeyRange range;
};

TEST(KeyFinder, LegacyRange) {
  static constexpr KeySpec pair_and_rest[] = {{.flags = ro}, {.flags = ro, .index = 2, .last_key = -1}};
  static constexpr KeySpec gap[] = {{.flags = ro}, {.flags = ro, .index = 3}};
  static constexpr KeySpec unfinished[] = {{.flags = ro | KeyFlag::incomplete, .index = 3}};
  const RangeCase cases[] = {
      {"none", {}, {}},
      {"pair and rest", pair_and_rest, {1, -1, 1, false}},
      {"gap", gap, {1, 1, 1, true}},
      {"step", odd_steps, {1, -1, 3, false}},
      {"count", count_then_keys, {0, 0, 0, true}},
      {"key and keyword", key_and_store, {1, 1, 1, true}},
      {"incomplete", unfinished, {3, 3, 1, true}},
      {"channels", channels, {1, -1, 1, false}},
      {"mset", find_command_spec("mset")->keys, {1, -1, 2, false}},
      {"copy", find_command_spec("copy")->keys, {1, 2, 1, false}},
      {"lcs", find_command_spec("lcs")->keys, {1, 2, 1, false}},
      {"object encoding", find_by_full_name("object|encoding")->keys, {2, 2, 1, false}},
  };
  for (const RangeCase& c : cases) {
    const KeyRange range = legacy_key_range(CommandSpec{.name = "x", .keys = c.specs});
    EXPECT_EQ(range.first, c.range.first) << c.what;
    EXPECT_EQ(range.last, c.range.last) << c.what;
    EXPECT_EQ(range.step, c.range.step) << c.what;
    EXPECT_EQ(range.movable, c.range.movable) << c.what;
  }
}

}  // namespace
}  // namespace redoubt
