// Short runs of bytes: hashes and equality for look-ups, and where the parts of a path stand.
#ifndef OMETSUKE_CSCAN_RUNS_H
#define OMETSUKE_CSCAN_RUNS_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline uint64_t cscan_run_word(const uint8_t *p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}

static inline uint64_t cscan_run_fold(uint64_t a, uint64_t b) {
  const __uint128_t m = (__uint128_t)a * b;
  return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/// The first `n` < 8 bytes of `v`.
static inline uint64_t cscan_run_part(uint64_t v, size_t n) { return v & (((uint64_t)1 << (8 * n)) - 1); }

/// A hash for look-ups within one process, unkeyed. Reads up to 16 bytes past the end.
static inline uint64_t cscan_run_hash(const uint8_t *p, size_t n) {
  const uint64_t k0 = 0xA0761D6478BD642FULL, k1 = 0xE7037ED1A0B428DBULL;
  uint64_t h = k0 ^ n;
  while (n > 16) {
    h = cscan_run_fold(cscan_run_word(p) ^ k1, cscan_run_word(p + 8) ^ h);
    p += 16;
    n -= 16;
  }
  uint64_t a = cscan_run_word(p), b = 0;
  if (n < 8) {
    a = cscan_run_part(a, n);
  } else {
    // The last eight bytes, some of which may stand in `a` as well.
    b = cscan_run_word(p + n - 8);
  }
  return cscan_run_fold(a ^ k1, b ^ h);
}

/// Whether the runs are the same. Reads up to 64 bytes past the end of either: up to that length no
/// branch depends on it.
static inline int cscan_run_equal(const uint8_t *p, const uint8_t *q, size_t n) {
#if defined(__SSE2__)
  for (;; p += 64, q += 64, n -= 64) {
    uint64_t same = 0;
    for (int k = 0; k < 4; k++) {
      const __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * k));
      const __m128i w = _mm_loadu_si128((const __m128i *)(q + 16 * k));
      same |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, w)) << (16 * k);
    }
    if (n < 64) return (~same & (((uint64_t)1 << n) - 1)) == 0;
    if (~same) return 0;
  }
#else
  return memcmp(p, q, n) == 0;
#endif
}

/// Asks for the cache line of `p`, to be read.
static inline void cscan_run_fetch(const void *p) { __builtin_prefetch(p, 0, 3); }

/// First byte in [p, end) that is a space, a double quote, a slash or a backslash, or `end`. Reads up to
/// 16 bytes past `end`.
static inline const uint8_t *cscan_product_end(const uint8_t *p, const uint8_t *end) {
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(0x20), quote = _mm_set1_epi8(0x22);
  const __m128i slash = _mm_set1_epi8(0x2F), back = _mm_set1_epi8(0x5C);
  while (p < end) {
    const __m128i v = _mm_loadu_si128((const __m128i *)p);
    const __m128i one = _mm_or_si128(_mm_cmpeq_epi8(v, space), _mm_cmpeq_epi8(v, quote));
    const __m128i two = _mm_or_si128(_mm_cmpeq_epi8(v, slash), _mm_cmpeq_epi8(v, back));
    const int mask = _mm_movemask_epi8(_mm_or_si128(one, two));
    if (mask) {
      p += __builtin_ctz((unsigned)mask);
      return p < end ? p : end;
    }
    p += 16;
  }
  return end;
#else
  while (p < end && *p != 0x20 && *p != 0x22 && *p != 0x2F && *p != 0x5C) p++;
  return p;
#endif
}

/// One bit for each of 64 bytes.
typedef struct {
  uint64_t spaces;
  uint64_t slashes;
  uint64_t digits;
  /// Percent, semicolon, question mark, backslash, 0x1F.
  uint64_t specials;
} cscan_path;

/// Tells the bytes of a request's path apart: 32 of them, and 32 more where none of these is a space.
/// Reads 64 bytes.
cscan_path cscan_path_masks(const uint8_t *p);

static inline cscan_path cscan_path_masks_plain(const uint8_t *p) {
  cscan_path path = {0, 0, 0, 0};
#if defined(__SSE2__)
  const __m128i zero = _mm_set1_epi8(0x30), nine = _mm_set1_epi8(9), space = _mm_set1_epi8(0x20);
  const __m128i slash = _mm_set1_epi8(0x2F), percent = _mm_set1_epi8(0x25), mark = _mm_set1_epi8(0x3F);
  const __m128i part = _mm_set1_epi8(0x3B), back = _mm_set1_epi8(0x5C), unit = _mm_set1_epi8(0x1F);
  for (int k = 0; k < 4; k++) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * k));
    const __m128i digit = _mm_sub_epi8(v, zero);
    const __m128i one = _mm_or_si128(_mm_cmpeq_epi8(v, percent), _mm_cmpeq_epi8(v, mark));
    const __m128i two = _mm_or_si128(_mm_cmpeq_epi8(v, part), _mm_cmpeq_epi8(v, back));
    const __m128i special = _mm_or_si128(_mm_or_si128(one, two), _mm_cmpeq_epi8(v, unit));
    path.spaces |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, space)) << (16 * k);
    path.slashes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, slash)) << (16 * k);
    path.digits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit))
                   << (16 * k);
    path.specials |= (uint64_t)(uint32_t)_mm_movemask_epi8(special) << (16 * k);
    if (k == 1 && path.spaces) break;
  }
#else
  for (int k = 0; k < 64; k++) {
    const uint64_t bit = (uint64_t)1 << k;
    const uint8_t c = p[k];
    if (c == 0x20) path.spaces |= bit;
    if (c == 0x2F) path.slashes |= bit;
    if ((uint8_t)(c - 0x30) < 10) path.digits |= bit;
    if (c == 0x25 || c == 0x3B || c == 0x3F || c == 0x5C || c == 0x1F) path.specials |= bit;
  }
#endif
  return path;
}
#endif
