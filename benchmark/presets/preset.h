// Published tables of figures, as workloads that measure the same again: what is sent, by how many clients, over which link, and
// what was published, where that is known. Immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

// How the load of a row goes to the server.
enum class PresetLink : uint8_t {
  given,  // as the command line says
  unix_socket,
  loopback,  // TCP on this machine
  delayed,   // TCP, by a link with a latency
};

struct PresetRow {
  std::string_view test;  // the name of a standard test; else commands in the syntax of --sequence
  std::string_view commands = {};
  std::string_view title = {};  // empty: that of the standard test
  bool only_fills = false;      // what another row reads; it was not published
  double published = 0;         // calls per second; 0: not known
  size_t pipeline = 0;          // 0: as the command line says
  PresetLink link = PresetLink::given;
  double latency_ms = 0;  // of a delayed link
};

struct Preset {
  std::string_view name;
  std::string_view what;
  std::string_view source;  // sentences
  std::vector<size_t> clients;
  uint64_t requests;  // for each row; 0: as many as fit into the duration
  double duration_seconds;
  uint64_t key_space;  // 0: one key
  std::vector<PresetRow> rows;

  // Rows say themselves by which link, and how many requests at a time.
  bool has_links() const;
};

const std::vector<Preset>& presets();
const Preset* find_preset(std::string_view name);
// With spaces between them.
std::string preset_names();
// What each of them is and where it is from, for people.
std::string preset_list();

}  // namespace redoubt
