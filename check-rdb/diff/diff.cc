// What differs between two files: both are indexed by the hashes of their keys, the indices are merged, and in a last pass the
// names of the keys that differ are fetched from the files.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

#include "check-rdb/damage.h"
#include "check-rdb/diff/key_index.h"
#include "check-rdb/modes.h"
#include "common/rdb/rdb_null_visitor.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

enum class Change : uint8_t { removed, added, changed };

struct Difference {
  Change change = Change::changed;
  bool value = false;  // it differs, and not only the type or the expiry
  bool expiry = false;
  uint8_t kind = 0;
  uint8_t new_kind = 0;
  uint64_t db = 0;
  uint64_t offset = 0;  // in the second file for what was added, else in the first
  int64_t expires_ms = RdbKey::never;
  int64_t new_expires_ms = RdbKey::never;

  bool in_second() const { return change == Change::added; }
  bool operator<(const Difference& other) const {
    return in_second() == other.in_second() ? offset < other.offset : !in_second();
  }
};

struct DiffCounts {
  uint64_t added = 0, removed = 0, changed = 0, same = 0;
};

std::string_view kind_text(uint8_t kind) {
  return kind == IndexedKey::of_module ? "module" : name_of(static_cast<RdbKind>(kind));
}

std::string expiry_text(int64_t at_ms) { return at_ms == RdbKey::never ? "never" : std::to_string(at_ms); }

// Compares the two indices.
class Comparison {
 public:
  Comparison(KeyIndex& first, KeyIndex& second, uint64_t tolerance_ms, SpillSorter<Difference>& differences)
      : first_(first), second_(second), tolerance_ms_(tolerance_ms), differences_(differences) {}

  Status run();
  const DiffCounts& counts() const { return counts_; }

 private:
  // Moves on to the next key; a key that stands in its file twice counts once.
  static Status advance(KeyIndex& index, std::optional<IndexedKey>& key);
  Status compare(const IndexedKey& before, const IndexedKey& after);
  Status tell_one(const IndexedKey& key, Change change);
  bool same_expiry(int64_t a, int64_t b) const;

  KeyIndex& first_;
  KeyIndex& second_;
  uint64_t tolerance_ms_;
  SpillSorter<Difference>& differences_;
  DiffCounts counts_;
};

Status Comparison::advance(KeyIndex& index, std::optional<IndexedKey>& key) {
  const std::optional<IndexedKey> before = key;
  for (;;) {
    IndexedKey next;
    const Result<bool> more = index.keys.next(next);
    if (!more) return more.error();
    key.reset();
    if (*more) key = next;
    if (!key || !before || !(key->name == before->name)) return {};
  }
}

Status Comparison::run() {
  std::optional<IndexedKey> before;
  std::optional<IndexedKey> after;
  Status done = advance(first_, before);
  if (done) done = advance(second_, after);
  while (done && (before || after)) {
    const bool only_first = before && (!after || before->name < after->name);
    const bool only_second = after && (!before || after->name < before->name);
    done = only_first    ? tell_one(*before, Change::removed)
           : only_second ? tell_one(*after, Change::added)
                         : compare(*before, *after);
    if (done && !only_second) done = advance(first_, before);
    if (done && !only_first) done = advance(second_, after);
  }
  if (done) done = differences_.finish();
  return done;
}

Status Comparison::tell_one(const IndexedKey& key, Change change) {
  ++(change == Change::added ? counts_.added : counts_.removed);
  Difference one;
  one.change = change;
  one.kind = one.new_kind = key.kind;
  one.db = key.db;
  one.offset = key.offset;
  one.expires_ms = one.new_expires_ms = key.expires_ms;
  return differences_.add(one);
}

bool Comparison::same_expiry(int64_t a, int64_t b) const {
  if (a == b) return true;
  if (a == RdbKey::never || b == RdbKey::never) return false;
  const uint64_t distance =
      a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b) : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
  return distance <= tolerance_ms_;
}

Status Comparison::compare(const IndexedKey& before, const IndexedKey& after) {
  Difference one;
  one.kind = before.kind;
  one.new_kind = after.kind;
  one.value = before.kind == after.kind && !(before.value == after.value);
  one.expiry = !same_expiry(before.expires_ms, after.expires_ms);
  if (before.kind == after.kind && !one.value && !one.expiry) {
    ++counts_.same;
    return {};
  }
  ++counts_.changed;
  one.db = before.db;
  one.offset = before.offset;
  one.expires_ms = before.expires_ms;
  one.new_expires_ms = after.expires_ms;
  return differences_.add(one);
}

// Fetches the names of keys at ascending offsets of one file. Reads on where they are close together.
class NameFetcher final : public RdbNullVisitor {
 public:
  NameFetcher(RdbFile& file, int version) : file_(file), version_(version) {}

  // Good until the next call.
  Result<std::string_view> fetch(uint64_t db, uint64_t offset);

  bool begin_key(const RdbKey& key) override {
    take(key);
    return false;
  }
  void module_key(const RdbKey& key, std::string_view /*module*/) override { take(key); }

 private:
  static constexpr uint64_t close = uint64_t{256} << 10;

  void take(const RdbKey& key) {
    if (key.offset != wanted_) return;
    found_ = true;
    name_ = key.name;
  }

  RdbFile& file_;
  int version_;
  std::optional<RdbReader> reader_;
  uint64_t wanted_ = 0;
  bool found_ = false;
  std::string name_;
};

Result<std::string_view> NameFetcher::fetch(uint64_t db, uint64_t offset) {
  wanted_ = offset;
  found_ = false;
  if (!reader_ || offset - reader_->offset() > close) {
    if (Status done = file_.seek(offset); !done) return Error{file_.error()};
    reader_.emplace(file_, RdbReadOptions{.skip_modules = true}, RdbMiddle{offset, version_, db});
  }
  while (!found_) {
    const Result<bool> more = reader_->next(*this);
    if (more && *more) continue;
    if (!file_.error().empty()) return Error{file_.error()};
    return Error{"the file changed while it was read"};
  }
  return std::string_view(name_);
}

// Prints differences one by one.
class DiffPrinter {
 public:
  DiffPrinter(const CheckRdbOptions& options, Output& out)
      : options_(options), json_(options.form == CheckRdbForm::json), painter_(options.colours), out_(out) {}

  void begin();
  void print(const Difference& one, std::string_view name);
  void end(const DiffCounts& counts, bool functions_differ, bool has_modules);

 private:
  void print_line(const Difference& one, std::string_view name);
  void print_json(const Difference& one, std::string_view name);

  const CheckRdbOptions& options_;
  bool json_;
  Painter painter_;
  Output& out_;
  bool first_ = true;
};

void DiffPrinter::begin() {
  if (!json_) return;
  out_.print("{{\"file\":{},\"other\":{},\"differences\":[", boost::json::serialize(json_of_bytes(options_.file)),
             boost::json::serialize(json_of_bytes(options_.other_file)));
}

void DiffPrinter::print(const Difference& one, std::string_view name) {
  if (json_) return print_json(one, name);
  print_line(one, name);
}

void DiffPrinter::print_line(const Difference& one, std::string_view name) {
  const std::string key = fmt::format("db {} '{}'", one.db, printable(name));
  switch (one.change) {
    case Change::removed: return out_.print("{} {} ({})\n", painter_.paint(Style::bad, "-"), key, kind_text(one.kind));
    case Change::added: return out_.print("{} {} ({})\n", painter_.paint(Style::good, "+"), key, kind_text(one.kind));
    case Change::changed: break;
  }
  out_.print("{} {} ({})", painter_.paint(Style::warning, "~"), key, kind_text(one.kind));
  std::string_view lead = ": ";
  if (one.kind != one.new_kind) {
    out_.print("{}became a {}", lead, kind_text(one.new_kind));
    lead = "; ";
  }
  if (one.value) {
    out_.print("{}the value differs", lead);
    lead = "; ";
  }
  if (one.expiry) {
    out_.print("{}expires {}, then {}", lead, expiry_text(one.expires_ms), expiry_text(one.new_expires_ms));
  }
  out_.write("\n");
}

void DiffPrinter::print_json(const Difference& one, std::string_view name) {
  static constexpr std::string_view changes[] = {"removed", "added", "changed"};
  boost::json::object object;
  object["change"] = changes[static_cast<size_t>(one.change)];
  object["db"] = one.db;
  object["key"] = json_of_bytes(name);
  object["type"] = kind_text(one.kind);
  if (one.change == Change::changed) {
    if (one.kind != one.new_kind) object["new_type"] = kind_text(one.new_kind);
    object["value_differs"] = one.value || one.kind != one.new_kind;
    object["expiry_differs"] = one.expiry;
  }
  const auto expiry = [](int64_t at_ms) {
    return at_ms == RdbKey::never ? boost::json::value(nullptr) : boost::json::value(at_ms);
  };
  object["expires_ms"] = expiry(one.expires_ms);
  if (one.expiry) object["new_expires_ms"] = expiry(one.new_expires_ms);
  out_.print("{}\n{}", first_ ? "" : ",", boost::json::serialize(object));
  first_ = false;
}

void DiffPrinter::end(const DiffCounts& counts, bool functions_differ, bool has_modules) {
  if (json_) {
    out_.print("],\n\"functions_differ\":{},\"modules\":{},\"added\":{},\"removed\":{},\"changed\":{},\"same\":{}}}\n",
               functions_differ, has_modules, counts.added, counts.removed, counts.changed, counts.same);
    return;
  }
  if (functions_differ) out_.print("{} libraries of functions\n", painter_.paint(Style::warning, "~"));
  if (has_modules) out_.print("[info] Keys of modules are compared by name only\n");
  out_.print("[info] {} added, {} removed, {} changed, {} the same\n", counts.added, counts.removed, counts.changed,
             counts.same);
}

class Diff {
 public:
  Diff(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err)
      : options_(options),
        out_(out),
        err_(err),
        printer_(options, out),
        first_(files, options.spill_directory, options.memory / 3),
        second_(files, options.spill_directory, options.memory / 3),
        differences_(files, options.spill_directory, options.memory / 3) {}

  CheckStatus run(RdbFile& first, RdbFile& second);

 private:
  // Nothing: it is read.
  std::optional<CheckStatus> read(RdbFile& file, const std::string& name, KeyIndex& index);
  Status print_all(RdbFile& first, RdbFile& second);
  CheckStatus fail(const Error& error) {
    err_.print("redoubt-check-rdb: {}\n", error.text);
    return CheckStatus::io;
  }

  const CheckRdbOptions& options_;
  Output& out_;
  Output& err_;
  DiffPrinter printer_;
  HashKey secret_;
  KeyIndex first_;
  KeyIndex second_;
  SpillSorter<Difference> differences_;
};

std::optional<CheckStatus> Diff::read(RdbFile& file, const std::string& name, KeyIndex& index) {
  RdbPosition position;
  const Status done = fill_index(file, secret_, index, position);
  file.progress().clear();
  if (done) return std::nullopt;
  if (!file.error().empty()) return fail(Error{file.error()});
  err_.print("redoubt-check-rdb: {} is damaged at offset {}: {}; --salvage can make a sound file of it\n", name,
             position.offset, printable(done.error().text));
  return CheckStatus::damaged;
}

CheckStatus Diff::run(RdbFile& first, RdbFile& second) {
  if (const auto status = read(first, options_.file, first_)) return *status;
  if (const auto status = read(second, options_.other_file, second_)) return *status;
  Comparison comparison(first_, second_, options_.ttl_tolerance_ms, differences_);
  if (const Status done = comparison.run(); !done) return fail(done.error());
  printer_.begin();
  if (const Status done = print_all(first, second); !done) return fail(done.error());
  const DiffCounts& counts = comparison.counts();
  const bool functions_differ = !(first_.functions == second_.functions);
  printer_.end(counts, functions_differ, first_.has_modules || second_.has_modules);
  const bool same = counts.added + counts.removed + counts.changed == 0 && !functions_differ;
  return same ? CheckStatus::sound : CheckStatus::damaged;
}

Status Diff::print_all(RdbFile& first, RdbFile& second) {
  NameFetcher first_names(first, first_.version);
  NameFetcher second_names(second, second_.version);
  for (;;) {
    Difference one;
    const Result<bool> more = differences_.next(one);
    if (!more) return more.error();
    if (!*more) return {};
    NameFetcher& names = one.in_second() ? second_names : first_names;
    const Result<std::string_view> name = names.fetch(one.db, one.offset);
    if (!name) return name.error();
    first.progress().clear();
    second.progress().clear();
    printer_.print(one, *name);
  }
}

}  // namespace

CheckStatus run_diff(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  std::unique_ptr<RdbFile> opened[2];
  const std::string* paths[2] = {&options.file, &options.other_file};
  for (size_t i = 0; i < 2; ++i) {
    Result<std::unique_ptr<RdbFile>> file = RdbFile::open(files, *paths[i], "comparing", options, err);
    if (!file) {
      err.print("redoubt-check-rdb: {}\n", file.error().text);
      return CheckStatus::io;
    }
    opened[i] = std::move(*file);
  }
  return Diff(options, files, out, err).run(*opened[0], *opened[1]);
}

}  // namespace redoubt
