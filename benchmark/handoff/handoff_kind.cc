#include "benchmark/handoff/handoff_kind.h"

#include <initializer_list>
#include <span>

#include "common/resp/request_writer.h"

namespace redoubt {
namespace {

std::string request_of(std::initializer_list<std::string_view> words) {
  std::string bytes;
  append_request(bytes, std::span(words.begin(), words.size()));
  return bytes;
}

}  // namespace

std::string HandoffKind::name_of(size_t place) const {
  return (is_list() ? "redoubt-benchmark:list:" : "redoubt-benchmark:channel:") + mark_ + ":" + std::to_string(place);
}

std::string HandoffKind::ask(size_t receiver) const {
  const std::string name = name_of(receiver % places_);
  switch (form_) {
    case HandoffForm::list: return request_of({"BLPOP", name, "0"});
    case HandoffForm::channel: return request_of({"SUBSCRIBE", name});
    case HandoffForm::pattern: return request_of({"PSUBSCRIBE", "redoubt-benchmark:channel:" + mark_ + ":*"});
    case HandoffForm::sharded: break;
  }
  return request_of({"SSUBSCRIBE", name});
}

void HandoffKind::append_send(std::string& out, size_t place, std::string_view value) const {
  const std::string name = name_of(place);
  const std::string_view words[] = {is_list()                       ? "LPUSH"
                                    : form_ == HandoffForm::sharded ? "SPUBLISH"
                                                                    : "PUBLISH",
                                    name, value};
  append_request(out, words);
}

size_t HandoffKind::receivers_of(size_t place) const {
  if (is_list()) return 1;
  if (form_ == HandoffForm::pattern) return receivers_;
  return receivers_ / places_ + (place < receivers_ % places_ ? 1 : 0);
}

HandoffKind::Said HandoffKind::read(const Reply& reply, std::string_view& value) const {
  if (reply.kind != ReplyKind::array && reply.kind != ReplyKind::push) return Said::unknown;
  const auto& items = reply.items;
  if (is_list()) {
    if (reply.kind == ReplyKind::push) return Said::nothing;
    if (items.size() != 2 || items[1].kind != ReplyKind::bulk) return Said::unknown;
    value = items[1].text;
    return Said::value;
  }
  if (items.size() < 3) return reply.kind == ReplyKind::push ? Said::nothing : Said::unknown;
  const std::string_view what = items[0].text;
  if (what == "message" || what == "smessage" || (what == "pmessage" && items.size() > 3)) {
    value = items.back().text;
    return Said::value;
  }
  if (what == "subscribe" || what == "psubscribe" || what == "ssubscribe") return Said::ready;
  return reply.kind == ReplyKind::push ? Said::nothing : Said::unknown;
}

}  // namespace redoubt
