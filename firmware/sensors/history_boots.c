#include "base/hash.h"
#include "sensors/history_memory.h"

typedef struct {
    uint32_t boot, version;
    int64_t offset_ms;
} copy_t;

static uint64_t check_of(const copy_t *copy)
{
    uint64_t check = hash_word(HASH_SEED, (uint64_t)copy->boot << 32 | copy->version);
    return hash_word(check, (uint64_t)copy->offset_ms);
}

/* returns   false when that copy is damaged or empty */
static bool read_copy(const history_boot_t *entry, unsigned index, copy_t *copy)
{
    *copy =
        (copy_t){ entry->copies[index].boot, entry->copies[index].version, entry->copies[index].offset_ms };
    return copy->boot > 0 && entry->copies[index].check == check_of(copy);
}

/* returns   the index of the copy that holds; 2: none does */
static unsigned read_entry(const history_boot_t *entry, copy_t *best)
{
    unsigned found = 2;
    for (unsigned i = 0; i < 2; i++) {
        copy_t copy;
        if (!read_copy(entry, i, &copy)) continue;
        if (found < 2 &&
            (copy.boot < best->boot || (copy.boot == best->boot && copy.version < best->version)))
            continue;
        *best = copy;
        found = i;
    }
    return found;
}

uint32_t history_boots_last(const history_boot_t boots[])
{
    uint32_t last = 0;
    for (unsigned i = 0; i < HISTORY_BOOTS_MAX; i++) {
        copy_t copy;
        if (read_entry(&boots[i], &copy) < 2 && copy.boot > last) last = copy.boot;
    }
    return last;
}

void history_boots_write(history_boot_t boots[], uint32_t boot, bool known, int64_t offset_ms)
{
    history_boot_t *entry = &boots[boot % HISTORY_BOOTS_MAX];
    copy_t before, now = { boot, known ? 1u : 0u, offset_ms };
    unsigned index = read_entry(entry, &before);
    if (index < 2 && before.boot == boot) now.version = before.version + 1u;
    unsigned other = index == 0 ? 1 : 0;
    entry->copies[other].check = 0;
    __asm volatile("" ::: "memory");
    entry->copies[other].boot = now.boot;
    entry->copies[other].version = now.version;
    entry->copies[other].offset_ms = now.offset_ms;
    __asm volatile("" ::: "memory");
    entry->copies[other].check = check_of(&now);
}

bool history_boots_offset_ms(const history_boot_t boots[], uint32_t boot, int64_t *offset_ms)
{
    copy_t copy = { 0 };
    if (read_entry(&boots[boot % HISTORY_BOOTS_MAX], &copy) == 2) return false;
    if (copy.boot != boot || copy.version == 0) return false;
    *offset_ms = copy.offset_ms;
    return true;
}

void history_boots_clear(history_boot_t boots[])
{
    for (unsigned i = 0; i < HISTORY_BOOTS_MAX; i++) {
        boots[i].copies[0].boot = 0;
        boots[i].copies[1].boot = 0;
    }
}
