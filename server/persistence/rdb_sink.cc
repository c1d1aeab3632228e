#include "server/persistence/rdb_sink.h"

#include "common/base/memory.h"
#include "server/config/config.h"

namespace redoubt {

RdbSink::RdbSink(const PersistenceSurroundings& surroundings, BackgroundFile& file, bool aof_base)
    : file_(file),
      writer_(file.buffer(), surroundings.config.rdbcompression),
      access_(surroundings.keyspace.shared().access),
      options_(SaveOptions::of(surroundings.config)) {
  writer_.header(rdb_version_for(surroundings.keyspace));
  SaveAux aux;
  aux.ctime_seconds = surroundings.keyspace.shared().now_ms / 1000;
  aux.used_memory = used_memory();
  aux.aof_base = aof_base;
  save_aux(writer_, aux);
}

BackgroundFile::Options RdbSink::options(const Config& config, bool start_writing_out) {
  BackgroundFile::Options options;
  options.checksum = config.rdbchecksum ? BackgroundFile::Checksum::crc64 : BackgroundFile::Checksum::zero;
  options.start_writing_out = start_writing_out;
  return options;
}

void RdbSink::select(int db, const Sizes* sizes) {
  writer_.select_db(static_cast<uint64_t>(db));
  if (sizes != nullptr) writer_.sizes(sizes->keys, sizes->volatile_keys);
}

void RdbSink::key(const Entry& entry, int64_t expires_ms) {
  save_entry(writer_, access_, entry, expires_ms, options_);
  ++keys_;
  file_.commit();
}

void RdbSink::end() {
  writer_.end();
  complete_ = true;
}

}  // namespace redoubt
