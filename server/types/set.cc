#include "server/types/set.h"

#include <algorithm>
#include <new>
#include <unordered_set>

namespace redoubt {
namespace {

bool fits_intset(const TypeLimits& limits, size_t members) {
  return members <= std::min<uint64_t>(limits.set_max_intset_entries, uint64_t{1} << 30);
}

SetTable* new_table(const HashKey& key, size_t members) {
  return new (allocate(sizeof(SetTable))) SetTable(key, members);
}

void free_table(SetTable* table) {
  table->~SetTable();
  deallocate(table, sizeof(SetTable));
}

// Edits the blob behind a value: takes it out, and puts back what it has become.
template <typename Blob>
class Editing {
 public:
  explicit Editing(ObjectValue& value) : value_(value), blob_(Blob::adopt(value.data)) {}
  ~Editing() { value_.data = blob_.release(); }
  Editing(const Editing&) = delete;
  Editing& operator=(const Editing&) = delete;
  Blob* operator->() { return &blob_; }

 private:
  ObjectValue& value_;
  Blob blob_;
};

}  // namespace

ObjectValue Set::make(const TypeSettings&) { return {Encoding::intset, Intset().release()}; }

size_t Set::size() const {
  if (encoding() == Encoding::hashtable) return table().size();
  return encoding() == Encoding::intset ? intset().size() : listpack().size();
}

bool Set::contains(std::string_view member) const {
  if (encoding() == Encoding::hashtable) return table().contains(member, hash(member));
  if (encoding() == Encoding::intset) {
    const auto integer = parse_i64(member);
    return integer && intset().contains(*integer);
  }
  const ListpackView members = listpack();
  return members.find(member, members.first()) != ListpackView::none;
}

bool Set::contains(const ListpackValue& member) const {
  if (member.is_integer() && encoding() == Encoding::intset) return intset().contains(member.integer);
  char digits[max_integer_text];
  return contains(member.bytes(digits));
}

// ---- adding --------------------------------------------------------------------------------------

void Set::expect(std::string_view first, size_t count) {
  if (encoding() == Encoding::hashtable) return;
  const TypeLimits& limits = settings_->limits;
  if (size() == 0 && encoding() == Encoding::intset) {
    if (count <= limits.set_max_intset_entries && parse_i64(first)) return;
    if (count <= limits.set_max_listpack_entries) return become_listpack(0);
    return become_table(count);
  }
  const bool too_many = (encoding() == Encoding::intset && count > limits.set_max_intset_entries) ||
                        (encoding() == Encoding::listpack && count > limits.set_max_listpack_entries);
  if (too_many) become_table(count);
}

bool Set::add(std::string_view member) {
  if (encoding() == Encoding::hashtable) return table().add(member, hash(member));
  if (encoding() == Encoding::listpack) return add_to_listpack({member}, member);
  if (const auto integer = parse_i64(member)) return add_integer(*integer);
  add_first_text(member);
  return true;
}

bool Set::add(const ListpackValue& member) {
  if (!member.is_integer()) return add(member.text);
  if (encoding() == Encoding::intset) return add_integer(member.integer);
  char digits[max_integer_text];
  const std::string_view text = member.bytes(digits);
  return encoding() == Encoding::listpack ? add_to_listpack(member, text) : table().add(text, hash(text));
}

bool Set::add_integer(int64_t integer) {
  if (!Editing<Intset>(value_)->add(integer)) return false;
  if (!fits_intset(settings_->limits, intset().size())) become_table(0);
  return true;
}

bool Set::add_to_listpack(const ListpackValue& member, std::string_view text) {
  const ListpackView members = listpack();
  if (members.find(text, members.first()) != ListpackView::none) return false;
  const TypeLimits& limits = settings_->limits;
  if (members.size() >= limits.set_max_listpack_entries || text.size() > limits.set_max_listpack_value ||
      listpack_would_overflow(members.bytes(), text.size())) {
    become_table(members.size() + 1);
    return table().add(text, hash(text));
  }
  Editing<Listpack> editing(value_);
  member.is_integer() ? editing->append(member.integer) : editing->append(text);
  return true;
}

// The first member of an intset that is no integer.
void Set::add_first_text(std::string_view member) {
  const TypeLimits& limits = settings_->limits;
  const size_t count = intset().size();
  size_t longest = 0;
  size_t bytes = member.size();
  if (count > 0) {
    char digits[max_integer_text];
    for (const int64_t end : {intset().min(), intset().max()}) {
      const std::string_view text(digits, format_i64(digits, end));
      longest = std::max(longest, text.size());
      bytes = std::max(bytes, member.size() + count * listpack_element_size(text));
    }
  }
  if (count < limits.set_max_listpack_entries && member.size() <= limits.set_max_listpack_value &&
      longest <= limits.set_max_listpack_value && !listpack_would_overflow(0, bytes)) {
    become_listpack(listpack_element_size(member));
    Editing<Listpack>(value_)->append(member);
  } else {
    become_table(count + 1);
    table().add(member, hash(member));
  }
}

// ---- removing ------------------------------------------------------------------------------------

bool Set::remove(std::string_view member) {
  if (encoding() == Encoding::hashtable) return table().remove(member, hash(member));
  if (encoding() == Encoding::intset) {
    const auto integer = parse_i64(member);
    return integer && remove_integer(*integer);
  }
  const ListpackView::Position at = listpack().find(member, listpack().first());
  if (at == ListpackView::none) return false;
  Editing<Listpack>(value_)->erase(at);
  return true;
}

bool Set::remove(const ListpackValue& member) {
  if (member.is_integer() && encoding() == Encoding::intset) return remove_integer(member.integer);
  char digits[max_integer_text];
  return remove(member.bytes(digits));
}

bool Set::remove_integer(int64_t integer) { return Editing<Intset>(value_)->remove(integer); }

// ---- other encodings -----------------------------------------------------------------------------

void Set::become_table(size_t members) {
  SetTable* table = new_table(settings_->hash_key, std::max(members, size()));
  for_each([&](std::string_view member) { table->insert(table->hash(member), SetMember::make(member)); });
  destroy(encoding(), value_.data);
  value_ = {Encoding::hashtable, table};
}

void Set::become_listpack(size_t spare) {
  size_t bytes = ListpackView::empty_size + spare;
  for_each([&](std::string_view member) { bytes += listpack_element_size(member); });
  Listpack members(bytes);
  for_each_value([&](const ListpackValue& member) {
    member.is_integer() ? members.append(member.integer) : members.append(member.text);
  });
  destroy(encoding(), value_.data);
  value_ = {Encoding::listpack, members.release()};
}

void Set::settle() {
  const TypeLimits& limits = settings_->limits;
  const size_t count = size();
  if (encoding() == Encoding::intset ||
      count > std::max(limits.set_max_intset_entries, limits.set_max_listpack_entries))
    return;
  bool integers = true;
  size_t longest = 0;
  for_each([&](std::string_view member) {
    integers = integers && parse_i64(member).has_value();
    longest = std::max(longest, member.size());
  });
  if (integers && fits_intset(limits, count)) {
    Intset members;
    for_each([&](std::string_view member) { members.add(*parse_i64(member)); });
    destroy(encoding(), value_.data);
    value_ = {Encoding::intset, members.release()};
  } else if (encoding() == Encoding::hashtable && count <= limits.set_max_listpack_entries &&
             longest <= limits.set_max_listpack_value) {
    become_listpack(0);
  }
}

// ---- chance --------------------------------------------------------------------------------------

std::string_view Set::random(Random& random, char* digits) const {
  if (encoding() == Encoding::hashtable) return table().random(random)->view();
  const auto index = random.below(size());
  if (encoding() == Encoding::intset) return {digits, format_i64(digits, intset().at(index))};
  return listpack().get(listpack().seek(static_cast<int64_t>(index))).bytes(digits);
}

void Set::sample(Random& random, size_t count, FunctionRef<void(std::string_view)> f) const {
  constexpr size_t walk_below = 3;  // when at least every third is wanted, or the set is small, all are looked at
  size_t left = size();
  if (encoding() == Encoding::hashtable && count < left / walk_below) return sample_table(random, count, f);
  // Each member is taken with the probability that it needs: of those left, so many are still wanted.
  for_each([&](std::string_view member) {
    if (count > 0 && random.below(left--) < count) {
      --count;
      f(member);
    }
  });
}

void Set::sample_table(Random& random, size_t count, FunctionRef<void(std::string_view)> f) const {
  std::unordered_set<const SetMember*> taken;
  taken.reserve(count);
  while (taken.size() < count) {
    const SetMember* member = table().random(random);
    if (taken.insert(member).second) f(member->view());
  }
}

void Set::pop(Random& random, FunctionRef<void(std::string_view)> f) {
  if (encoding() == Encoding::hashtable) {
    const std::string_view member = table().random(random)->view();
    f(member);
    table().remove(member, hash(member));
    return;
  }
  const auto index = random.below(size());
  if (encoding() == Encoding::intset) {
    const int64_t integer = intset().at(index);
    char digits[max_integer_text];
    f({digits, format_i64(digits, integer)});
    remove_integer(integer);
    return;
  }
  const ListpackView::Position at = listpack().seek(static_cast<int64_t>(index));
  char digits[max_integer_text];
  f(listpack().get(at).bytes(digits));
  Editing<Listpack>(value_)->erase(at);
}

// ---- as an object --------------------------------------------------------------------------------

void Set::destroy(Encoding encoding, void* object) {
  if (encoding == Encoding::intset) {
    Intset::free(object);
  } else if (encoding == Encoding::listpack) {
    Listpack::free(object);
  } else {
    free_table(static_cast<SetTable*>(object));
  }
}

size_t Set::memory(Encoding encoding, const void* object, size_t samples) {
  if (encoding == Encoding::intset) return Intset::allocation(object);
  if (encoding == Encoding::listpack) return Listpack::allocation(object);
  const auto& table = *static_cast<const SetTable*>(object);
  size_t seen = 0;
  size_t bytes = 0;
  table.for_each_while([&] { return seen < samples; },
                       [&](const SetMember* member) {
                         ++seen;
                         bytes += good_size(SetMember::allocation(member->view().size()));
                       });
  const double mean = seen == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(seen);
  return sizeof(SetTable) + table.memory() + static_cast<size_t>(mean * static_cast<double>(table.size()));
}

void* Set::copy(Encoding encoding, const void* object) {
  if (encoding == Encoding::intset) return Intset::copy_of(object, IntsetView(object).bytes()).release();
  if (encoding == Encoding::listpack) return Listpack::copy_of(object, ListpackView(object).bytes()).release();
  const auto& table = *static_cast<const SetTable*>(object);
  SetTable* copy = new_table(table.hash_key(), table.size());
  table.for_each(
      [&](const SetMember* member) { copy->insert(copy->hash(member->view()), SetMember::make(member->view())); });
  return copy;
}

size_t Set::free_effort(Encoding encoding, const void* object) {
  return encoding == Encoding::hashtable ? static_cast<const SetTable*>(object)->size() : 1;
}

}  // namespace redoubt
