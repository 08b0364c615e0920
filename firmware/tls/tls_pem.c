#include "tls/tls_pem.h"

#include <string.h>

#include "mbedtls/base64.h"

static const char begin_any[] = "-----BEGIN ";
static const char begin[] = "-----BEGIN CERTIFICATE-----";
static const char end[] = "-----END CERTIFICATE-----";

/* Takes the document that begins at text.
 * returns   what stands behind it; NULL with *status set */
static const char *read_one(const char *text, tls_chain_t *chain, status_t *status)
{
    *status = STATUS_INVALID;
    if (strncmp(text, begin, sizeof begin - 1u) != 0) return NULL;
    text += sizeof begin - 1u;
    const char *stop = strstr(text, end);
    if (!stop) return NULL;
    size_t bytes;
    int result = mbedtls_base64_decode(chain->der + chain->bytes, sizeof chain->der - chain->bytes, &bytes,
                                       (const unsigned char *)text, (size_t)(stop - text));
    if (result == MBEDTLS_ERR_BASE64_BUFFER_TOO_SMALL) *status = STATUS_NO_MEMORY;
    if (result != 0 || bytes == 0) return NULL;
    chain->bytes += bytes;
    *status = STATUS_OK;
    return stop + sizeof end - 1u;
}

status_t tls_pem_read(const char *text, tls_chain_t *chain)
{
    chain->bytes = 0;
    while ((text = strstr(text, begin_any)) != NULL) {
        status_t status;
        text = read_one(text, chain, &status);
        if (!text) return status;
    }
    return chain->bytes > 0 ? STATUS_OK : STATUS_INVALID;
}

void tls_pem_write_line(text_writer_t *out, const uint8_t *bytes, size_t count)
{
    unsigned char line[TLS_PEM_LINE_CHARACTERS + 1u];
    size_t characters;
    if (mbedtls_base64_encode(line, sizeof line, &characters, bytes, count) != 0) return;
    text_append(out, (const char *)line, characters);
}
