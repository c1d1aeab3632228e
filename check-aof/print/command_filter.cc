#include "check-aof/print/command_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/glob.h"
#include "common/command/letter_case.h"

namespace redoubt {
namespace {

Status read_place(const char* option, const std::optional<std::string>& text, bool several_files,
                  std::optional<LogPlace>& place) {
  if (!text) return {};
  const auto parsed = parse_log_place(*text);
  if (!parsed) return Error{fmt::format("--{}: {}", option, parsed.error().text)};
  if (parsed->kind == LogPlace::Kind::offset && several_files) {
    return Error{fmt::format("--{}: an offset belongs to one file: give that file instead of the manifest", option)};
  }
  place = *parsed;
  return {};
}

}  // namespace

Result<CommandFilter> CommandFilter::from_options(const CheckAofOptions& options, bool several_files) {
  CommandFilter filter;
  if (const Status read = read_place("from", options.from, several_files, filter.from_); !read) return read.error();
  if (const Status read = read_place("to", options.to, several_files, filter.to_); !read) return read.error();
  filter.pattern_ = options.match;
  for (const std::string& list : options.commands) {
    std::string_view rest = list;
    while (true) {
      const size_t comma = rest.find(',');
      std::string name(rest.substr(0, comma));
      if (name.empty()) return Error{fmt::format("--command: '{}' has an empty name", list)};
      std::transform(name.begin(), name.end(), name.begin(), lower_letter);
      filter.names_.push_back(std::move(name));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return filter;
}

bool CommandFilter::name_matches(const CommandEntry& entry) {
  if (name_verdicts_.size() <= entry.index) name_verdicts_.resize(entry.index + 1, -1);
  int8_t& verdict = name_verdicts_[entry.index];
  if (verdict < 0) verdict = std::find(names_.begin(), names_.end(), entry.name) != names_.end() ? 1 : 0;
  return verdict != 0;
}

bool CommandFilter::key_matches(const CommandEntry& entry, std::span<const std::string_view> args, CommandBook& book) {
  book.find_keys(entry, args, keys_);
  return std::any_of(keys_.begin(), keys_.end(), [&](std::string_view key) { return glob_match(*pattern_, key); });
}

bool CommandFilter::wants(const CommandPlace& place, std::span<const std::string_view> args, CommandBook& book) {
  if (from_ && is_before(place, *from_)) return false;
  if (to_ && is_behind(place, *to_)) return false;
  if (!picks()) return true;
  const CommandEntry& entry = book.find(args[0]);
  return (names_.empty() || name_matches(entry)) && (!pattern_ || key_matches(entry, args, book));
}

}  // namespace redoubt
