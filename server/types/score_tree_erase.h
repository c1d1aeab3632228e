// The other function bodies of score_tree.h: erasing, building, checking. Include that.
#pragma once

#include <algorithm>
#include <vector>

#include "server/types/score_tree.h"

namespace redoubt {

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::erase_range(size_t first, size_t last) {
  while (first < last) {
    const Path path = find_rank(first);
    const size_t here = std::min(last - first, path.leaf->count - path.position);
    erase_at(path, here);
    last -= here;
  }
}

// Takes out `count` pairs from where the path leads, all of that leaf.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::erase_at(Path path, size_t count) {
  Leaf* leaf = path.leaf;
  leaf->close(path.position, count);
  count_along(path, size_t{0} - count);
  if (leaf->count == 0) {
    free_leaf(leaf);
    if (height_ == 0) {
      root_ = nullptr;
    } else {
      remove_child(path, 0, path.steps[0].index);
      drop_root();
    }
    return;
  }
  if (path.position == 0) fix_first(path, 0, leaf->at(0));
  if (leaf->count < leaf_min && height_ > 0 && path.steps[0].node->count > 1) {
    // What is popped from the ends is left to run dry: joining would only move pairs to and fro.
    path.position = 0;
    const bool first = at_edge(path, false);
    path.position = leaf->count;
    if (!first && !at_edge(path, true)) {
      balance_leaf(path);
      drop_root();
      return;
    }
  }
  const size_t needed = good_size(sizeof(Leaf) + (leaf->count + 1) * Leaf::pair_bytes);
  if (needed * 2 <= good_size(leaf->bytes())) replace_leaf(path, resized(leaf, leaf->count + 1));
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::remove_child(Path& path, size_t level, size_t index) {
  Inner* node = path.steps[level].node;
  node->erase(index);
  const bool is_root = level + 1 == height_;
  if (node->count == 0) {
    free_inner(node);
    if (!is_root) return remove_child(path, level + 1, path.steps[level + 1].index);
    root_ = nullptr;
    height_ = 0;
    return;
  }
  if (index == 0) fix_first(path, level + 1, node->at(0).first);
  if (node->count < inner_min && !is_root) balance_inner(path, level);
}

// Joins a leaf with one beside it, or takes pairs over from that.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::balance_leaf(Path& path) {
  Inner* above = path.steps[0].node;
  const size_t at = std::min(path.steps[0].index, above->count - 2);
  auto* left = static_cast<Leaf*>(above->children[at]);
  auto* right = static_cast<Leaf*>(above->children[at + 1]);
  const size_t total = left->count + right->count;
  const bool join = total <= leaf_max;
  const size_t cut = join ? total : total / 2;  // so many are the left one's
  const size_t from_left = std::min(cut, left->count);
  Leaf* new_left = new_leaf(cut);
  new_left->append(left, 0, from_left);
  new_left->append(right, 0, cut - from_left);
  above->children[at] = new_left;
  above->below[at] = cut;
  if (!join) {
    Leaf* new_right = new_leaf(total - cut);
    new_right->append(left, from_left, left->count);
    new_right->append(right, cut - from_left, right->count);
    above->put(at + 1, {new_right->at(0), new_right, new_right->count});
  }
  free_leaf(left);
  free_leaf(right);
  if (join) remove_child(path, 0, at + 1);
}

// The same for the inner node at `level`, which is not the root.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::balance_inner(Path& path, size_t level) {
  Inner* above = path.steps[level + 1].node;
  if (above->count < 2) return;
  const size_t at = std::min(path.steps[level + 1].index, above->count - 2);
  auto* left = static_cast<Inner*>(above->children[at]);
  auto* right = static_cast<Inner*>(above->children[at + 1]);
  const size_t total = left->count + right->count;
  if (total <= inner_max) {
    right->move_tail(0, left);
    above->below[at] += above->below[at + 1];
    free_inner(right);
    return remove_child(path, level + 1, at + 1);
  }
  Inner* new_right = new_inner();
  if (left->count > total / 2) left->move_tail(total / 2, new_right);
  size_t moved = 0;
  while (left->count < total / 2) left->put(left->count++, right->at(moved++));
  for (; moved < right->count; ++moved) new_right->put(new_right->count++, right->at(moved));
  free_inner(right);
  const size_t both = above->below[at] + above->below[at + 1];
  const size_t members = new_right->sum(new_right->count);
  above->below[at] = both - members;
  above->put(at + 1, {new_right->at(0).first, new_right, members});
}

// A root with one child is none.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::drop_root() {
  while (height_ > 0) {
    auto* root = static_cast<Inner*>(root_);
    if (root->count > 1) return;
    root_ = root->children[0];
    --height_;
    free_inner(root);
  }
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::build(std::span<const ScoredMember> members) {
  clear();
  size_ = members.size();
  if (members.empty()) return;
  // Level by level; the nodes of a level are equally full.
  const auto pieces = [](size_t count, size_t most) { return (count + most - 1) / most; };
  std::vector<Child> children(pieces(members.size(), leaf_max));
  for (size_t i = 0, from = 0; i < children.size(); ++i) {
    const size_t to = members.size() * (i + 1) / children.size();
    Leaf* leaf = new_leaf(to - from);
    for (; from < to; ++from) leaf->put(leaf->count++, members[from]);
    children[i] = {leaf->at(0), leaf, leaf->count};
  }
  while (children.size() > 1) {
    std::vector<Child> above(pieces(children.size(), inner_max));
    for (size_t i = 0, from = 0; i < above.size(); ++i) {
      const size_t to = children.size() * (i + 1) / above.size();
      Inner* node = new_inner();
      for (; from < to; ++from) node->put(node->count++, children[from]);
      above[i] = {node->at(0).first, node, node->sum(node->count)};
    }
    children = std::move(above);
    ++height_;
  }
  root_ = children[0].node;
}

template <size_t leaf_max, size_t inner_max>
bool ScoreTree<leaf_max, inner_max>::check() const {
  if (root_ == nullptr) return size_ == 0 && height_ == 0 && memory_ == 0;
  Child seen{};
  ScoredMember previous{};
  size_t bytes = 0;
  return check_node(root_, height_, seen, previous, bytes) && seen.members == size_ && bytes == memory_ &&
         (height_ == 0 || static_cast<const Inner*>(root_)->count > 1);
}

// `seen` becomes what the node above must know of this one; `previous` is the last member so far.
template <size_t leaf_max, size_t inner_max>
bool ScoreTree<leaf_max, inner_max>::check_node(const void* node, size_t height, Child& seen, ScoredMember& previous,
                                                size_t& bytes) const {
  if (height == 0) {
    const auto* leaf = static_cast<const Leaf*>(node);
    if (leaf->count == 0 || leaf->count > leaf->capacity || leaf->capacity > leaf_max) return false;
    bytes += good_size(leaf->bytes());
    for (size_t i = 0; i < leaf->count; ++i) {
      const ScoredMember now = leaf->at(i);
      if (previous.member != nullptr &&
          !(previous.score < now.score ||
            (previous.score == now.score && previous.member->view() < now.member->view()))) {
        return false;
      }
      previous = now;
    }
    seen = {leaf->at(0), nullptr, leaf->count};
    return true;
  }
  const auto* inner = static_cast<const Inner*>(node);
  if (inner->count == 0 || inner->count > inner_max) return false;
  bytes += good_size(sizeof(Inner));
  for (size_t i = 0; i < inner->count; ++i) {
    Child below{};
    if (!check_node(inner->children[i], height - 1, below, previous, bytes)) return false;
    const Child known = inner->at(i);
    if (below.members != known.members || below.first.member != known.first.member ||
        below.first.score != known.first.score) {
      return false;
    }
  }
  seen = {inner->at(0).first, nullptr, inner->sum(inner->count)};
  return true;
}

}  // namespace redoubt
