#include <fmt/format.h>

#include <utility>

#include "check-aof/log_database.h"
#include "check-aof/modes.h"
#include "check-aof/print/command_filter.h"
#include "check-aof/read_log.h"
#include "common/base/config_file.h"
#include "common/base/number.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

class Printer final : public LogVisitor {
 public:
  Printer(CommandFilter filter, bool json, CheckAofContext& context)
      : filter_(std::move(filter)), json_(json), context_(context) {}

  void begin_file(const CheckedFile& file) override {
    json_file_.clear();
    append_json(json_file_, file.name);
    file_ = file.name;
    database_.begin_file();
    commands_before_ += commands_in_file_;
    commands_in_file_ = 0;
  }

  void rdb_part(uint64_t bytes) override {
    context_.err.print(
        "{}: its first {} bytes are an RDB file, which holds keys and no commands: "
        "redoubt-check-rdb --export shows them\n",
        file_, bytes);
  }

  Status timestamp(int64_t unix_seconds, uint64_t) override {
    time_ = unix_seconds;
    return {};
  }

  Status commands(std::span<const AofCommand> batch) override {
    for (const AofCommand& command : batch) {
      database_.see(command.args);
      commands_in_file_ = command.number;
      const CommandPlace place{static_cast<int64_t>(commands_before_ + command.number), time_,
                               static_cast<int64_t>(command.offset)};
      if (filter_.ended(place)) return Error{};
      if (filter_.wants(place, command.args, book_)) print(command, place);
    }
    // Nobody reads any more.
    if (context_.out.closed()) return Error{};
    return {};
  }

 private:
  void print(const AofCommand& command, const CommandPlace& place) {
    line_.clear();
    if (json_) {
      append_object(command, place);
    } else {
      append_words(command);
    }
    context_.out.write(line_);
  }

  void append_words(const AofCommand& command) {
    // What is picked from a log must not end up in another database.
    if (database_.number() != printed_database_) {
      if (!database_.is_select(command.args)) line_ += fmt::format("SELECT {}\n", database_.number());
      printed_database_ = database_.number();
    }
    for (const std::string_view arg : command.args) {
      append_word(line_, arg);
      line_ += ' ';
    }
    line_.back() = '\n';
  }

  void append_number(std::string_view name, uint64_t number) {
    char digits[max_integer_text];
    line_ += name;
    line_.append(digits, format_u64(digits, number));
  }

  void append_object(const AofCommand& command, const CommandPlace& place) {
    line_ += R"({"file":)";
    line_ += json_file_;
    append_number(R"(,"offset":)", command.offset);
    append_number(R"(,"line":)", command.line);
    append_number(R"(,"number":)", static_cast<uint64_t>(place.number));
    append_number(R"(,"db":)", database_.number());
    if (time_ != CommandPlace::no_time) line_.append(R"(,"time":)").append(std::to_string(time_));
    line_ += R"(,"args":[)";
    for (const std::string_view arg : command.args) {
      append_json(line_, arg);
      line_ += ',';
    }
    line_.back() = ']';
    line_ += "}\n";
  }

  CommandFilter filter_;
  bool json_;
  CheckAofContext& context_;
  CommandBook book_;
  LogDatabase database_;
  uint64_t printed_database_ = 0;
  int64_t time_ = CommandPlace::no_time;
  uint64_t commands_before_ = 0;  // in the files before
  uint64_t commands_in_file_ = 0;
  std::string file_;
  std::string json_file_;
  std::string line_;
};

}  // namespace

CheckStatus run_print(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  auto filter = CommandFilter::from_options(options, log.files.size() > 1);
  if (!filter) {
    context.err.print("redoubt-check-aof: {}\n", filter.error().text);
    return CheckStatus::usage;
  }
  Printer printer(std::move(*filter), options.json, context);
  const LogEnd end = read_log(log, context, "Printing", printer);
  context.out.flush();
  print_log_end(end, context);
  return end.status;
}

}  // namespace redoubt
