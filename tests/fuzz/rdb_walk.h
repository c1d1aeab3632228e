// For the fuzz targets of RDB: a visitor that looks at every byte that it is told, and walks every blob as the server would,
// so that a sanitizer sees what is out of bounds; and a watch on how much memory is asked for at once.
#pragma once

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "common/base/number.h"
#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

inline void require(bool holds) {
  if (!holds) abort();
}

class RdbWalk : public RdbVisitor {
 public:
  // Of all that was told, in order: equal for equal tellings.
  uint64_t digest = 14695981039346656037u;
  bool select = false;  // some keys are not wanted

  void version(int version) override { number(static_cast<uint64_t>(version)); }
  void aux(std::string_view name, std::string_view value) override { text(name), text(value); }
  void select_db(uint64_t db) override { number(db); }
  void sizes(uint64_t keys, uint64_t volatile_keys) override { number(keys), number(volatile_keys); }
  Status function(std::string_view code) override {
    text(code);
    return {};
  }
  bool begin_key(const RdbKey& key) override {
    text(key.name);
    for (const int64_t value : {key.expires_ms, key.idle_seconds, int64_t{key.frequency}}) {
      number(static_cast<uint64_t>(value));
    }
    require(rdb_kind(key.type) == key.kind);
    wanted_ = !select || key.name.size() % 2 == 0;
    return wanted_;
  }
  Status end_key() override {
    require(wanted_);
    number(1);
    return {};
  }
  void string(std::string_view bytes) override { text(bytes); }
  void begin_elements(uint64_t count) override { number(count); }
  void element(std::string_view bytes) override { text(bytes); }
  void pair(std::string_view name, std::string_view value, int64_t expires_ms) override {
    text(name), text(value), number(static_cast<uint64_t>(expires_ms));
  }
  void scored(std::string_view member, double score) override {
    require(score == score);
    text(member), number(static_cast<uint64_t>(score > 0));
  }
  void packed(RdbBlob kind, std::string_view blob) override {
    if (kind != RdbBlob::intset) return listpack(blob);
    const IntsetView view(blob.data());
    require(view.bytes() == blob.size());
    for (size_t i = 0; i < view.size(); ++i) number(static_cast<uint64_t>(view.at(i)));
  }
  void begin_nodes(uint64_t count) override { number(count); }
  void node(bool plain, std::string_view bytes) override {
    if (plain) return text(bytes);
    require(!ListpackView(bytes.data()).empty());
    listpack(bytes);
  }
  void stream_listpack(RdbStreamId first, std::string_view blob) override {
    id(first), listpack(blob);
    stream_entries(blob);
  }
  void stream(const RdbStream& stream) override {
    number(stream.length), id(stream.first), id(stream.last), id(stream.greatest_deleted), number(stream.added);
  }
  void stream_group(const RdbStreamGroup& group) override {
    text(group.name), id(group.last), number(static_cast<uint64_t>(group.read));
  }
  void group_pending(const RdbPending& pending) override { id(pending.id), number(pending.deliveries), ++pending_; }
  void stream_consumer(const RdbStreamConsumer& consumer) override {
    text(consumer.name), number(static_cast<uint64_t>(consumer.seen_ms)),
        number(static_cast<uint64_t>(consumer.active_ms));
  }
  void consumer_pending(RdbStreamId one) override {
    id(one);
    require(pending_-- != 0);
  }

 private:
  void number(uint64_t value) { digest = (digest ^ value) * 1099511628211u; }
  void id(RdbStreamId id) { number(id.ms), number(id.sequence); }
  void text(std::string_view bytes) {
    number(bytes.size());
    for (const char byte : bytes) number(static_cast<uint8_t>(byte));
  }
  // Both ways.
  void listpack(std::string_view blob) {
    const ListpackView view(blob.data());
    require(view.bytes() == blob.size());
    char digits[max_integer_text];
    size_t count = 0;
    view.for_each([&](const ListpackValue& value) { text(value.bytes(digits)), ++count; });
    require(count == view.size());
    for (auto at = view.last(); at != ListpackView::none; at = view.previous(at)) --count;
    require(count == 0);
  }
  // Without a look whether there are as many elements as are told.
  void stream_entries(std::string_view blob) {
    const ListpackView view(blob.data());
    auto at = view.first();
    const auto next = [&] {
      require(at != ListpackView::none);
      const ListpackValue value = view.get(at);
      at = view.next(at);
      return value.integer;
    };
    const int64_t entries = next() + next();
    const int64_t shared = next();
    for (int64_t i = 0; i < shared; ++i) next();
    next();
    for (int64_t entry = 0; entry < entries; ++entry) {
      const bool same = (next() & static_cast<int64_t>(StreamEntryFlag::same_fields)) != 0;
      next(), next();
      const int64_t values = same ? shared : 2 * next();
      for (int64_t i = 0; i < values; ++i) next();
      next();
    }
    require(at == ListpackView::none);
  }

  bool wanted_ = true;
  uint64_t pending_ = 0;
};

// The greatest allocation while one exists.
class AllocationWatch {
 public:
  AllocationWatch() {
    static const int installed = __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void* /*memory*/, size_t size) { greatest_size = std::max(greatest_size, size); },
        [](const volatile void* /*memory*/) {});
    require(installed != 0);
    greatest_size = 0;
  }
  size_t greatest() const { return greatest_size; }

 private:
  static inline size_t greatest_size = 0;
};

}  // namespace redoubt
