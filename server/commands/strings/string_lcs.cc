// LCS: the longest sequence of bytes that two strings have in common, by the usual table of prefix lengths.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "server/commands/strings/string_commands.h"
#include "server/config/config.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/keyspace/database.h"

namespace redoubt {
namespace {

struct Options {
  bool length = false;
  bool indexes = false;
  bool with_match_length = false;
  int64_t min_match_length = 0;
};

// lengths(i, j): how long the answer is for the first i bytes of the one string and the first j of the other.
class PrefixTable {
 public:
  // Null inside when there is no memory.
  PrefixTable(std::string_view a, std::string_view b)
      : width_(b.size() + 1), cells_(new (std::nothrow) uint32_t[(a.size() + 1) * width_]) {
    if (cells_ == nullptr) return;
    std::fill_n(cells_.get(), width_, 0);
    for (size_t i = 1; i <= a.size(); ++i) {
      const uint32_t* above = &cells_[(i - 1) * width_];
      uint32_t* row = &cells_[i * width_];
      row[0] = 0;
      for (size_t j = 1; j <= b.size(); ++j) {
        row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : std::max(above[j], row[j - 1]);
      }
    }
  }
  bool made() const { return cells_ != nullptr; }
  uint32_t operator()(size_t i, size_t j) const { return cells_[i * width_ + j]; }

 private:
  size_t width_;
  std::unique_ptr<uint32_t[]> cells_;
};

// Goes from the ends of both strings back to their beginnings along one longest sequence and calls match(i, j), offsets of
// equal bytes, the last first. Where there are several longest, Redis's choice.
template <typename F>
void walk_back(const PrefixTable& lengths, std::string_view a, std::string_view b, F match) {
  size_t i = a.size();
  size_t j = b.size();
  while (i > 0 && j > 0) {
    if (a[i - 1] == b[j - 1]) {
      match(--i, --j);
    } else if (lengths(i - 1, j) > lengths(i, j - 1)) {
      --i;
    } else {
      --j;
    }
  }
}

void reply_sequence(ReplyWriter& reply, const PrefixTable& lengths, std::string_view a, std::string_view b) {
  size_t left = lengths(a.size(), b.size());
  std::string sequence(left, '\0');
  walk_back(lengths, a, b, [&](size_t i, size_t) { sequence[--left] = a[i]; });
  reply.bulk(sequence);
}

// Bytes that are equal one after the other in both strings.
struct Run {
  size_t a = 0;
  size_t b = 0;
  size_t size = 0;
};

void reply_run(ReplyWriter& reply, const Run& run, bool with_length) {
  reply.array(with_length ? 3 : 2);
  for (const size_t start : {run.a, run.b}) {
    reply.array(2);
    reply.integer(static_cast<int64_t>(start));
    reply.integer(static_cast<int64_t>(start + run.size - 1));
  }
  if (with_length) reply.integer(static_cast<int64_t>(run.size));
}

void reply_indexes(ReplyWriter& reply, const PrefixTable& lengths, std::string_view a, std::string_view b,
                   const Options& options) {
  reply.map(2);
  reply.bulk("matches");
  const ReplyWriter::Deferred matches = reply.begin();
  size_t count = 0;
  Run run;
  const auto end_run = [&] {
    if (run.size == 0 || static_cast<int64_t>(run.size) < options.min_match_length) return;
    reply_run(reply, run, options.with_match_length);
    ++count;
  };
  walk_back(lengths, a, b, [&](size_t i, size_t j) {
    if (run.size > 0 && i + 1 == run.a && j + 1 == run.b) {
      run = {i, j, run.size + 1};
      return;
    }
    end_run();
    run = {i, j, 1};
  });
  end_run();
  reply.end(matches, ReplyWriter::Aggregate::array, count);
  reply.bulk("len");
  reply.integer(lengths(a.size(), b.size()));
}

// The string at the key, empty when there is none; an error is replied, and nullopt returned, for another type.
std::optional<std::string_view> read_string(CommandContext& ctx, std::string_view key, char* digits) {
  const Entry* entry = ctx.db.find_for_read(key);
  if (entry == nullptr) return "";
  if (entry->type() == Type::string) return entry->string(digits);
  ctx.reply.error("ERR The specified keys must contain string values");
  return std::nullopt;
}

Options read_options(ArgumentReader& in) {
  Options options;
  while (in.more()) {
    if (in.option("LEN")) {
      options.length = true;
    } else if (in.option("IDX")) {
      options.indexes = true;
    } else if (in.option("WITHMATCHLEN")) {
      options.with_match_length = true;
    } else if (in.option("MINMATCHLEN", 1)) {
      options.min_match_length = std::max<int64_t>(in.integer(), 0);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (options.indexes && options.length) {
    in.fail("ERR If you want both the length and indexes, please just use IDX.");
  }
  return options;
}

void lcs(CommandContext& ctx) {
  char digits_a[max_integer_text];
  char digits_b[max_integer_text];
  // The first view must outlive the second look-up, which may find its key expired: that removes only that key.
  const auto a = read_string(ctx, ctx.arg(1), digits_a);
  if (!a) return;
  const auto b = read_string(ctx, ctx.arg(2), digits_b);
  if (!b) return;
  ArgumentReader in(ctx, 3);
  const Options options = read_options(in);
  if (!in.ok()) return in.reply_error();

  if (a->size() >= UINT32_MAX - 1 || b->size() >= UINT32_MAX - 1) return ctx.reply.error("ERR String too long for LCS");
  const uint64_t cells = (a->size() + 1) * (b->size() + 1);  // both are 32 bits: no overflow
  if (cells > ctx.server.config.proto_max_bulk_len / sizeof(uint32_t)) {
    return ctx.reply.error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  const PrefixTable lengths(*a, *b);
  if (!lengths.made()) {
    return ctx.reply.error("ERR Insufficient memory, failed allocating transient memory for LCS");
  }
  if (options.indexes) return reply_indexes(ctx.reply, lengths, *a, *b, options);
  if (options.length) return ctx.reply.integer(lengths(a->size(), b->size()));
  reply_sequence(ctx.reply, lengths, *a, *b);
}

}  // namespace

void register_string_lcs_commands(CommandTable& table) { table.handle("lcs", lcs); }

}  // namespace redoubt
