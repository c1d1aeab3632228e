// The line on a terminal.
#include "benchmark/report/progress_line.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

TEST(ProgressLine, TellsWhatIsKnown) {
  LoadPlan by_number;
  by_number.requests = 1000;
  LoadPlan by_time;
  by_time.duration_ns = 60'000'000'000;
  by_time.warmup_ns = 1;
  by_time.requests = UINT64_MAX;
  const SecondStats last{0, 90, 1'500'000, 2'000'000, 3'000'000};
  const struct {
    const LoadPlan& plan;
    LoadProgress before, now;
    const char* line;
  } cases[] = {
      {by_number, {}, {}, "GET: begins"},
      {by_time, {}, {}, "GET: warming up"},
      {by_number, {}, {250, 0.5, {}}, "GET: 25 % done, rps=500.0 (overall: 500.0), 1.5 s left"},
      {by_number,
       {100, 1, {}},
       {500, 2, last},
       "GET: 50 % done, rps=400.0 (overall: 250.0), p50=1.50 p99=2.00 msec, 2.0 s left"},
      {by_time, {}, {500, 15, {}}, "GET: 25 % done, rps=33.3 (overall: 33.3), 45.0 s left"},
      {by_time, {}, {500, 61, {}}, "GET: 100 % done, rps=8.2 (overall: 8.2)"},
      {by_number, {}, {0, 1, SecondStats{}}, "GET: 0 % done, rps=0.0 (overall: 0.0)"},
  };
  for (const auto& row : cases) EXPECT_EQ(progress_line("GET", row.plan, row.before, row.now, 2), row.line);
}

TEST(ProgressLine, NamesDoNothingToATerminal) {
  EXPECT_EQ(progress_line("SET \x1b[2J\n", {}, {}, {}, 3), "SET \\x1b[2J\\n: begins");
}

}  // namespace
}  // namespace redoubt
