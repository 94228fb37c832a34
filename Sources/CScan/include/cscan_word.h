// Words in text.
#ifndef OMETSUKE_CSCAN_WORD_H
#define OMETSUKE_CSCAN_WORD_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Where `length` (1 or more) bytes of `word` first stand in [p, end), or `end`. Reads nothing past `end`.
///
/// Places are told by the word's first and last byte together, 16 of them at a time.
static inline const uint8_t *cscan_find_word(
    const uint8_t *p, const uint8_t *end, const uint8_t *word, size_t length) {
  if ((size_t)(end - p) < length) return end;
  const uint8_t *const last = end - length;
#if defined(__SSE2__)
  const __m128i head = _mm_set1_epi8((char)word[0]), tail = _mm_set1_epi8((char)word[length - 1]);
  while (last - p >= 15) {
    const __m128i a = _mm_loadu_si128((const __m128i *)p);
    const __m128i b = _mm_loadu_si128((const __m128i *)(p + length - 1));
    const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(a, head), _mm_cmpeq_epi8(b, tail));
    unsigned mask = (unsigned)_mm_movemask_epi8(both);
    while (mask) {
      const uint8_t *hit = p + __builtin_ctz(mask);
      if (length <= 2 || memcmp(hit + 1, word + 1, length - 2) == 0) return hit;
      mask &= mask - 1;
    }
    p += 16;
  }
#endif
  for (; p <= last; p++) {
    if (*p == word[0] && memcmp(p, word, length) == 0) return p;
  }
  return end;
}

/// First space or tab in [p, end), or `end`. Reads up to 16 bytes past `end`.
static inline const uint8_t *cscan_blank(const uint8_t *p, const uint8_t *end) {
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(0x20), tab = _mm_set1_epi8(0x09);
  while (p < end) {
    const __m128i v = _mm_loadu_si128((const __m128i *)p);
    const int mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, space), _mm_cmpeq_epi8(v, tab)));
    if (mask) {
      p += __builtin_ctz((unsigned)mask);
      return p < end ? p : end;
    }
    p += 16;
  }
  return end;
#else
  while (p < end && *p != 0x20 && *p != 0x09) p++;
  return p;
#endif
}

/// First `a` in [p, end), or `end`; quicker than `cscan_find` where it is near. Reads up to 16 bytes past `end`.
static inline const uint8_t *cscan_seek(const uint8_t *p, const uint8_t *end, uint8_t a) {
#if defined(__SSE2__)
  const __m128i va = _mm_set1_epi8((char)a);
  while (p < end) {
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), va));
    if (mask) {
      p += __builtin_ctz((unsigned)mask);
      return p < end ? p : end;
    }
    p += 16;
  }
  return end;
#else
  while (p < end && *p != a) p++;
  return p;
#endif
}

/// First byte in [p, end) that is at most `most` or is `a`, or `end`. Reads up to 16 bytes past `end`.
static inline const uint8_t *cscan_low(const uint8_t *p, const uint8_t *end, uint8_t most, uint8_t a) {
#if defined(__SSE2__)
  const __m128i vm = _mm_set1_epi8((char)most), va = _mm_set1_epi8((char)a);
  while (p < end) {
    const __m128i v = _mm_loadu_si128((const __m128i *)p);
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, vm), v);
    const int mask = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(v, va)));
    if (mask) {
      p += __builtin_ctz((unsigned)mask);
      return p < end ? p : end;
    }
    p += 16;
  }
  return end;
#else
  while (p < end && *p > most && *p != a) p++;
  return p;
#endif
}

/// The fields `name=value` of [p + body, p + end) of a record of Linux' audit: of each the first eight bytes of
/// its name, zeros where it is shorter, and where name and value begin; returns how many, `most` at most. Reads
/// up to 16 bytes past `end`.
///
/// A name begins behind a space, 0x27 or 0x1D and has no byte up to 0x27; what stands in double quotes has none.
static inline int cscan_audit_fields(
    const uint8_t *p, int32_t body, int32_t end, uint64_t *tags, int32_t *names, int32_t *values, int most) {
  const uint8_t *const base = p, *const stop = p + end;
  int count = 0;
  p += body;
  while ((p = cscan_low(p, stop, 0x27, 0x27)) < stop) {
    const uint8_t byte = *p++;
    if (byte == 0x22) {
      p = cscan_seek(p, stop, 0x22);
      if (p == stop) break;
      p++;
      continue;
    }
    if (byte != 0x20 && byte != 0x27 && byte != 0x1D) continue;
    const uint8_t *const start = p;
    p = cscan_low(p, stop, 0x27, 0x3D);
    if (p == stop) break;
    if (*p != 0x3D || p == start || count == most) continue;
    uint64_t tag;
    memcpy(&tag, start, 8);
    if (p - start < 8) tag &= ((uint64_t)1 << (8 * (p - start))) - 1;
    tags[count] = tag;
    names[count] = (int32_t)(start - base);
    p++;
    values[count] = (int32_t)(p - base);
    count++;
  }
  return count;
}
#endif
