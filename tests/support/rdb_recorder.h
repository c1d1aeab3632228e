// What RdbReader tells, written down, one line for each call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/rdb/rdb_reader.h"
#include "tests/support/piece_source.h"

namespace redoubt {

class RdbRecorder : public RdbVisitor {
 public:
  std::vector<std::string> lines;
  std::string unwanted;  // the name of a key that is not wanted
  std::string refused;   // the name of a key whose value cannot be used

  void version(int version) override;
  void aux(std::string_view name, std::string_view value) override;
  void select_db(uint64_t db) override;
  void sizes(uint64_t keys, uint64_t volatile_keys) override;
  Status function(std::string_view code) override;
  bool begin_key(const RdbKey& key) override;
  Status end_key() override;
  void string(std::string_view bytes) override;
  void begin_elements(uint64_t count) override;
  void element(std::string_view bytes) override;
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) override;
  void scored(std::string_view member, double score) override;
  void packed(RdbBlob kind, std::string_view blob) override;
  void begin_nodes(uint64_t count) override;
  void node(bool plain, std::string_view bytes) override;
  void stream_listpack(RdbStreamId first, std::string_view blob) override;
  void stream(const RdbStream& stream) override;
  void stream_group(const RdbStreamGroup& group) override;
  void group_pending(const RdbPending& pending) override;
  void stream_consumer(const RdbStreamConsumer& consumer) override;
  void consumer_pending(RdbStreamId id) override;

 private:
  void line(std::string text) { lines.push_back(std::move(text)); }

  std::string key_;
};

struct RdbReading {
  std::vector<std::string> lines;
  std::string error;  // empty: none
  RdbPosition position;
  std::string taken_over;
  bool has_checksum = false;
};

RdbReading read_rdb(std::string_view file, RdbReadOptions options = {}, size_t piece = SIZE_MAX);
RdbReading read_rdb_payload(std::string_view payload, RdbReadOptions options = {});

}  // namespace redoubt
