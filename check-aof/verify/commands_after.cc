#include "check-aof/verify/commands_after.h"

#include <algorithm>
#include <memory>

#include "check-aof/silent_visitor.h"

namespace redoubt {
namespace {

constexpr size_t block_size = size_t{256} << 10;
// A search that holds no more than this; longer arguments are passed over like any bytes.
constexpr uint64_t longest_argument = uint64_t{8} << 20;

class NobodyTold final : public AofSkipVisitor {
 public:
  void skipped_header(uint64_t) override {}
  void skipped_argument(std::string_view) override {}
  void skipped_bytes() override {}
};

std::optional<CommandsAfter> commands_at(FileSystem& files, const CheckedFile& file, uint64_t offset) {
  auto source = open_checked_file(files, file, offset);
  if (!source) return std::nullopt;
  SilentVisitor visitor;
  AofReadOptions options;
  options.preamble_allowed = false;
  options.only_verify = true;
  AofReader reader(**source, options);
  const AofState state = reader.read_all(visitor);
  const AofPosition& position = reader.position();
  if (position.commands == 0) return std::nullopt;
  const bool to_the_end = state == AofState::end || state == AofState::open_transaction;
  return CommandsAfter{offset, offset + position.offset, position.commands, to_the_end};
}

}  // namespace

std::optional<CommandsAfter> find_commands_after(FileSystem& files, const CheckedFile& file, uint64_t record) {
  // From its second byte on it is no record any more, so that the search begins at once.
  const uint64_t begin = record + 1;
  auto source = open_checked_file(files, file, begin);
  if (!source || begin >= *file.size) return std::nullopt;
  AofReadOptions options;
  options.preamble_allowed = false;
  options.longest_argument = longest_argument;
  options.source_size = *file.size - begin;
  AofReader reader(**source, options);
  SilentVisitor visitor;
  NobodyTold skipped;
  reader.read_all(visitor);
  if (!reader.resynchronise(skipped)) return std::nullopt;
  return commands_at(files, file, begin + reader.position().offset);
}

uint64_t count_trailing_zeros(FileSystem& files, const CheckedFile& file, uint64_t offset) {
  auto source = open_checked_file(files, file, offset);
  if (!source) return 0;
  const auto buffer = std::make_unique_for_overwrite<char[]>(block_size);
  for (uint64_t zeros = 0;;) {
    const auto got = (*source)->read({buffer.get(), block_size});
    if (!got) return 0;
    if (*got == 0) return zeros;
    if (std::any_of(buffer.get(), buffer.get() + *got, [](char c) { return c != '\0'; })) return 0;
    zeros += *got;
  }
}

}  // namespace redoubt
