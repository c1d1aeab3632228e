#include "check-aof/verify/analysis.h"

#include <algorithm>
#include <array>

#include "check-aof/verify/commands_after.h"
#include "check-aof/verify/preamble_report.h"
#include "check-aof/verify/record_walk.h"
#include "common/tool/hex_dump.h"

namespace redoubt {
namespace {

constexpr uint64_t shown_before = 48;
constexpr uint64_t shown_after = 64;
// A shorter file that begins like an RDB file is not looked at as one.
constexpr uint64_t shortest_preamble = 8;

class Analyzer final : private AofVisitor {
 public:
  Analyzer(const AnalysisRequest& request, const CheckedFile& file);
  FileAnalysis run();

 private:
  Status commands(std::span<const AofCommand>) override { return {}; }
  Status timestamp(int64_t unix_seconds, uint64_t offset) override;
  Status annotation(std::string_view text, uint64_t offset) override;
  RdbVisitor& preamble() override { return report_; }
  Status end_of_preamble() override;

  AofReadOptions options() const;
  void conclude(const AofReader& reader);
  void note_growth(const AofPosition& position);
  void conclude_refused(const AofReader& reader);
  void describe(const AofReader& reader);
  void describe_record(const AofReader& reader, RecordWalk walk);
  std::string dump_around(uint64_t offset) const;
  Result<RecordWalk> walk_at(uint64_t offset, bool in_transaction) const;

  const AnalysisRequest& request_;
  const CheckedFile& file_;
  Progress progress_;
  PreambleReport report_;
  AofReader* reader_ = nullptr;
  FileAnalysis analysis_;
};

Analyzer::Analyzer(const AnalysisRequest& request, const CheckedFile& file)
    : request_(request),
      file_(file),
      progress_(request.progress_out, request.shows_progress, "Checking " + file.name, file.size.value_or(0)),
      report_(request.preamble_out, progress_) {
  analysis_.size = file.size.value_or(0);
}

AofReadOptions Analyzer::options() const {
  AofReadOptions options;
  options.strict_transactions = true;
  options.preamble_allowed = file_.role != CheckedRole::increment && analysis_.size >= shortest_preamble;
  options.only_verify = true;
  return options;
}

Status Analyzer::timestamp(int64_t unix_seconds, uint64_t offset) {
  if (request_.truncate_to_timestamp && unix_seconds > *request_.truncate_to_timestamp) {
    analysis_.time_cut = offset;
    return Error{"later than asked for"};
  }
  if (!analysis_.first_time) analysis_.first_time = unix_seconds;
  analysis_.last_time = std::max(analysis_.last_time.value_or(unix_seconds), unix_seconds);
  return {};
}

Status Analyzer::annotation(std::string_view text, uint64_t) {
  if (!request_.truncate_to_timestamp || !text.starts_with("#TS:")) return {};
  return Error{"Invalid timestamp annotation"};
}

Status Analyzer::end_of_preamble() {
  report_.sound(reader_->position().offset);
  return {};
}

FileAnalysis Analyzer::run() {
  if (!file_.size) {
    analysis_.verdict = request_.files.exists(file_.path) ? FileVerdict::unreadable : FileVerdict::missing;
    analysis_.error = file_.error;
    return std::move(analysis_);
  }
  if (analysis_.size == 0) {
    analysis_.verdict = FileVerdict::empty;
    return std::move(analysis_);
  }
  auto source = open_checked_file(request_.files, file_);
  if (!source) {
    analysis_.verdict = FileVerdict::unreadable;
    analysis_.error = source.error().text;
    return std::move(analysis_);
  }
  ProgressSource counted(**source, progress_);
  AofReader reader(counted, options());
  reader_ = &reader;
  report_.follow(reader);
  if (file_.rdb && options().preamble_allowed) report_.begin(file_.name);
  reader.read_all(*this);
  conclude(reader);
  return std::move(analysis_);
}

void Analyzer::conclude(const AofReader& reader) {
  const AofPosition& position = reader.position();
  analysis_.rdb = reader.has_preamble();
  analysis_.commands = position.commands;
  analysis_.ok_up_to = position.sound;
  analysis_.lines = position.line - 1 - position.annotations;
  note_growth(position);
  switch (reader.state()) {
    case AofState::reading:
    case AofState::end: return;
    case AofState::refused: return conclude_refused(reader);
    case AofState::unreadable:
      analysis_.verdict = FileVerdict::unreadable;
      analysis_.error = reader.problem();
      return;
    case AofState::bad_preamble:
      analysis_.verdict = FileVerdict::bad_preamble;
      analysis_.error = reader.problem();
      analysis_.ok_up_to = 0;
      report_.broken(reader.preamble_position(), reader.problem());
      return;
    case AofState::truncated: analysis_.verdict = FileVerdict::truncated; break;
    case AofState::open_transaction: analysis_.verdict = FileVerdict::open_transaction; break;
    case AofState::damaged: analysis_.verdict = FileVerdict::damaged; break;
  }
  progress_.clear();
  describe(reader);
}

// A file that grew meanwhile was read to an end that it does not have any more.
void Analyzer::note_growth(const AofPosition& position) {
  const auto file = request_.files.open(file_.path, OpenMode::read);
  const auto now = file ? (*file)->size() : Result<uint64_t>(analysis_.size);
  analysis_.grew = position.offset > analysis_.size || (now && *now > analysis_.size);
  analysis_.size = std::max(analysis_.size, position.offset);
}

void Analyzer::conclude_refused(const AofReader& reader) {
  const AofPosition& position = reader.position();
  if (!analysis_.time_cut) {
    analysis_.verdict = FileVerdict::bad_annotation;
    analysis_.error = reader.problem();
    return;
  }
  analysis_.time_within_transaction = position.sound != position.offset;
  analysis_.time_cut = position.sound;
}

Result<RecordWalk> Analyzer::walk_at(uint64_t offset, bool in_transaction) const {
  auto source = open_checked_file(request_.files, file_, offset);
  if (!source) return source.error();
  return walk_record(**source, offset, file_.name, in_transaction);
}

void Analyzer::describe(const AofReader& reader) {
  const AofPosition& position = reader.position();
  FileDamage damage;
  damage.expected = reader.problem();
  damage.offset = position.problem;
  damage.record = position.offset;
  damage.record_line = damage.line = position.line;
  damage.number = position.commands + 1;
  analysis_.damage = std::move(damage);
  const bool in_transaction = position.sound != position.offset;
  if (analysis_.verdict == FileVerdict::open_transaction) {
    // What is unsound is the transaction, from its MULTI on.
    analysis_.damage->command = "MULTI";
    analysis_.damage->record = position.sound;
    analysis_.damage->record_line = position.sound_line;
    analysis_.damage->number = 0;
    if (auto walk = walk_at(position.last, false)) {
      analysis_.message = fmt::format("0x{:16x}: Reached EOF before reading EXEC for MULTI", walk->bytes_at);
    }
  } else if (auto walk = walk_at(position.offset, in_transaction)) {
    describe_record(reader, std::move(*walk));
  }
  analysis_.damage->dump = dump_around(analysis_.damage->offset);
}

void Analyzer::describe_record(const AofReader& reader, RecordWalk walk) {
  FileDamage& damage = *analysis_.damage;
  damage.command = std::move(walk.name);
  if (walk.accepted) {
    // Here redis-check-aof is the more lenient one.
    analysis_.message = fmt::format("0x{:16x}: {}", damage.offset, reader.problem());
  } else {
    analysis_.message = std::move(walk.message);
    analysis_.lines += walk.lines;
    damage.line += walk.lines;
  }
  damage.zeros = count_trailing_zeros(request_.files, file_, damage.offset);
  if (damage.zeros == 0) damage.after = find_commands_after(request_.files, file_, damage.record);
}

std::string Analyzer::dump_around(uint64_t offset) const {
  const uint64_t begin = (offset - std::min(offset, shown_before)) / 16 * 16;  // a whole line of the dump
  auto source = open_checked_file(request_.files, file_, begin);
  if (!source) return {};
  std::string bytes(static_cast<size_t>(offset - begin + shown_after), '\0');
  size_t got = 0;
  while (got < bytes.size()) {
    const auto read = (*source)->read({bytes.data() + got, bytes.size() - got});
    if (!read || *read == 0) break;
    got += *read;
  }
  bytes.resize(got);
  return hex_dump(bytes, begin, offset);
}

}  // namespace

std::string_view name_of(FileVerdict verdict) {
  static constexpr std::array<std::string_view, 9> names = {
      "sound",        "empty",          "truncated", "open transaction", "damaged",
      "bad preamble", "bad annotation", "missing",   "unreadable"};
  return names[static_cast<size_t>(verdict)];
}

FileAnalysis analyze_file(const AnalysisRequest& request, const CheckedFile& file) {
  return Analyzer(request, file).run();
}

}  // namespace redoubt
