// Clients that send garbage: random bytes, and valid pipelines with some bytes changed. The server answers, closes, and
// is as well as before.
#include <gtest/gtest.h>
#include <poll.h>

#include <random>

#include "tests/support/raw_link.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

class Abuser {
 public:
  explicit Abuser(unsigned seed) : random_(seed) {}

  std::string bytes() {
    switch (below(4)) {
      case 0: return noise(below(2000));
      case 1: return pipeline();
      case 2: return "*" + std::to_string(below(100000)) + "\r\n" + noise(below(200));
      default: return damaged(pipeline());
    }
  }

 private:
  size_t below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(random_); }

  std::string noise(size_t size) {
    constexpr std::string_view likely = "*$\r\n0123456789-+ \"'\\";
    std::string text;
    for (size_t i = 0; i < size; ++i)
      text += below(2) == 0 ? likely[below(likely.size())] : static_cast<char>(below(256));
    return text;
  }

  std::string pipeline() {
    // Commands that end or stop a server, or change its configuration, would make this a test of something else.
    static const char* const names[] = {"SET",     "GET",         "MSET",   "INCR",   "APPEND", "SETRANGE", "GETRANGE",
                                        "EXPIRE",  "SCAN",        "COPY",   "LCS",    "RENAME", "OBJECT",   "PING",
                                        "HELLO",   "SELECT",      "INFO",   "KEYS",   "TTL",    "GETEX",    "MEMORY",
                                        "COMMAND", "FLUSHDB",     "CLIENT", "RESET",  "QUIT",   "AUTH",     "ECHO",
                                        "MGET",    "INCRBYFLOAT", "STRLEN", "CONFIG", "DUMP"};
    std::string text;
    for (size_t n = below(20); n-- > 0;) {
      const size_t count = 1 + below(5);
      text += "*" + std::to_string(count) + "\r\n";
      for (size_t i = 0; i < count; ++i) {
        const std::string word = i == 0 ? names[below(std::size(names))] : argument();
        text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
      }
    }
    return text;
  }

  std::string argument() {
    static const char* const words[] = {"key",     "0",
                                        "-1",      "1",
                                        "EX",      "9223372036854775807",
                                        "COUNT",   "MATCH",
                                        "*",       "USAGE",
                                        "IDX",     "nx",
                                        "GETKEYS", "-9223372036854775808",
                                        "",        "1e308",
                                        "LIST",    "INFO",
                                        "SETNAME", "REPLY",
                                        "ON",      "OFF",
                                        "SKIP",    "GET",
                                        "DOCS",    "3",
                                        "2",       "TRACKINGINFO",
                                        "STATS"};
    return below(4) == 0 ? noise(below(50)) : words[below(std::size(words))];
  }

  std::string damaged(std::string text) {
    for (size_t n = 1 + below(5); n-- > 0 && !text.empty();) {
      const size_t at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = static_cast<char>(below(256)); break;
        case 1: text.erase(at, 1 + below(10)); break;
        default: text.insert(at, noise(1 + below(10)));
      }
    }
    return text;
  }

  std::mt19937 random_;
};

TEST(Abuse, TheServerSurvivesGarbage) {
  ServerRun server;
  Link look(server.port());
  int64_t before = 0;
  constexpr unsigned connections = 2000;
  for (unsigned seed = 0; seed < connections; ++seed) {
    if (seed == connections / 4) {
      ASSERT_EQ(to_line(look.run({"FLUSHALL"})), "+OK");
      before = info_number(look, "used_memory");
    }
    Abuser abuser(seed);
    RawLink link(server.port());
    for (int part = 0; part < 3; ++part) {
      if (!link.try_send(abuser.bytes())) break;
    }
    if (seed % 3 == 0) {
      // Reads all that there is, and sees the end.
      link.end_output();
      link.read_to_end();
      ASSERT_TRUE(link.closed()) << "seed " << seed;
    }
    ASSERT_TRUE(server.process().running()) << "seed " << seed << "\n" << server.process().out();
  }
  ASSERT_TRUE(eventually([&] { return info_number(look, "connected_clients") == 1; }));
  ASSERT_EQ(to_line(look.run({"FLUSHALL"})), "+OK");
  EXPECT_TRUE(eventually([&] { return info_number(look, "used_memory") - before < 2 << 20; }))
      << before << " " << info_number(look, "used_memory");
  EXPECT_EQ(to_line(look.run({"SET", "k", "v"})), "+OK");
  EXPECT_TRUE(server.stop()) << server.process().out();
}

}  // namespace
}  // namespace redoubt
