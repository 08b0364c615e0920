/* mbedtls_config.h - how mbedTLS 3.6 is built here, and why.
 *
 * What is not named here is left out. No file system, no clock, no platform entropy, no heap: our contexts are
 * members of our own structs, and seeds come from security/random.c, so that one place decides whether there are
 * secrets at all.
 */
#ifndef CONFIG_MBEDTLS_CONFIG_H
#define CONFIG_MBEDTLS_CONFIG_H

/* Lets the compiler not undo what was written to run in constant time, and the big-number code of TLS fly. */
#define MBEDTLS_HAVE_ASM

/* ---- SHA-256: tokens, and the condensing of seeds ---------------------------------------------------- */

#define MBEDTLS_SHA256_C
/* A token is one block, so 1.5 KiB of flash are worth more than the time. */

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

/* ---- TLS 1.2 and 1.3, server and client ---------------------------------------------------------------------------- */

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_SNPRINTF_ALT /* nobody here describes certificates in words: there is no such function */
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_PLATFORM_TIME_ALT
#define MBEDTLS_PLATFORM_MS_TIME_ALT

#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_SESSION_TICKETS
#define MBEDTLS_SSL_TICKET_C
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#define MBEDTLS_SSL_RECORD_SIZE_LIMIT
#define MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
/* TLS_RECORD_IN_BYTES and TLS_RECORD_OUT_BYTES of limits.h (tls_server.c compares them). */
#ifndef MBEDTLS_SSL_IN_CONTENT_LEN
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#endif
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED

#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED
#define MBEDTLS_ECDSA_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MD_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C

#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_REMOVE_INFO
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CRT_WRITE_C
#define MBEDTLS_X509_CSR_WRITE_C
#define MBEDTLS_BASE64_C

#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_PSA_KEY_SLOT_COUNT 16

#endif
