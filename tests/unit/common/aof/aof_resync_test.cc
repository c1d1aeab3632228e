#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/aof/aof_reader.h"
#include "common/aof/aof_writer.h"
#include "common/rdb/rdb_null_visitor.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

using testing::ElementsAre;
using Words = std::vector<std::string>;

class NoKeys final : public RdbNullVisitor {
 public:
  bool begin_key(const RdbKey&) override { return false; }
};

// Everything that is told, in one list: commands as words, what is skipped in < >.
class Teller final : public AofVisitor, public AofSkipVisitor {
 public:
  Words told;
  std::vector<uint64_t> offsets;  // of the commands
  std::vector<uint64_t> lines;

  Status commands(std::span<const AofCommand> batch) override {
    for (const AofCommand& command : batch) {
      std::string text;
      for (const std::string_view arg : command.args) text.append(text.empty() ? "" : " ").append(arg);
      told.push_back(text);
      offsets.push_back(command.offset);
      lines.push_back(command.line);
    }
    return {};
  }
  RdbVisitor& preamble() override { return no_keys_; }
  void skipped_header(uint64_t args) override { told.push_back("<*" + std::to_string(args) + ">"); }
  void skipped_argument(std::string_view bytes) override { told.push_back("<" + std::string(bytes) + ">"); }
  void skipped_bytes() override {
    if (told.empty() || told.back() != "<?>") told.emplace_back("<?>");
  }

 private:
  NoKeys no_keys_;
};

std::string bytes_of(const Words& words) {
  std::string out;
  const std::vector<std::string_view> args(words.begin(), words.end());
  AofWriter(out).command(args);
  return out;
}

Teller read_on(std::string_view bytes, AofReadOptions options = {}, size_t most = SIZE_MAX) {
  PieceSource source(bytes, most);
  AofReader reader(source, options);
  Teller teller;
  uint64_t before = 0;
  do {
    reader.read_all(teller);
    EXPECT_GE(reader.position().offset, before);
    before = reader.position().offset;
  } while (reader.resynchronise(teller));
  EXPECT_EQ(reader.position().offset, bytes.size());
  return teller;
}

const std::string set_a = bytes_of({"SET", "a", "1"});
const std::string set_b = bytes_of({"SET", "b", "2"});
const std::string set_c = bytes_of({"SET", "c", "3"});

struct Case {
  std::string name;
  std::string bytes;
  Words told;
};

class Resynchronise : public testing::TestWithParam<Case> {};

TEST_P(Resynchronise, TellsWhatItSkips) {
  EXPECT_EQ(read_on(GetParam().bytes).told, GetParam().told);
  // However it comes in, and when the size is known.
  EXPECT_EQ(read_on(GetParam().bytes, {}, 1).told, GetParam().told);
  AofReadOptions options;
  options.source_size = GetParam().bytes.size();
  EXPECT_EQ(read_on(GetParam().bytes, options).told, GetParam().told);
}

const std::string embedded = set_a + set_b;

INSTANTIATE_TEST_SUITE_P(
    Damages, Resynchronise,
    testing::Values(
        Case{"Nothing", set_a + set_b, {"SET a 1", "SET b 2"}},
        Case{"Garbage", set_a + "some rubbish" + set_b + set_c, {"SET a 1", "<?>", "SET b 2", "SET c 3"}},
        Case{"Zeros", set_a + std::string(600'000, '\0') + set_b, {"SET a 1", "<?>", "SET b 2"}},
        Case{"OnlyGarbage", "rubbish\r\n*\r\n$", {"<?>"}},
        Case{"HeaderMark", set_a + "+" + set_b.substr(1) + set_c, {"SET a 1", "<?>", "<SET>", "<b>", "<2>", "SET c 3"}},
        Case{"ArgumentMark",
             set_a + "*3\r\n$3\r\nSET\r\n#1\r\nb\r\n$1\r\n2\r\n" + set_c,
             {"SET a 1", "<*3>", "<SET>", "<?>", "<2>", "SET c 3"}},
        Case{"CountTooLarge",
             set_a + "*4\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n" + set_c,
             {"SET a 1", "<*4>", "<SET>", "<b>", "<2>", "SET c 3"}},
        Case{"LengthBeyondTheEnd",
             set_a + "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$999999\r\n2\r\n" + set_c,
             {"SET a 1", "<*3>", "<SET>", "<b>", "<?>", "SET c 3"}},
        Case{"CutShort", set_a + set_b.substr(0, 18), {"SET a 1", "<*3>", "<SET>", "<?>"}},
        Case{"TwoDamages", "x" + set_a + "x" + set_b + "x", {"<?>", "SET a 1", "<?>", "SET b 2", "<?>"}},
        Case{"CommandsInAValueOfADamagedCommand",
             "*3\r\n$3\r\nSET\r\n!1\r\na\r\n$" + std::to_string(embedded.size()) + "\r\n" + embedded + "\r\n" + set_c,
             {"<*3>", "<SET>", "<?>", "<" + embedded + ">", "SET c 3"}},
        Case{"CommandsInAValueOfDamagedLength",
             "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$x\r\n" + embedded + "\r\n" + set_c,
             {"<*3>", "<SET>", "<a>", "<?>", "<*3>", "<SET>", "<a>", "<1>", "<*3>", "<SET>", "<b>", "<2>", "<?>",
              "SET c 3"}},
        Case{"NameThatIsNone",
             "x" + bytes_of({"S T", "a"}) + bytes_of({std::string(65, 'A'), "a"}) + set_c,
             {"<?>", "<*2>", "<S T>", "<a>", "<*2>", "<" + std::string(65, 'A') + ">", "<a>", "SET c 3"}},
        Case{"AnnotationInBetween", "x" + set_a + "#TS:17\r\n" + set_b, {"<?>", "SET a 1", "SET b 2"}}),
    [](const auto& given) { return given.param.name; });

TEST(Resynchronise, PositionsAreThoseInTheFile) {
  const Teller teller = read_on(set_a + "one\ntwo\n" + set_b);
  EXPECT_THAT(teller.offsets, ElementsAre(0, set_a.size() + 8));
  EXPECT_THAT(teller.lines, ElementsAre(1, 10));
}

TEST(Resynchronise, DoesNothingAfterASoundEnd) {
  PieceSource source(set_a, SIZE_MAX);
  AofReader reader(source);
  Teller teller;
  ASSERT_EQ(reader.read_all(teller), AofState::end);
  EXPECT_FALSE(reader.resynchronise(teller));
  EXPECT_EQ(reader.state(), AofState::end);
}

TEST(Resynchronise, ALostTransactionIsForgotten) {
  const std::string bytes = bytes_of({"MULTI"}) + set_a + "x" + set_b;
  PieceSource source(bytes, SIZE_MAX);
  AofReader reader(source);
  Teller teller;
  ASSERT_EQ(reader.read_all(teller), AofState::damaged);
  EXPECT_EQ(reader.position().sound, 0U);
  ASSERT_TRUE(reader.resynchronise(teller));
  EXPECT_EQ(reader.read_all(teller), AofState::end);
  EXPECT_EQ(reader.position().sound, bytes.size());
}

TEST(AofReadLimits, ALengthThatCannotBeIsDamageAtOnce) {
  const std::string bytes = set_a + "*1\r\n$100\r\nabc" + std::string(1000, 'x');
  for (const bool known_size : {false, true}) {
    PieceSource source(bytes, 16);
    AofReadOptions options;
    options.longest_argument = known_size ? UINT64_MAX : 99;
    if (known_size) options.source_size = set_a.size() + 60;
    AofReader reader(source, options);
    Teller teller;
    // The buffer is filled before anything is looked at; a small file lies in it as a whole.
    EXPECT_EQ(reader.read_all(teller), AofState::damaged);
    EXPECT_EQ(reader.position().sound, set_a.size());
  }
}

// Each byte changed in several ways: what is whole and does not touch the damage is told, but for a command that the damage
// makes the value of the one before it.
TEST(Resynchronise, LosesNothingButWhatADamageTouches) {
  std::string bytes;
  std::vector<size_t> begins;
  Words words;
  for (int i = 0; i < 8; ++i) {
    begins.push_back(bytes.size());
    const std::string n = std::to_string(i);
    const std::string value = std::string(static_cast<size_t>(i) * 5, 'v');
    bytes += bytes_of({"SET", "key" + n, value});
    words.push_back("SET key" + n + " " + value);
  }
  begins.push_back(bytes.size());
  size_t swallowed = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {1, 8, 16, 64, 128}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      const Teller teller = read_on(damaged);
      size_t missing = 0;
      for (size_t i = 0; i < words.size(); ++i) {
        if (at >= begins[i] && at < begins[i + 1]) continue;
        if (std::count(teller.told.begin(), teller.told.end(), words[i]) != 1) ++missing;
      }
      EXPECT_LE(missing, 1U) << at << " " << change;
      swallowed += missing;
    }
  }
  EXPECT_LE(swallowed, bytes.size() / 50);
}

}  // namespace
}  // namespace redoubt
