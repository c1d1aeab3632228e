// Our command tables against the answers of Debian's Redis 7.0: COMMAND INFO and COMMAND DOCS of every command that we
// have. Where 7.2 differs from 7.0, a table below names the command and what differs; what it names must really differ.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "common/command/command_spec.h"
#include "common/command/key_finder.h"
#include "common/command/syntax.h"
#include "server/commands/command_info.h"
#include "tests/support/link.h"
#include "tests/support/program.h"
#include "tests/support/written.h"

namespace redoubt {
namespace {

using Facts = std::map<std::string, std::string>;  // what is said: how
using Differences = std::map<std::string, std::set<std::string>>;

const std::set<std::string> newer_commands = {"client|no-touch", "client|setinfo", "waitaof",
                                              // 7.4
                                              "hexpire", "hexpireat", "hexpiretime", "hpersist", "hpexpire",
                                              "hpexpireat", "hpexpiretime", "hpttl", "httl"};

const Differences info_differences = {
    {"blmove", {"flags"}},
    {"blpop", {"flags"}},
    {"brpop", {"flags"}},
    {"brpoplpush", {"flags"}},
    {"bzpopmax", {"flags"}},
    {"bzpopmin", {"flags"}},
    {"client|setname", {"tips"}},
    {"command|getkeys", {"arity"}},
    {"command|getkeysandflags", {"arity"}},
    {"config|resetstat", {"tips"}},
    {"config|rewrite", {"tips"}},
    {"randomkey", {"tips"}},
    {"scan", {"tips"}},
    {"wait", {"flags", "categories"}},
    {"zrank", {"arity"}},
    {"zrevrank", {"arity"}},
};

const Differences docs_differences = {
    {"client|kill", {"names", "shape"}},
    {"client|list", {"names", "shape", "history"}},
    {"client|reply", {"names"}},
    {"client|unblock", {"names"}},
    {"command|getkeys", {"names", "shape"}},
    {"command|getkeysandflags", {"names", "shape"}},
    {"config|get", {"names", "shape"}},
    {"config|set", {"names"}},
    {"flushall", {"names"}},
    {"flushdb", {"names"}},
    {"hello", {"names"}},
    {"hmset", {"names"}},
    {"hscan", {"names", "shape"}},
    {"hset", {"names"}},
    {"lcs", {"names"}},
    {"mset", {"names"}},
    {"msetnx", {"names"}},
    {"psetex", {"deprecated", "doc_flags"}},
    {"quit", {"deprecated", "doc_flags"}},
    {"setex", {"deprecated", "doc_flags"}},
    {"setnx", {"deprecated", "doc_flags"}},
    {"shutdown", {"names"}},
    {"sort", {"names"}},
    {"sort_ro", {"names"}},
    {"zadd", {"names"}},
    {"zrange", {"names"}},
    {"zrangebylex", {"names"}},
    {"zrangebyscore", {"names"}},
    {"zrangestore", {"names"}},
    {"zrank", {"names", "shape", "history"}},
    {"zrevrangebylex", {"names"}},
    {"zrevrangebyscore", {"names"}},
    {"zrevrank", {"names", "shape", "history"}},
};

void for_each_spec(const std::function<void(const CommandSpec&)>& visit) {
  for (std::span<const CommandSpec> family : all_command_specs()) {
    for (const CommandSpec& spec : family) {
      visit(spec);
      for (const CommandSpec& subcommand : spec.subcommands) visit(subcommand);
    }
  }
}

template <typename E>
std::string flag_words(E flags, std::span<const FlagName<E>> names, std::string_view prefix = "") {
  std::set<std::string> words;
  for (const FlagName<E>& entry : names) {
    if (has(flags, entry.flag)) words.insert(std::string(prefix).append(entry.name));
  }
  std::string out;
  for (const std::string& word : words) out += word + ' ';
  return out;
}

std::string sorted_words(const Value& list) {
  std::set<std::string> words;
  for (const Value& item : list.items) words.insert(item.text);
  std::string out;
  for (const std::string& word : words) out += word + ' ';
  return out;
}

// ---- COMMAND INFO

std::string key_facts(const KeySpec& key) {
  std::string out = flag_words(key.flags, key_flag_names());
  if (!key.notes.empty()) out += "with notes ";
  switch (key.begin) {
    case KeySpec::Begin::unknown: out += "unknown "; break;
    case KeySpec::Begin::index: out += fmt::format("index index={} ", key.index); break;
    case KeySpec::Begin::keyword: out += fmt::format("keyword keyword={} startfrom={} ", key.keyword, key.index); break;
  }
  switch (key.find) {
    case KeySpec::Find::unknown: out += "unknown "; break;
    case KeySpec::Find::range:
      out += fmt::format("range lastkey={} keystep={} limit={} ", key.last_key, key.step, key.limit);
      break;
    case KeySpec::Find::keynum:
      out += fmt::format("keynum keynumidx={} firstkey={} keystep={} ", key.keynum_index, key.first_key, key.step);
      break;
  }
  return out;
}

std::string key_facts(const Value& key) {
  std::string out = sorted_words(*key.field("flags"));
  if (key.field("notes") != nullptr) out += "with notes ";
  for (const char* part : {"begin_search", "find_keys"}) {
    const Value& search = *key.field(part);
    out += search.field("type")->text + ' ';
    const Value& spec = *search.field("spec");
    for (size_t i = 0; i + 1 < spec.items.size(); i += 2) {
      const Value& value = spec.items[i + 1];
      out += fmt::format("{}={} ", spec.items[i].text, value.kind == ':' ? std::to_string(value.integer) : value.text);
    }
  }
  return out;
}

Facts info_facts(const CommandSpec& spec) {
  const KeyRange range = legacy_key_range(spec);
  Facts facts = {{"arity", std::to_string(spec.arity)},
                 {"flags", flag_words(spec.flags, command_flag_names())},
                 {"range", fmt::format("{} {} {}", range.first, range.last, range.step)},
                 {"categories", flag_words(spec.categories, acl_category_names(), "@")}};
  std::set<std::string> tips(spec.tips.begin(), spec.tips.end());
  for (const std::string& tip : tips) facts["tips"] += tip + ' ';
  for (const KeySpec& key : spec.keys) facts["keys"] += key_facts(key) + "; ";
  std::set<std::string> names;
  for (const CommandSpec& subcommand : spec.subcommands) names.insert(full_name(subcommand));
  for (const std::string& name : names) facts["subcommands"] += name + ' ';
  return facts;
}

Facts info_facts(const Value& info) {
  Facts facts = {
      {"arity", std::to_string(info.items.at(1).integer)},
      {"flags", sorted_words(info.items.at(2))},
      {"range", fmt::format("{} {} {}", info.items.at(3).integer, info.items.at(4).integer, info.items.at(5).integer)},
      {"categories", sorted_words(info.items.at(6))}};
  if (!info.items.at(7).items.empty()) facts["tips"] = sorted_words(info.items.at(7));
  for (const Value& key : info.items.at(8).items) facts["keys"] += key_facts(key) + "; ";
  std::set<std::string> names;
  for (const Value& subcommand : info.items.at(9).items) names.insert(subcommand.items.at(0).text);
  for (const std::string& name : names) facts["subcommands"] += name + ' ';
  return facts;
}

// ---- COMMAND DOCS

// The tree as text; without names, to compare shapes where 7.2 only renamed.
std::string tree(const std::vector<Argument>& arguments, bool names) {
  std::string out;
  for (const Argument& argument : arguments) {
    out += fmt::format("{}:{}", names ? argument.name : "", argument_type_name(argument.type));
    if (argument.key_spec >= 0) out += fmt::format(" key_spec_index={}", argument.key_spec);
    if (!argument.token.empty()) out += fmt::format(" token={}", argument.token);
    if (!argument.since.empty()) out += fmt::format(" since={}", argument.since);
    if (!argument.deprecated_since.empty()) out += fmt::format(" deprecated_since={}", argument.deprecated_since);
    if (argument.optional) out += " optional";
    if (argument.multiple) out += " multiple";
    if (argument.multiple_token) out += " multiple_token";
    if (argument.is_group()) out += fmt::format(" ({})", tree(argument.arguments, names));
    out += "; ";
  }
  return out;
}

std::string tree(const Value& arguments, bool names) {
  std::string out;
  for (const Value& argument : arguments.items) {
    out += fmt::format("{}:{}", names ? argument.field("name")->text : "", argument.field("type")->text);
    if (const Value* spec = argument.field("key_spec_index")) out += fmt::format(" key_spec_index={}", spec->integer);
    for (const char* name : {"token", "since", "deprecated_since"}) {
      if (const Value* field = argument.field(name)) out += fmt::format(" {}={}", name, field->text);
    }
    if (const Value* flags = argument.field("flags")) {
      for (const Value& flag : flags->items) out += ' ' + flag.text;
    }
    if (const Value* parts = argument.field("arguments")) out += fmt::format(" ({})", tree(*parts, names));
    out += "; ";
  }
  return out;
}

Facts docs_facts(const CommandSpec& spec) {
  const std::vector<Argument> arguments = arguments_of(spec);
  Facts facts = {{"since", std::string(spec.since)},
                 {"group", std::string(spec.group)},
                 {"names", tree(arguments, true)},
                 {"shape", tree(arguments, false)},
                 {"complexity", spec.complexity.empty() ? "absent" : "present"}};
  if (spec.complexity == "O(1)") facts["complexity"] = "O(1)";
  if (!spec.deprecated_since.empty())
    facts["deprecated"] = fmt::format("{} {}", spec.deprecated_since, spec.replaced_by);
  facts["doc_flags"] = spec.system_command ? "syscmd " : "";
  if (!spec.deprecated_since.empty()) facts["doc_flags"] += "deprecated ";
  for (const HistoryNote& note : spec.history) facts["history"] += fmt::format("{} ", note.since);
  return facts;
}

Facts docs_facts(const Value& docs) {
  static const Value none;
  const Value* arguments = docs.field("arguments");
  if (arguments == nullptr) arguments = &none;
  Facts facts = {{"since", docs.field("since")->text},
                 {"group", docs.field("group")->text},
                 {"names", tree(*arguments, true)},
                 {"shape", tree(*arguments, false)},
                 {"complexity", "absent"}};
  if (const Value* text = docs.field("complexity")) facts["complexity"] = text->text == "O(1)" ? "O(1)" : "present";
  if (const Value* since = docs.field("deprecated_since")) {
    facts["deprecated"] = fmt::format("{} {}", since->text, docs.field("replaced_by")->text);
  }
  facts["doc_flags"] = docs.field("doc_flags") == nullptr ? "" : sorted_words(*docs.field("doc_flags"));
  if (const Value* history = docs.field("history")) {
    for (const Value& note : history->items) facts["history"] += note.items.at(0).text + ' ';
  }
  return facts;
}

// ----

void expect_equal(const std::string& name, const Facts& ours, const Facts& theirs, const Differences& differences) {
  std::set<std::string> keys;
  for (const auto& [key, text] : ours) keys.insert(key);
  for (const auto& [key, text] : theirs) keys.insert(key);
  const auto listed = differences.find(name);
  for (const std::string& key : keys) {
    const std::string our_text = ours.contains(key) ? ours.at(key) : "";
    const std::string their_text = theirs.contains(key) ? theirs.at(key) : "";
    if (listed != differences.end() && listed->second.contains(key)) {
      EXPECT_NE(our_text, their_text) << name << ": " << key << " is listed as a difference but is none";
    } else {
      EXPECT_EQ(our_text, their_text) << name << ": " << key;
    }
  }
}

class CommandInfo : public testing::Test {
 protected:
  static void SetUpTestSuite() { oracle_ = new Program(Program::start_oracle()); }
  static void TearDownTestSuite() {
    delete oracle_;
    oracle_ = nullptr;
  }
  static Program* oracle_;
};
Program* CommandInfo::oracle_ = nullptr;

TEST_F(CommandInfo, FactsOfOurTablesAreThoseOfTheOracle) {
  Link oracle(oracle_->port());
  for_each_spec([&](const CommandSpec& spec) {
    const std::string name = full_name(spec);
    Value info = oracle.run({"COMMAND", "INFO", name});
    ASSERT_EQ(info.items.size(), 1u) << name;
    if (newer_commands.contains(name)) {
      EXPECT_TRUE(info.items[0].is_null()) << name;
      return;
    }
    ASSERT_EQ(info.items[0].kind, '*') << name;
    Facts theirs = info_facts(info.items[0]);
    // Subcommands are compared one by one; which of them exist grows with the issues.
    Facts ours = info_facts(spec);
    theirs.erase("subcommands");
    ours.erase("subcommands");
    expect_equal(name, ours, theirs, info_differences);
  });
}

TEST_F(CommandInfo, DocumentationOfOurTablesIsThatOfTheOracle) {
  Link oracle(oracle_->port());
  for_each_spec([&](const CommandSpec& spec) {
    const std::string name = full_name(spec);
    Value docs = oracle.run({"COMMAND", "DOCS", name});
    if (newer_commands.contains(name)) {
      EXPECT_TRUE(docs.items.empty()) << name;
      return;
    }
    ASSERT_EQ(docs.items.size(), 2u) << name;
    EXPECT_EQ(docs.items[0].text, name);
    expect_equal(name, docs_facts(spec), docs_facts(docs.items[1]), docs_differences);
  });
}

// Every command and subcommand that has a spec, as the server would have them.
CommandTable full_table() {
  CommandTable table;
  for_each_spec([&](const CommandSpec& spec) { table.handle(full_name(spec), [](CommandContext&) {}); });
  return table;
}

// Makes answers comparable that may differ in the order of sets, in prose, and in what 7.2 added.
Value normal(Value value) {
  static const std::set<std::string> prose = {"summary", "complexity", "notes"};
  static const std::set<std::string> dropped = {"display_text", "subcommands"};
  const bool is_map = value.kind == '%';
  std::vector<Value> items;
  for (size_t i = 0; i < value.items.size(); ++i) {
    if (is_map && i % 2 == 0 && dropped.contains(value.items[i].text)) {
      ++i;
      continue;
    }
    items.push_back(normal(std::move(value.items[i])));
    if (!is_map || i % 2 == 0) continue;
    const std::string& name = items[items.size() - 2].text;
    if (prose.contains(name)) items.back().text = "...";
    if (name == "history") {
      for (Value& note : items.back().items) note.items.at(1).text = "...";
    }
  }
  if (value.kind == '~') std::ranges::sort(items, {}, to_line);
  value.items = std::move(items);
  return value;
}

TEST_F(CommandInfo, AnswersAreWrittenAsTheOracleWritesThem) {
  Link oracle(oracle_->port());
  ASSERT_EQ(oracle.run({"HELLO", "3"}).kind, '%');
  const CommandTable table = full_table();
  table.for_each([&](const Command& command) {
    const std::string& name = command.full_name;
    if (newer_commands.contains(name)) return;
    if (!info_differences.contains(name) && command.subcommands.empty()) {
      Value theirs = normal(oracle.run({"COMMAND", "INFO", name}).items.at(0));
      Value ours = normal(written(3, [&](ReplyWriter& reply) { write_command_info(reply, command); }));
      EXPECT_EQ(to_line(ours), to_line(theirs));
    }
    if (!docs_differences.contains(name)) {
      Value theirs = normal(oracle.run({"COMMAND", "DOCS", name}));
      Value ours = normal(written(3, [&](ReplyWriter& reply) {
        reply.map(1);
        write_command_docs(reply, command);
      }));
      EXPECT_EQ(to_line(ours), to_line(theirs));
    }
  });
}

TEST_F(CommandInfo, KeysAndListsAreFoundAsTheOracleFindsThem) {
  Link oracle(oracle_->port());
  ASSERT_EQ(oracle.run({"HELLO", "3"}).kind, '%');
  const CommandTable table = full_table();
  const std::vector<std::vector<std::string>> calls = {
      {"nosuch", "a"},
      {"get", "a", "b"},
      {"object", "nosuch", "a"},
      {"object|encoding", "a"},
      {"ping", "a"},
      {"config", "get", "a"},
      {"command", "nosuch"},
      {"SET", "a", "1"},
      {"set", "a", "1", "px", "gEt"},
      {"set", "get", "get"},
      {"mset", "a", "1", "b"},
      {"mset", "a", "1", "b", "2"},
      {"copy", "a", "b", "replace"},
      {"lcs", "a", "b"},
      {"Object", "Freq", "a"},
      {"memory", "usage", "a"},
      {"memory", "usage", "a", "samples", "1"},
      {"rename", "a", "b"},
      {"getex", "a", "persist"},
      {"blpop", "a", "b", "0"},
      {"blmpop", "0", "2", "a", "b", "left"},
      {"lmpop", "2", "a", "b", "left"},
      {"lmpop", "0", "a", "left"},
      {"lmpop", "3", "a", "left"},
      {"lmove", "a", "b", "left", "right"},
      {"sdiffstore", "a", "b", "c"},
      {"sintercard", "1", "a", "limit", "2"},
      {"sintercard", "x", "a", "limit", "2"},
      {"smove", "a", "b", "c"},
      {"zunionstore", "a", "2", "b", "c", "weights", "1", "2"},
      {"zunionstore", "a", "0", "b"},
      {"zunion", "1", "a", "withscores"},
      {"zinter", "-1", "a"},
      {"zrangestore", "a", "b", "0", "-1"},
      {"bzpopmin", "a", "0"},
      {"bzmpop", "0", "1", "a", "min"},
      {"hset", "a", "b", "c"},
      {"sort", "a"},
      {"sort", "a", "store", "b"},
      {"sort", "a", "STORE", "b", "get", "store", "by", "x", "store", "c", "alpha"},
      {"sort", "a", "store"},
      {"sort", "a", "limit", "store", "b"},
      {"sort", "a", "limit", "store", "b", "store", "c"},
      {"sort", "a", "store", "get", "store", "b"},
      {"sort", "get", "get", "get"},
      {"sort_ro", "a", "store", "b"},
      {"sort_ro", "a", "get", "#"},
  };
  for (const std::vector<std::string>& call : calls) {
    const std::vector<std::string_view> args(call.begin(), call.end());
    for (bool with_flags : {false, true}) {
      std::vector<std::string> words = {"COMMAND", with_flags ? "GETKEYSANDFLAGS" : "GETKEYS"};
      words.insert(words.end(), call.begin(), call.end());
      Value theirs = normal(oracle.run(words));
      Value ours = normal(written(3, [&](ReplyWriter& reply) { write_keys(reply, table, args, with_flags); }));
      EXPECT_EQ(to_line(ours), to_line(theirs)) << testing::PrintToString(words);
    }
  }
  const std::vector<std::vector<std::string>> lists = {
      {"COMMAND", "LIST", "FILTERBY", "PATTERN", "config*"},
      {"COMMAND", "LIST", "filterby", "pattern", "[gs]ET"},
      {"COMMAND", "LIST", "FILTERBY", "ACLCAT", "nosuch"},
      {"COMMAND", "LIST", "FILTERBY", "ACLCAT", "@string"},
      {"COMMAND", "LIST", "FILTERBY", "MODULE", "nosuch"},
      {"COMMAND", "LIST", "x"},
      {"COMMAND", "LIST", "FILTERBY", "PATTERN"},
      {"COMMAND", "LIST", "FILTERBY", "NOSUCH", "x"},
      {"COMMAND", "LIST", "FILTERBY", "PATTERN", "get", "more"},
      {"COMMAND", "LIST", "FILTERBY", "ACLCAT", "STRING"},
  };
  for (const std::vector<std::string>& words : lists) {
    const std::vector<std::string_view> args(words.begin(), words.end());
    Value theirs = oracle.run(words);
    Value ours = written(3, [&](ReplyWriter& reply) { write_command_list(reply, table, args); });
    std::ranges::sort(theirs.items, {}, &Value::text);
    std::ranges::sort(ours.items, {}, &Value::text);
    EXPECT_EQ(to_line(ours), to_line(theirs)) << testing::PrintToString(words);
  }
}

TEST_F(CommandInfo, TheTablesOfDifferencesNameCommandsThatWeHave) {
  for (const Differences* differences : {&info_differences, &docs_differences}) {
    for (const auto& [name, what] : *differences) EXPECT_NE(find_by_full_name(name), nullptr) << name;
  }
  for (const std::string& name : newer_commands) EXPECT_NE(find_by_full_name(name), nullptr) << name;
}

}  // namespace
}  // namespace redoubt
