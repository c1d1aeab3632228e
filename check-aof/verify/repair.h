// Cuts a file, safely: what is not as it was when it was analysed is left alone, a copy can be kept, and the cut is on the medium
// when it is reported. A file is never rewritten: at any moment it has its old length or the new one.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

struct Cut {
  uint64_t from = 0;  // the size that the file must still have
  uint64_t to = 0;
  bool backup = false;
};

// The path of the copy, or nothing when none was wanted. After an error the file has its old length, unless the last sync
// was what failed.
Result<std::string> cut_file(FileSystem& files, const std::string& path, const Cut& cut);

}  // namespace redoubt
