// What is compiled once: passes that newer processors make with wider instructions. Which way is
// taken changes no answer.
#include "cscan.h"
#include "cscan_access.h"
#include "cscan_runs.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2,pclmul,popcnt,bmi")))

// Asked once: it is looked at for every record.
static int wide;

__attribute__((constructor)) static void look(void) {
  __builtin_cpu_init();
  wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
}

WIDE static inline uint64_t wide_mask(__m256i low, __m256i high, char a) {
  const __m256i va = _mm256_set1_epi8(a);
  const uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, va));
  const uint32_t last = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, va));
  return (uint64_t)last << 32 | first;
}

WIDE static inline uint64_t wide_parity(uint64_t bits) {
  const __m128i all = _mm_set1_epi8((char)0xFF);
  return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), all, 0));
}

WIDE static int csv_commas_wide(const uint8_t *p, size_t n, uint32_t *commas, int most,
                                cscan_doubled *doubled) {
  cscan_csv_state state = {1, 0, 0};
  uint64_t carry = 0;
  int found = 0;
  doubled->first = UINT32_MAX;
  doubled->last = 0;
  for (size_t at = 0; at < n; at += 64) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)(p + at));
    const __m256i high = _mm256_loadu_si256((const __m256i *)(p + at + 32));
    const uint64_t valid = cscan_valid64(at, n), quotes = wide_mask(low, high, 0x22) & valid;
    const uint64_t inside = wide_parity(quotes) ^ carry;
    carry = 0 - (inside >> 63);
    uint64_t ends = wide_mask(low, high, 0x2C) & valid;
    ends = cscan_csv_block(&state, quotes, ends, valid, inside, at, doubled);
    // Eight at a time, so that no branch depends on how many there are; what is written too much is
    // written over or lies in the slack.
    const int count = (int)_mm_popcnt_u64(ends);
    int done = 0;
    do {
      for (int k = 0; k < 8; k++) {
        commas[found + done + k] = (uint32_t)at + (uint32_t)_tzcnt_u64(ends);
        ends = _blsr_u64(ends);
      }
      done += 8;
    } while (done < count);
    found += count;
    if (found > most) return -1;
  }
  return state.wrong || carry ? -1 : found;
}

WIDE static cscan_records csv_records_wide(const uint8_t *p, size_t n, size_t longest, int timed,
                                           uint32_t *starts, size_t most) {
  cscan_records found = {0, 0, 0};
  uint64_t carry = 0;
  size_t pending = 0;
  for (size_t at = 0; at < n; at += 64) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)(p + at));
    const __m256i high = _mm256_loadu_si256((const __m256i *)(p + at + 32));
    const uint64_t valid = cscan_valid64(at, n);
    const uint64_t inside = wide_parity(wide_mask(low, high, 0x22) & valid) ^ carry;
    const uint64_t lines = wide_mask(low, high, 0x0A) & valid;
    carry = 0 - (inside >> 63);
    if (lines && !cscan_records_block(&found, p, n, at, lines, inside, longest, timed, starts, most, &pending))
      break;
  }
  return found;
}

WIDE static int access_marks_wide(const uint8_t *p, size_t n, cscan_access *marks) {
  int found = 0;
  for (size_t at = 0; at < n; at += 64) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)(p + at));
    const __m256i high = _mm256_loadu_si256((const __m256i *)(p + at + 32));
    const uint64_t valid = cscan_valid64(at, n);
    if (at == 0) {
      // Without a bit set the count is 64.
      marks->space = (uint32_t)_tzcnt_u64(wide_mask(low, high, 0x20) & valid);
      marks->bracket = (uint32_t)_tzcnt_u64(wide_mask(low, high, 0x5B) & valid);
    }
    uint64_t quotes = wide_mask(low, high, 0x22) & valid;
    const uint64_t escapes = wide_mask(low, high, 0x5C) & valid;
    if (escapes) quotes &= _blsi_u64(escapes) - 1;
    while (quotes) {
      marks->quotes[found++] = (uint32_t)at + (uint32_t)_tzcnt_u64(quotes);
      if (found == 5) return 5;
      quotes = _blsr_u64(quotes);
    }
    if (escapes) break;
  }
  return found;
}

WIDE static inline void path_masks_half(cscan_path *path, const uint8_t *p, unsigned shift) {
  const __m256i v = _mm256_loadu_si256((const __m256i *)(p + shift));
  const __m256i digit = _mm256_sub_epi8(v, _mm256_set1_epi8(0x30)), nine = _mm256_set1_epi8(9);
  const __m256i one = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x25)),
                                      _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x3F)));
  const __m256i two = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x3B)),
                                      _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x5C)));
  const __m256i unit = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x1F));
  const __m256i special = _mm256_or_si256(_mm256_or_si256(one, two), unit);
  const __m256i space = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x20));
  const __m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x2F));
  const __m256i isDigit = _mm256_cmpeq_epi8(_mm256_min_epu8(digit, nine), digit);
  path->spaces |= (uint64_t)(uint32_t)_mm256_movemask_epi8(space) << shift;
  path->slashes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(slash) << shift;
  path->digits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(isDigit) << shift;
  path->specials |= (uint64_t)(uint32_t)_mm256_movemask_epi8(special) << shift;
}

WIDE static cscan_path path_masks_wide(const uint8_t *p) {
  cscan_path path = {0, 0, 0, 0};
  path_masks_half(&path, p, 0);
  if (!path.spaces) path_masks_half(&path, p, 32);
  return path;
}

WIDE static const uint8_t *pass_ascii_wide(const uint8_t *p, const uint8_t *end) {
  for (; end - p >= 128; p += 128) {
    const __m256i *v = (const __m256i *)p;
    const __m256i low = _mm256_or_si256(_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1));
    const __m256i high = _mm256_or_si256(_mm256_loadu_si256(v + 2), _mm256_loadu_si256(v + 3));
    if (_mm256_movemask_epi8(_mm256_or_si256(low, high))) break;
  }
  return p;
}
#else
static const int wide = 0;
#define csv_commas_wide cscan_csv_commas_plain
#define csv_records_wide cscan_csv_records_plain
#define access_marks_wide cscan_access_marks_plain
#define path_masks_wide cscan_path_masks_plain
static const uint8_t *pass_ascii_wide(const uint8_t *p, const uint8_t *end) {
  (void)end;
  return p;
}
#endif

int cscan_access_marks(const uint8_t *p, size_t n, cscan_access *marks) {
  return wide ? access_marks_wide(p, n, marks) : cscan_access_marks_plain(p, n, marks);
}

cscan_path cscan_path_masks(const uint8_t *p) {
  return wide ? path_masks_wide(p) : cscan_path_masks_plain(p);
}

const uint8_t *cscan_pass_ascii(const uint8_t *p, const uint8_t *end) {
  return wide ? pass_ascii_wide(p, end) : p;
}

int cscan_csv_commas(const uint8_t *p, size_t n, uint32_t *commas, int most, cscan_doubled *doubled) {
  return wide ? csv_commas_wide(p, n, commas, most, doubled)
                   : cscan_csv_commas_plain(p, n, commas, most, doubled);
}

cscan_records cscan_csv_records(const uint8_t *p, size_t n, size_t longest, int timed,
                                uint32_t *starts, size_t most) {
  return wide ? csv_records_wide(p, n, longest, timed, starts, most)
                   : cscan_csv_records_plain(p, n, longest, timed, starts, most);
}
