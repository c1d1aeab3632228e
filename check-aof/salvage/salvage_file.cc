#include "check-aof/salvage/salvage_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "check-aof/log_database.h"
#include "check-aof/salvage/salvage_output.h"
#include "check-aof/silent_visitor.h"
#include "common/aof/aof_writer.h"

namespace redoubt {
namespace {

// The RDB part goes over byte by byte. Where it ends is known only when more was read: the rest is cut off.
class CopyingSource final : public ByteSource {
 public:
  CopyingSource(ByteSource& source, bool copying, AofSalvageOutput& out)
      : source_(source), copying_(copying), out_(out) {}

  Result<size_t> read(std::span<char> bytes) override {
    auto got = source_.read(bytes);
    if (!got || !copying_) return got;
    out_.buffer().append(bytes.data(), *got);
    if (const Status written = out_.write_if_large(); !written) return written.error();
    return got;
  }
  Status stop(uint64_t keep) {
    copying_ = false;
    return out_.cut(keep);
  }

 private:
  ByteSource& source_;
  bool copying_;
  AofSalvageOutput& out_;
};

class FileSalvager final : public AofVisitor {
 public:
  FileSalvager(const CheckedFile& file, ByteSource& source, File* out)
      : out_(out), source_(source, file.rdb, out_), writer_(out_.buffer()), pending_loss_(book_), skipped_(book_) {
    result_.name = file.name;
    result_.size = *file.size;
  }

  Result<SalvagedAof> run();

  Status commands(std::span<const AofCommand> batch) override {
    for (const AofCommand& command : batch) {
      if (const Status done = take(command); !done) return done;
    }
    return {};
  }
  Status timestamp(int64_t unix_seconds, uint64_t) override {
    writer_.timestamp(unix_seconds);
    return out_.write_if_large();
  }
  Status annotation(std::string_view text, uint64_t) override {
    out_.buffer().append(text).append("\r\n");
    return out_.write_if_large();
  }
  RdbVisitor& preamble() override { return skipper_; }
  Status end_of_preamble() override { return source_.stop(reader_->position().offset); }

 private:
  // What may have to be taken back: a transaction without its EXEC so far, or what came after a damage that may have taken the
  // MULTI before it.
  struct Pending {
    enum class Kind : uint8_t { none, transaction, uncertain };
    Kind kind = Kind::none;
    uint64_t offset = 0;    // in the file
    uint64_t out_size = 0;  // before it
    uint64_t out_database = 0;
    uint64_t commands = 0;
    uint64_t bytes = 0;
  };

  Status take(const AofCommand& command);
  Status take_exec(const AofCommand& command);
  Status write(const AofCommand& command);
  void begin_pending(Pending::Kind kind, uint64_t offset);
  void forget_pending();
  Status take_back(AofLoss& loss);
  Status drop_pending(std::string reason, uint64_t end);
  Status pass_damage(bool& goes_on);
  void settle_database();
  void add_loss(AofLoss loss);

  AofSalvageOutput out_;
  CopyingSource source_;
  AofWriter writer_;
  PreambleSkipper skipper_;
  AofReader* reader_ = nullptr;
  CommandBook book_;
  SalvagedAof result_;

  LogDatabase database_;
  uint64_t out_database_ = 0;
  Pending pending_;
  AofLossCollector pending_loss_;
  AofLossCollector skipped_;
  std::optional<DatabaseDoubt> doubt_;
  std::optional<size_t> doubted_loss_;
};

bool is_called(const AofCommand& command, std::string_view name) {
  return command.args.size() == 1 && equal_ignoring_case(command.args[0], name);
}

void FileSalvager::begin_pending(Pending::Kind kind, uint64_t offset) {
  pending_ = {kind, offset, out_.size(), out_database_, 0, 0};
  pending_loss_.clear();
}

void FileSalvager::forget_pending() {
  pending_ = {};
  pending_loss_.clear();
}

Status FileSalvager::take_back(AofLoss& loss) {
  loss.commands += pending_.commands;
  loss.bytes += pending_.bytes;
  pending_loss_.move_to(loss);
  result_.commands -= pending_.commands;
  out_database_ = pending_.out_database;
  const uint64_t size = pending_.out_size;
  forget_pending();
  return out_.cut(size);
}

Status FileSalvager::drop_pending(std::string reason, uint64_t end) {
  AofLoss loss;
  loss.reason = std::move(reason);
  loss.offset = pending_.offset;
  loss.end = end;
  const Status done = take_back(loss);
  add_loss(std::move(loss));
  return done;
}

void FileSalvager::add_loss(AofLoss loss) {
  result_.lost_bytes += loss.bytes;
  if (result_.losses.size() < SalvagedAof::most_losses) {
    result_.losses.push_back(std::move(loss));
  } else {
    ++result_.more_losses;
  }
}

Status FileSalvager::write(const AofCommand& command) {
  const bool select = database_.see(command.args);
  if (select) {
    settle_database();
    out_database_ = database_.number();
  } else if (out_database_ != database_.number()) {
    writer_.select(static_cast<int>(database_.number()));
    out_database_ = database_.number();
  }
  if (doubt_ && !select) ++doubt_->commands;
  writer_.command(command.args);
  ++result_.commands;
  if (pending_.kind != Pending::Kind::none) {
    ++pending_.commands;
    pending_.bytes += command.end - command.offset;
    pending_loss_.add_command(command.args);
  }
  return out_.write_if_large();
}

Status FileSalvager::take_exec(const AofCommand& command) {
  if (pending_.kind == Pending::Kind::none) begin_pending(Pending::Kind::uncertain, command.offset);
  const bool whole = pending_.kind == Pending::Kind::transaction;
  if (const Status written = write(command); !written) return written;
  if (!whole) return drop_pending("the end of a transaction whose MULTI is lost", command.end);
  forget_pending();
  return {};
}

Status FileSalvager::take(const AofCommand& command) {
  if (command.args.size() > 1) return write(command);
  if (is_called(command, "exec")) return take_exec(command);
  if (is_called(command, "multi")) {
    if (pending_.kind == Pending::Kind::transaction) {
      const Status done = drop_pending("a transaction without EXEC, and then the next MULTI", command.offset);
      if (!done) return done;
    }
    begin_pending(Pending::Kind::transaction, command.offset);
  }
  const bool discarded = is_called(command, "discard") && pending_.kind == Pending::Kind::transaction;
  if (const Status written = write(command); !written) return written;
  if (discarded) return drop_pending("a transaction that DISCARD takes back", command.end);
  return {};
}

// What is known at last of the database in which the commands after a damage were kept.
void FileSalvager::settle_database() {
  if (doubt_ && doubted_loss_ && doubt_->commands > 0) result_.losses[*doubted_loss_].database = doubt_;
  doubt_.reset();
  doubted_loss_.reset();
}

Status FileSalvager::pass_damage(bool& goes_on) {
  settle_database();
  AofLoss loss;
  loss.reason = reader_->problem();
  loss.offset = reader_->position().offset;
  Status done;
  if (pending_.kind == Pending::Kind::transaction) {
    loss.reason += "; in a transaction, which goes as a whole";
    loss.offset = pending_.offset;
    done = take_back(loss);
  }
  skipped_.clear();
  goes_on = reader_->resynchronise(skipped_);
  skipped_.end_of_skipped();
  loss.end = reader_->position().offset;
  loss.bytes = loss.end - loss.offset;
  const auto found = skipped_.last_select();
  AofLoss in_damage;
  skipped_.move_to(in_damage);
  for (const auto& [name, count] : in_damage.recognised) loss.recognised[name] += count;
  loss.keys.merge(in_damage.keys);
  loss.more_keys += in_damage.more_keys;
  if (found) database_.set(*found);
  if (goes_on) doubt_ = DatabaseDoubt{database_.number(), found.has_value(), 0};
  add_loss(std::move(loss));
  if (result_.more_losses == 0) doubted_loss_ = result_.losses.size() - 1;
  if (goes_on && pending_.kind == Pending::Kind::none)
    begin_pending(Pending::Kind::uncertain, reader_->position().offset);
  return done;
}

Result<SalvagedAof> FileSalvager::run() {
  AofReadOptions options;
  options.longest_argument = longest_salvaged_argument;
  options.source_size = result_.size;
  AofReader reader(source_, options);
  reader_ = &reader;
  for (bool goes_on = true; goes_on;) {
    switch (reader.read_all(*this)) {
      case AofState::unreadable:
      case AofState::refused:
      case AofState::bad_preamble: return Error{reader.problem()};
      case AofState::damaged:
      case AofState::truncated:
        if (const Status done = pass_damage(goes_on); !done) return done.error();
        if (reader.state() == AofState::unreadable) return Error{reader.problem()};
        break;
      default: goes_on = false;
    }
  }
  settle_database();
  if (pending_.kind == Pending::Kind::transaction) {
    if (const Status done = drop_pending("a transaction without EXEC at the end", result_.size); !done)
      return done.error();
  }
  if (const Status written = out_.flush(); !written) return written.error();
  result_.salvaged_size = out_.size();
  // A transaction that is given up late began before damages that are listed already.
  std::stable_sort(result_.losses.begin(), result_.losses.end(),
                   [](const AofLoss& a, const AofLoss& b) { return a.offset < b.offset; });
  return std::move(result_);
}

}  // namespace

Result<SalvagedAof> salvage_aof(const CheckedFile& file, ByteSource& source, File* out) {
  return FileSalvager(file, source, out).run();
}

}  // namespace redoubt
