// KEYS and SCAN.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/base/random.h"
#include "server/keyspace/database.h"
#include "tests/support/command_fixture.h"

namespace redoubt {
namespace {

class ScanTest : public CommandTest {
 protected:
  void put(const std::string& key) { server.db().set_string(key, "v"); }
  void put_volatile(const std::string& key, int64_t ms) {
    server.db().set_expiry(server.db().set_string(key, "v"), server.now_ms() + ms);
  }
  // One call; gives the cursor of the next.
  std::string step(const std::string& cursor, const std::vector<std::string>& options, std::vector<std::string>& keys) {
    std::vector<std::string> words{"SCAN", cursor};
    words.insert(words.end(), options.begin(), options.end());
    const Reply reply = server.client().run(words);
    EXPECT_EQ(reply.items.size(), 2u) << to_string(reply);
    for (const Reply& key : reply.items[1].items) keys.push_back(key.text);
    return reply.items[0].text;
  }
  std::vector<std::string> scan_all(const std::vector<std::string>& options = {}) {
    std::vector<std::string> keys;
    std::string cursor = "0";
    do {
      cursor = step(cursor, options, keys);
    } while (cursor != "0");
    std::sort(keys.begin(), keys.end());
    return keys;
  }
};

using Names = std::vector<std::string>;

struct Case {
  std::string_view line;
  std::string_view answer;
};

TEST_F(ScanTest, WrongCalls) {
  for (const auto& [line, answer] : {
           Case{"scan x", "(error) ERR invalid cursor"},
           Case{"scan ' 0'", "(error) ERR invalid cursor"},
           Case{"scan '0 '", "(error) ERR invalid cursor"},
           Case{"scan -", "(error) ERR invalid cursor"},
           Case{"scan 18446744073709551616", "(error) ERR invalid cursor"},
           Case{"scan x count x", "(error) ERR invalid cursor"},
           Case{"scan 0 count 0", "(error) ERR syntax error"},
           Case{"scan 0 count -1", "(error) ERR syntax error"},
           Case{"scan 0 count x", "(error) ERR value is not an integer or out of range"},
           Case{"scan 0 count", "(error) ERR syntax error"},
           Case{"scan 0 match", "(error) ERR syntax error"},
           Case{"scan 0 type", "(error) ERR syntax error"},
           Case{"scan 0 foo 1", "(error) ERR syntax error"},
           Case{"scan 0 novalues", "(error) ERR NOVALUES option can only be used in HSCAN"},
           Case{"scan 0 count 0 novalues", "(error) ERR syntax error"},
           Case{"scan", "(error) ERR wrong number of arguments for 'scan' command"},
       }) {
    EXPECT_EQ(type(line), answer) << line;
  }
}

TEST_F(ScanTest, CursorsInEveryForm) {
  EXPECT_EQ(type("scan 0"), R"(["0", []])");
  put("a");
  for (const char* cursor : {"0", "00", "+0", "-0", "''"}) {
    EXPECT_EQ(type(std::string("scan ") + cursor), R"(["0", ["a"]])") << cursor;
  }
  for (const char* cursor : {"-1", "18446744073709551615"}) {
    EXPECT_EQ(to_string(type(std::string("scan ") + cursor)).substr(0, 6), R"(["0", )") << cursor;
  }
}

TEST_F(ScanTest, Options) {
  for (const char* key : {"one", "two", "three"}) put(key);
  put_volatile("told", 10);
  server.advance(11);
  EXPECT_EQ(scan_all(), (Names{"one", "three", "two"}));
  put_volatile("told", 10);
  server.advance(11);
  EXPECT_EQ(scan_all({"MATCH", "t*"}), (Names{"three", "two"}));
  EXPECT_EQ(server.db().size(), 3u) << "what has expired goes when a scan comes across it";
  EXPECT_EQ(scan_all({"match", "*"}), (Names{"one", "three", "two"}));
  EXPECT_EQ(scan_all({"match", "o*", "match", "t*"}), (Names{"three", "two"}));
  EXPECT_EQ(scan_all({"TYPE", "STRING", "COUNT", "1"}), (Names{"one", "three", "two"}));
  EXPECT_EQ(scan_all({"type", "hash"}), Names{});
  EXPECT_EQ(scan_all({"type", "nosuch"}), Names{});
  EXPECT_EQ(scan_all({"type", ""}), Names{});
  EXPECT_EQ(scan_all({"count", "9223372036854775807"}), (Names{"one", "three", "two"}));
}

TEST_F(ScanTest, CountBoundsACall) {
  for (int i = 0; i < 1000; ++i) put("key:" + std::to_string(i));
  for (const int count : {1, 10, 50, 200}) {
    size_t calls = 0, seen = 0;
    std::string cursor = "0";
    do {
      Names keys;
      cursor = step(cursor, {"COUNT", std::to_string(count)}, keys);
      // A chain of buckets is given whole: by chance one may hold several times the eight keys that are the mean.
      EXPECT_LE(keys.size(), static_cast<size_t>(count) + 40);
      seen += keys.size();
      ++calls;
    } while (cursor != "0");
    EXPECT_EQ(seen, 1000u);
    EXPECT_LE(calls, 1000u / static_cast<size_t>(count) + 1);
  }
  // A pattern that matches nothing does not make a call longer.
  Names none;
  EXPECT_NE(step("0", {"MATCH", "nothing"}, none), "0");
  EXPECT_TRUE(none.empty());
}

TEST_F(ScanTest, EmptyStretchesArePassedOverWithinBounds) {
  for (int i = 0; i < 20000; ++i) put("key:" + std::to_string(i));
  for (int i = 0; i < 19990; ++i) server.db().erase("key:" + std::to_string(i));
  Names keys;
  std::string cursor = "0";
  size_t calls = 0;
  do {
    cursor = step(cursor, {}, keys);
    ++calls;
  } while (cursor != "0");
  EXPECT_EQ(keys.size(), 10u);
  EXPECT_GE(calls, 10u);
  EXPECT_LE(calls, 100u);
}

// Whatever comes and goes between the calls: a key that is there all the time is seen, and none that never was.
TEST_F(ScanTest, SeesWhatIsPresentThroughout) {
  struct Change {
    int at_first;
    int per_call;  // keys added, or removed when negative
  };
  constexpr int lasting = 500;
  for (const auto& [at_first, per_call] : {Change{0, 0}, {0, 50}, {0, 700}, {5000, -100}, {30000, -700}, {2000, 300}}) {
    for (const char* count : {"1", "10", "100"}) {
      server.db().clear(false);
      for (int i = 0; i < lasting; ++i) put("lasting:" + std::to_string(i));
      for (int i = 0; i < at_first; ++i) put("passing:" + std::to_string(i));
      int next = at_first, first = 0;
      Random random(7);
      std::map<std::string, int> seen;
      std::string cursor = "0";
      do {
        Names keys;
        cursor = step(cursor, {"COUNT", count}, keys);
        for (const std::string& key : keys) ++seen[key];
        for (int i = 0; i < per_call && next < 60000; ++i) put("passing:" + std::to_string(next++));
        for (int i = 0; i > per_call && first < next; --i) server.db().erase("passing:" + std::to_string(first++));
        server.db().shrink_if_sparse();
        server.db().rehash(random.below(8));
      } while (cursor != "0");
      for (int i = 0; i < lasting; ++i) {
        EXPECT_EQ(seen["lasting:" + std::to_string(i)], 1) << i << " of " << at_first << ", " << per_call;
      }
      for (const auto& [key, times] : seen) {
        EXPECT_TRUE(key.starts_with("lasting:") || key.starts_with("passing:")) << key;
      }
    }
  }
}

TEST_F(ScanTest, Keys) {
  EXPECT_EQ(type("keys *"), "[]");
  for (const char* key : {"one", "two", "three", "t?"}) put(key);
  put_volatile("told", 10);
  server.advance(11);
  const auto keys = [&](std::string_view pattern) {
    std::set<std::string> found;
    for (const Reply& key : run("KEYS", pattern).items) found.insert(key.text);
    return found;
  };
  using Set = std::set<std::string>;
  EXPECT_EQ(keys("*"), (Set{"one", "two", "three", "t?"}));
  EXPECT_EQ(keys("t*"), (Set{"two", "three", "t?"}));
  EXPECT_EQ(keys("t?"), (Set{"t?"}));
  EXPECT_EQ(keys("t\\?"), (Set{"t?"}));
  EXPECT_EQ(keys("two"), (Set{"two"}));
  EXPECT_EQ(keys("[ot]*e"), (Set{"one", "three"}));
  EXPECT_EQ(keys("nothing"), Set{});
  EXPECT_EQ(keys("told"), Set{});
}

TEST_F(ScanTest, KeysWhileTheTableGrows) {
  std::set<std::string> all;
  for (int i = 0; i < 3000; ++i) {
    put("key:" + std::to_string(i));
    all.insert("key:" + std::to_string(i));
    if (i % 97 != 0) continue;
    std::multiset<std::string> found;
    for (const Reply& key : run("KEYS", "*").items) found.insert(key.text);
    ASSERT_EQ(std::multiset<std::string>(all.begin(), all.end()), found) << i;
  }
}

}  // namespace
}  // namespace redoubt
