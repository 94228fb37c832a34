#ifndef CEVTX_H
#define CEVTX_H

#include <stddef.h>
#include <stdint.h>

/// libevtx, loaded when it is first used, in a process of its own.
///
/// What it makes of damaged bytes must not end whoever asked: it reads each chunk of a log in a child that
/// has no file open but its two pipes, half a gigabyte, and two seconds of the processor a record. One user
/// at a time; any thread.
///
/// Source: libevtx(3), libbfio(3); declared here, so that nothing has to be installed to build.

typedef struct cevtx cevtx;

enum cevtx_problem { CEVTX_OK = 0, CEVTX_NO_LIBRARY, CEVTX_NO_PROCESS };

/// What the child tells.
enum cevtx_kind {
  /// How many records it sees in the chunk is `index`.
  CEVTX_OPENED = 1,
  /// The XML of the record `index`.
  CEVTX_TEXT,
  /// Why the record `index` cannot be read.
  CEVTX_UNREADABLE,
  /// No more of this chunk.
  CEVTX_END,
  /// Why the chunk cannot be read.
  CEVTX_FAILED,
  /// The child has ended; `index` is the signal, 0: none.
  CEVTX_DIED
};

/// A log of one chunk: its header and the chunk.
enum { CEVTX_ROOM = 4096 + 65536, CEVTX_ROOMS = 2 };

/// Whether the library is there.
int cevtx_is_there(void);

/// NULL: see `problem`, an error number in `code`.
cevtx *cevtx_open(int *problem, int *code);

/// Where a log of one chunk is written, one of two.
uint8_t *cevtx_room(cevtx *handle, int room);

/// Asks for the records from an index on, behind what was asked for before; 0: the child has ended.
int cevtx_ask(cevtx *handle, int room, uint32_t from);

/// Waits for what is told next. The bytes are valid until the next call.
int cevtx_next(cevtx *handle, uint32_t *index, const uint8_t **bytes, size_t *count);

/// A new child for the one that has ended; 0: there is none, an error number in `code`.
int cevtx_restart(cevtx *handle, int *code);

void cevtx_close(cevtx *handle);

#endif
