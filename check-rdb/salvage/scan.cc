#include "check-rdb/salvage/scan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "check-rdb/key_hash.h"
#include "check-rdb/salvage/resync.h"
#include "check-rdb/spill.h"
#include "common/rdb/rdb_null_visitor.h"

namespace redoubt {
namespace {

constexpr size_t most_losses = 10'000;
constexpr int checksum_since = 5;
constexpr size_t checksum_size = 8;
constexpr size_t nameless_size = 3;  // of three zeros: a key and a value, both empty

// What is remembered of each key, to find those that are there twice.
struct SeenKey {
  Hash128 key;
  RdbStretch record;
  bool expires = false;
  bool operator<(const SeenKey& other) const {
    return key == other.key ? record.begin < other.record.begin : key < other.key;
  }
};

// The first version that has values of this type.
int version_of(RdbType type) {
  if (type >= RdbType::hash_expiring_pre_release) return 12;
  if (type >= RdbType::set_listpack) return 11;
  if (type >= RdbType::hash_listpack) return 10;
  if (type == RdbType::stream) return 9;
  if (type == RdbType::zset_2 || type == RdbType::module_2) return 8;
  if (type == RdbType::list_quicklist) return 7;
  if (type == RdbType::hash_ziplist) return 4;
  if (type >= RdbType::hash_zipmap) return 2;
  return 1;
}

// Of the last record that was read.
class Record final : public RdbNullVisitor {
 public:
  explicit Record(const HashKey& hash_key, uint64_t file_size) : hash_key_(hash_key), file_size_(file_size) {}

  void forget() { key = nameless = library = lying_hint = false; }
  void version(int number) override { file_version = number; }
  void aux(std::string_view /*name*/, std::string_view /*value*/) override { need(7); }
  // A server makes room for so many keys, which have at least three bytes each.
  void sizes(uint64_t keys, uint64_t volatile_keys) override {
    need(7);
    lying_hint = keys > file_size_ / nameless_size || volatile_keys > keys;
  }
  Status function(std::string_view /*code*/) override {
    library = true;
    need(10);
    return {};
  }
  void module_aux(std::string_view /*module*/) override { need(8); }
  bool begin_key(const RdbKey& one) override {
    take(one);
    return true;
  }
  void module_key(const RdbKey& one, std::string_view /*module*/) override { take(one); }

  bool key = false;
  bool nameless = false;
  bool library = false;
  bool lying_hint = false;
  bool expires = false;
  Hash128 hash;
  int file_version = 0;
  int needed_version = 1;

 private:
  void need(int number) { needed_version = std::max(needed_version, number); }
  void take(const RdbKey& one) {
    key = true;
    nameless = one.name.empty();
    expires = one.expires_ms != RdbKey::never;
    hash = hash_of_key(one.db, one.name, hash_key_);
    need(version_of(one.type));
    if (one.idle_seconds >= 0 || one.frequency >= 0) need(9);
  }

  const HashKey& hash_key_;
  uint64_t file_size_;
};

class Scan {
 public:
  Scan(RdbFile& file, FileSystem& files, const CheckRdbOptions& options)
      : file_(file),
        files_(files),
        options_(options),
        record_(hash_key_, file.size()),
        resync_(file),
        seen_(files, options.spill_directory, options.memory / 2) {}

  Result<SalvagePlan> run();

 private:
  // Reads on from at_ to the end or to damage, which is told.
  Status read_stretch(std::optional<RdbDamage>& damage);
  Status take_record(uint64_t begin, uint64_t end);
  Status take_key(const SeenKey& key);
  Status take_doubtful();
  void end_stretch(uint64_t end);
  bool skip_damage(RdbDamage damage);
  void lose(uint64_t begin, uint64_t end, RdbDamage damage);
  Status find_repeated();

  RdbFile& file_;
  FileSystem& files_;
  const CheckRdbOptions& options_;
  HashKey hash_key_;
  Record record_;
  RdbResync resync_;
  SpillSorter<SeenKey> seen_;
  SalvagePlan plan_;
  uint64_t at_ = 0;     // where to go on
  uint64_t begun_ = 0;  // where the current stretch began
  uint64_t ended_ = 0;  // and the last one ended
  uint64_t db_ = 0;
  // The last record, if it was three zeros: a key without a name or a value, or what a power failure left.
  std::optional<SeenKey> doubtful_;
};

Result<SalvagePlan> Scan::run() {
  for (;;) {
    std::optional<RdbDamage> damage;
    const Status done = read_stretch(damage);
    if (!done) return done.error();
    if (!damage || !skip_damage(std::move(*damage))) break;
  }
  plan_.sound = plan_.losses.empty();
  plan_.version_known = record_.file_version != 0;
  plan_.version = std::max(record_.file_version, record_.needed_version);
  if (!plan_.version_known) plan_.version = std::max(plan_.version, checksum_since);
  if (plan_.sound) return std::move(plan_);
  const Status done = find_repeated();
  if (!done) return done.error();
  return std::move(plan_);
}

Status Scan::read_stretch(std::optional<RdbDamage>& damage) {
  const RdbReadOptions options = {.deep = true, .verify_checksum = true, .skip_modules = true};
  const bool whole = at_ == 0;
  const int version = record_.file_version != 0 ? record_.file_version : rdb_newest_version;
  if (Status done = file_.seek(at_); !done) return done;
  std::optional<RdbReader> reader;
  if (whole) {
    reader.emplace(file_, options);
  } else {
    reader.emplace(file_, options, RdbMiddle{at_, version, db_});
  }
  begun_ = at_;
  doubtful_.reset();
  for (;;) {
    const uint64_t begin = reader->offset();
    record_.forget();
    const Result<bool> more = reader->next(record_);
    const RdbPosition at = reader->position();
    db_ = at.db;
    if (!file_.error().empty()) return Error{file_.error()};
    if (more && *more) {
      if (Status done = take_record(begin, at.offset); !done) return done;
      if (whole && begin == 0) begun_ = at.offset;  // the header is written anew
      continue;
    }
    if (more && ((whole && version >= checksum_since) || ends_at(file_, at.offset))) {
      if (Status done = take_doubtful(); !done) return done;
      end_stretch(at.record);
      return {};
    }
    // An end mark that is not at the end, or whose checksum is wrong, may have been something else once.
    const std::string message = more ? "The end mark stands in the middle of the file" : more.error().text;
    damage = RdbDamage{message, at};
    const bool checksum = !more && at.doing == "check-sum";
    if (checksum && (ends_at(file_, at.offset) || file_.size() - at.offset < checksum_size)) {
      if (Status done = take_doubtful(); !done) return done;
      end_stretch(at.record);
      lose(at.offset, at.offset, std::move(*damage));
      damage.reset();
      return {};
    }
    end_stretch(doubtful_ ? doubtful_->record.begin : at.record);
    return {};
  }
}

Status Scan::take_record(uint64_t begin, uint64_t end) {
  if (Status done = take_doubtful(); !done) return done;
  if (record_.library) ++plan_.functions;
  if (record_.lying_hint) {
    end_stretch(begin);
    begun_ = end;
  }
  if (!record_.key) return {};
  const SeenKey key = {record_.hash, {begin, end}, record_.expires};
  if (!record_.nameless || end - begin != nameless_size) return take_key(key);
  doubtful_ = key;
  return {};
}

Status Scan::take_doubtful() {
  if (!doubtful_) return {};
  return take_key(*std::exchange(doubtful_, std::nullopt));
}

Status Scan::take_key(const SeenKey& key) {
  ++plan_.keys;
  if (key.expires) ++plan_.expires;
  return seen_.add(key);
}

void Scan::end_stretch(uint64_t end) {
  if (end > begun_) plan_.stretches.push_back({begun_, end});
  begun_ = ended_ = end;
}

// False: there is nothing more to read.
bool Scan::skip_damage(RdbDamage damage) {
  const uint64_t begin = ended_;
  std::optional<uint64_t> next;
  if (plan_.losses.size() < most_losses) {
    const int version = record_.file_version != 0 ? record_.file_version : rdb_newest_version;
    next = resync_.find(begin + 1, version, db_);
    plan_.gave_up = resync_.exhausted();
  } else {
    plan_.gave_up = true;
  }
  lose(begin, next.value_or(std::max(begin, file_.size())), std::move(damage));
  if (!next) return false;
  at_ = *next;
  plan_.resynchronised = true;
  return true;
}

void Scan::lose(uint64_t begin, uint64_t end, RdbDamage damage) {
  constexpr size_t most_of_key = 256;
  if (damage.at.key && damage.at.key->size() > most_of_key) damage.at.key = damage.at.key->substr(0, most_of_key);
  plan_.losses.push_back({{begin, end}, std::move(damage)});
}

// A server refuses a file in which a key stands twice. What stands first is kept.
Status Scan::find_repeated() {
  if (Status done = seen_.finish(); !done) return done;
  plan_.repeated = std::make_unique<RepeatedRecords>(files_, options_.spill_directory, options_.memory / 8);
  SeenKey before;
  SeenKey key;
  for (bool first = true;; first = false) {
    const Result<bool> more = seen_.next(key);
    if (!more) return more.error();
    if (!*more) return plan_.repeated->finish();
    if (!first && key.key == before.key) {
      if (Status done = plan_.repeated->add(key.record); !done) return done;
      --plan_.keys;
      if (key.expires) --plan_.expires;
    }
    before = key;
  }
}

}  // namespace

Result<SalvagePlan> plan_salvage(RdbFile& file, FileSystem& files, const CheckRdbOptions& options) {
  return Scan(file, files, options).run();
}

}  // namespace redoubt
