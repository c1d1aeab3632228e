#include "check-aof/verify/preamble_report.h"

#include "common/base/clock.h"
#include "common/rdb/rdb_type_name.h"

namespace redoubt {

bool PreambleReport::speaks() {
  if (out_ == nullptr) return false;
  progress_.clear();
  return true;
}

uint64_t PreambleReport::offset() const { return reader_->preamble_position().offset; }

void PreambleReport::begin(const std::string& file_name) {
  if (speaks()) out_->print("[offset 0] Checking RDB file {}\n", file_name);
}

void PreambleReport::aux(std::string_view name, std::string_view value) {
  if (!speaks()) return;
  // C strings, as they are printed there.
  out_->print("[offset {}] AUX FIELD {} = '{}'\n", offset(), name.substr(0, name.find('\0')),
              value.substr(0, value.find('\0')));
}

void PreambleReport::select_db(uint64_t db) {
  if (speaks()) out_->print("[offset {}] Selecting DB ID {}\n", offset(), db);
}

bool PreambleReport::begin_key(const RdbKey& key) {
  ++keys_;
  if (key.expires_ms != RdbKey::never) {
    ++volatile_keys_;
    if (key.expires_ms < wall_ms()) ++expired_;
  }
  return false;
}

void PreambleReport::counts() {
  out_->print("[info] {} keys read\n[info] {} expires\n[info] {} already expired\n", keys_, volatile_keys_, expired_);
}

void PreambleReport::sound(uint64_t offset) {
  if (!speaks()) return;
  out_->print("[offset {0}] Checksum OK\n[offset {0}] \\o/ RDB looks OK! \\o/\n", offset);
  counts();
  out_->write("RDB preamble is OK, proceeding with AOF tail...\n");
}

void PreambleReport::broken(const RdbPosition& position, const std::string& problem) {
  if (!speaks()) return;
  out_->print("--- RDB ERROR DETECTED ---\n[offset {}] {}\n", position.offset, problem);
  out_->print("[additional info] While doing: {}\n", position.doing);
  if (position.key) out_->print("[additional info] Reading key '{}'\n", *position.key);
  if (position.type) {
    out_->print("[additional info] Reading type {} ({})\n", static_cast<int>(*position.type),
                rdb_type_name(*position.type));
  }
  counts();
}

}  // namespace redoubt
