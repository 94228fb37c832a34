// The fields of comma-separated records, 64 bytes at a time.
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

/// Where a doubled quote was first and last seen, as the place of its second half; first > last: none.
typedef struct {
  uint32_t first;
  uint32_t last;
} cscan_doubled;

/// Room that `cscan_csv_commas` wants beyond the commas asked for.
#define CSCAN_CSV_SLACK 64

/// Writes the places of the commas outside of double quotes; returns their number, or -1 when there
/// are more than `most` or a quote stands where RFC 4180 does not want one: opening within a field,
/// closing before its end, or never closing. `n` < 2^32. Reads up to 64 bytes past the end.
static inline int cscan_csv_commas(const uint8_t *p, size_t n, uint32_t *commas, int most,
                                   cscan_doubled *doubled) {
  uint64_t carry = 0, before = 1, closed = 0, wrong = 0;
  int found = 0;
  doubled->first = UINT32_MAX;
  doubled->last = 0;
  for (size_t at = 0; at < n; at += 64) {
    uint64_t quotes = cscan_mask64(p + at, 0x22), ends = cscan_mask64(p + at, 0x2C), valid = ~(uint64_t)0;
    if (n - at < 64) valid = ((uint64_t)1 << (n - at)) - 1;
    quotes &= valid;
    ends &= valid;
    // Set from an opening quote up to the byte before the closing one.
    uint64_t inside = quotes;
    inside ^= inside << 1;
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= inside << 16;
    inside ^= inside << 32;
    inside ^= carry;
    carry = 0 - (inside >> 63);
    ends &= ~inside;
    const uint64_t opening = quotes & inside, closing = quotes & ~inside;
    const uint64_t behind = (closing << 1) | closed, starts = (ends << 1) | before;
    wrong |= opening & ~(starts | behind);
    wrong |= behind & valid & ~(ends | opening);
    const uint64_t twice = opening & behind;
    if (twice) {
      if (doubled->first == UINT32_MAX) doubled->first = (uint32_t)at + (uint32_t)__builtin_ctzll(twice);
      doubled->last = (uint32_t)at + 63 - (uint32_t)__builtin_clzll(twice);
    }
    closed = closing >> 63;
    before = ends >> 63;
    while (ends) {
      commas[found++] = (uint32_t)at + (uint32_t)__builtin_ctzll(ends);
      ends &= ends - 1;
    }
    if (found > most) return -1;
  }
  return wrong || carry ? -1 : found;
}
#endif
