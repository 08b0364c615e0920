/* tls/x25519.h - scalar multiplication for the ephemeral keys of TLS 1.3.
 *
 * Internal to firmware/tls; called by mbedTLS. Context: main loop only.
 */
#ifndef TLS_X25519_H
#define TLS_X25519_H

#include "mbedtls/ecp.h"

/* As mbedtls_ecp_mul, which it calls for all curves but Curve25519. There the point's Y is not computed, as there.
 * returns   0 or an error of mbedTLS */
int tls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *product, const mbedtls_mpi *scalar,
                const mbedtls_ecp_point *point, int (*draw)(void *, unsigned char *, size_t), void *context);

#endif
