#include "server/types/set_algebra.h"

#include <algorithm>
#include <vector>

namespace redoubt {
namespace {

// Some members of a set on their way through others: as many at a time as it takes that all that they touch comes from
// memory together.
class Batch {
 public:
  struct Candidate {
    ListpackValue value;
    std::string_view text;
    uint64_t hash;
  };

  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity; }
  void clear() { size_ = 0; }
  void push(const ListpackValue& value) {
    at_[size_].value = value;
    at_[size_].text = value.bytes(digits_[size_]);
    ++size_;
  }
  Candidate* begin() { return at_; }
  Candidate* end() { return at_ + size_; }

  void hash(const HashKey& key) {
    for (Candidate& candidate : *this) candidate.hash = keyed_hash(candidate.text, key);
  }
  // Leaves those that are in the set, or, if not `present`, those that are not. Hashed, if it is a table.
  void keep(const Set& set, bool present) {
    const bool is_table = set.encoding() == Encoding::hashtable;
    if (is_table) {
      for (const Candidate& candidate : *this) set.table().prefetch_bucket(candidate.hash);
    }
    size_t kept = 0;
    for (size_t i = 0; i < size_; ++i) {
      const Candidate& one = at_[i];
      const bool found = is_table ? set.table().contains(one.text, one.hash) : set.contains(one.value);
      if (found == present) at_[kept++] = one;
    }
    size_ = kept;
  }

 private:
  static constexpr size_t capacity = 16;

  size_t size_ = 0;
  Candidate at_[capacity];
  char digits_[capacity][max_integer_text];
};

// Calls f(Batch&) for all members of the set, until it returns false.
template <typename F>
void walk(const Set& set, F&& f) {
  Batch batch;
  bool go_on = true;
  const auto take = [&](const ListpackValue& member) {
    if (!go_on) return;
    batch.push(member);
    if (!batch.full()) return;
    go_on = f(batch);
    batch.clear();
  };
  if (set.encoding() == Encoding::hashtable) {
    set.table().for_each_while([&] { return go_on; }, [&](const SetMember* member) { take({member->view()}); });
  } else {
    set.for_each_value(take);
  }
  if (go_on && !batch.empty()) f(batch);
}

size_t size_of(const Set* set) { return set == nullptr ? 0 : set->size(); }

// Sets beyond this are tables at once, whatever they hold.
size_t surely_table(const TypeSettings& settings) {
  return std::max(settings.limits.set_max_intset_entries, settings.limits.set_max_listpack_entries);
}

bool any_table(Sets sets) {
  return std::any_of(sets.begin(), sets.end(), [](const Set* set) { return set->encoding() == Encoding::hashtable; });
}

// Adds to a table what a hashed batch holds and the table does not.
void add_new(Batch& batch, SetTable& table) {
  for (const Batch::Candidate& one : batch) table.insert(one.hash, SetMember::make(one.text));
}

// `disjoint`: nothing of `source` is in the table.
void add_all(Set& result, const Set& source, bool disjoint) {
  walk(source, [&](Batch& batch) {
    batch.hash(result.settings().hash_key);
    if (!disjoint) batch.keep(result, false);
    add_new(batch, result.table());
    return true;
  });
}

void add_one_by_one(Set& result, const Set& source) {
  source.for_each_value([&](const ListpackValue& member) { result.add(member); });
}

void copy_into(NewSet& result, const Set& source) {
  if (source.size() <= surely_table(source.settings())) return add_one_by_one(result, source);
  result.become_table(source.size());
  add_all(result, source, true);
}

// The members of `base` that are in all others, or in none: f(Batch&).
template <typename F>
void filter(const Set& base, Sets others, bool present, F&& f) {
  const bool hashed = any_table(others);
  walk(base, [&](Batch& batch) {
    if (hashed) batch.hash(base.settings().hash_key);
    for (const Set* other : others) {
      batch.keep(*other, present);
      if (batch.empty()) return true;
    }
    return f(batch, hashed);
  });
}

// What filter() leaves, as a set.
void filter_into(NewSet& result, const Set& base, Sets others, bool present) {
  constexpr size_t most_reserved = 65536;  // more grows as it comes: it may be little
  const bool big = base.size() > surely_table(base.settings());
  if (big) result.become_table(std::min(base.size(), most_reserved));
  filter(base, others, present, [&](Batch& batch, bool hashed) {
    if (big) {
      if (!hashed) batch.hash(base.settings().hash_key);
      add_new(batch, result.table());
    } else {
      for (const Batch::Candidate& one : batch) result.add(one.value);
    }
    return true;
  });
  if (!big) return;
  result.settle();
  if (result.encoding() == Encoding::hashtable) {
    SetTable& table = result.table();
    for (table.shrink_if_sparse(); table.rehashing(); table.shrink_if_sparse()) table.rehash(SIZE_MAX);
  }
}

// The smallest first and no set twice; empty when one of them is.
std::vector<const Set*> from_small_to_big(Sets sets) {
  std::vector<const Set*> sorted(sets.begin(), sets.end());
  if (std::any_of(sorted.begin(), sorted.end(), [](const Set* set) { return size_of(set) == 0; })) return {};
  std::stable_sort(sorted.begin(), sorted.end(), [](const Set* a, const Set* b) { return a->size() < b->size(); });
  const auto is_first = [&](const Set* set) { return set->value().data == sorted.front()->value().data; };
  sorted.erase(std::remove_if(sorted.begin() + 1, sorted.end(), is_first), sorted.end());
  return sorted;
}

// The first index from `from` on whose integer is not less than `value`, near ones found first.
size_t advance(const IntsetView& integers, size_t from, int64_t value) {
  const size_t size = integers.size();
  size_t step = 1;
  size_t low = from;
  while (low + step <= size && integers.at(low + step - 1) < value) {
    low += step;
    step *= 2;
  }
  size_t high = std::min(low + step - 1, size);
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (integers.at(middle) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Two intsets are walked side by side.
template <typename F>
void each_in_both(const IntsetView& a, const IntsetView& b, F&& f) {
  size_t at = 0;
  for (size_t i = 0, size = a.size(), other = b.size(); i < size && at < other; ++i) {
    const int64_t integer = a.at(i);
    at = advance(b, at, integer);
    if (at < other && b.at(at) == integer && !f(integer)) return;
  }
}

bool are_two_intsets(Sets sets) {
  return sets.size() == 2 && sets[0]->encoding() == Encoding::intset && sets[1]->encoding() == Encoding::intset;
}

// Whether it is more work to look up all members of the first set in all others than to take all of theirs out of a copy
// of the first; looking up is the cheaper work.
bool better_subtract(Sets sets) {
  size_t look_up = 0;
  size_t take_out = 0;
  for (const Set* set : sets) {
    if (set == nullptr) continue;
    look_up += sets.front()->size();
    take_out += set->size();
  }
  return look_up / 2 > take_out;
}

void subtract(NewSet& result, const Set& other) {
  if (result.encoding() != Encoding::hashtable) {
    other.for_each_value([&](const ListpackValue& member) { result.remove(member); });
    return;
  }
  walk(other, [&](Batch& batch) {
    batch.hash(other.settings().hash_key);
    batch.keep(result, true);
    for (const Batch::Candidate& one : batch) result.table().remove(one.text, one.hash);
    return result.size() > 0;
  });
}

}  // namespace

NewSet union_of(Sets sets, const TypeSettings& settings) {
  NewSet result(settings);
  const Set* largest = nullptr;
  size_t total = 0;
  for (const Set* set : sets) {
    total += size_of(set);
    if (size_of(set) > size_of(largest)) largest = set;
  }
  if (size_of(largest) <= surely_table(settings)) {
    for (const Set* set : sets) {
      if (set != nullptr) add_one_by_one(result, *set);
    }
    return result;
  }
  result.become_table(std::min(total, 2 * largest->size()));
  add_all(result, *largest, true);
  for (const Set* set : sets) {
    if (set != nullptr && set != largest) add_all(result, *set, false);
  }
  return result;
}

NewSet difference_of(Sets sets, const TypeSettings& settings) {
  NewSet result(settings);
  const Set* first = sets.front();
  if (size_of(first) == 0) return result;
  std::vector<const Set*> others;
  for (const Set* set : sets.subspan(1)) {
    if (set == nullptr) continue;
    if (set->value().data == first->value().data) return result;
    others.push_back(set);
  }
  if (better_subtract(sets)) {
    copy_into(result, *first);
    for (const Set* other : others) {
      if (result.size() > 0) subtract(result, *other);
    }
  } else {
    // What is in the biggest is found out soonest.
    std::stable_sort(others.begin(), others.end(), [](const Set* a, const Set* b) { return a->size() > b->size(); });
    filter_into(result, *first, others, false);
  }
  return result;
}

NewSet intersection_of(Sets sets, const TypeSettings& settings) {
  NewSet result(settings);
  const std::vector<const Set*> sorted = from_small_to_big(sets);
  if (sorted.empty()) return result;
  const Set& smallest = *sorted.front();
  if (are_two_intsets(sorted)) {
    each_in_both(smallest.intset(), sorted[1]->intset(), [&](int64_t integer) {
      result.add(ListpackValue{{}, integer});
      return true;
    });
    return result;
  }
  if (smallest.encoding() != Encoding::intset) result.become_listpack(0);
  filter_into(result, smallest, Sets(sorted).subspan(1), true);
  result.settle();
  return result;
}

void each_in_all(Sets sets, FunctionRef<bool(std::string_view)> f) {
  const std::vector<const Set*> sorted = from_small_to_big(sets);
  if (sorted.empty()) return;
  if (are_two_intsets(sorted)) {
    char digits[max_integer_text];
    return each_in_both(sorted[0]->intset(), sorted[1]->intset(), [&](int64_t integer) {
      return f({digits, format_i64(digits, integer)});
    });
  }
  filter(*sorted.front(), Sets(sorted).subspan(1), true, [&](Batch& batch, bool) {
    return std::all_of(batch.begin(), batch.end(), [&](const Batch::Candidate& one) { return f(one.text); });
  });
}

}  // namespace redoubt
