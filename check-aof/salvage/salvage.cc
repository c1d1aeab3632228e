#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "check-aof/modes.h"
#include "check-aof/salvage/salvage_file.h"
#include "check-aof/salvage/salvage_report.h"
#include "check-aof/silent_visitor.h"
#include "common/aof/aof_format.h"
#include "common/tool/progress.h"

namespace redoubt {
namespace {

class Salvage {
 public:
  Salvage(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context)
      : options_(options), log_(log), context_(context), out_(*options.salvage) {}

  CheckStatus run();

 private:
  CheckStatus refuse(CheckStatus status, std::string_view why);
  CheckStatus examine();
  CheckStatus examine_file(const CheckedFile& file, Progress& progress);
  bool output_is_free();
  CheckStatus write_files();
  Status write_file(const CheckedFile& file, bool damaged, const std::string& path, Progress& progress);
  Status copy(ByteSource& source, File& out);
  Status read_back(const std::string& path);
  Status finish_file(const std::string& from, const std::string& to);
  Status finish_directory();
  std::string manifest_name() const { return log_.argument.substr(log_.argument.rfind('/') + 1); }

  const CheckAofOptions& options_;
  const CheckedLog& log_;
  CheckAofContext& context_;
  std::string out_;
  std::vector<bool> damaged_;  // of the log's files
  std::vector<std::string> written_;
  AofSalvageReport report_;
};

CheckStatus Salvage::refuse(CheckStatus status, std::string_view why) {
  context_.err.print("redoubt-check-aof: {}\n", why);
  return status;
}

CheckStatus Salvage::examine_file(const CheckedFile& file, Progress& progress) {
  const auto opened = file.size ? open_checked_file(context_.files, file) : Error{file.error};
  if (!opened) {
    progress.clear();
    return refuse(CheckStatus::io, fmt::format("{}: cannot be opened: {}", file.name, opened.error().text));
  }
  ProgressSource source(**opened, progress);
  AofReadOptions options;
  options.strict_transactions = true;
  options.only_verify = true;
  AofReader reader(source, options);
  SilentVisitor visitor;
  switch (reader.read_all(visitor)) {
    case AofState::end: return CheckStatus::sound;
    case AofState::unreadable:
      progress.clear();
      return refuse(CheckStatus::io, fmt::format("{}: {}", file.name, reader.problem()));
    case AofState::bad_preamble:
      progress.clear();
      return refuse(
          CheckStatus::damaged,
          fmt::format("{}: its RDB part is damaged at offset {} ({}): salvage that first with redoubt-check-rdb "
                      "--salvage. Nothing was written",
                      file.name, reader.position().problem, reader.problem()));
    default: break;
  }
  damaged_.back() = true;
  return CheckStatus::sound;
}

// What is damaged, before anything is written. Not sound: there is nothing to be done.
CheckStatus Salvage::examine() {
  uint64_t total = 0;
  for (const CheckedFile& file : log_.files) total += file.size.value_or(0);
  Progress progress(context_.err, context_.show_progress, "Verifying", total);
  for (const CheckedFile& file : log_.files) {
    damaged_.push_back(false);
    if (const CheckStatus status = examine_file(file, progress); status != CheckStatus::sound) return status;
  }
  return CheckStatus::sound;
}

// An empty directory is as good as none.
bool Salvage::output_is_free() {
  if (!context_.files.exists(out_)) return true;
  if (!log_.multi_part) return false;
  const auto names = context_.files.list(out_);
  return names && names->empty();
}

Status Salvage::copy(ByteSource& source, File& out) {
  std::string buffer(size_t{256} << 10, '\0');
  while (true) {
    const auto got = source.read(buffer);
    if (!got) return got.error();
    if (*got == 0) return {};
    if (const Status written = write_all(out, std::string_view(buffer).substr(0, *got)); !written) return written;
  }
}

// That what was written is sound is looked at, not believed.
Status Salvage::read_back(const std::string& path) {
  auto file = context_.files.open(path, OpenMode::read);
  if (!file) return file.error();
  FileSource source(std::move(*file));
  AofReadOptions options;
  options.strict_transactions = true;
  options.only_verify = true;
  AofReader reader(source, options);
  SilentVisitor visitor;
  if (reader.read_all(visitor) == AofState::end) return {};
  return Error{
      fmt::format("what was written is not sound at offset {}: {}", reader.position().problem, reader.problem())};
}

Status Salvage::write_file(const CheckedFile& file, bool damaged, const std::string& path, Progress& progress) {
  const auto opened = open_checked_file(context_.files, file);
  if (!opened) return opened.error();
  ProgressSource source(**opened, progress);
  std::unique_ptr<File> out;
  if (!options_.dry_run) {
    auto created = context_.files.open(path, OpenMode::create);
    if (!created) return created.error();
    out = std::move(*created);
    written_.push_back(path);
  }
  if (!damaged) {
    report_.copied.push_back(file.name);
    if (!out) return {};
    if (const Status copied = copy(source, *out); !copied) return copied;
  } else {
    auto salvaged = salvage_aof(file, source, out.get());
    if (!salvaged) return salvaged.error();
    report_.files.push_back(std::move(*salvaged));
  }
  if (!out) return {};
  if (const Status synced = out->sync(); !synced) return synced;
  return damaged ? read_back(path) : Status{};
}

Status Salvage::finish_file(const std::string& from, const std::string& to) {
  if (const Status renamed = context_.files.rename(from, to); !renamed) return renamed;
  written_.clear();
  return context_.files.sync_directory(directory_of(to));
}

// The manifest comes last: before it the directory is no log.
Status Salvage::finish_directory() {
  AofManifest manifest = log_.manifest;
  manifest.history.clear();
  report_.manifest = manifest_name();
  if (const Status synced = context_.files.sync_directory(out_); !synced) return synced;
  const Status written = replace_file(context_.files, out_ + "/" + report_.manifest, format_aof_manifest(manifest));
  if (!written) return written;
  written_.clear();
  return context_.files.sync_directory(directory_of(out_));
}

CheckStatus Salvage::write_files() {
  uint64_t total = 0;
  for (const CheckedFile& file : log_.files) total += *file.size;
  Progress progress(context_.err, context_.show_progress, "Salvaging", total);
  const std::string temporary = out_ + ".tmp";
  Status done;
  if (log_.multi_part && !options_.dry_run) done = context_.files.make_directory(out_);
  for (size_t i = 0; done && i < log_.files.size(); ++i) {
    const CheckedFile& file = log_.files[i];
    done = write_file(file, damaged_[i], log_.multi_part ? out_ + "/" + file.name : temporary, progress);
    if (!done) done = Error{fmt::format("{}: {}", file.name, done.error().text)};
  }
  if (done && !options_.dry_run) done = log_.multi_part ? finish_directory() : finish_file(temporary, out_);
  progress.clear();
  if (done) return CheckStatus::repaired;
  for (const std::string& path : written_) {
    // What cannot be removed either is in the way of nobody.
    static_cast<void>(context_.files.remove(path));
  }
  return refuse(CheckStatus::io, fmt::format("cannot write {}: {}", out_, done.error().text));
}

CheckStatus Salvage::run() {
  if (!output_is_free()) return refuse(CheckStatus::usage, fmt::format("{} exists, and is left as it is", out_));
  if (const CheckStatus status = examine(); status != CheckStatus::sound) return status;
  if (std::find(damaged_.begin(), damaged_.end(), true) == damaged_.end()) {
    if (options_.json) {
      context_.out.print("{}\n", R"({"status":"sound"})");
    } else {
      context_.out.print("{} is sound: there is nothing to salvage, and nothing was written\n", log_.argument);
    }
    return CheckStatus::sound;
  }
  report_.output = out_;
  report_.dry_run = options_.dry_run;
  if (const CheckStatus status = write_files(); status != CheckStatus::repaired) return status;
  if (options_.json) {
    print_aof_salvage_json(report_, context_.out);
  } else {
    print_aof_salvage(report_, context_.out);
  }
  return options_.dry_run ? CheckStatus::damaged : CheckStatus::repaired;
}

}  // namespace

CheckStatus run_salvage(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  return Salvage(options, log, context).run();
}

}  // namespace redoubt
