// Keys as JSON, one object a line.
#include <cmath>

#include "check-rdb/export/exporter.h"
#include "common/base/number.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

class JsonExporter final : public Exporter {
 public:
  using Exporter::Exporter;

  void string(std::string_view bytes) override { text(bytes); }
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view bytes) override {
    comma();
    text(bytes);
    settle();
  }
  void scored(std::string_view member, double score) override;
  void stream_entry(StreamId id, std::span<const RdbStreamField> fields) override;
  void stream(const RdbStream& stream) override;
  void stream_group(const RdbStreamGroup& group) override;
  void group_pending(const RdbPending& pending) override;
  void stream_consumer(const RdbStreamConsumer& consumer) override;
  void consumer_pending(RdbStreamId id) override;

 protected:
  void function_code(std::string_view code) override;
  void key_begins() override;
  void key_ends() override;
  void field(std::string_view name, std::string_view value, int64_t expires_ms) override;
  void key_breaks_off() override;

 private:
  // Where a stream is: each has one array open for what comes next.
  enum class Part : uint8_t { value, entries, groups, pending, consumer };

  void raw(std::string_view bytes) { buffer().append(bytes); }
  void text(std::string_view bytes) { append_json(buffer(), bytes); }
  void number(std::string_view before, int64_t value);
  void number(std::string_view before, uint64_t value);
  void id(std::string_view before, StreamId id);
  // Before each member of an array.
  void comma() {
    if (!first_) buffer() += ',';
    first_ = false;
  }
  void open(std::string_view before, Part part) {
    raw(before);
    part_ = part;
    first_ = true;
  }
  void end_group();
  std::string_view closing() const;

  bool first_ = true;
  Part part_ = Part::value;
};

void JsonExporter::number(std::string_view before, int64_t value) {
  char digits[max_integer_text];
  raw(before);
  raw({digits, format_i64(digits, value)});
}

void JsonExporter::number(std::string_view before, uint64_t value) {
  char digits[max_integer_text];
  raw(before);
  raw({digits, format_u64(digits, value)});
}

void JsonExporter::id(std::string_view before, StreamId id) {
  raw(before);
  raw("\"");
  append_stream_id(buffer(), id);
  raw("\"");
}

void JsonExporter::function_code(std::string_view code) {
  raw(R"({"type":"function","code":)");
  text(code);
  raw("}\n");
}

void JsonExporter::key_begins() {
  number(R"({"db":)", key().db);
  raw(R"(,"key":)");
  text(key().name);
  raw(R"(,"type":")");
  raw(name_of(key().kind));
  raw("\"");
  if (expires()) number(R"(,"expires_ms":)", key().expires_ms);
  if (key().idle_seconds >= 0) number(R"(,"idle_seconds":)", key().idle_seconds);
  if (key().frequency >= 0) number(R"(,"frequency":)", int64_t{key().frequency});
  raw(R"(,"value":)");
  if (key().kind == RdbKind::string) {
    part_ = Part::value;
  } else if (key().kind == RdbKind::stream) {
    open(R"({"entries":[)", Part::entries);
  } else {
    open("[", Part::value);
  }
}

std::string_view JsonExporter::closing() const {
  if (key().kind == RdbKind::string) return "}";
  if (key().kind != RdbKind::stream) return "]}";
  switch (part_) {
    case Part::pending: return R"(],"consumers":[]}]}})";
    case Part::consumer: return "]}]}]}}";
    default: break;
  }
  return "]}}";
}

void JsonExporter::key_ends() {
  raw(closing());
  raw("\n");
}

void JsonExporter::key_breaks_off() {
  std::string_view end = closing();
  end.remove_suffix(1);
  raw(end);
  raw(",\"incomplete\":true}\n");
}

void JsonExporter::scored(std::string_view member, double score) {
  comma();
  raw(R"({"member":)");
  text(member);
  raw(R"(,"score":)");
  char digits[max_short_double_text];
  const std::string_view shown(digits, format_double(digits, score));
  // JSON has no infinity.
  if (std::isfinite(score)) {
    raw(shown);
  } else {
    text(shown);
  }
  raw("}");
  settle();
}

void JsonExporter::field(std::string_view name, std::string_view value, int64_t expires_ms) {
  comma();
  raw(R"({"field":)");
  text(name);
  raw(R"(,"value":)");
  text(value);
  if (expires_ms != RdbKey::never) number(R"(,"expires_ms":)", expires_ms);
  raw("}");
  settle();
}

// ---- streams --------------------------------------------------------------------------------------

void JsonExporter::stream_entry(StreamId entry, std::span<const RdbStreamField> fields) {
  comma();
  id(R"({"id":)", entry);
  raw(R"(,"fields":[)");
  std::string_view before = "[";
  for (const RdbStreamField& field : fields) {
    raw(before);
    text(field.name);
    raw(",");
    text(field.value);
    raw("]");
    before = ",[";
  }
  raw("]}");
  settle();
}

void JsonExporter::stream(const RdbStream& stream) {
  number(R"(],"length":)", stream.length);
  id(R"(,"last_id":)", stream.last);
  id(R"(,"first_id":)", stream.first);
  id(R"(,"max_deleted_id":)", stream.greatest_deleted);
  number(R"(,"entries_added":)", stream.added);
  open(R"(,"groups":[)", Part::groups);
}

void JsonExporter::end_group() {
  if (part_ == Part::pending) raw(R"(],"consumers":[]})");
  if (part_ == Part::consumer) raw("]}]}");
  if (part_ != Part::groups) first_ = false;
  part_ = Part::groups;
}

void JsonExporter::stream_group(const RdbStreamGroup& group) {
  end_group();
  comma();
  raw(R"({"name":)");
  text(group.name);
  id(R"(,"last_id":)", group.last);
  if (group.read < 0) {
    raw(R"(,"entries_read":null)");
  } else {
    number(R"(,"entries_read":)", group.read);
  }
  open(R"(,"pending":[)", Part::pending);
}

void JsonExporter::group_pending(const RdbPending& pending) {
  comma();
  id(R"({"id":)", pending.id);
  number(R"(,"delivered_ms":)", pending.delivered_ms);
  number(R"(,"deliveries":)", pending.deliveries);
  raw("}");
  settle();
}

void JsonExporter::stream_consumer(const RdbStreamConsumer& consumer) {
  raw(part_ == Part::pending ? R"(],"consumers":[{"name":)" : R"(]},{"name":)");
  text(consumer.name);
  number(R"(,"seen_ms":)", consumer.seen_ms);
  if (consumer.active_ms < 0) {
    raw(R"(,"active_ms":null)");
  } else {
    number(R"(,"active_ms":)", consumer.active_ms);
  }
  open(R"(,"pending":[)", Part::consumer);
}

void JsonExporter::consumer_pending(RdbStreamId pending) {
  comma();
  id("", pending);
  settle();
}

}  // namespace

std::unique_ptr<Exporter> make_json_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms) {
  return std::make_unique<JsonExporter>(target, filter, now_ms);
}

}  // namespace redoubt
