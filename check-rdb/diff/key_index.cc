#include "check-rdb/diff/key_index.h"

#include "check-rdb/diff/value_digest.h"

namespace redoubt {
namespace {

class Indexer final : public ValueDigester {
 public:
  Indexer(const HashKey& secret, KeyIndex& index) : ValueDigester(secret), secret_(secret), index_(index) {}

  // The first failure to keep what was told.
  const Status& status() const { return status_; }

  void version(int version) override { index_.version = version; }
  Status function(std::string_view code) override {
    index_.functions += hash128(code, secret_);
    return {};
  }
  bool begin_value(const RdbKey& key) override {
    take(key);
    key_.kind = static_cast<uint8_t>(key.kind);
    return ValueDigester::begin_value(key);
  }
  Status end_key() override {
    key_.value = digest();
    return status_ = index_.keys.add(key_);
  }
  void module_key(const RdbKey& key, std::string_view /*module*/) override {
    take(key);
    index_.has_modules = true;
    if (status_) status_ = index_.keys.add(key_);
  }

 private:
  void take(const RdbKey& key) {
    key_ = {};
    key_.name = hash_of_key(key.db, key.name, secret_);
    key_.db = key.db;
    key_.offset = key.offset;
    key_.expires_ms = key.expires_ms;
  }

  const HashKey& secret_;
  KeyIndex& index_;
  IndexedKey key_;
  Status status_;
};

}  // namespace

Status fill_index(RdbFile& file, const HashKey& secret, KeyIndex& index, RdbPosition& position) {
  RdbReader reader(file, {.deep = false, .verify_checksum = true, .skip_modules = true});
  Indexer indexer(secret, index);
  const Status done = reader.read_all(indexer);
  if (!done || !indexer.status()) {
    position = reader.position();
    if (!indexer.status()) file.fail(indexer.status().error().text);
    return done ? indexer.status() : done;
  }
  Status finished = index.keys.finish();
  if (!finished) file.fail(finished.error().text);
  return finished;
}

}  // namespace redoubt
