#define _GNU_SOURCE
#include "cspool.h"

#include <fcntl.h>
#include <sys/mman.h>

int cspool_open(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int cspool_forget(int file, int64_t start, int64_t end) {
  return fallocate(file, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, start, end - start);
}
