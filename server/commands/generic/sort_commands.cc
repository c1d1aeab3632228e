// SORT and SORT_RO.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "server/commands/generic/generic_commands.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/dispatch/store_result.h"
#include "server/dispatch/value_access.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

constexpr std::string_view not_scores = "ERR One or more scores can't be converted into double";

// Redis looks at patterns as strings of C.
std::string_view before_zero(std::string_view text) { return text.substr(0, text.find('\0')); }

// ---- patterns ------------------------------------------------------------------------------------

// What BY and GET name: "#", the element itself; a key with the element in place of its '*'; with "->field" behind it, a
// field of a hash.
class Pattern {
 public:
  explicit Pattern(std::string_view text) : is_element_(before_zero(text) == "#") {
    const size_t star = before_zero(text).find('*');
    if (star == std::string_view::npos) return;
    names_keys_ = true;
    prefix_ = text.substr(0, star);
    suffix_ = text.substr(star + 1);
    const size_t arrow = before_zero(suffix_).find("->");
    if (arrow == std::string_view::npos || arrow + 2 == before_zero(suffix_).size()) return;
    field_ = suffix_.substr(arrow + 2);
    suffix_ = suffix_.substr(0, arrow);
  }

  // The same for all elements, so that there is nothing to sort by.
  bool is_constant() const { return !names_keys_; }

  // What it names for this element, if there is such a thing. Good until the next call.
  std::optional<std::string_view> find(Database& db, std::string_view element) {
    if (is_element_) return element;
    if (!names_keys_) return std::nullopt;
    key_.assign(prefix_).append(element).append(suffix_);
    const Entry* entry = db.find_for_read(key_);
    if (entry == nullptr) return std::nullopt;
    if (!field_) return entry->type() == Type::string ? std::optional(entry->string(digits_)) : std::nullopt;
    if (entry->type() != Type::hash) return std::nullopt;
    const auto value = Hash(value_of(*entry), db.shared().types).get(*field_);
    return value ? std::optional(value->bytes(digits_)) : std::nullopt;
  }

 private:
  bool is_element_;
  bool names_keys_ = false;
  std::string_view prefix_, suffix_;
  std::optional<std::string_view> field_;
  std::string key_;
  char digits_[max_integer_text];
};

// ---- arguments -----------------------------------------------------------------------------------

struct SortOptions {
  bool descending = false;
  bool alpha = false;
  int64_t offset = 0;
  int64_t count = -1;
  std::optional<Pattern> by;
  bool unsorted = false;  // some BY named a constant
  std::vector<Pattern> get;
  std::optional<std::string_view> store;
};

// None: the error was answered.
std::optional<SortOptions> read_options(CommandContext& ctx, bool may_store) {
  SortOptions options;
  ArgumentReader in(ctx, 2);
  while (in.more()) {
    if (in.option("ASC")) {
      options.descending = false;
    } else if (in.option("DESC")) {
      options.descending = true;
    } else if (in.option("ALPHA")) {
      options.alpha = true;
    } else if (in.option("LIMIT", 2)) {
      options.offset = in.integer();
      options.count = in.integer();
    } else if (may_store && in.option("STORE", 1)) {
      options.store = in.word();
    } else if (in.option("BY", 1)) {
      options.unsorted = options.by.emplace(in.word()).is_constant() || options.unsorted;
    } else if (in.option("GET", 1)) {
      options.get.emplace_back(in.word());
    } else {
      in.fail(errors::syntax);
    }
  }
  if (in.ok()) return options;
  in.reply_error();
  return std::nullopt;
}

// ---- elements ------------------------------------------------------------------------------------

struct Element {
  std::string_view text;
  std::string_view by;  // what BY ... ALPHA compares; no data(): there is no such key
  double score = 0;
  size_t index = 0;
};

// As strtod reads a whole string of C: leading blanks and the empty text are fine.
std::optional<double> read_score(std::string_view text) {
  if (const auto integer = parse_i64(text)) return static_cast<double>(*integer);
  double score = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, score);
  if (error == std::errc() && stop == end && std::fpclassify(score) == FP_NORMAL) return score;
  const std::string copy(text);
  char* after = nullptr;
  errno = 0;
  score = strtod(copy.c_str(), &after);
  if (*after != '\0' || errno == ERANGE || std::isnan(score)) return std::nullopt;
  return score;
}

// The elements of one collection, to be put in order. All texts are copies with a zero byte behind them, which outlive
// whatever the look-ups of other keys do to this one's views.
class Elements {
 public:
  void add(std::string_view text) { elements_.push_back({keep(text), {}, 0, elements_.size()}); }
  size_t size() const { return elements_.size(); }
  const Element& operator[](size_t i) const { return elements_[i]; }

  // False: something is no number.
  bool find_scores(Database& db, std::optional<Pattern>& by, bool alpha) {
    bool numbers = true;
    for (Element& element : elements_) {
      const auto value = by ? by->find(db, element.text) : std::optional(element.text);
      if (!value) continue;
      if (alpha) {
        if (by) element.by = keep(*value);
        continue;
      }
      const auto score = read_score(*value);
      numbers = numbers && score.has_value();
      element.score = score.value_or(0);
    }
    return numbers;
  }

  // Puts the first `wanted` of the order to the front. Nothing here relies on the locale's order to be a sane one.
  template <typename Compare>
  void sort(size_t wanted, bool descending, Compare compare) {
    const auto before = [&](const Element& a, const Element& b) {
      const int order = compare(a, b);
      if (order != 0) return descending ? order > 0 : order < 0;
      return a.index < b.index;
    };
    if (wanted < size() / 8) {
      std::partial_sort(elements_.begin(), elements_.begin() + static_cast<ptrdiff_t>(wanted), elements_.end(), before);
    } else {
      std::stable_sort(elements_.begin(), elements_.end(), before);
    }
  }

 private:
  std::string_view keep(std::string_view text) {
    char* copy = static_cast<char*>(texts_.allocate(text.size() + 1, 1));
    text.copy(copy, text.size());
    copy[text.size()] = '\0';
    return {copy, text.size()};
  }
  std::pmr::monotonic_buffer_resource texts_;
  std::vector<Element> elements_;
};

int compare_scores(const Element& a, const Element& b) {
  if (a.score != b.score) return a.score < b.score ? -1 : 1;
  return a.text.compare(b.text);
}

int compare_by(const Element& a, const Element& b, bool binary) {
  const bool has_a = a.by.data() != nullptr, has_b = b.by.data() != nullptr;
  if (!has_a || !has_b) return static_cast<int>(has_a) - static_cast<int>(has_b);
  return binary ? a.by.compare(b.by) : strcoll(a.by.data(), b.by.data());
}

int compare_texts(const Element& a, const Element& b, bool binary) {
  return binary ? a.text.compare(b.text) : strcoll(a.text.data(), b.text.data());
}

// ---- the command ---------------------------------------------------------------------------------

// A part of so many elements: what LIMIT leaves.
struct Slice {
  size_t first = 0;
  size_t count = 0;
};

Slice slice_of(const SortOptions& options, size_t size) {
  const auto length = static_cast<int64_t>(size);
  const int64_t first = std::clamp<int64_t>(options.offset, 0, length);
  const int64_t left = length - first;
  const int64_t count = options.count < 0 ? left : std::min(options.count, left);
  return {static_cast<size_t>(first), static_cast<size_t>(count)};
}

class Sorter {
 public:
  Sorter(CommandContext& ctx, SortOptions& options) : ctx_(ctx), options_(options), sorting_(!options.unsorted) {}

  // False when the key holds something else.
  bool load(const Entry* entry) {
    if (entry == nullptr) return true;
    const ObjectValue value = value_of(*entry);
    const TypeSettings& settings = ctx_.db.shared().types;
    switch (entry->type()) {
      case Type::list: load_list(List(value, settings)); return true;
      case Type::set: load_set(Set(value, settings)); return true;
      case Type::zset: load_sorted_set(SortedSet(value, settings)); return true;
      default: return false;
    }
  }

  // False when there are no numbers to sort by.
  bool sort() {
    if (!sorting_) return true;
    if (!elements_.find_scores(ctx_.db, options_.by, options_.alpha)) return false;
    const size_t wanted = slice_.first + slice_.count;
    const bool binary = options_.store.has_value();
    if (!options_.alpha) {
      elements_.sort(wanted, options_.descending, compare_scores);
    } else if (options_.by) {
      elements_.sort(wanted, options_.descending, [&](const Element& a, const Element& b) {
        const int order = compare_by(a, b, binary);
        return order == 0 && from_set_ && binary ? a.text.compare(b.text) : order;
      });
    } else {
      elements_.sort(wanted, options_.descending,
                     [&](const Element& a, const Element& b) { return compare_texts(a, b, binary); });
    }
    return true;
  }

  void reply() {
    ctx_.reply.array(result_size());
    each_result([&](std::optional<std::string_view> value) {
      if (value) {
        ctx_.reply.bulk(*value);
      } else {
        ctx_.reply.null();
      }
    });
  }

  void store(std::string_view key) {
    const TypeSettings& settings = ctx_.db.shared().types;
    List list(List::make(settings), settings);
    each_result([&](std::optional<std::string_view> value) {
      const std::string_view text = value.value_or("");
      list.push(ListEnd::tail, {&text, 1});
    });
    list.choose_encoding();
    const size_t size = list.size();
    store_result(ctx_, key, Type::list, list.value(), size, EventClass::list, "sortstore", size);
  }

 private:
  size_t result_size() const { return slice_.count * std::max<size_t>(options_.get.size(), 1); }

  void load_list(const List& list) {
    slice_ = slice_of(options_, list.size());
    if (sorting_) return list.for_each([&](const ListpackValue& value) { add(value); });
    using Direction = ListReader::Direction;
    const bool backwards = options_.descending;
    const size_t first = backwards ? list.size() - 1 - slice_.first : slice_.first;
    ListReader reader(list, first, slice_.count, backwards ? Direction::backwards : Direction::forwards);
    for (ListpackValue value; reader.next(value);) add(value);
    slice_.first = 0;
  }

  // The order of a set means nothing: a result that is kept must not depend on it.
  void load_set(const Set& set) {
    from_set_ = true;
    slice_ = slice_of(options_, set.size());
    if (!sorting_ && options_.store) {
      sorting_ = options_.alpha = true;
      options_.by.reset();
    }
    set.for_each([&](std::string_view member) { elements_.add(member); });
  }

  void load_sorted_set(const SortedSet& set) {
    slice_ = slice_of(options_, set.size());
    const auto take = [&](std::string_view member, double) { elements_.add(member); };
    if (sorting_) return set.for_each(take);
    const RankRange all{0, set.size()};
    set.for_range(all.limited(slice_.first, slice_.count, options_.descending), options_.descending, take);
    slice_.first = 0;
  }

  void add(const ListpackValue& value) {
    char digits[max_integer_text];
    elements_.add(value.bytes(digits));
  }

  // Calls f with each value of the result; nothing for one that does not exist.
  template <typename F>
  void each_result(F&& f) {
    for (size_t i = slice_.first; i < slice_.first + slice_.count; ++i) {
      if (options_.get.empty()) f(std::optional(elements_[i].text));
      for (Pattern& pattern : options_.get) f(pattern.find(ctx_.db, elements_[i].text));
    }
  }

  CommandContext& ctx_;
  SortOptions& options_;
  bool from_set_ = false;
  bool sorting_;
  Slice slice_;
  Elements elements_;
};

void sort_with(CommandContext& ctx, bool may_store) {
  auto options = read_options(ctx, may_store);
  if (!options) return;
  Sorter sorter(ctx, *options);
  if (!sorter.load(ctx.db.find_for_read(ctx.arg(1)))) return ctx.reply.error(errors::wrong_type);
  if (!sorter.sort()) return ctx.reply.error(not_scores);
  if (options->store) return sorter.store(*options->store);
  sorter.reply();
}

void sort(CommandContext& ctx) { sort_with(ctx, true); }
void sort_ro(CommandContext& ctx) { sort_with(ctx, false); }

}  // namespace

void register_sort_commands(CommandTable& table) {
  table.handle("sort", sort);
  table.handle("sort_ro", sort_ro);
}

}  // namespace redoubt
