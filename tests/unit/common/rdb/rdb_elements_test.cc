#include "common/rdb/rdb_elements.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/encoding/intset.h"
#include "common/rdb/rdb_reader.h"
#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

class Lines : public RdbElementVisitor {
 public:
  std::string text;

  bool begin_value(const RdbKey& key) override {
    text += fmt::format("{}: ", key.name);
    return key.name != "unwanted";
  }
  Status end_key() override {
    text += '\n';
    return {};
  }
  void string(std::string_view bytes) override { text += bytes; }
  void begin_elements(uint64_t count) override { text += fmt::format("{}", count); }
  void element(std::string_view bytes) override { text += fmt::format(" {}", bytes); }
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) override {
    text += fmt::format(" {}={}@{}", name, value, expires_ms);
  }
  void scored(std::string_view member, double score) override { text += fmt::format(" {}:{}", member, score); }
  void stream_entry(StreamId id, std::span<const RdbStreamField> fields) override {
    text += fmt::format(" {}-{}", id.ms, id.sequence);
    for (const RdbStreamField& field : fields) text += fmt::format(",{}={}", field.name, field.value);
  }
};

std::string lines_of(const std::string& file) {
  PieceSource source(file);
  RdbReader reader(source);
  Lines lines;
  const Status status = reader.read_all(lines);
  return status ? lines.text : status.error().text;
}

TEST(RdbElements, BlobsAreTakenApart) {
  std::string integers;
  Intset set;
  for (const int64_t value : {-70000, 5, 1}) set.add(value);
  integers.assign(reinterpret_cast<const char*>(set.data()), set.bytes());
  const std::string file = RdbBytes(12)
                               .key(11, "intset")
                               .string(integers)
                               .key(20, "set")
                               .string(listpack_of({"a", "12"}))
                               .key(16, "hash")
                               .string(listpack_of({"f", "1", "2", "text"}))
                               .key(25, "expiring")
                               .u64(7)
                               .string(listpack_of({"f", "v", "7", "3", "4", "0"}))
                               .key(17, "zset")
                               .string(listpack_of({"m", "-inf", "n", "3", "4", "3.5"}))
                               .end();
  EXPECT_EQ(lines_of(file),
            "intset: 3 -70000 1 5\nset: 2 a 12\nhash: 2 f=1@-1 2=text@-1\nexpiring: 2 f=v@7 3=4@-1\n"
            "zset: 3 m:-inf n:3 4:3.5\n");
}

TEST(RdbElements, TheCountOfAListIsKnownIfItHasOneNode) {
  const std::string file = RdbBytes(11)
                               .key(18, "one")
                               .length(1)
                               .length(2)
                               .string(listpack_of({"a", "1"}))
                               .key(18, "plain")
                               .length(1)
                               .length(1)
                               .string("large")
                               .key(18, "many")
                               .length(2)
                               .length(2)
                               .string(listpack_of({"a", "1"}))
                               .length(1)
                               .string("large")
                               .key(18, "unwanted")
                               .length(1)
                               .length(1)
                               .string("large")
                               .key(18, "none")
                               .length(0)
                               .end();
  EXPECT_EQ(lines_of(file), "one: 2 a 1\nplain: 1 large\nmany: 0 a 1 large\nunwanted: none: \n");
}

TEST(RdbElements, EntriesOfStreamsThatLive) {
  const std::string blob = stream_listpack_of(
      {"f", "7"},
      {{{0, 0}, {"1", "two"}, 2}, {{0, 1}, {"3", "4"}, 2 | 1}, {{5, 0}, {"x", "y", "9", "8"}, 0}, {{6, 0}, {}, 0}});
  const std::string file = RdbBytes(11)
                               .key(19, "x")
                               .length(1)
                               .string(stream_id_bytes({100, 3}))
                               .string(blob)
                               .length(3)
                               .length(106)
                               .length(3)
                               .length(100)
                               .length(3)
                               .length(0)
                               .length(0)
                               .length(4)
                               .length(0)
                               .end();
  EXPECT_EQ(lines_of(file), "x:  100-3,f=1,7=two 105-3,x=y,9=8 106-3\n");
}

}  // namespace
}  // namespace redoubt
