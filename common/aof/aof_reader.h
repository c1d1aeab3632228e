// Reads one append-only file and tells a visitor: the commands, the times noted between them, and the RDB preamble if there is
// one. Decides nothing but whether the bytes are sound, and where the file could be cut so that what is left is. The server
// loads with it; the check tool verifies, prints and repairs. Whole commands are views into one buffer, which holds the largest
// command and is never larger than twice the bytes that were there; who only verifies does with 256 KB. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {

// Views are good during the call only.
struct AofCommand {
  std::span<const std::string_view> args;  // at least one
  uint64_t offset = 0;                     // of its first byte in the file
  uint64_t end = 0;                        // just after its last
  uint64_t line = 0;                       // of its first line, 1-based, as lines of the format are counted
  uint64_t number = 0;                     // 1-based
};

class AofVisitor {
 public:
  virtual ~AofVisitor() = default;

  // Some commands, in order, MULTI and EXEC among them; at most AofReader::max_batch. An error ends the reading.
  virtual Status commands(std::span<const AofCommand> batch) = 0;
  // What follows was carried out at this time or later. `offset` is that of the annotation.
  virtual Status timestamp(int64_t /*unix_seconds*/, uint64_t /*offset*/) { return {}; }
  // Any other line that begins with "#"; without its end.
  virtual Status annotation(std::string_view /*text*/, uint64_t /*offset*/) { return {}; }
  // The file begins with an RDB file: who is told of it.
  virtual RdbVisitor& preamble() = 0;
  virtual Status end_of_preamble() { return {}; }
};

enum class AofState : uint8_t {
  reading,           // there may be more
  end,               // all of it was read, and is sound
  truncated,         // it ends within a command: an append was cut short
  open_transaction,  // it ends between MULTI and EXEC
  damaged,           // there are bytes that cannot stand there
  bad_preamble,      // the RDB part is unsound or incomplete
  unreadable,        // the source failed
  refused,           // the visitor failed
};

struct AofReadOptions {
  RdbReadOptions preamble;
  // MULTI within MULTI, and EXEC without, are damage: no server appends them. Redis loads them all the same.
  bool strict_transactions = false;
  // An RDB file at the beginning is read as such; else it is damage.
  bool preamble_allowed = true;
  // Commands are checked, but not told. A command of any size takes no more room than the buffer, and a length that is too large
  // is not told from an append that was cut short: both are `truncated`.
  bool only_verify = false;
  // An argument that is longer, or that would run beyond the source, is damage at once. Otherwise it is found to be by reading
  // all there is, and keeping it: a damaged length costs as much memory as it says.
  uint64_t longest_argument = UINT64_MAX;
  uint64_t source_size = UINT64_MAX;  // when it is known
};

// Who is told by resynchronise() what lies in between, in order.
class AofSkipVisitor {
 public:
  virtual ~AofSkipVisitor() = default;

  // The first line of a command.
  virtual void skipped_header(uint64_t args) = 0;
  // A whole argument: its length, as many bytes, and the end of line.
  virtual void skipped_argument(std::string_view bytes) = 0;
  // Some bytes that are neither. What follows them need not belong to what came before.
  virtual void skipped_bytes() = 0;
};

// Where reading is, or stopped.
struct AofPosition {
  uint64_t offset = 0;       // of the next record; all before it is whole
  uint64_t line = 1;         // of the next record
  uint64_t commands = 0;     // that were whole
  uint64_t annotations = 0;  // that were read
  uint64_t last = 0;         // where the last whole command begins
  uint64_t sound = 0;        // where to cut: offset, or before a MULTI that has not been followed by EXEC
  uint64_t sound_line = 1;   // the same as a line
  uint64_t problem = 0;      // the first byte that is wrong, when damaged; else offset
};

class AofReader {
 public:
  static constexpr size_t max_batch = 32;

  explicit AofReader(ByteSource& source, AofReadOptions options = {});
  ~AofReader();
  AofReader(const AofReader&) = delete;
  AofReader& operator=(const AofReader&) = delete;

  // Reads some records, and tells the visitor: a batch of commands, an annotation, or one record of the preamble. When the
  // answer is not AofState::reading, it stays so. After `refused` the position is that before the batch.
  AofState next(AofVisitor& visitor);
  AofState read_all(AofVisitor& visitor);

  // After `damaged` and `truncated`: looks for the next place from which commands go on, and reads there as if the file began.
  // Lines of what was skipped are counted as an editor would; commands in it are not. False when there is no such place, or
  // the source failed (`unreadable`): then the position is where the search ended, and the state as it was.
  //
  // A place is where a command stands whole, with a name that could be one, and many more behind it, the end of the file, or the
  // next damage. Whole arguments are passed over, so that commands in a value are not mistaken for the log's; those of a value
  // whose own length is damaged are known by the end of line behind the last.
  bool resynchronise(AofSkipVisitor& skipped);

  AofState state() const { return state_; }
  const AofPosition& position() const { return position_; }
  // One sentence on why it ended; empty after `end`.
  const std::string& problem() const { return problem_; }
  bool has_preamble() const { return has_preamble_; }
  // Of the preamble while it is read, and if it was bad.
  RdbPosition preamble_position() const;

 private:
  enum class Parsed : uint8_t { whole, unfinished, damaged };
  struct Source;

  AofState begin();
  AofState next_of_preamble(AofVisitor& visitor);
  AofState next_batch(AofVisitor& visitor);
  AofState read_annotation(AofVisitor& visitor);
  AofState deliver(AofVisitor& visitor, const AofPosition& after);
  AofState finish();
  AofState stop(AofState state, std::string problem);
  template <typename Keep>
  Parsed parse_command(const char*& at, uint64_t& count, Keep keep);
  Parsed parse(const char*& at);
  Parsed parse_count(const char*& at, char mark, uint64_t& value);
  Parsed parse_argument(const char*& at, std::string_view& argument);
  Parsed argument_beyond(const char* at, uint64_t length);
  enum class Place : uint8_t { sound, unsound, undecided };
  Place judge(const char* at);
  size_t skip_one(const char* at, AofSkipVisitor& skipped);
  bool drop_and_fill(const char*& at);
  Parsed parse_any_count(const char*& at, char mark, uint64_t& value);
  Parsed damage(const char* at, std::string text);
  Parsed unexpected_tail(const char* at);
  bool note_transaction(std::string_view only_argument, const char* at);
  uint64_t sound_command_after(const char* at);
  bool chain_reaches_end(const char*& at);
  bool fill();
  static std::string unfinished_argument(uint64_t length, uint64_t there);

  // ---- only_verify
  AofState verify_some(AofVisitor& visitor);
  Parsed verify_buffer();
  void finish_commands(uint64_t offset, uint64_t line, uint64_t commands);
  AofState pass_over_command();
  Parsed pass_over_argument(uint64_t length);
  Parsed next_count(char mark, uint64_t& value);

  const char* begin_of_data() const { return buffer_.get() + begin_; }
  const char* end_of_data() const { return buffer_.get() + end_; }
  uint64_t offset_of(const char* at) const { return base_ + static_cast<uint64_t>(at - buffer_.get()); }

  ByteSource& source_;
  AofReadOptions options_;
  AofState state_ = AofState::reading;
  AofPosition position_;
  std::string problem_;
  bool started_ = false;
  bool has_preamble_ = false;
  bool in_transaction_ = false;
  bool source_ended_ = false;

  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t base_ = 0;  // offset in the file of the buffer's first byte

  std::vector<std::string_view> args_;  // of the batch
  std::vector<AofCommand> batch_;
  const char* unfinished_bytes_ = nullptr;  // the argument that runs beyond the end begins here
  uint64_t unfinished_length_ = 0;

  std::unique_ptr<Source> preamble_source_;
  std::unique_ptr<RdbReader> preamble_;
};

}  // namespace redoubt
