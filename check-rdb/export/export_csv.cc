// Keys as comma-separated values, one row for each element.
#include "check-rdb/export/exporter.h"
#include "common/base/number.h"
#include "common/tool/csv_text.h"

namespace redoubt {
namespace {

class CsvExporter final : public Exporter {
 public:
  using Exporter::Exporter;

  void begin() override { buffer() += "db,key,type,expires_ms,id,field,value,field_expires_ms\r\n"; }

  void string(std::string_view bytes) override { row({}, {}, bytes, {}); }
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view bytes) override {
    char digits[max_integer_text];
    std::string_view index;
    if (key().kind == RdbKind::list) index = {digits, format_u64(digits, index_++)};
    row(index, {}, bytes, {});
  }
  void scored(std::string_view member, double score) override {
    char digits[max_short_double_text];
    row({}, member, {digits, format_double(digits, score)}, {});
  }
  void stream_entry(StreamId id, std::span<const RdbStreamField> fields) override {
    std::string shown;
    append_stream_id(shown, id);
    for (const RdbStreamField& field : fields) row(shown, field.name, field.value, {});
  }

 protected:
  void key_begins() override {
    index_ = 0;
    char digits[max_integer_text];
    head_.assign(digits, format_u64(digits, key().db));
    head_ += ',';
    append_csv(head_, key().name);
    head_.append(",").append(name_of(key().kind)).append(",");
    if (expires()) head_.append(digits, format_i64(digits, key().expires_ms));
    head_ += ',';
  }
  void key_ends() override {}
  void field(std::string_view name, std::string_view value, int64_t expires_ms) override {
    char digits[max_integer_text];
    std::string_view expiry;
    if (expires_ms != RdbKey::never) expiry = {digits, format_i64(digits, expires_ms)};
    row({}, name, value, expiry);
  }
  // Rows cannot be marked.
  void key_breaks_off() override {}

 private:
  void row(std::string_view id, std::string_view name, std::string_view value, std::string_view expiry) {
    std::string& out = buffer();
    out.append(head_).append(id).append(",");
    append_csv(out, name);
    out += ',';
    append_csv(out, value);
    out.append(",").append(expiry).append("\r\n");
    settle();
  }

  std::string head_;  // the columns that are the same for all of a key
  uint64_t index_ = 0;
};

}  // namespace

std::unique_ptr<Exporter> make_csv_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms) {
  return std::make_unique<CsvExporter>(target, filter, now_ms);
}

}  // namespace redoubt
