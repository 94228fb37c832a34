#include "cstorefaults.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

// A write that is not synchronised yet.
typedef struct Pending {
  struct Pending *next;
  sqlite3_int64 offset;
  int count;
  // A truncation instead, to `offset`.
  int truncates;
  unsigned char bytes[];
} Pending;

typedef struct {
  sqlite3_file base;
  sqlite3_file *real;
  Pending *first;
  Pending *last;
  sqlite3_int64 size;
} File;

static struct {
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  sqlite3_io_methods methods;
  int64_t cut;
  int64_t count;
  uint64_t random;
  int isCut;
  int isRegistered;
  // Open files that have something to lose.
  File *open[16];
} layer;

static uint64_t chance(void) {
  layer.random = layer.random * 6364136223846793005u + 1442695040888963407u;
  return layer.random >> 33;
}

static void forget(File *file) {
  while (file->first) {
    Pending *next = file->first->next;
    free(file->first);
    file->first = next;
  }
  file->last = NULL;
}

static int commit(File *file, const Pending *write) {
  if (write->truncates) return file->real->pMethods->xTruncate(file->real, write->offset);
  return file->real->pMethods->xWrite(file->real, write->bytes, write->count, write->offset);
}

// What a disk does with writes in flight: nothing, all, or some of the sectors.
static void tear(File *file) {
  unsigned how = chance() % 4;
  for (const Pending *write = file->first; write; write = write->next) {
    if (how == 0) continue;
    if (how == 1) {
      if (chance() % 2) commit(file, write);
      continue;
    }
    if (write->truncates) {
      if (chance() % 2) commit(file, write);
      continue;
    }
    for (int start = 0; start < write->count;) {
      sqlite3_int64 place = write->offset + start;
      int length = (int)(SECTOR - place % SECTOR);
      if (length > write->count - start) length = write->count - start;
      if (chance() % 2) {
        file->real->pMethods->xWrite(file->real, write->bytes + start, length, place);
      }
      start += length;
    }
  }
  forget(file);
}

// Counts; whether the power is off now.
static int tick(void) {
  if (layer.isCut) return 1;
  layer.count++;
  if (layer.cut == 0 || layer.count < layer.cut) return 0;
  layer.isCut = 1;
  for (int i = 0; i < 16; i++) {
    if (layer.open[i]) tear(layer.open[i]);
  }
  return 1;
}

static int add(File *file, const void *bytes, int count, sqlite3_int64 offset, int truncates) {
  Pending *write = malloc(sizeof(Pending) + (size_t)count);
  if (!write) return SQLITE_IOERR_NOMEM;
  write->next = NULL;
  write->offset = offset;
  write->count = count;
  write->truncates = truncates;
  if (count) memcpy(write->bytes, bytes, (size_t)count);
  if (file->last) file->last->next = write; else file->first = write;
  file->last = write;
  return SQLITE_OK;
}

static int xClose(sqlite3_file *base) {
  File *file = (File *)base;
  for (int i = 0; i < 16; i++) {
    if (layer.open[i] == file) layer.open[i] = NULL;
  }
  // What nobody synchronised the system writes some day.
  if (!layer.isCut) {
    for (Pending *write = file->first; write; write = write->next) commit(file, write);
  }
  forget(file);
  int result = file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
  free(file->real);
  return result;
}

static int xRead(sqlite3_file *base, void *target, int count, sqlite3_int64 offset) {
  File *file = (File *)base;
  if (layer.isCut) return SQLITE_IOERR_READ;
  memset(target, 0, (size_t)count);
  int result = file->real->pMethods->xRead(file->real, target, count, offset);
  if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return result;
  for (Pending *write = file->first; write; write = write->next) {
    if (write->truncates) {
      if (write->offset < offset + count) {
        sqlite3_int64 from = write->offset > offset ? write->offset - offset : 0;
        memset((char *)target + from, 0, (size_t)(count - from));
      }
      continue;
    }
    sqlite3_int64 start = write->offset > offset ? write->offset : offset;
    sqlite3_int64 end = write->offset + write->count;
    if (end > offset + count) end = offset + count;
    if (start >= end) continue;
    memcpy((char *)target + (start - offset), write->bytes + (start - write->offset),
           (size_t)(end - start));
  }
  return offset + count > file->size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int xWrite(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
  File *file = (File *)base;
  if (layer.isCut) return SQLITE_IOERR_WRITE;
  int result = add(file, bytes, count, offset, 0);
  if (result != SQLITE_OK) return result;
  if (offset + count > file->size) file->size = offset + count;
  return tick() ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int xTruncate(sqlite3_file *base, sqlite3_int64 size) {
  File *file = (File *)base;
  if (layer.isCut) return SQLITE_IOERR_TRUNCATE;
  int result = add(file, NULL, 0, size, 1);
  if (result != SQLITE_OK) return result;
  file->size = size;
  return tick() ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int xSync(sqlite3_file *base, int flags) {
  File *file = (File *)base;
  // The cut may fall into it, with some of it written.
  if (tick()) return SQLITE_IOERR_FSYNC;
  for (Pending *write = file->first; write; write = write->next) {
    int result = commit(file, write);
    if (result != SQLITE_OK) return result;
  }
  forget(file);
  (void)flags;
  return SQLITE_OK;
}

static int xFileSize(sqlite3_file *base, sqlite3_int64 *size) {
  if (layer.isCut) return SQLITE_IOERR_FSTAT;
  *size = ((File *)base)->size;
  return SQLITE_OK;
}

#define REAL(base) ((File *)(base))->real
static int xLock(sqlite3_file *f, int n) { return REAL(f)->pMethods->xLock(REAL(f), n); }
static int xUnlock(sqlite3_file *f, int n) { return REAL(f)->pMethods->xUnlock(REAL(f), n); }
static int xCheckReservedLock(sqlite3_file *f, int *n) {
  return REAL(f)->pMethods->xCheckReservedLock(REAL(f), n);
}
// Hints may write past this layer: none are taken.
static int xFileControl(sqlite3_file *f, int what, void *value) {
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE ||
      what == SQLITE_FCNTL_MMAP_SIZE) {
    return SQLITE_NOTFOUND;
  }
  return REAL(f)->pMethods->xFileControl(REAL(f), what, value);
}
static int xSectorSize(sqlite3_file *f) { (void)f; return SECTOR; }
// Nothing is promised: neither whole sectors nor order.
static int xDeviceCharacteristics(sqlite3_file *f) { (void)f; return 0; }
static int xShmMap(sqlite3_file *f, int page, int size, int extends, void volatile **map) {
  return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extends, map);
}
static int xShmLock(sqlite3_file *f, int offset, int n, int flags) {
  return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}
static void xShmBarrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int xShmUnmap(sqlite3_file *f, int deletes) {
  return REAL(f)->pMethods->xShmUnmap(REAL(f), deletes);
}

static int xOpen(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out) {
  (void)vfs;
  File *file = (File *)base;
  memset(file, 0, sizeof(File));
  if (layer.isCut) return SQLITE_CANTOPEN;
  file->real = calloc(1, (size_t)layer.real->szOsFile);
  if (!file->real) return SQLITE_NOMEM;
  int result = layer.real->xOpen(layer.real, name, file->real, flags, out);
  if (result != SQLITE_OK) {
    free(file->real);
    return result;
  }
  file->real->pMethods->xFileSize(file->real, &file->size);
  file->base.pMethods = &layer.methods;
  for (int i = 0; i < 16; i++) {
    if (!layer.open[i]) {
      layer.open[i] = file;
      break;
    }
  }
  return SQLITE_OK;
}

static int xDelete(sqlite3_vfs *vfs, const char *name, int synchronises) {
  (void)vfs;
  if (tick()) return SQLITE_IOERR_DELETE;
  return layer.real->xDelete(layer.real, name, synchronises);
}

int cstorefaults_register(void) {
  if (layer.isRegistered) return SQLITE_OK;
  layer.real = sqlite3_vfs_find(NULL);
  if (!layer.real) return SQLITE_ERROR;
  layer.vfs = *layer.real;
  layer.vfs.zName = "power-cut";
  layer.vfs.pNext = NULL;
  layer.vfs.szOsFile = (int)sizeof(File);
  layer.vfs.xOpen = xOpen;
  layer.vfs.xDelete = xDelete;
  sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = xClose, .xRead = xRead, .xWrite = xWrite, .xTruncate = xTruncate,
    .xSync = xSync, .xFileSize = xFileSize, .xLock = xLock, .xUnlock = xUnlock,
    .xCheckReservedLock = xCheckReservedLock, .xFileControl = xFileControl,
    .xSectorSize = xSectorSize, .xDeviceCharacteristics = xDeviceCharacteristics,
    .xShmMap = xShmMap, .xShmLock = xShmLock, .xShmBarrier = xShmBarrier, .xShmUnmap = xShmUnmap,
  };
  layer.methods = methods;
  layer.isRegistered = 1;
  return sqlite3_vfs_register(&layer.vfs, 0);
}

void cstorefaults_arm(int64_t cut, uint64_t seed) {
  layer.cut = cut;
  layer.count = 0;
  layer.random = seed;
  layer.isCut = 0;
}

int64_t cstorefaults_count(void) { return layer.count; }

int cstorefaults_isCut(void) { return layer.isCut; }
