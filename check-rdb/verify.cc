// The verdict: the lines of redis-check-rdb, so that scripts go on working, and behind them what a person wants to know.
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <set>

#include "check-rdb/damage.h"
#include "check-rdb/modes.h"
#include "check-rdb/rdb_file.h"
#include "common/base/clock.h"
#include "common/rdb/rdb_null_visitor.h"
#include "common/rdb/rdb_reader.h"
#include "common/rdb/rdb_type_name.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

// Says what passes, if it is to, and counts.
class Checker final : public RdbNullVisitor {
 public:
  // `lines`: null for none.
  Checker(RdbFile& file, Output* lines) : file_(file), lines_(lines), now_ms_(wall_ms()) {}

  void watch(const RdbReader& reader) { reader_ = &reader; }
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (lines_ == nullptr) return;
    file_.progress().clear();
    lines_->print("[offset {}] ", reader_->offset());
    lines_->print(format, std::forward<Arguments>(arguments)...);
    lines_->write("\n");
  }

  void version(int version) override { version_ = version; }
  void aux(std::string_view name, std::string_view value) override {
    line("AUX FIELD {} = '{}'", printable(name), printable(value));
    if (lines_ == nullptr && aux_.size() < most_aux) aux_.emplace(name, json_of_bytes(value));
  }
  void select_db(uint64_t db) override { line("Selecting DB ID {}", db); }
  Status function(std::string_view /*code*/) override {
    ++functions_;
    return {};
  }
  void module_aux(std::string_view module) override {
    line("MODULE AUX for: {}", module);
    modules_.emplace(module);
  }
  void module_key(const RdbKey& key, std::string_view module) override {
    modules_.emplace(module);
    begin_key(key);
    (void)end_key();
  }
  bool begin_key(const RdbKey& key) override {
    ++keys_;
    expires_ms_ = key.expires_ms;
    return true;
  }
  Status end_key() override {
    if (expires_ms_ == RdbKey::never) return {};
    ++expires_;
    if (expires_ms_ < now_ms_) ++expired_;
    return {};
  }
  void print_counts(Output& out) const {
    out.print("[info] {} keys read\n[info] {} expires\n[info] {} already expired\n", keys_, expires_, expired_);
  }
  void add_to(boost::json::object& document) const {
    document["version"] = version_;
    document["aux"] = aux_;
    document["keys"] = keys_;
    document["expires"] = expires_;
    document["already_expired"] = expired_;
    document["functions"] = functions_;
    boost::json::array modules;
    for (const std::string& name : modules_) modules.push_back(json_of_bytes(name));
    document["modules"] = std::move(modules);
  }
  int version() const { return version_; }
  // Names of modules, with commas between; empty: none.
  std::string modules() const { return fmt::format("{}", fmt::join(modules_, ", ")); }

 private:
  static constexpr size_t most_aux = 1000;

  RdbFile& file_;
  Output* lines_;
  const RdbReader* reader_ = nullptr;
  int64_t now_ms_;
  int version_ = 0;
  uint64_t keys_ = 0;
  uint64_t expires_ = 0;
  uint64_t expired_ = 0;
  uint64_t functions_ = 0;
  int64_t expires_ms_ = RdbKey::never;
  boost::json::object aux_;
  std::set<std::string> modules_;
};

// What stands behind the end: nothing, an AOF of which this was the preamble, or bytes that do not belong there.
struct Rest {
  uint64_t size = 0;
  bool commands = false;
};

Rest rest_of(const RdbReader& reader, RdbFile& file) {
  Rest rest;
  rest.size = reader.taken_over().size();
  char first = rest.size != 0 ? reader.taken_over().front() : '\0';
  if (file.size() > reader.offset()) {
    rest.size = file.size() - reader.offset();
    if (reader.taken_over().empty()) first = file.look(reader.offset(), 1).front();
  }
  rest.commands = rest.size != 0 && (first == '*' || first == '#');
  return rest;
}

constexpr int checksum_since = 5;

class Verification {
 public:
  Verification(const CheckRdbOptions& options, RdbFile& file, Output& out)
      : options_(options),
        file_(file),
        out_(out),
        painter_(options.colours),
        checker_(file, options.form == CheckRdbForm::text ? &out : nullptr),
        reader_(file, {.deep = true, .verify_checksum = true, .skip_modules = true}) {
    checker_.watch(reader_);
  }

  // Of a file that the system lets us read to the end.
  CheckStatus run();

 private:
  void print_sound();
  void print_damage(const RdbDamage& damage);
  void print_json(const std::optional<RdbDamage>& damage);

  const CheckRdbOptions& options_;
  RdbFile& file_;
  Output& out_;
  Painter painter_;
  Checker checker_;
  RdbReader reader_;
};

CheckStatus Verification::run() {
  if (options_.form == CheckRdbForm::text) checker_.line("Checking RDB file {}", options_.file);
  const Status done = reader_.read_all(checker_);
  file_.progress().clear();
  if (!file_.error().empty()) return CheckStatus::io;
  std::optional<RdbDamage> damage;
  if (!done) damage = RdbDamage{done.error().text, reader_.position()};
  if (options_.form == CheckRdbForm::json) {
    print_json(damage);
  } else if (damage) {
    print_damage(*damage);
  } else {
    print_sound();
  }
  return damage ? CheckStatus::damaged : CheckStatus::sound;
}

void Verification::print_sound() {
  if (checker_.version() >= checksum_since) {
    checker_.line("{}", reader_.has_checksum() ? "Checksum OK"
                                               : "RDB file was saved with checksum disabled: no check performed.");
  }
  checker_.line("{}", painter_.paint(Style::good, "\\o/ RDB looks OK! \\o/"));
  checker_.print_counts(out_);
  if (const std::string modules = checker_.modules(); !modules.empty()) {
    out_.print(
        "[info] There are data of modules ({}): only their frame was checked, and a server without these modules"
        " refuses the file\n",
        modules);
  }
  const Rest rest = rest_of(reader_, file_);
  if (rest.size == 0) return;
  if (rest.commands) {
    out_.print("[info] {} bytes of commands follow: this is an AOF with an RDB preamble, see redoubt-check-aof\n",
               rest.size);
  } else {
    out_.print("[info] {} bytes follow the end of the RDB, which no server looks at\n", rest.size);
  }
}

void Verification::print_damage(const RdbDamage& damage) {
  // The checksums that differ come below: scripts know the line without them.
  constexpr std::string_view checksum_error = "RDB CRC error";
  const std::string_view message = damage.message;
  const bool checksum = message.starts_with(checksum_error);
  out_.print("{}\n[offset {}] {}\n", painter_.paint(Style::bad, "--- RDB ERROR DETECTED ---"), damage.at.offset,
             printable(checksum ? checksum_error : message));
  out_.print("[additional info] While doing: {}\n", damage.at.doing);
  if (damage.at.key) out_.print("[additional info] Reading key '{}'\n", printable(*damage.at.key));
  if (damage.at.type) {
    out_.print("[additional info] Reading type {} ({})\n", static_cast<int>(*damage.at.type),
               rdb_type_name(*damage.at.type));
  }
  checker_.print_counts(out_);
  out_.write("\n");
  if (checksum) out_.print("{}\n", printable(message));
  out_.write(explain(damage, file_, painter_));
  out_.print("{} redoubt-check-rdb {} --salvage OUT.rdb writes all keys that are intact to a new file.\n",
             painter_.paint(Style::strong, "What next:"), options_.file);
}

void Verification::print_json(const std::optional<RdbDamage>& damage) {
  boost::json::object document;
  document["file"] = json_of_bytes(options_.file);
  document["bytes"] = file_.size();
  document["verdict"] = damage ? "damaged" : "sound";
  checker_.add_to(document);
  if (damage) {
    document["damage"] = json_of(*damage);
  } else {
    document["end"] = reader_.offset();
    document["checksum"] = reader_.has_checksum() ? "right" : "none";
    const Rest rest = rest_of(reader_, file_);
    document["bytes_behind"] = rest.size;
    document["commands_behind"] = rest.commands;
  }
  out_.print("{}\n", boost::json::serialize(document));
}

}  // namespace

CheckStatus run_verify(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  const Result<std::unique_ptr<RdbFile>> file = RdbFile::open(files, options.file, "checking", options, err);
  if (!file) {
    err.print("redoubt-check-rdb: {}\n", file.error().text);
    return CheckStatus::io;
  }
  const CheckStatus status = Verification(options, **file, out).run();
  if (status == CheckStatus::io) err.print("redoubt-check-rdb: {}\n", (*file)->error());
  return status;
}

}  // namespace redoubt
