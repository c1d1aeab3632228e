// When the nodes of a cluster are asked for anew.
#include "benchmark/load/load_nodes.h"

#include <gtest/gtest.h>

namespace redoubt {
namespace {

std::shared_ptr<const NodeTable> table(std::vector<uint16_t> slots) {
  return std::make_shared<const NodeTable>(NodeTable{{0, "h:1", {}, NodeSlots(std::move(slots))}});
}

TEST(LoadNodes, AreFetchedOnlyInDoubtAndFromTheNodeThatKnowsBetter) {
  std::vector<size_t> asked;
  LoadNodes nodes(table({1, 2}), [&asked](size_t number) {
    asked.push_back(number);
    return table({1});
  });
  const uint64_t version = nodes.version();
  nodes.look();
  EXPECT_TRUE(asked.empty());
  nodes.doubt(3);
  nodes.look();
  nodes.look();
  EXPECT_EQ(asked, std::vector<size_t>{3});
  EXPECT_NE(nodes.version(), version);
  EXPECT_EQ(nodes.table()->front().slots.all(), std::vector<uint16_t>{1});
}

TEST(LoadNodes, StayWhenNothingHasChangedOrNobodyAnswers) {
  const auto first = table({1, 2});
  for (const auto& answer : {table({1, 2}), std::shared_ptr<const NodeTable>()}) {
    LoadNodes nodes(first, [&answer](size_t) { return answer; });
    const uint64_t version = nodes.version();
    nodes.doubt(0);
    nodes.look();
    EXPECT_EQ(nodes.version(), version);
    EXPECT_EQ(nodes.table(), first);
  }
}

TEST(LoadNodes, RedirectionsAreToldByTheirFirstWord) {
  EXPECT_EQ(redirection_of("MOVED 1 h:2"), "MOVED");
  EXPECT_EQ(redirection_of("ASK 1 h:2"), "ASK");
  EXPECT_EQ(redirection_of("MOVED"), "MOVED");
  for (const char* const other : {"", "ERR MOVED", "ASKING", "CLUSTERDOWN Hash slot not served"}) {
    EXPECT_EQ(redirection_of(other), "") << other;
  }
}

}  // namespace
}  // namespace redoubt
