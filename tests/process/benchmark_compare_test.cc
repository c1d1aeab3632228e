// redoubt-benchmark --compare.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "tests/support/benchmark_fixture.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class BenchmarkCompare : public BenchmarkFixture {
 protected:
  // The same server, but another of its databases.
  std::string other(int db) const { return "redis://127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(db); }
};

TEST_F(BenchmarkCompare, MeasuresBothInTurn) {
  EXPECT_EQ(
      run({"--compare", other(1), "--rounds", "3", "-n", "200", "-r", "100", "--keys", "sequential", "-t", "set"}), 0)
      << err_;
  EXPECT_EQ(calls("set"), 2 * 3 * 200);
  EXPECT_THAT(info_field(link_, "db0"), StartsWith("keys=100,"));
  EXPECT_THAT(info_field(link_, "db1"), StartsWith("keys=100,"));
  EXPECT_THAT(out_, HasSubstr("====== SET ======\n  A: 127.0.0.1:"));
  EXPECT_THAT(out_, HasSubstr("  3 rounds, A B A B; 50 clients, pipeline 1\n"));
}

TEST_F(BenchmarkCompare, ALargeDifferenceIsReal) {
  link_.run({"RPUSH", "mylist", "x"});
  link_.run({"SELECT", "1"});
  std::vector<std::string> words = {"RPUSH", "mylist"};
  words.insert(words.end(), 20'000, "element");
  link_.run(words);
  EXPECT_EQ(run({"--compare", other(1), "--rounds", "4", "-n", "200", "-c", "4", "-q", "LRANGE", "mylist", "0", "-1"}),
            0);
  EXPECT_THAT(out_, StartsWith("LRANGE mylist 0 -1 clients=4 pipeline=1: "));
  EXPECT_THAT(out_, HasSubstr("A is better: the difference is real\n"));
}

TEST_F(BenchmarkCompare, ASweepComparesEachCombination) {
  EXPECT_EQ(run({"--compare", other(1), "--rounds", "2", "-n", "50", "--csv", "--clients", "1,2", "--pipelines", "1,4",
                 "-t", "get"}),
            0)
      << err_;
  EXPECT_THAT(out_, StartsWith("\"test\",\"clients\",\"pipeline\",\"rounds\",\"figure\",\"a\",\"b\",\"ratio\","));
  for (const char* const combination : {"\"1\",\"1\"", "\"2\",\"1\"", "\"1\",\"4\"", "\"2\",\"4\""}) {
    EXPECT_THAT(out_, HasSubstr("\n\"GET\"," + std::string(combination) + ",\"2\",\"requests_per_second\","));
  }
}

TEST_F(BenchmarkCompare, ErrorsOfEitherServerAreToldAndCounted) {
  EXPECT_EQ(run({"--compare", other(1), "--rounds", "2", "-n", "10", "-c", "1", "nosuch"}), 1) << err_;
  EXPECT_THAT(out_, HasSubstr("\nerror replies: 20 of A, 20 of B\n"));
}

TEST_F(BenchmarkCompare, WritesADocument) {
  const std::string path = server_.directory() + "/compare.json";
  EXPECT_EQ(run({"--compare", other(1), "--rounds", "2", "-n", "10", "-t", "ping_mbulk", "--json", path}), 0) << err_;
  const auto document = boost::json::parse(read_file(path));
  EXPECT_TRUE(document.at("whole").as_bool());
  EXPECT_EQ(document.at("comparisons").at(0).at("rounds").as_array().size(), 2u);
}

TEST_F(BenchmarkCompare, AServerThatIsNotThereIsNamed) {
  EXPECT_EQ(run({"--compare", "unix:///no/such.sock", "-t", "get"}), 1);
  EXPECT_EQ(err_, "Could not connect to Redis at /no/such.sock: No such file or directory\n");
  EXPECT_EQ(out_, "");
}

TEST_F(BenchmarkCompare, ALineThatMakesNoSenseIsRefused) {
  const struct {
    std::vector<std::string> words;
    const char* err;
  } cases[] = {
      {{"--compare", "b"}, "--compare: 'b' is no address of a server: "},
      {{"--rounds", "3"}, "--rounds are those of a comparison: --compare"},
      {{"--compare", "redis://h", "--rounds", "1"}, "--rounds must be a number from 2 to 1000000, not '1'"},
      {{"--compare", "redis://h", "--html", "x"}, "--html is of no use with --compare"},
      {{"--compare", "redis://h", "-l"}, "-l is of no use with --compare"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(run(row.words), 1);
    EXPECT_THAT(err_, HasSubstr(row.err));
  }
}

}  // namespace
}  // namespace redoubt
