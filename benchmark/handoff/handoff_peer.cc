#include "benchmark/handoff/handoff_peer.h"

#include "benchmark/handoff/handoff_load.h"
#include "common/base/clock.h"

namespace redoubt {

void HandoffPeer::open() {
  greeting_left_ = plan_.greeting_replies;
  link_.open(plan_.address);
}

void HandoffPeer::link_made() {
  link_.send(plan_.greeting);
  if (greeting_left_ == 0) on_greeted();
}

void HandoffPeer::link_received(std::string_view bytes) {
  const int64_t now_ns = monotonic_ns();
  while (!bytes.empty()) {
    switch (parser_.parse(bytes)) {
      case ReplyParser::Progress::unfinished: break;
      case ReplyParser::Progress::failed: return on_failed(parser_.error());
      case ReplyParser::Progress::whole: {
        const Reply reply = parser_.take();
        if (greeting_left_ == 0) {
          on_reply(reply, now_ns);
        } else if (reply.is_error()) {
          return on_failed(reply.text);
        } else if (reply.kind != ReplyKind::push && --greeting_left_ == 0) {
          on_greeted();
        }
        break;
      }
    }
  }
  on_received();
}

}  // namespace redoubt
