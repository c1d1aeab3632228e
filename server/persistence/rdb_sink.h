// Makes an RDB file of a snapshot: what is told goes as records into a BackgroundFile. Executor thread only.
#pragma once

#include "common/rdb/rdb_writer.h"
#include "server/persistence/background_file.h"
#include "server/persistence/snapshot.h"
#include "server/persistence/surroundings.h"
#include "server/persistence/value_saver.h"

namespace redoubt {

class RdbSink final : public SnapshotSink {
 public:
  // Both outlive it. Writes the head of the file, so that it must be made at the moment for which the file is consistent.
  // `aof_base`: the file is to be the base of an append log.
  RdbSink(const PersistenceSurroundings& surroundings, BackgroundFile& file, bool aof_base);

  void select(int db, const Sizes* sizes) override;
  void key(const Entry& entry, int64_t expires_ms) override;
  void end() override;
  bool has_room() const override { return file_.has_room(); }
  void wait_for_room() override { file_.wait_for_room(); }

  // All was told; the file may be finished.
  bool complete() const { return complete_; }
  uint64_t keys() const { return keys_; }

  static BackgroundFile::Options options(const Config& config, bool start_writing_out);

 private:
  BackgroundFile& file_;
  RdbWriter writer_;
  const AccessClock& access_;
  SaveOptions options_;
  bool complete_ = false;
  uint64_t keys_ = 0;
};

}  // namespace redoubt
