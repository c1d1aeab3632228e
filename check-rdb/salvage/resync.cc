#include "check-rdb/salvage/resync.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "common/rdb/rdb_null_visitor.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

constexpr int records_wanted = 4;
constexpr int records_wanted_of_bytes = 16;  // when some name is no text
constexpr uint64_t keys_of_a_file = 8;       // so many within one value are not of the value
constexpr int checksum_since = 5;
constexpr size_t checksum_size = 8;
constexpr uint64_t attempt_cost = 64;  // in bytes: what a try takes however short it is
constexpr uint64_t least_work = uint64_t{64} << 20;

bool is_text(std::string_view name) {
  const auto is_control = [](char byte) { return static_cast<unsigned char>(byte) < ' ' || byte == '\x7f'; };
  return is_utf8(name) && std::none_of(name.begin(), name.end(), is_control);
}

class Names final : public RdbNullVisitor {
 public:
  bool named = false;
  bool nameless_first = false;
  uint64_t keys = 0;
  uint64_t texts = 0;  // of the keys' names
  // The same key again, or a collection without elements: servers write neither.
  bool impossible = false;
  bool begin_key(const RdbKey& key) override {
    const uint64_t hash = std::hash<std::string_view>()(key.name) ^ key.db;
    impossible = impossible || std::find(seen_.begin(), seen_.end(), hash) != seen_.end();
    if (seen_.size() < most_seen) seen_.push_back(hash);
    if (key.name.empty()) {
      nameless_first = !named;
    } else {
      named = true;
    }
    ++keys;
    texts += is_text(key.name) ? 1 : 0;
    return true;
  }
  void begin_elements(uint64_t count) override { impossible = impossible || count == 0; }
  void begin_nodes(uint64_t count) override { impossible = impossible || count == 0; }

 private:
  static constexpr size_t most_seen = 64;
  std::vector<uint64_t> seen_;
};

}  // namespace

void WindowSource::begin(uint64_t offset, uint64_t limit) {
  at_ = offset;
  end_ = offset + std::min(limit, UINT64_MAX - offset);
}

std::string_view WindowSource::peek(uint64_t offset, size_t wanted) {
  const uint64_t window_end = window_begin_ + window_.size();
  const uint64_t wanted_end = std::min(offset + wanted, file_.size());
  if (offset < window_begin_ || wanted_end > window_end) {
    window_ = file_.look(offset, window_size);
    window_begin_ = offset;
  }
  const uint64_t skipped = offset - window_begin_;
  if (skipped >= window_.size()) return {};
  return std::string_view(window_).substr(static_cast<size_t>(skipped));
}

Result<size_t> WindowSource::read(std::span<char> bytes) {
  const auto most = static_cast<size_t>(std::min<uint64_t>(bytes.size(), end_ - at_));
  if (most == 0) return size_t{0};
  std::string_view from;
  // A long read may move on by more than a window; going back for the next try moves it again, which is part of the work.
  if (at_ >= window_begin_ && at_ < window_begin_ + window_.size()) {
    from = std::string_view(window_).substr(static_cast<size_t>(at_ - window_begin_));
  } else {
    const std::string far = file_.look(at_, most);
    far.copy(bytes.data(), far.size());
    at_ += far.size();
    return far.size();
  }
  const size_t got = from.copy(bytes.data(), most);
  at_ += got;
  return got;
}

RdbResync::RdbResync(RdbFile& file)
    : file_(file),
      source_(file),
      work_left_(least_work + work_per_byte * std::min(file.size(), (UINT64_MAX - least_work) / work_per_byte)) {}

std::optional<uint64_t> RdbResync::find(uint64_t from, int version, uint64_t db) {
  for (uint64_t offset = from; offset < file_.size(); ++offset) {
    if (!worth_trying(offset, version)) continue;
    if (exhausted()) return std::nullopt;
    if (const auto chain = chain_at(offset, version, db)) return without_swallowers(offset, *chain, version, db);
  }
  return std::nullopt;
}

uint64_t RdbResync::without_swallowers(uint64_t offset, Chain chain, int version, uint64_t db) {
  for (uint64_t within = offset + 1; within < chain.first_end && !exhausted(); ++within) {
    if (!worth_trying(within, version)) continue;
    const auto other = chain_at(within, version, db, chain.first_end);
    const uint64_t least = chain.first_is_text ? 2 : 1;
    if (!other || other->texts_before < (other->meets ? least : keys_of_a_file)) continue;
    offset = within;
    chain = *other;
  }
  return offset;
}

// What can be told from two bytes.
bool RdbResync::worth_trying(uint64_t offset, int version) {
  const std::string_view bytes = source_.peek(offset, 2);
  const auto type = static_cast<uint8_t>(bytes[0]);
  if (type == static_cast<uint8_t>(RdbOpcode::end)) {
    const uint64_t size = 1 + (version >= checksum_since ? checksum_size : 0);
    return offset + size == file_.size();
  }
  if (bytes.size() < 2) return false;
  if (type >= static_cast<uint8_t>(RdbOpcode::slot_info)) {
    return type != static_cast<uint8_t>(RdbOpcode::function_pre_release);
  }
  if (!rdb_kind(RdbType{type}) && RdbType{type} != RdbType::module_2) return false;
  // The name: a short length, a longer one, an integer or a packed string.
  const auto name = static_cast<uint8_t>(bytes[1]);
  if (name < 64) return offset + 2 + name < file_.size();
  return name < 128 || name == 0x80 || (name >= 0xc0 && name <= 0xc3);
}

std::optional<RdbResync::Chain> RdbResync::chain_at(uint64_t offset, int version, uint64_t db, uint64_t meeting) {
  source_.begin(offset, work_left_);
  RdbReader reader(source_, {.deep = true, .skip_modules = true}, {offset, version, db});
  Names names;
  Chain chain;
  bool good = false;
  for (int records = 0;; ++records) {
    if (chain.first_end == 0 && names.keys > 0) {
      chain.first_end = reader.offset();
      chain.first_is_text = names.texts > 0;
    }
    if (reader.offset() <= meeting) {
      chain.texts_before = names.texts;
      chain.meets = reader.offset() == meeting;
    }
    const int wanted = names.texts == names.keys ? records_wanted : records_wanted_of_bytes;
    if (records >= wanted && names.named && reader.offset() >= meeting) {
      good = true;
      break;
    }
    // Endless selections are no data.
    if (records > wanted * 4 && reader.offset() >= meeting) break;
    const Result<bool> more = reader.next(names);
    // Nor is a key without a name at the beginning, as zeros are one; nor what no server writes.
    if (!more || names.nameless_first || names.impossible) break;
    if (*more) continue;
    good = ends_at(file_, reader.offset()) && (names.named || records == 0);
    break;
  }
  if (good && (meeting == 0 || chain.texts_before > 0)) return chain;
  work_left_ -= std::min(work_left_, reader.offset() - offset + attempt_cost);
  return std::nullopt;
}

bool ends_at(RdbFile& file, uint64_t offset) {
  if (offset >= file.size()) return true;
  const char first = file.look(offset, 1).front();
  return first == '*' || first == '#';
}

}  // namespace redoubt
