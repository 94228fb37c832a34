#define _GNU_SOURCE
#include "cnet.h"
#include "load.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

typedef struct {
  void (*body)(void *);
  void *argument;
} start;

static void *run(void *raw) {
  start begun = *(start *)raw;
  free(raw);
  begun.body(begun.argument);
  return NULL;
}

int cnet_start(void (*body)(void *), void *argument) {
  start *begun = malloc(sizeof *begun);
  if (!begun) return -1;
  *begun = (start){body, argument};
  // Signals are for the thread that waits for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int failed = pthread_create(&thread, NULL, run, begun);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failed) {
    free(begun);
    return -1;
  }
  pthread_detach(thread);
  return 0;
}

void *cnet_library(const char *name) { return dlopen(name, RTLD_NOW | RTLD_LOCAL); }
