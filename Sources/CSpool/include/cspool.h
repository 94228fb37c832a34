#ifndef CSPOOL_H
#define CSPOOL_H

#include <stdint.h>

// What glibc declares only for GNU sources: a file that lies in memory, and holes in it.

/// A new file in memory, closed on exec, that its link in /proc calls by this name; -1 on failure.
int cspool_open(const char *name);

/// Lets go the bytes from `start` to before `end`; the size stays. 0, or -1 on failure.
int cspool_forget(int file, int64_t start, int64_t end);

#endif
