#include "tests/support/rdb_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"

namespace redoubt {
namespace {

// Long strings by their size and their ends.
std::string shown(std::string_view bytes) {
  if (bytes.size() <= 100) return std::string(bytes);
  return fmt::format("{}...{} ({})", bytes.substr(0, 10), bytes.substr(bytes.size() - 10), bytes.size());
}

std::string shown(RdbStreamId id) { return fmt::format("{}-{}", id.ms, id.sequence); }

std::string listpack_text(std::string_view blob) {
  std::string text;
  char digits[max_integer_text];
  ListpackView(blob.data()).for_each([&](const ListpackValue& value) { text += ' ' + shown(value.bytes(digits)); });
  return text;
}

}  // namespace

void RdbRecorder::version(int version) { line(fmt::format("version {}", version)); }

void RdbRecorder::aux(std::string_view name, std::string_view value) {
  line(fmt::format("aux {} {}", shown(name), shown(value)));
}

void RdbRecorder::select_db(uint64_t db) { line(fmt::format("db {}", db)); }

void RdbRecorder::sizes(uint64_t keys, uint64_t volatile_keys) {
  line(fmt::format("sizes {} {}", keys, volatile_keys));
}

Status RdbRecorder::function(std::string_view code) {
  line(fmt::format("function {}", shown(code)));
  if (code == refused) return Error{"this function is refused"};
  return {};
}

bool RdbRecorder::begin_key(const RdbKey& key) {
  key_ = key.name;
  std::string text = fmt::format("key {}:{} type {} kind {} at {}", key.db, shown(key.name), static_cast<int>(key.type),
                                 static_cast<int>(key.kind), key.offset);
  if (key.expires_ms != RdbKey::never) text += fmt::format(" expires {}", key.expires_ms);
  if (key.idle_seconds != -1) text += fmt::format(" idle {}", key.idle_seconds);
  if (key.frequency != -1) text += fmt::format(" frequency {}", key.frequency);
  line(std::move(text));
  return unwanted.empty() || key.name != unwanted;
}

Status RdbRecorder::end_key() {
  line("end");
  if (!refused.empty() && key_ == refused) return Error{"this value is refused"};
  return {};
}

void RdbRecorder::string(std::string_view bytes) { line(fmt::format("string {}", shown(bytes))); }

void RdbRecorder::begin_elements(uint64_t count) { line(fmt::format("elements {}", count)); }

void RdbRecorder::element(std::string_view bytes) { line(fmt::format("element {}", shown(bytes))); }

void RdbRecorder::pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  std::string text = fmt::format("pair {} = {}", shown(name), shown(value));
  if (expires_ms != RdbKey::never) text += fmt::format(" expires {}", expires_ms);
  line(std::move(text));
}

void RdbRecorder::scored(std::string_view member, double score) {
  line(fmt::format("scored {} {}", shown(member), score));
}

void RdbRecorder::packed(RdbBlob kind, std::string_view blob) {
  if (kind == RdbBlob::intset) {
    std::string text = "intset";
    const IntsetView view(blob.data());
    for (size_t i = 0; i < view.size(); ++i) text += fmt::format(" {}", view.at(i));
    line(std::move(text));
  } else {
    line((kind == RdbBlob::listpack ? "listpack" : "listpackex") + listpack_text(blob));
  }
}

void RdbRecorder::begin_nodes(uint64_t count) { line(fmt::format("nodes {}", count)); }

void RdbRecorder::node(bool plain, std::string_view bytes) {
  line(plain ? fmt::format("plain {}", shown(bytes)) : "node" + listpack_text(bytes));
}

void RdbRecorder::stream_listpack(RdbStreamId first, std::string_view blob) {
  line(fmt::format("entries from {}:{}", shown(first), listpack_text(blob)));
}

void RdbRecorder::stream(const RdbStream& stream) {
  line(fmt::format("stream of {}, {} to {}, deleted {}, added {}", stream.length, shown(stream.first),
                   shown(stream.last), shown(stream.greatest_deleted), stream.added));
}

void RdbRecorder::stream_group(const RdbStreamGroup& group) {
  line(fmt::format("group {} last {} read {}", shown(group.name), shown(group.last), group.read));
}

void RdbRecorder::group_pending(const RdbPending& pending) {
  line(fmt::format("pending {} delivered {} times, {}", shown(pending.id), pending.deliveries, pending.delivered_ms));
}

void RdbRecorder::stream_consumer(const RdbStreamConsumer& consumer) {
  line(fmt::format("consumer {} seen {} active {}", shown(consumer.name), consumer.seen_ms, consumer.active_ms));
}

void RdbRecorder::consumer_pending(RdbStreamId id) { line("owns " + shown(id)); }

RdbReading read_rdb(std::string_view file, RdbReadOptions options, size_t piece) {
  PieceSource source(file, piece);
  RdbReader reader(source, options);
  RdbRecorder recorder;
  RdbReading reading;
  const Status status = reader.read_all(recorder);
  if (status.has_error()) reading.error = status.error().text;
  reading.lines = std::move(recorder.lines);
  reading.position = reader.position();
  reading.taken_over = reader.taken_over();
  reading.has_checksum = reader.has_checksum();
  return reading;
}

RdbReading read_rdb_payload(std::string_view payload, RdbReadOptions options) {
  RdbRecorder recorder;
  RdbReading reading;
  const Status status = read_payload(payload, options, recorder);
  if (status.has_error()) reading.error = status.error().text;
  reading.lines = std::move(recorder.lines);
  return reading;
}

}  // namespace redoubt
