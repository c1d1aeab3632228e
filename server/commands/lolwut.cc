// LOLWUT draws a redoubt by night, another one each time: a wall with towers of random heights, windows of which some are
// lit, a sky with stars and a moon, and a moat that mirrors the wall.
#include <algorithm>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "server/commands/server_commands.h"
#include "server/config/version.h"
#include "server/dispatch/argument_reader.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

constexpr int default_columns = 66;
constexpr int default_rows = 18;
constexpr int max_columns = 160;
constexpr int max_rows = 80;

class Canvas {
 public:
  Canvas(int columns, int rows)
      : columns_(columns), lines_(static_cast<size_t>(rows), std::string(static_cast<size_t>(columns), ' ')) {}
  int columns() const { return columns_; }
  int rows() const { return static_cast<int>(lines_.size()); }
  char& at(int x, int y) { return lines_[static_cast<size_t>(y)][static_cast<size_t>(x)]; }
  void put(int x, int y, char c) {
    if (x >= 0 && x < columns_ && y >= 0 && y < rows()) at(x, y) = c;
  }
  std::string text() const {
    std::string out;
    for (const std::string& line : lines_) out.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
    return out;
  }

 private:
  int columns_;
  std::vector<std::string> lines_;
};

int below(Random& random, int bound) {
  return bound <= 0 ? 0 : static_cast<int>(random.below(static_cast<uint64_t>(bound)));
}

void draw_sky(Canvas& canvas, Random& random, int horizon) {
  static constexpr char stars[] = {'.', '.', '.', '*', '+', '\''};
  const int count = canvas.columns() * horizon / 24;
  for (int i = 0; i < count; ++i) {
    canvas.put(below(random, canvas.columns()), below(random, horizon), stars[below(random, std::size(stars))]);
  }
  static constexpr const char* moon[] = {" _ ", "( \\", " `-'"};
  const int x = below(random, canvas.columns() - 4);
  for (int row = 0; row < 3; ++row) {
    for (int i = 0; moon[row][i] != '\0'; ++i) {
      if (row < horizon) canvas.put(x + i, row, moon[row][i]);
    }
  }
}

// From `ground` up, with battlements on top.
void draw_block(Canvas& canvas, Random& random, int left, int width, int top, int ground) {
  for (int x = left; x < left + width; ++x) {
    canvas.put(x, top, (x - left) % 2 == 0 ? '#' : ' ');
    for (int y = top + 1; y < ground; ++y) {
      const bool edge = x == left || x == left + width - 1;
      canvas.put(x, y, edge ? '|' : '#');
    }
  }
  for (int y = top + 2; y < ground - 1; y += 2) {
    for (int x = left + 2; x < left + width - 2; x += 3) {
      if (below(random, 4) == 0) canvas.put(x, y, below(random, 3) == 0 ? 'o' : ' ');
    }
  }
}

void draw_gate(Canvas& canvas, int middle, int ground) {
  for (int y = ground - 3; y < ground; ++y) {
    for (int x = middle - 2; x <= middle + 2; ++x) canvas.put(x, y, y == ground - 3 ? '=' : '+');
  }
}

// What stands above the water stands below it again, blurred.
void draw_moat(Canvas& canvas, Random& random, int ground) {
  for (int y = ground; y < canvas.rows(); ++y) {
    const int mirrored = 2 * ground - 1 - y;
    for (int x = 0; x < canvas.columns(); ++x) {
      const bool solid = mirrored >= 0 && canvas.at(x, mirrored) != ' ';
      canvas.put(x, y, below(random, 3) == 0 ? ' ' : (solid ? '~' : '-'));
    }
  }
}

}  // namespace

std::string draw_redoubt(Random& random, int columns, int rows) {
  Canvas canvas(columns, rows);
  const int ground = std::max(1, rows - rows / 5);
  const int wall_top = ground - std::max(1, ground / 3);
  draw_sky(canvas, random, wall_top);
  const int margin = columns / 10;
  draw_block(canvas, random, margin, columns - 2 * margin, wall_top, ground);
  for (int left = margin; left + 5 <= columns - margin;) {
    const int width = 5 + 2 * below(random, 3);
    const int top = below(random, std::max(1, wall_top));
    draw_block(canvas, random, left, std::min(width, columns - margin - left), top, ground);
    left += width + 2 + below(random, std::max(1, columns / 5));
  }
  draw_gate(canvas, columns / 2, ground);
  draw_moat(canvas, random, ground);
  return canvas.text();
}

// LOLWUT [VERSION version [columns [rows]]]: versions choose among pictures elsewhere; we have one for all.
void lolwut_command(CommandContext& ctx) {
  int columns = default_columns;
  int rows = default_rows;
  ArgumentReader in(ctx, 1);
  if (in.option("VERSION", 1)) {
    in.integer();
    if (in.more()) columns = static_cast<int>(std::clamp<int64_t>(in.integer(), 1, max_columns));
    if (in.more()) rows = static_cast<int>(std::clamp<int64_t>(in.integer(), 1, max_rows));
  }
  if (!in.ok()) return in.reply_error();
  std::string picture = draw_redoubt(ctx.server.keyspace.shared().random, columns, rows);
  picture.append("\nA redoubt by night. Redoubt ").append(REDOUBT_VERSION);
  picture.append(", Redis ver. ").append(redis_version).append("\n");
  ctx.reply.verbatim(picture, "txt");
}

}  // namespace redoubt
