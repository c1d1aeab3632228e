#include <fmt/format.h>

#include <array>

#include "check-aof/verify/file_result.h"
#include "common/aof/aof_format.h"
#include "common/base/config_file.h"

namespace redoubt {
namespace {

constexpr std::string_view program = "redoubt-check-aof";

// A name out of a damaged file is anything.
std::string shown_name(const std::string& command) {
  constexpr size_t longest = 32;
  const std::string quoted = quote_word(command.substr(0, longest));
  return quoted == '"' + command + '"' ? command : quoted;
}

class Explanation {
 public:
  Explanation(const FileResult& result, const CheckedLog& log, const Painter& painter)
      : result_(result), analysis_(result.analysis), log_(log), painter_(painter) {}

  std::string text();

 private:
  template <typename... Arguments>
  void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += "  " + fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
  }
  void say_where(const FileDamage& damage);
  void say_what_follows(const FileDamage& damage);
  void advise(const FileDamage& damage);
  void advise_on_cut(const FileDamage& damage);

  const FileResult& result_;
  const FileAnalysis& analysis_;
  const CheckedLog& log_;
  const Painter& painter_;
  std::string text_;
};

void Explanation::say_where(const FileDamage& damage) {
  const std::string name = damage.command.empty() ? "whose name is not known" : shown_name(damage.command);
  std::string what;
  switch (analysis_.verdict) {
    case FileVerdict::open_transaction:
      what = fmt::format("The file ends within a transaction: MULTI at byte {}, line {}, has no EXEC.", damage.record,
                         damage.record_line);
      break;
    case FileVerdict::truncated:
      what = fmt::format("The file ends within command {}, {}, which begins at byte {}, line {}.", damage.number, name,
                         damage.record, damage.record_line);
      break;
    default:
      what = damage.offset == damage.record
                 ? fmt::format("Byte {}, line {}, begins no command; it would be number {}.", damage.offset,
                               damage.line, damage.number)
                 : fmt::format("Byte {}, line {}, is wrong. It is in command {}, {}, which begins at byte {}, line {}.",
                               damage.offset, damage.line, damage.number, name, damage.record, damage.record_line);
  }
  say("{}", painter_.paint(Style::bad, what));
  if (analysis_.verdict != FileVerdict::open_transaction) say("{}.", damage.expected);
  std::string_view dump = damage.dump;
  while (!dump.empty()) {
    const size_t newline = dump.find('\n');
    say("  {}", dump.substr(0, newline));
    dump.remove_prefix(newline == std::string_view::npos ? dump.size() : newline + 1);
  }
}

void Explanation::say_what_follows(const FileDamage& damage) {
  if (damage.zeros > 0) {
    say("The {} bytes from there to the end are all zero, as a file system leaves them after a loss of power.",
        damage.zeros);
  }
  if (!damage.after) return;
  const CommandsAfter& after = *damage.after;
  const std::string end = after.to_the_end ? "the end" : fmt::format("byte {}", after.end);
  if (after.commands == 1) {
    say("One whole command stands from byte {} to {}.", after.offset, end);
  } else {
    say("{} whole commands stand from byte {} to {}.", after.commands, after.offset, end);
  }
  if (after.offset <= damage.offset || analysis_.verdict == FileVerdict::truncated) {
    say("So what is wrong is the length of an argument before them, and not what stands at its end.");
  }
}

void Explanation::advise_on_cut(const FileDamage& damage) {
  const uint64_t lost = analysis_.size - analysis_.ok_up_to;
  if (damage.after) {
    say("A cut at byte {} loses {} bytes, these commands among them. To keep them:", analysis_.ok_up_to, lost);
    say("  {} --salvage {} {}", program, log_.multi_part ? "DIRECTORY" : "OUT.aof", log_.argument);
    return;
  }
  const bool transaction = analysis_.verdict == FileVerdict::open_transaction || analysis_.ok_up_to < damage.record;
  say("A cut at byte {} loses {} bytes, and no whole command{}:", analysis_.ok_up_to, lost,
      transaction ? " but those of a transaction that never took place" : "");
  say("  {} --fix {}{}", program, result_.last ? "" : "--allow-middle ", log_.argument);
  const bool only_cut_short =
      analysis_.verdict == FileVerdict::truncated || analysis_.verdict == FileVerdict::open_transaction;
  if (only_cut_short && result_.last) {
    say("A server makes this cut by itself when it starts, unless it has aof-load-truncated no.");
  }
}

void Explanation::advise(const FileDamage& damage) {
  if (damage.expected.starts_with("Unexpected ")) {
    say("No server writes this, but all load it: they answer the command with an error and go on. A cut is not "
        "needed.");
  }
  if (result_.file->role == CheckedRole::increment && result_.file->rdb) {
    say("It is an RDB file, which should stand in a base only. Servers load it all the same; a cut would empty it.");
    return;
  }
  advise_on_cut(damage);
  if (!result_.last) {
    say("It is not the last file of the log. The commands of the files after it were carried out on data that a cut "
        "takes");
    say("away: they may then fail or give other results. Compare with a replica or a snapshot before you use it.");
  }
}

std::string Explanation::text() {
  switch (analysis_.verdict) {
    case FileVerdict::sound:
    case FileVerdict::empty: return {};
    case FileVerdict::missing:
      say("{}",
          painter_.paint(Style::bad, fmt::format("The manifest names {}, and it is not there.", result_.file->name)));
      say("A server refuses to start. Look for the file in a backup; if it is lost for good, take its line out of");
      say("{}, and know that all it held is gone.", log_.argument);
      return std::move(text_);
    case FileVerdict::unreadable:
      say("{}", painter_.paint(Style::bad, fmt::format("{} cannot be read: {}", result_.file->path, analysis_.error)));
      return std::move(text_);
    case FileVerdict::bad_preamble:
      say("{}", painter_.paint(Style::bad, "The RDB part of the file is damaged, which no cut can mend."));
      say("To get back the keys that are intact: redoubt-check-rdb --salvage OUT.rdb {}", result_.file->path);
      return std::move(text_);
    case FileVerdict::bad_annotation:
      say("{}", painter_.paint(Style::bad,
                               "A line that begins with #TS: has no time in it; it is not known what came when."));
      return std::move(text_);
    default: break;
  }
  if (!analysis_.damage) return {};
  say_where(*analysis_.damage);
  if (analysis_.grew) {
    say("The file grew while it was read: a server is writing it. An end that looks cut short may be an append under "
        "way.");
  }
  say_what_follows(*analysis_.damage);
  advise(*analysis_.damage);
  return std::move(text_);
}

}  // namespace

std::string_view name_of(CheckedRole role) {
  static constexpr std::array<std::string_view, 4> names = {"single", "base", "increment", "history"};
  return names[static_cast<size_t>(role)];
}

std::string explain(const FileResult& result, const CheckedLog& log, const Painter& painter) {
  return Explanation(result, log, painter).text();
}

std::string explain_files(const CheckedLog& log) {
  std::string text;
  for (const CheckedFile& file : log.history) {
    if (file.size) text += fmt::format("  {} is not needed any more; a server removes it when it starts.\n", file.name);
  }
  for (const std::string& name : log.surplus) {
    const std::string_view why = name.starts_with(aof_temporary_prefix)
                                     ? "was left by a rewrite that did not end, and can be removed"
                                     : "is not in the manifest: no server loads it, and none removes it";
    text += fmt::format("  {} {}.\n", name, why);
  }
  if (log.multi_part && log.files.empty()) text += "  The manifest names no file: the log is empty.\n";
  return text;
}

std::string explain_manifest(const CheckedLog& log) {
  const ManifestDamage& damage = *log.damage;
  std::string text = "*** FATAL AOF MANIFEST FILE ERROR ***\n";
  if (damage.where.line > 0 && !damage.where.text.empty()) {
    text += fmt::format("Reading the manifest file, at line {}\n>>> '{}'\n", damage.where.line, damage.where.text);
  }
  text += damage.error + "\n";
  if (damage.where.line > 0 && damage.where.text.empty()) text += fmt::format("  It is line {}.\n", damage.where.line);
  for (const std::string& duplicate : damage.duplicates)
    text += fmt::format("  Twice the same number: {}.\n", duplicate);
  text += "  A server refuses it. It is a text file: repair it by hand, from the names in its directory, with a line\n";
  text += "    file NAME seq NUMBER type b    for the base, and then, by rising numbers,\n";
  text += "    file NAME seq NUMBER type i    for each increment.\n";
  return text;
}

}  // namespace redoubt
