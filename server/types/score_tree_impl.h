// The function bodies of score_tree.h; include that.
#pragma once

#include <algorithm>
#include <vector>

#include "server/types/score_tree.h"

namespace redoubt {

template <size_t leaf_max, size_t inner_max>
struct ScoreTree<leaf_max, inner_max>::Leaf {
  size_t count;
  size_t capacity;

  double* scores() { return reinterpret_cast<double*>(this + 1); }
  const double* scores() const { return reinterpret_cast<const double*>(this + 1); }
  ScoreMember** members() { return reinterpret_cast<ScoreMember**>(scores() + capacity); }
  ScoreMember* const* members() const { return reinterpret_cast<ScoreMember* const*>(scores() + capacity); }
  ScoredMember at(size_t i) const { return {scores()[i], members()[i]}; }
  static constexpr size_t pair_bytes = sizeof(double) + sizeof(ScoreMember*);
  size_t bytes() const { return sizeof(Leaf) + capacity * pair_bytes; }

  // Makes room for `n` pairs at `at`; there must be capacity.
  void open(size_t at, size_t n) {
    std::move_backward(scores() + at, scores() + count, scores() + count + n);
    std::move_backward(members() + at, members() + count, members() + count + n);
    count += n;
  }
  void close(size_t at, size_t n) {
    std::move(scores() + at + n, scores() + count, scores() + at);
    std::move(members() + at + n, members() + count, members() + at);
    count -= n;
  }
  void put(size_t at, ScoredMember pair) {
    scores()[at] = pair.score;
    members()[at] = pair.member;
  }
  // Appends pairs [from, to) of another.
  void append(const Leaf* other, size_t from, size_t to) {
    std::copy(other->scores() + from, other->scores() + to, scores() + count);
    std::copy(other->members() + from, other->members() + to, members() + count);
    count += to - from;
  }
};

template <size_t leaf_max, size_t inner_max>
struct ScoreTree<leaf_max, inner_max>::Inner {
  size_t count;
  double first_scores[inner_max];
  ScoreMember* first_members[inner_max];
  void* children[inner_max];
  size_t below[inner_max];

  const double* scores() const { return first_scores; }
  ScoreMember* const* members() const { return first_members; }
  Child at(size_t i) const { return {{first_scores[i], first_members[i]}, children[i], below[i]}; }
  void put(size_t i, const Child& child) {
    first_scores[i] = child.first.score;
    first_members[i] = child.first.member;
    children[i] = child.node;
    below[i] = child.members;
  }
  void insert(size_t at, const Child& child) {
    for (size_t i = count++; i > at; --i) put(i, this->at(i - 1));
    put(at, child);
  }
  void erase(size_t at) {
    for (size_t i = at + 1; i < count; ++i) put(i - 1, this->at(i));
    --count;
  }
  // Moves children [from, count) to the end of another.
  void move_tail(size_t from, Inner* to) {
    for (size_t i = from; i < count; ++i) to->put(to->count++, at(i));
    count = from;
  }
  size_t sum(size_t children_before) const {
    size_t total = 0;
    for (size_t i = 0; i < children_before; ++i) total += below[i];
    return total;
  }
};

// ---- searching ----

// How many of the first `count` scores, which ascend, are less than `score`. The steps depend on count alone.
inline size_t count_less(const double* scores, size_t count, double score) {
  if (count == 0) return 0;
  const double* base = scores;
  while (count > 1) {
    const size_t half = count / 2;
    base += half & (size_t{0} - static_cast<size_t>(base[half - 1] < score));
    count -= half;
  }
  return static_cast<size_t>(base - scores) + static_cast<size_t>(*base < score);
}

// The first place in [from, count) whose key is not less than `key`: scores first, bytes only among equal scores.
template <size_t leaf_max, size_t inner_max>
template <typename Node>
size_t ScoreTree<leaf_max, inner_max>::lower_bound(const Node* node, size_t from, const ScoreKey& key) {
  const double* scores = node->scores();
  const size_t low = from + count_less(scores + from, node->count - from, key.score);
  if (low == node->count || scores[low] != key.score) [[likely]]
    return low;
  return lower_bound_of_equals(node->scores(), node->members(), low, node->count, key);
}

// The same from `low` on, where the key's score stands.
template <size_t leaf_max, size_t inner_max>
size_t ScoreTree<leaf_max, inner_max>::lower_bound_of_equals(const double* scores, ScoreMember* const* members,
                                                             size_t low, size_t count, const ScoreKey& key) {
  size_t high = low + 1;
  while (high < count && scores[high] == key.score) ++high;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (members[middle]->view() < key.member) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Where a member is that is in this leaf. Mostly its score says it all.
template <size_t leaf_max, size_t inner_max>
size_t ScoreTree<leaf_max, inner_max>::place_of(const Leaf* leaf, const ScoreMember* member, double score) {
  const double* scores = leaf->scores();
  const size_t low = count_less(scores, leaf->count, score);
  if (low + 1 == leaf->count || scores[low + 1] != score) [[likely]]
    return low;
  return lower_bound_of_equals(scores, leaf->members(), low, leaf->count, {score, member->view()});
}

// The child in which the key is or belongs.
template <size_t leaf_max, size_t inner_max>
size_t ScoreTree<leaf_max, inner_max>::child_of(const Inner* node, const ScoreKey& key) {
  const size_t i = lower_bound(node, 1, key);
  const bool same =
      i < node->count && node->first_scores[i] == key.score && node->first_members[i]->view() == key.member;
  return same ? i : i - 1;
}

// All at once, so that they wait for the cache together. Where scores are equal it is a guess.
template <size_t leaf_max, size_t inner_max>
template <size_t paths>
void ScoreTree<leaf_max, inner_max>::prefetch_paths(const std::array<double, paths>& scores) const {
  std::array<const void*, paths> nodes;
  nodes.fill(root_);
  for (size_t level = height_; level-- > 0;) {
    for (size_t i = 0; i < paths; ++i) {
      const auto* inner = static_cast<const Inner*>(nodes[i]);
      nodes[i] = inner->children[count_less(inner->scores() + 1, inner->count - 1, scores[i])];
      prefetch_node(nodes[i], level == 0 ? whole_leaf : searched);
    }
  }
}

// The way to the leaf where the key is or belongs; the position is not set.
template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::descend(const ScoreKey& key) const -> Path {
  Path path;
  void* node = root_;
  for (size_t level = height_; level-- > 0;) {
    auto* inner = static_cast<Inner*>(node);
    const size_t index = child_of(inner, key);
    path.steps[level] = {inner, index};
    node = inner->children[index];
    prefetch_node(node, level == 0 ? whole_leaf : searched);
  }
  path.leaf = static_cast<Leaf*>(node);
  return path;
}

template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::find(const ScoreMember* member, double score) const -> Path {
  Path path = descend({score, member->view()});
  path.position = place_of(path.leaf, member, score);
  return path;
}

template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::find_rank(size_t rank) const -> Path {
  Path path;
  void* node = root_;
  for (size_t level = height_; level-- > 0;) {
    auto* inner = static_cast<Inner*>(node);
    size_t index = 0;
    for (; rank >= inner->below[index] && index + 1 < inner->count; ++index) rank -= inner->below[index];
    path.steps[level] = {inner, index};
    node = inner->children[index];
  }
  path.leaf = static_cast<Leaf*>(node);
  path.position = rank;
  return path;
}

template <size_t leaf_max, size_t inner_max>
size_t ScoreTree<leaf_max, inner_max>::rank(const ScoreMember* member, double score) const {
  const ScoreKey key{score, member->view()};
  size_t rank = 0;
  const void* node = root_;
  for (size_t level = height_; level-- > 0;) {
    const auto* inner = static_cast<const Inner*>(node);
    const size_t index = child_of(inner, key);
    node = inner->children[index];
    prefetch_node(node, searched);
    rank += inner->sum(index);
  }
  return rank + place_of(static_cast<const Leaf*>(node), member, score);
}

template <size_t leaf_max, size_t inner_max>
template <typename F>
size_t ScoreTree<leaf_max, inner_max>::count_before(F&& before) const {
  if (size_ == 0) return 0;
  const auto boundary = [&before](const auto* node, size_t low) {
    size_t high = node->count;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (before(node->scores()[middle], node->members()[middle])) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  size_t count = 0;
  const void* node = root_;
  for (size_t level = height_; level-- > 0;) {
    const auto* inner = static_cast<const Inner*>(node);
    const size_t index = boundary(inner, 1) - 1;
    count += inner->sum(index);
    node = inner->children[index];
  }
  return count + boundary(static_cast<const Leaf*>(node), 0);
}

template <size_t leaf_max, size_t inner_max>
template <typename F>
void ScoreTree<leaf_max, inner_max>::walk(size_t first, size_t last, bool reverse, F&& f) const {
  constexpr size_t ahead = 8;  // members fetched into the cache while others are looked at
  if (first >= last) return;
  Path path = find_rank(reverse ? last - 1 : first);
  for (size_t left = last - first;;) {
    const double* scores = path.leaf->scores();
    ScoreMember* const* members = path.leaf->members();
    const size_t at = path.position;
    const size_t here = std::min(left, reverse ? at + 1 : path.leaf->count - at);
    for (size_t i = 0; i < std::min(here, ahead); ++i) redoubt::prefetch(members[reverse ? at - i : at + i]);
    for (size_t i = 0; i < here; ++i) {
      const size_t place = reverse ? at - i : at + i;
      if (i + ahead < here) redoubt::prefetch(members[reverse ? place - ahead : place + ahead]);
      if (!f(scores[place], members[place])) return;
    }
    left -= here;
    if (left == 0) return;
    // On to the next leaf: up to where there is one more child, then down along the edge.
    size_t level = 0;
    while (reverse ? path.steps[level].index == 0 : path.steps[level].index + 1 == path.steps[level].node->count) {
      ++level;
    }
    path.steps[level].index += reverse ? size_t{0} - 1 : 1;
    for (; level > 0; --level) {
      auto* below = static_cast<Inner*>(path.steps[level].node->children[path.steps[level].index]);
      path.steps[level - 1] = {below, reverse ? below->count - 1 : 0};
    }
    path.leaf = static_cast<Leaf*>(path.steps[0].node->children[path.steps[0].index]);
    path.position = reverse ? path.leaf->count - 1 : 0;
  }
}

// ---- nodes ----

template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::new_leaf(size_t members) -> Leaf* {
  const size_t bytes = good_size(sizeof(Leaf) + members * Leaf::pair_bytes);
  const size_t capacity = std::min(leaf_max, (bytes - sizeof(Leaf)) / Leaf::pair_bytes);
  auto* leaf = static_cast<Leaf*>(allocate(bytes));
  leaf->count = 0;
  leaf->capacity = capacity;
  memory_ += good_size(leaf->bytes());
  return leaf;
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::free_leaf(Leaf* leaf) {
  const size_t bytes = good_size(leaf->bytes());
  memory_ -= bytes;
  deallocate(leaf, bytes);
}

// The same pairs in a leaf with room for `members`; the old one is gone.
template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::resized(Leaf* leaf, size_t members) -> Leaf* {
  Leaf* other = new_leaf(members);
  other->append(leaf, 0, leaf->count);
  free_leaf(leaf);
  return other;
}

template <size_t leaf_max, size_t inner_max>
auto ScoreTree<leaf_max, inner_max>::new_inner() -> Inner* {
  auto* node = static_cast<Inner*>(allocate(sizeof(Inner)));
  node->count = 0;
  memory_ += good_size(sizeof(Inner));
  return node;
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::free_inner(Inner* node) {
  memory_ -= good_size(sizeof(Inner));
  deallocate(node, sizeof(Inner));
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::free_below(void* node, size_t height) {
  if (height == 0) return free_leaf(static_cast<Leaf*>(node));
  auto* inner = static_cast<Inner*>(node);
  for (size_t i = 0; i < inner->count; ++i) free_below(inner->children[i], height - 1);
  free_inner(inner);
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::clear() {
  if (root_ != nullptr) free_below(root_, height_);
  root_ = nullptr;
  height_ = 0;
  size_ = 0;
}

// ---- what changes along a path ----

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::replace_leaf(const Path& path, Leaf* leaf) {
  if (height_ == 0) {
    root_ = leaf;
  } else {
    path.steps[0].node->children[path.steps[0].index] = leaf;
  }
}

// `change` may be a negative number: it wraps.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::count_along(const Path& path, size_t change) {
  for (size_t level = 0; level < height_; ++level) path.steps[level].node->below[path.steps[level].index] += change;
  size_ += change;
}

// What stands below the step at `level` begins with another member now.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::fix_first(const Path& path, size_t level, ScoredMember first) {
  for (; level < height_; ++level) {
    const Step& step = path.steps[level];
    step.node->first_scores[step.index] = first.score;
    step.node->first_members[step.index] = first.member;
    if (step.index != 0) return;
  }
}

// Whether the path leads along the lower or the upper edge of the tree.
template <size_t leaf_max, size_t inner_max>
bool ScoreTree<leaf_max, inner_max>::at_edge(const Path& path, bool last) const {
  for (size_t level = 0; level < height_; ++level) {
    const Step& step = path.steps[level];
    if (step.index != (last ? step.node->count - 1 : 0)) return false;
  }
  return path.position == (last ? path.leaf->count : 0);
}

// ---- inserting ----

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::insert(ScoreMember* member, double score) {
  if (root_ == nullptr) root_ = new_leaf(1);
  const ScoreKey key{score, member->view()};
  Path path = descend(key);
  path.position = lower_bound(path.leaf, 0, key);
  insert_at(path, {score, member});
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::insert_at(Path& path, ScoredMember member) {
  if (path.leaf->count == leaf_max) {
    split_leaf(path);
  } else if (path.leaf->count == path.leaf->capacity) {
    path.leaf = resized(path.leaf, path.leaf->count + 1);
    replace_leaf(path, path.leaf);
  }
  path.leaf->open(path.position, 1);
  path.leaf->put(path.position, member);
  count_along(path, 1);
  if (path.position == 0) fix_first(path, 0, member);
}

// A root above the root, with one child.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::add_root() {
  const ScoredMember first = height_ == 0 ? static_cast<Leaf*>(root_)->at(0) : static_cast<Inner*>(root_)->at(0).first;
  Inner* above = new_inner();
  above->put(above->count++, {first, root_, size_});
  root_ = above;
  ++height_;
}

// Sees to it that the node at `level` can take one more child; the path still leads to the same place.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::make_room(Path& path, size_t level) {
  if (level == height_) {
    add_root();
    path.steps[level] = {static_cast<Inner*>(root_), 0};
    return;
  }
  Step& step = path.steps[level];
  if (step.node->count < inner_max) return;
  make_room(path, level + 1);
  Step& above = path.steps[level + 1];
  const bool ascending = at_edge(path, true);
  const size_t cut = ascending ? step.node->count - 1 : step.node->count / 2;
  Inner* right = new_inner();
  step.node->move_tail(cut, right);
  const size_t members = right->sum(right->count);
  above.node->below[above.index] -= members;
  above.node->insert(above.index + 1, {right->at(0).first, right, members});
  if (step.index >= cut) {
    step = {right, step.index - cut};
    ++above.index;
  }
}

// Makes two leaves of a full one; the path leads to the place in the one where it is now, which has room for one more.
template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::split_leaf(Path& path) {
  make_room(path, 0);
  Step& step = path.steps[0];
  Leaf* leaf = path.leaf;
  const bool ascending = at_edge(path, true);
  if (ascending || at_edge(path, false)) {
    // An empty one after the last or before the first. What it begins with is set when it gets its member.
    path.leaf = new_leaf(1);
    path.position = 0;
    step.index += ascending ? 1 : 0;
    step.node->insert(step.index, {leaf->at(0), path.leaf, 0});
    return;
  }
  const size_t cut = leaf->count / 2;
  const bool to_left = path.position <= cut;
  Leaf* left = new_leaf(cut + (to_left ? 1 : 0));
  Leaf* right = new_leaf(leaf->count - cut + (to_left ? 0 : 1));
  left->append(leaf, 0, cut);
  right->append(leaf, cut, leaf->count);
  free_leaf(leaf);
  step.node->children[step.index] = left;
  step.node->below[step.index] = left->count;
  step.node->insert(step.index + 1, {right->at(0), right, right->count});
  path.leaf = to_left ? left : right;
  if (!to_left) {
    path.position -= cut;
    ++step.index;
  }
}

template <size_t leaf_max, size_t inner_max>
void ScoreTree<leaf_max, inner_max>::move(ScoreMember* member, double before, double after) {
  if (height_ > 0) prefetch_paths(std::array{before, after});
  const Path path = find(member, before);
  Leaf* leaf = path.leaf;
  const size_t from = path.position;
  size_t to = lower_bound(leaf, 0, {after, member->view()});
  if (to == 0 || to == leaf->count) {
    // Perhaps it belongs to another leaf.
    erase_at(path, 1);
    return insert(member, after);
  }
  double* scores = leaf->scores();
  ScoreMember** members = leaf->members();
  if (to > from) {
    --to;  // it does not count itself
    std::rotate(scores + from, scores + from + 1, scores + to + 1);
    std::rotate(members + from, members + from + 1, members + to + 1);
  } else {
    std::rotate(scores + to, scores + from, scores + from + 1);
    std::rotate(members + to, members + from, members + from + 1);
  }
  scores[to] = after;
  if (from == 0) fix_first(path, 0, leaf->at(0));
}

}  // namespace redoubt

#include "server/types/score_tree_erase.h"
