// Goes through a damaged RDB file and finds which stretches of it are whole records, and what is lost between them. Takes
// memory by the number of gaps, which is limited, and half of options.memory for telling keys that stand there twice: checking
// large sets takes as much.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "check-rdb/damage.h"
#include "check-rdb/rdb_file.h"
#include "check-rdb/spill.h"
#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

struct RdbStretch {
  uint64_t begin = 0;
  uint64_t end = 0;
};

inline bool operator<(RdbStretch a, RdbStretch b) { return a.begin < b.begin; }

// Of keys that stand before; ascending, and part of the stretches of the plan. They can be taken once.
using RepeatedRecords = SpillSorter<RdbStretch>;

struct RdbLoss {
  RdbStretch bytes;  // empty: only the checksum is wrong
  RdbDamage damage;
};

struct SalvagePlan {
  bool sound = false;                 // nothing is wrong, and nothing needs to be done
  std::vector<RdbStretch> stretches;  // ascending, of whole records, without header, size hints that lie and end
  std::vector<RdbLoss> losses;
  std::unique_ptr<RepeatedRecords> repeated;  // null when it is sound
  uint64_t keys = 0;                          // without the repeated
  uint64_t expires = 0;
  uint64_t functions = 0;
  int version = 0;  // that the header of what is written must have
  bool version_known = false;
  bool resynchronised = false;  // there are keys behind a gap
  bool gave_up = false;         // before the end of the file, since too much was tried in vain
};

// The error is one of the system.
Result<SalvagePlan> plan_salvage(RdbFile& file, FileSystem& files, const CheckRdbOptions& options);

}  // namespace redoubt
