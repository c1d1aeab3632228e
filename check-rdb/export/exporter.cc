#include "check-rdb/export/exporter.h"

#include "common/base/glob.h"
#include "common/base/number.h"

namespace redoubt {

std::unique_ptr<Exporter> Exporter::make(ExportFormat format, ExportTarget& target, const KeyFilter& filter,
                                         int64_t now_ms) {
  switch (format) {
    case ExportFormat::json: return make_json_exporter(target, filter, now_ms);
    case ExportFormat::csv: return make_csv_exporter(target, filter, now_ms);
    case ExportFormat::resp:
    case ExportFormat::aof: break;
  }
  return make_command_exporter(target, filter, now_ms);
}

bool Exporter::is_wanted(const RdbKey& key) const {
  if (filter_.db && key.db != *filter_.db) return false;
  if (filter_.kind && key.kind != *filter_.kind) return false;
  if (filter_.expired != ExpiredKeys::include) {
    const bool expired = key.expires_ms != RdbKey::never && key.expires_ms <= now_ms_;
    if (expired != (filter_.expired == ExpiredKeys::only)) return false;
  }
  return !filter_.match || glob_match(*filter_.match, key.name);
}

Status Exporter::function(std::string_view code) {
  // Functions are no keys: who asks for some keys does not ask for them.
  const bool all = !filter_.db && !filter_.kind && !filter_.match && filter_.expired != ExpiredKeys::only;
  if (all) function_code(code);
  settle();
  return {};
}

bool Exporter::begin_value(const RdbKey& key) {
  if (!is_wanted(key)) return false;
  key_ = key;
  name_.assign(key.name);
  key_.name = name_;
  in_key_ = true;
  key_position_ = target_.position();
  key_begins();
  return true;
}

Status Exporter::end_key() {
  key_ends();
  in_key_ = false;
  ++keys_;
  settle();
  return {};
}

void Exporter::pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  const bool expired = expires_ms != RdbKey::never && expires_ms <= now_ms_;
  if (expired && filter_.expired == ExpiredKeys::skip) return;
  field(name, value, expires_ms);
}

void Exporter::break_off() {
  if (!in_key_) return;
  in_key_ = false;
  if (target_.take_back(key_position_)) return;
  left_part_ = true;
  key_breaks_off();
}

void append_stream_id(std::string& out, StreamId id) {
  char text[2 * max_integer_text];
  const size_t ms = format_u64(text, id.ms);
  text[ms] = '-';
  out.append(text, ms + 1 + format_u64(text + ms + 1, id.sequence));
}

}  // namespace redoubt
