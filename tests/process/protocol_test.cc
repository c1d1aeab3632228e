// The protocol over real sockets, with what polite and impolite clients do to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::StartsWith;

class Protocol : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new ServerRun({"--enable-debug-command", "yes"}); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { Link(port()).run({"FLUSHALL"}); }
  static int port() { return server_->port(); }
  static ServerRun* server_;
};
ServerRun* Protocol::server_ = nullptr;

TEST_F(Protocol, OneByteAtATime) {
  const std::string binary("\0k\r\n\xff", 5);
  const std::string requests = request_of({"SET", binary, "value"}) + "get nothing\r\n" + request_of({"GET", binary}) +
                               "\r\n*0\r\n" + request_of({"STRLEN", binary});
  RawLink link(port());
  for (const char c : requests) link.send(std::string_view(&c, 1));
  EXPECT_EQ(link.read_line(), "+OK");
  EXPECT_EQ(link.read_line(), "$-1");
  EXPECT_EQ(link.read(11), "$5\r\nvalue\r\n");
  EXPECT_EQ(link.read_line(), ":5");
}

TEST_F(Protocol, AHalfSentCommandDoesNothing) {
  const std::string whole = request_of({"SET", "half", "value"});
  for (size_t size = 1; size < whole.size(); ++size) {
    RawLink link(port());
    link.send(whole.substr(0, size));
    if (size % 2 == 0) {
      link.end_output();
      EXPECT_EQ(link.read_to_end(), "");
      EXPECT_TRUE(link.closed());
    }
  }
  Link look(port());
  EXPECT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  EXPECT_EQ(to_line(look.run({"EXISTS", "half"})), ":0");
}

TEST_F(Protocol, AnswersWhatCameBeforeTheEndOfInput) {
  RawLink link(port());
  link.send("SET k v\r\nGET k\r\n");
  link.end_output();
  EXPECT_EQ(link.read_to_end(), "+OK\r\n$1\r\nv\r\n");
  EXPECT_TRUE(link.closed());
}

// ---- errors --------------------------------------------------------------------------------------

struct ErrorCase {
  const char* name;
  std::string bytes;
  std::string reply;
};
class ProtocolErrors : public Protocol, public testing::WithParamInterface<ErrorCase> {};

TEST_P(ProtocolErrors, AreToldAndCloseTheConnection) {
  const ErrorCase& c = GetParam();
  RawLink link(port());
  link.send("SET k v\r\n" + c.bytes);
  EXPECT_EQ(link.read_to_end(), "+OK\r\n-ERR Protocol error: " + c.reply + "\r\n");
  EXPECT_TRUE(link.closed());
  EXPECT_EQ(Link(port()).run({"DBSIZE"}).kind, ':');
}
INSTANTIATE_TEST_SUITE_P(
    Sockets, ProtocolErrors,
    testing::Values(ErrorCase{"OneGigabyte", "*2\r\n$3\r\nGET\r\n$1073741824\r\n", "invalid bulk length"},
                    ErrorCase{"NegativeLength", "*1\r\n$-1\r\n", "invalid bulk length"},
                    ErrorCase{"NegativeLengthLater", "*2\r\n$3\r\nGET\r\n$-5\r\n", "invalid bulk length"},
                    ErrorCase{"NoNumber", "*1\r\n$abc\r\n", "invalid bulk length"},
                    ErrorCase{"HugeNumber", "*1\r\n$99999999999999999999999\r\n", "invalid bulk length"},
                    ErrorCase{"HugeCount", "*3000000000\r\n", "invalid multibulk length"},
                    ErrorCase{"NoCount", "*x\r\n", "invalid multibulk length"},
                    ErrorCase{"NoDollar", "*1\r\nPING\r\n", "expected '$', got 'P'"},
                    ErrorCase{"QuoteNotClosed", "GET \"a\r\n", "unbalanced quotes in request"},
                    ErrorCase{"EndlessLine", std::string(70000, 'x'), "too big inline request"},
                    ErrorCase{"EndlessCount", "*" + std::string(70000, '1'), "too big mbulk count string"},
                    ErrorCase{"EndlessLength", "*1\r\n$" + std::string(70000, '1'), "too big bulk count string"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(Protocol, ANegativeCountIsNoCommand) {
  RawLink link(port());
  link.send("*-10\r\n*0\r\nDBSIZE\r\n");
  EXPECT_EQ(link.read_line(), ":0");
}

TEST_F(Protocol, ErrorsOfCommandsDoNotCloseTheConnection) {
  RawLink link(port());
  link.send("nonsense a b\r\nGET\r\nDBSIZE\r\n");
  EXPECT_THAT(link.read_line(), StartsWith("-ERR unknown command 'nonsense', with args beginning with: 'a' 'b'"));
  EXPECT_EQ(link.read_line(), "-ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(link.read_line(), ":0");
}

// ---- promises that are not kept cost nothing -----------------------------------------------------

TEST_F(Protocol, AMillionElementsThatNeverComeTakeNoMemory) {
  Link look(port());
  const int64_t before = info_number(look, "used_memory");
  std::vector<RawLink> links;
  for (int i = 0; i < 20; ++i) {
    links.emplace_back(port());
    links.back().send("*1000000\r\n");
    links.back().send("DBSIZE"[0] == 'D' ? "$3\r\nSET\r\n$500000000\r\nabc" : "");
  }
  EXPECT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 21; }));
  const int64_t between = info_number(look, "used_memory");
  // A room for each read, no more.
  EXPECT_LT(between - before, 20 * (int64_t{1} << 21));
  links.clear();
  EXPECT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  EXPECT_LT(info_number(look, "used_memory") - before, 2 << 20);
}

TEST_F(Protocol, LongInputOfOneClientIsGivenBack) {
  Link look(port());
  const int64_t before = info_number(look, "used_memory");
  {
    RawLink link(port());
    link.send("*200000\r\n$4\r\nMGET\r\n");
    std::string elements;
    for (int i = 0; i < 150000; ++i) elements += "$1\r\nx\r\n";
    link.send(elements);
    EXPECT_TRUE(eventually([&] { return info_number(look, "used_memory") - before > 1 << 20; }));
  }
  EXPECT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  EXPECT_LT(info_number(look, "used_memory") - before, 1 << 20);
}

// ---- much at once --------------------------------------------------------------------------------

TEST_F(Protocol, AHundredThousandCommandsInOneGoAndASlowReader) {
  constexpr int count = 100000;
  RawLink link(port());
  link.shrink_receive_buffer(4096);
  std::string requests;
  for (int i = 0; i < count; ++i) requests += request_of({"INCR", "counter"});
  std::thread sender([&] { link.send(requests); });
  for (int i = 1; i <= count; ++i) {
    const std::string line = link.read_line();
    if (line != ":" + std::to_string(i)) {
      ADD_FAILURE() << "reply " << i << " is " << line;
      break;
    }
  }
  sender.join();
}

TEST_F(Protocol, AReaderThatSleepsDoesNotHoldUpOthers) {
  RawLink sleeper(port());
  Link other(port());
  (void)other.run({"SET", "big", std::string(1 << 20, 'x')});
  for (int i = 0; i < 64; ++i) sleeper.send("GET big\r\n");
  EXPECT_TRUE(eventually([&] { return info_number(other, "used_memory") > 48 << 20; }));
  EXPECT_EQ(to_line(other.run({"DBSIZE"})), ":1");
  for (int i = 0; i < 64; ++i) {
    ASSERT_EQ(sleeper.read_line(), "$1048576");
    ASSERT_EQ(sleeper.read((1 << 20) + 2).size(), size_t{(1 << 20) + 2});
  }
  EXPECT_TRUE(eventually([&] { return info_number(other, "used_memory") < 16 << 20; })) << "the output is given back";
}

TEST_F(Protocol, AValueOfTwoHundredMegabytesGoesInAndOut) {
  std::string value(200 << 20, '\0');
  uint64_t state = 88172645463325252ull;
  for (size_t i = 0; i + 8 <= value.size(); i += 8) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    value.replace(i, 8, reinterpret_cast<const char*>(&state), 8);
  }
  RawLink link(port());
  link.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + std::to_string(value.size()) + "\r\n");
  link.send(value);
  link.send("\r\n");
  EXPECT_EQ(link.read_line(), "+OK");
  link.send("GET big\r\n");
  EXPECT_EQ(link.read_line(), "$" + std::to_string(value.size()));
  EXPECT_TRUE(link.read(value.size()) == value);
  EXPECT_EQ(link.read(2), "\r\n");
  Link look(port());
  (void)look.run({"FLUSHALL"});
  EXPECT_TRUE(eventually([&] { return info_number(look, "used_memory") < 32 << 20; }));
}

struct InlineCase {
  const char* name;
  std::string line;
  std::string reply;
};
class Inline : public Protocol, public testing::WithParamInterface<InlineCase> {};

TEST_P(Inline, CommandsAreCutIntoWords) {
  RawLink link(port());
  link.send("SET k v\r\n" + GetParam().line);
  EXPECT_EQ(link.read_line(), "+OK");
  EXPECT_EQ(link.read_line(), GetParam().reply);
}
INSTANTIATE_TEST_SUITE_P(Sockets, Inline,
                         testing::Values(InlineCase{"Plain", "STRLEN k\r\n", ":1"},
                                         InlineCase{"NewlineAlone", "STRLEN k\n", ":1"},
                                         InlineCase{"Blanks", "   STRLEN \t  k  \r\n", ":1"},
                                         InlineCase{"Empty", "\r\n\r\nSTRLEN k\r\n", ":1"},
                                         InlineCase{"Quoted", "STRLEN \"k\"\r\n", ":1"},
                                         InlineCase{"Single", "strlen 'k'\r\n", ":1"},
                                         InlineCase{"Escaped", "SETRANGE new 0 \"\\x00\\xff\\n\"\r\n", ":3"}),
                         [](const auto& tested) { return tested.param.name; });

TEST_F(Protocol, KeysMayHoldAnyByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  Link link(port());
  for (const std::string& key : {all, std::string("\r\n"), std::string(), std::string("a\0b", 3)}) {
    EXPECT_EQ(to_line(link.run({"SET", key, all + key})), "+OK");
    EXPECT_EQ(link.run({"GET", key}).text, all + key);
  }
  EXPECT_EQ(to_line(link.run({"DBSIZE"})), ":4");
}

TEST_F(Protocol, ManyClientsAtOnceGetTheirOwnReplies) {
  std::vector<RawLink> links;
  for (int i = 0; i < 200; ++i) links.emplace_back(port());
  for (int round = 0; round < 5; ++round) {
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string text = std::to_string(i * 10 + static_cast<size_t>(round));
      links[i].send(request_of({"SET", "k" + std::to_string(i), text}) + request_of({"GET", "k" + std::to_string(i)}));
    }
    for (size_t i = 0; i < links.size(); ++i) {
      const std::string text = std::to_string(i * 10 + static_cast<size_t>(round));
      ASSERT_EQ(links[i].read_line(), "+OK");
      ASSERT_EQ(links[i].read_line(), "$" + std::to_string(text.size()));
      ASSERT_EQ(links[i].read_line(), text);
    }
  }
}

}  // namespace
}  // namespace redoubt
