#include "server/commands/command_info.h"

#include "common/base/glob.h"
#include "common/command/key_finder.h"
#include "common/command/letter_case.h"
#include "common/resp/reply_writer.h"
#include "server/commands/help.h"
#include "server/dispatch/context.h"
#include "server/dispatch/errors.h"

namespace redoubt {
namespace {

template <typename E>
void write_flags(ReplyWriter& reply, E flags, std::span<const FlagName<E>> names, std::string_view prefix = "") {
  size_t count = 0;
  for (const FlagName<E>& entry : names) count += has(flags, entry.flag) ? 1 : 0;
  reply.set(count);
  for (const FlagName<E>& entry : names) {
    if (has(flags, entry.flag)) reply.simple(std::string(prefix).append(entry.name));
  }
}

void write_number(ReplyWriter& reply, std::string_view name, int value) {
  reply.bulk(name);
  reply.integer(value);
}

void write_begin_search(ReplyWriter& reply, const KeySpec& key) {
  reply.bulk("begin_search");
  reply.map(2);
  reply.bulk("type");
  switch (key.begin) {
    case KeySpec::Begin::unknown:
      reply.bulk("unknown");
      reply.bulk("spec");
      reply.map(0);
      break;
    case KeySpec::Begin::index:
      reply.bulk("index");
      reply.bulk("spec");
      reply.map(1);
      write_number(reply, "index", key.index);
      break;
    case KeySpec::Begin::keyword:
      reply.bulk("keyword");
      reply.bulk("spec");
      reply.map(2);
      reply.bulk("keyword");
      reply.bulk(key.keyword);
      write_number(reply, "startfrom", key.index);
      break;
  }
}

void write_find_keys(ReplyWriter& reply, const KeySpec& key) {
  reply.bulk("find_keys");
  reply.map(2);
  reply.bulk("type");
  switch (key.find) {
    case KeySpec::Find::unknown:
      reply.bulk("unknown");
      reply.bulk("spec");
      reply.map(0);
      break;
    case KeySpec::Find::range:
      reply.bulk("range");
      reply.bulk("spec");
      reply.map(3);
      write_number(reply, "lastkey", key.last_key);
      write_number(reply, "keystep", key.step);
      write_number(reply, "limit", key.limit);
      break;
    case KeySpec::Find::keynum:
      reply.bulk("keynum");
      reply.bulk("spec");
      reply.map(3);
      write_number(reply, "keynumidx", key.keynum_index);
      write_number(reply, "firstkey", key.first_key);
      write_number(reply, "keystep", key.step);
      break;
  }
}

void write_key_spec(ReplyWriter& reply, const KeySpec& key) {
  reply.map(key.notes.empty() ? 3 : 4);
  if (!key.notes.empty()) {
    reply.bulk("notes");
    reply.bulk(key.notes);
  }
  reply.bulk("flags");
  write_flags(reply, key.flags, key_flag_names());
  write_begin_search(reply, key);
  write_find_keys(reply, key);
}

// The command that the words of a whole call name. A container called with a word that is none of its subcommands is no
// command, also when it can be called alone.
const Command* find_called(const CommandTable& table, std::span<const std::string_view> args) {
  const Command* command = table.find(args);
  if (command == nullptr) return nullptr;
  const bool stray_word = args.size() > 1 && !command->subcommands.empty();
  return stray_word ? nullptr : command;
}

// ---- handlers

void command_command(CommandContext& ctx) {
  const std::vector<Command*>& all = ctx.server.commands.all();
  ctx.reply.array(all.size());
  for (const Command* command : all) write_command_info(ctx.reply, *command);
}

void command_count_command(CommandContext& ctx) {
  ctx.reply.integer(static_cast<int64_t>(ctx.server.commands.all().size()));
}

void command_info_command(CommandContext& ctx) {
  if (ctx.count() == 2) {
    const std::vector<Command*>& all = ctx.server.commands.all();
    ctx.reply.array(all.size());
    for (const Command* command : all) write_command_info(ctx.reply, *command);
    return;
  }
  ctx.reply.array(ctx.count() - 2);
  for (std::string_view name : ctx.args.subspan(2)) {
    const Command* command = find_listed_command(ctx.server.commands, name);
    if (command == nullptr) {
      ctx.reply.null();
    } else {
      write_command_info(ctx.reply, *command);
    }
  }
}

void command_docs_command(CommandContext& ctx) {
  std::vector<const Command*> chosen;
  if (ctx.count() == 2) chosen.assign(ctx.server.commands.all().begin(), ctx.server.commands.all().end());
  for (std::string_view name : ctx.args.subspan(2)) {
    if (const Command* command = find_listed_command(ctx.server.commands, name)) chosen.push_back(command);
  }
  ctx.reply.map(chosen.size());
  for (const Command* command : chosen) write_command_docs(ctx.reply, *command);
}

void command_list_command(CommandContext& ctx) { write_command_list(ctx.reply, ctx.server.commands, ctx.args); }

void command_getkeys_command(CommandContext& ctx) {
  write_keys(ctx.reply, ctx.server.commands, ctx.args.subspan(2), false);
}

void command_getkeysandflags_command(CommandContext& ctx) {
  write_keys(ctx.reply, ctx.server.commands, ctx.args.subspan(2), true);
}

void command_help_command(CommandContext& ctx) {
  static constexpr HelpEntry entries[] = {
      {"(no subcommand)", "Describes all commands."},
      {"COUNT", "Number of commands of this server."},
      {"DOCS [<command-name> ...]", "Documentation of the named commands, or of all when none is named."},
      {"GETKEYS <full-command>", "The keys among the arguments of a command."},
      {"GETKEYSANDFLAGS <full-command>", "The same, with what the command does to each key."},
      {"INFO [<command-name> ...]", "Describes the named commands, or all when none is named."},
      {"LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
       "Names of all commands, or of those that pass the filter."},
  };
  reply_help(ctx, entries);
}

}  // namespace

const Command* find_listed_command(const CommandTable& table, std::string_view name) {
  const size_t bar = name.find('|');
  if (bar == std::string_view::npos) return table.find(name);
  const std::string_view words[] = {name.substr(0, bar), name.substr(bar + 1)};
  const Command* command = table.find(words);
  return command != nullptr && command->parent != nullptr ? command : nullptr;
}

void write_command_info(ReplyWriter& reply, const Command& command) {
  const CommandSpec& spec = *command.spec;
  const KeyRange range = legacy_key_range(spec);
  reply.array(10);
  reply.bulk(command.full_name);
  reply.integer(spec.arity);
  write_flags(reply, spec.flags, command_flag_names());
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  write_flags(reply, spec.categories, acl_category_names(), "@");
  reply.set(spec.tips.size());
  for (std::string_view tip : spec.tips) reply.bulk(tip);
  reply.set(spec.keys.size());
  for (const KeySpec& key : spec.keys) write_key_spec(reply, key);
  // An empty set, but a list when there are some: so do the servers that clients know.
  if (command.subcommands.empty()) return reply.set(0);
  reply.array(command.subcommands.size());
  for (const Command* subcommand : command.subcommands) write_command_info(reply, *subcommand);
}

void write_command_list(ReplyWriter& reply, const CommandTable& table, std::span<const std::string_view> args) {
  enum class Filter { none, module, category, pattern };
  Filter filter = Filter::none;
  std::optional<AclCategory> category;
  if (args.size() == 5 && equal_ignoring_case(args[2], "filterby")) {
    if (equal_ignoring_case(args[3], "module")) filter = Filter::module;
    if (equal_ignoring_case(args[3], "aclcat")) filter = Filter::category;
    if (equal_ignoring_case(args[3], "pattern")) filter = Filter::pattern;
    if (filter == Filter::category) category = find_acl_category(args[4]);
  }
  if (filter == Filter::none && args.size() > 2) return reply.error(errors::syntax);
  std::vector<std::string_view> names;
  table.for_each([&](const Command& command) {
    const bool wanted = filter == Filter::none ||
                        (filter == Filter::category && category && has(command.spec->categories, *category)) ||
                        (filter == Filter::pattern && glob_match(args[4], command.full_name, true));
    if (wanted) names.push_back(command.full_name);  // no command comes from a module
  });
  reply.array(names.size());
  for (std::string_view name : names) reply.bulk(name);
}

void write_keys(ReplyWriter& reply, const CommandTable& table, std::span<const std::string_view> args,
                bool with_flags) {
  const Command* command = find_called(table, args);
  if (command == nullptr) return reply.error(errors::no_such_command);
  if (!can_have_keys(*command->spec)) return reply.error(errors::no_keys);
  if (!command->accepts(args.size())) return reply.error(errors::wrong_count_for_command);
  std::vector<FoundKey> found;
  if ((!find_keys(*command->spec, args, found) || found.empty()) &&
      !has(command->flags, CommandFlag::no_mandatory_keys)) {
    return reply.error(errors::wrong_arguments_for_command);
  }
  reply.array(found.size());
  for (const FoundKey& key : found) {
    if (with_flags) reply.array(2);
    reply.bulk(args[key.position]);
    if (with_flags) write_flags(reply, key.flags, key_flag_names());
  }
}

void register_command_info(CommandTable& table) {
  table.handle("command", command_command);
  table.handle("command|count", command_count_command);
  table.handle("command|docs", command_docs_command);
  table.handle("command|getkeys", command_getkeys_command);
  table.handle("command|getkeysandflags", command_getkeysandflags_command);
  table.handle("command|help", command_help_command);
  table.handle("command|info", command_info_command);
  table.handle("command|list", command_list_command);
}

}  // namespace redoubt
