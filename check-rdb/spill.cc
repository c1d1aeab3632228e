#include "check-rdb/spill.h"

#include <fmt/format.h>

#include "common/base/random.h"

namespace redoubt {

Error SpillFile::named(const Error& error) const {
  return Error{fmt::format("cannot use a temporary file in {}: {}", directory_, error.text)};
}

Status SpillFile::create() {
  constexpr size_t digits = 20;  // that nobody guesses
  const std::string path = fmt::format("{}/redoubt-check-rdb-{}.tmp", directory_, random_hex(digits));
  auto to = files_.open(path, OpenMode::create);
  if (!to) return named(to.error());
  auto from = files_.open(path, OpenMode::read);
  // Nobody else needs it, and so it goes with the process, however that ends.
  if (Status removed = files_.remove(path); !removed) return named(removed.error());
  if (!from) return named(from.error());
  to_ = std::move(*to);
  from_ = std::move(*from);
  return {};
}

Status SpillFile::append(std::string_view bytes) {
  if (!to_) {
    if (Status done = create(); !done) return done;
  }
  if (Status done = write_all(*to_, bytes); !done) return named(done.error());
  size_ += bytes.size();
  return {};
}

Status SpillFile::read(uint64_t offset, char* bytes, size_t size) {
  if (Status done = from_->seek(offset); !done) return named(done.error());
  while (size != 0) {
    const Result<size_t> got = from_->read({bytes, size});
    if (!got) return named(got.error());
    if (*got == 0) return named(Error{"it is shorter than what was written"});
    bytes += *got;
    size -= *got;
  }
  return {};
}

}  // namespace redoubt
