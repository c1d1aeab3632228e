// 128-bit integers, which the compilers have and the standard does not.
#pragma once

namespace redoubt {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

}  // namespace redoubt
