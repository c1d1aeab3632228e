#include "common/aof/aof_value_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/aof/aof_format.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

std::string_view command_for(RdbKind kind) {
  switch (kind) {
    case RdbKind::list: return "RPUSH";
    case RdbKind::set: return "SADD";
    case RdbKind::zset: return "ZADD";
    default: break;
  }
  return "HMSET";
}

}  // namespace

void AofValueWriter::select(uint64_t db) { writer_.command({"SELECT", fmt::format_int(db).c_str()}); }

void AofValueWriter::function(std::string_view code) { writer_.command({"FUNCTION", "LOAD", code}); }

void AofValueWriter::expires(std::string_view key, int64_t at_ms) {
  writer_.begin(3);
  writer_.argument("PEXPIREAT");
  writer_.argument(key);
  writer_.argument(at_ms);
}

void AofValueWriter::string(std::string_view key, std::string_view bytes) { writer_.command({"SET", key, bytes}); }

// ---- collections ----------------------------------------------------------------------------------

void AofValueWriter::begin(RdbKind kind, std::string_view key, uint64_t expected) {
  command_ = command_for(kind);
  key_ = key;
  arguments_each_ = kind == RdbKind::list || kind == RdbKind::set ? 1 : 2;
  left_ = expected;
}

void AofValueWriter::begin_portion() {
  planned_ = static_cast<size_t>(std::clamp<uint64_t>(left_, 1, aof_elements_per_command));
  begin_ = out_.size();
  open_ = true;
  written_ = 0;
  writer_.begin(2 + planned_ * arguments_each_);
  writer_.argument(command_);
  writer_.argument(key_);
}

void AofValueWriter::end_portion() {
  if (!open_) return;
  open_ = false;
  if (written_ != planned_) {
    const auto head = [this](size_t elements) { return fmt::format("*{}\r\n", 2 + elements * arguments_each_); };
    out_.replace(begin_, head(planned_).size(), head(written_));
  }
  out_.append(expiries_);
  expiries_.clear();
}

void AofValueWriter::abandon() {
  if (open_) out_.resize(begin_);
  open_ = false;
  expiries_.clear();
}

void AofValueWriter::before_element() {
  if (!open_) begin_portion();
  ++written_;
  if (left_ != 0) --left_;
}

void AofValueWriter::after_element() {
  if (written_ == aof_elements_per_command || out_.size() - begin_ >= max_portion) end_portion();
}

void AofValueWriter::element(std::string_view bytes) {
  before_element();
  writer_.argument(bytes);
  after_element();
}

void AofValueWriter::pair(std::string_view field, std::string_view value, int64_t expires_ms) {
  before_element();
  writer_.argument(field);
  writer_.argument(value);
  if (expires_ms != RdbKey::never) {
    AofWriter expiries(expiries_);
    expiries.command({"HPEXPIREAT", key_, fmt::format_int(expires_ms).c_str(), "FIELDS", "1", field});
  }
  after_element();
}

void AofValueWriter::scored(std::string_view member, double score) {
  before_element();
  writer_.argument(score);
  writer_.argument(member);
  after_element();
}

// ---- streams --------------------------------------------------------------------------------------

void AofValueWriter::id_argument(StreamId id) {
  char text[2 * max_integer_text];
  const size_t ms = format_u64(text, id.ms);
  text[ms] = '-';
  writer_.argument(std::string_view(text, ms + 1 + format_u64(text + ms + 1, id.sequence)));
}

void AofValueWriter::begin_stream_entry(std::string_view key, StreamId id, size_t fields) {
  writer_.begin(3 + 2 * fields);
  writer_.argument("XADD");
  writer_.argument(key);
  id_argument(id);
}

void AofValueWriter::stream_field(std::string_view name, std::string_view value) {
  writer_.argument(name);
  writer_.argument(value);
}

void AofValueWriter::stream(std::string_view key, const RdbStream& stream, bool empty) {
  if (empty) {
    // Only an entry makes a stream; this one is gone at once. XADD takes no id of zero, XSETID puts it right.
    writer_.begin(7);
    writer_.argument("XADD");
    writer_.argument(key);
    writer_.argument("MAXLEN");
    writer_.argument("0");
    id_argument(stream.last == StreamId{} ? StreamId{0, 1} : stream.last);
    writer_.argument("x");
    writer_.argument("y");
  }
  writer_.begin(7);
  writer_.argument("XSETID");
  writer_.argument(key);
  id_argument(stream.last);
  writer_.argument("ENTRIESADDED");
  writer_.argument(static_cast<int64_t>(stream.added));
  writer_.argument("MAXDELETEDID");
  id_argument(stream.greatest_deleted);
}

void AofValueWriter::stream_group(std::string_view key, const RdbStreamGroup& group) {
  writer_.begin(7);
  writer_.argument("XGROUP");
  writer_.argument("CREATE");
  writer_.argument(key);
  writer_.argument(group.name);
  id_argument(group.last);
  writer_.argument("ENTRIESREAD");
  writer_.argument(group.read);
}

void AofValueWriter::stream_consumer(std::string_view key, std::string_view group, std::string_view consumer) {
  writer_.command({"XGROUP", "CREATECONSUMER", key, group, consumer});
}

void AofValueWriter::claim(std::string_view key, std::string_view group, std::string_view consumer,
                           const RdbPending& pending) {
  writer_.begin(12);
  for (const std::string_view word : {std::string_view("XCLAIM"), key, group, consumer, std::string_view("0")}) {
    writer_.argument(word);
  }
  id_argument(pending.id);
  writer_.argument("TIME");
  writer_.argument(pending.delivered_ms);
  writer_.argument("RETRYCOUNT");
  writer_.argument(static_cast<int64_t>(pending.deliveries));
  writer_.argument("JUSTID");
  writer_.argument("FORCE");
}

}  // namespace redoubt
