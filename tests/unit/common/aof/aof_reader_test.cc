#include "common/aof/aof_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "common/aof/aof_writer.h"
#include "common/base/random.h"
#include "common/rdb/rdb_null_visitor.h"
#include "common/rdb/rdb_writer.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

struct Told {
  Words args;
  uint64_t offset, end, line, number;
};

class Recorder final : public AofVisitor, public RdbNullVisitor {
 public:
  std::vector<Told> told;
  std::vector<std::pair<int64_t, uint64_t>> timestamps;
  Words preamble_told;
  size_t refuse_at = SIZE_MAX;  // a command

  Status commands(std::span<const AofCommand> batch) override {
    EXPECT_FALSE(batch.empty());
    EXPECT_LE(batch.size(), AofReader::max_batch);
    for (const AofCommand& c : batch) {
      if (told.size() == refuse_at) return Error{"refused"};
      told.push_back({{c.args.begin(), c.args.end()}, c.offset, c.end, c.line, c.number});
    }
    return {};
  }
  Status timestamp(int64_t unix_seconds, uint64_t offset) override {
    timestamps.emplace_back(unix_seconds, offset);
    return {};
  }
  RdbVisitor& preamble() override { return *this; }
  Status end_of_preamble() override {
    preamble_told.emplace_back("end");
    return {};
  }

  void aux(std::string_view name, std::string_view value) override {
    preamble_told.push_back(std::string(name) + "=" + std::string(value));
  }
  bool begin_key(const RdbKey& key) override {
    preamble_told.emplace_back(key.name);
    return true;
  }
  void string(std::string_view bytes) override { preamble_told.emplace_back(bytes); }
};

struct Reading {
  Recorder recorder;
  AofState state;
  AofPosition position;
  std::string problem;
};

Reading read(const std::string& text, size_t most = SIZE_MAX, AofReadOptions options = {}) {
  PieceSource source(text, most);
  AofReader reader(source, options);
  Reading reading;
  reading.state = reader.read_all(reading.recorder);
  reading.position = reader.position();
  reading.problem = reader.problem();
  return reading;
}

std::string bytes_of(const Words& words) {
  std::string out;
  const std::vector<std::string_view> args(words.begin(), words.end());
  AofWriter(out).command(args);
  return out;
}

// A log and what is known of it.
struct Log {
  std::string bytes;
  std::vector<Words> commands;
  std::vector<size_t> ends;         // of the commands
  std::vector<size_t> boundaries;   // of all records, 0 included
  std::vector<size_t> open_begins;  // for each boundary: where its open MULTI begins, or the boundary
  size_t multi = SIZE_MAX;

  Log() { note(); }
  void add(const Words& words) {
    if (words == Words{"MULTI"}) multi = bytes.size();
    bytes += bytes_of(words);
    commands.push_back(words);
    ends.push_back(bytes.size());
    if (words == Words{"EXEC"}) multi = SIZE_MAX;
    note();
  }
  void annotate(const std::string& line) {
    bytes += line;
    note();
  }
  void note() {
    boundaries.push_back(bytes.size());
    open_begins.push_back(std::min(multi, bytes.size()));
  }
};

Log sample() {
  Log log;
  log.annotate("#TS:1700000000\r\n");
  log.add({"SELECT", "0"});
  log.add({"SET", "key", "a value\r\nwith *3\r\n lines"});
  log.add({"MULTI"});
  log.add({"RPUSH", "list", "1", "", std::string(300, 'x')});
  log.annotate("#TS:1700000001\r\n");
  log.add({"INCR", "n"});
  log.add({"EXEC"});
  log.annotate("# some other note\n");
  log.add({"SET", std::string("\0\xff\r\n", 4), ""});
  log.add({"DEL", "key"});
  return log;
}

TEST(AofReaderTest, NothingIsALog) {
  const Reading reading = read("");
  EXPECT_EQ(reading.state, AofState::end);
  EXPECT_EQ(reading.position.offset, 0u);
  EXPECT_EQ(reading.problem, "");
}

TEST(AofReaderTest, TellsCommandsWithTheirPlaces) {
  const Log log = sample();
  for (const size_t most : {size_t{1}, size_t{2}, size_t{7}, size_t{100}, SIZE_MAX}) {
    const Reading reading = read(log.bytes, most);
    EXPECT_EQ(reading.state, AofState::end) << reading.problem;
    const auto& told = reading.recorder.told;
    ASSERT_EQ(told.size(), log.commands.size());
    for (size_t i = 0; i < told.size(); ++i) {
      EXPECT_EQ(told[i].args, log.commands[i]);
      EXPECT_EQ(told[i].end, log.ends[i]);
      EXPECT_EQ(told[i].end - told[i].offset, bytes_of(log.commands[i]).size());
      EXPECT_EQ(told[i].number, i + 1);
    }
    EXPECT_EQ(told[0].line, 2u);
    EXPECT_EQ(told[1].line, 7u);
    EXPECT_EQ(reading.recorder.timestamps[0], (std::pair<int64_t, uint64_t>{1700000000, 0}));
    EXPECT_EQ(reading.recorder.timestamps[1].first, 1700000001);
    EXPECT_EQ(reading.recorder.timestamps.size(), 2u);
    EXPECT_EQ(reading.position.offset, log.bytes.size());
    EXPECT_EQ(reading.position.sound, log.bytes.size());
    EXPECT_EQ(reading.position.commands, log.commands.size());
  }
}

TEST(AofReaderTest, EveryTruncation) {
  const Log log = sample();
  for (size_t size = 0; size <= log.bytes.size(); ++size) {
    const Reading reading = read(log.bytes.substr(0, size));
    const auto after = std::upper_bound(log.boundaries.begin(), log.boundaries.end(), size);
    const auto last = static_cast<size_t>(after - log.boundaries.begin()) - 1;
    const bool at_boundary = log.boundaries[last] == size;
    const bool open = log.open_begins[last] != log.boundaries[last];
    const AofState expected = !at_boundary ? AofState::truncated : open ? AofState::open_transaction : AofState::end;
    ASSERT_EQ(static_cast<int>(reading.state), static_cast<int>(expected)) << size << " " << reading.problem;
    EXPECT_EQ(reading.position.offset, log.boundaries[last]) << size;
    EXPECT_EQ(reading.position.sound, log.open_begins[last]) << size;
    EXPECT_EQ(reading.problem.empty(), expected == AofState::end) << size;
    // What is left after the cut is sound.
    const Reading again = read(log.bytes.substr(0, reading.position.sound));
    EXPECT_EQ(again.state, AofState::end);
    EXPECT_EQ(again.position.line, reading.position.sound_line) << size;
  }
}

TEST(AofReaderTest, FlippedBytesNeverChangeWhatCameBefore) {
  const Log log = sample();
  Random random(7);
  for (size_t at = 0; at < log.bytes.size(); ++at) {
    for (int turn = 0; turn < 12; ++turn) {
      std::string bytes = log.bytes;
      bytes[at] = static_cast<char>(turn < 8 ? bytes[at] ^ (1 << turn) : static_cast<char>(random.below(256)));
      if (bytes[at] == log.bytes[at]) continue;
      const Reading reading = read(bytes);
      const auto before =
          static_cast<size_t>(std::upper_bound(log.ends.begin(), log.ends.end(), at) - log.ends.begin());
      const auto& told = reading.recorder.told;
      ASSERT_GE(told.size(), before);
      for (size_t i = 0; i < before; ++i) ASSERT_EQ(told[i].args, log.commands[i]);
      EXPECT_NE(reading.state, AofState::reading);
      EXPECT_NE(reading.state, AofState::unreadable);
      EXPECT_LE(reading.position.sound, reading.position.offset);
      EXPECT_LE(reading.position.offset, reading.position.problem);
      EXPECT_LE(reading.position.problem, bytes.size());
      EXPECT_EQ(reading.problem.empty(), reading.state == AofState::end) << at;
    }
  }
}

TEST(AofReaderTest, DamageIsToldWithItsPlace) {
  const std::string before = bytes_of({"SET", "a", "1"});
  const std::string after = bytes_of({"SET", "b", "2"});
  struct Case {
    std::string bytes;
    size_t wrong;  // relative to them
    std::string problem;
  };
  const Case cases[] = {
      {"x", 0, "Expected prefix '*', got: 'x'"},
      {std::string(3, '\0'), 0, "Expected prefix '*', got: byte 0x00"},
      {"*0\r\n", 0, "Expected a command of at least one argument, got none"},
      {"*-1\r\n", 1, "Expected a number, got: '-'"},
      {"*\r\n", 1, "Expected a number, got: byte 0x0d"},
      {"*1x\r\n", 2, "Expected \\r\\n, got: 'x'"},
      {"*1\n$4\r\nPING\r\n", 2, "Expected \\r\\n, got: byte 0x0a"},
      {"*1\rx", 3, "Expected \\r\\n, got: 'x'"},
      {"*1\r\nPING\r\n", 4, "Expected prefix '$', got: 'P'"},
      {"*1\r\n$-1\r\n", 5, "Expected a number, got: '-'"},
      {"*1\r\n$3\r\nPING\r\n", 11, "Expected \\r\\n, got: 'G'"},
      {"*1\r\n$4\r\nPINGx", 12, "Expected \\r\\n, got: 'x'"},
      {"*1\r\n$4\r\nPING\rx", 13, "Expected \\r\\n, got: 'x'"},
      {"*1\r\n$99999999999999999999\r\n", 4, "Expected a number, got one that is too large"},
      {"*2\r\n$4\r\nPING\r\n" + after, 14, "Expected prefix '$', got: '*'"},
      {"#" + std::string(2000, 'c'), 0, "Expected an annotation of at most 1024 bytes"},
  };
  for (const Case& c : cases) {
    const bool whole = c.bytes.ends_with('\n');
    for (const std::string& bytes : {before + c.bytes, before + c.bytes + (whole ? after : "")}) {
      for (const size_t most : {size_t{1}, SIZE_MAX}) {
        const Reading reading = read(bytes, most);
        EXPECT_EQ(reading.state, AofState::damaged) << c.bytes;
        EXPECT_EQ(reading.problem, c.problem) << c.bytes;
        EXPECT_EQ(reading.position.problem, before.size() + c.wrong) << c.bytes;
        EXPECT_EQ(reading.position.offset, before.size()) << c.bytes;
        EXPECT_EQ(reading.position.sound, before.size()) << c.bytes;
        EXPECT_EQ(reading.position.commands, 1u) << c.bytes;
        EXPECT_EQ(reading.position.line, 8u) << c.bytes;
        EXPECT_EQ(reading.recorder.told.size(), 1u) << c.bytes;
      }
    }
  }
}

TEST(AofReaderTest, ALengthBeyondTheEndIsNoTruncationWhenCommandsFollow) {
  const std::string before = bytes_of({"SET", "a", "1"});
  const std::string after = bytes_of({"SET", "b", "2"}) + "#TS:1\r\n" + bytes_of({"SET", "c", "*1\r\n$"});
  const std::string wrong = "*2\r\n$3\r\nDEL\r\n$1000000\r\nabc\r\n";
  const Reading reading = read(before + wrong + after);
  EXPECT_EQ(reading.state, AofState::damaged);
  EXPECT_EQ(reading.position.sound, before.size());
  EXPECT_EQ(reading.position.problem, before.size() + wrong.size() - 5);
  EXPECT_EQ(reading.problem, "Expected to read 1000000 bytes, got " + std::to_string(after.size() + 5) +
                                 " bytes, and among them whole commands from offset " +
                                 std::to_string(before.size() + wrong.size()) + " to the end of the file");
  // A value that was cut short may hold whole commands too; but not up to its last byte.
  const Reading cut = read(before + wrong + after + "rest");
  EXPECT_EQ(cut.state, AofState::truncated);
  EXPECT_EQ(cut.position.sound, before.size());
  EXPECT_EQ(read(before + wrong + "abc\r\n*x\r\n" + after).state, AofState::damaged);
  EXPECT_EQ(read(before + wrong).state, AofState::truncated);
  // Looking for them is given up at some time.
  std::string bait;
  for (int i = 0; i < 1000; ++i) bait += "\r\n*9999\r\nx";
  EXPECT_EQ(read(before + wrong + bait + "\r\n" + after).state, AofState::truncated);
}

TEST(AofReaderTest, Transactions) {
  const AofReadOptions strictly{.preamble = {}, .strict_transactions = true};
  const std::string multi = bytes_of({"multi"});
  const std::string exec = bytes_of({"ExEc"});
  const std::string discard = bytes_of({"DISCARD"});
  const std::string set = bytes_of({"SET", "a", "1"});
  struct Case {
    std::string bytes;
    AofState state, strict;
    size_t sound, strict_sound;
  };
  const Case cases[] = {
      {multi + set + exec, AofState::end, AofState::end, multi.size() + set.size() + exec.size(),
       multi.size() + set.size() + exec.size()},
      {set + multi, AofState::open_transaction, AofState::open_transaction, set.size(), set.size()},
      {set + multi + set, AofState::open_transaction, AofState::open_transaction, set.size(), set.size()},
      {set + multi + set + "*1", AofState::truncated, AofState::truncated, set.size(), set.size()},
      {multi + multi + exec + set, AofState::end, AofState::damaged, 2 * multi.size() + exec.size() + set.size(), 0},
      {exec + set, AofState::end, AofState::damaged, exec.size() + set.size(), 0},
      {set + exec + set, AofState::end, AofState::damaged, exec.size() + 2 * set.size(), set.size()},
      {multi + discard + set, AofState::end, AofState::end, multi.size() + discard.size() + set.size(),
       multi.size() + discard.size() + set.size()},
      {bytes_of({"MULTI", "x"}) + set, AofState::end, AofState::end, bytes_of({"MULTI", "x"}).size() + set.size(),
       bytes_of({"MULTI", "x"}).size() + set.size()},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const Reading loose = read(cases[i].bytes);
    EXPECT_EQ(loose.state, cases[i].state) << i;
    EXPECT_EQ(loose.position.sound, cases[i].sound) << i;
    const Reading strict = read(cases[i].bytes, SIZE_MAX, strictly);
    EXPECT_EQ(strict.state, cases[i].strict) << i;
    EXPECT_EQ(strict.position.sound, cases[i].strict_sound) << i;
  }
  EXPECT_EQ(read(multi + multi, SIZE_MAX, strictly).problem, "Unexpected MULTI");
  EXPECT_EQ(read(set + exec, SIZE_MAX, strictly).problem, "Unexpected EXEC");
  EXPECT_EQ(read(set + multi).problem, "Reached EOF before reading EXEC for MULTI");
}

TEST(AofReaderTest, Annotations) {
  const std::string set = bytes_of({"SET", "a", "1"});
  EXPECT_EQ(read("#TS:12\r\n#TS:x\r\n#\n" + set + "#TS:13\n").recorder.timestamps,
            (std::vector<std::pair<int64_t, uint64_t>>{{12, 0}, {13, 17 + set.size()}}));
  // Were it left there, what is appended next would be part of it.
  const Reading cut = read(set + "#TS:12");
  EXPECT_EQ(cut.state, AofState::truncated);
  EXPECT_EQ(cut.position.sound, set.size());
  const std::string longest = "#" + std::string(1022, 'x') + "\n";
  EXPECT_EQ(read(longest + set).state, AofState::end);
  EXPECT_EQ(read("#" + longest + set).state, AofState::damaged);
}

TEST(AofReaderTest, ManyAndLarge) {
  Log log;
  Random random(3);
  for (int i = 0; i < 5000; ++i) {
    log.add({"SET", "key:" + std::to_string(i), std::string(random.below(i % 500 == 0 ? 700'000 : 100), 'v')});
  }
  log.add({"SET", "largest", std::string(3'000'000, 'w')});
  Words many{"RPUSH", "list"};
  for (int i = 0; i < 100'000; ++i) many.push_back(std::to_string(i));
  log.add(many);
  for (const size_t most : {size_t{4096}, size_t{65'537}, SIZE_MAX}) {
    const Reading reading = read(log.bytes, most);
    ASSERT_EQ(reading.state, AofState::end) << reading.problem;
    ASSERT_EQ(reading.recorder.told.size(), log.commands.size());
    for (size_t i = 0; i < log.commands.size(); ++i) ASSERT_TRUE(reading.recorder.told[i].args == log.commands[i]);
  }
}

TEST(AofReaderTest, ErrorsOfOthersEndTheReading) {
  Log log;
  for (int i = 0; i < 100; ++i) log.add({"INCR", "n"});
  {
    PieceSource source(log.bytes, 10, 55);
    AofReader reader(source);
    Recorder recorder;
    EXPECT_EQ(reader.read_all(recorder), AofState::unreadable);
    EXPECT_EQ(reader.problem(), "Input/output error");
    EXPECT_EQ(reader.next(recorder), AofState::unreadable);
  }
  PieceSource source(log.bytes);
  AofReader reader(source);
  Recorder recorder;
  recorder.refuse_at = 40;
  EXPECT_EQ(reader.read_all(recorder), AofState::refused);
  EXPECT_EQ(reader.problem(), "refused");
  EXPECT_EQ(reader.position().commands, 32u);
  EXPECT_EQ(reader.position().offset, log.ends[31]);
  EXPECT_EQ(recorder.told.size(), 40u);
}

// ---- the preamble --------------------------------------------------------------------------------

std::string preamble() {
  std::string out;
  RdbWriter writer(out, false);
  writer.header();
  writer.aux("aof-base", "1");
  writer.select_db(0);
  writer.type(RdbType::string);
  writer.string("key");
  writer.string("value");
  writer.end();
  writer.checksum(0);
  return out;
}

TEST(AofReaderTest, APreambleComesFirst) {
  const std::string set = bytes_of({"SET", "a", "1"});
  for (const size_t most : {size_t{1}, size_t{3}, SIZE_MAX}) {
    for (const std::string& tail : {std::string(), set, "#TS:5\r\n" + set + set}) {
      const Reading reading = read(preamble() + tail, most);
      EXPECT_EQ(reading.state, AofState::end) << reading.problem;
      EXPECT_EQ(reading.recorder.preamble_told, (Words{"aof-base=1", "key", "value", "end"}));
      EXPECT_EQ(reading.position.offset, preamble().size() + tail.size());
      if (!tail.empty()) {
        EXPECT_EQ(reading.recorder.told.back().args, (Words{"SET", "a", "1"}));
        EXPECT_EQ(reading.recorder.told.back().end, preamble().size() + tail.size());
      }
    }
  }
  const Reading cut = read(preamble() + set + "*3\r\n");
  EXPECT_EQ(cut.state, AofState::truncated);
  EXPECT_EQ(cut.position.sound, preamble().size() + set.size());
}

TEST(AofReaderTest, ABadPreambleIsNotPassedOver) {
  const std::string whole = preamble();
  for (size_t size = 5; size < whole.size(); ++size) {
    const Reading reading = read(whole.substr(0, size));
    EXPECT_EQ(reading.state, AofState::bad_preamble) << size;
    EXPECT_FALSE(reading.problem.empty());
    EXPECT_LE(reading.position.offset, size);
  }
  for (size_t size = 1; size < 5; ++size) EXPECT_EQ(read(whole.substr(0, size)).state, AofState::damaged);
}

// ---- verifying only

AofReadOptions only_verify() {
  AofReadOptions options;
  options.only_verify = true;
  options.strict_transactions = true;
  return options;
}

// What is told of where reading stopped is the same whether commands are told or not.
void expect_verified_alike(const std::string& text, std::initializer_list<size_t> pieces) {
  AofReadOptions strict;
  strict.strict_transactions = true;
  const Reading told = read(text, SIZE_MAX, strict);
  for (const size_t most : pieces) {
    const Reading verified = read(text, most, only_verify());
    SCOPED_TRACE(std::to_string(text.size()) + " bytes, by " + std::to_string(most));
    EXPECT_TRUE(verified.recorder.told.empty());
    EXPECT_EQ(verified.recorder.timestamps, told.recorder.timestamps);
    if (told.problem.find("whole commands from offset") == std::string::npos) {
      EXPECT_EQ(verified.state, told.state);
      EXPECT_EQ(verified.problem, told.problem);
    } else {
      EXPECT_EQ(verified.state, AofState::truncated);
    }
    EXPECT_EQ(verified.position.offset, told.position.offset);
    EXPECT_EQ(verified.position.line, told.position.line);
    EXPECT_EQ(verified.position.commands, told.position.commands);
    EXPECT_EQ(verified.position.annotations, told.position.annotations);
    EXPECT_EQ(verified.position.last, told.position.last);
    EXPECT_EQ(verified.position.sound, told.position.sound);
    EXPECT_EQ(verified.position.sound_line, told.position.sound_line);
    EXPECT_EQ(verified.position.problem, told.position.problem);
  }
}

std::string small_log() {
  return "#TS:5\r\n" + bytes_of({"SET", "a", "1"}) + bytes_of({"MULTI"}) + bytes_of({"SET", "key", "0123456789"}) +
         "#TS:6\r\n" + bytes_of({"EXEC"}) + bytes_of({"MULTI"}) + bytes_of({"DISCARD"}) +
         bytes_of({"RPUSH", "l", "", std::string(120, 'x')});
}

TEST(AofVerifyTest, StopsWhereReadingStopsAtEveryTruncation) {
  const std::string whole = small_log();
  for (size_t size = 0; size <= whole.size(); ++size) expect_verified_alike(whole.substr(0, size), {1, 7, SIZE_MAX});
}

TEST(AofVerifyTest, StopsWhereReadingStopsAtEveryFlippedByte) {
  const std::string whole = small_log();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char flip : {'\x01', '\x10', '\x80'}) {
      std::string text = whole;
      text[at] = static_cast<char>(text[at] ^ flip);
      expect_verified_alike(text, {3, SIZE_MAX});
    }
  }
}

TEST(AofVerifyTest, TransactionsThatNoServerAppendsAreDamage) {
  const std::string set = bytes_of({"SET", "a", "1"});
  for (const std::string& text : {set + bytes_of({"EXEC"}) + set, bytes_of({"MULTI"}) + set + bytes_of({"multi"}) + set,
                                  set + bytes_of({"MULTI"}) + set, bytes_of({"MULTI", "x"}) + set}) {
    expect_verified_alike(text, {1, SIZE_MAX});
  }
}

// Larger than the buffer, in every part of it, with damage around.
TEST(AofVerifyTest, PassesOverWhatTheBufferDoesNotHold) {
  const std::string set = bytes_of({"SET", "a", "1"});
  const std::string large = bytes_of({"SET", std::string(300'000, 'k'), std::string(700'000, 'v'), "EX", "5"});
  Words many = {"RPUSH", "list"};
  for (int i = 0; i < 60'000; ++i) many.push_back("element " + std::to_string(i));
  const std::string wide = bytes_of(many);
  const std::string whole = set + large + wide + set + large + set;
  expect_verified_alike(whole, {1000, 65'536, SIZE_MAX});
  for (const size_t before : {large.size() + wide.size() + 1, size_t{2}, set.size(), set.size() + 1, set.size() + 3,
                              set.size() + 20, set.size() + 600'000, set.size() + 800'000}) {
    expect_verified_alike(whole.substr(0, whole.size() - before), {65'537, SIZE_MAX});
  }
  for (const size_t at : {set.size() + 300'000, set.size() + 300'025, set.size() + 300'026, set.size() + 300'027,
                          set.size() + large.size() - 20, set.size() + large.size() - 1}) {
    for (const char wrong : {'x', '\0'}) {
      std::string text = whole;
      text[at] = wrong;
      expect_verified_alike(text, {65'537, SIZE_MAX});
    }
  }
}

TEST(AofVerifyTest, NoLengthMakesItHoldWhatIsThere) {
  constexpr size_t total = size_t{32} << 20;
  class Zeros final : public ByteSource {
   public:
    Result<size_t> read(std::span<char> bytes) override {
      EXPECT_LE(bytes.size(), size_t{256} * 1024);
      const size_t size = std::min(bytes.size(), left);
      std::fill_n(bytes.data(), size, '0');
      if (left == total) memcpy(bytes.data(), "*1\r\n$9999999999\r\n", 17);
      left -= size;
      return size;
    }
    size_t left = total;
  };
  Zeros source;
  Recorder recorder;
  AofReader reader(source, only_verify());
  EXPECT_EQ(reader.read_all(recorder), AofState::truncated);
  EXPECT_EQ(reader.problem(), "Expected to read 9999999999 bytes, got " + std::to_string(total - 17) + " bytes");
  EXPECT_EQ(reader.position().problem, 17u);
}

TEST(AofVerifyTest, APreambleIsReadWhereItIsAllowed) {
  const std::string text = preamble() + bytes_of({"SET", "a", "1"});
  const Reading verified = read(text, 5, only_verify());
  EXPECT_EQ(verified.state, AofState::end);
  EXPECT_EQ(verified.position.commands, 1u);
  AofReadOptions options = only_verify();
  options.preamble_allowed = false;
  EXPECT_EQ(read(text, 5, options).state, AofState::damaged);
}

TEST(AofVerifyTest, AFailingSourceIsNoEnd) {
  const std::string text = small_log() + bytes_of({"SET", "k", std::string(600'000, 'v')});
  for (const size_t at : {size_t{0}, size_t{10}, size_t{250'000}, size_t{400'000}}) {
    PieceSource source(text, SIZE_MAX, at);
    Recorder recorder;
    AofReader reader(source, only_verify());
    EXPECT_EQ(reader.read_all(recorder), AofState::unreadable) << at;
    EXPECT_EQ(reader.problem(), "Input/output error");
  }
}

TEST(AofVerifyTest, OtherAnnotationsAreToldAsTheyAre) {
  class Listener final : public AofVisitor {
   public:
    Status commands(std::span<const AofCommand>) override { return {}; }
    Status annotation(std::string_view text, uint64_t offset) override {
      told.push_back(std::to_string(offset) + " " + std::string(text));
      return {};
    }
    RdbVisitor& preamble() override { return nobody; }
    Recorder nobody;
    Words told;
  };
  PieceSource source("#TS:1\r\n#TS:x\r\n#note\n");
  Listener listener;
  AofReader reader(source, only_verify());
  EXPECT_EQ(reader.read_all(listener), AofState::end);
  EXPECT_EQ(listener.told, (Words{"7 #TS:x", "14 #note"}));
}

}  // namespace
}  // namespace redoubt
