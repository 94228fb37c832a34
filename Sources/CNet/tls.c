#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "cnet.h"
#include "load.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
  const SSL_METHOD *(*TLS_client_method)(void);
  const SSL_METHOD *(*TLS_server_method)(void);
  SSL_CTX *(*SSL_CTX_new)(const SSL_METHOD *);
  void (*SSL_CTX_free)(SSL_CTX *);
  long (*SSL_CTX_ctrl)(SSL_CTX *, int, long, void *);
  void (*SSL_CTX_set_verify)(SSL_CTX *, int, SSL_verify_cb);
  int (*SSL_CTX_set_default_verify_paths)(SSL_CTX *);
  int (*SSL_CTX_load_verify_locations)(SSL_CTX *, const char *, const char *);
  int (*SSL_CTX_use_certificate_chain_file)(SSL_CTX *, const char *);
  int (*SSL_CTX_use_PrivateKey_file)(SSL_CTX *, const char *, int);
  SSL *(*SSL_new)(SSL_CTX *);
  void (*SSL_free)(SSL *);
  int (*SSL_set_fd)(SSL *, int);
  long (*SSL_ctrl)(SSL *, int, long, void *);
  int (*SSL_set1_host)(SSL *, const char *);
  X509_VERIFY_PARAM *(*SSL_get0_param)(SSL *);
  int (*SSL_connect)(SSL *);
  void (*SSL_set_accept_state)(SSL *);
  int (*SSL_read)(SSL *, void *, int);
  int (*SSL_write)(SSL *, const void *, int);
  int (*SSL_shutdown)(SSL *);
  int (*SSL_get_error)(const SSL *, int);
  long (*SSL_get_verify_result)(const SSL *);
  int (*X509_VERIFY_PARAM_set1_ip_asc)(X509_VERIFY_PARAM *, const char *);
  const char *(*X509_verify_cert_error_string)(long);
  unsigned long (*ERR_get_error)(void);
  void (*ERR_error_string_n)(unsigned long, char *, size_t);
  int is_ready;
} ssl;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = cnet_library("libssl.so.3");
  void *crypto = cnet_library("libcrypto.so.3");
  if (!library || !crypto) return;
#define FIND(from, name) (*(void **)&ssl.name = dlsym(from, #name)) == NULL
  if (FIND(library, TLS_client_method) || FIND(library, TLS_server_method) ||
      FIND(library, SSL_CTX_new) || FIND(library, SSL_CTX_free) || FIND(library, SSL_CTX_ctrl) ||
      FIND(library, SSL_CTX_set_verify) || FIND(library, SSL_CTX_set_default_verify_paths) ||
      FIND(library, SSL_CTX_load_verify_locations) ||
      FIND(library, SSL_CTX_use_certificate_chain_file) ||
      FIND(library, SSL_CTX_use_PrivateKey_file) || FIND(library, SSL_new) ||
      FIND(library, SSL_free) || FIND(library, SSL_set_fd) || FIND(library, SSL_ctrl) ||
      FIND(library, SSL_set1_host) || FIND(library, SSL_get0_param) || FIND(library, SSL_connect) ||
      FIND(library, SSL_set_accept_state) || FIND(library, SSL_read) || FIND(library, SSL_write) ||
      FIND(library, SSL_shutdown) || FIND(library, SSL_get_error) ||
      FIND(library, SSL_get_verify_result) || FIND(crypto, X509_VERIFY_PARAM_set1_ip_asc) ||
      FIND(crypto, X509_verify_cert_error_string) || FIND(crypto, ERR_get_error) ||
      FIND(crypto, ERR_error_string_n))
    return;
#undef FIND
  ssl.is_ready = 1;
}

static void say(char *why, const char *what) {
  unsigned long code = ssl.ERR_get_error();
  char words[160] = "";
  if (code) ssl.ERR_error_string_n(code, words, sizeof words);
  while (ssl.ERR_get_error()) {
  }
  snprintf(why, CNET_WHY, "%s%s%s", what, code ? ": " : "", words);
}

static SSL_CTX *context(const SSL_METHOD *(**method)(void), char *why) {
  pthread_once(&once, load);
  if (!ssl.is_ready) {
    snprintf(why, CNET_WHY, "libssl.so.3 is not there; install libssl3");
    return NULL;
  }
  SSL_CTX *made = ssl.SSL_CTX_new((*method)());
  if (!made) {
    say(why, "TLS cannot be set up");
    return NULL;
  }
  ssl.SSL_CTX_ctrl(made, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
  ssl.SSL_CTX_ctrl(made, SSL_CTRL_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE, NULL);
  return made;
}

static int identify(SSL_CTX *made, const char *certificate, const char *key, char *why) {
  if (ssl.SSL_CTX_use_certificate_chain_file(made, certificate) == 1 &&
      ssl.SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) == 1)
    return 1;
  say(why, "certificate and key cannot be used");
  return 0;
}

cnet_tls_context *cnet_tls_client(const char *ca_file, const char *certificate, const char *key,
                                  char *why) {
  SSL_CTX *made = context(&ssl.TLS_client_method, why);
  if (!made) return NULL;
  ssl.SSL_CTX_set_verify(made, SSL_VERIFY_PEER, NULL);
  int knows = ca_file ? ssl.SSL_CTX_load_verify_locations(made, ca_file, NULL)
                      : ssl.SSL_CTX_set_default_verify_paths(made);
  if (knows == 1 && (!certificate || identify(made, certificate, key, why)))
    return (cnet_tls_context *)made;
  if (knows != 1) say(why, "the certificates trusted cannot be read");
  ssl.SSL_CTX_free(made);
  return NULL;
}

cnet_tls_context *cnet_tls_server(const char *certificate, const char *key, const char *ca_file,
                                  char *why) {
  SSL_CTX *made = context(&ssl.TLS_server_method, why);
  if (!made) return NULL;
  int knows = !ca_file || ssl.SSL_CTX_load_verify_locations(made, ca_file, NULL) == 1;
  if (ca_file)
    ssl.SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  if (knows && identify(made, certificate, key, why)) return (cnet_tls_context *)made;
  if (!knows) say(why, "the certificates trusted cannot be read");
  ssl.SSL_CTX_free(made);
  return NULL;
}

void cnet_tls_context_free(cnet_tls_context *context) {
  if (context) ssl.SSL_CTX_free((SSL_CTX *)context);
}

cnet_tls *cnet_tls_connect(cnet_tls_context *context, int socket, const char *name, char *why) {
  SSL *made = ssl.SSL_new((SSL_CTX *)context);
  if (!made || ssl.SSL_set_fd(made, socket) != 1) {
    say(why, "TLS cannot be begun");
    if (made) ssl.SSL_free(made);
    return NULL;
  }
  unsigned char address[16];
  if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1) {
    ssl.X509_VERIFY_PARAM_set1_ip_asc(ssl.SSL_get0_param(made), name);
  } else {
    ssl.SSL_set1_host(made, name);
    ssl.SSL_ctrl(made, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)name);
  }
  if (ssl.SSL_connect(made) == 1) return (cnet_tls *)made;
  long verdict = ssl.SSL_get_verify_result(made);
  if (verdict != X509_V_OK) {
    snprintf(why, CNET_WHY, "its certificate is not accepted: %s",
             ssl.X509_verify_cert_error_string(verdict));
    while (ssl.ERR_get_error()) {
    }
  } else {
    say(why, "TLS was refused");
  }
  ssl.SSL_free(made);
  return NULL;
}

cnet_tls *cnet_tls_accept(cnet_tls_context *context, int socket) {
  SSL *made = ssl.SSL_new((SSL_CTX *)context);
  if (!made) return NULL;
  if (ssl.SSL_set_fd(made, socket) != 1) {
    ssl.SSL_free(made);
    return NULL;
  }
  ssl.SSL_set_accept_state(made);
  return (cnet_tls *)made;
}

static long ended(cnet_tls *tls, int result) {
  int error = ssl.SSL_get_error((SSL *)tls, result);
  while (ssl.ERR_get_error()) {
  }
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return -2;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

long cnet_tls_read(cnet_tls *tls, void *bytes, size_t count) {
  int got = ssl.SSL_read((SSL *)tls, bytes, count > 1 << 20 ? 1 << 20 : (int)count);
  return got > 0 ? got : ended(tls, got);
}

long cnet_tls_write(cnet_tls *tls, const void *bytes, size_t count) {
  int done = ssl.SSL_write((SSL *)tls, bytes, count > 1 << 20 ? 1 << 20 : (int)count);
  return done > 0 ? done : ended(tls, done);
}

void cnet_tls_free(cnet_tls *tls) {
  ssl.SSL_shutdown((SSL *)tls);
  ssl.SSL_free((SSL *)tls);
}
