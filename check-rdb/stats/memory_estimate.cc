#include "check-rdb/stats/memory_estimate.h"

#include <algorithm>
#include <bit>

#include "common/base/number.h"

namespace redoubt {

namespace {

using namespace server_memory;

constexpr size_t blob_frame = 7;
constexpr size_t blob_element = 2;  // what a short text takes beside its bytes

size_t as_table_items(uint64_t elements, double each) {
  return static_cast<size_t>(static_cast<double>(elements) * each);
}

}  // namespace

void MemoryEstimate::string(std::string_view bytes) {
  inside_ = true;
  if (bytes.size() < max_integer_text && parse_i64(bytes)) {
    value_ = word_bytes;
  } else if (bytes.size() <= embedded_string) {
    value_ = bytes.size();
  } else {
    inside_ = false;
    value_ = good_size(string_bytes + bytes.size());
  }
}

void MemoryEstimate::element(std::string_view bytes) {
  ++elements_;
  blob_ += bytes.size() + blob_element;
  if (kind_ == RdbKind::list) return;
  if (bytes.size() > blob_value) fits_blob_ = false;
  if (only_integers_ && (bytes.size() >= max_integer_text || !parse_i64(bytes))) only_integers_ = false;
  table_ += good_size(1 + (bytes.size() < short_size ? 0 : sizeof(uint32_t)) + bytes.size());
}

void MemoryEstimate::pair(size_t name_size, size_t value_size, bool expires) {
  ++elements_;
  expiring_ += expires ? 1 : 0;
  blob_ += name_size + value_size + 2 * blob_element;
  if (std::max(name_size, value_size) > blob_value) fits_blob_ = false;
  const size_t head = (std::max(name_size, value_size) > short_size ? 17 : 3) + (expires ? sizeof(uint32_t) : 0);
  table_ += good_size(head + name_size + value_size);
}

void MemoryEstimate::scored(size_t member_size) {
  ++elements_;
  blob_ += member_size + 2 * blob_element + sizeof(double);
  if (member_size > blob_value) fits_blob_ = false;
  table_ += good_size(sizeof(double) + 1 + (member_size < short_size ? 0 : sizeof(uint64_t)) + member_size);
}

uint64_t MemoryEstimate::collection_bytes() const {
  if (kind_ == RdbKind::list && nodes_ == 1) return value_;
  if (kind_ == RdbKind::list && nodes_ != 0) return value_ + list_bytes + good_size(std::bit_ceil(nodes_) * node_bytes);
  if (elements_ == 0) return value_;
  const size_t blob = good_size(blob_ + blob_frame);
  const size_t table = as_table_items(elements_, table_bytes) + table_;
  switch (kind_) {
    case RdbKind::list: {
      const size_t nodes = static_cast<size_t>(blob_ / list_blob) + 1;
      return nodes == 1 ? blob : list_bytes + nodes * (good_size(list_blob) + node_bytes);
    }
    case RdbKind::set:
      if (only_integers_ && elements_ <= integer_blob) return good_size(elements_ * sizeof(int64_t));
      return fits_blob_ && elements_ <= set_blob ? blob : set_bytes + table;
    case RdbKind::zset:
      return fits_blob_ && elements_ <= zset_blob ? blob : zset_bytes + table + as_table_items(elements_, order_bytes);
    case RdbKind::hash:
      if (fits_blob_ && elements_ <= hash_blob) return blob;
      return hash_bytes + table + std::bit_ceil(expiring_) * (expiring_ != 0 ? field_expiry_bytes : 0);
    default: break;
  }
  return value_;
}

uint64_t MemoryEstimate::bytes() const {
  size_t entry = entry_bytes + name_size_ + (name_size_ > short_size ? name_size_bytes : 0);
  uint64_t beside = 0;
  if (inside_) {
    entry += static_cast<size_t>(value_);
  } else {
    entry += word_bytes;
    beside = collection_bytes();
  }
  return good_size(entry) + beside + slot_bytes + (expires_ ? expiry_bytes : 0);
}

}  // namespace redoubt
