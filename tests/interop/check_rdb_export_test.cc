// Exports of redoubt-check-rdb in real servers: what is piped in, or loaded as an AOF, is the data set that the RDB file is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "tests/support/program.h"
#include "tests/support/sample_data.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* tool = REDOUBT_BIN_DIR "/redoubt-check-rdb";
const Words debug = {"--enable-debug-command", "yes"};

// What only Redis has as yet.
void fill_streams(Link& link) {
  run_all(link, {{"FUNCTION", "LOAD", "#!lua name=mylib\nredis.register_function('f', function() return 1 end)"}});
  for (int i = 1; i <= 300; ++i) {
    const std::string id = std::to_string(i) + "-" + std::to_string(i % 3);
    run_all(link, {{"XADD", "stream", id, "field", std::to_string(i), "other", i % 5 == 0 ? "" : "text"}});
    if (i % 10 == 0) run_all(link, {{"XADD", "stream", id.substr(0, id.find('-')) + "-9", "odd", "x"}});
  }
  run_all(link, {{"XDEL", "stream", "7-1", "30-9", "300-0"},
                 {"XGROUP", "CREATE", "stream", "group", "0"},
                 {"XGROUP", "CREATE", "stream", "late", "$"},
                 {"XREADGROUP", "GROUP", "group", "alice", "COUNT", "20", "STREAMS", "stream", ">"},
                 {"XREADGROUP", "GROUP", "group", "bob", "COUNT", "5", "STREAMS", "stream", ">"},
                 {"XACK", "stream", "group", "1-1", "3-0"},
                 {"XGROUP", "CREATECONSUMER", "stream", "group", "quiet"},
                 {"XADD", "emptied", "5-5", "f", "v"},
                 {"XDEL", "emptied", "5-5"},
                 {"XGROUP", "CREATE", "made empty", "g", "0", "MKSTREAM"},
                 {"XADD", "plain stream", "1-1", "f", "v"}});
}

std::string export_of(const std::string& rdb, const Words& more) {
  Words words = {tool, rdb, "--export"};
  words.insert(words.end(), more.begin(), more.end());
  ProcessRun run(words);
  EXPECT_EQ(run.wait_for_exit(), 0) << run.err();
  EXPECT_EQ(run.err(), "");
  return run.out();
}

void pipe_into(int port, const std::string& commands) {
  ProcessRun cli({"redis-cli", "-p", std::to_string(port), "--pipe"}, {.input = commands});
  EXPECT_EQ(cli.wait_for_exit(), 0);
  EXPECT_THAT(cli.out(), HasSubstr("errors: 0")) << cli.out() << cli.err();
}

std::string digest(Link& link) { return to_line(link.run({"DEBUG", "DIGEST"})); }

// A directory whose log is this one file.
void make_log(const std::string& directory, const std::string& commands) {
  std::filesystem::create_directory(directory + "/appendonlydir");
  write_file(directory + "/appendonlydir/appendonly.aof.manifest", "file appendonly.aof.1.base.aof seq 1 type b\n");
  write_file(directory + "/appendonlydir/appendonly.aof.1.base.aof", commands);
}

Words log_words(const TemporaryDirectory& directory) {
  return {"--enable-debug-command", "yes", "--dir", directory.path(), "--appendonly", "yes"};
}

// What XINFO tells of a stream that commands can bring back: not when consumers were seen.
std::string told_of_stream(Link& link, const std::string& key) {
  std::function<std::string(const Value&)> text = [&text](const Value& value) {
    std::string all;
    for (size_t i = 0; i < value.items.size(); ++i) {
      const std::string& name = value.items[i].text;
      if (name == "seen-time" || name == "radix-tree-keys" || name == "radix-tree-nodes" || name == "idle") {
        ++i;
        continue;
      }
      all += text(value.items[i]) + ' ';
    }
    return value.items.empty() ? to_line(value) : "[" + all + "]";
  };
  return text(link.run({"XINFO", "STREAM", key, "FULL", "COUNT", "0"}));
}

TEST(CheckRdbExport, EverythingThatRedisSavedPipedIntoRedis) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_with_all_types(from);
  fill_streams(from);
  run_all(from, {{"SAVE"}});
  const std::string commands = export_of(source.directory() + "/dump.rdb", {"resp"});
  const Program target = Program::start_oracle(debug);
  pipe_into(target.port(), commands);
  Link to(target.port());
  EXPECT_EQ(digest(to), digest(from));
  for (const char* key : {"stream", "emptied", "made empty", "plain stream"}) {
    EXPECT_TRUE(told_of_stream(to, key) == told_of_stream(from, key)) << key;
  }
  EXPECT_EQ(to_line(to.run({"FUNCTION", "LIST", "WITHCODE"})), to_line(from.run({"FUNCTION", "LIST", "WITHCODE"})));
}

TEST(CheckRdbExport, WhatRedisSavedPipedIntoOurs) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_with_all_types(from);
  run_all(from, {{"SAVE"}});
  const std::string path = source.directory() + "/dump.rdb";
  ServerRun target(debug);
  pipe_into(target.port(), export_of(path, {"resp"}));
  const TemporaryDirectory directory;
  std::filesystem::copy(path, directory.path() + "/dump.rdb");
  ServerRun loaded({"--enable-debug-command", "yes", "--dir", directory.path()});
  Link to(target.port());
  Link other(loaded.port());
  EXPECT_EQ(to.run({"DBSIZE"}).integer, from.run({"DBSIZE"}).integer);
  EXPECT_EQ(digest(to), digest(other));
}

TEST(CheckRdbExport, WhatOursSavedPipedIntoBoth) {
  ServerRun source({"--enable-debug-command", "yes", "--dir", "."});
  Link from(source.port());
  fill_with_all_types(from);
  run_all(from, {{"SAVE"}});
  const std::string commands = export_of(source.directory() + "/dump.rdb", {"resp"});
  ServerRun ours(debug);
  pipe_into(ours.port(), commands);
  Link to(ours.port());
  EXPECT_EQ(digest(to), digest(from));
  const Program oracle = Program::start_oracle(debug);
  pipe_into(oracle.port(), commands);
  Link theirs(oracle.port());
  EXPECT_EQ(digest(theirs), digest(from));
}

TEST(CheckRdbExport, FieldsThatExpireComeBackInOurs) {
  ServerRun source({"--enable-debug-command", "yes", "--dir", "."});
  Link from(source.port());
  fill_with_all_types(from);
  run_all(from, {{"HPEXPIREAT", "big hash", "4102444800000", "FIELDS", "3", "1", "500", "999"},
                 {"HPEXPIREAT", "hash", "4102444800001", "FIELDS", "1", "f"},
                 {"SAVE"}});
  ServerRun ours(debug);
  pipe_into(ours.port(), export_of(source.directory() + "/dump.rdb", {"resp"}));
  Link to(ours.port());
  EXPECT_EQ(digest(to), digest(from));
  EXPECT_EQ(to_line(to.run({"HPEXPIRETIME", "big hash", "FIELDS", "2", "500", "2"})),
            to_line(from.run({"HPEXPIRETIME", "big hash", "FIELDS", "2", "500", "2"})));
}

TEST(CheckRdbExport, AnAofLoadsInBoth) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_with_all_types(from);
  run_all(from, {{"SAVE"}});
  const TemporaryDirectory first;
  const TemporaryDirectory second;
  const std::string path = first.path() + "/out.aof";
  EXPECT_EQ(export_of(source.directory() + "/dump.rdb", {"aof", "--output", path}), "");
  ProcessRun check({"redis-check-aof", path});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.out();
  for (const TemporaryDirectory* directory : {&first, &second}) make_log(directory->path(), read_file(path));
  const Program theirs = Program::start_oracle(log_words(first));
  Link loaded(theirs.port());
  EXPECT_EQ(digest(loaded), digest(from));
  ServerRun ours(log_words(second));
  Link other(ours.port());
  EXPECT_EQ(digest(other), digest(from));
}

TEST(CheckRdbExport, AnAofWithStreamsAndFunctionsLoadsInRedis) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_streams(from);
  run_all(from, {{"SAVE"}});
  const TemporaryDirectory directory;
  make_log(directory.path(), export_of(source.directory() + "/dump.rdb", {"aof"}));
  const Program target = Program::start_oracle(log_words(directory));
  Link loaded(target.port());
  EXPECT_EQ(digest(loaded), digest(from));
  EXPECT_TRUE(told_of_stream(loaded, "stream") == told_of_stream(from, "stream"));
  EXPECT_EQ(to_line(loaded.run({"FUNCTION", "LIST"})), to_line(from.run({"FUNCTION", "LIST"})));
}

TEST(CheckRdbExport, JsonAndCsvAreReadByPython) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_with_all_types(from);
  fill_streams(from);
  run_all(from, {{"SAVE"}});
  const std::string rdb = source.directory() + "/dump.rdb";
  const TemporaryDirectory directory;
  write_file(directory.path() + "/out.json", export_of(rdb, {"json"}));
  write_file(directory.path() + "/out.csv", export_of(rdb, {"csv"}));
  const std::string script = R"(
import base64, csv, json, sys
keys = {}
for line in open(sys.argv[1], encoding='utf-8'):
    one = json.loads(line)
    if one['type'] == 'function':
        assert 'mylib' in one['code']
        continue
    name = one['key'] if isinstance(one['key'], str) else base64.b64decode(one['key']['base64'])
    keys[one['db'], name] = one
assert len(keys) == int(sys.argv[3]), len(keys)
assert keys[0, 'volatile']['expires_ms'] == 4102444800123
assert [n for n in keys if isinstance(n[1], bytes)] == [(0, b'\0\xff\r\n*1\r\n$8\r\nFLUSHALL\r\n')]
assert len(keys[0, 'table']['value']) == 1000
assert {'member': 'a', 'score': 'inf'} in keys[0, 'zset']['value']
stream = keys[0, 'stream']['value']
assert stream['length'] == len(stream['entries']) == 327
group = [g for g in stream['groups'] if g['name'] == 'group'][0]
assert sorted(c['name'] for c in group['consumers']) == ['alice', 'bob', 'quiet']
assert len(group['pending']) == sum(len(c['pending']) for c in group['consumers']) == 23
csv.field_size_limit(10 ** 8)
rows = list(csv.DictReader(open(sys.argv[2], newline='', encoding='latin-1')))
assert len([r for r in rows if r['key'] == 'big hash']) == 1000
assert all(r['expires_ms'] == '4102444800456' for r in rows if r['key'] == 'big hash')
assert [r['value'] for r in rows if r['key'] == 'list'] == ['a', '', '-5']
assert len({r['id'] for r in rows if r['key'] == 'stream'}) == 327
)";
  const auto keys = from.run({"DBSIZE"}).integer + 1;
  ProcessRun check(
      {"python3", "-c", script, directory.path() + "/out.json", directory.path() + "/out.csv", std::to_string(keys)});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.err();
}

TEST(CheckRdbExport, WhatStandsBeforeTheDamageIsExported) {
  const Program source = Program::start_oracle(debug);
  Link from(source.port());
  fill_with_all_types(from);
  run_all(from, {{"SAVE"}});
  std::string bytes = read_file(source.directory() + "/dump.rdb");
  const TemporaryDirectory directory;
  write_file(directory.path() + "/cut.rdb", bytes.substr(0, bytes.size() - 200));
  ProcessRun run({tool, directory.path() + "/cut.rdb", "--export", "resp"});
  EXPECT_EQ(run.wait_for_exit(), 1);
  EXPECT_THAT(run.err(), HasSubstr("is damaged at offset"));
  const Program target = Program::start_oracle(debug);
  pipe_into(target.port(), run.out());
  Link to(target.port());
  EXPECT_GT(to.run({"DBSIZE"}).integer, 5);
}

}  // namespace
}  // namespace redoubt
