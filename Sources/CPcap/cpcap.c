#include "cpcap.h"

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

typedef struct pcap pcap_t;

struct packet_header {
  struct timeval time;
  uint32_t captured;
  uint32_t original;
};

struct program {
  unsigned int length;
  void *instructions;
};

struct counts {
  unsigned int received;
  unsigned int dropped;
  unsigned int dropped_by_interface;
};

struct cpcap {
  pcap_t *pcap;
  int is_nano;
  struct counts last;
  uint64_t received;
  uint64_t dropped;
};

static struct {
  pcap_t *(*create)(const char *, char *);
  int (*set_snaplen)(pcap_t *, int);
  int (*set_promisc)(pcap_t *, int);
  int (*set_timeout)(pcap_t *, int);
  int (*set_buffer_size)(pcap_t *, int);
  int (*set_tstamp_precision)(pcap_t *, int);
  int (*get_tstamp_precision)(pcap_t *);
  int (*activate)(pcap_t *);
  int (*compile)(pcap_t *, struct program *, const char *, int, uint32_t);
  int (*setfilter)(pcap_t *, struct program *);
  void (*freecode)(struct program *);
  int (*datalink)(pcap_t *);
  int (*next_ex)(pcap_t *, struct packet_header **, const uint8_t **);
  int (*setnonblock)(pcap_t *, int, char *);
  int (*get_selectable_fd)(pcap_t *);
  int (*stats)(pcap_t *, struct counts *);
  const char *(*statustostr)(int);
  char *(*geterr)(pcap_t *);
  void (*close)(pcap_t *);
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void) {
  void *library = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  struct {
    const char *name;
    void **place;
  } wanted[] = {
      {"pcap_create", (void **)&api.create},
      {"pcap_set_snaplen", (void **)&api.set_snaplen},
      {"pcap_set_promisc", (void **)&api.set_promisc},
      {"pcap_set_timeout", (void **)&api.set_timeout},
      {"pcap_set_buffer_size", (void **)&api.set_buffer_size},
      {"pcap_set_tstamp_precision", (void **)&api.set_tstamp_precision},
      {"pcap_get_tstamp_precision", (void **)&api.get_tstamp_precision},
      {"pcap_activate", (void **)&api.activate},
      {"pcap_compile", (void **)&api.compile},
      {"pcap_setfilter", (void **)&api.setfilter},
      {"pcap_freecode", (void **)&api.freecode},
      {"pcap_datalink", (void **)&api.datalink},
      {"pcap_next_ex", (void **)&api.next_ex},
      {"pcap_setnonblock", (void **)&api.setnonblock},
      {"pcap_get_selectable_fd", (void **)&api.get_selectable_fd},
      {"pcap_stats", (void **)&api.stats},
      {"pcap_statustostr", (void **)&api.statustostr},
      {"pcap_geterr", (void **)&api.geterr},
      {"pcap_close", (void **)&api.close},
  };
  for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
    *wanted[index].place = dlsym(library, wanted[index].name);
    if (!*wanted[index].place) return;
  }
  is_loaded = 1;
}

static cpcap *fail(pcap_t *pcap, int *problem, int code, char *message, size_t size, const char *text) {
  *problem = code;
  snprintf(message, size, "%s", text && *text ? text : "unknown error");
  if (pcap) api.close(pcap);
  return NULL;
}

cpcap *cpcap_open(const char *device, const char *filter, int snap_length, int buffer_bytes, int promiscuous,
                  int *problem, char *message, size_t size) {
  pthread_once(&once, load);
  if (!is_loaded) return fail(NULL, problem, CPCAP_NO_LIBRARY, message, size, "libpcap.so.0.8 is not there");
  // PCAP_ERRBUF_SIZE
  char error[256] = "";
  pcap_t *pcap = api.create(device, error);
  if (!pcap) return fail(NULL, problem, CPCAP_OTHER, message, size, error);
  api.set_snaplen(pcap, snap_length);
  api.set_promisc(pcap, promiscuous);
  api.set_timeout(pcap, 100);
  api.set_buffer_size(pcap, buffer_bytes);
  api.set_tstamp_precision(pcap, 1);
  int status = api.activate(pcap);
  if (status < 0) {
    // PCAP_ERROR_NO_SUCH_DEVICE, PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED
    int code = status == -5 ? CPCAP_NO_DEVICE : status == -8 || status == -11 ? CPCAP_NO_PERMISSION : CPCAP_OTHER;
    const char *text = api.geterr(pcap);
    return fail(pcap, problem, code, message, size, text && *text ? text : api.statustostr(status));
  }
  if (filter && *filter) {
    struct program program;
    // PCAP_NETMASK_UNKNOWN
    if (api.compile(pcap, &program, filter, 1, 0xffffffff) < 0)
      return fail(pcap, problem, CPCAP_BAD_FILTER, message, size, api.geterr(pcap));
    status = api.setfilter(pcap, &program);
    api.freecode(&program);
    if (status < 0) return fail(pcap, problem, CPCAP_BAD_FILTER, message, size, api.geterr(pcap));
  }
  // Where nothing comes libpcap waits without an end, and a signal does not end it: waiting is done here.
  if (api.setnonblock(pcap, 1, error) < 0) return fail(pcap, problem, CPCAP_OTHER, message, size, error);
  cpcap *handle = calloc(1, sizeof *handle);
  if (!handle) return fail(pcap, problem, CPCAP_OTHER, message, size, "no memory");
  handle->pcap = pcap;
  handle->is_nano = api.get_tstamp_precision(pcap) == 1;
  *problem = CPCAP_OK;
  return handle;
}

int cpcap_next(cpcap *handle, int64_t *nanoseconds, uint32_t *captured, uint32_t *original, const uint8_t **bytes) {
  struct packet_header *header = NULL;
  int status = api.next_ex(handle->pcap, &header, bytes);
  if (status == 0) {
    struct pollfd waited = {.fd = api.get_selectable_fd(handle->pcap), .events = POLLIN};
    poll(&waited, waited.fd >= 0, 100);
    status = api.next_ex(handle->pcap, &header, bytes);
  }
  if (status != 1) return status == 0 ? 0 : -1;
  *nanoseconds = (int64_t)header->time.tv_sec * 1000000000 + (int64_t)header->time.tv_usec * (handle->is_nano ? 1 : 1000);
  *captured = header->captured;
  *original = header->original;
  return 1;
}

int cpcap_counts(cpcap *handle, uint64_t *received, uint64_t *dropped) {
  struct counts now;
  if (api.stats(handle->pcap, &now) != 0) return 0;
  // The counters wrap at 32 bits.
  handle->received += (uint32_t)(now.received - handle->last.received);
  handle->dropped += (uint32_t)(now.dropped - handle->last.dropped) +
                     (uint32_t)(now.dropped_by_interface - handle->last.dropped_by_interface);
  handle->last = now;
  *received = handle->received;
  *dropped = handle->dropped;
  return 1;
}

int cpcap_link(cpcap *handle) { return api.datalink(handle->pcap); }
const char *cpcap_message(cpcap *handle) { return api.geterr(handle->pcap); }

void cpcap_close(cpcap *handle) {
  api.close(handle->pcap);
  free(handle);
}
