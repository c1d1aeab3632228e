#include "benchmark/cluster/slot_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/hash/crc16.h"

namespace redoubt {
namespace {

constexpr size_t longest_name = 255;
constexpr int64_t most_port = 65535;

// What may stand in a host, an address or an id, and be shown on a terminal.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name &&
         std::all_of(text.begin(), text.end(), [](char byte) { return byte > ' ' && byte < 127; });
}

bool is_text(const Reply& reply) { return reply.kind == ReplyKind::bulk || reply.kind == ReplyKind::simple; }

Result<std::string> host_of(const Reply& node, std::string_view host_asked) {
  const Reply& host = node.items[0];
  if (host.is_nil() || (is_text(host) && host.text.empty())) return std::string(host_asked);
  // A node that has no such name as the cluster prefers to tell; further on there may be its address.
  if (is_text(host) && host.text == "?") {
    const Reply* const ip = node.items.size() > 3 ? node.items[3].field("ip") : nullptr;
    if (ip != nullptr && is_text(*ip) && is_name(ip->text)) return ip->text;
    return Error{"a node has no address"};
  }
  if (!is_text(host) || !is_name(host.text)) return Error{"a node's host is no name and no address"};
  return host.text;
}

// Without slots.
Result<SlotOwner> owner_of(const Reply& node, std::string_view host_asked) {
  if (node.kind != ReplyKind::array || node.items.size() < 2) return Error{"a node is not told as host and port"};
  SlotOwner owner;
  Result<std::string> host = host_of(node, host_asked);
  if (!host) return host.error();
  owner.host = std::move(*host);
  const Reply& port = node.items[1];
  if (port.kind != ReplyKind::integer || port.integer < 1 || port.integer > most_port) {
    return Error{"a node's port is not from 1 to 65535"};
  }
  owner.port = static_cast<int>(port.integer);
  owner.id = fmt::format("{}:{}", owner.host, owner.port);
  if (node.items.size() > 2) {
    if (!is_text(node.items[2]) || !is_name(node.items[2].text)) return Error{"a node's id is no word"};
    owner.id = node.items[2].text;
  }
  return owner;
}

bool is_slot(const Reply& reply) {
  return reply.kind == ReplyKind::integer && reply.integer >= 0 && reply.integer < slot_count;
}

}  // namespace

Result<SlotMap> parse_slots(const Reply& reply, std::string_view host_asked) {
  if (reply.kind != ReplyKind::array) return Error{"the reply to CLUSTER SLOTS is no list"};
  SlotMap map;
  std::array<bool, slot_count> served{};
  map.unserved = slot_count;
  for (const Reply& range : reply.items) {
    if (range.kind != ReplyKind::array || range.items.size() < 3) {
      return Error{"a range of slots is not told as first slot, last slot and node"};
    }
    if (!is_slot(range.items[0]) || !is_slot(range.items[1]) || range.items[0].integer > range.items[1].integer) {
      return Error{"a range is not one of slots from 0 to 16383"};
    }
    Result<SlotOwner> owner = owner_of(range.items[2], host_asked);
    if (!owner) return owner.error();
    auto known = std::find_if(map.masters.begin(), map.masters.end(),
                              [&owner](const SlotOwner& one) { return one.id == owner->id; });
    if (known == map.masters.end())
      known = map.masters.insert(known, std::move(*owner));
    else if (known->host != owner->host || known->port != owner->port)
      return Error{fmt::format("node {} has two addresses", known->id)};
    for (int64_t slot = range.items[0].integer; slot <= range.items[1].integer; ++slot) {
      if (std::exchange(served[static_cast<size_t>(slot)], true))
        return Error{fmt::format("slot {} has two nodes", slot)};
      known->slots.push_back(static_cast<uint16_t>(slot));
      --map.unserved;
    }
  }
  if (map.masters.empty()) return Error{"no node serves any slots"};
  for (SlotOwner& one : map.masters) std::sort(one.slots.begin(), one.slots.end());
  return map;
}

std::vector<ListedMaster> listed_masters(std::string_view nodes) {
  std::vector<ListedMaster> masters;
  while (!nodes.empty()) {
    const size_t end = std::min(nodes.find('\n'), nodes.size());
    std::string_view line = nodes.substr(0, end);
    nodes.remove_prefix(std::min(end + 1, nodes.size()));
    // ID HOST:PORT@BUS[,NAME] FLAG,FLAG …
    std::array<std::string_view, 3> words;
    for (std::string_view& word : words) {
      word = line.substr(0, line.find(' '));
      line.remove_prefix(std::min(word.size() + 1, line.size()));
    }
    const std::string flags = fmt::format(",{},", words[2]);
    if (!is_name(words[0]) || !is_name(words[1]) || flags.find(",master,") == std::string::npos) continue;
    masters.push_back({std::string(words[0]), std::string(words[1].substr(0, words[1].find('@')))});
  }
  return masters;
}

}  // namespace redoubt
