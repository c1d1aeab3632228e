#include "benchmark/compare/comparison.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "benchmark/compare/comparison_report.h"

namespace redoubt {
namespace {

Measurement measured(uint64_t replies, double server_seconds, double client_seconds = 0.1) {
  Measurement of;
  of.test = "GET";
  of.clients = 50;
  of.pipeline = of.threads = 1;
  of.replies = replies;
  of.seconds = 1;
  of.latency.p50_ns = 1'000'000'000 / replies;
  of.client_cpu_seconds = client_seconds;
  of.server_cpu = ServerCpu{server_seconds, server_seconds, 1};
  return of;
}

Comparison comparison_of(std::vector<Round> rounds) { return {"GET", 50, 1, std::move(rounds)}; }

const ComparedFigure& named(const std::vector<ComparedFigure>& all, std::string_view field) {
  for (const ComparedFigure& one : all) {
    if (one.field == field) return one;
  }
  throw std::logic_error("there is no such figure");
}

TEST(Comparison, TellsWhichServerIsBetterInEachFigure) {
  const auto figures = figures_of(
      comparison_of({{measured(2000, 0.2), measured(1000, 0.05)}, {measured(2200, 0.22), measured(1100, 0.055)}}));
  const ComparedFigure& rate = named(figures, "requests_per_second");
  EXPECT_NEAR(rate.ratio->ratio, 2, 1e-9);
  EXPECT_EQ(comparison_sentence(rate), "A is better: the difference is real");
  EXPECT_EQ(comparison_sentence(named(figures, "p50_ms")), "A is better: the difference is real");
  const ComparedFigure& cost = named(figures, "server_us_per_request");
  EXPECT_NEAR(cost.ratio->a, 100, 1e-6);
  EXPECT_NEAR(cost.ratio->b, 50, 1e-6);
  EXPECT_EQ(comparison_sentence(cost), "B is better: the difference is real");
  EXPECT_EQ(comparison_sentence(named(figures, "p99_ms")), "not known");
}

TEST(Comparison, WhatIsWithinTheNoiseIsNoDifference) {
  const Comparison close = comparison_of({{measured(1100, 0.2), measured(1000, 0.2)},
                                          {measured(1000, 0.2), measured(1100, 0.2)},
                                          {measured(1000, 0.2), measured(1000, 0.2)}});
  const double width = 4.302653 * std::log(1.1) / std::sqrt(3);
  EXPECT_EQ(comparison_sentence(figures_of(close).front()),
            fmt::format("no difference can be told; one of {:.1f} % would show", (std::exp(width) - 1) * 100));
}

TEST(Comparison, RoundsThatContradictEachOtherTellNothing) {
  const Comparison wild =
      comparison_of({{measured(2000, 0.2), measured(1000, 0.2)}, {measured(1000, 0.2), measured(2000, 0.2)}});
  EXPECT_EQ(comparison_sentence(figures_of(wild).front()), "the rounds differ too much to tell anything");
}

TEST(Comparison, TheCostOfARequestIsWithoutTheWarmUp) {
  Measurement warmed = measured(1000, 0.5);
  warmed.server_cpu = ServerCpu{1.0, 1.0, 2};
  const auto figures = figures_of(comparison_of({{warmed, warmed}, {warmed, warmed}}));
  EXPECT_NEAR(named(figures, "server_us_per_request").ratio->a, 500, 1e-6);
}

TEST(Comparison, CountsWhereTheClientWasTheLimit) {
  EXPECT_EQ(limited_by_client(comparison_of(
                {{measured(9, 0.2, 0.99), measured(9, 0.99, 0.99)}, {measured(9, 0.99, 0.1), measured(9, 0.2, 0.1)}})),
            2u);
}

TEST(Comparison, ADocumentHasAllRounds) {
  const std::vector<Comparison> all = {comparison_of({{measured(10, 0.2), measured(10, 0.2)}})};
  const std::string text = comparison_json({"a:1", "b:2"}, all, false);
  EXPECT_THAT(text,
              testing::StartsWith(R"({"version":1,"a":"a:1","b":"b:2","whole":false,"comparisons":[{"test":"GET",)"));
  EXPECT_THAT(text, testing::HasSubstr(R"("rounds":[{"a":{"requests":10,)"));
  EXPECT_THAT(text, testing::HasSubstr(R"({"figure":"requests_per_second"})")) << "one round tells nothing";
}

}  // namespace
}  // namespace redoubt
