// redoubt-check-rdb --stats as a program: its forms over a file that our server saved, and its estimate of memory beside what
// the server says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "common/tool/json_text.h"
#include "tests/support/html_page_check.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* tool = REDOUBT_BIN_DIR "/redoubt-check-rdb";

struct Ran {
  int status;
  std::string out, err;
};

Ran run(const Words& words) {
  Words all = {tool};
  all.insert(all.end(), words.begin(), words.end());
  ProcessRun process(all);
  const int status = process.wait_for_exit();
  return {status, process.out(), process.err()};
}

// A file in a directory of its own.
class File {
 public:
  explicit File(const std::string& bytes) { write_file(path(), bytes); }
  std::string path(const std::string& name = "dump.rdb") const { return directory_.path() + "/" + name; }

 private:
  TemporaryDirectory directory_;
};

const std::string hostile = "evil:<script>alert(1)</script>\"'&:\x1b[31m\xff\r\n";

std::string sample() {
  RdbBytes file(11);
  file.byte(250).strings({"redis-ver", "7.0.15"}).byte(250).strings({"ctime", "1700000000"}).byte(254).length(0);
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    if (i % 3 == 0) file.byte(252).u64(4102444800000);
    file.key(0, "user:" + n + ":name").string("name " + n);
    file.key(2, "set:" + std::to_string(i % 7) + ":" + n).length(2).strings({"a", n});
  }
  file.key(0, hostile).string(std::string(100'000, '<'));
  return file.end();
}

TEST(CheckRdbStats, Text) {
  const File file(sample());
  const Ran ran = run({file.path(), "--stats", "--top", "3"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "");
  for (const char* part : {"RDB version 11", "redis-ver: 7.0.15", "ctime: 1700000000 (2023-11-14 22:13:20 UTC)",
                           "Keys by database and type", "user:", "set-hashtable", "Largest keys of type set", "601"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  EXPECT_TRUE(is_utf8(ran.out));
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
  EXPECT_THAT(ran.out, HasSubstr("\\x1b[31m\\xff"));
}

TEST(CheckRdbStats, Json) {
  const File file(sample());
  const Ran ran = run({file.path(), "--stats", "--json"});
  EXPECT_EQ(ran.status, 0);
  const json::object document = json::parse(ran.out).as_object();
  EXPECT_EQ(document.at("totals").at("keys").to_number<int>(), 601);
  EXPECT_EQ(document.at("totals").at("expiring").to_number<int>(), 100);
  EXPECT_EQ(document.at("databases").at(0).at("types").at("set").at("elements").to_number<int>(), 600);
  EXPECT_EQ(document.at("spread").at("string").at("ttl_ms").at("count").to_number<int>(), 100);
  EXPECT_TRUE(document.at("top").at(0).at("key").as_object().contains("base64"));
  EXPECT_TRUE(document.at("damage").is_null());
  int users = 0;
  for (const json::value& child : document.at("prefixes").at("children").as_array()) {
    if (child.at("prefix") == "user:") users = child.at("keys").to_number<int>();
  }
  EXPECT_EQ(users, 300);
}

TEST(CheckRdbStats, CsvIsOneTable) {
  const File file(sample());
  const std::string script =
      "import csv, sys\n"
      "rows = list(csv.reader(open(sys.argv[1], newline='', encoding='latin-1')))\n"
      "assert rows[0] == ['section', 'db', 'type', 'name', 'figure', 'value'], rows[0]\n"
      "assert all(len(row) == 6 for row in rows)\n"
      "assert ['keys', '', '', '', 'keys', '601'] in rows\n"
      "assert ['prefixes', '', '', 'user:', 'keys', '300'] in rows\n"
      "assert any(row[0] == 'top' and row[3].endswith('\\r\\n') for row in rows)\n";
  const Ran ran = run({file.path(), "--stats", "--csv"});
  EXPECT_EQ(ran.status, 0);
  write_file(file.path("stats.csv"), ran.out);
  ProcessRun check({"python3", "-c", script, file.path("stats.csv")});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.err();
}

TEST(CheckRdbStats, ThePageIsWellFormedAndNeedsNothingElse) {
  const File file(sample());
  const Ran ran = run({file.path(), "--stats", "--html", file.path("report.html")});
  EXPECT_EQ(ran.status, 0) << ran.err;
  ProcessRun check({"python3", "-c", html_page_check, file.path("report.html"), "svg >= 4 and rect > 8 and table >= 3",
                    "user:", "601", "7.0.15", "evil:<script>alert(1)</script>\"'&:\\x1b[31m\\xff\\r\\n"});
  EXPECT_EQ(check.wait_for_exit(), 0) << check.err();
  EXPECT_LT(read_file(file.path("report.html")).size(), 200'000U);
}

TEST(CheckRdbStats, OfADamagedFileWhatStandsBeforeTheDamage) {
  const std::string whole = sample();
  const File file(whole.substr(0, whole.size() / 2));
  const Ran text = run({file.path(), "--stats", "--html", file.path("report.html")});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, HasSubstr("The file is damaged at offset"));
  EXPECT_THAT(text.out, HasSubstr("user:"));
  EXPECT_THAT(read_file(file.path("report.html")), HasSubstr("The file is damaged at offset"));
  const json::value document = json::parse(run({file.path(), "--stats", "--json"}).out);
  EXPECT_GT(document.at("damage").at("offset").to_number<uint64_t>(), 0U);
  EXPECT_GT(document.at("totals").at("keys").to_number<int>(), 10);
  EXPECT_THAT(run({file.path(), "--stats", "--csv"}).out, HasSubstr("damage_offset"));
}

TEST(CheckRdbStats, AFileWithoutKeys) {
  const File file(RdbBytes(11).end());
  for (const Words& form : {Words{}, Words{"--csv"}, Words{"--json"}, Words{"--html", file.path("report.html")}}) {
    Words words = {file.path(), "--stats"};
    words.insert(words.end(), form.begin(), form.end());
    EXPECT_EQ(run(words).status, 0);
  }
  EXPECT_THAT(read_file(file.path("report.html")), HasSubstr("</html>"));
}

TEST(CheckRdbStats, FilesThatCannotBeReadOrWritten) {
  const File file(sample());
  EXPECT_EQ(run({file.path("none.rdb"), "--stats"}).status, 4);
  const Ran ran = run({file.path(), "--stats", "--html", file.path("no/directory.html")});
  EXPECT_EQ(ran.status, 4);
  EXPECT_THAT(ran.err, HasSubstr("cannot write"));
}

// ---- the estimate of memory -----------------------------------------------------------------------

void fill(Link& link) {
  const auto each = [&link](int count, const auto& make) {
    for (int i = 0; i < count; ++i) ASSERT_NE(link.run(make(i)).kind, '-');
  };
  const auto many = [](Words words, int count, const auto& add) {
    for (int i = 0; i < count; ++i) add(words, i);
    return words;
  };
  each(500, [](int i) { return Words{"SET", fmt::format("string:{}", i), std::string(static_cast<size_t>(i), 'x')}; });
  each(200, [](int i) { return Words{"SET", fmt::format("int:{}", i), std::to_string(i * 1000), "EX", "100000"}; });
  each(20, [](int i) { return Words{"SET", fmt::format("large:{}", i), std::string(5000, 'y')}; });
  each(60, [&](int i) {
    return many({"RPUSH", fmt::format("list:{}", i)}, i < 50 ? 10 : 3000,
                [](Words& w, int n) { w.push_back(fmt::format("element {}", n)); });
  });
  each(60, [&](int i) {
    return many({"SADD", fmt::format("set:{}", i)}, i < 50 ? 10 : 3000,
                [i](Words& w, int n) { w.push_back(fmt::format("{}{}", i % 2 == 0 ? "" : "m", n)); });
  });
  each(60, [&](int i) {
    return many({"HSET", fmt::format("hash:{}", i)}, i < 50 ? 10 : 3000, [](Words& w, int n) {
      w.push_back(fmt::format("field{}", n));
      w.push_back(fmt::format("value {}", n));
    });
  });
  each(60, [&](int i) {
    return many({"ZADD", fmt::format("zset:{}", i)}, i < 50 ? 10 : 3000, [](Words& w, int n) {
      w.push_back(fmt::format("{}.5", n * 7 % 1000));
      w.push_back(fmt::format("member{}", n));
    });
  });
}

TEST(CheckRdbStats, MemoryIsWhatTheServerSaysWithin15Percent) {
  ServerRun server({"--save", "", "--enable-debug-command", "yes", "--dir", "."});
  Link link(server.port());
  fill(link);
  ASSERT_EQ(link.run({"DEBUG", "RELOAD"}).kind, '+');
  std::map<std::string, double> told;
  for (const Value& key : link.run({"KEYS", "*"}).items) {
    told[link.run({"TYPE", key.text}).text] +=
        static_cast<double>(link.run({"MEMORY", "USAGE", key.text, "SAMPLES", "0"}).integer);
  }
  const Ran ran = run({server.directory() + "/dump.rdb", "--stats", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json::value document = json::parse(ran.out);
  for (const char* type : {"string", "list", "set", "hash", "zset"}) {
    const auto estimate = document.at("databases").at(0).at("types").at(type).at("memory_bytes").to_number<double>();
    EXPECT_NEAR(estimate / told[type], 1, 0.15) << type << ": " << estimate << ", " << told[type];
  }
}

}  // namespace
}  // namespace redoubt
