// Writes entries as the commands that make them: the base of an append log that is not an RDB file. Like what Redis writes:
// collections by commands of at most aof_elements_per_command elements, then when the key and its fields expire. Executor
// thread only.
#pragma once

#include <cstdint>

namespace redoubt {

class AofWriter;
class Entry;
struct TypeSettings;

// Commands for the database that is selected, in which there is no such key. `expires_ms`: Database::never for a key that stays.
void write_entry_commands(AofWriter& writer, const TypeSettings& settings, const Entry& entry, int64_t expires_ms);

}  // namespace redoubt
