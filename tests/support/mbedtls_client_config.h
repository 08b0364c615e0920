/* mbedtls_client_config.h - how mbedTLS is built as the client of the tests: as the product's, and more. */
#ifndef SUPPORT_MBEDTLS_CLIENT_CONFIG_H
#define SUPPORT_MBEDTLS_CLIENT_CONFIG_H

#include "config/mbedtls_config.h"

#define MBEDTLS_SSL_RENEGOTIATION /* to be refused it */

/* It announces so little by record_size_limit, and may send the most that there is. */
#undef MBEDTLS_SSL_IN_CONTENT_LEN
#undef MBEDTLS_SSL_OUT_CONTENT_LEN
#define MBEDTLS_SSL_IN_CONTENT_LEN  1024
#define MBEDTLS_SSL_OUT_CONTENT_LEN 16384

#endif
