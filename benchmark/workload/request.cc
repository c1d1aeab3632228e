#include "benchmark/workload/request.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/number.h"
#include "common/resp/request_writer.h"

namespace redoubt {
namespace {

constexpr std::string_view integer_place = "{int}";
constexpr std::string_view data_place = "{data}";
constexpr std::string_view line_end = "\r\n";

// Twelve digits, zeros in front.
void write_digits(char* to, uint64_t number) {
  for (char* at = to + Request::place.size(); at > to; number /= 100) {
    const auto two = static_cast<unsigned>(number % 100);
    *--at = static_cast<char>('0' + two % 10);
    *--at = static_cast<char>('0' + two / 10);
  }
}

char* append(char* to, std::string_view text) {
  memcpy(to, text.data(), text.size());
  return to + text.size();
}

bool has_varying_size(std::string_view arg) {
  return arg.find(integer_place) != arg.npos || arg.find(data_place) != arg.npos;
}

bool has_tag(std::string_view arg) { return arg.find(Request::tag_place) != arg.npos; }

// Of numbers, until one is of the node: more only if there are very few.
constexpr unsigned most_draws = 2 * slot_count;

}  // namespace

void RequestFiller::aim(bool with_number) {
  if (with_number) {
    const bool possible = slots_ == nullptr || slots_->has_number_below(keys_.space());
    for (unsigned draws = 0; draws < (possible ? most_draws : 1); ++draws) {
      number_ = key();
      const unsigned slot = slot_of_number(number_);
      if (slots_ != nullptr && !slots_->has(slot)) continue;
      tag_ = slot_tags()[slot];
      return;
    }
  }
  const uint64_t slot =
      slots_ == nullptr ? random_.below(slot_count) : slots_->all()[random_.below(slots_->all().size())];
  tag_ = slot_tags()[slot];
}

Request::Request(std::span<const std::string> args, Places places, bool tagged) {
  const bool may_vary = places == Places::all || places == Places::data;
  tagged = tagged && std::any_of(args.begin(), args.end(), has_tag);
  if (tagged || (may_vary && std::any_of(args.begin(), args.end(), has_varying_size))) {
    if (tagged) pieces_.push_back({Kind::aim});
    add_text("*" + std::to_string(args.size()) + "\r\n");
    for (const std::string& arg : args) add_argument(arg, places, tagged);
    return;
  }
  std::vector<std::string> same_size(args.begin(), args.end());
  for (std::string& arg : same_size) {
    if (places != Places::all) break;
    for (size_t at = 0; (at = arg.find(key_place, at)) != std::string::npos; at += place.size()) {
      arg.replace(at, key_place.size(), place);
    }
  }
  const std::vector<std::string_view> views(same_size.begin(), same_size.end());
  append_request(bytes_, views);
  if (places == Places::none || places == Places::data) return;
  for (size_t at = bytes_.find(place); at != std::string::npos; at = bytes_.find(place, at + place.size())) {
    places_.push_back(at);
  }
}

Request Request::inline_command(std::string line) {
  Request request;
  request.bytes_ = std::move(line);
  return request;
}

void Request::add_text(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().kind == Kind::text) {
    pieces_.back().second += text.size();
  } else {
    pieces_.push_back({Kind::text, bytes_.size(), text.size()});
  }
  bytes_ += text;
}

void Request::add_argument(std::string_view arg, Places places, bool tagged) {
  std::vector<std::pair<std::string_view, Kind>> known;
  if (places == Places::all || places == Places::data) known.emplace_back(data_place, Kind::data);
  if (places == Places::all || places == Places::keys) known.emplace_back(place, Kind::key);
  if (places == Places::all) {
    known.emplace_back(key_place, Kind::key);
    known.emplace_back(integer_place, Kind::integer);
  }
  if (tagged) known.emplace_back(tag_place, Kind::tag);
  // The request's number is one that stands in an argument with a tag: the first such.
  bool aims = tagged && has_tag(arg) && pieces_.front().first == 0;
  std::vector<std::pair<std::string_view, Kind>> parts;
  Piece length{Kind::length};
  size_t text_from = 0;
  const auto end_text = [&](size_t at) {
    if (at > text_from) parts.emplace_back(arg.substr(text_from, at - text_from), Kind::text);
    length.first += at - text_from;
  };
  for (size_t at = 0; at < arg.size();) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& one) { return arg.substr(at).starts_with(one.first); });
    if (found == known.end()) {
      ++at;
      continue;
    }
    end_text(at);
    parts.push_back(*found);
    if (found->second == Kind::key) {
      length.first += place.size();
      if (std::exchange(aims, false)) {
        parts.back().second = Kind::aimed_key;
        pieces_.front().first = 1;
      }
    } else if (found->second == Kind::tag) {
      length.first += tag_place.size();
    } else {
      ++length.second;
    }
    text_from = at += found->first.size();
  }
  end_text(arg.size());
  if (length.second == 0) {
    add_text("$" + std::to_string(length.first) + "\r\n");
  } else {
    pieces_.push_back(length);
  }
  for (const auto& [text, kind] : parts) {
    if (kind == Kind::text) {
      add_text(text);
    } else {
      pieces_.push_back({kind});
    }
  }
  add_text(line_end);
}

bool Request::needs_keys() const {
  return !places_.empty() || std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) {
    return piece.kind == Kind::key || piece.kind == Kind::aimed_key || piece.kind == Kind::integer;
  });
}

size_t Request::largest_size(const ValueChoice& values) const {
  size_t size = bytes_.size();
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Kind::text:
      case Kind::aim: break;
      case Kind::key:
      case Kind::aimed_key: size += place.size(); break;
      case Kind::tag: size += tag_place.size(); break;
      case Kind::integer: size += max_integer_text; break;
      case Kind::data: size += values.largest(); break;
      case Kind::length: size += 1 + max_integer_text + line_end.size(); break;
    }
  }
  return size;
}

char* Request::write_fixed(char* to, RequestFiller& filler) const {
  memcpy(to, bytes_.data(), bytes_.size());
  for (const size_t at : places_) write_digits(to + at, filler.key());
  return to + bytes_.size();
}

char* Request::write_pieces(char* to, RequestFiller& filler) const {
  std::vector<uint64_t>& drawn = filler.drawn();
  size_t next = 0;
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Kind::text: to = append(to, {bytes_.data() + piece.first, piece.second}); break;
      case Kind::key:
        write_digits(to, filler.key());
        to += place.size();
        break;
      case Kind::aim: filler.aim(piece.first != 0); break;
      case Kind::aimed_key:
        write_digits(to, filler.number());
        to += place.size();
        break;
      case Kind::tag: {
        const SlotTag tag = filler.tag();
        *to++ = '{';
        to = append(to, {tag.data(), tag.size()});
        *to++ = '}';
        break;
      }
      case Kind::integer: to += format_u64(to, drawn[next++]); break;
      case Kind::data:
        filler.write_value(to, drawn[next]);
        to += drawn[next++];
        break;
      case Kind::length: {
        size_t size = piece.first;
        drawn.clear();
        next = 0;
        for (const Piece* varying = &piece; drawn.size() < piece.second; ++varying) {
          if (varying->kind == Kind::integer) {
            drawn.push_back(filler.integer());
            size += count_digits(drawn.back());
          } else if (varying->kind == Kind::data) {
            drawn.push_back(filler.value_size());
            size += drawn.back();
          }
        }
        *to++ = '$';
        to += format_u64(to, size);
        to = append(to, line_end);
        break;
      }
    }
  }
  return to;
}

}  // namespace redoubt
