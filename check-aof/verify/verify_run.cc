#include "check-aof/verify/verify_run.h"

#include <boost/json/serialize.hpp>

#include "check-aof/verify/repair.h"

namespace redoubt {

VerifyRun::VerifyRun(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context)
    : options_(options),
      log_(log),
      context_(context),
      unwanted_out_(unwanted_),
      text_(options.json ? unwanted_out_ : context.out),
      painter_(options.json ? Painter(false) : context.out_painter) {}

CheckStatus VerifyRun::run() {
  for (const CheckedFile& file : log_.files) {
    FileResult& result = results_.emplace_back();
    result.file = &file;
    result.last = &file == &log_.files.back();
  }
  const CheckStatus status = check_files();
  if (options_.json) context_.out.print("{}\n", boost::json::serialize(json_of(log_, results_, status)));
  return status;
}

CheckStatus VerifyRun::check_files() {
  say("Start checking {} AOF", log_.multi_part ? "Multi Part" : "Old-Style");
  bool increments = false;
  for (size_t i = 0; i < results_.size(); ++i) {
    FileResult& result = results_[i];
    announce(result, !increments);
    increments = increments || result.file->role == CheckedRole::increment;
    const Outcome outcome = check(result);
    if (outcome == Outcome::stop) {
      look_at_rest(i + 1);
      text_.write(explain_files(log_));
      return io_failed_ ? CheckStatus::io : CheckStatus::damaged;
    }
    report(result, outcome);
  }
  text_.write(explain_files(log_));
  if (still_damaged_) return CheckStatus::damaged;
  if (log_.multi_part) say(Style::good, "All AOF files and manifest are valid");
  return repaired_ ? CheckStatus::repaired : CheckStatus::sound;
}

void VerifyRun::announce(const FileResult& result, bool first_increment) {
  const CheckedFile& file = *result.file;
  if (file.role == CheckedRole::base && file.size) {
    say("Start to check BASE AOF ({} format).", file.rdb ? "RDB" : "RESP");
  } else if (file.role == CheckedRole::increment && first_increment) {
    say("Start to check INCR files.");
  }
}

AnalysisRequest VerifyRun::request(bool silent) {
  return {.files = context_.files,
          .preamble_out = silent || options_.json ? nullptr : &text_,
          .progress_out = context_.err,
          .shows_progress = context_.show_progress,
          .truncate_to_timestamp = options_.truncate_to_timestamp};
}

VerifyRun::Outcome VerifyRun::check(FileResult& result) {
  text_.flush();
  result.analysis = analyze_file(request(false), *result.file);
  lines_ += result.analysis.lines;
  result.ok_up_to_line = lines_ + 1;
  const FileAnalysis& analysis = result.analysis;
  const std::string& name = result.file->name;
  switch (analysis.verdict) {
    case FileVerdict::empty: return Outcome::empty;
    case FileVerdict::missing:
    case FileVerdict::unreadable: return report_unreadable(result);
    case FileVerdict::bad_preamble:
      explain_it(result);
      say(Style::bad, "RDB preamble of AOF file is not sane, aborting.");
      return Outcome::stop;
    case FileVerdict::bad_annotation:
      explain_it(result);
      say(Style::bad, "{}", analysis.error);
      return Outcome::stop;
    default: break;
  }
  if (analysis.time_cut) return cut_to_time(result);
  if (!analysis.message.empty()) say("{}", analysis.message);
  if (options_.truncate_to_timestamp && !analysis.is_damaged()) {
    say("Truncate nothing in AOF {} to timestamp {}", name, *options_.truncate_to_timestamp);
    return Outcome::valid;
  }
  say("AOF analyzed: filename={}, size={}, ok_up_to={}, ok_up_to_line={}, diff={}", name, analysis.size,
      analysis.ok_up_to, result.ok_up_to_line, analysis.size - analysis.ok_up_to);
  return analysis.is_damaged() ? check_damaged(result) : Outcome::valid;
}

VerifyRun::Outcome VerifyRun::report_unreadable(const FileResult& result) {
  const CheckedFile& file = *result.file;
  explain_it(result);
  io_failed_ = io_failed_ || result.analysis.verdict == FileVerdict::unreadable;
  if (file.size) {
    say(Style::bad, "Failed to read from AOF {}, aborting...", file.name);
  } else {
    say(Style::bad, "Cannot open file {}: {}{}", file.path, result.analysis.error,
        file.role == CheckedRole::increment ? ", aborting..." : "");
  }
  return Outcome::stop;
}

void VerifyRun::explain_it(const FileResult& result) { text_.write(explain(result, log_, painter_)); }

VerifyRun::Outcome VerifyRun::check_damaged(FileResult& result) {
  explain_it(result);
  const std::string& name = result.file->name;
  if (!options_.fix) {
    say(Style::bad, "AOF {} is not valid. Use the --fix option to try fixing it.", name);
    return Outcome::stop;
  }
  if (!result.last && !options_.allow_middle) {
    say(Style::bad, "Failed to truncate AOF {} because it is not the last file", name);
    return Outcome::stop;
  }
  return cut(result, result.analysis.ok_up_to);
}

// After the consequences were told.
VerifyRun::Outcome VerifyRun::cut(FileResult& result, uint64_t to) {
  const std::string& name = result.file->name;
  const uint64_t size = result.analysis.size;
  CutOutcome& outcome = result.cut.emplace(CutOutcome{size, to, false, {}, {}});
  if (options_.max_loss && size - to > *options_.max_loss) {
    outcome.refused = fmt::format("{} bytes would go, and --max-loss allows {}", size - to, *options_.max_loss);
    say(Style::bad, "Failed to truncate AOF {}: {}", name, outcome.refused);
    return Outcome::stop;
  }
  // Of a cut to a time redis-check-aof says nothing before it makes it.
  say("{}This will shrink the AOF {} from {} bytes, with {} bytes, to {} bytes", options_.fix ? "" : "  ", name, size,
      size - to, to);
  if (options_.dry_run) {
    outcome.refused = "dry run";
    say("  Dry run: nothing was changed.");
    still_damaged_ = true;
    return Outcome::would_cut;
  }
  const bool asked = options_.fix && !options_.yes;
  if (asked && !context_.confirm("Continue? [y/N]: ")) {
    outcome.refused = "not confirmed";
    say("Aborting...");
    return Outcome::stop;
  }
  auto done = cut_file(context_.files, result.file->path, {size, to, options_.backup});
  if (!done) {
    outcome.refused = done.error().text;
    io_failed_ = true;
    say(Style::bad, "Failed to truncate AOF {}", name);
    say("  {}", outcome.refused);
    return Outcome::stop;
  }
  outcome.done = true;
  outcome.backup = std::move(*done);
  repaired_ = true;
  if (!outcome.backup.empty()) say("  The file as it was is kept as {}", outcome.backup);
  return Outcome::cut;
}

VerifyRun::Outcome VerifyRun::refuse_cut_to_time(const FileResult& result) {
  const int64_t time = *options_.truncate_to_timestamp;
  const uint64_t to = *result.analysis.time_cut;
  if (to == 0) {
    say(Style::bad, "AOF {} has nothing before timestamp {}, aborting...", result.file->path, time);
    if (log_.multi_part)
      say("  The time lies before this file: between it and the one before, or before the whole log.");
    return Outcome::stop;
  }
  say(Style::bad, "Failed to truncate AOF {} to timestamp {} to offset {} because it is not the last file.",
      result.file->path, time, to);
  say("If you insist, please delete all files after this file according to the manifest file and delete the "
      "corresponding records in manifest file manually. Then re-run redis-check-aof.");
  return Outcome::stop;
}

VerifyRun::Outcome VerifyRun::cut_to_time(FileResult& result) {
  const uint64_t to = *result.analysis.time_cut;
  if (to == 0 || !result.last) return refuse_cut_to_time(result);
  if (result.analysis.time_within_transaction) {
    say("  The time falls into a transaction, which is taken away as a whole.");
  }
  const Outcome outcome = cut(result, to);
  return outcome == Outcome::cut ? Outcome::cut_to_time : outcome;
}

void VerifyRun::report(const FileResult& result, Outcome outcome) {
  const std::string& name = result.file->name;
  std::string_view kind = "AOF";
  if (result.file->role == CheckedRole::base) kind = "BASE AOF";
  if (result.file->role == CheckedRole::increment) kind = "INCR AOF";
  switch (outcome) {
    case Outcome::valid: say(Style::good, "{} {} is valid", kind, name); break;
    case Outcome::empty: say(Style::good, "{} {} is empty", kind, name); break;
    case Outcome::cut: say(Style::good, "Successfully truncated AOF {}", name); break;
    case Outcome::cut_to_time:
      say(Style::good, "Successfully truncated AOF {} to timestamp {}", name, *options_.truncate_to_timestamp);
      break;
    case Outcome::would_cut:
    case Outcome::stop: break;
  }
}

// redis-check-aof stops at the first file that is not sound; who has to repair a log wants to know of the others.
void VerifyRun::look_at_rest(size_t first) {
  for (size_t i = first; i < results_.size(); ++i) {
    FileResult& result = results_[i];
    result.analysis = analyze_file(request(true), *result.file);
    lines_ += result.analysis.lines;
    result.ok_up_to_line = lines_ + 1;
    const FileAnalysis& analysis = result.analysis;
    if (!analysis.is_damaged()) {
      say("  Of the files after it, {} is {}.", result.file->name, name_of(analysis.verdict));
    } else if (analysis.damage) {
      say("  Of the files after it, {} is not sound either, from byte {} on.", result.file->name, analysis.ok_up_to);
    } else {
      say("  Of the files after it, {} is not sound either: {}.", result.file->name, analysis.error);
    }
  }
}

CheckStatus run_verify(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  return VerifyRun(options, log, context).run();
}

}  // namespace redoubt
