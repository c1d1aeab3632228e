// What commands do to the data set, told as commands to whoever keeps them: the append log, later the replication backlog. A
// command that changed something is told as it was sent. Where that would do something else when it is carried out again,
// at another time or with other luck, its handler says what to tell (through CommandContext):
//
//   ctx.tell_instead({"PEXPIREAT", key, at_ms});   this in its place, last if it says so more than once
//   ctx.tell_also({"SREM", key, member});          this before it
//   ctx.tell_nothing();                            not the command itself; what was told besides stays
//   ctx.tell_always();                             even though nothing changed
//
// Keys and fields that expire, and keys that are evicted, are told as they go. A command and what is found to have expired
// while it runs are a unit: more than one command of a unit is told between MULTI and EXEC. What happens between commands
// (eviction, the expiry cycle) is a unit each, and so is each blocked client that is served.
//
// As long as no feed is attached, a command costs one test; and one that is told alone and as it was sent is copied nowhere.
// Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/persistence/command_feed.h"

namespace redoubt {

// One word of a command that is told: bytes, which are copied at once, or a number.
class ToldWord {
 public:
  ToldWord(std::string_view text) : text_(text) {}                // NOLINT(google-explicit-constructor)
  ToldWord(const char* text) : text_(text) {}                     // NOLINT(google-explicit-constructor)
  ToldWord(const std::string& text) : text_(text) {}              // NOLINT(google-explicit-constructor)
  ToldWord(int64_t number) : number_(number), is_text_(false) {}  // NOLINT(google-explicit-constructor)

  // `digits`: max_integer_text bytes, which the answer may stand in.
  std::string_view bytes(char* digits) const;

 private:
  std::string_view text_;
  int64_t number_ = 0;
  bool is_text_ = true;
};
using ToldWords = std::span<const ToldWord>;

class Propagation final : public CommandSource {
 public:
  Propagation() = default;
  Propagation(const Propagation&) = delete;
  Propagation& operator=(const Propagation&) = delete;

  // Feeds are told from the next unit on, in the order in which they came. They are not owned.
  void attach(CommandFeed& feed) override;
  void detach(CommandFeed& feed) override;
  // Nothing is told while muted: a log is being carried out.
  void mute(bool muted);
  // Whether anybody is told. While not, calls of the rest have no effect.
  bool active() const { return active_; }

  // ---- what happened ------------------------------------------------------------------------------
  void instead(int db, ToldWords words);
  // Within a command: before it. Else at once, alone.
  void also(int db, ToldWords words);
  void also(int db, std::initializer_list<ToldWord> words) { also(db, ToldWords(words.begin(), words.size())); }
  // One more word of the last also() within this command.
  void also_word(std::string_view word) {
    if (active_) queue_.add(word);
  }
  void not_at_all() { silent_ = active_; }
  void always() { forced_ = active_; }

  // ---- units, for the executor --------------------------------------------------------------------
  // Units nest; the outermost counts. A unit of several commands (EXEC, a script) is begun and ended around them.
  void begin_unit() { ++depth_; }
  void end_unit() {
    if (--depth_ == 0) tell_unit();
  }
  // Around a handler, only while active.
  void begin_command() {
    ++depth_;
    silent_ = forced_ = false;
    own_.clear();
  }
  // `db`: that of the command; `changed`: whether the count of changes grew.
  void end_command(int db, std::span<const std::string_view> args, bool changed) {
    if ((changed || forced_) && !silent_) tell_own(db, args);
    silent_ = forced_ = false;
    end_unit();
  }

 private:
  // Commands, copied: their words one after another, without an allocation for each.
  class Copies {
   public:
    bool empty() const { return commands_.empty(); }
    size_t size() const { return commands_.size(); }
    void clear();
    void begin(int db) { commands_.push_back({db, ends_.size(), ends_.size()}); }
    void add(std::string_view word);
    // Takes over the commands of `other`.
    void append(const Copies& other);
    int db(size_t command) const { return commands_[command].db; }
    // Good until the next call of anything here.
    std::span<const std::string_view> words(size_t command);

   private:
    struct Place {
      int db;
      size_t first;  // in ends_
      size_t end;
    };
    std::string bytes_;
    std::vector<size_t> ends_;  // of each word
    std::vector<Place> commands_;
    std::vector<std::string_view> views_;
  };

  void add(Copies& to, int db, ToldWords words);
  void tell(int db, std::span<const std::string_view> args);
  void tell_own(int db, std::span<const std::string_view> args);
  void tell_unit();
  void set_active() { active_ = !muted_ && !feeds_.empty(); }

  bool active_ = false;
  bool muted_ = false;
  bool silent_ = false;
  bool forced_ = false;
  int depth_ = 0;
  Copies own_;    // what to tell instead of the command under way
  Copies queue_;  // of the unit
  std::vector<CommandFeed*> feeds_;
};

}  // namespace redoubt
