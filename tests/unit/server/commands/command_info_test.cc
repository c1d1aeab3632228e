#include "server/commands/command_info.h"

#include <gtest/gtest.h>

#include "common/command/command_spec.h"
#include "server/dispatch/context.h"
#include "tests/support/written.h"

namespace redoubt {
namespace {

void never_called(CommandContext&) { FAIL(); }

class CommandInfoReplies : public testing::Test {
 protected:
  CommandInfoReplies() {
    register_command_info(table_);
    for (const char* name : {"get", "set", "mset", "ping", "object|encoding", "object|freq", "copy", "client|list"}) {
      table_.handle(name, never_called);
    }
  }

  std::string info(int version, std::string_view name) {
    const Command* command = find_listed_command(table_, name);
    if (command == nullptr) return "absent";
    return to_line(written(version, [&](ReplyWriter& reply) { write_command_info(reply, *command); }));
  }
  std::string list(const std::vector<std::string_view>& args) {
    return to_line(written(2, [&](ReplyWriter& reply) { write_command_list(reply, table_, args); }));
  }
  std::string keys(const std::vector<std::string_view>& args, bool with_flags = false) {
    return to_line(written(3, [&](ReplyWriter& reply) { write_keys(reply, table_, args, with_flags); }));
  }

  CommandTable table_;
};

TEST_F(CommandInfoReplies, InfoInBothProtocols) {
  EXPECT_EQ(
      info(2, "GET"),
      "*($get :2 *(+readonly +fast) :1 :1 :1 *(+@read +@string +@fast) *() *(*($flags *(+RO +access) "
      "$begin_search *($type $index $spec *($index :1)) $find_keys *($type $range $spec *($lastkey :0 $keystep :1 "
      "$limit :0)))) *())");
  EXPECT_EQ(
      info(3, "get"),
      "*($get :2 ~(+readonly +fast) :1 :1 :1 ~(+@read +@string +@fast) ~() ~(%($flags ~(+RO +access) "
      "$begin_search %($type $index $spec %($index :1)) $find_keys %($type $range $spec %($lastkey :0 $keystep :1 "
      "$limit :0)))) ~())");
}

TEST_F(CommandInfoReplies, InfoNestsTheSubcommandsThatThereAre) {
  const std::string object = info(3, "object");
  EXPECT_TRUE(object.starts_with("*($object :-2 ~() :0 :0 :0 ~(+@slow) ~() ~() *(*($object|encoding :3 ")) << object;
  EXPECT_NE(object.find("*($object|freq"), std::string::npos);
  EXPECT_EQ(object.find("object|idletime"), std::string::npos) << "has no function here";
}

TEST_F(CommandInfoReplies, NamesFollowTheTable) {
  EXPECT_TRUE(info(2, "Object|Encoding").starts_with("*($object|encoding "));
  for (const char* name :
       {"", "nosuch", "object|nosuch", "object|", "get|x", "object|encoding|x", "command|", "incr"}) {
    EXPECT_EQ(info(2, name), "absent") << name;
  }
  ASSERT_TRUE(table_.rename("get", "fetch").has_value());
  EXPECT_EQ(info(2, "get"), "absent");
  EXPECT_TRUE(info(2, "fetch").starts_with("*($get "));
}

// Commands of later issues have key specs that none here has: every shape is written once.
TEST_F(CommandInfoReplies, EveryShapeOfKeySpec) {
  static constexpr KeySpec keys[] = {
      {.flags = KeyFlag::ro | KeyFlag::incomplete,
       .begin = KeySpec::Begin::unknown,
       .find = KeySpec::Find::unknown,
       .notes = "why"},
      {.flags = KeyFlag::rm | KeyFlag::del,
       .begin = KeySpec::Begin::keyword,
       .index = -2,
       .keyword = "KEYS",
       .find = KeySpec::Find::keynum,
       .step = 2,
       .keynum_index = 3,
       .first_key = 4},
  };
  static constexpr std::string_view tips[] = {"tip"};
  static constexpr CommandSpec spec{
      .name = "x", .arity = -4, .categories = AclCategory::slow, .keys = keys, .tips = tips};
  Command command;
  command.spec = &spec;
  command.full_name = "x";
  EXPECT_EQ(to_line(written(3, [&](ReplyWriter& reply) { write_command_info(reply, command); })),
            "*($x :-4 ~() :0 :0 :0 ~(+@slow) ~($tip) "
            "~(%($notes $why $flags ~(+RO +incomplete) $begin_search %($type $unknown $spec %()) "
            "$find_keys %($type $unknown $spec %())) "
            "%($flags ~(+RM +delete) $begin_search %($type $keyword $spec %($keyword $KEYS $startfrom :-2)) "
            "$find_keys %($type $keynum $spec %($keynumidx :3 $firstkey :4 $keystep :2)))) ~())");
}

TEST_F(CommandInfoReplies, DocsInBothProtocols) {
  static constexpr HistoryNote history[] = {{"2.0.0", "Grew."}};
  static constexpr ArgumentNote notes[] = {{.at = "NX", .group = true, .name = "condition", .since = "3.0.0"},
                                           {.at = "EX", .deprecated_since = "4.0.0"}};
  static constexpr KeySpec keys[] = {{.flags = KeyFlag::ro}};
  static constexpr CommandSpec spec{.name = "x",
                                    .syntax = "X key [NX | XX] [EX seconds] [GET pattern [GET pattern ...]]",
                                    .summary = "Does x",
                                    .since = "1.0.0",
                                    .group = "generic",
                                    .keys = keys,
                                    .history = history,
                                    .deprecated_since = "5.0.0",
                                    .replaced_by = "y",
                                    .system_command = true,
                                    .arguments = notes};
  Command command;
  command.spec = &spec;
  command.full_name = "x";
  const auto write = [&](ReplyWriter& reply) {
    reply.map(1);
    write_command_docs(reply, command);
  };
  EXPECT_EQ(to_line(written(3, write)),
            "%($x %($summary $Does x $since $1.0.0 $group $generic $doc_flags ~(+deprecated +syscmd) "
            "$deprecated_since $5.0.0 $replaced_by $y $history ~(*($2.0.0 $Grew.)) $arguments *("
            "%($name $key $type $key $display_text $key $key_spec_index :0) "
            "%($name $condition $type $oneof $since $3.0.0 $flags ~(+optional) $arguments *("
            "%($name $nx $type $pure-token $display_text $nx $token $NX) "
            "%($name $xx $type $pure-token $display_text $xx $token $XX))) "
            "%($name $seconds $type $integer $display_text $seconds $token $EX $deprecated_since $4.0.0 $flags "
            "~(+optional)) "
            "%($name $pattern $type $pattern $display_text $pattern $token $GET $flags ~(+optional +multiple "
            "+multiple_token)))))");
  const Value resp2 = written(2, write);
  EXPECT_EQ(resp2.kind, '*');
  EXPECT_EQ(resp2.items.at(1).kind, '*');
  EXPECT_EQ(resp2.items.at(1).field("arguments")->items.at(0).kind, '*');
}

TEST_F(CommandInfoReplies, DocsOfAContainerNestTheSubcommandsThatThereAre) {
  const Value docs = written(3, [&](ReplyWriter& reply) {
    reply.map(1);
    write_command_docs(reply, *table_.find_full("object"));
  });
  const Value* subcommands = docs.items.at(1).field("subcommands");
  ASSERT_NE(subcommands, nullptr);
  EXPECT_EQ(subcommands->kind, '%');
  ASSERT_EQ(subcommands->items.size(), 4u);
  EXPECT_EQ(subcommands->items[0].text, "object|encoding");
  EXPECT_EQ(subcommands->items[1].field("since")->text, "2.2.3");
}

TEST_F(CommandInfoReplies, List) {
  const std::string all = list({"COMMAND", "LIST"});
  for (const char* name : {"$get ", "$object ", "$object|encoding", "$command ", "$command|list"}) {
    EXPECT_NE(all.find(name), std::string::npos) << name << " in " << all;
  }
  EXPECT_EQ(all.find("$incr"), std::string::npos) << "has no function here";
  EXPECT_EQ(list({"COMMAND", "LIST", "filterby", "pattern", "OBJ*"}), "*($object $object|encoding $object|freq)");
  EXPECT_EQ(list({"COMMAND", "LIST", "FILTERBY", "ACLCAT", "String"}), "*($get $set $mset)");
  EXPECT_EQ(list({"COMMAND", "LIST", "FILTERBY", "ACLCAT", "@string"}), "*()");
  EXPECT_EQ(list({"COMMAND", "LIST", "FILTERBY", "ACLCAT", ""}), "*()");
  EXPECT_EQ(list({"COMMAND", "LIST", "FILTERBY", "MODULE", "x"}), "*()");
  const std::vector<std::string_view> wrong[] = {
      {"COMMAND", "LIST", "x"},
      {"COMMAND", "LIST", "FILTERBY", "PATTERN"},
      {"COMMAND", "LIST", "FILTERBY", "BAD", "x"},
      {"COMMAND", "LIST", "WITH", "PATTERN", "x"},
      {"COMMAND", "LIST", "FILTERBY", "PATTERN", "x", "y"},
  };
  for (const auto& args : wrong) EXPECT_EQ(list(args), "-ERR syntax error") << args.size() << " words";
}

TEST_F(CommandInfoReplies, Keys) {
  EXPECT_EQ(keys({"MSET", "a", "1", "b", "2"}), "*($a $b)");
  EXPECT_EQ(keys({"OBJECT", "ENCODING", "a"}), "*($a)");
  EXPECT_EQ(keys({"set", "a", "1"}, true), "*(*($a ~(+OW +update)))");
  EXPECT_EQ(keys({"set", "a", "1", "GET"}, true), "*(*($a ~(+RW +access +update)))");
  EXPECT_EQ(keys({"copy", "a", "b"}, true), "*(*($a ~(+RO +access)) *($b ~(+OW +update)))");
  const std::string no_command = "-ERR Invalid command specified";
  EXPECT_EQ(keys({"nosuch", "a"}), no_command);
  EXPECT_EQ(keys({"object", "nosuch", "a"}), no_command);
  EXPECT_EQ(keys({"object|encoding", "a"}), no_command);
  EXPECT_EQ(keys({"command", "nosuch"}), no_command);
  EXPECT_EQ(keys({"incr", "a"}), no_command) << "has no function here";
  const std::string no_keys = "-ERR The command has no key arguments";
  EXPECT_EQ(keys({"ping", "a"}), no_keys);
  EXPECT_EQ(keys({"command"}), no_keys);
  EXPECT_EQ(keys({"object"}), no_keys);
  EXPECT_EQ(keys({"client", "list", "x", "y", "z"}), no_keys);
  EXPECT_EQ(keys({"get"}), "-ERR Invalid number of arguments specified for command");
  EXPECT_EQ(keys({"get", "a", "b"}), "-ERR Invalid number of arguments specified for command");
}

}  // namespace
}  // namespace redoubt
