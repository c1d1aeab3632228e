#include "check-aof/verify/repair.h"

#include <fmt/format.h>

#include <memory>

namespace redoubt {
namespace {

constexpr size_t block_size = size_t{1} << 20;

Status require_size(File& file, uint64_t expected) {
  const auto size = file.size();
  if (!size) return size.error();
  if (*size == expected) return {};
  return Error{
      fmt::format("it had {} bytes when it was read and has {} now; is a server writing it?", expected, *size)};
}

std::string free_name(FileSystem& files, const std::string& path) {
  std::string name = path + ".bak";
  for (int number = 2; files.exists(name); ++number) name = fmt::format("{}.bak{}", path, number);
  return name;
}

Status copy_all(File& from, File& to, uint64_t size) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(block_size);
  uint64_t copied = 0;
  for (;;) {
    const auto got = from.read({buffer.get(), block_size});
    if (!got) return got.error();
    if (*got == 0) break;
    if (const Status written = write_all(to, {buffer.get(), *got}); !written) return written;
    copied += *got;
  }
  if (copied != size) return Error{"the file changed while it was copied"};
  return to.sync();
}

Result<std::string> make_backup(FileSystem& files, const std::string& path, File& file, uint64_t size) {
  const std::string name = free_name(files, path);
  auto copy = files.open(name, OpenMode::create);
  if (!copy) return Error{fmt::format("no copy could be made: {}: {}", name, copy.error().text)};
  Status done = copy_all(file, **copy, size);
  if (done) done = files.sync_directory(directory_of(name));
  if (done) return name;
  copy->reset();
  // Half a copy is worse than none: somebody could take it for one.
  (void)files.remove(name);
  return Error{fmt::format("no copy could be made: {}: {}", name, done.error().text)};
}

}  // namespace

Result<std::string> cut_file(FileSystem& files, const std::string& path, const Cut& cut) {
  auto opened = files.open(path, OpenMode::overwrite);
  if (!opened) return opened.error();
  File& file = **opened;
  if (const Status same = require_size(file, cut.from); !same) return same.error();
  std::string backup;
  if (cut.backup) {
    auto made = make_backup(files, path, file, cut.from);
    if (!made) return made.error();
    backup = std::move(*made);
    if (const Status same = require_size(file, cut.from); !same) return same.error();
  }
  if (const Status done = file.truncate(cut.to); !done) return done.error();
  if (const Status done = file.sync(); !done) return done.error();
  return backup;
}

}  // namespace redoubt
