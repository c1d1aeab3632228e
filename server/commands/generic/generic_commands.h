// The commands on keys of any type: DEL, RENAME, COPY, EXPIRE and its kin, KEYS, SCAN, OBJECT, DUMP and so on.
#pragma once

namespace redoubt {

class CommandTable;

void register_generic_commands(CommandTable& table);

// The parts of the above, by file.
void register_key_commands(CommandTable& table);
void register_expire_commands(CommandTable& table);
void register_scan_commands(CommandTable& table);
void register_object_commands(CommandTable& table);
void register_sort_commands(CommandTable& table);
void register_dump_commands(CommandTable& table);
void register_wait_commands(CommandTable& table);

}  // namespace redoubt
