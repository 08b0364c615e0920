/* The public half of an ephemeral key on Curve25519, for TLS 1.3 (RFC 7748 section 6.1).
 *
 * mbedTLS holds a second implementation of this curve, Everest, which was proven right and is several times faster on a
 * core without a long multiplication (docs/decisions/0013). It agrees on keys with it, but PSA makes their public halves
 * with the general one. psa_crypto_ecp.c calls tls_ecp_mul in the place of mbedtls_ecp_mul (cmake/third_party.cmake).
 */
#include "tls/x25519.h"

#include "mbedtls/platform_util.h"

#define KEY_BYTES 32u

/* As Everest's header declares it, which cannot be read without the settings of its own sources. */
void Hacl_Curve25519_crypto_scalarmult(uint8_t *product, uint8_t *secret, uint8_t *base);

static int multiply(mbedtls_ecp_point *product, const mbedtls_mpi *scalar, const mbedtls_ecp_point *point)
{
    uint8_t secret[KEY_BYTES], base[KEY_BYTES], result[KEY_BYTES];
    int error = mbedtls_mpi_write_binary_le(scalar, secret, sizeof secret);
    if (error == 0) error = mbedtls_mpi_write_binary_le(&point->MBEDTLS_PRIVATE(X), base, sizeof base);
    if (error == 0) {
        Hacl_Curve25519_crypto_scalarmult(result, secret, base);
        error = mbedtls_mpi_read_binary_le(&product->MBEDTLS_PRIVATE(X), result, sizeof result);
    }
    if (error == 0) error = mbedtls_mpi_lset(&product->MBEDTLS_PRIVATE(Z), 1);
    mbedtls_platform_zeroize(secret, sizeof secret);
    mbedtls_platform_zeroize(result, sizeof result);
    return error;
}

int tls_ecp_mul(mbedtls_ecp_group *group, mbedtls_ecp_point *product, const mbedtls_mpi *scalar,
                const mbedtls_ecp_point *point, int (*draw)(void *, unsigned char *, size_t), void *context)
{
    if (group->id != MBEDTLS_ECP_DP_CURVE25519)
        return mbedtls_ecp_mul(group, product, scalar, point, draw, context);
    int error = mbedtls_ecp_check_privkey(group, scalar);
    return error == 0 ? multiply(product, scalar, point) : error;
}
