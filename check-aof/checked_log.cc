#include "check-aof/checked_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "common/aof/aof_format.h"
#include "common/base/config_file.h"
#include "common/base/number.h"
#include "common/rdb/rdb_format.h"

namespace redoubt {
namespace {

constexpr uint64_t max_manifest = uint64_t{16} << 20;
constexpr size_t looked_at = size_t{64} << 10;

struct Beginning {
  std::string bytes;
  uint64_t size = 0;
};

// The error is what a person should read; `open_error` is set when the file is not even there.
Result<Beginning> read_beginning(FileSystem& files, const std::string& path, bool& opened) {
  opened = false;
  auto file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  opened = true;
  const auto size = (*file)->size();
  if (!size) return size.error();
  Beginning beginning{std::string(std::min<uint64_t>(*size, looked_at), '\0'), *size};
  size_t got = 0;
  while (got < beginning.bytes.size()) {
    const auto read = (*file)->read({beginning.bytes.data() + got, beginning.bytes.size() - got});
    if (!read) return read.error();
    if (*read == 0) break;
    got += *read;
  }
  beginning.bytes.resize(got);
  return beginning;
}

bool begins_with_word(std::string_view line, std::string_view word) {
  if (line.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), line.begin(), [](char a, char b) { return a == (b | 0x20); });
}

// Lines of comments can begin either kind of file. The first other line settles it, for no record of a log is a word.
bool looks_like_manifest(std::string_view name, std::string_view bytes) {
  if (name.ends_with(aof_manifest_suffix)) return true;
  while (bytes.starts_with('#')) {
    const size_t newline = bytes.find('\n');
    if (newline == std::string_view::npos) return false;
    bytes.remove_prefix(newline + 1);
  }
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t"), bytes.size()));
  constexpr std::array<std::string_view, 3> words = {"file ", "seq ", "type "};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return begins_with_word(bytes, word); });
}

void look_at(FileSystem& files, CheckedFile& file) {
  bool opened = false;
  const auto beginning = read_beginning(files, file.path, opened);
  if (!beginning) {
    file.error = beginning.error().text;
    return;
  }
  file.size = beginning->size;
  file.rdb = beginning->bytes.starts_with(rdb_magic);
}

CheckedFile named_file(FileSystem& files, const std::string& directory, const AofFileInfo& info) {
  CheckedFile file;
  file.name = info.name;
  file.path = directory + "/" + info.name;
  file.sequence = info.sequence;
  switch (info.type) {
    case AofFileType::base: file.role = CheckedRole::base; break;
    case AofFileType::increment: file.role = CheckedRole::increment; break;
    case AofFileType::history: file.role = CheckedRole::history; break;
  }
  look_at(files, file);
  return file;
}

// "appendonly.aof" of "appendonly.aof.3.incr.aof"; empty when the name is none that a server gives.
std::string_view stem_of_part(std::string_view name) {
  const bool rdb = name.ends_with(aof_rdb_suffix);
  if (!rdb && !name.ends_with(aof_resp_suffix)) return {};
  name.remove_suffix(rdb ? aof_rdb_suffix.size() : aof_resp_suffix.size());
  if (name.ends_with(aof_base_suffix)) {
    name.remove_suffix(aof_base_suffix.size());
  } else if (name.ends_with(aof_increment_suffix)) {
    name.remove_suffix(aof_increment_suffix.size());
  } else {
    return {};
  }
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || !parse_u64(name.substr(dot + 1))) return {};
  return name.substr(0, dot);
}

std::vector<std::string> find_surplus(FileSystem& files, const CheckedLog& log) {
  std::set<std::string, std::less<>> known;
  std::set<std::string, std::less<>> stems;
  const std::string_view manifest = std::string_view(log.argument).substr(log.argument.rfind('/') + 1);
  if (manifest.ends_with(aof_manifest_suffix)) {
    stems.emplace(manifest.substr(0, manifest.size() - aof_manifest_suffix.size()));
  }
  for (const auto* list : {&log.files, &log.history}) {
    for (const CheckedFile& file : *list) {
      known.insert(file.name);
      if (const auto stem = stem_of_part(file.name); !stem.empty()) stems.emplace(stem);
    }
  }
  std::vector<std::string> surplus;
  const auto names = files.list(log.directory);
  if (!names) return surplus;
  for (const std::string& name : *names) {
    const bool part = stems.contains(stem_of_part(name));
    if ((part || name.starts_with(aof_temporary_prefix)) && !known.contains(name)) surplus.push_back(name);
  }
  return surplus;
}

// Of lines that a strict reader refuses, as far as they can be understood.
std::vector<std::string> find_duplicates(std::string_view text) {
  std::map<std::pair<char, int64_t>, std::vector<size_t>> lines;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    const auto words = line.starts_with('#') ? std::nullopt : split_words(line);
    if (!words) continue;
    char type = '\0';
    std::optional<int64_t> sequence;
    for (size_t i = 0; i + 1 < words->size(); i += 2) {
      if ((*words)[i] == "type" && !(*words)[i + 1].empty()) type = (*words)[i + 1][0];
      if ((*words)[i] == "seq") sequence = parse_i64((*words)[i + 1]);
    }
    if (sequence && (type == 'b' || type == 'i')) lines[{type, *sequence}].push_back(number);
  }
  std::vector<std::string> duplicates;
  for (const auto& [what, where] : lines) {
    if (where.size() < 2) continue;
    duplicates.push_back(fmt::format("{} {} on lines {}", what.first == 'b' ? "base" : "increment", what.second,
                                     fmt::join(where, " and ")));
  }
  return duplicates;
}

Status read_manifest(FileSystem& files, CheckedLog& log) {
  log.directory = directory_of(log.argument);
  const auto text = read_file(files, log.argument, max_manifest);
  if (!text) return Error{fmt::format("Cannot read file: {}: {}", log.argument, text.error().text)};
  ManifestDamage damage;
  auto manifest = parse_aof_manifest(*text, &damage.where);
  if (!manifest) {
    damage.error = manifest.error().text;
    damage.duplicates = find_duplicates(*text);
    log.damage = std::move(damage);
    return {};
  }
  log.manifest = std::move(*manifest);
  if (log.manifest.base) log.files.push_back(named_file(files, log.directory, *log.manifest.base));
  for (const AofFileInfo& info : log.manifest.increments) log.files.push_back(named_file(files, log.directory, info));
  for (const AofFileInfo& info : log.manifest.history) log.history.push_back(named_file(files, log.directory, info));
  log.surplus = find_surplus(files, log);
  return {};
}

}  // namespace

Result<CheckedLog> open_checked_log(FileSystem& files, const std::string& path) {
  bool opened = false;
  const auto beginning = read_beginning(files, path, opened);
  if (!beginning) {
    const std::string_view what = opened ? "Cannot read file" : "Cannot open file";
    return Error{fmt::format("{} {}: {}", what, path, beginning.error().text)};
  }
  CheckedLog log;
  log.argument = path;
  log.multi_part = looks_like_manifest(path, beginning->bytes);
  if (log.multi_part) {
    if (const Status read = read_manifest(files, log); !read) return read.error();
    return log;
  }
  CheckedFile file;
  file.name = file.path = path;
  file.size = beginning->size;
  file.rdb = beginning->bytes.starts_with(rdb_magic);
  log.files.push_back(std::move(file));
  return log;
}

Result<std::unique_ptr<ByteSource>> open_checked_file(FileSystem& files, const CheckedFile& file, uint64_t offset) {
  auto opened = files.open(file.path, OpenMode::read);
  if (!opened) return opened.error();
  if (offset > 0) {
    if (const Status moved = (*opened)->seek(offset); !moved) return moved.error();
  }
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(std::move(*opened)));
}

}  // namespace redoubt
