#include "check-rdb/stats/prefix_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace redoubt {
namespace {

// Keys of half their memory in the file.
void add(PrefixTree& tree, std::string_view name, uint64_t memory) { tree.add(name, memory / 2, memory); }

const Prefix* find(const Prefix& tree, std::string_view name) {
  for (const Prefix& child : tree.children) {
    if (child.name == name) return &child;
    if (name.starts_with(child.name)) return find(child, name);
  }
  return nullptr;
}

size_t count(const Prefix& tree) {
  size_t all = 1;
  for (const Prefix& child : tree.children) all += count(child);
  return all;
}

void expect_whole(const Prefix& tree) {
  PrefixSums sums = tree.rest;
  for (const Prefix& child : tree.children) {
    sums.add(child.sums);
    expect_whole(child);
  }
  EXPECT_EQ(sums.keys, tree.sums.keys) << tree.name;
  EXPECT_EQ(sums.memory_bytes, tree.sums.memory_bytes) << tree.name;
  EXPECT_EQ(sums.file_bytes, tree.sums.file_bytes) << tree.name;
}

TEST(PrefixTree, SumsUpByLevels) {
  PrefixTree tree(':');
  add(tree, "user:1:name", 10);
  add(tree, "user:1:mail", 20);
  add(tree, "user:2", 30);
  add(tree, "order:1", 100);
  add(tree, "plain", 5);
  const Prefix all = tree.report(0);
  EXPECT_EQ(all.sums.memory_bytes, 165U);
  EXPECT_EQ(all.sums.keys, 5U);
  EXPECT_EQ(all.rest.memory_bytes, 5U);
  ASSERT_EQ(all.children.size(), 2U);
  EXPECT_EQ(all.children[0].name, "order:");
  EXPECT_EQ(all.children[1].name, "user:");
  EXPECT_EQ(all.children[1].rest.keys, 1U);
  ASSERT_NE(find(all, "user:1:"), nullptr);
  EXPECT_EQ(find(all, "user:1:")->sums.memory_bytes, 30U);
  EXPECT_FALSE(tree.folded());
  expect_whole(all);
}

TEST(PrefixTree, OtherSeparatorsAndOddNames) {
  PrefixTree tree('/');
  for (const std::string_view name : {"a/b", "/", "//", "", "a:b", "a/"}) add(tree, name, 2);
  const Prefix all = tree.report(0);
  EXPECT_EQ(all.sums.keys, 6U);
  EXPECT_EQ(find(all, "a/")->sums.keys, 2U);
  EXPECT_EQ(find(all, "/")->sums.keys, 2U);
  EXPECT_EQ(find(all, "//")->sums.keys, 1U);
  expect_whole(all);
}

TEST(PrefixTree, EndsAtADepthAndAtLongSegments) {
  PrefixTree tree(':');
  add(tree, "a:b:c:d:e:f:g:h", 10);
  add(tree, "x:" + std::string(PrefixTree::max_segment, 'y') + ":z", 10);
  const Prefix all = tree.report(0);
  EXPECT_NE(find(all, "a:b:c:d:e:f:"), nullptr);
  EXPECT_EQ(find(all, "a:b:c:d:e:f:g:"), nullptr);
  EXPECT_TRUE(find(all, "x:")->children.empty());
  expect_whole(all);
}

TEST(PrefixTree, ManySmallPrefixesAreFoldedAndLargeOnesStay) {
  PrefixTree tree(':');
  for (int i = 0; i < 200'000; ++i) {
    add(tree, fmt::format("user:{}:name", i), 100);
    if (i % 100 == 0) add(tree, fmt::format("user:{}:name", i % 1000), 10'000);
    if (i % 10 == 0) add(tree, "big:one:x", 500);
  }
  const Prefix all = tree.report(0);
  EXPECT_TRUE(tree.folded());
  EXPECT_EQ(all.sums.keys, 222'000U);
  EXPECT_LE(count(all), PrefixTree::max_prefixes + 1);
  ASSERT_NE(find(all, "user:"), nullptr);
  EXPECT_TRUE(find(all, "user:")->folded);
  EXPECT_EQ(find(all, "user:")->sums.keys, 202'000U);
  EXPECT_EQ(find(all, "big:one:")->sums.keys, 20'000U);
  ASSERT_NE(find(all, "user:300:"), nullptr);
  EXPECT_GE(find(all, "user:300:")->sums.memory_bytes, 200U * 10'000);
  expect_whole(all);
}

TEST(PrefixTree, ManyPrefixesAtTheTop) {
  PrefixTree tree(':');
  for (int i = 0; i < 100'000; ++i) add(tree, fmt::format("{}:x:y", i), 64);
  const Prefix all = tree.report(0);
  EXPECT_EQ(all.sums.keys, 100'000U);
  EXPECT_TRUE(all.folded);
  EXPECT_LE(count(all), PrefixTree::max_prefixes + 3);
  expect_whole(all);
}

TEST(PrefixTree, WhatTakesTooLittleIsNotReported) {
  PrefixTree tree(':');
  add(tree, "large:1", 990);
  add(tree, "small:1", 10);
  const Prefix all = tree.report(0.05);
  ASSERT_EQ(all.children.size(), 1U);
  EXPECT_EQ(all.rest.memory_bytes, 10U);
  EXPECT_TRUE(all.folded);
  expect_whole(all);
}

}  // namespace
}  // namespace redoubt
