// Small sorted sets: a listpack of member, score, member, score, … in order. Scores are written as Redis writes them: as
// integers where they are integers of up to 2^62, else as text that reads back as the same number.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/encoding/listpack.h"
#include "server/types/sorted_set.h"

namespace redoubt {

class ScoreListpack {
 public:
  using Position = ListpackView::Position;

  explicit ScoreListpack(ListpackView pack) : pack_(pack) {}
  size_t size() const { return pack_.size() / 2; }

  Position find(std::string_view member) const;  // of the member; none when it is not there
  double score_of(Position member) const { return score_at(pack_.next(member)); }
  size_t rank_of(Position member) const;
  // How many members from the first on have before(score, bytes); which must hold for a first part of them only.
  template <typename F>
  size_t count_before(F&& before) const {
    char digits[max_integer_text];
    size_t count = 0;
    for (Position at = pack_.first(); at != ListpackView::none; ++count) {
      const Position score = pack_.next(at);
      if (!before(score_at(score), pack_.get(at).bytes(digits))) break;
      at = pack_.next(score);
    }
    return count;
  }
  // Calls f(member, score), which returns bool, for ranks [first, last).
  template <typename F>
  void walk(size_t first, size_t last, bool reverse, F&& f) const {
    if (first >= last) return;
    char digits[max_integer_text];
    Position at = pack_.seek(static_cast<int64_t>(2 * (reverse ? last - 1 : first)));
    for (size_t left = last - first; left > 0; --left) {
      const Position score = pack_.next(at);
      if (!f(pack_.get(at).bytes(digits), score_at(score))) return;
      if (left > 1) at = reverse ? pack_.previous(pack_.previous(at)) : pack_.next(score);
    }
  }

  // Puts a pair where it belongs; the member must not be there.
  static void insert(Listpack& pack, std::string_view member, double score);
  static void append(Listpack& pack, std::string_view member, double score);
  // How a score is written, as text; `digits` has room for max_short_double_text bytes.
  static std::string_view text_of(double score, char* digits);

 private:
  double score_at(Position score) const;

  ListpackView pack_;
};

}  // namespace redoubt
