// The marks of one line of an access log.
#ifndef OMETSUKE_CSCAN_ACCESS_H
#define OMETSUKE_CSCAN_ACCESS_H
#include <stddef.h>
#include <stdint.h>
#include "cscan_csv.h"

/// Where the parts of a line are told apart.
typedef struct {
  /// First space and first opening bracket of the first 64 bytes; 64: none.
  uint32_t space;
  uint32_t bracket;
  /// The first double quotes, five at most.
  uint32_t quotes[5];
} cscan_access;

/// Finds the marks of a line; returns how many quotes there are before the first backslash, five at
/// most. `n` < 2^32. Reads up to 64 bytes past the end.
int cscan_access_marks(const uint8_t *p, size_t n, cscan_access *marks);

static inline int cscan_access_marks_plain(const uint8_t *p, size_t n, cscan_access *marks) {
  int found = 0;
  for (size_t at = 0; at < n; at += 64) {
    const uint64_t valid = cscan_valid64(at, n);
    if (at == 0) {
      const uint64_t spaces = cscan_mask64(p, 0x20) & valid, brackets = cscan_mask64(p, 0x5B) & valid;
      marks->space = spaces ? (uint32_t)__builtin_ctzll(spaces) : 64;
      marks->bracket = brackets ? (uint32_t)__builtin_ctzll(brackets) : 64;
    }
    uint64_t quotes = cscan_mask64(p + at, 0x22) & valid;
    const uint64_t escapes = cscan_mask64(p + at, 0x5C) & valid;
    if (escapes) quotes &= (escapes & (0 - escapes)) - 1;
    while (quotes) {
      marks->quotes[found++] = (uint32_t)at + (uint32_t)__builtin_ctzll(quotes);
      if (found == 5) return 5;
      quotes &= quotes - 1;
    }
    if (escapes) break;
  }
  return found;
}

/// The value of 8 digits, each a byte 0 … 9, the first in the lowest byte.
static inline uint32_t cscan_digits8(uint64_t v) {
  v = (v & 0x0F0F0F0F0F0F0F0FULL) * 2561 >> 8;
  v = (v & 0x00FF00FF00FF00FFULL) * 6553601 >> 16;
  return (uint32_t)((v & 0x0000FFFF0000FFFFULL) * 42949672960001ULL >> 32);
}

/// The decimal number of up to 7 digits that ends before `end` and how many they are; `*digits` 0 or 8: none, or
/// perhaps more. Reads 8 bytes before `end`.
static inline uint32_t cscan_last_number(const uint8_t *end, uint32_t *digits) {
  uint64_t v;
  __builtin_memcpy(&v, end - 8, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  v ^= 0x3030303030303030ULL;
  const uint64_t others = (((v & 0x7F7F7F7F7F7F7F7FULL) + 0x7676767676767676ULL) | v) & 0x8080808080808080ULL;
  const uint32_t count = others ? (uint32_t)__builtin_clzll(others) / 8 : 8;
  *digits = count;
  if (count == 0) return 0;
  return cscan_digits8(v & ~(uint64_t)0 << (64 - 8 * count));
}

/// The decimal number of up to 7 digits at `p` and how many they are; `*digits` 0 or 8: none, or more.
/// Reads 8 bytes.
static inline uint32_t cscan_short_number(const uint8_t *p, uint32_t *digits) {
  uint64_t v;
  __builtin_memcpy(&v, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  v ^= 0x3030303030303030ULL;
  // The highest bit of each byte above 9.
  const uint64_t others = (((v & 0x7F7F7F7F7F7F7F7FULL) + 0x7676767676767676ULL) | v) & 0x8080808080808080ULL;
  const uint32_t count = others ? (uint32_t)__builtin_ctzll(others) / 8 : 8;
  *digits = count;
  if (count == 0) return 0;
  return cscan_digits8(v << (64 - 8 * count));
}
#endif
