// Reads one stream of any version from an RdbInput and tells a visitor: listpacks, the stream, groups, what is pending,
// consumers. Checks what a server relies on: that listpacks are those of a stream and ascend, and that each pending entry of a
// group is one of exactly one consumer. A failure is latched in the input. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "common/rdb/duplicate_finder.h"
#include "common/rdb/rdb_format.h"
#include "common/rdb/rdb_input.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

class RdbStreamReader {
 public:
  // The strings are places that it may use.
  RdbStreamReader(RdbInput& input, bool deep, RdbString& first, RdbString& second)
      : input_(input), deep_(deep), first_(first), second_(second) {}

  bool read(RdbType type, RdbVisitor& visitor);

 private:
  struct Pending {
    RdbStreamId id;
    bool owned = false;
  };

  bool read_id(RdbStreamId& id);
  bool read_listpacks(RdbVisitor& visitor);
  bool read_facts(RdbVisitor& visitor);
  bool read_group(RdbVisitor& visitor);
  bool read_pending(RdbVisitor& visitor);
  bool read_consumer(RdbVisitor& visitor);
  bool own(RdbStreamId id);
  int64_t entries_read(RdbStreamId last) const;

  RdbInput& input_;
  bool deep_;
  RdbString& first_;
  RdbString& second_;
  RdbType type_{};
  RdbStream stream_;
  uint64_t live_ = 0;               // entries in the listpacks
  RdbStreamId first_id_, last_id_;  // of these
  DuplicateFinder groups_, consumers_;
  std::vector<Pending> pending_;  // of the group, by id
};

}  // namespace redoubt
