// LZF, the compression of Redis's formats (nodes of quicklists, strings in snapshots): packed by liblzf, unpacked here. Packed bytes do not
// tell how long the original was; whoever keeps them keeps that too. Thread-safe: no state; compressing takes 512 KiB of
// stack at most.
#pragma once

#include <cstddef>
#include <string_view>

namespace redoubt {

// Compresses `bytes` into at most `room` bytes at `out`. Returns how many bytes it wrote; 0: it does not fit (or there
// is too little to compress, less than 4 bytes), and what `out` holds is undefined. Give less room than bytes.size() to
// compress only what gets smaller.
size_t lzf_compress(std::string_view bytes, char* out, size_t room);

// Writes the original of `compressed` to `out`. False unless it is well-formed and makes exactly `size` bytes. Never
// reads or writes beyond either, whatever the bytes are.
[[nodiscard]] bool lzf_decompress(std::string_view compressed, char* out, size_t size);

}  // namespace redoubt
