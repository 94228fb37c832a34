#ifndef CNET_LOAD_H
#define CNET_LOAD_H

/// The library, loaded once, or NULL.
void *cnet_library(const char *name);

#endif
