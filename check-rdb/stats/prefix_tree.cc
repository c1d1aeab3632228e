#include "check-rdb/stats/prefix_tree.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"

namespace redoubt {
namespace {

constexpr size_t index_size = size_t{4} * PrefixTree::max_prefixes;

}  // namespace

PrefixTree::PrefixTree(char separator) : separator_(separator), nodes_(1), index_(index_size) {}

uint64_t PrefixTree::hash_of(uint32_t parent, std::string_view segment) const {
  return keyed_hash(segment, hash_key_) + parent * 0x9e3779b97f4a7c15;
}

uint32_t PrefixTree::child(uint32_t parent, std::string_view segment, size_t depth, uint64_t memory) {
  // Neighbours often begin alike.
  if (const Node& last = nodes_[recent_[depth]]; last.parent == parent && same_bytes(last.segment, segment)) {
    return recent_[depth];
  }
  const uint64_t hash = hash_of(parent, segment);
  const auto tag = static_cast<uint32_t>(hash >> 32);
  size_t at = hash % index_size;
  for (; index_[at].node != none; at = (at + 1) % index_size) {
    const Slot& slot = index_[at];
    if (slot.tag != tag) continue;
    const Node& node = nodes_[slot.node];
    if (node.parent == parent && same_bytes(node.segment, segment)) return recent_[depth] = slot.node;
  }
  if (nodes_[parent].folded && memory <= least_kept_ && ++unknown_ % chances != 0) return none;
  nodes_.push_back({parent, std::string(segment), {}, false});
  index_[at] = {static_cast<uint32_t>(nodes_.size() - 1), tag};
  return recent_[depth] = index_[at].node;
}

void PrefixTree::add(std::string_view name, uint64_t file_bytes, uint64_t memory_bytes) {
  // Number by number: a struct that was just written could not be read at once.
  const auto count = [&](PrefixSums& sums) {
    ++sums.keys;
    sums.file_bytes += file_bytes;
    sums.memory_bytes += memory_bytes;
  };
  if (nodes_.size() > max_prefixes) fold();
  uint32_t node = root;
  count(nodes_[root].sums);
  for (size_t depth = 0; depth < max_depth; ++depth) {
    const size_t end = name.find(separator_);
    if (end >= max_segment) return;  // also when there is none
    node = child(node, name.substr(0, end + 1), depth, memory_bytes);
    if (node == none) return;
    count(nodes_[node].sums);
    name.remove_prefix(end + 1);
  }
}

// A prefix takes no less than any below it, so that whatever stays has all its parents.
void PrefixTree::fold() {
  ++folds_;
  std::vector<uint32_t> order(nodes_.size() - 1);
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint32_t>(i + 1);
  const auto larger = [this](uint32_t a, uint32_t b) {
    const uint64_t left = nodes_[a].sums.memory_bytes;
    const uint64_t right = nodes_[b].sums.memory_bytes;
    return left != right ? left > right : a < b;
  };
  std::nth_element(order.begin(), order.begin() + max_prefixes / 2, order.end(), larger);
  least_kept_ = std::max(least_kept_, nodes_[order[max_prefixes / 2]].sums.memory_bytes);
  recent_ = {};
  std::vector<bool> stays(nodes_.size());
  stays[root] = true;
  for (size_t i = 0; i < max_prefixes / 2; ++i) stays[order[i]] = true;

  std::vector<uint32_t> moved(nodes_.size(), none);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    const uint32_t parent = node.parent == none ? none : moved[node.parent];
    if (!stays[i] || (i != root && parent == none)) {
      if (parent != none) nodes_[parent].folded = true;
      continue;
    }
    moved[i] = kept;
    node.parent = parent;
    if (kept != i) nodes_[kept] = std::move(node);
    ++kept;
  }
  nodes_.resize(kept);
  rebuild_index();
}

void PrefixTree::rebuild_index() {
  std::fill(index_.begin(), index_.end(), Slot{});
  for (uint32_t i = 1; i < nodes_.size(); ++i) {
    const uint64_t hash = hash_of(nodes_[i].parent, nodes_[i].segment);
    size_t at = hash % index_size;
    while (index_[at].node != none) at = (at + 1) % index_size;
    index_[at] = {i, static_cast<uint32_t>(hash >> 32)};
  }
}

namespace {

void take_from_rest(Prefix& parent, const PrefixSums& child) {
  parent.rest.keys -= child.keys;
  parent.rest.file_bytes -= child.file_bytes;
  parent.rest.memory_bytes -= child.memory_bytes;
}

void sort_children(Prefix& prefix) {
  std::sort(prefix.children.begin(), prefix.children.end(), [](const Prefix& a, const Prefix& b) {
    return a.sums.memory_bytes != b.sums.memory_bytes ? a.sums.memory_bytes > b.sums.memory_bytes : a.name < b.name;
  });
}

}  // namespace

Prefix PrefixTree::report(double least) const {
  const auto all = static_cast<double>(nodes_[root].sums.memory_bytes);
  std::vector<Prefix> made(nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    made[i].sums = made[i].rest = nodes_[i].sums;
    made[i].folded = nodes_[i].folded;
    if (i != root) made[i].name = made[nodes_[i].parent].name + nodes_[i].segment;
  }
  // Children stand behind their parents: from the end, each is complete when it is handed up.
  for (size_t i = nodes_.size() - 1; i > 0; --i) {
    Prefix& parent = made[nodes_[i].parent];
    if (static_cast<double>(made[i].sums.memory_bytes) < least * all) {
      parent.folded = true;
      continue;
    }
    take_from_rest(parent, made[i].sums);
    sort_children(made[i]);
    parent.children.push_back(std::move(made[i]));
  }
  sort_children(made[root]);
  return std::move(made[root]);
}

}  // namespace redoubt
