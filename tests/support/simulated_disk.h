// A disk in memory that knows what would be there after a power cut. Of each file it keeps what was synced and every change
// since, in order; of each directory the synced entries and every change of them since. As on a real disk, a file that was
// synced is lost if its name was not, an emptied file has its old bytes until the next sync, and a removal may last though
// an earlier rename does not. Paths are normalised; "." and "/" are there. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/file.h"

namespace redoubt {

// What of the unsynced survives a power cut.
enum class Kept : uint8_t {
  nothing,     // of it
  some,        // of each file the changes up to a byte, of the names any: drawn by a seed
  everything,  // the process was killed, and the system goes on
};

// The bytes of one file, with or without a name.
class DiskFile {
 public:
  DiskFile() = default;
  explicit DiskFile(std::string lasting) : content_(lasting), lasting_(std::move(lasting)) {}

  const std::string& content() const { return content_; }
  void write(uint64_t offset, std::string_view bytes);
  void truncate(uint64_t size);
  // How many changes there were; for sync, which makes so many of them last.
  uint64_t changes() const { return synced_ + pending_.size(); }
  void sync(uint64_t changes);
  // A sync failed for good: of so many changes the bytes will never be on the medium, whatever is synced later.
  void lose(uint64_t changes);
  std::string after_power_cut(Kept kept, std::mt19937_64& random) const;

 private:
  struct Change {
    uint64_t offset;
    std::optional<std::string> bytes;  // none: the file was cut or grew to `offset`
    bool lost = false;                 // only the size of the file will be right
  };
  static void apply(std::string& content, const Change& change);

  std::string content_;
  std::string lasting_;
  std::vector<Change> pending_;
  uint64_t synced_ = 0;  // changes that are in lasting_
};

class SimulatedDisk {
 public:
  SimulatedDisk();

  // As in FileSystem.
  Result<std::shared_ptr<DiskFile>> open(const std::string& path, OpenMode mode);
  Status rename(const std::string& from, const std::string& to);  // of files only
  Status remove(const std::string& path);
  Status sync_directory(const std::string& path);
  Status make_directory(const std::string& path);
  bool exists(const std::string& path) const;
  Result<std::vector<std::string>> list(const std::string& path) const;

  // What was there long ago, and lasts. The directories above must be there.
  void add_file(const std::string& path, std::string_view bytes);
  void add_directory(const std::string& path);

  // The sum of the sizes of the files that have a name.
  uint64_t used() const;
  SimulatedDisk after_power_cut(Kept kept, uint64_t seed) const;

 private:
  // What a name stands for: a directory when there is no file.
  using Node = std::shared_ptr<DiskFile>;
  using Names = std::map<std::string, Node>;
  using NameChange = std::pair<std::string, std::optional<Node>>;  // nullopt: the name is gone
  static void apply(Names& names, const NameChange& change);

  // Changes that a crash keeps or loses together.
  void change(std::vector<NameChange> changes);
  bool is_directory(const std::string& path) const;
  Result<Names::const_iterator> find_file(const std::string& path) const;
  Status has_parent(const std::string& path) const;

  Names names_;
  Names lasting_;
  std::vector<std::vector<NameChange>> pending_;
};

}  // namespace redoubt
