#include "cbrotli.h"

#include <dlfcn.h>
#include <pthread.h>

// As brotli/decode.h of 1.0 declares them; the library's interface has not changed since.
static struct {
  cbrotli_stream *(*create)(void *, void *, void *);
  void (*destroy)(cbrotli_stream *);
  int (*decode)(cbrotli_stream *, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
  int is_ready;
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = dlopen("libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  *(void **)&api.create = dlsym(library, "BrotliDecoderCreateInstance");
  *(void **)&api.destroy = dlsym(library, "BrotliDecoderDestroyInstance");
  *(void **)&api.decode = dlsym(library, "BrotliDecoderDecompressStream");
  api.is_ready = api.create && api.destroy && api.decode;
}

cbrotli_stream *cbrotli_new(void) {
  pthread_once(&once, load);
  return api.is_ready ? api.create(NULL, NULL, NULL) : NULL;
}

void cbrotli_free(cbrotli_stream *stream) {
  if (stream) api.destroy(stream);
}

cbrotli_state cbrotli_decode(cbrotli_stream *stream, const uint8_t **in, size_t *in_left, uint8_t **out,
                             size_t *out_left) {
  return (cbrotli_state)api.decode(stream, in_left, in, out_left, out, NULL);
}
