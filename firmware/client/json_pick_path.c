#include "client/json_pick_path.h"

#include <string.h>

_Static_assert(JSON_PICK_POINTER_BYTES <= 255, "positions in a pointer are 8 bits");

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool json_pick_is_pointer(const char *text)
{
    size_t count = strlen(text);
    unsigned tokens = 0;
    if (count >= JSON_PICK_POINTER_BYTES || (count > 0 && text[0] != '/')) return false;
    for (size_t i = 0; i < count; i++) {
        tokens += text[i] == '/';
        if (text[i] == '~' && text[i + 1u] != '0' && text[i + 1u] != '1') return false;
    }
    return tokens <= JSON_PICK_DEPTH_MAX;
}

/* Where the token of that number begins, behind its '/'; the end when there are not so many. */
static uint8_t token_start(const char *pointer, unsigned number)
{
    uint8_t at = 0;
    for (unsigned slashes = 0; pointer[at]; at++) {
        if (pointer[at] == '/' && slashes++ == number) return (uint8_t)(at + 1u);
    }
    return at;
}

static bool ends_token(char c)
{
    return c == '\0' || c == '/';
}

/* Whether a pointer has been walked to its end: it means the value that comes now. */
static bool is_here(const json_pick_target_t *target, unsigned depth)
{
    return target->matched == depth && target->pointer[target->at] == '\0';
}

static void move_on(json_pick_target_t *target, bool same)
{
    if (!same) return;
    target->matched++;
    uint8_t end = target->at;
    while (!ends_token(target->pointer[end])) end++;
    target->at = end;
}

bool json_pick_in_array(const json_pick_t *pick)
{
    return pick->depth > 0 && (pick->is_array >> (pick->depth - 1u) & 1u);
}

/* Pointers that lead into the container that we are in. */
static bool leads_here(const json_pick_t *pick, const json_pick_target_t *target)
{
    return target->found.kind == PICK_MISSING && target->matched + 1u == pick->depth;
}

/* A value is over: what lay at it or below it is behind us. */
void json_pick_leave_value(json_pick_t *pick)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        if (pick->depth > 0 && target->matched >= pick->depth) {
            target->matched = (uint8_t)(pick->depth - 1u);
            target->at = token_start(target->pointer, target->matched);
        }
    }
}

void json_pick_begin_name(json_pick_t *pick)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        target->cursor = target->at;
        target->same = leads_here(pick, target) && target->at > 0 && target->pointer[target->at - 1u] == '/';
    }
}

void json_pick_compare(json_pick_t *pick, unsigned char byte)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        if (!target->same) continue;
        char c = target->pointer[target->cursor];
        bool ended = ends_token(c);
        if (c == '~') c = target->pointer[++target->cursor] == '0' ? '~' : '/';
        target->same = !ended && (unsigned char)c == byte;
        target->cursor++;
    }
}

void json_pick_end_name(json_pick_t *pick)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        bool same = target->same && ends_token(target->pointer[target->cursor]);
        target->same = false;
        move_on(target, same);
    }
}

/* "0", or digits without a leading zero. */
static bool is_index(const char *token, uint32_t index)
{
    uint32_t value = 0;
    if (!is_digit(token[0]) || (token[0] == '0' && !ends_token(token[1]))) return false;
    for (; is_digit(*token); token++) {
        if (value > (UINT32_MAX - 9u) / 10u) return false;
        value = value * 10u + (uint32_t)(*token - '0');
    }
    return ends_token(*token) && value == index;
}

void json_pick_begin_element(json_pick_t *pick)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        bool has_token = target->at > 0 && target->pointer[target->at - 1u] == '/';
        move_on(target, leads_here(pick, target) && has_token &&
                            is_index(target->pointer + target->at, pick->index[pick->depth - 1u]));
    }
}

void json_pick_find(json_pick_t *pick, const json_picked_t *picked)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        if (target->found.kind != PICK_MISSING || !is_here(target, pick->depth)) continue;
        target->found = *picked;
        pick->left--;
    }
    if (pick->left == 0 && pick->count > 0) pick->state = PICK_DONE;
}

void json_pick_find_kind(json_pick_t *pick, json_pick_kind_t kind)
{
    const json_picked_t picked = { .kind = kind };
    json_pick_find(pick, &picked);
}

void json_pick_lead_on(json_pick_t *pick)
{
    for (unsigned i = 0; i < pick->count; i++) {
        json_pick_target_t *target = &pick->targets[i];
        if (target->matched == pick->depth && target->pointer[target->at] == '/') target->at++;
    }
}
