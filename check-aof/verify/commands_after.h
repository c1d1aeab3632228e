// What can be learnt from the bytes behind a damage: whether there are whole commands, or nothing but zeros.
#pragma once

#include <cstdint>
#include <optional>

#include "check-aof/verify/analysis.h"

namespace redoubt {

// The first whole commands behind the damaged one that begins at `record`, and how far they go on without a gap. Holds up to 32 MB.
std::optional<CommandsAfter> find_commands_after(FileSystem& files, const CheckedFile& file, uint64_t record);

// How many zero bytes there are from `offset` to the end of the file; 0 if there is anything else.
uint64_t count_trailing_zeros(FileSystem& files, const CheckedFile& file, uint64_t offset);

}  // namespace redoubt
