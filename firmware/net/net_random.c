#include "net/net_random.h"

#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "lwip/sys.h"
#include "net/port/lwip_hooks.h"

/* The hash is 32 bits wide inside, so it costs a Cortex-M3 about 300 instructions for a connection. */
typedef struct {
    uint32_t v0, v1, v2, v3;
} halfsiphash_t;

static struct {
    uint32_t key[2];
    uint32_t counter;
} random_state;

static inline uint32_t rotate_left(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

static void round_twice(halfsiphash_t *h)
{
    for (unsigned i = 0; i < 2; i++) {
        h->v0 += h->v1;
        h->v1 = rotate_left(h->v1, 5) ^ h->v0;
        h->v0 = rotate_left(h->v0, 16);
        h->v2 += h->v3;
        h->v3 = rotate_left(h->v3, 8) ^ h->v2;
        h->v0 += h->v3;
        h->v3 = rotate_left(h->v3, 7) ^ h->v0;
        h->v2 += h->v1;
        h->v1 = rotate_left(h->v1, 13) ^ h->v2;
        h->v2 = rotate_left(h->v2, 16);
    }
}

/* HalfSipHash-2-4 of whole words (Aumasson, Bernstein: SipHash, with the 32-bit constants of its authors). */
static uint32_t keyed_hash(const uint32_t words[], size_t count)
{
    halfsiphash_t h = { random_state.key[0], random_state.key[1], 0x6c796765u ^ random_state.key[0],
                        0x74656462u ^ random_state.key[1] };
    for (size_t i = 0; i <= count; i++) {
        uint32_t word = i < count ? words[i] : (uint32_t)count * 4u << 24;
        h.v3 ^= word;
        round_twice(&h);
        h.v0 ^= word;
    }
    h.v2 ^= 0xffu;
    round_twice(&h);
    round_twice(&h);
    return h.v1 ^ h.v3;
}

void net_random_init(const uint8_t secret[8], const uint8_t mac[6], uint64_t now_ms)
{
    uint8_t seed[sizeof random_state.key];
    random_state.counter = 0;
    if (secret) {
        memcpy(random_state.key, secret, sizeof random_state.key);
        return;
    }
    log_warning("net", "no entropy on this board: sequence numbers can be guessed");
    memcpy(seed, mac, 6);
    seed[6] = (uint8_t)now_ms;
    seed[7] = (uint8_t)(now_ms >> 8);
    memcpy(random_state.key, seed, sizeof seed);
}

uint32_t net_random_u32(void)
{
    random_state.counter++;
    return keyed_hash(&random_state.counter, 1);
}

/* RFC 6528 section 3: a clock that ticks every 4 microseconds plus a keyed hash of the connection's ends, so that
 * the numbers of one pair of ends grow and those of another cannot be guessed from them. */
u32_t net_tcp_isn(const ip_addr_t *local_ip, u16_t local_port, const ip_addr_t *remote_ip, u16_t remote_port)
{
    uint32_t words[9];
    size_t count = 0;
    words[count++] = (uint32_t)local_port << 16 | remote_port;
    if (IP_IS_V6(remote_ip)) {
        memcpy(words + count, ip_2_ip6(local_ip)->addr, 16);
        memcpy(words + count + 4, ip_2_ip6(remote_ip)->addr, 16);
        count += 8;
    } else {
        words[count++] = ip_2_ip4(local_ip)->addr;
        words[count++] = ip_2_ip4(remote_ip)->addr;
    }
    return keyed_hash(words, count) + sys_now() * 250u;
}
