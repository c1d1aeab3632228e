// The listpacks in which streams keep their entries, under the id from which the entries' ids count. A listpack holds
//
//   live entries | deleted entries | number of fields | names of the fields ... | 0
//   then for each entry: flags | ms - ms of the id | sequence - sequence of the id |
//     [number of fields | name, value ...]  or, with the flag same_fields: value ...  | elements of the entry before this one
//
// each an element of the listpack, and numbers kept as integers. Thread-safe: no state.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/encoding/listpack.h"

namespace redoubt {

struct StreamId {
  uint64_t ms = 0;
  uint64_t sequence = 0;

  auto operator<=>(const StreamId&) const = default;  // NOLINT(modernize-use-nullptr): there is none
};

enum class StreamEntryFlag : uint8_t { deleted = 1, same_fields = 2 };

struct StreamListpackSummary {
  uint64_t live = 0;
  uint64_t deleted = 0;
  StreamId first, last;  // of the live entries, when there are any
};

// Nothing if the blob is unsound: as a listpack, and as one of a stream; with `deep` also if ids do not ascend or the entries
// are not as many as it says. Bytes that pass can be read without further checks.
std::optional<StreamListpackSummary> check_stream_listpack(std::string_view blob, StreamId id, bool deep);

struct StreamField {
  ListpackValue name, value;
};

struct StreamEntry {
  StreamId id;
  std::span<const StreamField> fields;  // until the next one; they point into the blob
};

// Goes through the live entries of a blob that passed check_stream_listpack.
class StreamEntryCursor {
 public:
  // `blob` stays where it is.
  StreamEntryCursor(std::string_view blob, StreamId id);
  // False at the end.
  bool next(StreamEntry& entry);

 private:
  ListpackValue take();
  void skip(uint64_t count);

  ListpackView pack_;
  StreamId id_;
  ListpackView::Position at_;
  uint64_t left_ = 0;  // entries, live or not
  std::vector<ListpackValue> shared_;
  std::vector<StreamField> fields_;
};

}  // namespace redoubt
