// A cluster that a run measures: its masters, each a target of its own, and how a load is spread over them. Replicas are not used.
// On one thread, but for load_nodes().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchmark/load/load_nodes.h"
#include "benchmark/target.h"
#include "common/tool/output.h"

namespace redoubt {

struct SlotMap;

class Cluster {
 public:
  struct Node {
    std::string id;
    std::string host;
    Target target;
    size_t slots;  // when it was found
  };

  // Asks the target which masters there are, and tells them on `out` as redis-benchmark does. `endpoint`: where the
  // target is; nodes that do not know their own host have its. Errors are sentences, maybe several lines. `err` outlives it.
  static Result<std::unique_ptr<Cluster>> find(const Target& asked, const Endpoint& endpoint, Output& out, Output& err);

  // As they were found.
  const std::vector<Node>& nodes() const { return nodes_; }
  std::vector<Target> targets() const;
  // A link to each of them, in their order.
  Result<std::vector<BlockingLink>> connect() const;

  // For loads; asks the cluster anew where slots have moved. It is told once, until the next call of begin_test().
  LoadNodes& load_nodes() { return *load_nodes_; }
  void begin_test() { changed_told_ = failure_told_ = false; }

 private:
  Cluster(const Target& asked, Output& err) : asked_(asked), err_(err) {}
  static Result<SlotMap> ask(const Target& target, const std::string& host);
  Result<std::shared_ptr<const NodeTable>> table_of(SlotMap map);
  std::shared_ptr<const NodeTable> fetch(size_t number);
  void tell_nodes(Output& out) const;

  const Target asked_;
  Output& err_;
  std::vector<Node> nodes_;  // the index is the number; those that came later stand behind
  std::unique_ptr<LoadNodes> load_nodes_;
  bool changed_told_ = false;
  bool failure_told_ = false;
};

}  // namespace redoubt
