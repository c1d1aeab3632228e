// Who waits for which key, or for the append log, in the order of arrival, and until when. The book-keeping of blocking.h:
// commands put clients in through wait_for_keys() and wait_for_log(), Effects tells of keys that changed, Executor serves those whose keys are ready. While nobody
// waits it costs one test per change; a change to a key costs one look-up, however many wait for other keys. A client that
// goes away leaves by itself: its wait is owned by it. Must outlive all clients. Executor thread only.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/client/client.h"
#include "server/dispatch/blocking.h"

namespace redoubt {

class BlockedClients {
 public:
  struct Wait;
  BlockedClients() = default;
  BlockedClients(const BlockedClients&) = delete;
  BlockedClients& operator=(const BlockedClients&) = delete;

  bool any() const { return count_ != 0; }
  size_t count() const { return count_; }
  size_t timed() const { return deadlines_.size(); }  // those with a deadline
  size_t keys() const;                                // that somebody waits for

  // ---- in ---------------------------------------------------------------------------------------
  void add(CommandContext& ctx, std::span<const std::string_view> keys, Type type, BlockDeadline deadline);
  // Also for one who waits on: it gets another offset.
  void add_for_log(CommandContext& ctx, uint64_t offset, BlockDeadline deadline, TimeoutAnswer answer);

  // ---- keys that may be ready -------------------------------------------------------------------
  void touched(int db, std::string_view key);
  void touched_all(int db);
  bool has_ready() const { return !ready_.empty(); }

  // Takes the key that has been ready longest.
  struct ReadyKey {
    int db;
    std::string key;
  };
  ReadyKey take_ready();
  // The first client that waits for a value of the type at this key and came after the one with the number `after`; null
  // when there is none. Clients that are closing are passed over.
  Wait* next(const ReadyKey& ready, Type type, uint64_t after) const;

  // ---- the log ----------------------------------------------------------------------------------
  // An offset that is waited for, and the number of the wait.
  using LogGoal = std::pair<uint64_t, uint64_t>;
  // The first client that waits for the log at an offset up to `durable`, of those after `after`; null: none. Clients that are
  // closing are passed over.
  Wait* next_for_log(const LogGoal& after, uint64_t durable) const;
  bool any_for_log(uint64_t durable) const { return !for_log_.empty() && for_log_.begin()->first.first <= durable; }

  // ---- out --------------------------------------------------------------------------------------
  // The earliest deadline; 0: none.
  BlockDeadline next_deadline() const { return deadlines_.empty() ? 0 : deadlines_.begin()->first; }
  // A client whose deadline is before `now_ms`; null: none.
  Client* expired(int64_t now_ms) const;

 private:
  struct Queue {
    std::list<Wait*> waits;
    bool ready = false;
  };
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Queues = std::unordered_map<std::string, Queue, TextHash, std::equal_to<>>;

  Wait& begin_wait(CommandContext& ctx, BlockDeadline deadline);
  void mark_ready(int db, Queues::value_type& entry);
  void leave(Wait& wait);

  uint64_t last_number_ = 0;
  size_t count_ = 0;
  std::unordered_map<int, Queues> databases_;
  std::list<ReadyKey> ready_;
  std::set<std::pair<BlockDeadline, Wait*>> deadlines_;
  std::map<LogGoal, Wait*> for_log_;

 public:
  // One client's wait.
  struct Wait : ClientWait {
    Wait(BlockedClients& owner, Client& waiter) : all(owner), client(waiter) {}
    ~Wait() override { all.leave(*this); }

    std::vector<std::string_view> args() const { return {words.begin(), words.end()}; }

    BlockedClients& all;
    Client& client;
    uint64_t number = 0;
    std::vector<std::string> words;
    int db = 0;
    Type type{};
    BlockDeadline deadline = 0;
    struct Place {
      std::string key;
      std::list<Wait*>::iterator at;
    };
    std::vector<Place> places;
    TimeoutAnswer timeout_answer = nullptr;  // null: a null array
    bool for_log = false;
    uint64_t log_offset = 0;
  };
};

}  // namespace redoubt
