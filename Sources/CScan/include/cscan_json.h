// JSON Lines, many records at a time: where keys end, and whether what stands around the values of a
// record is what stood there in one that was walked. Unrolled by hand: the Swift compiler leaves the
// loops of a header as they are.
#ifndef OMETSUKE_CSCAN_JSON_H
#define OMETSUKE_CSCAN_JSON_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#define CSCAN_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#endif

/// Whether this processor has what the functions `…_avx2` want.
static inline int cscan_has_avx2(void) {
#if defined(__SSE2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#else
  return 0;
#endif
}

/// Room that `cscan_json_index` wants beyond one anchor a byte, and `cscan_json_fits` reads.
#define CSCAN_JSON_SLACK 16
/// Bytes of a seam before its anchor; with what follows it 32.
#define CSCAN_JSON_AHEAD 24

/// What stands around an anchor, under a mask.
typedef struct {
  uint64_t bytes[4];
  uint64_t masks[4];
} cscan_json_seam;

/// What a seam is too short for.
typedef struct {
  uint64_t bytes[2];
  uint64_t masks[2];
  /// Which anchor of the record, and how far from it.
  int32_t anchor;
  int32_t shift;
} cscan_json_piece;

/// A value: from `anchor` + `start` to the next anchor + `end`.
typedef struct {
  int32_t anchor;
  int32_t start;
  int32_t end;
} cscan_json_hole;

/// Writes six places of set bits, whether there are so many or not, and what is beyond one by one.
#define CSCAN_JSON_PLACE(CTZ, k)     \
  to[k] = (uint32_t)(at + CTZ(left)); \
  left &= left - 1;
#define CSCAN_JSON_PLACES(CTZ)                     \
  do {                                             \
    uint32_t *to = anchors + found;                \
    uint64_t left = anchor;                        \
    CSCAN_JSON_PLACE(CTZ, 0)                       \
    CSCAN_JSON_PLACE(CTZ, 1)                       \
    CSCAN_JSON_PLACE(CTZ, 2)                       \
    CSCAN_JSON_PLACE(CTZ, 3)                       \
    CSCAN_JSON_PLACE(CTZ, 4)                       \
    CSCAN_JSON_PLACE(CTZ, 5)                       \
    for (size_t k = 6; k < count; k++) {           \
      CSCAN_JSON_PLACE(CTZ, k)                     \
    }                                              \
    found += count;                                \
  } while (0)

#if defined(__SSE2__)
static inline uint64_t cscan_json_ctz(uint64_t bits) {
  return (uint64_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
}

static inline void cscan_json_block_sse2(const uint8_t *p, unsigned shift, uint64_t *stop,
                                         uint64_t *anchor) {
  const __m128i v = _mm_loadu_si128((const __m128i *)(p + shift));
  const __m128i next = _mm_loadu_si128((const __m128i *)(p + shift + 1));
  const __m128i quotes = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x22));
  const __m128i ends = _mm_or_si128(quotes, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x5C)));
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
  const __m128i keys = _mm_and_si128(quotes, _mm_cmpeq_epi8(next, _mm_set1_epi8(0x3A)));
  const __m128i marks = _mm_or_si128(keys, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x0A)));
  *stop |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_or_si128(ends, low)) << shift;
  *anchor |= (uint64_t)(uint32_t)_mm_movemask_epi8(marks) << shift;
}

static inline size_t cscan_json_index_sse2(const uint8_t *p, size_t n, uint32_t *anchors,
                                           uint64_t *stops, uint32_t *before) {
  size_t found = 0;
  uint32_t total = 0;
  for (size_t at = 0; at < n; at += 64) {
    uint64_t stop = 0, anchor = 0;
    cscan_json_block_sse2(p + at, 0, &stop, &anchor);
    cscan_json_block_sse2(p + at, 16, &stop, &anchor);
    cscan_json_block_sse2(p + at, 32, &stop, &anchor);
    cscan_json_block_sse2(p + at, 48, &stop, &anchor);
    *stops++ = stop;
    *before++ = total;
    total += (uint32_t)__builtin_popcountll(stop);
    const size_t count = (size_t)__builtin_popcountll(anchor);
    CSCAN_JSON_PLACES(cscan_json_ctz);
  }
  return found;
}

/// The same with twice as wide words.
CSCAN_AVX2 static inline size_t cscan_json_index_avx2(const uint8_t *p, size_t n, uint32_t *anchors,
                                                      uint64_t *stops, uint32_t *before) {
  const __m256i quote = _mm256_set1_epi8(0x22), slash = _mm256_set1_epi8(0x5C);
  const __m256i low = _mm256_set1_epi8(0x1F), colon = _mm256_set1_epi8(0x3A);
  const __m256i lf = _mm256_set1_epi8(0x0A);
  size_t found = 0;
  uint32_t total = 0;
  for (size_t at = 0; at < n; at += 64) {
    const __m256i *from = (const __m256i *)(p + at);
    const __m256i v0 = _mm256_loadu_si256(from), v1 = _mm256_loadu_si256(from + 1);
    from = (const __m256i *)(p + at + 1);
    const __m256i n0 = _mm256_loadu_si256(from), n1 = _mm256_loadu_si256(from + 1);
    const __m256i q0 = _mm256_cmpeq_epi8(v0, quote), q1 = _mm256_cmpeq_epi8(v1, quote);
    const __m256i e0 = _mm256_or_si256(q0, _mm256_cmpeq_epi8(v0, slash));
    const __m256i e1 = _mm256_or_si256(q1, _mm256_cmpeq_epi8(v1, slash));
    const __m256i s0 = _mm256_or_si256(e0, _mm256_cmpeq_epi8(_mm256_min_epu8(v0, low), v0));
    const __m256i s1 = _mm256_or_si256(e1, _mm256_cmpeq_epi8(_mm256_min_epu8(v1, low), v1));
    const __m256i k0 = _mm256_and_si256(q0, _mm256_cmpeq_epi8(n0, colon));
    const __m256i k1 = _mm256_and_si256(q1, _mm256_cmpeq_epi8(n1, colon));
    const __m256i a0 = _mm256_or_si256(k0, _mm256_cmpeq_epi8(v0, lf));
    const __m256i a1 = _mm256_or_si256(k1, _mm256_cmpeq_epi8(v1, lf));
    const uint64_t stop = (uint64_t)(uint32_t)_mm256_movemask_epi8(s1) << 32 |
                          (uint64_t)(uint32_t)_mm256_movemask_epi8(s0);
    const uint64_t anchor = (uint64_t)(uint32_t)_mm256_movemask_epi8(a1) << 32 |
                            (uint64_t)(uint32_t)_mm256_movemask_epi8(a0);
    *stops++ = stop;
    *before++ = total;
    total += (uint32_t)_mm_popcnt_u64(stop);
    const size_t count = (size_t)_mm_popcnt_u64(anchor);
    CSCAN_JSON_PLACES(_tzcnt_u64);
  }
  return found;
}
#endif

/// Finds in [p, p + n) the anchors of JSON Lines, each double quote before a colon and each LF, and
/// writes their offsets; returns their number. Of each 64 bytes also the stops, one bit for each double
/// quote, backslash or byte below 0x20, and how many came before. `n` is a multiple of 64 below 2^32;
/// reads one byte past the end. `wide`: what `cscan_has_avx2` says, or 0.
static inline size_t cscan_json_index(const uint8_t *p, size_t n, uint32_t *anchors, uint64_t *stops,
                                      uint32_t *before, int wide) {
#if defined(__SSE2__)
  if (wide) return cscan_json_index_avx2(p, n, anchors, stops, before);
  return cscan_json_index_sse2(p, n, anchors, stops, before);
#else
  (void)wide;
  size_t found = 0;
  uint32_t total = 0;
  for (size_t at = 0; at < n; at += 64) {
    uint64_t stop = 0;
    *before++ = total;
    for (size_t k = 0; k < 64; k++) {
      const uint8_t byte = p[at + k];
      if (byte != 0x22 && byte != 0x5C && byte >= 0x20) continue;
      stop |= (uint64_t)1 << k;
      total++;
      if (byte == 0x0A || (byte == 0x22 && p[at + k + 1] == 0x3A)) {
        anchors[found++] = (uint32_t)(at + k);
      }
    }
    *stops++ = stop;
  }
  return found;
#endif
}

#if defined(__SSE2__)
CSCAN_AVX2 static inline int cscan_json_fits_avx2(const uint8_t *p, const uint32_t *anchors, int count,
                                                  const cscan_json_seam *seams, const int32_t *least) {
  p -= CSCAN_JSON_AHEAD;
  __m256i close = _mm256_setzero_si256();
  for (int k = 0; k < count; k += 8) {
    const __m256i here = _mm256_loadu_si256((const __m256i *)(anchors + k));
    const __m256i next = _mm256_loadu_si256((const __m256i *)(anchors + k + 1));
    const __m256i wanted = _mm256_loadu_si256((const __m256i *)(least + k));
    const __m256i room = _mm256_sub_epi32(_mm256_sub_epi32(next, here), wanted);
    // What is not wanted at all is so negative that no other bit matters.
    close = _mm256_or_si256(close, _mm256_andnot_si256(wanted, room));
  }
  __m256i wrong = _mm256_setzero_si256();
#define CSCAN_JSON_SEAM(k)                                                                         \
  wrong = _mm256_or_si256(                                                                         \
      wrong, _mm256_and_si256(_mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(p + anchors[k])), \
                                               _mm256_loadu_si256((const __m256i *)seams[k].bytes)), \
                              _mm256_loadu_si256((const __m256i *)seams[k].masks)));
  int k = 0;
  for (; k + 4 <= count; k += 4) {
    CSCAN_JSON_SEAM(k)
    CSCAN_JSON_SEAM(k + 1)
    CSCAN_JSON_SEAM(k + 2)
    CSCAN_JSON_SEAM(k + 3)
  }
  for (; k < count; k++) {
    CSCAN_JSON_SEAM(k)
  }
#undef CSCAN_JSON_SEAM
  return _mm256_testz_si256(wrong, wrong) && !_mm256_movemask_ps(_mm256_castsi256_ps(close));
}
#endif

/// Whether every seam stands around its anchor, and no two anchors are closer than `least` says, of which
/// only what is not negative counts; `count` of each and CSCAN_JSON_SLACK more to be read. Reads 24 bytes
/// before an anchor and 8 from it on. `wide`: what `cscan_has_avx2` says, or 0.
static inline int cscan_json_fits(const uint8_t *p, const uint32_t *anchors, int count,
                                  const cscan_json_seam *seams, const int32_t *least, int wide) {
#if defined(__SSE2__)
  if (wide) return cscan_json_fits_avx2(p, anchors, count, seams, least);
#endif
  (void)wide;
  p -= CSCAN_JSON_AHEAD;
  uint64_t wrong = 0;
  int close = 0;
  for (int k = 0; k < count; k++) {
    uint64_t there[4];
    memcpy(there, p + anchors[k], 32);
    wrong |= (there[0] ^ seams[k].bytes[0]) & seams[k].masks[0];
    wrong |= (there[1] ^ seams[k].bytes[1]) & seams[k].masks[1];
    wrong |= (there[2] ^ seams[k].bytes[2]) & seams[k].masks[2];
    wrong |= (there[3] ^ seams[k].bytes[3]) & seams[k].masks[3];
    close |= least[k] >= 0 && (int32_t)(anchors[k + 1] - anchors[k]) < least[k];
  }
  return wrong == 0 && !close;
}

/// Whether every piece stands where its anchor says.
static inline int cscan_json_has(const uint8_t *p, const uint32_t *anchors, int count,
                                 const cscan_json_piece *pieces) {
  uint64_t wrong = 0;
  for (int k = 0; k < count; k++) {
    const cscan_json_piece *piece = pieces + k;
    uint64_t there[2];
    memcpy(there, p + (ptrdiff_t)anchors[piece->anchor] + piece->shift, 16);
    wrong |= (there[0] ^ piece->bytes[0]) & piece->masks[0];
    wrong |= (there[1] ^ piece->bytes[1]) & piece->masks[1];
  }
  return wrong == 0;
}

/// The first hole from `k` on, of `count`, that is no integer of one to eight digits, or `count`. Reads
/// eight bytes from the start of each.
static inline int cscan_json_integers(const uint8_t *p, const uint32_t *anchors, int k, int count,
                                      const cscan_json_hole *holes) {
  for (; k < count; k++) {
    const uint32_t *anchor = anchors + holes[k].anchor;
    const int64_t start = (int64_t)anchor[0] + holes[k].start;
    // One less than the length.
    const uint64_t more = (uint64_t)((int64_t)anchor[1] + holes[k].end - start - 1);
    uint64_t word;
    memcpy(&word, p + start, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    word ^= 0x3030303030303030ULL;
    if (more > 7 || (more != 0 && (word & 0xFF) == 0)) break;
    const uint64_t others = (word + 0x7676767676767676ULL) | word;
    // Right up to the first byte that is no digit.
    if ((others & 0x8080808080808080ULL) << (56 - 8 * more)) break;
  }
  return k;
}
#endif
