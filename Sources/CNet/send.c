#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "cnet.h"
#include "load.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_perform)(CURL *);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  void (*easy_cleanup)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  int is_ready;
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = cnet_library("libcurl.so.4");
  if (!library) library = cnet_library("libcurl-gnutls.so.4");
  if (!library) return;
#define FIND(name) (*(void **)&curl.name = dlsym(library, "curl_" #name)) == NULL
  if (FIND(global_init) || FIND(easy_init) || FIND(easy_setopt) || FIND(easy_perform) ||
      FIND(easy_getinfo) || FIND(easy_cleanup) || FIND(easy_strerror) || FIND(slist_append) ||
      FIND(slist_free_all))
    return;
#undef FIND
  curl.is_ready = curl.global_init(CURL_GLOBAL_ALL) == CURLE_OK;
}

typedef struct {
  cnet_answer *answer;
  size_t most;
} kept;

static size_t keep(char *bytes, size_t size, size_t count, void *raw) {
  kept *into = raw;
  size_t length = size * count;
  size_t room = into->most - into->answer->body_length;
  size_t taken = length < room ? length : room;
  if (taken > 0) {
    char *grown = realloc(into->answer->body, into->answer->body_length + taken);
    if (!grown) return 0;
    memcpy(grown + into->answer->body_length, bytes, taken);
    into->answer->body = grown;
    into->answer->body_length += taken;
  }
  return length;
}

typedef struct {
  const char *bytes;
  size_t left;
} source;

static size_t give(char *bytes, size_t size, size_t count, void *raw) {
  source *from = raw;
  size_t length = size * count < from->left ? size * count : from->left;
  memcpy(bytes, from->bytes, length);
  from->bytes += length;
  from->left -= length;
  return length;
}

static struct curl_slist *listed(const char *const *texts, size_t count) {
  struct curl_slist *list = NULL;
  for (size_t index = 0; index < count; index++) {
    struct curl_slist *longer = curl.slist_append(list, texts[index]);
    if (!longer) break;
    list = longer;
  }
  return list;
}

int cnet_send(const cnet_request *request, size_t most, cnet_answer *answer) {
  memset(answer, 0, sizeof *answer);
  pthread_once(&once, load);
  if (!curl.is_ready) {
    snprintf(answer->why, CNET_WHY, "libcurl.so.4 is not there; install libcurl4");
    return -1;
  }
  CURL *handle = curl.easy_init();
  if (!handle) {
    snprintf(answer->why, CNET_WHY, "libcurl has no memory");
    return -1;
  }
  char why[CURL_ERROR_SIZE] = "";
  kept into = {answer, most};
  source from = {request->body, request->body_length};
  struct curl_slist *headers = listed(request->headers, request->header_count);
  struct curl_slist *recipients = listed(request->recipients, request->recipient_count);
#define SET(option, value) curl.easy_setopt(handle, option, value)
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_ERRORBUFFER, why);
  SET(CURLOPT_CONNECTTIMEOUT, request->connect_seconds);
  SET(CURLOPT_TIMEOUT, request->seconds);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_WRITEFUNCTION, keep);
  SET(CURLOPT_WRITEDATA, &into);
  // A redirection would take a token to a place nobody declared.
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  if (request->ca_file) SET(CURLOPT_CAINFO, request->ca_file);
  if (request->user) {
    SET(CURLOPT_USERNAME, request->user);
    SET(CURLOPT_PASSWORD, request->password ? request->password : "");
  }
  if (request->recipient_count > 0) {
    SET(CURLOPT_MAIL_FROM, request->from);
    SET(CURLOPT_MAIL_RCPT, recipients);
    SET(CURLOPT_USE_SSL, (long)(request->needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, &from);
  } else {
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    SET(CURLOPT_POSTFIELDS, request->body);
    SET(CURLOPT_HTTPHEADER, headers);
  }
#undef SET
  CURLcode code = curl.easy_perform(handle);
  curl.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer->status);
  int isDone = code == CURLE_OK;
  if (!isDone) {
    snprintf(answer->why, CNET_WHY, "%s", why[0] ? why : curl.easy_strerror(code));
    // What a mail server says of a mail is an answer.
    if (answer->status < 400 || request->recipient_count == 0) answer->status = 0;
    isDone = answer->status != 0;
  }
  curl.easy_cleanup(handle);
  curl.slist_free_all(headers);
  curl.slist_free_all(recipients);
  return isDone ? 0 : -1;
}

void cnet_answer_free(cnet_answer *answer) {
  free(answer->body);
  answer->body = NULL;
}
