// Writes what a damaged file still holds to a new one. The records are copied as they are: nothing is lost by taking values
// apart, and what is written has the version that was read.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <vector>

#include "check-rdb/modes.h"
#include "check-rdb/salvage/scan.h"
#include "common/hash/crc64.h"
#include "common/rdb/rdb_type_name.h"
#include "common/rdb/rdb_writer.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

constexpr int checksum_since = 5;
constexpr size_t most_shown = 100;  // of the keys that stand twice, also in JSON

// The new file: under another name until it is whole.
class SalvageWriter {
 public:
  SalvageWriter(FileSystem& files, const std::string& path) : files_(files), path_(path), temporary_(path + ".tmp") {}

  Status write(RdbFile& from, const SalvagePlan& plan);
  // The first of the records that were left out since their keys stand before.
  const std::vector<RdbStretch>& dropped() const { return dropped_; }

 private:
  Status write_records(RdbFile& from, const SalvagePlan& plan);
  Status next_repeated(const SalvagePlan& plan);
  Status copy(RdbFile& from, RdbStretch bytes);
  Status put(std::string_view bytes);
  Status publish();
  Error named(const Error& error) const { return Error{fmt::format("cannot write {}: {}", path_, error.text)}; }

  FileSystem& files_;
  std::string path_;
  std::string temporary_;
  std::unique_ptr<File> file_;
  uint64_t crc_ = 0;
  std::optional<RdbStretch> repeated_;  // the next
  std::vector<RdbStretch> dropped_;
};

Status SalvageWriter::write(RdbFile& from, const SalvagePlan& plan) {
  auto file = files_.open(temporary_, OpenMode::create);
  if (!file) return named(file.error());
  file_ = std::move(*file);
  Status done = write_records(from, plan);
  if (done) done = publish();
  if (!done) (void)files_.remove(temporary_);
  return done;
}

Status SalvageWriter::write_records(RdbFile& from, const SalvagePlan& plan) {
  std::string text;
  RdbWriter writer(text, false);
  writer.header(plan.version);
  if (Status done = put(text); !done) return done;
  if (Status done = next_repeated(plan); !done) return done;
  for (const RdbStretch& stretch : plan.stretches) {
    uint64_t begin = stretch.begin;
    while (repeated_ && repeated_->begin < stretch.end) {
      if (Status done = copy(from, {begin, repeated_->begin}); !done) return done;
      begin = repeated_->end;
      if (Status done = next_repeated(plan); !done) return done;
    }
    if (Status done = copy(from, {begin, stretch.end}); !done) return done;
  }
  text.clear();
  writer.end();
  if (Status done = put(text); !done) return done;
  if (plan.version < checksum_since) return {};
  text.clear();
  writer.checksum(crc_);
  return put(text);
}

Status SalvageWriter::next_repeated(const SalvagePlan& plan) {
  RdbStretch next;
  const Result<bool> more = plan.repeated->next(next);
  if (!more) return more.error();
  repeated_.reset();
  if (!*more) return {};
  repeated_ = next;
  if (dropped_.size() < most_shown) dropped_.push_back(next);
  return {};
}

Status SalvageWriter::copy(RdbFile& from, RdbStretch bytes) {
  constexpr uint64_t portion = uint64_t{256} << 10;
  if (Status done = from.seek(bytes.begin); !done) return Error{from.error()};
  std::string buffer;
  for (uint64_t left = bytes.end - bytes.begin; left != 0;) {
    buffer.resize(static_cast<size_t>(std::min(left, portion)));
    const Result<size_t> got = from.read(buffer);
    if (!got) return Error{from.error()};
    if (*got == 0) return Error{"the file became shorter while it was read"};
    if (Status done = put({buffer.data(), *got}); !done) return done;
    left -= *got;
  }
  return {};
}

Status SalvageWriter::put(std::string_view bytes) {
  crc_ = crc64(crc_, bytes);
  if (Status done = write_all(*file_, bytes); !done) return named(done.error());
  return {};
}

Status SalvageWriter::publish() {
  if (Status done = file_->sync(); !done) return named(done.error());
  if (Status done = files_.rename(temporary_, path_); !done) return named(done.error());
  if (Status done = files_.sync_directory(directory_of(path_)); !done) return named(done.error());
  return {};
}

uint64_t lost_bytes(const SalvagePlan& plan) {
  uint64_t sum = 0;
  for (const RdbLoss& loss : plan.losses) sum += loss.bytes.end - loss.bytes.begin;
  return sum;
}

void print_dropped(const SalvagePlan& plan, const std::vector<RdbStretch>& dropped, const Painter& painter,
                   Output& out) {
  if (!plan.repeated) return;
  for (const RdbStretch& record : dropped) {
    out.print("{} {} bytes at offset {}: the key stands in the file twice, and what came first is kept\n",
              painter.paint(Style::warning, "[dropped]"), record.end - record.begin, record.begin);
  }
  if (plan.repeated->count() > dropped.size()) {
    out.print("{} {} more such keys\n", painter.paint(Style::warning, "[dropped]"),
              plan.repeated->count() - dropped.size());
  }
}

void print_plan(const SalvagePlan& plan, const std::vector<RdbStretch>& dropped, const CheckRdbOptions& options,
                RdbFile& file, Output& out) {
  const Painter painter(options.colours);
  for (const RdbLoss& loss : plan.losses) {
    const RdbPosition& at = loss.damage.at;
    out.print("{} {} bytes at offset {}: {} (at {}, while doing: {}", painter.paint(Style::bad, "[lost]"),
              loss.bytes.end - loss.bytes.begin, loss.bytes.begin, printable(loss.damage.message), at.offset, at.doing);
    if (at.type) out.print(", type {}", rdb_type_name(*at.type));
    if (at.key) out.print(", key '{}' of database {}", printable(*at.key), at.db);
    out.write(")\n");
  }
  print_dropped(plan, dropped, painter, out);
  if (plan.resynchronised) {
    out.print("[info] Keys behind a gap are taken to be of the database that was selected last before it\n");
  }
  if (plan.gave_up) out.print("[info] Too much was tried in vain: what comes last was not looked at any more\n");
  out.print("[info] {} of {} bytes are lost, in {} place{}\n", lost_bytes(plan), file.size(), plan.losses.size(),
            plan.losses.size() == 1 ? "" : "s");
}

boost::json::object json_of(const SalvagePlan& plan, const std::vector<RdbStretch>& dropped,
                            const CheckRdbOptions& options, RdbFile& file) {
  boost::json::object document;
  document["file"] = json_of_bytes(options.file);
  document["bytes"] = file.size();
  boost::json::array losses;
  for (const RdbLoss& loss : plan.losses) {
    boost::json::object one = json_of(loss.damage);
    one["begin"] = loss.bytes.begin;
    one["end"] = loss.bytes.end;
    losses.push_back(std::move(one));
  }
  boost::json::array repeated;
  for (const RdbStretch& record : dropped) {
    repeated.push_back(boost::json::object{{"begin", record.begin}, {"end", record.end}});
  }
  document["losses"] = std::move(losses);
  document["repeated"] = std::move(repeated);
  document["repeated_keys"] = plan.repeated ? plan.repeated->count() : 0;
  document["lost_bytes"] = lost_bytes(plan);
  document["gave_up"] = plan.gave_up;
  document["keys"] = plan.keys;
  document["expires"] = plan.expires;
  document["functions"] = plan.functions;
  return document;
}

class Salvage {
 public:
  Salvage(const CheckRdbOptions& options, FileSystem& files, RdbFile& file, Output& out, Output& err)
      : options_(options), files_(files), file_(file), out_(out), err_(err) {}

  CheckStatus run();

 private:
  CheckStatus fail(const Error& error) {
    file_.progress().clear();
    err_.print("redoubt-check-rdb: {}\n", error.text);
    return CheckStatus::io;
  }
  void print(const SalvagePlan& plan, const std::vector<RdbStretch>& dropped, CheckStatus status);

  const CheckRdbOptions& options_;
  FileSystem& files_;
  RdbFile& file_;
  Output& out_;
  Output& err_;
};

CheckStatus Salvage::run() {
  const Result<SalvagePlan> plan = plan_salvage(file_, files_, options_);
  if (!plan) return fail(plan.error());
  std::vector<RdbStretch> dropped;
  CheckStatus status = CheckStatus::sound;
  if (!plan->sound) status = plan->keys + plan->functions != 0 ? CheckStatus::repaired : CheckStatus::damaged;
  if (status == CheckStatus::repaired) {
    SalvageWriter writer(files_, options_.salvage_file);
    if (const Status done = writer.write(file_, *plan); !done) return fail(done.error());
    dropped = writer.dropped();
  }
  file_.progress().clear();
  print(*plan, dropped, status);
  return status;
}

void Salvage::print(const SalvagePlan& plan, const std::vector<RdbStretch>& dropped, CheckStatus status) {
  if (options_.form == CheckRdbForm::json) {
    boost::json::object document = json_of(plan, dropped, options_, file_);
    document["verdict"] = status == CheckStatus::sound      ? "sound"
                          : status == CheckStatus::repaired ? "salvaged"
                                                            : "lost";
    if (status == CheckStatus::repaired) document["written"] = json_of_bytes(options_.salvage_file);
    out_.print("{}\n", boost::json::serialize(document));
    return;
  }
  const Painter painter(options_.colours);
  if (status == CheckStatus::sound) {
    out_.print("{} {} is sound: there is nothing to salvage, and {} was not written\n",
               painter.paint(Style::good, "[info]"), options_.file, options_.salvage_file);
    return;
  }
  print_plan(plan, dropped, options_, file_, out_);
  if (status == CheckStatus::damaged) {
    out_.print("{} There is not one key that could be salvaged; {} was not written\n",
               painter.paint(Style::bad, "[info]"), options_.salvage_file);
    return;
  }
  if (!plan.version_known) out_.print("[info] The version of the file is lost; {} fits what it holds\n", plan.version);
  out_.print("{} {} keys ({} expire) and {} libraries of functions are in {}\n",
             painter.paint(Style::good, "[salvaged]"), plan.keys, plan.expires, plan.functions, options_.salvage_file);
}

}  // namespace

CheckStatus run_salvage(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  if (files.exists(options.salvage_file)) {
    err.print("redoubt-check-rdb: {} exists already, and is not overwritten\n", options.salvage_file);
    return CheckStatus::io;
  }
  const Result<std::unique_ptr<RdbFile>> file = RdbFile::open(files, options.file, "salvaging", options, err);
  if (!file) {
    err.print("redoubt-check-rdb: {}\n", file.error().text);
    return CheckStatus::io;
  }
  return Salvage(options, files, **file, out, err).run();
}

}  // namespace redoubt
