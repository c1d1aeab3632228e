// The ways to hand a value from one client to another through a server: lists that somebody waits for, and channels. What is sent,
// what is asked for, and where in a reply the value stands. Immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/resp/reply_parser.h"

namespace redoubt {

enum class HandoffForm : uint8_t {
  list,     // LPUSH; BLPOP, again for each value. One of those who wait has it
  channel,  // PUBLISH; SUBSCRIBE. All have it
  pattern,  // PUBLISH; PSUBSCRIBE to all channels together
  sharded,  // SPUBLISH; SSUBSCRIBE
};

class HandoffKind {
 public:
  // `mark`: of the run; part of the names of its lists or channels, so that nobody else's are met.
  HandoffKind(HandoffForm form, size_t places, size_t receivers, std::string mark)
      : form_(form), places_(places), receivers_(receivers), mark_(std::move(mark)) {}

  HandoffForm form() const { return form_; }
  bool is_list() const { return form_ == HandoffForm::list; }
  size_t places() const { return places_; }
  std::string name_of(size_t place) const;
  // What a receiver sends first; for lists, after each value again.
  std::string ask(size_t receiver) const;
  // Appends the request that sends `value`.
  void append_send(std::string& out, size_t place, std::string_view value) const;
  // How many receivers have what is sent there.
  size_t receivers_of(size_t place) const;

  enum class Said : uint8_t { value, ready, nothing, unknown };
  // `value` is set for a value, and points into the reply.
  Said read(const Reply& reply, std::string_view& value) const;

 private:
  HandoffForm form_;
  size_t places_;
  size_t receivers_;
  std::string mark_;
};

}  // namespace redoubt
