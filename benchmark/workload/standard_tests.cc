#include "benchmark/workload/standard_tests.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace redoubt {
namespace {

constexpr std::string_view data = "\1";   // stands for the settings' data
constexpr std::string_view score = "\2";  // a random number where there is a key space, else 0
constexpr int mset_keys = 10;

struct Row {
  std::string_view name;
  std::string_view group;  // another name, for several
  std::string_view title;
  std::vector<std::string_view> args;  // none: an inline PING
  int copies = 1;                      // of all arguments but the first
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"ping_inline", "ping", "PING_INLINE", {}},
      {"ping_mbulk", "ping", "PING_MBULK", {"PING"}},
      {"set", "", "SET", {"SET", "key:__rand_int__", data}},
      {"get", "", "GET", {"GET", "key:__rand_int__"}},
      {"incr", "", "INCR", {"INCR", "counter:__rand_int__"}},
      {"lpush", "", "LPUSH", {"LPUSH", "mylist", data}},
      {"rpush", "", "RPUSH", {"RPUSH", "mylist", data}},
      {"lpop", "", "LPOP", {"LPOP", "mylist"}},
      {"rpop", "", "RPOP", {"RPOP", "mylist"}},
      {"sadd", "", "SADD", {"SADD", "myset", "element:__rand_int__"}},
      {"hset", "", "HSET", {"HSET", "myhash", "element:__rand_int__", data}},
      {"spop", "", "SPOP", {"SPOP", "myset"}},
      {"zadd", "", "ZADD", {"ZADD", "myzset", score, "element:__rand_int__"}},
      {"zpopmin", "", "ZPOPMIN", {"ZPOPMIN", "myzset"}},
      {"", "lrange", "LPUSH (needed to benchmark LRANGE)", {"LPUSH", "mylist", data}},
      {"lrange_100", "lrange", "LRANGE_100 (first 100 elements)", {"LRANGE", "mylist", "0", "99"}},
      {"lrange_300", "lrange", "LRANGE_300 (first 300 elements)", {"LRANGE", "mylist", "0", "299"}},
      {"lrange_500", "lrange", "LRANGE_500 (first 500 elements)", {"LRANGE", "mylist", "0", "499"}},
      {"lrange_600", "lrange", "LRANGE_600 (first 600 elements)", {"LRANGE", "mylist", "0", "599"}},
      {"mset", "", "MSET (10 keys)", {"MSET", "key:__rand_int__", data}, mset_keys},
      {"xadd", "", "XADD", {"XADD", "mystream", "*", "myfield", data}},
  };
  return table;
}

// As redis-benchmark has it: key:{tag}:__rand_int__, mylist:{tag}.
std::string tagged_key(std::string key) {
  const size_t number = std::min(key.find(":" + std::string(Request::place)), key.size());
  return key.insert(number, ":" + std::string(Request::tag_place));
}

Request request_of(const Row& row, const TestSettings& settings) {
  const bool has_keys = settings.keys.space() > 0;
  const bool has_places =
      !settings.values.is_plain() && std::find(row.args.begin(), row.args.end(), data) != row.args.end();
  if (row.args.empty()) return Request::inline_command("PING\r\n");
  std::vector<std::string> args = {std::string(row.args[0])};
  for (int copy = 0; copy < row.copies; ++copy) {
    for (size_t index = 1; index < row.args.size(); ++index) {
      const std::string_view arg = row.args[index];
      if (arg == data) {
        args.push_back(has_places ? "{data}" : std::string(settings.values.largest(), ValueChoice::filling));
      } else if (arg == score) {
        args.emplace_back(has_keys ? Request::place : std::string_view("0"));
      } else {
        args.push_back(settings.tagged && index == 1 ? tagged_key(std::string(arg)) : std::string(arg));
      }
    }
  }
  if (has_places) return Request(args, has_keys ? Request::Places::all : Request::Places::data, settings.tagged);
  return Request(args, has_keys ? Request::Places::keys : Request::Places::none, settings.tagged);
}

std::set<std::string, std::less<>> words_of(std::string_view list) {
  std::set<std::string, std::less<>> words;
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    std::string word(list.substr(0, end));
    for (char& letter : word) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    if (!word.empty()) words.insert(std::move(word));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

}  // namespace

Result<std::vector<StandardTest>> standard_tests(std::string_view names, const TestSettings& settings) {
  const auto words = words_of(names);
  for (const std::string& word : words) {
    const bool known = std::any_of(rows().begin(), rows().end(),
                                   [&word](const Row& row) { return row.name == word || row.group == word; });
    if (!known) return Error{"there is no test '" + word + "'; there are: " + standard_test_names()};
  }
  std::vector<StandardTest> tests;
  for (const Row& row : rows()) {
    // What has no name of its own is run when any of its group is.
    const bool wanted =
        words.empty() || words.contains(row.group) || words.contains(row.name) ||
        (row.name.empty() && std::any_of(rows().begin(), rows().end(), [&row, &words](const Row& other) {
           return other.group == row.group && words.contains(other.name);
         }));
    if (wanted)
      tests.push_back({std::string(row.title), Workload(request_of(row, settings), settings.keys, settings.values),
                       row.name.empty()});
  }
  return tests;
}

std::string standard_test_names() {
  std::string names;
  for (const Row& row : rows()) {
    if (row.name.empty()) continue;
    if (!names.empty()) names += ' ';
    names += row.name;
  }
  return names;
}

}  // namespace redoubt
