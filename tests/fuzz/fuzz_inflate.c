/* libFuzzer target: unpacking a block. Whatever it holds, nothing is read or written beyond the bounds (the sanitizers
 * look), it ends, and the same block gives the same text. */
#include <stdint.h>
#include <stdlib.h>

#include "base/inflate.h"

#define TEXT_BYTES 1400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char dictionary[] = "{\"type\":\"object\",\"properties\":";
    char text[2][TEXT_BYTES];
    text_writer_t out[2];
    bool good[2];
    for (unsigned i = 0; i < 2; i++) {
        out[i] = text_writer(text[i], TEXT_BYTES);
        good[i] = inflate_block(data, size, (const uint8_t *)dictionary, sizeof dictionary - 1, &out[i]);
        if (good[i] && out[i].overflow) abort();
    }
    size_t bytes = (size_t)(out[0].at - text[0]);
    if (good[0] != good[1] || bytes != (size_t)(out[1].at - text[1]) || memcmp(text[0], text[1], bytes) != 0)
        abort();
    return 0;
}
