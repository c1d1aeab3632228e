#include "server/types/score_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

using Pair = std::pair<double, std::string>;

// A tree and what it should be: the same members in a std::set.
template <typename Tree>
class Twins {
 public:
  explicit Twins(uint64_t seed) : random_(seed) {}
  ~Twins() {
    for (const auto& [pair, member] : members_) ScoreMember::free(member);
  }

  size_t size() const { return members_.size(); }
  const Tree& tree() const { return tree_; }

  void insert(double score, const std::string& name) {
    if (!names_.insert(name).second) return;
    ScoreMember* member = ScoreMember::make(name, score);
    members_.emplace(Pair{score, name}, member);
    tree_.insert(member, score);
  }
  void erase_one() {
    if (members_.empty()) return;
    const auto at = any();
    tree_.erase(at->second, at->first.first);
    forget(at);
  }
  void move_one(double to) {
    if (members_.empty()) return;
    const auto at = any();
    ScoreMember* member = at->second;
    const Pair before = at->first;
    if (before.first == to) return;
    tree_.move(member, before.first, to);
    member->score = to;
    members_.erase(at);
    members_.emplace(Pair{to, before.second}, member);
  }
  void erase_range(size_t first, size_t last) {
    auto from = std::next(members_.begin(), static_cast<std::ptrdiff_t>(first));
    for (size_t i = first; i < last; ++i) {
      auto next = std::next(from);
      forget(from);
      from = next;
    }
    // The members are gone already: the tree must not look at them.
    tree_.erase_range(first, last);
  }
  void build() {
    std::vector<ScoredMember> all;
    for (const auto& [pair, member] : members_) all.push_back({pair.first, member});
    tree_.build(all);
  }

  void compare() {
    ASSERT_EQ(tree_.size(), members_.size());
    ASSERT_TRUE(tree_.check());
    std::vector<const ScoreMember*> expected;
    for (const auto& [pair, member] : members_) expected.push_back(member);
    ASSERT_EQ(seen(0, size(), false), expected);
    for (size_t i = 0; i < std::min<size_t>(size(), 20); ++i) {
      const size_t rank = random_.below(size());
      ASSERT_EQ(tree_.rank(expected[rank], expected[rank]->score), rank);
    }
    const size_t first = random_.below(size() + 1);
    const size_t last = first + random_.below(size() - first + 1);
    std::vector<const ScoreMember*> part(expected.begin() + static_cast<std::ptrdiff_t>(first),
                                         expected.begin() + static_cast<std::ptrdiff_t>(last));
    ASSERT_EQ(seen(first, last, false), part);
    ASSERT_EQ(seen(first, last, true), std::vector<const ScoreMember*>(part.rbegin(), part.rend()));
    const double score = size() == 0 ? 0 : any()->first.first;
    size_t less = 0;
    for (const auto& [pair, member] : members_) less += pair.first < score ? 1 : 0;
    ASSERT_EQ(tree_.count_before([score](double each, const ScoreMember*) { return each < score; }), less);
  }

 private:
  auto any() { return std::next(members_.begin(), static_cast<std::ptrdiff_t>(random_.below(size()))); }
  template <typename Iterator>
  void forget(Iterator at) {
    names_.erase(at->first.second);
    ScoreMember::free(at->second);
    members_.erase(at);
  }
  std::vector<const ScoreMember*> seen(size_t first, size_t last, bool reverse) const {
    std::vector<const ScoreMember*> members;
    tree_.walk(first, last, reverse, [&](double score, const ScoreMember* member) {
      EXPECT_EQ(score, member->score);
      members.push_back(member);
      return true;
    });
    return members;
  }

  Random random_;
  Tree tree_;
  std::map<Pair, ScoreMember*> members_;
  std::set<std::string> names_;
};

template <typename Tree>
class ScoreTreeTest : public testing::Test {};

using Trees = testing::Types<ScoreTree<4, 4>, ScoreTree<5, 4>, ScoreTree<9, 7>, ScoreTree<16, 5>, ScoreTree<>>;
TYPED_TEST_SUITE(ScoreTreeTest, Trees);

TYPED_TEST(ScoreTreeTest, BehavesLikeASetUnderRandomOperations) {
  for (const uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
    Random random(seed);
    Twins<TypeParam> twins(seed);
    // Few different scores in odd runs, so that many are equal.
    const uint64_t scores = seed % 2 != 0 ? 4 : 1000;
    for (int round = 0; round < 60; ++round) {
      // Growing and shrinking in turns.
      const uint64_t growth = round / 10 % 2 == 0 ? 70 : 25;
      for (int i = 0; i < 60; ++i) {
        const double score = static_cast<double>(random.below(scores)) - 2;
        const uint64_t dice = random.below(100);
        if (dice < growth) {
          twins.insert(score, std::to_string(random.below(5000)));
        } else if (dice < 80) {
          twins.erase_one();
        } else if (dice < 98) {
          twins.move_one(score + static_cast<double>(random.below(3)) / 4);
        } else {
          const size_t first = random.below(twins.size() + 1);
          twins.erase_range(first, first + random.below(std::min<size_t>(twins.size() - first, 40) + 1));
        }
      }
      if (round % 15 == 7) twins.build();
      ASSERT_NO_FATAL_FAILURE(twins.compare()) << "seed " << seed << " round " << round;
    }
    twins.erase_range(0, twins.size());
    ASSERT_NO_FATAL_FAILURE(twins.compare());
    EXPECT_EQ(twins.tree().memory(), 0u);
  }
}

TYPED_TEST(ScoreTreeTest, TakesAscendingAndDescendingRuns) {
  for (const int step : {1, -1}) {
    Twins<TypeParam> twins(9);
    for (int i = 0; i < 2000; ++i) twins.insert(i * step, std::to_string(i));
    ASSERT_NO_FATAL_FAILURE(twins.compare());
    // Popped from either end until nothing is left.
    while (twins.size() > 0) {
      twins.erase_range(0, 1);
      if (twins.size() > 0) twins.erase_range(twins.size() - 1, twins.size());
      if (twins.size() % 97 == 0) {
        ASSERT_NO_FATAL_FAILURE(twins.compare());
      }
    }
  }
}

TYPED_TEST(ScoreTreeTest, BuildsFromAnyNumberOfMembers) {
  Twins<TypeParam> twins(3);
  for (int i = 0; i < 400; ++i) {
    twins.build();
    ASSERT_NO_FATAL_FAILURE(twins.compare()) << i;
    twins.insert(i % 7, std::to_string(i));
  }
}

TYPED_TEST(ScoreTreeTest, OrdersInfinitiesAndZeros) {
  const double infinity = std::numeric_limits<double>::infinity();
  Twins<TypeParam> twins(5);
  int i = 0;
  for (const double score : {infinity, -infinity, 0.0, -0.0, 5e-324, -5e-324, 1e308, infinity, -infinity, 0.0, -0.0}) {
    twins.insert(score, std::to_string(++i));
  }
  ASSERT_NO_FATAL_FAILURE(twins.compare());
  std::string order;
  twins.tree().walk(0, twins.size(), false, [&order](double, const ScoreMember* member) {
    order += std::string(member->view()) + " ";
    return true;
  });
  EXPECT_EQ(order, "2 9 6 10 11 3 4 5 7 1 8 ");
}

TEST(ScoreTreeMemoryTest, FillsItsLeavesWell) {
  constexpr size_t count = 20000;
  constexpr size_t pair = sizeof(double) + sizeof(void*);
  Random random(1);
  for (const bool ascending : {true, false}) {
    std::vector<ScoreMember*> members;
    {
      ScoreTree<> tree;
      for (size_t i = 0; i < count; ++i) {
        const double score = ascending ? static_cast<double>(i) : random.unit();
        members.push_back(ScoreMember::make(std::to_string(i), score));
        tree.insert(members.back(), score);
      }
      EXPECT_LT(tree.memory(), count * pair * (ascending ? 107 : 118) / 100) << ascending;
    }
    for (ScoreMember* member : members) ScoreMember::free(member);
  }
}

TEST(ScoreMemberTest, KeepsMembersOfAnySize) {
  for (const size_t size : {0u, 1u, 7u, 254u, 255u, 256u, 70000u}) {
    const std::string name(size, 'm');
    ScoreMember* member = ScoreMember::make(name, -1.5);
    EXPECT_EQ(member->view(), name);
    EXPECT_EQ(member->score, -1.5);
    EXPECT_GE(member->allocation(), sizeof(double) + 1 + size);
    ScoreMember::free(member);
  }
}

}  // namespace
}  // namespace redoubt
