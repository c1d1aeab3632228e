// The blobs of old versions of Redis, made by hand for tests: nothing of ours writes them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/encoding/stream_listpack.h"

namespace redoubt {

// Text that is an integer becomes one, in the smallest form, as in Redis.
std::string ziplist_of(const std::vector<std::string_view>& elements);
// Around elements as they are; the last one begins at `tail`, counted from the first one's begin.
std::string ziplist_frame(std::string_view elements, size_t tail, uint16_t count);
// name, value, ...; each value with so many free bytes behind it.
std::string zipmap_of(const std::vector<std::string_view>& elements, uint8_t free = 0);

struct StreamEntryBytes {
  StreamId id;                           // as it counts from the listpack's
  std::vector<std::string_view> fields;  // name, value, ...; or values alone, with the flag same_fields
  int flags = 0;
};
// A listpack of a stream; `stated_live` instead of the number that it has, if not negative.
std::string stream_listpack_of(const std::vector<std::string_view>& shared_fields,
                               const std::vector<StreamEntryBytes>& entries, int64_t stated_live = -1);
std::string stream_id_bytes(StreamId id);

}  // namespace redoubt
