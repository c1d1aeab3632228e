// Which node of a cluster serves which slots, out of the replies to CLUSTER SLOTS and CLUSTER NODES. What they say is not trusted:
// slots, ports, names and counts are checked. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/resp/reply_parser.h"

namespace redoubt {

struct SlotOwner {
  std::string id;  // or host:port, where nodes have none
  std::string host;
  int port = 0;
  std::vector<uint16_t> slots;  // ascending
};

struct SlotMap {
  std::vector<SlotOwner> masters;  // each has slots; in the order in which they are named
  unsigned unserved = 0;           // slots that no node serves
};

// Of the reply to CLUSTER SLOTS. A node without a host is where the request was sent to. Replicas are passed over. An error is a
// sentence: a slot that two nodes serve, or none that any serves, is one too.
Result<SlotMap> parse_slots(const Reply& reply, std::string_view host_asked);

// Masters in the order of CLUSTER NODES, also those without slots. Lines that cannot be read are passed over.
struct ListedMaster {
  std::string id;
  std::string address;  // host:port
};
std::vector<ListedMaster> listed_masters(std::string_view nodes);

}  // namespace redoubt
