#include "check-rdb/export/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "common/aof/aof_value_writer.h"
#include "common/resp/request_parser.h"
#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

constexpr int64_t now = 1'700'000'000'000;

struct Exported {
  std::string text;
  bool sound = false;
  uint64_t keys = 0;
  bool left_part = false;
};

Exported run(ExportFormat format, const std::string& file, const KeyFilter& filter = {}) {
  PieceSource source(file);
  RdbReader reader(source);
  Exported exported;
  {
    Output out(exported.text);
    ExportTarget target(out);
    const auto exporter = Exporter::make(format, target, filter, now);
    exporter->begin();
    exported.sound = reader.read_all(*exporter).has_value();
    if (!exported.sound) exporter->break_off();
    EXPECT_TRUE(target.finish());
    exported.keys = exporter->keys();
    exported.left_part = exporter->left_part_of_key();
  }
  return exported;
}

Lines commands(const Exported& exported) {
  RequestBatch batch;
  RequestParser parser;
  Lines lines;
  for (std::string_view rest = exported.text; !rest.empty();) {
    batch = {};
    const size_t used = parser.parse(rest, 100'000, {}, batch);
    if (used == 0) {
      ADD_FAILURE() << "no command: " << rest.substr(0, 50);
      break;
    }
    rest.remove_prefix(used);
    for (const auto& request : batch.requests) {
      std::string& text = lines.emplace_back();
      for (const std::string_view word : batch.args_of(request)) text.append(text.empty() ? "" : " ").append(word);
    }
  }
  return lines;
}

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    EXPECT_NE(end, std::string_view::npos);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

RdbBytes& expires_at(RdbBytes& file, int64_t ms) { return file.byte(252).u64(static_cast<uint64_t>(ms)); }

RdbBytes& stream_value(RdbBytes& file) {
  file.length(1).string(stream_id_bytes({100, 1}));
  file.string(stream_listpack_of({"f"}, {{{0, 0}, {"1"}, 2}, {{5, 0}, {"x", "y", "z", ""}, 0}}));
  file.length(2).length(105).length(1).length(100).length(1).length(99).length(0).length(7);
  file.length(2);  // groups
  file.string("g").length(100).length(1).length(1);
  file.length(2).raw(stream_id_bytes({100, 1})).u64(static_cast<uint64_t>(now)).length(3);
  file.raw(stream_id_bytes({105, 1})).u64(static_cast<uint64_t>(now)).length(1);
  file.length(2).string("idle").u64(5).u64(5).length(0);
  file.string("busy").u64(6).u64(6).length(2).raw(stream_id_bytes({100, 1})).raw(stream_id_bytes({105, 1}));
  return file.string("empty").length(0).length(0).length(0).length(0).length(0);
}

// One of each type.
std::string sample() {
  RdbBytes file(12);
  file.byte(250).strings({"redis-ver", "7.4"}).byte(245).string("#!lua name=x\n").byte(254).length(0);
  file.key(0, "string").string("a\"b,\n");
  expires_at(file, now + 5).key(18, "list").length(2).length(2).string(listpack_of({"a", "1"})).length(1).string("b");
  file.key(2, "set").length(2).strings({"x", "y"});
  file.byte(254).length(3);
  file.key(5, "zset").length(2).string("m").real(1.5).string("n").real(std::numeric_limits<double>::infinity());
  file.key(25, "hash").u64(5).string(listpack_of({"old", "v", "5", "f", "v", std::to_string(now + 9), "g", "w", "0"}));
  stream_value(file.key(21, "stream"));
  return file.end();
}

TEST(Exporter, Commands) {
  const Exported exported = run(ExportFormat::resp, sample());
  EXPECT_TRUE(exported.sound);
  EXPECT_EQ(exported.keys, 6U);
  EXPECT_EQ(commands(exported),
            (Lines{"FUNCTION LOAD #!lua name=x\n", "SELECT 0", "SET string a\"b,\n", "RPUSH list a 1 b",
                   "PEXPIREAT list 1700000000005", "SADD set x y", "SELECT 3", "ZADD zset 1.5 m inf n",
                   "HMSET hash f v g w", "HPEXPIREAT hash 1700000000009 FIELDS 1 f", "XADD stream 100-1 f 1",
                   "XADD stream 105-1 x y z ", "XSETID stream 105-1 ENTRIESADDED 7 MAXDELETEDID 99-0",
                   "XGROUP CREATE stream g 100-1 ENTRIESREAD 1", "XGROUP CREATECONSUMER stream g idle",
                   "XCLAIM stream g busy 0 100-1 TIME 1700000000000 RETRYCOUNT 3 JUSTID FORCE",
                   "XCLAIM stream g busy 0 105-1 TIME 1700000000000 RETRYCOUNT 1 JUSTID FORCE",
                   "XGROUP CREATE stream empty 0-0 ENTRIESREAD 0"}));
  EXPECT_EQ(run(ExportFormat::aof, sample()).text, exported.text);
}

TEST(Exporter, JsonLines) {
  const std::string hash =
      R"({"db":3,"key":"hash","type":"hash","value":[{"field":"f","value":"v","expires_ms":1700000000009},)"
      R"({"field":"g","value":"w"}]})";
  const std::string stream =
      R"({"db":3,"key":"stream","type":"stream","value":{"entries":[{"id":"100-1","fields":[["f","1"]]},)"
      R"({"id":"105-1","fields":[["x","y"],["z",""]]}],"length":2,"last_id":"105-1","first_id":"100-1",)"
      R"("max_deleted_id":"99-0","entries_added":7,"groups":[{"name":"g","last_id":"100-1","entries_read":1,)"
      R"("pending":[{"id":"100-1","delivered_ms":1700000000000,"deliveries":3},)"
      R"({"id":"105-1","delivered_ms":1700000000000,"deliveries":1}],"consumers":[)"
      R"({"name":"idle","seen_ms":5,"active_ms":5,"pending":[]},)"
      R"({"name":"busy","seen_ms":6,"active_ms":6,"pending":["100-1","105-1"]}]},)"
      R"({"name":"empty","last_id":"0-0","entries_read":0,"pending":[],"consumers":[]}]}})";
  const Lines lines = lines_of(run(ExportFormat::json, sample()).text);
  EXPECT_EQ(
      lines,
      (Lines{
          R"({"type":"function","code":"#!lua name=x\n"})",
          R"({"db":0,"key":"string","type":"string","value":"a\"b,\n"})",
          R"({"db":0,"key":"list","type":"list","expires_ms":1700000000005,"value":["a","1","b"]})",
          R"({"db":0,"key":"set","type":"set","value":["x","y"]})",
          R"({"db":3,"key":"zset","type":"zset","value":[{"member":"m","score":1.5},{"member":"n","score":"inf"}]})",
          hash,
          stream,
      }));
}

TEST(Exporter, CsvRows) {
  EXPECT_EQ(run(ExportFormat::csv, sample()).text,
            "db,key,type,expires_ms,id,field,value,field_expires_ms\r\n"
            "0,string,string,,,,\"a\"\"b,\n\",\r\n"
            "0,list,list,1700000000005,0,,a,\r\n"
            "0,list,list,1700000000005,1,,1,\r\n"
            "0,list,list,1700000000005,2,,b,\r\n"
            "0,set,set,,,,x,\r\n"
            "0,set,set,,,,y,\r\n"
            "3,zset,zset,,,m,1.5,\r\n"
            "3,zset,zset,,,n,inf,\r\n"
            "3,hash,hash,,,f,v,1700000000009\r\n"
            "3,hash,hash,,,g,w,\r\n"
            "3,stream,stream,,100-1,f,1,\r\n"
            "3,stream,stream,,105-1,x,y,\r\n"
            "3,stream,stream,,105-1,z,,\r\n");
}

TEST(Exporter, Filters) {
  RdbBytes file(11);
  file.byte(245).string("code").byte(254).length(0).key(0, "a:1").string("v").key(2, "a:2").length(1).string("m");
  expires_at(file, now).key(0, "a:old").string("v");
  expires_at(file, now + 1).key(0, "a:new").string("v");
  file.byte(254).length(5).key(0, "a:1").string("v").key(0, "b").string("v");
  const std::string bytes = file.end();
  const auto names = [&bytes](const KeyFilter& filter) {
    std::string all;
    for (const std::string& line : lines_of(run(ExportFormat::json, bytes, filter).text)) {
      const json::object object = json::parse(line).as_object();
      if (!object.contains("key")) {
        all += "function ";
        continue;
      }
      all +=
          std::to_string(object.at("db").to_number<int>()) + "/" + json::value_to<std::string>(object.at("key")) + " ";
    }
    return all;
  };
  EXPECT_EQ(names({}), "function 0/a:1 0/a:2 0/a:new 5/a:1 5/b ");
  EXPECT_EQ(names({.expired = ExpiredKeys::include}), "function 0/a:1 0/a:2 0/a:old 0/a:new 5/a:1 5/b ");
  EXPECT_EQ(names({.expired = ExpiredKeys::only}), "0/a:old ");
  EXPECT_EQ(names({.db = 5}), "5/a:1 5/b ");
  EXPECT_EQ(names({.kind = RdbKind::set}), "0/a:2 ");
  EXPECT_EQ(names({.match = "a:?"}), "0/a:1 0/a:2 5/a:1 ");
  EXPECT_EQ(names({.match = "a:*", .kind = RdbKind::string, .db = 0}), "0/a:1 0/a:new ");
  EXPECT_EQ(names({.match = "none"}), "");
}

TEST(Exporter, ExpiredFieldsGoWithExpiredKeys) {
  RdbBytes file(12);
  file.key(24, "h").u64(5).length(1).length(1).strings({"old", "v"});
  const std::string bytes = file.end();
  EXPECT_EQ(commands(run(ExportFormat::resp, bytes)), Lines{"SELECT 0"});
  EXPECT_EQ(commands(run(ExportFormat::resp, bytes, {.expired = ExpiredKeys::include})),
            (Lines{"SELECT 0", "HMSET h old v", "HPEXPIREAT h 5 FIELDS 1 old"}));
}

TEST(Exporter, HostileNamesAreData) {
  RdbBytes file(11);
  const std::string name("\xff\r\n*1\r\n$8\r\nFLUSHALL\r\n\0", 24);
  file.key(0, name).string("\xfe");
  const std::string bytes = file.end();
  EXPECT_EQ(commands(run(ExportFormat::resp, bytes)), (Lines{"SELECT 0", "SET " + name + " \xfe"}));
  const json::object object = json::parse(lines_of(run(ExportFormat::json, bytes).text).at(0)).as_object();
  EXPECT_TRUE(object.at("key").as_object().contains("base64"));
  EXPECT_EQ(object.at("value").as_object().at("base64"), "/g==");
}

TEST(Exporter, AnEmptyStreamIsExported) {
  RdbBytes file(11);
  file.key(19, "x").length(0).length(0).length(9).length(2).length(0).length(0).length(9).length(2).length(4).length(0);
  EXPECT_EQ(commands(run(ExportFormat::resp, file.end())),
            (Lines{"SELECT 0", "XADD x MAXLEN 0 9-2 x y", "XSETID x 9-2 ENTRIESADDED 4 MAXDELETEDID 9-2"}));
}

// ---- damage ---------------------------------------------------------------------------------------

std::string broken(int elements, size_t size) {
  RdbBytes file(11);
  file.key(0, "whole").string("v").key(4, "broken").length(static_cast<uint64_t>(elements) + 1);
  for (int i = 0; i < elements; ++i) file.string("f" + std::to_string(i)).string(std::string(size, 'x'));
  return file.bytes();
}

TEST(Exporter, OfABrokenKeyNothingIsLeft) {
  for (const ExportFormat format : {ExportFormat::resp, ExportFormat::json, ExportFormat::csv}) {
    const Exported exported = run(format, broken(100, 10));
    EXPECT_FALSE(exported.sound);
    EXPECT_EQ(exported.keys, 1U);
    EXPECT_FALSE(exported.left_part);
    EXPECT_EQ(exported.text.find("broken"), std::string::npos);
  }
}

TEST(Exporter, ABrokenKeyOfWhichSomeHasLeftIsDeletedOrMarked) {
  const std::string file = broken(3000, 1000);
  const Exported resp = run(ExportFormat::resp, file);
  EXPECT_TRUE(resp.left_part);
  const Lines lines = commands(resp);
  EXPECT_EQ(lines[1], "SET whole v");
  EXPECT_EQ(lines.back(), "DEL broken");
  const Lines objects = lines_of(run(ExportFormat::json, file).text);
  ASSERT_EQ(objects.size(), 2U);
  const json::object object = json::parse(objects[1]).as_object();
  EXPECT_EQ(object.at("incomplete"), true);
  EXPECT_EQ(object.at("value").as_array().size(), 3000U);
}

TEST(Exporter, AStreamThatBreaksOffAnywhereIsJson) {
  // Entries that fill the buffer; then the file ends at each byte of what follows.
  RdbBytes file(11);
  const std::string large(ExportTarget::most_buffered, 'x');
  file.key(21, "s")
      .length(2)
      .string(stream_id_bytes({1, 1}))
      .string(stream_listpack_of({}, {{{0, 0}, {"f", std::string_view(large)}, 0}}));
  const size_t begin = file.bytes().size();
  file.string(stream_id_bytes({100, 1})).string(stream_listpack_of({"f"}, {{{0, 0}, {"1"}, 2}}));
  file.length(2).length(100).length(1).length(1).length(1).length(0).length(0).length(2).length(2);
  for (const char* group : {"g", "h"}) {
    file.string(group).length(100).length(1).length(2);
    file.length(2).raw(stream_id_bytes({1, 1})).u64(5).length(3).raw(stream_id_bytes({100, 1})).u64(5).length(3);
    file.length(2).string("a").u64(5).u64(5).length(1).raw(stream_id_bytes({1, 1}));
    file.string("b").u64(6).u64(6).length(1).raw(stream_id_bytes({100, 1}));
  }
  const std::string whole = file.bytes();
  for (size_t size = begin; size < whole.size(); ++size) {
    const Lines lines = lines_of(run(ExportFormat::json, whole.substr(0, size)).text);
    ASSERT_EQ(lines.size(), 1U);
    boost::system::error_code error;
    const json::value value = json::parse(lines[0], error);
    ASSERT_FALSE(error) << size - begin << ": " << lines[0].substr(lines[0].size() - 200);
    EXPECT_EQ(value.as_object().at("incomplete"), true);
  }
}

}  // namespace
}  // namespace redoubt
