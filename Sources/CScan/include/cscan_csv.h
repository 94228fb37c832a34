// The records and fields of comma-separated text, 64 bytes at a time.
#ifndef OMETSUKE_CSCAN_CSV_H
#define OMETSUKE_CSCAN_CSV_H
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// One bit for each of 64 bytes: whether it is `a`.
static inline uint64_t cscan_mask64(const uint8_t *p, uint8_t a) {
  uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i va = _mm_set1_epi8((char)a);
  for (int k = 0; k < 4; k++) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * k));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, va)) << (16 * k);
  }
#else
  for (int k = 0; k < 64; k++) mask |= (uint64_t)(p[k] == a) << k;
#endif
  return mask;
}

/// For each bit whether the number of bits up to it is odd: set from an opening quote up to the byte
/// before the closing one.
static inline uint64_t cscan_prefix_parity(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

/// The bits of those of 64 bytes at `at` that are before `n`.
static inline uint64_t cscan_valid64(size_t at, size_t n) {
  return n - at < 64 ? ((uint64_t)1 << (n - at)) - 1 : ~(uint64_t)0;
}

/// Where a doubled quote was first and last seen, as the place of its second half; first > last: none.
typedef struct {
  uint32_t first;
  uint32_t last;
} cscan_doubled;

/// Room that `cscan_csv_commas` wants beyond the commas asked for.
#define CSCAN_CSV_SLACK 64

/// What one block of 64 bytes leaves to the next.
typedef struct {
  uint64_t before;
  uint64_t closed;
  uint64_t wrong;
} cscan_csv_state;

/// The commas outside of quotes of the block at `at`; `quotes` and `ends` are its quotes and commas,
/// `inside` its bytes within quotes.
static inline uint64_t cscan_csv_block(cscan_csv_state *state, uint64_t quotes, uint64_t ends,
                                       uint64_t valid, uint64_t inside, size_t at,
                                       cscan_doubled *doubled) {
  ends &= ~inside;
  const uint64_t opening = quotes & inside, closing = quotes & ~inside;
  const uint64_t behind = (closing << 1) | state->closed, starts = (ends << 1) | state->before;
  state->wrong |= opening & ~(starts | behind);
  state->wrong |= behind & valid & ~(ends | opening);
  const uint64_t twice = opening & behind;
  if (twice) {
    if (doubled->first == UINT32_MAX) doubled->first = (uint32_t)at + (uint32_t)__builtin_ctzll(twice);
    doubled->last = (uint32_t)at + 63 - (uint32_t)__builtin_clzll(twice);
  }
  state->closed = closing >> 63;
  state->before = ends >> 63;
  return ends;
}

/// The same on any processor.
static inline int cscan_csv_commas_plain(const uint8_t *p, size_t n, uint32_t *commas, int most,
                                         cscan_doubled *doubled) {
  cscan_csv_state state = {1, 0, 0};
  uint64_t carry = 0;
  int found = 0;
  doubled->first = UINT32_MAX;
  doubled->last = 0;
  for (size_t at = 0; at < n; at += 64) {
    const uint64_t valid = cscan_valid64(at, n), quotes = cscan_mask64(p + at, 0x22) & valid;
    const uint64_t inside = cscan_prefix_parity(quotes) ^ carry;
    carry = 0 - (inside >> 63);
    uint64_t ends = cscan_mask64(p + at, 0x2C) & valid;
    ends = cscan_csv_block(&state, quotes, ends, valid, inside, at, doubled);
    while (ends) {
      commas[found++] = (uint32_t)at + (uint32_t)__builtin_ctzll(ends);
      ends &= ends - 1;
    }
    if (found > most) return -1;
  }
  return state.wrong || carry ? -1 : found;
}

/// Writes the places of the commas outside of double quotes; returns their number, or -1 when there
/// are more than `most` or a quote stands where RFC 4180 does not want one: opening within a field,
/// closing before its end, or never closing. `n` < 2^32. Reads up to 64 bytes past the end.
int cscan_csv_commas(const uint8_t *p, size_t n, uint32_t *commas, int most, cscan_doubled *doubled);

/// What `cscan_csv_records` found: how many records, where the last of them ends, and their line ends.
typedef struct {
  size_t count;
  size_t end;
  size_t lines;
} cscan_records;

/// Takes the line ends of one block; 0: the record at hand is one for a closer look.
static inline int cscan_records_block(cscan_records *found, const uint8_t *p, size_t n, size_t at,
                                      uint64_t lines, uint64_t inside, size_t longest, int timed,
                                      uint32_t *starts, size_t most, size_t *pending) {
  while (lines) {
    const size_t next = at + (size_t)__builtin_ctzll(lines) + 1;
    const int isInside = (int)(inside >> (next - 1 - at)) & 1;
    lines &= lines - 1;
    *pending += 1;
    if (isInside) {
      // A line that may start with a time, or of which nothing is known.
      if (timed && (next >= n || (uint8_t)(p[next] - 0x30) < 10 || p[next] == 0x22)) return 0;
      continue;
    }
    if (next - found->end > longest || found->count >= most) return 0;
    starts[found->count++] = (uint32_t)found->end;
    found->end = next;
    found->lines += *pending;
    *pending = 0;
  }
  return 1;
}

/// The same on any processor.
static inline cscan_records cscan_csv_records_plain(const uint8_t *p, size_t n, size_t longest,
                                                    int timed, uint32_t *starts, size_t most) {
  cscan_records found = {0, 0, 0};
  uint64_t carry = 0;
  size_t pending = 0;
  for (size_t at = 0; at < n; at += 64) {
    const uint64_t valid = cscan_valid64(at, n);
    const uint64_t inside = cscan_prefix_parity(cscan_mask64(p + at, 0x22) & valid) ^ carry;
    const uint64_t lines = cscan_mask64(p + at, 0x0A) & valid;
    carry = 0 - (inside >> 63);
    if (lines && !cscan_records_block(&found, p, n, at, lines, inside, longest, timed, starts, most, &pending))
      break;
  }
  return found;
}

/// Writes where records start that each end at an LF outside double quotes, one after the other from
/// `p` on, up to the first that does not end in the bytes at hand, is longer than `longest`, or has a
/// line within quotes that may start with a time (`timed`). Writes `most` at most. `n` < 2^32. Reads
/// up to 64 bytes past the end.
cscan_records cscan_csv_records(const uint8_t *p, size_t n, size_t longest, int timed,
                                uint32_t *starts, size_t most);
#endif
