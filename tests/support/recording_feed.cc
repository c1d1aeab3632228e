#include "tests/support/recording_feed.h"

#include <algorithm>
#include <stdexcept>

namespace redoubt {

std::string RecordingFeed::take_line() {
  std::string line;
  for (const ToldCommand& command : told) {
    if (!line.empty()) line += " | ";
    if (command.db > 0) line += std::to_string(command.db) + ": ";
    for (size_t i = 0; i < command.words.size(); ++i) line += (i == 0 ? "" : " ") + command.words[i];
  }
  told.clear();
  return line;
}

std::vector<std::vector<std::string>> RecordingFeed::as_log() const {
  std::vector<std::vector<std::string>> log;
  int selected = any_db;
  for (const ToldCommand& command : told) {
    if (command.db != any_db && command.db != selected) {
      selected = command.db;
      log.push_back({"SELECT", std::to_string(selected)});
    }
    log.push_back(command.words);
  }
  return log;
}

void carry_out_log(CommandExecutor& executor, const std::vector<std::vector<std::string>>& log, size_t at_once) {
  executor.begin_log();
  std::vector<std::vector<std::string_view>> views;
  views.reserve(log.size());
  for (const auto& words : log) views.emplace_back(words.begin(), words.end());
  for (size_t i = 0; i < views.size(); i += std::max<size_t>(at_once, 1)) {
    Status status;
    if (at_once == 0) {
      status = executor.execute_logged(views[i]);
    } else {
      const size_t end = std::min(i + at_once, views.size());
      const std::vector<CommandExecutor::Arguments> some(views.begin() + static_cast<std::ptrdiff_t>(i),
                                                         views.begin() + static_cast<std::ptrdiff_t>(end));
      const size_t done = executor.execute_logged(some, status);
      if (status && done != some.size()) throw std::runtime_error("commands of a log were left out");
    }
    if (!status) throw std::runtime_error(status.error().text);
  }
}

}  // namespace redoubt
