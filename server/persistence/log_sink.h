// Makes the base of an append log of a snapshot, in the form of commands (aof-use-rdb-preamble no): what is told goes into a
// BackgroundFile. Executor thread only.
#pragma once

#include "common/aof/aof_value_writer.h"
#include "server/persistence/background_file.h"
#include "server/persistence/snapshot.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class LogSink final : public SnapshotSink {
 public:
  // Both outlive it.
  LogSink(const PersistenceSurroundings& surroundings, BackgroundFile& file);

  void select(int db, const Sizes* sizes) override;
  void key(const Entry& entry, int64_t expires_ms) override;
  void end() override { complete_ = true; }
  bool has_room() const override { return file_.has_room(); }
  void wait_for_room() override { file_.wait_for_room(); }

  // All was told; the file may be finished.
  bool complete() const { return complete_; }

 private:
  BackgroundFile& file_;
  AofValueWriter writer_;
  const TypeSettings& settings_;
  bool complete_ = false;
};

}  // namespace redoubt
