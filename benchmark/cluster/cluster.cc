#include "benchmark/cluster/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "benchmark/cluster/slot_map.h"

namespace redoubt {
namespace {

// When slots have moved, and one does not answer.
constexpr size_t most_asked = 3;

std::string address_of(const SlotOwner& owner) { return Endpoint{owner.host, owner.port, {}}.text(); }

// As CLUSTER NODES has them, so that they have the numbers that redis-benchmark gives them.
void sort_as_listed(SlotMap& map, const std::vector<ListedMaster>& listed) {
  const auto place = [&listed](const SlotOwner& owner) {
    return std::find_if(listed.begin(), listed.end(),
                        [&owner](const ListedMaster& one) { return one.id == owner.id; }) -
           listed.begin();
  };
  std::stable_sort(map.masters.begin(), map.masters.end(),
                   [&place](const SlotOwner& a, const SlotOwner& b) { return place(a) < place(b); });
}

}  // namespace

// What the target answers. An error names it.
Result<SlotMap> Cluster::ask(const Target& target, const std::string& host) {
  const auto failed = [&target](const std::string& why) {
    return Error{fmt::format("{}\nFailed to fetch cluster configuration from {}", why, target.name)};
  };
  Result<BlockingLink> link = target.connect();
  if (!link) return link.error();
  const Result<Reply> slots = link->call({"CLUSTER", "SLOTS"});
  if (!slots) return failed(slots.error().text);
  if (slots->is_error()) {
    return failed(fmt::format("Cluster node {} replied with error:\n{}", target.name, slots->text));
  }
  Result<SlotMap> map = parse_slots(*slots, host);
  if (!map)
    return failed(fmt::format("Cluster node {} tells no slots that can be used: {}", target.name, map.error().text));
  return map;
}

// Nodes that are new are looked up. It has those which serve slots.
Result<std::shared_ptr<const NodeTable>> Cluster::table_of(SlotMap map) {
  std::vector<std::pair<size_t, SlotOwner*>> numbered;
  for (SlotOwner& owner : map.masters) {
    const std::string name = address_of(owner);
    size_t number = 0;
    while (number < nodes_.size() && nodes_[number].target.name != name) ++number;
    if (number == nodes_.size()) {
      const Result<ServerAddress> address = resolve({owner.host, owner.port, {}});
      if (!address) return Error{fmt::format("Could not connect to Redis at {}: {}", name, address.error().text)};
      Target target = asked_;
      target.name = name;
      target.address = *address;
      nodes_.push_back({owner.id, owner.host, std::move(target), owner.slots.size()});
    }
    numbered.emplace_back(number, &owner);
  }
  std::sort(numbered.begin(), numbered.end());
  NodeTable table;
  for (const auto& [number, owner] : numbered) {
    if (!table.empty() && table.back().number == number) {
      return Error{fmt::format("two nodes are said to be at {}", nodes_[number].target.name)};
    }
    const Target& target = nodes_[number].target;
    table.push_back({number, target.name, target.address, NodeSlots(std::move(owner->slots))});
  }
  return std::make_shared<const NodeTable>(std::move(table));
}

std::shared_ptr<const NodeTable> Cluster::fetch(size_t number) {
  std::string why;
  for (size_t count = 0; count < std::min(most_asked, nodes_.size()); ++count) {
    const Node& node = nodes_[(number + count) % nodes_.size()];
    Result<SlotMap> map = ask(node.target, node.host);
    const auto table = map ? table_of(std::move(*map)) : map.error();
    if (!table) {
      why = table.error().text;
      continue;
    }
    if (!same_nodes(**table, *load_nodes_->table()) && !std::exchange(changed_told_, true)) {
      err_.write("WARNING: Cluster slots configuration changed, fetching new one...\n");
      err_.flush();
    }
    return *table;
  }
  if (!std::exchange(failure_told_, true)) err_.print("WARNING: {}\n", why);
  return nullptr;
}

void Cluster::tell_nodes(Output& out) const {
  out.print("Cluster has {} master nodes:\n\n", nodes_.size());
  size_t number = 0;
  for (const Node& node : nodes_) {
    out.print("Master {}: {}{}\n", number++, node.id == node.target.name ? "" : node.id + " ", node.target.name);
  }
  out.write("\n");
  out.flush();
}

Result<std::unique_ptr<Cluster>> Cluster::find(const Target& asked, const Endpoint& endpoint, Output& out,
                                               Output& err) {
  std::unique_ptr<Cluster> cluster(new Cluster(asked, err));
  // Who is asked by a unix socket is on this machine.
  Result<SlotMap> map = ask(asked, endpoint.path.empty() ? endpoint.host : Endpoint().host);
  if (!map) return map.error();
  Result<BlockingLink> link = asked.connect();
  if (!link) return link.error();
  const Result<Reply> nodes = link->call({"CLUSTER", "NODES"});
  const auto listed = nodes && !nodes->is_error() ? listed_masters(nodes->text) : std::vector<ListedMaster>();
  sort_as_listed(*map, listed);
  for (const ListedMaster& one : listed) {
    const bool serves = std::any_of(map->masters.begin(), map->masters.end(),
                                    [&one](const SlotOwner& owner) { return owner.id == one.id; });
    if (!serves) err.print("WARNING: Master node {} has no slots, skipping...\n", one.address);
  }
  if (map->unserved > 0) err.print("WARNING: {} slots of the cluster are served by no node\n", map->unserved);
  err.flush();
  auto table = cluster->table_of(std::move(*map));
  if (!table) return table.error();
  cluster->load_nodes_ = std::make_unique<LoadNodes>(
      std::move(*table), [self = cluster.get()](size_t number) { return self->fetch(number); });
  cluster->tell_nodes(out);
  return cluster;
}

std::vector<Target> Cluster::targets() const {
  std::vector<Target> targets;
  for (const Node& node : nodes_) targets.push_back(node.target);
  return targets;
}

Result<std::vector<BlockingLink>> Cluster::connect() const {
  std::vector<BlockingLink> links;
  for (const Node& node : nodes_) {
    Result<BlockingLink> link = node.target.connect();
    if (!link) return link.error();
    links.push_back(std::move(*link));
  }
  return links;
}

}  // namespace redoubt
