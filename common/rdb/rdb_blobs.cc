#include "common/rdb/rdb_blobs.h"

#include <limits>
#include <optional>

#include "common/base/number.h"
#include "common/encoding/listpack.h"

namespace redoubt {
namespace {

std::optional<double> score_of(const ListpackValue& value) {
  if (value.is_integer()) return static_cast<double>(value.integer);
  return parse_double(value.text);
}

bool sound_scores(ListpackView pack, bool ordered) {
  char digits[max_integer_text];
  char digits_before[max_integer_text];
  std::string_view member_before;
  double score_before = -std::numeric_limits<double>::infinity();
  for (auto at = pack.first(); at != ListpackView::none;) {
    const auto score_at = pack.next(at);
    const std::optional<double> score = score_of(pack.get(score_at));
    if (!score) return false;
    if (ordered) {
      const std::string_view member = pack.get(at).bytes(digits);
      if (*score < score_before || (*score == score_before && member < member_before)) return false;
      score_before = *score;
      // Digits would be overwritten by the next ones.
      member_before = pack.get(at).bytes(digits_before);
    }
    at = pack.next(score_at);
  }
  return true;
}

bool sound_expiries(ListpackView pack) {
  int64_t before = 1;
  for (auto at = pack.first(); at != ListpackView::none;) {
    const auto expiry_at = pack.next(pack.next(at));
    const ListpackValue expiry = pack.get(expiry_at);
    if (!expiry.is_integer()) return false;
    const int64_t time = expiry.integer == 0 ? std::numeric_limits<int64_t>::max() : expiry.integer;
    if (time < before || (expiry.integer != 0 && static_cast<uint64_t>(time) >= field_expiry_end)) return false;
    before = time;
    at = pack.next(expiry_at);
  }
  return true;
}

bool has_duplicates(ListpackView pack, size_t stride, DuplicateFinder& duplicates) {
  duplicates.clear();
  char digits[max_integer_text];
  size_t index = 0;
  for (auto at = pack.first(); at != ListpackView::none; at = pack.next(at)) {
    if (index++ % stride == 0 && !duplicates.add(pack.get(at).bytes(digits))) return true;
  }
  return false;
}

}  // namespace

bool sound_listpack(std::string_view blob, ListpackShape shape, DuplicateFinder* duplicates) {
  if (!validate_listpack(blob.data(), blob.size(), true)) return false;
  if (shape == ListpackShape::list) return true;
  const ListpackView pack(blob.data());
  const size_t stride = shape == ListpackShape::members ? 1 : shape == ListpackShape::expiring ? 3 : 2;
  if (stride != 1 && pack.size() % stride != 0) return false;
  if (shape == ListpackShape::scored && !sound_scores(pack, duplicates != nullptr)) return false;
  if (shape == ListpackShape::expiring && !sound_expiries(pack)) return false;
  return duplicates == nullptr || !has_duplicates(pack, stride, *duplicates);
}

}  // namespace redoubt
