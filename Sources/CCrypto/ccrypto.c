#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ccrypto.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ccrypto_key {
  EVP_CIPHER_CTX *context;
};

static struct {
  unsigned char *(*HMAC)(const EVP_MD *, const void *, int, const unsigned char *, size_t,
                         unsigned char *, unsigned int *);
  const EVP_MD *(*EVP_sha1)(void);
  const EVP_MD *(*EVP_sha256)(void);
  const EVP_MD *(*EVP_sha384)(void);
  const EVP_CIPHER *(*EVP_aes_128_gcm)(void);
  const EVP_CIPHER *(*EVP_aes_256_gcm)(void);
  const EVP_CIPHER *(*EVP_chacha20_poly1305)(void);
  const EVP_CIPHER *(*EVP_aes_128_cbc)(void);
  const EVP_CIPHER *(*EVP_aes_256_cbc)(void);
  EVP_CIPHER_CTX *(*EVP_CIPHER_CTX_new)(void);
  void (*EVP_CIPHER_CTX_free)(EVP_CIPHER_CTX *);
  int (*EVP_CIPHER_CTX_ctrl)(EVP_CIPHER_CTX *, int, int, void *);
  int (*EVP_CIPHER_CTX_set_padding)(EVP_CIPHER_CTX *, int);
  int (*EVP_DecryptInit_ex)(EVP_CIPHER_CTX *, const EVP_CIPHER *, ENGINE *, const unsigned char *,
                            const unsigned char *);
  int (*EVP_DecryptUpdate)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int);
  int (*EVP_DecryptFinal_ex)(EVP_CIPHER_CTX *, unsigned char *, int *);
  EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
  void (*EVP_MD_CTX_free)(EVP_MD_CTX *);
  int (*EVP_MD_CTX_copy_ex)(EVP_MD_CTX *, const EVP_MD_CTX *);
  int (*EVP_DigestInit_ex)(EVP_MD_CTX *, const EVP_MD *, ENGINE *);
  int (*EVP_DigestUpdate)(EVP_MD_CTX *, const void *, size_t);
  int (*EVP_DigestFinal_ex)(EVP_MD_CTX *, unsigned char *, unsigned int *);
  int is_ready;
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
#define FIND(name) (*(void **)&api.name = dlsym(library, #name)) == NULL
  if (FIND(HMAC) || FIND(EVP_sha1) || FIND(EVP_sha256) || FIND(EVP_sha384) ||
      FIND(EVP_aes_128_gcm) || FIND(EVP_aes_256_gcm) || FIND(EVP_chacha20_poly1305) ||
      FIND(EVP_aes_128_cbc) || FIND(EVP_aes_256_cbc) || FIND(EVP_CIPHER_CTX_new) ||
      FIND(EVP_CIPHER_CTX_free) || FIND(EVP_CIPHER_CTX_ctrl) || FIND(EVP_CIPHER_CTX_set_padding) ||
      FIND(EVP_DecryptInit_ex) || FIND(EVP_DecryptUpdate) || FIND(EVP_DecryptFinal_ex) ||
      FIND(EVP_MD_CTX_new) || FIND(EVP_MD_CTX_free) || FIND(EVP_MD_CTX_copy_ex) ||
      FIND(EVP_DigestInit_ex) || FIND(EVP_DigestUpdate) || FIND(EVP_DigestFinal_ex))
    return;
#undef FIND
  api.is_ready = 1;
}

int ccrypto_is_there(void) {
  pthread_once(&once, load);
  return api.is_ready;
}

size_t ccrypto_hmac(ccrypto_hash hash, const uint8_t *key, size_t key_length, const uint8_t *bytes,
                    size_t count, uint8_t *out) {
  if (!ccrypto_is_there()) return 0;
  const EVP_MD *digest = hash == CCRYPTO_SHA1     ? api.EVP_sha1()
                         : hash == CCRYPTO_SHA256 ? api.EVP_sha256()
                                                  : api.EVP_sha384();
  unsigned int length = 0;
  if (!api.HMAC(digest, key, (int)key_length, bytes, count, out, &length)) return 0;
  return length;
}

ccrypto_key *ccrypto_key_new(ccrypto_kind kind, const uint8_t *bytes) {
  if (!ccrypto_is_there()) return NULL;
  const EVP_CIPHER *cipher = kind == CCRYPTO_AES128_GCM          ? api.EVP_aes_128_gcm()
                             : kind == CCRYPTO_AES256_GCM        ? api.EVP_aes_256_gcm()
                             : kind == CCRYPTO_CHACHA20_POLY1305 ? api.EVP_chacha20_poly1305()
                             : kind == CCRYPTO_AES128_CBC        ? api.EVP_aes_128_cbc()
                                                                 : api.EVP_aes_256_cbc();
  ccrypto_key *key = malloc(sizeof *key);
  if (!key) return NULL;
  key->context = api.EVP_CIPHER_CTX_new();
  if (key->context && api.EVP_DecryptInit_ex(key->context, cipher, NULL, bytes, NULL) == 1)
    return key;
  ccrypto_key_free(key);
  return NULL;
}

void ccrypto_key_free(ccrypto_key *key) {
  if (!key) return;
  if (key->context) api.EVP_CIPHER_CTX_free(key->context);
  free(key);
}

int ccrypto_open(ccrypto_key *key, const uint8_t *nonce, const uint8_t *more, size_t more_count,
                 const uint8_t *bytes, size_t count, const uint8_t *tag, uint8_t *out) {
  int done = 0;
  uint8_t expected[16];
  memcpy(expected, tag, sizeof expected);
  return api.EVP_DecryptInit_ex(key->context, NULL, NULL, NULL, nonce) == 1 &&
         api.EVP_DecryptUpdate(key->context, NULL, &done, more, (int)more_count) == 1 &&
         (count == 0 ||
          api.EVP_DecryptUpdate(key->context, out, &done, bytes, (int)count) == 1) &&
         api.EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_TAG, 16, expected) == 1 &&
         api.EVP_DecryptFinal_ex(key->context, out + count, &done) == 1;
}

int ccrypto_decrypt(ccrypto_key *key, const uint8_t *start, const uint8_t *bytes, size_t count,
                    uint8_t *out) {
  int done = 0;
  return api.EVP_DecryptInit_ex(key->context, NULL, NULL, NULL, start) == 1 &&
         api.EVP_CIPHER_CTX_set_padding(key->context, 0) == 1 &&
         api.EVP_DecryptUpdate(key->context, out, &done, bytes, (int)count) == 1 &&
         done == (int)count;
}

struct ccrypto_sum {
  EVP_MD_CTX *context;
};

static ccrypto_sum *sum_new(void) {
  if (!ccrypto_is_there()) return NULL;
  ccrypto_sum *sum = malloc(sizeof *sum);
  if (!sum) return NULL;
  sum->context = api.EVP_MD_CTX_new();
  if (sum->context) return sum;
  free(sum);
  return NULL;
}

ccrypto_sum *ccrypto_sum_new(void) {
  ccrypto_sum *sum = sum_new();
  if (!sum || api.EVP_DigestInit_ex(sum->context, api.EVP_sha256(), NULL) == 1) return sum;
  ccrypto_sum_free(sum);
  return NULL;
}

ccrypto_sum *ccrypto_sum_copy(const ccrypto_sum *other) {
  ccrypto_sum *sum = sum_new();
  if (!sum || api.EVP_MD_CTX_copy_ex(sum->context, other->context) == 1) return sum;
  ccrypto_sum_free(sum);
  return NULL;
}

void ccrypto_sum_free(ccrypto_sum *sum) {
  if (!sum) return;
  api.EVP_MD_CTX_free(sum->context);
  free(sum);
}

int ccrypto_sum_add(ccrypto_sum *sum, const uint8_t *bytes, size_t count) {
  return count == 0 || api.EVP_DigestUpdate(sum->context, bytes, count) == 1;
}

int ccrypto_sum_end(ccrypto_sum *sum, uint8_t *out) {
  unsigned int length = 0;
  return api.EVP_DigestFinal_ex(sum->context, out, &length) == 1 && length == 32;
}
