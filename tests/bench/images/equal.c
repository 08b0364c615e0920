/* Compares what hal/cortex_m has in assembler with loops of C that go byte by byte, on the emulated core: memcpy, memset,
 * memmove, memcmp and the check sum, for each alignment and for lengths on both sides of each step they take. Answers any
 * request with "equal", or with the name of what differs. */
#include <stdbool.h>
#include <string.h>

#include "bench_server.h"
#include "hal/checksum.h"
#include "lwip/tcp.h"

#define BYTES_MAX   140u
#define MARGIN      8u
#define AREA_BYTES  (BYTES_MAX + 2u * MARGIN)
#define SHIFTS_MAX  40u
#define CHECK_WORDS 67u

static struct {
    _Alignas(4) uint8_t from[AREA_BYTES], to[AREA_BYTES], wanted[AREA_BYTES];
    uint32_t chance;
    const char *differs;
} equal;

/* xorshift32 (Marsaglia 2003) */
static uint8_t chance(void)
{
    equal.chance ^= equal.chance << 13;
    equal.chance ^= equal.chance >> 17;
    equal.chance ^= equal.chance << 5;
    return (uint8_t)equal.chance;
}

static void fill(uint8_t *area)
{
    for (size_t i = 0; i < AREA_BYTES; i++) area[i] = chance();
}

static bool same(const uint8_t *a, const uint8_t *b)
{
    for (size_t i = 0; i < AREA_BYTES; i++) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

/* Through volatile pointers, so that no compiler takes these for the functions they judge. */
static void plain_copy(volatile uint8_t *to, const volatile uint8_t *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) to[i] = from[i];
}

static void begin(void)
{
    fill(equal.from);
    fill(equal.to);
    plain_copy(equal.wanted, equal.to, AREA_BYTES);
}

static bool copies(size_t source, size_t target, size_t bytes)
{
    begin();
    plain_copy(equal.wanted + target, equal.from + source, bytes);
    return memcpy(equal.to + target, equal.from + source, bytes) == equal.to + target &&
           same(equal.to, equal.wanted);
}

static bool sets(size_t target, size_t bytes)
{
    begin();
    uint8_t value = chance();
    for (volatile uint8_t *at = equal.wanted + target; at < equal.wanted + target + bytes; at++) *at = value;
    return memset(equal.to + target, value, bytes) == equal.to + target && same(equal.to, equal.wanted);
}

static bool moves(size_t source, size_t target, size_t bytes)
{
    begin();
    plain_copy(equal.from, equal.to, AREA_BYTES);
    plain_copy(equal.wanted + target, equal.from + source, bytes);
    return memmove(equal.to + target, equal.to + source, bytes) == equal.to + target &&
           same(equal.to, equal.wanted);
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

/* different   where the two differ; bytes: nowhere */
static bool compares(size_t source, size_t target, size_t bytes, size_t different)
{
    begin();
    plain_copy(equal.to + target, equal.from + source, bytes);
    int wanted = 0;
    if (different < bytes) {
        equal.to[target + different] = (uint8_t)(equal.from[source + different] + 1u + chance() % 255u);
        wanted = equal.from[source + different] > equal.to[target + different] ? 1 : -1;
    }
    return sign(memcmp(equal.from + source, equal.to + target, bytes)) == wanted;
}

static bool sums(size_t words)
{
    uint32_t area[CHECK_WORDS];
    uint64_t wanted = 0;
    for (size_t i = 0; i < words; i++) {
        uint32_t word = 0;
        for (unsigned k = 0; k < 4; k++) word = word << 8 | (chance() % 3u == 0 ? 0xffu : chance());
        area[i] = word;
        wanted += word;
    }
    while (wanted >> 32) wanted = (wanted >> 32) + (wanted & UINT32_MAX);
    return hal_checksum_words(area, words, 0) == (uint32_t)wanted;
}

static bool moves_agree(void)
{
    for (size_t bytes = 0; bytes <= BYTES_MAX - SHIFTS_MAX; bytes++) {
        for (size_t shift = 0; shift <= SHIFTS_MAX; shift++) {
            if (!moves(MARGIN + shift, MARGIN, bytes) || !moves(MARGIN, MARGIN + shift, bytes)) return false;
        }
    }
    return true;
}

static const char *compare_all(void)
{
    for (size_t bytes = 0; bytes <= BYTES_MAX; bytes++) {
        for (size_t places = 0; places < 16; places++) {
            size_t source = MARGIN - 4u + places % 4u;
            size_t target = MARGIN - 4u + places / 4u;
            if (!copies(source, target, bytes)) return "memcpy";
            if (!sets(target, bytes)) return "memset";
            if (!compares(source, target, bytes, bytes)) return "memcmp of the same";
            if (bytes > 0 && !compares(source, target, bytes, equal.chance % bytes)) return "memcmp";
        }
    }
    for (size_t words = 0; words < CHECK_WORDS; words++) {
        for (unsigned times = 0; times < 20; times++) {
            if (!sums(words)) return "hal_checksum_words";
        }
    }
    return moves_agree() ? NULL : "memmove";
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    LWIP_UNUSED_ARG(arg);
    LWIP_UNUSED_ARG(err);
    if (!p) return tcp_close(pcb);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    const char *body = equal.differs ? equal.differs : "equal";
    (void)tcp_write(pcb, head, sizeof head - 1, TCP_WRITE_FLAG_COPY);
    (void)tcp_write(pcb, body, (u16_t)strlen(body), TCP_WRITE_FLAG_COPY);
    return tcp_close(pcb); /* which ends the answer */
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    LWIP_UNUSED_ARG(arg);
    if (err != ERR_OK || !pcb) return ERR_VAL;
    tcp_recv(pcb, on_recv);
    return ERR_OK;
}

void bench_server_open(void)
{
    equal.chance = 1;
    equal.differs = compare_all();
    struct tcp_pcb *pcb = tcp_new();
    if (!pcb || tcp_bind(pcb, IP_ADDR_ANY, 80) != ERR_OK) return;
    pcb = tcp_listen(pcb);
    if (pcb) tcp_accept(pcb, on_accept);
}
