#include "tests/support/simulated_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace redoubt {
namespace {

Error error_of(int number) { return Error{std::strerror(number)}; }

std::string normal(const std::string& path) {
  std::string text = std::filesystem::path(path).lexically_normal().string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text.empty() ? "." : text;
}

// How much of `total` survives. The ends are likelier than all between them, for that is where mistakes are.
uint64_t draw_part(uint64_t total, std::mt19937_64& random) {
  switch (random() % 4) {
    case 0: return 0;
    case 1: return total;
    default: return random() % (total + 1);
  }
}

}  // namespace

// ---- DiskFile

void DiskFile::apply(std::string& content, const Change& change) {
  if (!change.bytes) {
    content.resize(change.offset);
    return;
  }
  const uint64_t end = change.offset + change.bytes->size();
  if (content.size() < end) content.resize(end);
  if (!change.lost) content.replace(change.offset, change.bytes->size(), *change.bytes);
}

void DiskFile::write(uint64_t offset, std::string_view bytes) {
  pending_.push_back({.offset = offset, .bytes = std::string(bytes)});
  apply(content_, pending_.back());
}

void DiskFile::truncate(uint64_t size) {
  if (size == content_.size()) return;
  pending_.push_back({.offset = size, .bytes = {}});
  apply(content_, pending_.back());
}

void DiskFile::sync(uint64_t changes) {
  if (changes <= synced_) return;
  const auto end = pending_.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(changes - synced_, pending_.size()));
  for (auto change = pending_.begin(); change != end; ++change) apply(lasting_, *change);
  synced_ += static_cast<uint64_t>(end - pending_.begin());
  pending_.erase(pending_.begin(), end);
}

void DiskFile::lose(uint64_t changes) {
  for (uint64_t i = synced_; i < changes; ++i) pending_[i - synced_].lost = true;
}

std::string DiskFile::after_power_cut(Kept kept, std::mt19937_64& random) const {
  if (kept == Kept::everything) return content_;
  if (kept == Kept::nothing) return lasting_;
  const auto weight = [](const Change& change) { return change.bytes ? change.bytes->size() : 1; };
  uint64_t total = 0;
  for (const Change& change : pending_) total += weight(change);
  uint64_t left = draw_part(total, random);
  std::string content = lasting_;
  for (const Change& change : pending_) {
    if (left < weight(change)) {
      if (change.bytes && left > 0) apply(content, {change.offset, change.bytes->substr(0, left), change.lost});
      break;
    }
    left -= weight(change);
    apply(content, change);
  }
  return content;
}

// ---- SimulatedDisk

SimulatedDisk::SimulatedDisk() : names_{{".", nullptr}, {"/", nullptr}}, lasting_(names_) {}

void SimulatedDisk::apply(Names& names, const NameChange& change) {
  if (change.second) {
    names[change.first] = *change.second;
  } else {
    names.erase(change.first);
  }
}

void SimulatedDisk::change(std::vector<NameChange> changes) {
  for (const NameChange& one : changes) apply(names_, one);
  pending_.push_back(std::move(changes));
}

bool SimulatedDisk::is_directory(const std::string& path) const {
  const auto found = names_.find(path);
  return found != names_.end() && found->second == nullptr;
}

Status SimulatedDisk::has_parent(const std::string& path) const {
  const auto found = names_.find(directory_of(path));
  if (found == names_.end()) return error_of(ENOENT);
  if (found->second != nullptr) return error_of(ENOTDIR);
  return {};
}

Result<SimulatedDisk::Names::const_iterator> SimulatedDisk::find_file(const std::string& path) const {
  const auto found = names_.find(path);
  if (found == names_.end()) return error_of(ENOENT);
  if (found->second == nullptr) return error_of(EISDIR);
  return found;
}

Result<std::shared_ptr<DiskFile>> SimulatedDisk::open(const std::string& given, OpenMode mode) {
  const std::string path = normal(given);
  const auto found = find_file(path);
  if (found) {
    if (mode == OpenMode::create) (*found)->second->truncate(0);
    return (*found)->second;
  }
  if (is_directory(path) || mode == OpenMode::read || mode == OpenMode::overwrite) return found.error();
  if (auto parent = has_parent(path); !parent) return parent.error();
  auto file = std::make_shared<DiskFile>();
  change({{path, file}});
  return file;
}

Status SimulatedDisk::rename(const std::string& given_from, const std::string& given_to) {
  const std::string from = normal(given_from);
  const std::string to = normal(given_to);
  const auto found = find_file(from);
  if (!found) return found.error();
  if (auto parent = has_parent(to); !parent) return parent;
  if (is_directory(to)) return error_of(EISDIR);
  if (from != to) change({{from, std::nullopt}, {to, (*found)->second}});
  return {};
}

Status SimulatedDisk::remove(const std::string& given) {
  const std::string path = normal(given);
  if (const auto found = find_file(path); !found) return found.error();
  change({{path, std::nullopt}});
  return {};
}

Status SimulatedDisk::sync_directory(const std::string& given) {
  const std::string path = normal(given);
  const auto found = names_.find(path);
  if (found == names_.end()) return error_of(ENOENT);
  if (found->second != nullptr) return error_of(ENOTDIR);
  for (auto& together : pending_) {
    std::erase_if(together, [&](const NameChange& one) {
      if (directory_of(one.first) != path) return false;
      apply(lasting_, one);
      return true;
    });
  }
  std::erase_if(pending_, [](const auto& together) { return together.empty(); });
  return {};
}

Status SimulatedDisk::make_directory(const std::string& given) {
  const std::string path = normal(given);
  if (is_directory(path)) return {};
  if (names_.contains(path)) return error_of(ENOTDIR);
  if (auto parent = has_parent(path); !parent) return parent;
  change({{path, nullptr}});
  return {};
}

bool SimulatedDisk::exists(const std::string& path) const { return names_.contains(normal(path)); }

Result<std::vector<std::string>> SimulatedDisk::list(const std::string& given) const {
  const std::string path = normal(given);
  const auto found = names_.find(path);
  if (found == names_.end()) return error_of(ENOENT);
  if (found->second != nullptr) return error_of(ENOTDIR);
  std::vector<std::string> names;
  for (const auto& [name, node] : names_) {
    if (name == "." || name == "/" || directory_of(name) != path) continue;
    names.push_back(name.substr(name.rfind('/') + 1));
  }
  return names;
}

void SimulatedDisk::add_file(const std::string& path, std::string_view bytes) {
  const NameChange one{normal(path), std::make_shared<DiskFile>(std::string(bytes))};
  apply(names_, one);
  apply(lasting_, one);
}

void SimulatedDisk::add_directory(const std::string& path) {
  const NameChange one{normal(path), nullptr};
  apply(names_, one);
  apply(lasting_, one);
}

uint64_t SimulatedDisk::used() const {
  uint64_t sum = 0;
  for (const auto& [name, node] : names_) {
    if (node != nullptr) sum += node->content().size();
  }
  return sum;
}

SimulatedDisk SimulatedDisk::after_power_cut(Kept kept, uint64_t seed) const {
  std::mt19937_64 random(seed);
  Names names = kept == Kept::everything ? names_ : lasting_;
  if (kept == Kept::some) {
    const uint64_t chance = draw_part(8, random);
    for (const auto& together : pending_) {
      if (random() % 8 >= chance) continue;
      for (const NameChange& one : together) apply(names, one);
    }
  }
  SimulatedDisk after;
  std::map<Node, Node> copies;  // a file with two names stays one
  for (const auto& [name, node] : names) {
    // In order of names, so that a directory comes before what is in it. What lost its directory is lost.
    if (!after.is_directory(directory_of(name))) continue;
    Node& copy = copies[node];
    if (node != nullptr && copy == nullptr) copy = std::make_shared<DiskFile>(node->after_power_cut(kept, random));
    apply(after.names_, {name, copy});
  }
  after.lasting_ = after.names_;
  return after;
}

}  // namespace redoubt
