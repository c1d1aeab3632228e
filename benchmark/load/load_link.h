// A connection of an event loop to the server, for loads of all kinds: it is made, and bytes are sent and
// received, as far as that goes at once; the rest goes by itself. Used by one thread, that of the loop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/connect.h"
#include "common/net/event_loop.h"

namespace redoubt {

// How many links of a loop may be under way. More would not find room in the server's queue, and be tried again only after a
// second.
inline constexpr size_t links_opened_at_once = 100;
// When a load is to end, replies that are still to come are awaited for so long.
inline constexpr int64_t patience_after_stop_ns = 1'000'000'000;

class LoadLink final : private ReadyHandler {
 public:
  // May close the link in these calls, but not destroy it.
  class Owner {
   public:
    virtual void link_made() = 0;
    virtual void link_received(std::string_view bytes) = 0;
    // It is of no use any more; `why` is one sentence, or the system's own words.
    virtual void link_failed(std::string_view why) = 0;

   protected:
    ~Owner() = default;
  };

  // All outlive it. `input` is room for what is received, which links of one loop share.
  LoadLink(EventLoop& loop, std::vector<char>& input, Owner& owner) : loop_(loop), input_(input), owner_(owner) {}
  ~LoadLink() { close(); }
  LoadLink(const LoadLink&) = delete;
  LoadLink& operator=(const LoadLink&) = delete;

  static constexpr size_t input_size = size_t{64} << 10;

  // Begins to connect.
  void open(const ServerAddress& address);
  // Drops what was not sent.
  void close();
  bool is_open() const { return descriptor_ >= 0; }
  // Before the connection is made: what is sent as soon as it is.
  void send(std::string_view bytes);

 private:
  void on_ready(bool readable, bool writable, bool hung_up) override;
  void receive(bool to_the_end);
  void fail(std::string_view why);

  EventLoop& loop_;
  std::vector<char>& input_;
  Owner& owner_;
  int descriptor_ = -1;
  bool connecting_ = false;
  uint64_t opened_ = 0;  // so many times
  std::string unsent_;
};

}  // namespace redoubt
