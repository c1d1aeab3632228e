#include "common/resp/request_parser.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

struct Outcome {
  std::vector<Words> requests;
  std::string error;
  size_t unfinished = 0;  // bytes at the end that belong to no whole request
};

// Feeds `text` in pieces as a connection does: what parse() has not used comes again, in another place, with more behind.
class Feeder {
 public:
  explicit Feeder(RequestLimits limits = {}, size_t max_requests = 32) : limits_(limits), most_(max_requests) {}

  // False after a protocol error.
  bool feed(std::string_view bytes) {
    const std::string all = rest_ + std::string(bytes);
    // An allocation of its own and of exactly this size: the address sanitizer sees what is read beyond it, and views
    // into the buffer before are not good any more.
    auto input = std::make_unique<char[]>(all.size() + 1);
    all.copy(input.get(), all.size());
    size_t used = 0;
    while (true) {
      batch_.clear();
      const std::string_view view(input.get() + used, all.size() - used);
      const size_t done = parser_.parse(view, most_, limits_, batch_);
      EXPECT_LE(done, view.size());
      EXPECT_LE(batch_.requests.size(), most_);
      take_requests(done);
      used += done;
      if (batch_.requests.size() < most_) break;
    }
    rest_ = all.substr(used);
    outcome_.error = parser_.error();
    outcome_.unfinished = rest_.size();
    return outcome_.error.empty();
  }
  const Outcome& outcome() const { return outcome_; }
  RequestParser& parser() { return parser_; }

 private:
  void take_requests(size_t done) {
    size_t end = 0;
    for (const RequestBatch::Request& request : batch_.requests) {
      EXPECT_GT(request.count, 0u);
      EXPECT_GT(request.end, end);
      end = request.end;
      EXPECT_LE(end, done);
      Words words;
      for (const std::string_view arg : batch_.args_of(request)) words.emplace_back(arg);
      outcome_.requests.push_back(std::move(words));
    }
  }

  RequestLimits limits_;
  size_t most_;
  RequestParser parser_;
  RequestBatch batch_;
  std::string rest_;
  Outcome outcome_;
};

Outcome parse_in_pieces(std::string_view text, size_t piece, RequestLimits limits = {}, size_t max_requests = 32) {
  Feeder feeder(limits, max_requests);
  for (size_t at = 0; at < text.size(); at += piece) {
    if (!feeder.feed(text.substr(at, piece))) break;
  }
  return feeder.outcome();
}

std::string command(const Words& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return text;
}

const RequestLimits unknown_client{512LL << 20, false};
const RequestLimits small_bulks{100, true};

// ---- what is accepted, as Redis 7.0.15 was seen to -----------------------------------------------------------------

struct AcceptedCase {
  std::string_view name;
  std::string text;
  std::vector<Words> requests;
};

class Accepted : public testing::TestWithParam<AcceptedCase> {};

TEST_P(Accepted, HoweverTheInputIsCut) {
  const AcceptedCase& row = GetParam();
  for (size_t piece = 1; piece <= row.text.size(); ++piece) {
    for (const size_t most : {size_t{1}, size_t{2}, size_t{32}}) {
      const Outcome outcome = parse_in_pieces(row.text, piece, {}, most);
      ASSERT_EQ(outcome.requests, row.requests) << "in pieces of " << piece << ", at most " << most;
      ASSERT_EQ(outcome.error, "");
      ASSERT_EQ(outcome.unfinished, 0u);
    }
  }
}

const std::string ping = "*1\r\n$4\r\nPING\r\n";

INSTANTIATE_TEST_SUITE_P(
    RequestParser, Accepted,
    testing::Values(AcceptedCase{"Command", command({"SET", "key", "value"}), {{"SET", "key", "value"}}},
                    AcceptedCase{"Pipeline", ping + command({"GET", "a"}) + ping, {{"PING"}, {"GET", "a"}, {"PING"}}},
                    AcceptedCase{"EmptyWords", command({"", "", ""}), {{"", "", ""}}},
                    AcceptedCase{"BinaryWords",
                                 command({"SET", std::string("\0\r\n*1\xff", 6), "$3\r\n"}),
                                 {{"SET", std::string("\0\r\n*1\xff", 6), "$3\r\n"}}},
                    AcceptedCase{"TenDigitWord", command({std::string(1234, 'x')}), {{std::string(1234, 'x')}}},
                    AcceptedCase{"CountOfZero", "*0\r\n" + ping, {{"PING"}}},
                    AcceptedCase{"NegativeCount", "*-5\r\n*-1\r\n" + ping, {{"PING"}}},
                    AcceptedCase{"SmallestCount", "*-9223372036854775808\r\n" + ping, {{"PING"}}},
                    AcceptedCase{"WordNotFollowedByCrLf", "*1\r\n$4\r\nPINGxx" + ping, {{"PING"}, {"PING"}}},
                    AcceptedCase{"AnythingAfterCr", "*1\rx$4\rxPINGxx", {{"PING"}}},
                    AcceptedCase{"InlineCrLf", "PING\r\n", {{"PING"}}},
                    AcceptedCase{"InlineLf", "SET a b\nGET a\n", {{"SET", "a", "b"}, {"GET", "a"}}},
                    AcceptedCase{"InlineBlanks", "  GET \t a  \r\n", {{"GET", "a"}}},
                    AcceptedCase{"InlineTwoCr", "PING\r\r\n", {{"PING"}}},
                    AcceptedCase{"EmptyLines", "\r\n\n\r\r\n" + ping + "\r\n", {{"PING"}}},
                    AcceptedCase{"InlineQuotes", "ECHO \"a\\x41\\n b\" 'c \\' d'\r\n", {{"ECHO", "aA\n b", "c ' d"}}},
                    AcceptedCase{"InlineQuotesInAWord", "ECHO a\"b c\"\r\n", {{"ECHO", "ab c"}}},
                    AcceptedCase{"InlineEmptyWord", "ECHO \"\"\r\n\"\"\r\n", {{"ECHO", ""}, {""}}},
                    // Redis waits for ever after a zero byte; here it ends the line.
                    AcceptedCase{"InlineZeroByte", std::string("PI\0NG x\r\nPING\r\n", 15), {{"PI"}, {"PING"}}},
                    AcceptedCase{
                        "Mixed", "SET a b\r\n" + ping + "GET a\n", {{"SET", "a", "b"}, {"PING"}, {"GET", "a"}}}),
    [](const auto& test) { return std::string(test.param.name); });

// ---- what is refused, with Redis's texts -------------------------------------------------------------------------

struct RefusedCase {
  std::string_view name;
  std::string text;
  std::string_view error;
  RequestLimits limits = {};
};

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, HoweverTheInputIsCut) {
  const RefusedCase& row = GetParam();
  // Long inputs in a few sizes only: a piece more is a copy of everything in Feeder.
  std::vector<size_t> pieces = {1, 2, 3, 5, 7, 11, 64, 1000, row.text.size() + 14};
  if (row.text.size() > 1000) pieces = {997, 4096, 65535, 65536, 65537, row.text.size() + 14};
  for (const size_t piece : pieces) {
    const Outcome outcome = parse_in_pieces(ping + row.text, piece, row.limits);
    ASSERT_EQ(outcome.error, "Protocol error: " + std::string(row.error)) << "in pieces of " << piece;
    ASSERT_EQ(outcome.requests, std::vector<Words>{{"PING"}}) << "in pieces of " << piece;
  }
}

const std::string many_digits(65540, '1');
const std::string many_letters(65540, 'a');

INSTANTIATE_TEST_SUITE_P(
    RequestParser, Refused,
    testing::Values(RefusedCase{"CountNoNumber", "*abc\r\n", "invalid multibulk length"},
                    RefusedCase{"CountEmpty", "*\r\n", "invalid multibulk length"},
                    RefusedCase{"CountLeadingZero", "*01\r\n", "invalid multibulk length"},
                    RefusedCase{"CountPlus", "*+1\r\n", "invalid multibulk length"},
                    RefusedCase{"CountBlank", "* 1\r\n", "invalid multibulk length"},
                    RefusedCase{"CountTrailing", "*1x\r\n", "invalid multibulk length"},
                    RefusedCase{"CountAboveInt", "*2147483648\r\n", "invalid multibulk length"},
                    RefusedCase{"CountAboveInt64", "*9223372036854775808\r\n", "invalid multibulk length"},
                    RefusedCase{"CountZeroByte", std::string("*1\0\r\n", 5), "invalid multibulk length"},
                    RefusedCase{"CountTooLong", "*" + many_digits, "too big mbulk count string"},
                    RefusedCase{"CountTooLongAtLast", "*" + many_digits + "\r\n", "too big mbulk count string"},
                    RefusedCase{"NoDollar", "*1\r\nPING\r\n", "expected '$', got 'P'"},
                    RefusedCase{"NoDollarControl", "*1\r\n\x01\r\n", "expected '$', got '\x01'"},
                    RefusedCase{"NoDollarHigh", "*1\r\n\xff\r\n", "expected '$', got '\xff'"},
                    RefusedCase{"NoDollarNewline", "*1\r\n\n\r\n", "expected '$', got ' '"},
                    RefusedCase{"NoDollarReturn", "*1\r\n\r\n", "expected '$', got ' '"},
                    RefusedCase{"NoDollarSecond", "*2\r\n$1\r\na\r\nb", "expected '$', got 'b'"},
                    RefusedCase{"LengthNegative", "*1\r\n$-1\r\n", "invalid bulk length"},
                    RefusedCase{"LengthNoNumber", "*1\r\n$abc\r\n", "invalid bulk length"},
                    RefusedCase{"LengthEmpty", "*1\r\n$\r\n", "invalid bulk length"},
                    RefusedCase{"LengthLeadingZero", "*1\r\n$04\r\nPING\r\n", "invalid bulk length"},
                    RefusedCase{"LengthAboveLimit", "*1\r\n$536870913\r\n", "invalid bulk length"},
                    RefusedCase{"LengthAboveSetLimit", "*1\r\n$101\r\n", "invalid bulk length", small_bulks},
                    RefusedCase{"LengthHuge", "*1\r\n$9223372036854775807\r\n", "invalid bulk length"},
                    RefusedCase{"LengthTooLong", "*1\r\n$" + many_digits, "too big bulk count string"},
                    RefusedCase{"LengthTooLongAtLast", "*1\r\n$" + many_digits + "\r\n", "too big bulk count string"},
                    RefusedCase{"InlineTooLong", many_letters, "too big inline request"},
                    RefusedCase{"InlineTooLongAtLast", many_letters + "\r\n", "too big inline request"},
                    RefusedCase{"InlineQuoteOpen", "ECHO 'a b\r\n", "unbalanced quotes in request"},
                    RefusedCase{"InlineQuoteInside", "ECHO \"a\"b\r\n", "unbalanced quotes in request"},
                    RefusedCase{"UnknownClientCount", "*11\r\n", "unauthenticated multibulk length", unknown_client},
                    RefusedCase{"UnknownClientLength", "*1\r\n$16385\r\n", "unauthenticated bulk length",
                                unknown_client},
                    RefusedCase{"UnknownClientHuge", "*1\r\n$536870913\r\n", "invalid bulk length", unknown_client}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(RequestParser, TakesWhatIsJustWithinTheLimits) {
  const std::string longest_line = "ECHO " + std::string(65536 - 5, 'a') + "\n";
  for (const size_t piece : {size_t{997}, size_t{65536}, size_t{70000}}) {
    const Outcome outcome = parse_in_pieces(longest_line, piece);
    EXPECT_EQ(outcome.error, "");
    ASSERT_EQ(outcome.requests.size(), 1u);
    EXPECT_EQ(outcome.requests[0][1].size(), 65531u);
  }
  const Words ten(10, std::string(16384, 'x'));
  EXPECT_EQ(parse_in_pieces(command(ten), 5000, unknown_client).requests, std::vector<Words>{ten});
  const Words hundred = {std::string(100, 'y')};
  EXPECT_EQ(parse_in_pieces(command(hundred), 7, small_bulks).requests, std::vector<Words>{hundred});
  // The limit on arguments is for arrays only.
  Outcome inline_words = parse_in_pieces("a a a a a a a a a a a a\n", 1, unknown_client);
  ASSERT_EQ(inline_words.requests.size(), 1u);
  EXPECT_EQ(inline_words.requests[0].size(), 12u);
}

TEST(RequestParser, WaitsForTheRestOfWhatIsNotWhole) {
  for (const std::string& text :
       {std::string("*"), std::string("*2147483647\r\n"), std::string("*1\r"), std::string("*1\r\n$"),
        std::string("*1\r\n$536870912\r\n"), std::string("*1\r\n$4\r\nPING\r"), std::string("PING"),
        std::string("PING\r"), std::string("*1\r\n$1\r"), std::string(65536, 'a')}) {
    const Outcome outcome = parse_in_pieces(text, text.size());
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.requests.size(), 0u);
    EXPECT_EQ(outcome.unfinished, text.size());
  }
}

TEST(RequestParser, SaysHowMuchTheArgumentUnderWayStillNeeds) {
  RequestParser parser;
  RequestBatch batch;
  std::string text = "*2\r\n$3\r\nSET\r\n$1000\r\nabc";
  EXPECT_EQ(parser.parse(text, 32, {}, batch), 0u);
  EXPECT_EQ(parser.missing(), 999u);
  text += std::string(998, 'x');
  EXPECT_EQ(parser.parse(text, 32, {}, batch), 0u);
  EXPECT_EQ(parser.missing(), 1u);
  text += "x*1\r\n";
  EXPECT_EQ(parser.parse(text, 32, {}, batch), text.size() - 4);
  EXPECT_EQ(parser.missing(), 0u);
  ASSERT_EQ(batch.requests.size(), 1u);
  EXPECT_EQ(batch.args[1].size(), 1000u);
}

TEST(RequestParser, ArgumentsAreViewsIntoTheInput) {
  RequestParser parser;
  RequestBatch batch;
  const std::string text = command({"SET", "key", "value"});
  parser.parse(text, 32, {}, batch);
  ASSERT_EQ(batch.args.size(), 3u);
  for (const std::string_view arg : batch.args) {
    EXPECT_GE(arg.data(), text.data());
    EXPECT_LE(arg.data() + arg.size(), text.data() + text.size());
  }
}

TEST(RequestParser, StopsAtTheNumberAskedFor) {
  RequestParser parser;
  RequestBatch batch;
  const std::string text = ping + ping + ping;
  EXPECT_EQ(parser.parse(text, 2, {}, batch), 2 * ping.size());
  EXPECT_EQ(batch.requests.size(), 2u);
  EXPECT_EQ(batch.requests[0].end, ping.size());
  // A batch that was not cleared is appended to.
  EXPECT_EQ(parser.parse(std::string_view(text).substr(2 * ping.size()), 2, {}, batch), ping.size());
  EXPECT_EQ(batch.requests.size(), 3u);
}

TEST(RequestParser, BeginsAnewAfterReset) {
  RequestParser parser;
  RequestBatch batch;
  EXPECT_EQ(parser.parse("*2\r\n$3\r\nGET\r\n$5\r\nab", 32, {}, batch), 0u);
  parser.reset();
  const std::string text = command({"GET", "abc"});
  EXPECT_EQ(parser.parse(text, 32, {}, batch), text.size());
  ASSERT_EQ(batch.requests.size(), 1u);
  EXPECT_EQ(batch.args[1], "abc");
}

TEST(RequestParser, ReservesNothingForAnnouncedArguments) {
  RequestParser parser;
  RequestBatch batch;
  parser.parse("*1000000\r\n$536870912\r\n", 32, {}, batch);
  EXPECT_EQ(parser.error(), "");
  EXPECT_LT(parser.memory(), 1024u);
  EXPECT_LT(batch.args.capacity(), 64u);
}

// One byte more each time. Work that starts over at each call would be five billion arguments.
TEST(RequestParser, TricklingInputCostsLinearTime) {
  constexpr size_t arguments = 100'000;
  std::string text = "*100000\r\n";
  for (size_t i = 0; i < arguments; ++i) text += "$1\r\nx\r\n";
  RequestParser parser;
  RequestBatch batch;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.parse(std::string_view(text).substr(0, size), 32, {}, batch), 0u);
  }
  ASSERT_EQ(parser.parse(text, 32, {}, batch), text.size());
  const auto spent = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(batch.args.size(), arguments);
  EXPECT_LT(spent, std::chrono::seconds(5));
  // What the resumed request needed is given back.
  EXPECT_LT(parser.memory(), 64u * 1024);
}

// A long line of requests, cut at random places into pieces of random size.
TEST(RequestParser, RandomPipelinesCutAtRandom) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Words> expected;
    std::string text;
    for (uint64_t i = 1 + random.below(20); i > 0; --i) {
      Words words;
      for (uint64_t j = 1 + random.below(random.below(10) == 0 ? 300 : 4); j > 0; --j) {
        std::string word(random.below(20), '\0');
        for (char& c : word) c = static_cast<char>(random.next());
        words.push_back(word);
      }
      if (random.below(5) == 0) {
        words = {"inline", "words"};
        text += "inline  words\r\n";
      } else {
        text += command(words);
      }
      expected.push_back(words);
    }
    Feeder feeder({}, 1 + random.below(8));
    for (size_t at = 0; at < text.size();) {
      const size_t piece = 1 + random.below(1 + text.size() / 3);
      ASSERT_TRUE(feeder.feed(std::string_view(text).substr(at, piece)));
      at += piece;
    }
    ASSERT_EQ(feeder.outcome().requests, expected);
    ASSERT_EQ(feeder.outcome().unfinished, 0u);
  }
}

}  // namespace
}  // namespace redoubt
