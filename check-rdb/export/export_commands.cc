// Keys as commands, for redis-cli --pipe and for append-only files: both are the same bytes. A stream's group takes memory for
// what is pending in it, as it does in the reader.
#include <algorithm>
#include <vector>

#include "check-rdb/export/exporter.h"
#include "common/aof/aof_value_writer.h"

namespace redoubt {
namespace {

class CommandExporter final : public Exporter {
 public:
  CommandExporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms)
      : Exporter(target, filter, now_ms), writer_(buffer()) {}

  void string(std::string_view bytes) override { writer_.string(key().name, bytes); }
  void begin_elements(uint64_t count) override { writer_.begin(key().kind, key().name, count); }
  void element(std::string_view bytes) override {
    writer_.element(bytes);
    settle_commands();
  }
  void scored(std::string_view member, double score) override {
    writer_.scored(member, score);
    settle_commands();
  }
  void stream_entry(StreamId id, std::span<const RdbStreamField> fields) override;
  void stream(const RdbStream& stream) override { writer_.stream(key().name, stream, entries_ == 0); }
  void stream_group(const RdbStreamGroup& group) override;
  void group_pending(const RdbPending& pending) override;
  void stream_consumer(const RdbStreamConsumer& consumer) override;
  void consumer_pending(RdbStreamId id) override;

 protected:
  void function_code(std::string_view code) override { writer_.function(code); }
  void key_begins() override;
  void key_ends() override;
  void field(std::string_view name, std::string_view value, int64_t expires_ms) override {
    writer_.pair(name, value, expires_ms);
    settle_commands();
  }
  void key_breaks_off() override;

 private:
  void settle_commands() {
    if (!writer_.in_command()) settle();
  }
  void end_consumer();

  AofValueWriter writer_;
  bool selected_ = false;
  uint64_t db_ = 0;
  uint64_t value_position_ = 0;
  uint64_t entries_ = 0;  // of a stream
  std::string group_, consumer_;
  bool in_consumer_ = false;
  bool claimed_ = false;  // something, by the consumer
  std::vector<RdbPending> pending_;
  bool sorted_ = true;
};

void CommandExporter::key_begins() {
  if (!selected_ || db_ != key().db) writer_.select(key().db);
  selected_ = true;
  db_ = key().db;
  value_position_ = target().position();
  entries_ = 0;
  in_consumer_ = false;
}

void CommandExporter::key_ends() {
  writer_.end();
  end_consumer();
  const bool exists = target().position() != value_position_;
  if (exists && expires()) writer_.expires(key().name, key().expires_ms);
}

void CommandExporter::key_breaks_off() {
  writer_.abandon();
  AofWriter(buffer()).command({"DEL", key().name});
}

void CommandExporter::stream_entry(StreamId id, std::span<const RdbStreamField> fields) {
  ++entries_;
  writer_.begin_stream_entry(key().name, id, fields.size());
  for (const RdbStreamField& field : fields) writer_.stream_field(field.name, field.value);
  settle();
}

void CommandExporter::stream_group(const RdbStreamGroup& group) {
  end_consumer();
  group_ = group.name;
  pending_.clear();
  sorted_ = true;
  writer_.stream_group(key().name, group);
}

void CommandExporter::group_pending(const RdbPending& pending) {
  if (!pending_.empty() && pending.id < pending_.back().id) sorted_ = false;
  pending_.push_back(pending);
}

void CommandExporter::stream_consumer(const RdbStreamConsumer& consumer) {
  end_consumer();
  in_consumer_ = true;
  claimed_ = false;
  consumer_ = consumer.name;
}

void CommandExporter::consumer_pending(RdbStreamId id) {
  const auto by_id = [](const RdbPending& a, const RdbPending& b) { return a.id < b.id; };
  if (!sorted_) std::sort(pending_.begin(), pending_.end(), by_id);
  sorted_ = true;
  // The reader has seen to it that it is there.
  const auto found = std::lower_bound(pending_.begin(), pending_.end(), RdbPending{id}, by_id);
  writer_.claim(key().name, group_, consumer_, *found);
  claimed_ = true;
  settle();
}

void CommandExporter::end_consumer() {
  if (in_consumer_ && !claimed_) writer_.stream_consumer(key().name, group_, consumer_);
  in_consumer_ = false;
}

}  // namespace

std::unique_ptr<Exporter> make_command_exporter(ExportTarget& target, const KeyFilter& filter, int64_t now_ms) {
  return std::make_unique<CommandExporter>(target, filter, now_ms);
}

}  // namespace redoubt
