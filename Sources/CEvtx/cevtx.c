#define _GNU_SOURCE
#include "cevtx.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

// A record whose XML is longer than the longest that is decoded is not read.
enum { LONGEST = 2 << 20, MEMORY = 512 << 20, SECONDS = 2 };

static struct {
  int (*memory_initialize)(void **, void **);
  int (*memory_set)(void *, uint8_t *, size_t, void **);
  int (*io_free)(void **, void **);
  int (*file_initialize)(void **, void **);
  int (*file_open)(void *, void *, int, void **);
  int (*file_close)(void *, void **);
  int (*file_free)(void **, void **);
  int (*count)(void *, int *, void **);
  int (*record)(void *, int, void **, void **);
  int (*record_free)(void **, void **);
  int (*xml)(void *, uint8_t *, size_t, void **);
  int (*backtrace)(void *, char *, size_t);
  void (*error_free)(void **);
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void) {
  void *io = dlopen("libbfio.so.1", RTLD_NOW | RTLD_LOCAL);
  void *library = dlopen("libevtx.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!io || !library) return;
  struct {
    void *library;
    const char *name;
    void **place;
  } wanted[] = {
      {io, "libbfio_memory_range_initialize", (void **)&api.memory_initialize},
      {io, "libbfio_memory_range_set", (void **)&api.memory_set},
      {io, "libbfio_handle_free", (void **)&api.io_free},
      {library, "libevtx_file_initialize", (void **)&api.file_initialize},
      {library, "libevtx_file_open_file_io_handle", (void **)&api.file_open},
      {library, "libevtx_file_close", (void **)&api.file_close},
      {library, "libevtx_file_free", (void **)&api.file_free},
      {library, "libevtx_file_get_number_of_records", (void **)&api.count},
      {library, "libevtx_file_get_record_by_index", (void **)&api.record},
      {library, "libevtx_record_free", (void **)&api.record_free},
      {library, "libevtx_record_get_utf8_xml_string", (void **)&api.xml},
      {library, "libevtx_error_backtrace_sprint", (void **)&api.backtrace},
      {library, "libevtx_error_free", (void **)&api.error_free},
  };
  for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
    *wanted[index].place = dlsym(wanted[index].library, wanted[index].name);
    if (!*wanted[index].place) return;
  }
  is_loaded = 1;
}

int cevtx_is_there(void) {
  pthread_once(&once, load);
  return is_loaded;
}

struct command {
  uint32_t room;
  uint32_t from;
};

struct frame {
  uint32_t kind;
  uint32_t index;
  uint32_t count;
};

struct cevtx {
  uint8_t *rooms;
  pid_t child;
  int commands;
  int answers;
  // What was read of the child's pipe and not taken.
  uint8_t *held;
  size_t start, end, capacity;
};

// The child. From here on nothing is called that may wait for a lock of another thread: threads are not
// copied. (glibc sets its own of malloc free.)

static int write_all(const void *bytes, size_t count) {
  const uint8_t *place = bytes;
  while (count > 0) {
    ssize_t done = write(STDOUT_FILENO, place, count);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return 0;
    place += done;
    count -= (size_t)done;
  }
  return 1;
}

static void tell(uint8_t *text, uint32_t kind, uint32_t index, size_t count) {
  struct frame frame = {kind, index, (uint32_t)count};
  memcpy(text - sizeof frame, &frame, sizeof frame);
  if (!write_all(text - sizeof frame, sizeof frame + count)) _exit(0);
}

// The innermost message without the function's name.
static void tell_error(uint8_t *text, uint32_t kind, uint32_t index, void **error) {
  text[0] = 0;
  if (*error && api.backtrace(*error, (char *)text, 4096) < 0) text[0] = 0;
  api.error_free(error);
  char *start = (char *)text;
  size_t length = strcspn(start, "\n");
  char *colon = memchr(start, ':', length);
  size_t skipped = colon && (size_t)(colon + 2 - start) <= length ? (size_t)(colon + 2 - start) : 0;
  memmove(start, start + skipped, length - skipped);
  tell(text, kind, index, length - skipped);
}

static void allow(int seconds) {
  struct itimerval time = {.it_value = {.tv_sec = seconds}};
  setitimer(ITIMER_PROF, &time, NULL);
}

static void serve(uint8_t *log, uint32_t from, uint8_t *text) {
  void *io = NULL, *file = NULL, *error = NULL;
  allow(SECONDS);
  int count = 0;
  // LIBEVTX_ACCESS_FLAG_READ
  if (api.memory_initialize(&io, &error) != 1 || api.memory_set(io, log, CEVTX_ROOM, &error) != 1 ||
      api.file_initialize(&file, &error) != 1 || api.file_open(file, io, 1, &error) != 1 ||
      api.count(file, &count, &error) != 1) {
    tell_error(text, CEVTX_FAILED, 0, &error);
  } else {
    tell(text, CEVTX_OPENED, (uint32_t)count, 0);
    for (uint32_t index = from; index < (uint32_t)count; index++) {
      void *record = NULL;
      allow(SECONDS);
      if (api.record(file, (int)index, &record, &error) != 1 || api.xml(record, text, LONGEST, &error) != 1)
        tell_error(text, CEVTX_UNREADABLE, index, &error);
      else
        tell(text, CEVTX_TEXT, index, strnlen((char *)text, LONGEST));
      if (record) api.record_free(&record, NULL);
    }
  }
  if (file) {
    api.file_close(file, NULL);
    api.file_free(&file, NULL);
  }
  if (io) api.io_free(&io, NULL);
  allow(0);
  tell(text, CEVTX_END, 0, 0);
}

static void close_others(void) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0) return;
#endif
  long most = sysconf(_SC_OPEN_MAX);
  for (int file = 3; file < (most > 0 && most < 1 << 20 ? (int)most : 1 << 20); file++) close(file);
}

static size_t pages(void) {
  char text[32] = "";
  int file = open("/proc/self/statm", O_RDONLY);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? strtoull(text, NULL, 10) : 0;
}

static _Noreturn void child(uint8_t *rooms, int commands, int answers) {
  // Whoever is asked to end ends this by closing its pipe.
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGTSTP, SIGUSR1, SIGUSR2};
  for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++) signal(ignored[index], SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Beyond the three, so that none is closed by taking another's place.
  int from = fcntl(commands, F_DUPFD, 3), to = fcntl(answers, F_DUPFD, 3), nowhere = open("/dev/null", O_RDWR);
  if (from < 0 || to < 0 || nowhere < 0) _exit(0);
  if (dup2(from, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0) _exit(0);
  close_others();
  size_t used = pages() * (size_t)sysconf(_SC_PAGESIZE);
  struct rlimit none_left = {0, 0}, memory = {used + MEMORY, used + MEMORY};
  setrlimit(RLIMIT_CORE, &none_left);
  if (used > 0) setrlimit(RLIMIT_AS, &memory);
  uint8_t *text = malloc(sizeof(struct frame) + LONGEST);
  if (!text) _exit(0);
  for (;;) {
    struct command command;
    ssize_t got = read(STDIN_FILENO, &command, sizeof command);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof command || command.room >= CEVTX_ROOMS) _exit(0);
    serve(rooms + command.room * (size_t)CEVTX_ROOM, command.from, text + sizeof(struct frame));
  }
}

// Whoever asks.

static int start(cevtx *handle) {
  int commands[2], answers[2];
  if (pipe2(commands, O_CLOEXEC) != 0) return errno;
  if (pipe2(answers, O_CLOEXEC) != 0) {
    int code = errno;
    close(commands[0]);
    close(commands[1]);
    return code;
  }
  // So that a chunk is read while the one before is decoded.
  fcntl(answers[1], F_SETPIPE_SZ, 1 << 20);
  pid_t made = fork();
  if (made == 0) child(handle->rooms, commands[0], answers[1]);
  int code = errno;
  close(commands[0]);
  close(answers[1]);
  if (made < 0) {
    close(commands[1]);
    close(answers[0]);
    return code;
  }
  handle->child = made;
  handle->commands = commands[1];
  handle->answers = answers[0];
  handle->start = handle->end = 0;
  return 0;
}

/// The signal that ended the child; 0: none.
static uint32_t end(cevtx *handle) {
  if (handle->child <= 0) return 0;
  close(handle->commands);
  close(handle->answers);
  int status = 0;
  pid_t found;
  do found = waitpid(handle->child, &status, 0);
  while (found < 0 && errno == EINTR);
  handle->child = 0;
  return found > 0 && WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
}

cevtx *cevtx_open(int *problem, int *code) {
  *code = 0;
  *problem = CEVTX_NO_LIBRARY;
  if (!cevtx_is_there()) return NULL;
  *problem = CEVTX_NO_PROCESS;
  cevtx *handle = calloc(1, sizeof *handle);
  if (!handle) return NULL;
  size_t size = (size_t)CEVTX_ROOM * CEVTX_ROOMS;
  handle->rooms = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  handle->capacity = 1 << 18;
  handle->held = malloc(handle->capacity);
  if (handle->rooms == MAP_FAILED || !handle->held) {
    *code = ENOMEM;
  } else {
    *code = start(handle);
  }
  if (*code != 0) {
    if (handle->rooms != MAP_FAILED) munmap(handle->rooms, size);
    free(handle->held);
    free(handle);
    return NULL;
  }
  *problem = CEVTX_OK;
  return handle;
}

uint8_t *cevtx_room(cevtx *handle, int room) { return handle->rooms + (size_t)room * CEVTX_ROOM; }

int cevtx_ask(cevtx *handle, int room, uint32_t from) {
  if (handle->child <= 0) return 0;
  struct command command = {(uint32_t)room, from};
  // A child that has ended must not end this process.
  sigset_t pipe, before, waiting;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&waiting);
  int was_waiting = sigismember(&waiting, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  ssize_t done;
  do done = write(handle->commands, &command, sizeof command);
  while (done < 0 && errno == EINTR);
  if (done < 0 && errno == EPIPE && !was_waiting) {
    struct timespec now = {0, 0};
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) {}
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return done == sizeof command;
}

static int fill(cevtx *handle, size_t wanted) {
  if (handle->start > 0) {
    memmove(handle->held, handle->held + handle->start, handle->end - handle->start);
    handle->end -= handle->start;
    handle->start = 0;
  }
  if (wanted > handle->capacity) {
    uint8_t *more = realloc(handle->held, wanted);
    if (!more) return 0;
    handle->held = more;
    handle->capacity = wanted;
  }
  while (handle->end < wanted) {
    ssize_t got = read(handle->answers, handle->held + handle->end, handle->capacity - handle->end);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    handle->end += (size_t)got;
  }
  return 1;
}

int cevtx_next(cevtx *handle, uint32_t *index, const uint8_t **bytes, size_t *count) {
  struct frame frame;
  *index = 0;
  *bytes = NULL;
  *count = 0;
  if (handle->child <= 0) return CEVTX_DIED;
  if (handle->end - handle->start < sizeof frame && !fill(handle, sizeof frame)) {
    *index = end(handle);
    return CEVTX_DIED;
  }
  memcpy(&frame, handle->held + handle->start, sizeof frame);
  // A child whose memory is damaged may tell anything.
  int is_sound = frame.kind >= CEVTX_OPENED && frame.kind <= CEVTX_FAILED && frame.count <= LONGEST;
  size_t whole = sizeof frame + (is_sound ? frame.count : 0);
  if (!is_sound || (handle->end - handle->start < whole && !fill(handle, whole))) {
    if (!is_sound) kill(handle->child, SIGABRT);
    *index = end(handle);
    return CEVTX_DIED;
  }
  *index = frame.index;
  *bytes = handle->held + handle->start + sizeof frame;
  *count = frame.count;
  handle->start += whole;
  return (int)frame.kind;
}

int cevtx_restart(cevtx *handle, int *code) {
  end(handle);
  *code = start(handle);
  return *code == 0;
}

void cevtx_close(cevtx *handle) {
  // A child that is still writing has nobody to read it.
  if (handle->child > 0) kill(handle->child, SIGKILL);
  end(handle);
  munmap(handle->rooms, (size_t)CEVTX_ROOM * CEVTX_ROOMS);
  free(handle->held);
  free(handle);
}
