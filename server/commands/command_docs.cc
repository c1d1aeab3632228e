#include "common/command/syntax.h"
#include "common/resp/reply_writer.h"
#include "server/commands/command_info.h"

namespace redoubt {
namespace {

// A map of which only the pairs that say something are written; their number is known when all are.
class Fields {
 public:
  explicit Fields(ReplyWriter& reply) : reply_(reply), place_(reply.begin()) {}
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  ~Fields() { reply_.end(place_, ReplyWriter::Aggregate::map, count_); }

  // The caller writes the value.
  void name(std::string_view name) {
    reply_.bulk(name);
    ++count_;
  }
  void text(std::string_view field, std::string_view value) {
    if (value.empty()) return;
    name(field);
    reply_.bulk(value);
  }

 private:
  ReplyWriter& reply_;
  ReplyWriter::Deferred place_;
  size_t count_ = 0;
};

void write_words(ReplyWriter& reply, std::span<const std::string_view> words) {
  reply.set(words.size());
  for (std::string_view word : words) reply.simple(word);
}

void write_arguments(ReplyWriter& reply, const std::vector<Argument>& arguments) {
  reply.array(arguments.size());
  for (const Argument& argument : arguments) {
    Fields fields(reply);
    fields.text("name", argument.name);
    fields.text("type", argument_type_name(argument.type));
    if (!argument.is_group()) {
      fields.text("display_text", argument.display.empty() ? argument.name : argument.display);
    }
    if (argument.key_spec >= 0) {
      fields.name("key_spec_index");
      reply.integer(argument.key_spec);
    }
    fields.text("token", argument.token);
    fields.text("since", argument.since);
    fields.text("deprecated_since", argument.deprecated_since);
    std::vector<std::string_view> flags;
    if (argument.optional) flags.push_back("optional");
    if (argument.multiple) flags.push_back("multiple");
    if (argument.multiple_token) flags.push_back("multiple_token");
    if (!flags.empty()) {
      fields.name("flags");
      write_words(reply, flags);
    }
    if (argument.is_group()) {
      fields.name("arguments");
      write_arguments(reply, argument.arguments);
    }
  }
}

void write_history(ReplyWriter& reply, std::span<const HistoryNote> history) {
  reply.set(history.size());
  for (const HistoryNote& note : history) {
    reply.array(2);
    reply.bulk(note.since);
    reply.bulk(note.change);
  }
}

}  // namespace

void write_command_docs(ReplyWriter& reply, const Command& command) {
  const CommandSpec& spec = *command.spec;
  reply.bulk(command.full_name);
  Fields fields(reply);
  fields.text("summary", spec.summary);
  fields.text("since", spec.since);
  fields.text("group", spec.group);
  fields.text("complexity", spec.complexity);
  std::vector<std::string_view> flags;
  if (!spec.deprecated_since.empty()) flags.push_back("deprecated");
  if (spec.system_command) flags.push_back("syscmd");
  if (!flags.empty()) {
    fields.name("doc_flags");
    write_words(reply, flags);
  }
  fields.text("deprecated_since", spec.deprecated_since);
  fields.text("replaced_by", spec.replaced_by);
  if (!spec.history.empty()) {
    fields.name("history");
    write_history(reply, spec.history);
  }
  if (const std::vector<Argument> arguments = arguments_of(spec); !arguments.empty()) {
    fields.name("arguments");
    write_arguments(reply, arguments);
  }
  if (!command.subcommands.empty()) {
    fields.name("subcommands");
    reply.map(command.subcommands.size());
    for (const Command* subcommand : command.subcommands) write_command_docs(reply, *subcommand);
  }
}

}  // namespace redoubt
