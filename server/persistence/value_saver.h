// Writes entries as RDB records, byte for byte as Redis 7.2 does it: each value in the type of its encoding. Executor thread
// only.
//
// Fields that expire need version 12 of the format, which Redis 7.2 does not load, and the version stands at the start of
// a file. A hash is written in the types of version 12 if and only if a field of it has an expiry, and then the hash is in
// its database's FieldExpiryIndex: so rdb_version_for() looks whether these are empty. It must be asked at the very moment for which
// the file is to be consistent (what becomes of hashes later is not written), as snapshots do.
#pragma once

#include <cstdint>
#include <string>

#include "common/rdb/rdb_writer.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {

struct Config;

struct SaveOptions {
  // How recently or how often keys were used: Redis writes what the eviction policy goes by.
  bool idle = false;
  bool frequency = false;
  static SaveOptions of(const Config& config);
};

// What stands at the start of a file beside the version of the server. More may follow with RdbWriter::aux() in between:
// Redis writes aof-base last.
struct SaveAux {
  int64_t ctime_seconds = 0;  // Unix time
  uint64_t used_memory = 0;
  bool aof_base = false;
};

// The version that a file of this data set must have: rdb_written_version, or 12 when fields of hashes expire.
int rdb_version_for(const Keyspace& keyspace);
void save_aux(RdbWriter& writer, const SaveAux& aux);

// How the value of this entry is written.
RdbType rdb_type_of(const Entry& entry);
// The value alone, after type and key.
void save_value(RdbWriter& writer, const Entry& entry);
// The whole record of a key: expiry, access, type, key and value.
void save_entry(RdbWriter& writer, const Database& db, const Entry& entry, const SaveOptions& options);
// The same for an entry that no database has any more; `expires_ms` is Database::never for a key that stays.
void save_entry(RdbWriter& writer, const AccessClock& access, const Entry& entry, int64_t expires_ms,
                const SaveOptions& options);

// Appends what DUMP answers for this value.
void dump_value(std::string& out, const Entry& entry, bool compress);

}  // namespace redoubt
