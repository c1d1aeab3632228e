#include "benchmark/failover/failover_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt {
namespace {

std::vector<std::string> sentinels_of(const FailoverPlan& plan) {
  std::vector<std::string> all;
  for (const Endpoint& one : plan.sentinels) all.push_back(one.host + " " + std::to_string(one.port));
  return all;
}

TEST(FailoverPlan, NamesAPrimaryAndItsSentinelsInTheirOrder) {
  const struct {
    const char* text;
    std::string primary;
    std::vector<std::string> sentinels;
  } cases[] = {
      {"mymaster@host", "mymaster", {"host 26379"}},
      {"m@10.0.0.2:5000,10.0.0.1", "m", {"10.0.0.2 5000", "10.0.0.1 26379"}},
      {"m@[::1],[fe80::2]:7,h:65535", "m", {"::1 26379", "fe80::2 7", "h 65535"}},
  };
  for (const auto& row : cases) {
    FailoverPlan plan;
    EXPECT_FALSE(plan.wanted());
    EXPECT_TRUE(parse_failover(row.text, plan)) << row.text;
    EXPECT_TRUE(plan.wanted());
    EXPECT_EQ(plan.primary, row.primary);
    EXPECT_EQ(sentinels_of(plan), row.sentinels) << row.text;
  }
}

TEST(FailoverPlan, WhatIsNoAddressIsRefusedByItsName) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"", "'' does not name a primary"},
      {"host:26379", "'host:26379' does not name a primary"},
      {"@host", "'@host' does not name a primary"},
      {"m@", "'m@' has '' where the address of a sentinel should be"},
      {"m@h,", "'m@h,' has ''"},
      {"m@h,,i", "has ''"},
      {"m@:5", "has ':5'"},
      {"m@h:", "has 'h:'"},
      {"m@h:0", "has 'h:0'"},
      {"m@h:65536", "has 'h:65536'"},
      {"m@h:5x", "has 'h:5x'"},
      {"m@::1", "has '::1'"},
      {"m@[::1", "has '[::1'"},
      {"m@[]:5", "has '[]:5'"},
      {"m@[::1]5", "has '[::1]5'"},
  };
  for (const auto& row : cases) {
    FailoverPlan plan;
    const Status parsed = parse_failover(row.text, plan);
    ASSERT_FALSE(parsed) << row.text;
    EXPECT_THAT(parsed.error().text, testing::HasSubstr(row.error));
  }
}

}  // namespace
}  // namespace redoubt
