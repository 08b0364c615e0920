#include "base/chip_text.h"

#include <string.h>

#include "config/limits.h"

#define ADDRESS_FIRST 0x08
#define ADDRESS_LAST  0x77

static bool is_word_byte(char c, bool underscore)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (underscore && c == '_');
}

/* A word that is not empty, and the byte that ends it. */
static bool read_word(const char **at, bool underscore, char end, text_view_t *word)
{
    const char *stop = *at;
    while (is_word_byte(*stop, underscore)) stop++;
    *word = (text_view_t){ *at, (size_t)(stop - *at) };
    if (word->count == 0 || *stop != end) return false;
    *at = stop + 1;
    return true;
}

static bool read_address(const char *text, uint8_t *addr)
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(text) != 4 || text[0] != '0' || text[1] != 'x') return false;
    const char *high = strchr(digits, text[2]), *low = strchr(digits, text[3]);
    if (!high || !low) return false;
    int value = (int)(high - digits) * 16 + (int)(low - digits);
    *addr = (uint8_t)value;
    return value >= ADDRESS_FIRST && value <= ADDRESS_LAST;
}

bool chip_text_is_id(const char *text)
{
    text_view_t id;
    return read_word(&text, true, '\0', &id) && id.count <= CHIP_ID_BYTES_MAX;
}

bool chip_text_read(const char *text, chip_wish_t *wish)
{
    return read_word(&text, true, '=', &wish->id) && wish->id.count <= CHIP_ID_BYTES_MAX &&
           read_word(&text, false, '@', &wish->type) && read_word(&text, false, '/', &wish->bus) &&
           read_address(text, &wish->addr);
}
