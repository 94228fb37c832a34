#ifndef CBROTLI_H
#define CBROTLI_H

#include <stddef.h>
#include <stdint.h>

// Decompresses brotli by Debian's libbrotli1: loaded when first used, nothing is linked. Any thread; a stream by one at a time.

typedef struct cbrotli_stream cbrotli_stream;

typedef enum {
  CBROTLI_BROKEN = 0,
  CBROTLI_ENDED = 1,
  CBROTLI_WANTS_INPUT = 2,
  CBROTLI_WANTS_OUTPUT = 3
} cbrotli_state;

/// A stream; NULL: libbrotlidec.so.1 is not there, or no memory.
cbrotli_stream *cbrotli_new(void);
void cbrotli_free(cbrotli_stream *stream);

/// Decompresses from `*in` into `*out`; both are moved, and what is left of them is told.
cbrotli_state cbrotli_decode(cbrotli_stream *stream, const uint8_t **in, size_t *in_left, uint8_t **out,
                             size_t *out_left);

#endif
