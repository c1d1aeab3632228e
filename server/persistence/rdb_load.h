// Loads an RDB file in slices, so that the server can answer meanwhile. What happens goes to the server's log in Redis's words.
// Executor thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/byte_source.h"
#include "common/rdb/rdb_reader.h"
#include "server/persistence/key_loader.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

enum class LoadOutcome : uint8_t {
  more,     // to be done by the next step()
  nothing,  // there is no file
  done,
  failed,  // the server must not go on with what there is; the log says why
};

class RdbLoad {
 public:
  RdbLoad(const PersistenceSurroundings& surroundings, std::string path, bool merge = false);
  ~RdbLoad();
  RdbLoad(const RdbLoad&) = delete;
  RdbLoad& operator=(const RdbLoad&) = delete;

  LoadOutcome begin();
  // Goes on for about so long.
  LoadOutcome step(int64_t budget_us);
  // Until it is through.
  LoadOutcome run();

  uint64_t total_bytes() const { return total_bytes_; }
  uint64_t loaded_bytes() const;
  uint64_t used_memory_then() const;
  KeyLoader::Counts counts() const;

 private:
  LoadOutcome fail(const Error& error);
  bool delay();

  const PersistenceSurroundings& surroundings_;
  std::string path_;
  bool merge_;
  uint64_t total_bytes_ = 0;
  int64_t resume_us_ = 0;  // with key-load-delay: not before
  uint64_t delays_ = 0;
  std::unique_ptr<FileSource> source_;
  std::unique_ptr<RdbReader> reader_;
  std::unique_ptr<KeyLoader> keys_;
};

}  // namespace redoubt
