#include "common/aof/aof_manifest.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <utility>

#include "common/aof/aof_format.h"
#include "common/base/config_file.h"

namespace redoubt {
namespace {

constexpr std::string_view bad_format = "Invalid AOF manifest file format";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

// As written by hand, too: blanks, a sign and leading zeros are taken. 0 when it is no number that can be counted on from.
int64_t read_sequence(const std::string& text) {
  const long long value = strtoll(text.c_str(), nullptr, 10);
  return value > 0 && value < std::numeric_limits<long long>::max() ? value : 0;
}

bool is_path(std::string_view name) { return name.find_first_of("/\\") != std::string_view::npos; }

void append_line(std::string& out, const AofFileInfo& file) {
  out += "file ";
  append_word(out, file.name);
  out += " seq " + std::to_string(file.sequence) + " type ";
  out += static_cast<char>(file.type);
  out += '\n';
}

class ManifestParser {
 public:
  Status read_line(std::string_view line);
  AofManifest take() { return std::move(manifest_); }

 private:
  Status add(AofFileInfo file, char type);

  AofManifest manifest_;
};

Status ManifestParser::read_line(std::string_view line) {
  const auto words = split_words(line);
  if (!words || words->size() < 6 || words->size() % 2 != 0) return Error{std::string(bad_format)};
  AofFileInfo file;
  char type = 0;
  for (size_t i = 0; i < words->size(); i += 2) {
    const std::string& value = (*words)[i + 1];
    if (is_word((*words)[i], "file")) {
      if (is_path(value)) return Error{"File can't be a path, just a filename"};
      file.name = value.substr(0, value.find('\0'));
    } else if (is_word((*words)[i], "seq")) {
      file.sequence = read_sequence(value);
    } else if (is_word((*words)[i], "type")) {
      type = value.empty() ? '\0' : value[0];
    }
  }
  if (file.name.empty() || file.sequence == 0 || type == 0) return Error{std::string(bad_format)};
  return add(std::move(file), type);
}

Status ManifestParser::add(AofFileInfo file, char type) {
  if (type == static_cast<char>(AofFileType::base)) {
    if (manifest_.base) return Error{"Found duplicate base file information"};
    file.type = AofFileType::base;
    manifest_.base_sequence = file.sequence;
    manifest_.base = std::move(file);
  } else if (type == static_cast<char>(AofFileType::history)) {
    file.type = AofFileType::history;
    manifest_.history.push_back(std::move(file));
  } else if (type == static_cast<char>(AofFileType::increment)) {
    if (file.sequence <= manifest_.increment_sequence) return Error{"Found a non-monotonic sequence number"};
    file.type = AofFileType::increment;
    manifest_.increment_sequence = file.sequence;
    manifest_.increments.push_back(std::move(file));
  } else {
    return Error{"Unknown AOF file type"};
  }
  return {};
}

// The sequence of a manifest that was read goes on behind its files, but what is history counts for nothing there. Its names are
// not free all the same: it is about to be removed.
bool is_named(const std::vector<AofFileInfo>& files, const std::string& name) {
  return std::any_of(files.begin(), files.end(), [&](const AofFileInfo& file) { return file.name == name; });
}

}  // namespace

const std::string& AofManifest::add_increment(std::string_view file_name) {
  AofFileInfo file;
  file.type = AofFileType::increment;
  do {
    file.sequence = ++increment_sequence;
    file.name.assign(file_name).append(".").append(std::to_string(file.sequence));
    file.name.append(aof_increment_suffix).append(aof_resp_suffix);
  } while (is_named(history, file.name));
  return increments.emplace_back(std::move(file)).name;
}

const std::string& AofManifest::replace_base(std::string_view file_name, bool rdb) {
  if (base) {
    base->type = AofFileType::history;
    // As Redis does: the latest first.
    history.insert(history.begin(), std::move(*base));
  }
  AofFileInfo file;
  file.type = AofFileType::base;
  do {
    file.sequence = ++base_sequence;
    file.name.assign(file_name).append(".").append(std::to_string(file.sequence));
    file.name.append(aof_base_suffix).append(rdb ? aof_rdb_suffix : aof_resp_suffix);
  } while (is_named(history, file.name));
  base = std::move(file);
  return base->name;
}

void AofManifest::retire_increments(size_t keep) {
  while (increments.size() > keep) {
    increments.front().type = AofFileType::history;
    history.push_back(std::move(increments.front()));
    increments.erase(increments.begin());
  }
}

Result<AofManifest> parse_aof_manifest(std::string_view text, AofManifestProblem* problem) {
  ManifestParser parser;
  size_t number = 0;
  const auto fail = [&](Error error, std::string_view line) {
    if (problem != nullptr) *problem = {number, std::string(line)};
    return error;
  };
  if (text.empty()) return fail(Error{"Found an empty AOF manifest"}, {});
  while (!text.empty()) {
    ++number;
    const size_t newline = text.substr(0, aof_max_line).find('\n');
    const std::string_view line = text.substr(0, newline == std::string_view::npos ? aof_max_line : newline + 1);
    text.remove_prefix(line.size());
    if (line.front() == '#') continue;
    // Also a last line that was not finished, and one that a zero byte ends.
    if (newline == std::string_view::npos || line.find('\0') != std::string_view::npos) {
      return fail(Error{"The AOF manifest file contains too long line"}, {});
    }
    const std::string_view shown = trimmed(line);
    if (const Status read = parser.read_line(shown); !read) return fail(read.error(), shown);
  }
  return parser.take();
}

std::string format_aof_manifest(const AofManifest& manifest) {
  std::string text;
  if (manifest.base) append_line(text, *manifest.base);
  for (const AofFileInfo& file : manifest.history) append_line(text, file);
  for (const AofFileInfo& file : manifest.increments) append_line(text, file);
  return text;
}

std::string aof_manifest_name(std::string_view file_name) { return std::string(file_name).append(aof_manifest_suffix); }

std::string aof_temporary_manifest_name(std::string_view file_name) {
  return std::string(aof_temporary_prefix).append(aof_manifest_name(file_name));
}

std::string aof_temporary_increment_name(std::string_view file_name) {
  return std::string(aof_temporary_prefix).append(file_name).append(aof_increment_suffix);
}

}  // namespace redoubt
