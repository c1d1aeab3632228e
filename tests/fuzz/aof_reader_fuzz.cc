// Append-only files from outside. However it comes in pieces, a file is read the same way; and what is left of it after the
// cut that the reader proposes is sound, with the same commands. Behind a damage it goes on, or gets to the end.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "common/aof/aof_reader.h"
#include "common/aof/aof_writer.h"
#include "common/rdb/rdb_null_visitor.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

// What follows a place in the buffer is looked at as far as it is there: of larger files that depends on how they come.
constexpr size_t large = 128 << 10;

void require(bool holds) {
  if (!holds) abort();
}

class Checker final : public AofVisitor, public AofSkipVisitor, public RdbNullVisitor {
 public:
  explicit Checker(std::string_view text) : text_(text) {}
  std::vector<std::string> told;  // each as it is written
  size_t keys = 0;

  Status commands(std::span<const AofCommand> batch) override {
    for (const AofCommand& command : batch) {
      require(!command.args.empty() && command.offset >= end_ && command.end <= text_.size());
      require(command.number == told.size() + 1);
      std::string bytes;
      AofWriter(bytes).command(command.args);
      // Numbers may have leading zeros in the file.
      require(bytes.size() <= command.end - command.offset);
      const std::string_view last = command.args.back();
      require(text_.substr(command.end - 2 - last.size(), last.size()) == last);
      told.push_back(std::move(bytes));
      end_ = command.end;
    }
    return {};
  }
  RdbVisitor& preamble() override { return *this; }

  void skipped_header(uint64_t) override {}
  void skipped_argument(std::string_view bytes) override { require(bytes.size() < text_.size()); }
  void skipped_bytes() override {}

  bool begin_key(const RdbKey&) override { return (++keys & 3) != 0; }

 private:
  std::string_view text_;
  uint64_t end_ = 0;
};

struct Outcome {
  AofState state;
  AofPosition position;
  std::vector<std::string> told;
  bool has_preamble;
};

Outcome read(std::string_view text, size_t most, bool strict) {
  PieceSource source(text, most);
  AofReader reader(source, {{}, strict});
  Checker checker(text);
  Outcome outcome;
  outcome.state = reader.read_all(checker);
  outcome.position = reader.position();
  outcome.told = std::move(checker.told);
  outcome.has_preamble = reader.has_preamble();
  require(outcome.state != AofState::reading && outcome.state != AofState::unreadable);
  require(reader.problem().empty() == (outcome.state == AofState::end));
  require(outcome.position.sound <= outcome.position.offset && outcome.position.offset <= text.size());
  require(outcome.position.problem <= text.size() && outcome.position.commands == outcome.told.size());
  if (outcome.state == AofState::end) require(outcome.position.sound == text.size());
  return outcome;
}

// Who only verifies stops at the same place.
void require_verified_alike(std::string_view text, size_t most, bool strict, const Outcome& whole) {
  PieceSource source(text, most);
  AofReadOptions options;
  options.strict_transactions = strict;
  options.only_verify = true;
  AofReader reader(source, options);
  Checker checker(text);
  const AofState state = reader.read_all(checker);
  const AofPosition& position = reader.position();
  require(checker.told.empty());
  require(state == whole.state || (state == AofState::truncated && whole.state == AofState::damaged));
  require(position.offset == whole.position.offset && position.sound == whole.position.sound);
  require(position.line == whole.position.line && position.sound_line == whole.position.sound_line);
  require(position.commands == whole.position.commands && position.last == whole.position.last);
  require(position.annotations == whole.position.annotations && position.problem == whole.position.problem);
}

std::vector<std::string> read_on(std::string_view text, size_t most) {
  PieceSource source(text, most);
  AofReader reader(source, {.source_size = text.size()});
  Checker checker(text);
  uint64_t before = 0;
  do {
    reader.read_all(checker);
    require(reader.position().offset >= before);
    before = reader.position().offset;
  } while (reader.resynchronise(checker));
  require(reader.state() == AofState::bad_preamble || reader.position().offset == text.size());
  return std::move(checker.told);
}

void run(std::string_view data) {
  if (data.empty()) return;
  const auto flags = static_cast<uint8_t>(data[0]);
  const bool strict = (flags & 1) != 0;
  const std::string_view text = data.substr(1);
  const Outcome whole = read(text, SIZE_MAX, strict);
  const Outcome pieces = read(text, 1 + (flags >> 1), strict);
  require(whole.state == pieces.state && whole.told == pieces.told && whole.position.sound == pieces.position.sound);
  require_verified_alike(text, 1 + (flags >> 1), strict, whole);
  if (whole.state == AofState::bad_preamble) return;
  const std::vector<std::string> on = read_on(text, SIZE_MAX);
  require(on.size() >= whole.told.size() && std::equal(whole.told.begin(), whole.told.end(), on.begin()));
  require(on == read_on(text, 1 + (flags >> 1)) || text.size() > large);
  const Outcome cut = read(text.substr(0, whole.position.sound), SIZE_MAX, strict);
  require(cut.state == AofState::end && cut.has_preamble == whole.has_preamble);
  require(cut.told.size() <= whole.told.size() && std::equal(cut.told.begin(), cut.told.end(), whole.told.begin()));
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
