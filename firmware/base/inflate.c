#include "base/inflate.h"

#define END_OF_BLOCK   256u
#define FIRST_LENGTH   257u
#define LENGTHS        29u
#define DISTANCES      30u
#define LAST_AND_FIXED 3u /* BFINAL, BTYPE 01 */

typedef struct {
    const uint8_t *at, *end;
    uint32_t bits; /* taken from the bytes, not used yet; the next one is the lowest */
    unsigned count;
    bool broken; /* more was wanted than there is */
} bit_reader_t;

static uint32_t take_bits(bit_reader_t *in, unsigned count)
{
    while (in->count < count) {
        if (in->at == in->end) {
            in->broken = true;
            return 0;
        }
        in->bits |= (uint32_t)*in->at++ << in->count;
        in->count += 8;
    }
    uint32_t value = in->bits & ((1u << count) - 1u);
    in->bits >>= count;
    in->count -= count;
    return value;
}

/* Codes stand with their highest bit first (section 3.1.1). */
static uint32_t take_code(bit_reader_t *in, unsigned count, uint32_t begin)
{
    for (unsigned i = 0; i < count; i++) begin = begin << 1 | take_bits(in, 1);
    return begin;
}

/* Section 3.2.6: 7 bits for 256 to 279, 8 for 0 to 143 and 280 to 287, 9 for 144 to 255. */
static uint32_t take_symbol(bit_reader_t *in)
{
    uint32_t code = take_code(in, 7, 0);
    if (code <= 0x17u) return 256u + code;
    code = take_code(in, 1, code);
    if (code <= 0xbfu) return code - 0x30u;
    if (code <= 0xc7u) return 280u + (code - 0xc0u);
    code = take_code(in, 1, code);
    return 144u + (code - 0x190u);
}

/* Section 3.2.5. */
static uint32_t take_length(bit_reader_t *in, uint32_t symbol)
{
    static const uint16_t base[LENGTHS] = { 3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                            31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
    static const uint8_t extra[LENGTHS] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                            2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };
    uint32_t i = symbol - FIRST_LENGTH;
    if (i >= LENGTHS) {
        in->broken = true;
        return 0;
    }
    return base[i] + take_bits(in, extra[i]);
}

static uint32_t take_distance(bit_reader_t *in)
{
    uint32_t code = take_code(in, 5, 0);
    if (code >= DISTANCES) {
        in->broken = true;
        return 0;
    }
    if (code < 4) return code + 1u;
    unsigned extra = code / 2u - 1u;
    return ((2u + (code & 1u)) << extra) + 1u + take_bits(in, extra);
}

bool inflate_block(const uint8_t *packed, size_t packed_bytes, const uint8_t *dictionary,
                   size_t dictionary_bytes, text_writer_t *out)
{
    bit_reader_t in = { packed, packed + packed_bytes, 0, 0, false };
    const char *begin = out->at;
    if (take_bits(&in, 3) != LAST_AND_FIXED) return false;
    while (!in.broken && !out->overflow) {
        uint32_t symbol = take_symbol(&in);
        if (in.broken) break;
        if (symbol == END_OF_BLOCK) return true;
        if (symbol < END_OF_BLOCK) {
            text_char(out, (char)symbol);
            continue;
        }
        uint32_t length = take_length(&in, symbol);
        size_t distance = take_distance(&in);
        for (; length > 0 && !in.broken && !out->overflow; length--) {
            size_t written = (size_t)(out->at - begin);
            if (distance <= written)
                text_char(out, out->at[-(ptrdiff_t)distance]);
            else if (distance - written <= dictionary_bytes)
                text_char(out, (char)dictionary[dictionary_bytes - (distance - written)]);
            else
                in.broken = true;
        }
    }
    return false;
}
