#include "tests/support/old_blobs.h"

#include "common/base/number.h"
#include "common/encoding/listpack.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

bool fits(int64_t value, int bytes) {
  const int64_t limit = int64_t{1} << (8 * bytes - 1);
  return value >= -limit && value < limit;
}

void append_number(std::string& to, int64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
}

std::string ziplist_integer(int64_t value) {
  if (value >= 0 && value <= 12) return {static_cast<char>(0xf1 + value)};
  struct Form {
    int tag;
    int bytes;
  };
  for (const Form form : {Form{0xfe, 1}, Form{0xc0, 2}, Form{0xf0, 3}, Form{0xd0, 4}}) {
    if (!fits(value, form.bytes)) continue;
    std::string bytes{static_cast<char>(form.tag)};
    append_number(bytes, value, form.bytes);
    return bytes;
  }
  std::string bytes{static_cast<char>(0xe0)};
  append_number(bytes, value, 8);
  return bytes;
}

std::string ziplist_text(std::string_view text) {
  RdbBytes bytes;
  if (text.size() < 64) {
    bytes.byte(static_cast<int>(text.size()));
  } else if (text.size() < 16384) {
    bytes.byte(static_cast<int>(0x40 | text.size() >> 8)).byte(static_cast<int>(text.size() & 0xff));
  } else {
    bytes.byte(0x80).u32(__builtin_bswap32(static_cast<uint32_t>(text.size())));
  }
  return bytes.raw(text).bytes();
}

void append_zipmap_length(RdbBytes& to, size_t length) {
  if (length < 254) {
    to.byte(static_cast<int>(length));
  } else {
    to.byte(254).u32(length);
  }
}

}  // namespace

std::string ziplist_frame(std::string_view elements, size_t tail, uint16_t count) {
  static constexpr size_t header = 10;
  return RdbBytes().u32(header + elements.size() + 1).u32(header + tail).u16(count).raw(elements).byte(255).bytes();
}

std::string ziplist_of(const std::vector<std::string_view>& elements) {
  RdbBytes all;
  size_t before = 0;
  size_t tail = 0;
  for (const std::string_view element : elements) {
    tail = all.bytes().size();
    if (before < 254) {
      all.byte(static_cast<int>(before));
    } else {
      all.byte(254).u32(before);
    }
    const auto integer = parse_i64(element);
    all.raw(integer ? ziplist_integer(*integer) : ziplist_text(element));
    before = all.bytes().size() - tail;
  }
  return ziplist_frame(all.bytes(), tail, static_cast<uint16_t>(elements.size()));
}

std::string zipmap_of(const std::vector<std::string_view>& elements, uint8_t free) {
  RdbBytes bytes;
  bytes.byte(elements.size() / 2 < 254 ? static_cast<int>(elements.size() / 2) : 254);
  for (size_t i = 0; i + 1 < elements.size(); i += 2) {
    append_zipmap_length(bytes, elements[i].size());
    bytes.raw(elements[i]);
    append_zipmap_length(bytes, elements[i + 1].size());
    bytes.byte(free).raw(elements[i + 1]).raw(std::string(free, '\xff'));
  }
  return bytes.byte(255).bytes();
}

std::string stream_listpack_of(const std::vector<std::string_view>& shared_fields,
                               const std::vector<StreamEntryBytes>& entries, int64_t stated_live) {
  static constexpr int same_fields = 2;
  Listpack pack;
  int64_t deleted = 0;
  for (const StreamEntryBytes& entry : entries) deleted += entry.flags & 1;
  pack.append(stated_live >= 0 ? stated_live : static_cast<int64_t>(entries.size()) - deleted);
  pack.append(deleted);
  pack.append(static_cast<int64_t>(shared_fields.size()));
  for (const std::string_view field : shared_fields) pack.append(field);
  pack.append(int64_t{0});
  for (const StreamEntryBytes& entry : entries) {
    pack.append(int64_t{entry.flags});
    pack.append(static_cast<int64_t>(entry.id.ms));
    pack.append(static_cast<int64_t>(entry.id.sequence));
    auto elements = static_cast<int64_t>(3 + entry.fields.size());
    if ((entry.flags & same_fields) == 0) {
      pack.append(static_cast<int64_t>(entry.fields.size() / 2));
      ++elements;
    }
    for (const std::string_view field : entry.fields) pack.append(field);
    pack.append(elements);
  }
  return {reinterpret_cast<const char*>(pack.data()), pack.bytes()};
}

std::string stream_id_bytes(StreamId id) {
  return RdbBytes().u64(__builtin_bswap64(id.ms)).u64(__builtin_bswap64(id.sequence)).bytes();
}

}  // namespace redoubt
