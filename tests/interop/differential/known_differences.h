// Where Redoubt, as Redis 7.2, answers knowingly otherwise than the oracle's 7.0: the one place for them. Commands that the
// oracle lacks stand in the exclusions of command_rows.h; forms that it lacks (ZRANK WITHSCORE, HSCAN NOVALUES) are not drawn.
#pragma once

#include <span>
#include <string_view>

namespace redoubt {

// Encodings of one value, as OBJECT ENCODING names them.
struct KnownEncoding {
  std::string_view type;
  std::string_view ours;
  std::string_view theirs;
  std::string_view why;
};
std::span<const KnownEncoding> known_encodings();

// Whole replies (without their line end) of commands whose names begin so.
struct KnownReply {
  std::string_view command;  // upper case
  std::string_view ours;
  std::string_view theirs;
  std::string_view why;
};
std::span<const KnownReply> known_replies();

bool reply_is_known(std::string_view command, std::string_view ours, std::string_view theirs);
// Whether the encodings are the same, or known to differ.
bool encodings_agree(std::string_view type, std::string_view ours, std::string_view theirs);

}  // namespace redoubt
