#include "server/types/score_listpack.h"

#include "common/base/number.h"

namespace redoubt {

namespace {

// A score as the listpack gets it: an integer, or text.
struct ScoreText {
  explicit ScoreText(double score) {
    constexpr double limit = 4611686018427387904.0;  // 2^62
    if (score >= -limit && score <= limit && static_cast<double>(static_cast<int64_t>(score)) == score) {
      integer = static_cast<int64_t>(score);
    } else {
      text = {buffer, format_double(buffer, score)};
    }
  }
  bool is_integer() const { return text.data() == nullptr; }

  char buffer[max_short_double_text];
  std::string_view text;
  int64_t integer = 0;
};

}  // namespace

ScoreListpack::Position ScoreListpack::find(std::string_view member) const {
  return pack_.find(member, pack_.first(), 1);
}

double ScoreListpack::score_at(Position score) const {
  const ListpackValue value = pack_.get(score);
  if (value.is_integer()) return static_cast<double>(value.integer);
  return parse_double(value.text).value_or(0);
}

size_t ScoreListpack::rank_of(Position member) const {
  size_t rank = 0;
  for (Position at = pack_.first(); at != member; at = pack_.next(pack_.next(at))) ++rank;
  return rank;
}

void ScoreListpack::insert(Listpack& pack, std::string_view member, double score) {
  const ScoreListpack pairs(pack);
  char digits[max_integer_text];
  Position at = pack.first();
  while (at != ListpackView::none) {
    const Position score_there = pack.next(at);
    const double there = pairs.score_at(score_there);
    if (there > score || (there == score && pack.get(at).bytes(digits) > member)) break;
    at = pack.next(score_there);
  }
  if (at == ListpackView::none) return append(pack, member, score);
  const ScoreText text(score);
  const Position after = pack.next(pack.insert(at, member));
  if (text.is_integer()) {
    pack.insert(after, text.integer);
  } else {
    pack.insert(after, text.text);
  }
}

void ScoreListpack::append(Listpack& pack, std::string_view member, double score) {
  const ScoreText text(score);
  pack.append(member);
  if (text.is_integer()) {
    pack.append(text.integer);
  } else {
    pack.append(text.text);
  }
}

std::string_view ScoreListpack::text_of(double score, char* digits) {
  const ScoreText text(score);
  return {digits, text.is_integer() ? format_i64(digits, text.integer) : format_double(digits, score)};
}

}  // namespace redoubt
