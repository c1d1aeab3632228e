// The nodes of a cluster that a load is spread over: which there are now, and their slots. The threads of the load take what is
// there, and say when some node knows better; the thread that watches the load then has it asked for anew. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/workload/slot_tags.h"
#include "common/net/connect.h"

namespace redoubt {

struct LoadNode {
  size_t number;  // the same for a node as long as the run goes on
  std::string name;
  ServerAddress address;
  NodeSlots slots;
};

// By number; one at least. A load's client number n belongs to node n modulo their count.
using NodeTable = std::vector<LoadNode>;
bool same_nodes(const NodeTable& one, const NodeTable& other);

// "MOVED" or "ASK" when that is the first word of an error reply: the slot is not, or not wholly, the node's own. Else empty.
std::string_view redirection_of(std::string_view error);

class LoadNodes {
 public:
  // Asks this node, by its number, or others if it does not answer; null: it cannot be had now.
  using Fetch = std::function<std::shared_ptr<const NodeTable>(size_t number)>;

  // `first` is not null. Without `fetch` it stays for ever.
  explicit LoadNodes(std::shared_ptr<const NodeTable> first, Fetch fetch = nullptr)
      : table_(std::move(first)), fetch_(std::move(fetch)) {}

  std::shared_ptr<const NodeTable> table() const;
  // Another one after each change of the table.
  uint64_t version() const { return version_.load(std::memory_order_relaxed); }
  // This node has said that a slot is not its own, or that it knows no owner.
  void doubt(size_t number) { doubted_.store(number + 1, std::memory_order_relaxed); }
  // Fetches the table if it is in doubt, not too often. Waits for the answer. By one thread.
  void look();

 private:
  mutable std::mutex mutex_;  // of table_
  std::shared_ptr<const NodeTable> table_;
  std::atomic<uint64_t> version_ = 1;
  std::atomic<size_t> doubted_ = 0;  // number of the node and 1; 0: no doubt
  Fetch fetch_;
  int64_t pause_ns_ = 0;
  int64_t next_ns_ = 0;
};

}  // namespace redoubt
