// A visitor that is told of elements only: blobs and nodes are taken apart, however a value is encoded. For whoever prints,
// exports or compares. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/encoding/listpack.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

struct RdbStreamField {
  std::string_view name, value;
};

class RdbElementVisitor : public RdbVisitor {
 public:
  // What RdbVisitor::begin_key() is.
  virtual bool begin_value(const RdbKey& key) = 0;
  // begin_elements(count) of a collection in a blob has the right count; that of a list in several nodes is 0, as it is not
  // known. It is called at most once for a value, and before its elements.
  //
  // An entry of a stream, in the place of stream_listpack(). Views are good during the call.
  virtual void stream_entry(StreamId /*id*/, std::span<const RdbStreamField> /*fields*/) {}

  bool begin_key(const RdbKey& key) final;
  void packed(RdbBlob kind, std::string_view blob) final;
  void begin_nodes(uint64_t count) final;
  void node(bool plain, std::string_view bytes) final;
  void stream_listpack(RdbStreamId first, std::string_view blob) final;

 private:
  void packed_set(RdbBlob kind, std::string_view blob);
  void packed_hash(RdbBlob kind, std::string_view blob);
  void packed_zset(std::string_view blob);

  RdbKind kind_{};
  uint64_t nodes_ = 0;
  bool list_begun_ = false;
  std::vector<RdbStreamField> fields_;
  std::string digits_;
};

}  // namespace redoubt
