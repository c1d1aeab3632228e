#include "common/command/command_spec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

#include "common/command/key_finder.h"
#include "common/command/syntax.h"

namespace redoubt {
namespace {

void for_each_spec(const std::function<void(const CommandSpec&)>& visit) {
  for (std::span<const CommandSpec> family : all_command_specs()) {
    for (const CommandSpec& spec : family) {
      visit(spec);
      for (const CommandSpec& subcommand : spec.subcommands) visit(subcommand);
    }
  }
}

TEST(CommandSpec, LookupIgnoresCaseAndFindsEveryCommandByItsName) {
  size_t count = 0;
  for (std::span<const CommandSpec> family : all_command_specs()) {
    for (const CommandSpec& spec : family) {
      ++count;
      EXPECT_EQ(find_command_spec(spec.name), &spec) << spec.name << " stands twice in the tables, or is not found";
      std::string upper(spec.name);
      std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
      EXPECT_EQ(find_command_spec(upper), &spec);
      EXPECT_EQ(find_by_full_name(upper), &spec);
    }
  }
  EXPECT_GE(count, 64u);
  EXPECT_NE(find_command_spec("gEt"), nullptr);
  for (std::string_view absent : {"", "ge", "gett", "get ", "config|get", "nosuch", "g\xC5t"}) {
    EXPECT_EQ(find_command_spec(absent), nullptr) << absent;
  }
  const std::string embedded_zero("get\0", 4);
  EXPECT_EQ(find_command_spec(embedded_zero), nullptr);
}

TEST(CommandSpec, SubcommandsAreFoundByWordAndByFullName) {
  const CommandSpec* config = find_command_spec("config");
  ASSERT_NE(config, nullptr);
  const CommandSpec* get = find_subcommand_spec(*config, "GET");
  ASSERT_NE(get, nullptr);
  EXPECT_EQ(full_name(*get), "config|get");
  EXPECT_EQ(full_name(*config), "config");
  EXPECT_EQ(find_by_full_name("Config|Get"), get);
  EXPECT_EQ(find_subcommand_spec(*config, "nosuch"), nullptr);
  for (std::string_view absent : {"config|", "config|nosuch", "get|x", "config|get|x", "|", "|get"}) {
    EXPECT_EQ(find_by_full_name(absent), nullptr) << absent;
  }
}

TEST(CommandSpec, EverySpecIsComplete) {
  for_each_spec([](const CommandSpec& spec) {
    SCOPED_TRACE(full_name(spec));
    EXPECT_FALSE(spec.name.empty());
    EXPECT_TRUE(std::ranges::none_of(spec.name, [](unsigned char c) { return std::isupper(c); }));
    EXPECT_FALSE(spec.summary.empty());
    EXPECT_FALSE(spec.since.empty());
    EXPECT_NE(spec.arity, 0);
    static const std::set<std::string_view> groups = {"connection", "generic", "string", "server",
                                                      "list",       "hash",    "set",    "sorted-set"};
    EXPECT_TRUE(groups.contains(spec.group)) << spec.group;
    EXPECT_EQ(spec.deprecated_since.empty(), spec.replaced_by.empty());
    std::string name(spec.container.empty() ? "" : std::string(spec.container) + " ");
    name += spec.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    EXPECT_TRUE(spec.syntax == name || spec.syntax.starts_with(name + " ")) << spec.syntax;
    for (const CommandSpec& subcommand : spec.subcommands) EXPECT_EQ(subcommand.container, spec.name);
  });
}

// Some categories and flags follow from others; the tables write them out, so they must agree.
TEST(CommandSpec, ImpliedCategoriesAndFlagsAgree) {
  for_each_spec([](const CommandSpec& spec) {
    SCOPED_TRACE(full_name(spec));
    const auto implies = [&](CommandFlag flag, AclCategory category) {
      if (has(spec.flags, flag)) {
        EXPECT_TRUE(has(spec.categories, category));
      }
    };
    implies(CommandFlag::write, AclCategory::write);
    implies(CommandFlag::readonly, AclCategory::read);
    implies(CommandFlag::admin, AclCategory::admin);
    implies(CommandFlag::admin, AclCategory::dangerous);
    implies(CommandFlag::pubsub, AclCategory::pubsub);
    implies(CommandFlag::blocking, AclCategory::blocking);
    EXPECT_EQ(has(spec.categories, AclCategory::fast), has(spec.flags, CommandFlag::fast));
    EXPECT_NE(has(spec.categories, AclCategory::fast), has(spec.categories, AclCategory::slow));
    EXPECT_FALSE(has(spec.flags, CommandFlag::write) && has(spec.flags, CommandFlag::readonly));
    EXPECT_EQ(legacy_key_range(spec).movable, has(spec.flags, CommandFlag::movablekeys));
  });
}

size_t count_keys(const std::vector<Argument>& arguments) {
  size_t keys = 0;
  for (const Argument& argument : arguments) {
    if (argument.type == ArgumentType::key) ++keys;
    keys += count_keys(argument.arguments);
  }
  return keys;
}

size_t fewest_words(const Argument& argument) {
  if (argument.optional) return 0;
  size_t words = argument.token.empty() ? 0 : 1;
  if (argument.type == ArgumentType::oneof) {
    size_t fewest = SIZE_MAX;
    for (const Argument& part : argument.arguments) {
      // A choice of options still asks for one of them.
      Argument chosen = part;
      chosen.optional = false;
      fewest = std::min(fewest, fewest_words(chosen));
    }
    return words + fewest;
  }
  if (argument.type == ArgumentType::pure_token) return 1;
  if (argument.type != ArgumentType::block) return words + 1;
  for (const Argument& part : argument.arguments) words += fewest_words(part);
  return words;
}

bool is_open_ended(const std::vector<Argument>& arguments) {
  return std::ranges::any_of(arguments, [](const Argument& argument) {
    return argument.optional || argument.multiple || is_open_ended(argument.arguments);
  });
}

TEST(CommandSpec, SyntaxAgreesWithArityAndKeySpecs) {
  for_each_spec([](const CommandSpec& spec) {
    SCOPED_TRACE(full_name(spec));
    const std::vector<Argument> arguments = arguments_of(spec);
    EXPECT_EQ(count_keys(arguments) > 0, can_have_keys(spec));
    if (spec.name == "debug" || !spec.subcommands.empty()) return;  // their arguments depend on the subcommand
    size_t fewest = spec.container.empty() ? 1 : 2;
    for (const Argument& argument : arguments) fewest += fewest_words(argument);
    // Four commands count less strictly than their syntax reads.
    static const std::set<std::string> loose = {"command|docs", "command|info", "client|kill", "quit"};
    if (loose.contains(full_name(spec))) return;
    if (spec.arity > 0) {
      EXPECT_EQ(static_cast<size_t>(spec.arity), fewest);
      EXPECT_FALSE(is_open_ended(arguments));
    } else {
      EXPECT_EQ(static_cast<size_t>(-spec.arity), fewest);
    }
  });
}

TEST(CommandSpec, FlagNamesCoverEveryBitOnce) {
  const auto covers = [](const auto& names, uint32_t all) {
    uint32_t seen = 0;
    for (const auto& entry : names) {
      EXPECT_EQ(seen & static_cast<uint32_t>(entry.flag), 0u) << entry.name;
      seen |= static_cast<uint32_t>(entry.flag);
    }
    EXPECT_EQ(seen, all);
  };
  covers(command_flag_names(), (1u << 20) - 1);
  covers(acl_category_names(), (1u << 21) - 1);
  covers(key_flag_names(), (1u << 11) - 1);
  EXPECT_EQ(find_acl_category("SortedSet"), AclCategory::sortedset);
  EXPECT_EQ(find_acl_category("@string"), std::nullopt);
  EXPECT_EQ(find_acl_category(""), std::nullopt);
}

}  // namespace
}  // namespace redoubt
