// Header-only scanning shims: what the Swift compiler does not vectorise. SSE2 is part of x86-64;
// elsewhere the same loops run eight bytes at a time. Every function may read up to 64 bytes past
// `end` where it says so; callers pad their buffers.
#ifndef OMETSUKE_CSCAN_H
#define OMETSUKE_CSCAN_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include "cscan_csv.h"
#include "cscan_json.h"
#include "cscan_word.h"

/// Asks for the cache line of `p`; `p` may point anywhere.
static inline void cscan_prefetch(const void *p) { __builtin_prefetch(p, 1, 3); }

/// First byte in [p, end) that is `a` or `b`, or `end`. Reads up to 16 bytes past `end`.
static inline const uint8_t *cscan_find2(const uint8_t *p, const uint8_t *end, uint8_t a, uint8_t b) {
#if defined(__SSE2__)
  const __m128i va = _mm_set1_epi8((char)a), vb = _mm_set1_epi8((char)b);
  while (p < end) {
    const __m128i v = _mm_loadu_si128((const __m128i *)p);
    const int mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb)));
    if (mask) {
      p += __builtin_ctz((unsigned)mask);
      return p < end ? p : end;
    }
    p += 16;
  }
  return end;
#else
  while (p < end && *p != a && *p != b) p++;
  return p;
#endif
}

#if defined(__SSE2__)
/// One bit for each of 16 bytes that is a double quote, a backslash or below 0x20.
static inline unsigned cscan_string_stops(const uint8_t *p) {
  const __m128i quote = _mm_set1_epi8(0x22), slash = _mm_set1_epi8(0x5C), low = _mm_set1_epi8(0x1F);
  const __m128i v = _mm_loadu_si128((const __m128i *)p);
  const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
  return (unsigned)_mm_movemask_epi8(_mm_or_si128(ends, _mm_cmpeq_epi8(_mm_min_epu8(v, low), v)));
}
#endif

/// First double quote, backslash or byte below 0x20 in [p, end), or `end`: where the plain part of a
/// JSON string ends. Reads up to 32 bytes past `end`.
static inline const uint8_t *cscan_string_end(const uint8_t *p, const uint8_t *end) {
#if defined(__SSE2__)
  // Two blocks a turn: most values end in the first, and then no branch depends on their length.
  while (p < end) {
    const unsigned stops = cscan_string_stops(p) | cscan_string_stops(p + 16) << 16;
    if (stops) {
      p += __builtin_ctz(stops);
      return p < end ? p : end;
    }
    p += 32;
  }
  return end;
#else
  while (p < end && *p != 0x22 && *p != 0x5C && *p >= 0x20) p++;
  return p;
#endif
}

/// First `a` in [p, end), or `end`. Reads nothing past `end`.
static inline const uint8_t *cscan_find(const uint8_t *p, const uint8_t *end, uint8_t a) {
  if (p >= end) return end;
  const uint8_t *hit = (const uint8_t *)memchr(p, a, (size_t)(end - p));
  return hit ? hit : end;
}

#if defined(__SSE2__)
/// `cscan_count` of the whole 128 bytes in [p, end).
CSCAN_AVX2 static inline size_t cscan_count_avx2(const uint8_t *p, const uint8_t *end, uint8_t a) {
  const __m256i va = _mm256_set1_epi8((char)a), zero = _mm256_setzero_si256();
  size_t n = 0;
  while (end - p >= 128) {
    // Each lane counts down from 0 for at most 63 times four, then the lanes are added up.
    const size_t blocks = (size_t)(end - p) / 128 < 63 ? (size_t)(end - p) / 128 : 63;
    __m256i lanes = zero;
    for (size_t k = 0; k < blocks; k++) {
      const __m256i *v = (const __m256i *)p;
      const __m256i one = _mm256_cmpeq_epi8(_mm256_loadu_si256(v), va);
      const __m256i two = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), va);
      const __m256i three = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 2), va);
      const __m256i four = _mm256_cmpeq_epi8(_mm256_loadu_si256(v + 3), va);
      const __m256i all = _mm256_add_epi8(_mm256_add_epi8(one, two), _mm256_add_epi8(three, four));
      lanes = _mm256_sub_epi8(lanes, all);
      p += 128;
    }
    const __m256i wide = _mm256_sad_epu8(lanes, zero);
    const __m128i sums = _mm_add_epi64(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    n += (size_t)_mm_cvtsi128_si64(_mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums)));
  }
  return n;
}
#endif

/// How many bytes of [p, end) are `a`. Reads nothing past `end`.
static inline size_t cscan_count(const uint8_t *p, const uint8_t *end, uint8_t a) {
  size_t n = 0;
#if defined(__SSE2__)
  if (end - p >= 128 && cscan_has_avx2()) {
    n = cscan_count_avx2(p, end, a);
    p = end - (end - p) % 128;
  }
  const __m128i va = _mm_set1_epi8((char)a), zero = _mm_setzero_si128();
  while (end - p >= 16) {
    // Each lane counts down from 0 for at most 255 blocks, then the lanes are added up.
    const size_t blocks = (size_t)(end - p) / 16 < 255 ? (size_t)(end - p) / 16 : 255;
    __m128i lanes = zero;
    for (size_t k = 0; k < blocks; k++) {
      lanes = _mm_sub_epi8(lanes, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), va));
      p += 16;
    }
    const __m128i sums = _mm_sad_epu8(lanes, zero);
    n += (size_t)_mm_cvtsi128_si64(_mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums)));
  }
#endif
  while (p < end) n += *p++ == a;
  return n;
}

/// Passes over ASCII, some dozens of bytes at a time: no byte before the one returned is beyond it. Reads nothing
/// past `end`.
const uint8_t *cscan_pass_ascii(const uint8_t *p, const uint8_t *end);

/// Start of the first sequence in [p, end) that is not UTF-8 (Unicode, table 3-7), or `end`. Reads
/// nothing past `end`; ASCII is passed over 64 bytes at a time.
static inline const uint8_t *cscan_invalid_utf8(const uint8_t *p, const uint8_t *end) {
  while (p < end) {
#if defined(__SSE2__)
    // Where much of it follows, what is compiled once goes on.
    for (int k = 0; end - p >= 64; k++) {
      const __m128i *v = (const __m128i *)p;
      const __m128i low = _mm_or_si128(_mm_loadu_si128(v), _mm_loadu_si128(v + 1));
      const __m128i high = _mm_or_si128(_mm_loadu_si128(v + 2), _mm_loadu_si128(v + 3));
      if (_mm_movemask_epi8(_mm_or_si128(low, high))) break;
      p += 64;
      if (k == 4) p = cscan_pass_ascii(p, end);
    }
#endif
    while (p < end && *p < 0x80) p++;
    while (p < end && *p >= 0x80) {
      const uint8_t lead = *p;
      uint8_t first = 0x80, last = 0xBF;
      ptrdiff_t length;
      if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
      } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) first = 0xA0;
        if (lead == 0xED) last = 0x9F;
      } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) first = 0x90;
        if (lead == 0xF4) last = 0x8F;
      } else {
        return p;
      }
      if (end - p < length || p[1] < first || p[1] > last) return p;
      for (ptrdiff_t i = 2; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) return p;
      }
      p += length;
    }
  }
  return end;
}

static inline uint64_t cscan_mix(uint64_t a, uint64_t b) {
  const __uint128_t m = (__uint128_t)a * b;
  return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t cscan_load(const uint8_t *p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}

/// The lowest `n` bytes set in 32 at `cscan_below + 32 - n`.
static const uint8_t cscan_below[64] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

/// A stable 64-bit hash of a line (folded multiplication, two lanes of 16 bytes); unkeyed. `padded`:
/// 32 bytes past the end may be read, which spares a copy; the hash is the same.
static inline uint64_t cscan_hash(const uint8_t *p, size_t n, int padded) {
  const uint64_t k0 = 0xA0761D6478BD642FULL, k1 = 0xE7037ED1A0B428DBULL, k2 = 0x8EBC6AF09C88C6E3ULL;
  uint64_t a = k0 ^ n, b = k1;
  size_t rest = n;
  while (rest >= 32) {
    a = cscan_mix(cscan_load(p) ^ k1, cscan_load(p + 8) ^ a);
    b = cscan_mix(cscan_load(p + 16) ^ k2, cscan_load(p + 24) ^ b);
    p += 32;
    rest -= 32;
  }
  // What is past the end counts as zeros; lengths are too various for branches.
  uint8_t tail[32] = {0};
  if (!padded) {
    memcpy(tail, p, rest);
    p = tail;
  }
  const uint8_t *mask = cscan_below + 32 - rest;
  const uint64_t w0 = cscan_load(p) & cscan_load(mask);
  const uint64_t w1 = cscan_load(p + 8) & cscan_load(mask + 8);
  const uint64_t w2 = cscan_load(p + 16) & cscan_load(mask + 16);
  const uint64_t w3 = cscan_load(p + 24) & cscan_load(mask + 24);
  a = cscan_mix(w0 ^ k1, w1 ^ a);
  b = cscan_mix(w2 ^ k2, w3 ^ b);
  return cscan_mix(a ^ k0, b ^ n);
}

/// The hash of `n` bytes. Reads nothing past the end.
static inline uint64_t cscan_digest(const uint8_t *p, size_t n) { return cscan_hash(p, n, 0); }

/// The same hash. Reads up to 32 bytes past the end.
static inline uint64_t cscan_digest_padded(const uint8_t *p, size_t n) { return cscan_hash(p, n, 1); }

/// First LF in [p, end), or `end`; the lowest bit of `*parity` is turned over once for each double
/// quote before it. Reads up to 64 bytes past `end`.
static inline const uint8_t *cscan_line_end(const uint8_t *p, const uint8_t *end, uint32_t *parity) {
#if defined(__SSE2__)
  const __m128i lf = _mm_set1_epi8(0x0A), quote = _mm_set1_epi8(0x22);
  while (p < end) {
    uint64_t lines = 0, quotes = 0;
    for (int k = 0; k < 4; k++) {
      const __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * k));
      lines |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, lf)) << (16 * k);
      quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quote)) << (16 * k);
    }
    const size_t rest = (size_t)(end - p);
    if (rest < 64) {
      const uint64_t valid = ((uint64_t)1 << rest) - 1;
      lines &= valid;
      quotes &= valid;
    }
    if (lines) {
      const int at = __builtin_ctzll(lines);
      quotes &= ((uint64_t)1 << at) - 1;
      *parity ^= (uint32_t)__builtin_parityll(quotes);
      return p + at;
    }
    *parity ^= (uint32_t)__builtin_parityll(quotes);
    if (rest <= 64) return end;
    p += 64;
  }
  return end;
#else
  while (p < end && *p != 0x0A) *parity ^= *p++ == 0x22;
  return p;
#endif
}
#endif
