/* mbedtls_config.h - how mbedTLS 3.6 is built here, and why.
 *
 * What is not named here is left out. No file system, no clock, no platform entropy, no heap: our contexts are
 * members of our own structs, and seeds come from security/random.c, so that one place decides whether there are
 * secrets at all. TLS adds its own modules to this list when it comes.
 */
#ifndef CONFIG_MBEDTLS_CONFIG_H
#define CONFIG_MBEDTLS_CONFIG_H

/* Lets the compiler not undo what was written to run in constant time, and the big-number code of TLS fly. */
#define MBEDTLS_HAVE_ASM

/* ---- SHA-256: tokens, and the condensing of seeds ---------------------------------------------------- */

#define MBEDTLS_SHA256_C
/* A token is one block, so 1.5 KiB of flash are worth more than the time. */
#define MBEDTLS_SHA256_SMALLER

/* ---- CTR_DRBG with AES-256: every random byte -------------------------------------------------------- */

#define MBEDTLS_CTR_DRBG_C
#define MBEDTLS_AES_C
/* One table instead of four, as a constant: 1.3 KiB of flash in place of 4.4 KiB of RAM. */
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
/* Counter mode only encrypts: 2.7 KiB of flash. */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT

/* Bytes asked of the entropy source at once: 32 of entropy and 16 of nonce, SP 800-90A section 8.6.7. */
#define MBEDTLS_CTR_DRBG_ENTROPY_LEN 48
/* Bytes of additional input, and of all inputs to a seeding together (48 + 32). Both live on the stack. */
#define MBEDTLS_CTR_DRBG_MAX_INPUT      64
#define MBEDTLS_CTR_DRBG_MAX_SEED_INPUT 112

#endif
