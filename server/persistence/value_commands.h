// Writes entries as the commands that make them: the base of an append log that is not an RDB file, in the
// form that AofValueWriter gives them. Executor thread only.
#pragma once

#include <cstdint>

namespace redoubt {

class AofValueWriter;
class Entry;
struct TypeSettings;

// Commands for the database that is selected, in which there is no such key. `expires_ms`: Database::never for a key that stays.
void write_entry_commands(AofValueWriter& writer, const TypeSettings& settings, const Entry& entry, int64_t expires_ms);

}  // namespace redoubt
