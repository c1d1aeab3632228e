// Reads the arguments of a command one after another and remembers the first thing that is wrong: read all, check once.
// After an error every read gives a harmless value. The error text is a literal or belongs to the reader.
//
//   ArgumentReader in(ctx, 3);
//   while (in.more()) {
//     if (in.option("EX")) seconds = in.integer();
//     else if (in.option("NX")) nx = true;
//     else in.fail(errors::syntax);
//   }
//   if (!in.ok()) return in.reply_error();
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/number.h"
#include "server/dispatch/context.h"

namespace redoubt {

class ArgumentReader {
 public:
  ArgumentReader(const CommandContext& ctx, size_t first) : ctx_(ctx), at_(first) {}

  bool ok() const { return error_.empty(); }
  bool more() const { return ok() && at_ < ctx_.args.size(); }
  size_t left() const { return ok() ? ctx_.args.size() - at_ : 0; }
  size_t position() const { return at_; }

  // Takes the next word when it is this option (upper case), followed by at least `values` words.
  bool option(std::string_view name, size_t values = 0) {
    if (!more() || left() < values + 1 || !same_option(ctx_.args[at_], name)) return false;
    ++at_;
    return true;
  }
  // A syntax error when nothing is left.
  std::string_view word() {
    if (!more()) {
      fail(errors::syntax);
      return {};
    }
    return ctx_.args[at_++];
  }
  int64_t integer(std::string_view error = errors::not_integer) {
    const auto value = parse_i64(word());
    if (!value) fail(error);
    return value.value_or(0);
  }
  int64_t integer_between(int64_t low, int64_t high, std::string_view error = errors::out_of_range) {
    const int64_t value = integer();
    if (value < low || value > high) fail(error);
    return ok() ? value : low;
  }
  double number(std::string_view error = errors::not_float) {
    const auto value = parse_double(word());
    if (!value) fail(error);
    return value.value_or(0);
  }
  // The first error stands.
  void fail(std::string_view error) {
    if (error_.empty()) error_ = error;
  }
  void reply_error() const { ctx_.reply.error(error_); }

 private:
  const CommandContext& ctx_;
  size_t at_;
  std::string_view error_;
};

}  // namespace redoubt
