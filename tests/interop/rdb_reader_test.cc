// What Debian's Redis saves and dumps, read by RdbReader and compared element by element with what it answers to commands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"
#include "common/rdb/rdb_reader.h"
#include "tests/support/link.h"
#include "tests/support/program.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

using Texts = std::vector<std::string>;

std::string text_of(StreamId id) { return fmt::format("{}-{}", id.ms, id.sequence); }

struct Model {
  RdbKind kind{};
  int64_t expires_ms = RdbKey::never;
  int64_t idle_seconds = -1;
  int frequency = -1;
  Texts texts;  // elements; fields and values; members and scores; lines that tell of a stream
};

// Keeps what is told as `Model`s.
class Keeper : public RdbVisitor {
 public:
  std::map<std::pair<uint64_t, std::string>, Model> keys;
  std::map<std::string, std::string> aux_fields;
  Texts functions;
  Model* now = nullptr;

  void aux(std::string_view name, std::string_view value) override { aux_fields[std::string(name)] = value; }
  Status function(std::string_view code) override {
    functions.emplace_back(code);
    return {};
  }
  bool begin_key(const RdbKey& key) override {
    now = &keys[{key.db, std::string(key.name)}];
    *now = {key.kind, key.expires_ms, key.idle_seconds, key.frequency, {}};
    return true;
  }
  Status end_key() override { return {}; }
  void string(std::string_view bytes) override { now->texts.emplace_back(bytes); }
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view bytes) override { now->texts.emplace_back(bytes); }
  void pair(std::string_view name, std::string_view value, int64_t /*expires_ms*/) override {
    now->texts.emplace_back(name);
    now->texts.emplace_back(value);
  }
  void scored(std::string_view member, double score) override {
    now->texts.emplace_back(member);
    now->texts.push_back(format_double(score));
  }
  void packed(RdbBlob kind, std::string_view blob) override {
    if (kind == RdbBlob::intset) {
      const IntsetView view(blob.data());
      for (size_t i = 0; i < view.size(); ++i) now->texts.push_back(std::to_string(view.at(i)));
    } else {
      node(false, blob);
    }
  }
  void begin_nodes(uint64_t /*count*/) override {}
  void node(bool plain, std::string_view bytes) override {
    if (plain) return string(bytes);
    char digits[max_integer_text];
    ListpackView(bytes.data()).for_each([&](const ListpackValue& value) {
      now->texts.emplace_back(value.bytes(digits));
    });
  }
  void stream_listpack(RdbStreamId first, std::string_view blob) override;
  void stream(const RdbStream& stream) override {
    now->texts.push_back(fmt::format("length {} last {} deleted {} added {} first {}", stream.length,
                                     text_of(stream.last), text_of(stream.greatest_deleted), stream.added,
                                     text_of(stream.first)));
  }
  void stream_group(const RdbStreamGroup& group) override {
    now->texts.push_back(fmt::format("group {} last {} read {}", group.name, text_of(group.last), group.read));
  }
  void group_pending(const RdbPending& pending) override {
    now->texts.push_back(
        fmt::format("pending {} at {}, {} times", text_of(pending.id), pending.delivered_ms, pending.deliveries));
  }
  void stream_consumer(const RdbStreamConsumer& consumer) override {
    now->texts.push_back(fmt::format("consumer {} seen {}", consumer.name, consumer.seen_ms));
  }
  void consumer_pending(RdbStreamId id) override { now->texts.push_back("owns " + text_of(id)); }
};

void Keeper::stream_listpack(RdbStreamId first, std::string_view blob) {
  const ListpackView pack(blob.data());
  Texts all;
  char digits[max_integer_text];
  pack.for_each([&](const ListpackValue& value) { all.emplace_back(value.bytes(digits)); });
  size_t at = 0;
  const auto number = [&] { return std::stoll(all.at(at++)); };
  const int64_t entries = number() + number();
  Texts shared(static_cast<size_t>(number()));
  for (std::string& field : shared) field = all.at(at++);
  ++at;
  for (int64_t i = 0; i < entries; ++i) {
    const int64_t flags = number();
    const auto ms = static_cast<uint64_t>(number());
    const auto sequence = static_cast<uint64_t>(number());
    std::string line = "entry " + text_of({first.ms + ms, first.sequence + sequence});
    const bool same = (flags & 2) != 0;
    const auto fields = same ? static_cast<int64_t>(shared.size()) : number();
    for (int64_t field = 0; field < fields; ++field) {
      const std::string name = same ? shared.at(static_cast<size_t>(field)) : all.at(at++);
      line += fmt::format(" {}={}", name, all.at(at++));
    }
    ++at;
    if ((flags & 1) == 0) now->texts.push_back(std::move(line));
  }
}

// ---- the same by commands ----

Texts texts_of(const Value& reply) {
  Texts texts;
  for (const Value& item : reply.items) texts.push_back(item.kind == ':' ? std::to_string(item.integer) : item.text);
  return texts;
}

std::string field_text(const Value& map, std::string_view name) {
  const Value* field = map.field(name);
  if (field == nullptr) throw std::runtime_error(fmt::format("no field {}", name));
  return field->kind == ':' ? std::to_string(field->integer) : field->is_null() ? "-1" : field->text;
}

Texts asked_stream(Link& link, const std::string& key) {
  Texts texts;
  for (const Value& entry : link.run({"XRANGE", key, "-", "+"}).items) {
    std::string line = "entry " + entry.items.at(0).text;
    const Texts fields = texts_of(entry.items.at(1));
    for (size_t i = 0; i + 1 < fields.size(); i += 2) line += fmt::format(" {}={}", fields[i], fields[i + 1]);
    texts.push_back(std::move(line));
  }
  const Value info = link.run({"XINFO", "STREAM", key, "FULL", "COUNT", "0"});
  texts.push_back(fmt::format("length {} last {} deleted {} added {} first {}", field_text(info, "length"),
                              field_text(info, "last-generated-id"), field_text(info, "max-deleted-entry-id"),
                              field_text(info, "entries-added"), field_text(info, "recorded-first-entry-id")));
  for (const Value& group : info.field("groups")->items) {
    texts.push_back(fmt::format("group {} last {} read {}", field_text(group, "name"),
                                field_text(group, "last-delivered-id"), field_text(group, "entries-read")));
    for (const Value& pending : group.field("pending")->items) {
      texts.push_back(fmt::format("pending {} at {}, {} times", pending.items.at(0).text, pending.items.at(2).integer,
                                  pending.items.at(3).integer));
    }
    for (const Value& consumer : group.field("consumers")->items) {
      texts.push_back(
          fmt::format("consumer {} seen {}", field_text(consumer, "name"), field_text(consumer, "seen-time")));
      for (const Value& pending : consumer.field("pending")->items) texts.push_back("owns " + pending.items.at(0).text);
    }
  }
  return texts;
}

Model asked(Link& link, const std::string& key) {
  Model model;
  model.expires_ms = link.run({"PEXPIRETIME", key}).integer;
  const std::string type = link.run({"TYPE", key}).text;
  if (type == "string") {
    model.texts = {link.run({"GET", key}).text};
  } else if (type == "list") {
    model.kind = RdbKind::list;
    model.texts = texts_of(link.run({"LRANGE", key, "0", "-1"}));
  } else if (type == "set") {
    model.kind = RdbKind::set;
    model.texts = texts_of(link.run({"SMEMBERS", key}));
  } else if (type == "zset") {
    model.kind = RdbKind::zset;
    model.texts = texts_of(link.run({"ZRANGE", key, "0", "-1", "WITHSCORES"}));
  } else if (type == "hash") {
    model.kind = RdbKind::hash;
    model.texts = texts_of(link.run({"HGETALL", key}));
  } else {
    model.kind = RdbKind::stream;
    model.texts = asked_stream(link, key);
  }
  return model;
}

// Elements of what has no order are sorted, alone or in pairs.
Texts ordered(const Model& model) {
  if (model.kind == RdbKind::set) {
    Texts texts = model.texts;
    std::sort(texts.begin(), texts.end());
    return texts;
  }
  if (model.kind != RdbKind::hash && model.kind != RdbKind::zset) return model.texts;
  Texts texts;
  for (size_t i = 0; i + 1 < model.texts.size(); i += 2) {
    texts.push_back(fmt::format("{} = {}", model.texts[i], model.texts[i + 1]));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// ---- data ----

void fill(Link& link) {
  const auto add = [&](Texts words) {
    const Value reply = link.run(words);
    ASSERT_NE(reply.kind, '-') << words[0] << ' ' << words[1] << ": " << reply.text;
  };
  const std::string binary("\0\xff\r\n$5", 6);
  const std::string compressible = std::string(3000, 'z') + "tail";
  std::string incompressible(400'000, ' ');
  uint32_t state = 1;
  for (char& byte : incompressible) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (const char* number :
       {"0", "-1", "127", "-129", "32768", "2147483647", "2147483648", "-9223372036854775808", "007"}) {
    add({"SET", std::string("number:") + number, number});
  }
  add({"SET", binary, binary});
  add({"SET", "compressible", compressible});
  add({"SET", compressible, "a long name"});
  add({"SET", "incompressible", incompressible});
  add({"SET", "empty", ""});
  for (const int size : {1, 100, 700}) {
    const std::string suffix = ":" + std::to_string(size);
    for (int i = 0; i < size; ++i) {
      const std::string n = std::to_string(i);
      add({"RPUSH", "list" + suffix, n, "element " + n, std::string(static_cast<size_t>(i % 70), 'l')});
      add({"SADD", "numbers" + suffix, std::to_string(i * 1000 - 5000)});
      add({"SADD", "set" + suffix, "member " + n, n});
      add({"ZADD", "zset" + suffix, std::to_string(i % 7) + ".25", "member " + n, n, n});
      add({"HSET", "hash" + suffix, "field " + n, n, n, std::string(static_cast<size_t>(i % 70), 'h')});
      add({"XADD", "stream" + suffix, fmt::format("{}-{}", 1000 + i / 3, i % 3 + 1), "shared", n,
           i % 5 == 0 ? "own" : "field", "v" + n});
    }
  }
  add({"ZADD", "infinite", "inf", "a", "-inf", "b", "1e300", "c", "-0.1", "d"});
  add({"RPUSH", "plain", "x", incompressible, compressible, "y"});
  add({"XDEL", "stream:100", "1003-1", "1000-2"});
  add({"XTRIM", "stream:700", "MAXLEN", "55"});
  add({"XADD", "gone", "5-5", "a", "b"});
  add({"XDEL", "gone", "5-5"});
  for (const char* group : {"one", "two"}) add({"XGROUP", "CREATE", "stream:100", group, "0"});
  add({"XGROUP", "CREATE", "gone", "g", "$", "ENTRIESREAD", "1"});
  add({"XREADGROUP", "GROUP", "one", "alice", "COUNT", "7", "STREAMS", "stream:100", ">"});
  add({"XREADGROUP", "GROUP", "one", "bob", "COUNT", "5", "STREAMS", "stream:100", ">"});
  add({"XACK", "stream:100", "one", "1000-3"});
  add({"XCLAIM", "stream:100", "one", "carol", "0", "1001-1"});
  add({"PEXPIREAT", "empty", "33177117420123"});
  add({"PEXPIREAT", "set:1", "4102444800000"});
  add({"SELECT", "9"});
  add({"SET", "empty", "in another database"});
  add({"SELECT", "0"});
  add({"FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return 1 end)"});
}

void expect_same(Link& link, const std::string& name, const Model& told) {
  const Model want = asked(link, name);
  EXPECT_EQ(told.kind, want.kind) << name;
  EXPECT_EQ(told.expires_ms, want.expires_ms) << name;
  EXPECT_EQ(ordered(told), ordered(want)) << name;
}

void expect_all(Link& link, const Keeper& keeper) {
  for (const auto& [key, model] : keeper.keys) {
    link.run({"SELECT", std::to_string(key.first)});
    expect_same(link, key.second, model);
  }
  link.run({"SELECT", "0"});
}

class SavedByTheOracle : public testing::TestWithParam<Texts> {
 protected:
  static bool evicts_by(std::string_view policy) { return !GetParam().empty() && GetParam().back() == policy; }
};

std::string file_at(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST_P(SavedByTheOracle, FileIsReadBack) {
  Program oracle = Program::start_oracle(GetParam());
  Link link(oracle.port());
  ASSERT_NO_FATAL_FAILURE(fill(link));
  ASSERT_EQ(link.run({"SAVE"}).text, "OK");
  const std::string file = file_at(oracle.directory() + "/dump.rdb");
  for (const bool deep : {false, true}) {
    for (const size_t piece : {SIZE_MAX, size_t{1000}}) {
      PieceSource source(file, piece);
      RdbReader reader(source, {.deep = deep});
      Keeper keeper;
      const Status status = reader.read_all(keeper);
      ASSERT_FALSE(status.has_error()) << status.error().text << " at " << reader.position().offset;
      EXPECT_EQ(reader.offset(), file.size());
      EXPECT_EQ(keeper.aux_fields["redis-bits"], "64");
      EXPECT_EQ(keeper.functions.size(), 1U);
      EXPECT_EQ(static_cast<int64_t>(keeper.keys.size()), link.run({"DBSIZE"}).integer + 1);
      const bool lfu = evicts_by("allkeys-lfu");
      const bool lru = evicts_by("allkeys-lru");
      for (const auto& [key, model] : keeper.keys) {
        EXPECT_EQ(model.frequency >= 0, lfu) << key.second;
        EXPECT_EQ(model.idle_seconds >= 0, lru) << key.second;
      }
      expect_all(link, keeper);
    }
  }
}

TEST_P(SavedByTheOracle, PayloadsAreReadBack) {
  Program oracle = Program::start_oracle(GetParam());
  Link link(oracle.port());
  ASSERT_NO_FATAL_FAILURE(fill(link));
  const Texts names = texts_of(link.run({"KEYS", "*"}));
  ASSERT_FALSE(names.empty());
  for (const std::string& name : names) {
    const std::string payload = link.run({"DUMP", name}).text;
    ASSERT_TRUE(valid_payload(payload)) << name;
    Keeper keeper;
    Model model;
    keeper.now = &model;
    const auto kind = rdb_kind(static_cast<RdbType>(payload[0]));
    ASSERT_TRUE(kind) << name;
    const Status status = read_payload(payload, {.deep = true}, keeper);
    ASSERT_FALSE(status.has_error()) << name << ": " << status.error().text;
    model.kind = *kind;
    model.expires_ms = asked(link, name).expires_ms;
    expect_same(link, name, model);
  }
}

// The golden files of old versions are what Redis takes them for.
TEST(GoldenRdb, IsReadAsTheOracleReadsIt) {
  Program oracle = Program::start_oracle({"--enable-debug-command", "yes"});
  Link link(oracle.port());
  for (int version = 1; version <= 10; ++version) {
    const std::string file = file_at(fmt::format(REDOUBT_SOURCE_DIR "/tests/data/rdb/v{:02}.rdb", version));
    ASSERT_FALSE(file.empty());
    std::ofstream(oracle.directory() + "/dump.rdb", std::ios::binary) << file;
    ASSERT_EQ(link.run({"DEBUG", "RELOAD", "NOSAVE"}).text, "OK") << version << oracle.output();
    PieceSource source(file);
    RdbReader reader(source, {.deep = true});
    Keeper keeper;
    ASSERT_FALSE(reader.read_all(keeper).has_error());
    EXPECT_EQ(static_cast<int64_t>(keeper.keys.size()), link.run({"DBSIZE"}).integer + 1);
    expect_all(link, keeper);
  }
}

INSTANTIATE_TEST_SUITE_P(Settings, SavedByTheOracle,
                         testing::Values(Texts{}, Texts{"--rdbcompression", "no", "--rdbchecksum", "no"},
                                         Texts{"--list-max-listpack-size", "5", "--list-compress-depth", "1"},
                                         Texts{"--hash-max-listpack-entries", "0", "--zset-max-listpack-entries", "0",
                                               "--set-max-intset-entries", "0", "--stream-node-max-entries", "1"},
                                         Texts{"--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lfu"},
                                         Texts{"--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru"}));

}  // namespace
}  // namespace redoubt
