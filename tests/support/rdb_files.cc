#include "tests/support/rdb_files.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "common/hash/crc64.h"
#include "common/rdb/rdb_reader.h"
#include "server/persistence/value_loader.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

class FileLoader final : public ValueLoader {
 public:
  FileLoader(Keyspace& keyspace, size_t file_size)
      : ValueLoader(keyspace.shared().types), keyspace_(keyspace), file_size_(file_size) {}

  bool begin_key(const RdbKey& key) override {
    if (key.expires_ms != RdbKey::never && key.expires_ms < keyspace_.shared().now_ms) return false;
    key_ = key;
    begin_value(key.name, key.kind, file_size_);
    return true;
  }
  Status end_key() override {
    const Result<Entry*> entry = finish_value();
    if (entry.has_error()) return entry.error();
    if (*entry == nullptr) return {};
    Database& db = keyspace_[static_cast<int>(key_.db)];
    if (!db.add_new(*entry)) {
      EntryMaker::free(*entry);
      return Error{"the same key twice"};
    }
    if (key_.expires_ms != RdbKey::never) db.set_expiry(**entry, key_.expires_ms);
    const AccessClock& access = keyspace_.shared().access;
    if (key_.idle_seconds >= 0) access.set_idle(**entry, key_.idle_seconds);
    if (key_.frequency >= 0) access.set_frequency(**entry, static_cast<uint8_t>(key_.frequency));
    return {};
  }

 private:
  Keyspace& keyspace_;
  size_t file_size_;
  RdbKey key_;
};

}  // namespace

std::string file_of(Keyspace& keyspace, const FileOptions& options) {
  std::string file;
  RdbWriter writer(file, options.compress);
  writer.header(rdb_version_for(keyspace));
  save_aux(writer, {.ctime_seconds = keyspace.shared().now_ms / 1000, .used_memory = 1'000'000});
  for (int id = 0; id < keyspace.count(); ++id) {
    const Database& db = keyspace[id];
    if (db.size() == 0) continue;
    writer.select_db(static_cast<uint64_t>(id));
    writer.sizes(db.size(), db.volatile_size());
    db.keys().for_each([&](const Entry* entry) { save_entry(writer, db, *entry, options.entries); });
  }
  writer.end();
  writer.checksum(options.checksum ? crc64(file) : 0);
  return file;
}

void load_file(Keyspace& keyspace, std::string_view file, bool deep) {
  PieceSource source(file);
  RdbReader reader(source, {.deep = deep});
  FileLoader loader(keyspace, file.size());
  const Status read = reader.read_all(loader);
  if (read.has_error()) throw std::runtime_error(read.error().text);
}

std::string as_version(std::string file, std::string_view version) {
  constexpr size_t magic_size = rdb_magic.size();
  file.replace(magic_size, version.size(), version);
  const uint64_t crc = crc64(std::string_view(file).substr(0, file.size() - sizeof(uint64_t)));
  std::memcpy(file.data() + file.size() - sizeof crc, &crc, sizeof crc);
  return file;
}

}  // namespace redoubt
