#include "common/rdb/rdb_elements.h"

#include "common/base/number.h"
#include "common/encoding/intset.h"

namespace redoubt {
namespace {

// The elements of a sound listpack in order; asked for as often as there are.
class Elements {
 public:
  explicit Elements(std::string_view blob) : pack_(blob.data()), at_(pack_.first()) {}
  bool more() const { return at_ != ListpackView::none; }
  ListpackValue take() {
    const ListpackValue value = pack_.get(at_);
    at_ = pack_.next(at_);
    return value;
  }

 private:
  ListpackView pack_;
  ListpackView::Position at_;
};

double score_of(const ListpackValue& value) {
  return value.is_integer() ? static_cast<double>(value.integer) : parse_double(value.text).value_or(0);
}

}  // namespace

bool RdbElementVisitor::begin_key(const RdbKey& key) {
  kind_ = key.kind;
  return begin_value(key);
}

void RdbElementVisitor::packed(RdbBlob kind, std::string_view blob) {
  switch (kind_) {
    case RdbKind::set: return packed_set(kind, blob);
    case RdbKind::hash: return packed_hash(kind, blob);
    case RdbKind::zset: return packed_zset(blob);
    default: return;  // no other kind comes so
  }
}

void RdbElementVisitor::packed_set(RdbBlob kind, std::string_view blob) {
  char digits[max_integer_text];
  if (kind == RdbBlob::intset) {
    const IntsetView integers(blob.data());
    begin_elements(integers.size());
    for (size_t i = 0; i < integers.size(); ++i) element({digits, format_i64(digits, integers.at(i))});
    return;
  }
  begin_elements(ListpackView(blob.data()).size());
  for (Elements elements(blob); elements.more();) element(elements.take().bytes(digits));
}

void RdbElementVisitor::packed_hash(RdbBlob kind, std::string_view blob) {
  const bool expiring = kind == RdbBlob::listpackex;
  char name_digits[max_integer_text];
  char value_digits[max_integer_text];
  begin_elements(ListpackView(blob.data()).size() / (expiring ? 3 : 2));
  for (Elements elements(blob); elements.more();) {
    const ListpackValue name = elements.take();
    const ListpackValue value = elements.take();
    const int64_t at_ms = expiring ? elements.take().integer : 0;
    pair(name.bytes(name_digits), value.bytes(value_digits), at_ms == 0 ? RdbKey::never : at_ms);
  }
}

void RdbElementVisitor::packed_zset(std::string_view blob) {
  char digits[max_integer_text];
  begin_elements(ListpackView(blob.data()).size() / 2);
  for (Elements elements(blob); elements.more();) {
    const ListpackValue member = elements.take();
    scored(member.bytes(digits), score_of(elements.take()));
  }
}

void RdbElementVisitor::begin_nodes(uint64_t count) {
  nodes_ = count;
  list_begun_ = false;
}

void RdbElementVisitor::node(bool plain, std::string_view bytes) {
  if (!list_begun_) begin_elements(nodes_ != 1 ? 0 : plain ? 1 : ListpackView(bytes.data()).size());
  list_begun_ = true;
  if (plain) return element(bytes);
  char digits[max_integer_text];
  for (Elements elements(bytes); elements.more();) element(elements.take().bytes(digits));
}

void RdbElementVisitor::stream_listpack(RdbStreamId first, std::string_view blob) {
  StreamEntry entry;
  for (StreamEntryCursor entries(blob, first); entries.next(entry);) {
    // The digits of integers stand in one string that does not move.
    digits_.resize(entry.fields.size() * 2 * max_integer_text);
    char* digits = digits_.data();
    fields_.clear();
    for (const StreamField& field : entry.fields) {
      fields_.push_back({field.name.bytes(digits), field.value.bytes(digits + max_integer_text)});
      digits += 2 * max_integer_text;
    }
    stream_entry(entry.id, fields_);
  }
}

}  // namespace redoubt
