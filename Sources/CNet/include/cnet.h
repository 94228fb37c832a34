#ifndef CNET_H
#define CNET_H

#include <stddef.h>
#include <stdint.h>

// HTTP and mail by libcurl, TLS by OpenSSL: loaded when first used, so that who uses neither pays
// nothing and needs neither. Nothing here keeps a pointer it was given. Any thread; a handle by one at
// a time.

// What it cannot do is said in `why`, at most CNET_WHY bytes with the NUL at the end.
#define CNET_WHY 256

/// Runs `body(argument)` on a thread of its own that takes no signals; 0, or -1.
int cnet_start(void (*body)(void *), void *argument);

// Requests

typedef struct {
  const char *url;
  /// `Name: value` each.
  const char *const *headers;
  size_t header_count;
  const void *body;
  size_t body_length;
  /// PEM of who is trusted, or NULL: those of the system.
  const char *ca_file;
  /// Of a mail: from, to whom, and who sends it; NULL.
  const char *from;
  const char *const *recipients;
  size_t recipient_count;
  const char *user;
  const char *password;
  /// Whether a mail must go by TLS.
  int needs_tls;
  /// Seconds, of connecting and of all.
  long connect_seconds;
  long seconds;
} cnet_request;

typedef struct {
  /// Of HTTP or SMTP; 0: there was no answer.
  long status;
  /// The first bytes of the answer.
  char *body;
  size_t body_length;
  char why[CNET_WHY];
} cnet_answer;

/// POST, or a mail where `recipients` are given; 0: there was an answer, -1: none, `why` says it.
///
/// `answer->body` is to be freed by `cnet_answer_free`; at most `most` bytes are kept.
int cnet_send(const cnet_request *request, size_t most, cnet_answer *answer);
void cnet_answer_free(cnet_answer *answer);

// TLS

typedef struct cnet_tls_context cnet_tls_context;
typedef struct cnet_tls cnet_tls;

/// Of a client: whom it trusts (`ca_file` or NULL: those of the system), and its own certificate, or NULL.
cnet_tls_context *cnet_tls_client(const char *ca_file, const char *certificate, const char *key,
                                  char *why);
/// Of a server: its certificate; with `ca_file`, clients must show one of theirs.
cnet_tls_context *cnet_tls_server(const char *certificate, const char *key, const char *ca_file,
                                  char *why);
void cnet_tls_context_free(cnet_tls_context *context);

/// Greets the server `name` over a connected socket that blocks; NULL: refused.
cnet_tls *cnet_tls_connect(cnet_tls_context *context, int socket, const char *name, char *why);
/// Takes a client over a connected socket that does not block; the greeting is done while reading.
cnet_tls *cnet_tls_accept(cnet_tls_context *context, int socket);
/// Bytes; 0: the other side has ended; -1: failed; -2: nothing now.
long cnet_tls_read(cnet_tls *tls, void *bytes, size_t count);
long cnet_tls_write(cnet_tls *tls, const void *bytes, size_t count);
/// Says goodbye; the socket stays open.
void cnet_tls_free(cnet_tls *tls);

#endif
