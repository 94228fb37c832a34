#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

// What reading encrypted sessions and hashing much need of OpenSSL's libcrypto: loaded when first used, nothing is linked.
// Nothing here keeps a pointer it was given. Any thread; a key by one at a time.

typedef enum { CCRYPTO_SHA1 = 1, CCRYPTO_SHA256, CCRYPTO_SHA384 } ccrypto_hash;

typedef enum {
  CCRYPTO_AES128_GCM = 1,
  CCRYPTO_AES256_GCM,
  CCRYPTO_CHACHA20_POLY1305,
  CCRYPTO_AES128_CBC,
  CCRYPTO_AES256_CBC
} ccrypto_kind;

typedef struct ccrypto_key ccrypto_key;

/// Whether libcrypto.so.3 is there.
int ccrypto_is_there(void);

/// HMAC into `out`, which has room for 48 bytes; its length, or 0: it could not be made.
size_t ccrypto_hmac(ccrypto_hash hash, const uint8_t *key, size_t key_length, const uint8_t *bytes,
                    size_t count, uint8_t *out);

/// A key to decrypt with; NULL: it could not be made.
ccrypto_key *ccrypto_key_new(ccrypto_kind kind, const uint8_t *key);
void ccrypto_key_free(ccrypto_key *key);

/// Decrypts `count` bytes into `out` and checks the tag of 16 bytes; 0: it is not that of these bytes.
int ccrypto_open(ccrypto_key *key, const uint8_t *nonce, const uint8_t *more, size_t more_count,
                 const uint8_t *bytes, size_t count, const uint8_t *tag, uint8_t *out);

/// Decrypts whole blocks of AES in CBC mode, the padding left as it is; 0: it could not.
int ccrypto_decrypt(ccrypto_key *key, const uint8_t *start, const uint8_t *bytes, size_t count,
                    uint8_t *out);

// SHA-256 by the processor's own instructions, where it has them.

typedef struct ccrypto_sum ccrypto_sum;

/// A SHA-256 to add bytes to; NULL: it could not be made.
ccrypto_sum *ccrypto_sum_new(void);

/// Another that goes on from where this one is; NULL: it could not be made.
ccrypto_sum *ccrypto_sum_copy(const ccrypto_sum *sum);
void ccrypto_sum_free(ccrypto_sum *sum);

/// 0: it could not.
int ccrypto_sum_add(ccrypto_sum *sum, const uint8_t *bytes, size_t count);

/// The 32 bytes of the digest, once; 0: it could not.
int ccrypto_sum_end(ccrypto_sum *sum, uint8_t *out);

#endif
