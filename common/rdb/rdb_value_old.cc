// Values in the encodings of old versions: taken apart, but for lists of ziplists, which become lists of listpacks. Their
// members are always looked at for duplicates, as nobody keeps these blobs.
#include <fmt/format.h>

#include "common/base/number.h"
#include "common/encoding/listpack.h"
#include "common/encoding/ziplist.h"
#include "common/encoding/zipmap.h"
#include "common/rdb/rdb_value.h"

namespace redoubt {

bool RdbValueReader::read_zipmap(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  const std::string_view blob = first_.bytes();
  const std::optional<size_t> count = count_zipmap(blob);
  if (!count) return input_.fail("Zipmap integrity check failed");
  std::string_view name;
  std::string_view value;
  seen_.clear();
  for (ZipmapCursor pairs(blob); pairs.next(name, value);) {
    if (!seen_.add(name)) {
      return input_.fail(fmt::format("Hash zipmap with dup elements, or big length ({})", name.size()));
    }
  }
  visitor.begin_elements(*count);
  for (ZipmapCursor pairs(blob); pairs.next(name, value);) visitor.pair(name, value, RdbKey::never);
  return true;
}

bool RdbValueReader::read_list_ziplist(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  const std::string_view blob = first_.bytes();
  const std::optional<size_t> count = count_ziplist(blob);
  if (!count) return input_.fail("List ziplist integrity check failed");
  visitor.begin_elements(*count);
  ListpackValue value;
  char digits[max_integer_text];
  for (ZiplistCursor elements(blob); elements.next(value);) visitor.element(value.bytes(digits));
  return true;
}

namespace {

// Pairs whose first members are all different; of scored ones each second is a number.
bool sound_pairs(std::string_view blob, bool scored, DuplicateFinder& seen) {
  ListpackValue first;
  ListpackValue second;
  char digits[max_integer_text];
  seen.clear();
  for (ZiplistCursor elements(blob); elements.next(first) && elements.next(second);) {
    if (!seen.add(first.bytes(digits))) return false;
    if (scored && !second.is_integer() && !parse_double(second.text)) return false;
  }
  return true;
}

}  // namespace

bool RdbValueReader::read_ziplist_pairs(bool scored, RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  const std::string_view blob = first_.bytes();
  const std::optional<size_t> count = count_ziplist(blob);
  if (!count || *count % 2 != 0 || !sound_pairs(blob, scored, seen_)) {
    return input_.fail(fmt::format("{} ziplist integrity check failed", scored ? "Zset" : "Hash"));
  }
  visitor.begin_elements(*count / 2);
  ListpackValue first;
  ListpackValue second;
  char digits[max_integer_text];
  char more_digits[max_integer_text];
  for (ZiplistCursor elements(blob); elements.next(first) && elements.next(second);) {
    if (!scored) {
      visitor.pair(first.bytes(digits), second.bytes(more_digits), RdbKey::never);
    } else if (second.is_integer()) {
      visitor.scored(first.bytes(digits), static_cast<double>(second.integer));
    } else {
      visitor.scored(first.bytes(digits), parse_double(second.text).value_or(0));
    }
  }
  return true;
}

namespace {

// A listpack can be a few bytes longer than the ziplist, which can have 4 GiB: such a one becomes several nodes.
void tell_as_listpacks(std::string_view ziplist, RdbVisitor& visitor) {
  Listpack pack(ziplist.size());
  const auto tell = [&] {
    if (pack.empty()) return;
    visitor.node(false, {reinterpret_cast<const char*>(pack.data()), pack.bytes()});
    pack = Listpack();
  };
  ListpackValue value;
  for (ZiplistCursor elements(ziplist); elements.next(value);) {
    if (value.is_integer()) {
      if (listpack_would_overflow(pack.bytes(), listpack_element_size(value.integer))) tell();
      pack.append(value.integer);
    } else if (value.text.size() >= Listpack::max_bytes / 2) {
      tell();
      visitor.node(true, value.text);
    } else {
      if (listpack_would_overflow(pack.bytes(), listpack_element_size(value.text))) tell();
      pack.append(value.text);
    }
  }
  tell();
}

}  // namespace

bool RdbValueReader::read_ziplist_nodes(RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  visitor.begin_nodes(count);
  for (; count != 0; --count) {
    if (!input_.string(first_)) return false;
    if (!validate_ziplist(first_.bytes(), true)) return input_.fail("Ziplist integrity check failed");
    tell_as_listpacks(first_.bytes(), visitor);
  }
  return true;
}

}  // namespace redoubt
