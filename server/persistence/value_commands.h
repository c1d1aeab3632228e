// Writes entries as the commands that make them: the base of an append log that is not an RDB file. Like what Redis writes:
// collections by commands of at most aof_elements_per_command elements, then when the key and its fields expire. Executor
// thread only.
#pragma once

namespace redoubt {

class AofWriter;
class Database;
class Entry;

// Commands for the database that is selected, in which there is no such key.
void write_entry_commands(AofWriter& writer, Database& db, const Entry& entry);

}  // namespace redoubt
