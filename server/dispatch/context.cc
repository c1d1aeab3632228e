#include "server/dispatch/context.h"

#include "server/dispatch/effects.h"

namespace redoubt {

void CommandContext::modified(std::string_view key, EventClass kind, std::string_view event, uint64_t changes) const {
  server.effects.modified(db, key, kind, event, changes);
}

void CommandContext::event(std::string_view key, EventClass kind, std::string_view event) const {
  server.effects.modified(db, key, kind, event, 0);
}

void CommandContext::tell_instead(ToldWords words) const { server.effects.propagation().instead(db.id(), words); }

void CommandContext::tell_replacing(std::initializer_list<Replaced> words) const {
  if (!is_told()) return;
  std::vector<ToldWord> told(args.begin(), args.end());
  for (const Replaced& replaced : words) told[replaced.place] = replaced.word;
  tell_instead(told);
}

void CommandContext::tell_also(std::initializer_list<ToldWord> words) const {
  server.effects.propagation().also(db.id(), words);
}

void CommandContext::tell_nothing() const { server.effects.propagation().not_at_all(); }

void CommandContext::tell_always() const { server.effects.propagation().always(); }

bool CommandContext::is_told() const { return server.effects.propagation().active(); }

bool same_option(std::string_view given, std::string_view upper_case_word) {
  if (given.size() != upper_case_word.size()) return false;
  for (size_t i = 0; i < given.size(); ++i) {
    const char c = given[i];
    if ((c >= 'a' && c <= 'z' ? c - 32 : c) != upper_case_word[i]) return false;
  }
  return true;
}

}  // namespace redoubt
