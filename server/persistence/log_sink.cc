#include "server/persistence/log_sink.h"

#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/value_commands.h"

namespace redoubt {

LogSink::LogSink(const PersistenceSurroundings& surroundings, BackgroundFile& file)
    : file_(file), writer_(file.buffer()), settings_(surroundings.keyspace.shared().types) {
  if (!surroundings.config.aof_timestamp_enabled) return;
  AofWriter(file.buffer()).timestamp(surroundings.keyspace.shared().now_ms / 1000);
}

void LogSink::select(int db, const Sizes* /*sizes*/) { writer_.select(static_cast<uint64_t>(db)); }

void LogSink::key(const Entry& entry, int64_t expires_ms) {
  write_entry_commands(writer_, settings_, entry, expires_ms);
  file_.commit();
}

}  // namespace redoubt
