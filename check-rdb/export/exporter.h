// Writes the keys of a file that are wanted, in one of several forms: an RdbReader's visitor. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "check-rdb/export/export_target.h"
#include "check-rdb/options.h"
#include "common/rdb/rdb_elements.h"

namespace redoubt {

class Exporter : public RdbElementVisitor {
 public:
  // `target` and `filter` outlive it. `now_ms` decides what is expired: keys, and fields of hashes likewise.
  Exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms)
      : target_(target), filter_(filter), now_ms_(now_ms) {}
  // The one for that form.
  static std::unique_ptr<Exporter> make(ExportFormat format, ExportTarget& target, const KeyFilter& filter,
                                        int64_t now_ms);

  // What comes before the first key.
  virtual void begin() {}
  // The file ends here, in the middle of a key if one was begun: what was written of it is taken back or marked.
  void break_off();

  uint64_t keys() const { return keys_; }
  // Wanted keys whose value broke off and of which something has left already.
  bool left_part_of_key() const { return left_part_; }

  Status function(std::string_view code) final;
  bool begin_value(const RdbKey& key) final;
  Status end_key() final;
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) final;

 protected:
  // The same calls as RdbElementVisitor's, of what is wanted only. key().name is good until end.
  virtual void function_code(std::string_view /*code*/) {}
  virtual void key_begins() = 0;
  virtual void key_ends() = 0;
  virtual void field(std::string_view name, std::string_view value, int64_t expires_ms) = 0;
  // The key is not whole, and its beginning cannot be taken back.
  virtual void key_breaks_off() = 0;

  const RdbKey& key() const { return key_; }
  bool expires() const { return key_.expires_ms != RdbKey::never; }
  ExportTarget& target() { return target_; }
  std::string& buffer() { return target_.buffer(); }
  void settle() { target_.settle(); }

 private:
  bool is_wanted(const RdbKey& key) const;

  ExportTarget& target_;
  const KeyFilter& filter_;
  int64_t now_ms_;
  RdbKey key_;
  std::string name_;
  bool in_key_ = false;
  bool left_part_ = false;
  uint64_t key_position_ = 0;
  uint64_t keys_ = 0;
};

// The forms, see docs/check-rdb-stats.md.
std::unique_ptr<Exporter> make_command_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms);
std::unique_ptr<Exporter> make_json_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms);
std::unique_ptr<Exporter> make_csv_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms);

// ID as streams' ids are written: 1526919030474-55.
void append_stream_id(std::string& out, StreamId id);

}  // namespace redoubt
