#ifndef CPCAP_H
#define CPCAP_H

#include <stddef.h>
#include <stdint.h>

/// libpcap, loaded when it is first used.
///
/// Source: pcap(3PCAP); declared here, so that nothing has to be installed to build.

typedef struct cpcap cpcap;

enum cpcap_problem {
  CPCAP_OK = 0,
  CPCAP_NO_LIBRARY,
  CPCAP_NO_DEVICE,
  CPCAP_NO_PERMISSION,
  CPCAP_BAD_FILTER,
  CPCAP_OTHER
};

/// Captures on a device; `filter` may be NULL. What went wrong is in `problem` and `message`.
cpcap *cpcap_open(const char *device, const char *filter, int snap_length, int buffer_bytes, int promiscuous,
                  int *problem, char *message, size_t size);

/// The next packet: 1; 0: none within a tenth of a second; -1: capturing is over or failed.
/// The bytes are valid until the next call.
int cpcap_next(cpcap *handle, int64_t *nanoseconds, uint32_t *captured, uint32_t *original, const uint8_t **bytes);

/// Packets received, and dropped by the system and by the interface, since the start; 0: not known.
int cpcap_counts(cpcap *handle, uint64_t *received, uint64_t *dropped);

int cpcap_link(cpcap *handle);
const char *cpcap_message(cpcap *handle);
void cpcap_close(cpcap *handle);

#endif
