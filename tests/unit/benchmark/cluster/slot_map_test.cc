// Who serves which slots, out of what a node says, which may be anything.
#include "benchmark/cluster/slot_map.h"

#include <gtest/gtest.h>

#include <string>

#include "common/hash/crc16.h"

namespace redoubt {
namespace {

Reply reply_of(std::string_view bytes) {
  ReplyParser parser;
  EXPECT_EQ(parser.parse(bytes), ReplyParser::Progress::whole);
  return parser.take();
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string list(const std::vector<std::string>& items) {
  std::string all = "*" + std::to_string(items.size()) + "\r\n";
  for (const std::string& item : items) all += item;
  return all;
}

std::string number(int64_t value) { return ":" + std::to_string(value) + "\r\n"; }

std::string node(std::string_view host, int64_t port, std::string_view id) {
  return list({bulk(host), number(port), bulk(id)});
}

std::string range(int64_t first, int64_t last, const std::string& owner) {
  return list({number(first), number(last), owner});
}

Result<SlotMap> parsed(const std::vector<std::string>& ranges) { return parse_slots(reply_of(list(ranges)), "asked"); }

TEST(SlotMap, MastersHaveTheSlotsOfAllTheirRanges) {
  const auto map = parsed({range(5, 7, node("10.0.0.1", 7001, "a")), range(0, 1, node("::1", 7002, "b")),
                           range(16383, 16383, node("10.0.0.1", 7001, "a"))});
  ASSERT_TRUE(map) << map.error().text;
  ASSERT_EQ(map->masters.size(), 2u);
  EXPECT_EQ(map->masters[0].id, "a");
  EXPECT_EQ(map->masters[0].host, "10.0.0.1");
  EXPECT_EQ(map->masters[0].port, 7001);
  EXPECT_EQ(map->masters[0].slots, (std::vector<uint16_t>{5, 6, 7, 16383}));
  EXPECT_EQ(map->masters[1].host, "::1");
  EXPECT_EQ(map->masters[1].slots, (std::vector<uint16_t>{0, 1}));
  EXPECT_EQ(map->unserved, slot_count - 6);
}

TEST(SlotMap, ReplicasArePassedOver) {
  const auto map = parsed({list({number(0), number(16383), node("h", 1, "a"), node("h", 2, "b"), node("h", 3, "c")})});
  ASSERT_TRUE(map) << map.error().text;
  ASSERT_EQ(map->masters.size(), 1u);
  EXPECT_EQ(map->masters[0].id, "a");
  EXPECT_EQ(map->unserved, 0u);
}

TEST(SlotMap, HostsAreNamesOrWhereOneAsked) {
  const struct {
    std::string host;
    std::string more;
    std::string expected;
  } cases[] = {
      {bulk(""), "", "asked"},
      {"$-1\r\n", "", "asked"},
      {"_\r\n", "", "asked"},
      {bulk("node-1.example"), "", "node-1.example"},
      {bulk("fe80::1%eth0"), "", "fe80::1%eth0"},
      {bulk("?"), list({bulk("ip"), bulk("10.1.2.3")}), "10.1.2.3"},
      {bulk("?"), "%1\r\n" + bulk("ip") + bulk("10.1.2.3"), "10.1.2.3"},
  };
  for (const auto& [host, more, expected] : cases) {
    std::vector<std::string> owner = {host, number(7000), bulk("id")};
    if (!more.empty()) owner.push_back(more);
    const auto map = parsed({range(0, 0, list(owner))});
    ASSERT_TRUE(map) << map.error().text;
    EXPECT_EQ(map->masters[0].host, expected);
  }
}

TEST(SlotMap, NodesWithoutAnIdAreTheirAddress) {
  const std::string old = list({bulk("h"), number(7000)});
  const auto map = parsed({range(0, 0, old), range(2, 2, old)});
  ASSERT_TRUE(map) << map.error().text;
  ASSERT_EQ(map->masters.size(), 1u);
  EXPECT_EQ(map->masters[0].id, "h:7000");
}

TEST(SlotMap, WhatCannotBeIsRefused) {
  const std::string one = node("h", 7000, "a");
  const struct {
    std::string reply;
    std::string why;
  } cases[] = {
      {"+OK\r\n", "the reply to CLUSTER SLOTS is no list"},
      {"*0\r\n", "no node serves any slots"},
      {list({number(1)}), "a range of slots is not told as first slot, last slot and node"},
      {list({list({number(0), number(1)})}), "a range of slots is not told as first slot, last slot and node"},
      {list({range(-1, 5, one)}), "a range is not one of slots from 0 to 16383"},
      {list({range(0, 16384, one)}), "a range is not one of slots from 0 to 16383"},
      {list({range(0, INT64_MAX, one)}), "a range is not one of slots from 0 to 16383"},
      {list({range(6, 5, one)}), "a range is not one of slots from 0 to 16383"},
      {list({list({bulk("0"), number(1), one})}), "a range is not one of slots from 0 to 16383"},
      {list({range(0, 5, one), range(5, 9, node("h", 7001, "b"))}), "slot 5 has two nodes"},
      {list({range(0, 5, one), range(3, 4, one)}), "slot 3 has two nodes"},
      {list({range(0, 5, one), range(6, 9, node("h", 7001, "a"))}), "node a has two addresses"},
      {list({range(0, 5, number(7))}), "a node is not told as host and port"},
      {list({range(0, 5, list({bulk("h")}))}), "a node is not told as host and port"},
      {list({range(0, 5, node("h", 0, "a"))}), "a node's port is not from 1 to 65535"},
      {list({range(0, 5, node("h", 65536, "a"))}), "a node's port is not from 1 to 65535"},
      {list({range(0, 5, list({bulk("h"), bulk("7000")}))}), "a node's port is not from 1 to 65535"},
      {list({range(0, 5, node("\x1b[2J", 7000, "a"))}), "a node's host is no name and no address"},
      {list({range(0, 5, node(std::string(256, 'h'), 7000, "a"))}), "a node's host is no name and no address"},
      {list({range(0, 5, list({number(5), number(7000)}))}), "a node's host is no name and no address"},
      {list({range(0, 5, node("h", 7000, "a b"))}), "a node's id is no word"},
      {list({range(0, 5, node("?", 7000, "a"))}), "a node has no address"},
  };
  for (const auto& [reply, why] : cases) {
    const auto map = parse_slots(reply_of(reply), "asked");
    ASSERT_FALSE(map) << reply;
    EXPECT_EQ(map.error().text, why) << reply;
  }
}

TEST(SlotMap, MastersAreListedInTheOrderOfClusterNodes) {
  const auto masters = listed_masters(
      "b2 127.0.0.1:7002@17002,host.example myself,master - 0 0 2 connected 5-9 [3->-a1]\n"
      "c3 127.0.0.1:7003@17003 slave b2 0 0 2 connected\n"
      "\n"
      "only three words\n"
      "x\x01 127.0.0.1:7009@17009 master - 0 0 1 connected\n"
      "a1 127.0.0.1:7001 master,fail - 0 0 1 connected 0-4");
  ASSERT_EQ(masters.size(), 2u);
  EXPECT_EQ(masters[0].id, "b2");
  EXPECT_EQ(masters[0].address, "127.0.0.1:7002");
  EXPECT_EQ(masters[1].id, "a1");
  EXPECT_EQ(masters[1].address, "127.0.0.1:7001");
}

}  // namespace
}  // namespace redoubt
