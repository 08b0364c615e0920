/* base/inflate.h - unpacking one small block: raw DEFLATE (RFC 1951) with the fixed codes and a preset dictionary.
 *
 * No tables are built and nothing is kept: a block is unpacked alone, straight to where it is wanted. What a block
 * may refer back to is what it has written so far and, before that, the dictionary.
 *
 * Time: about 30 instructions a byte. Stack: 64 bytes. Context: anywhere.
 */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Unpacks a block.
 * packed      one DEFLATE block with the fixed codes, the last of its stream (section 3.2.6); hostile input is refused
 *             without reading or writing beyond the bounds
 * dictionary  as it was given to the packer; 0 bytes: none
 * out         the block's text is appended; when it does not fit, out->overflow is set as usual
 * returns     false: it is malformed, or did not fit. out may hold part of it then */
bool inflate_block(const uint8_t *packed, size_t packed_bytes, const uint8_t *dictionary,
                   size_t dictionary_bytes, text_writer_t *out);

#endif
