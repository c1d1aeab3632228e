// Verifies the files of a log one by one, and repairs them as the options say. What goes to the output line by line is what
// redis-check-aof prints, in its order; explanations stand between those lines, indented.
#pragma once

#include <string>
#include <vector>

#include "check-aof/modes.h"
#include "check-aof/verify/analysis.h"
#include "check-aof/verify/file_result.h"

namespace redoubt {

class VerifyRun {
 public:
  VerifyRun(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context);

  CheckStatus run();

 private:
  enum class Outcome : uint8_t { valid, empty, cut, cut_to_time, would_cut, stop };

  CheckStatus check_files();
  Outcome check(FileResult& result);
  Outcome check_damaged(FileResult& result);
  Outcome cut_to_time(FileResult& result);
  Outcome refuse_cut_to_time(const FileResult& result);
  Outcome report_unreadable(const FileResult& result);
  Outcome cut(FileResult& result, uint64_t to);
  void announce(const FileResult& result, bool first_increment);
  void report(const FileResult& result, Outcome outcome);
  void look_at_rest(size_t first);
  AnalysisRequest request(bool silent);
  void explain_it(const FileResult& result);

  template <typename... Arguments>
  void say(Style style, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_.print("{}\n", painter_.paint(style, fmt::format(format, std::forward<Arguments>(arguments)...)));
  }
  template <typename... Arguments>
  void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    say(Style::plain, format, std::forward<Arguments>(arguments)...);
  }

  const CheckAofOptions& options_;
  const CheckedLog& log_;
  CheckAofContext& context_;
  std::string unwanted_;  // the text, when JSON was asked for
  Output unwanted_out_;
  Output& text_;
  Painter painter_;
  std::vector<FileResult> results_;
  uint64_t lines_ = 0;  // of the files before
  bool io_failed_ = false;
  bool repaired_ = false;
  bool still_damaged_ = false;  // by a cut that was only tried out
};

}  // namespace redoubt
