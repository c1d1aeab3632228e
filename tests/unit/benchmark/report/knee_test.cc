// Where more clients stop to pay.
#include "benchmark/report/knee.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

Measurement with(size_t clients, uint64_t replies, size_t pipeline = 1, const char* test = "GET") {
  Measurement one;
  one.test = test;
  one.clients = clients;
  one.pipeline = pipeline;
  one.replies = replies;
  one.seconds = 1;
  one.latency.p99_ns = clients * 1'000'000;
  return one;
}

TEST(Knee, IsTheFewestClientsThatReachNineTenthsOfTheBest) {
  const struct {
    std::vector<Measurement> measurements;
    size_t at;
    size_t best;
    bool reached;
  } cases[] = {
      {{with(1, 30), with(5, 89), with(6, 90), with(50, 100)}, 6, 50, true},
      {{with(50, 100), with(6, 90), with(5, 89), with(1, 30)}, 6, 50, true},
      {{with(1, 100), with(2, 50)}, 1, 1, true},
      {{with(1, 10), with(2, 100), with(3, 70)}, 2, 2, true},
      {{with(1, 10), with(2, 50), with(4, 100)}, 4, 4, false},
      {{with(1, 10), with(2, 0)}, 1, 1, true},
  };
  for (const auto& row : cases) {
    const auto knee = find_knee(row.measurements);
    ASSERT_TRUE(knee);
    EXPECT_EQ(knee->at->clients, row.at);
    EXPECT_EQ(knee->best->clients, row.best);
    EXPECT_EQ(knee->reached, row.reached) << row.at;
  }
}

TEST(Knee, NeedsTwoNumbersOfClientsAndReplies) {
  EXPECT_FALSE(find_knee({}));
  EXPECT_FALSE(find_knee(std::vector{with(1, 10)}));
  EXPECT_FALSE(find_knee(std::vector{with(1, 0), with(2, 0)}));
}

TEST(Knee, OneForEachTestAndPipeline) {
  const std::vector<Measurement> all = {with(1, 95),     with(2, 100),         with(1, 10, 16),
                                        with(2, 99, 16), with(1, 5, 1, "SET"), with(1, 5, 16, "SET")};
  const auto knees = find_knees(all);
  ASSERT_EQ(knees.size(), 2u);
  EXPECT_EQ(knees[0].at, &all[0]);
  EXPECT_EQ(knees[1].at, &all[3]);
  EXPECT_FALSE(knees[1].reached);
}

TEST(Knee, IsToldInASentence) {
  const std::vector<Measurement> reached = {with(1, 9500), with(20, 10000)};
  EXPECT_EQ(
      knee_sentence(*find_knee(reached), 3),
      "With pipeline 1 the knee is at 1 client: 9,500 requests per second, p99 1.000 ms; that is 95 % of the best, "
      "which 20 clients had: 10,000 requests per second, p99 20.000 ms.");
  const std::vector<Measurement> best = {with(2, 10000), with(20, 8000)};
  EXPECT_EQ(knee_sentence(*find_knee(best), 1),
            "With pipeline 1 the knee is at 2 clients: 10,000 requests per second, p99 2.0 ms, the best of all.");
  const std::vector<Measurement> grows = {with(2, 100, 16), with(20, 8000, 16)};
  EXPECT_EQ(
      knee_sentence(*find_knee(grows), 0),
      "With pipeline 16 throughput still grew at 20 clients, the most that were tried: 8,000 requests per second, "
      "p99 20 ms.");
}

}  // namespace
}  // namespace redoubt
