/* The server of fuzz_http: a resource for each thing that a request may set going, and hooks that check what they are
 * given. What does not hold ends the program. */
#ifndef HTTP_BENCH_H
#define HTTP_BENCH_H

#include <stdlib.h>

#include "http/http_conn.h"

#define OUTPUT_BYTES_MAX 4194304u /* the shortest request for the longest answer, over and over */
#define ANSWERS_MAX      1024u

typedef struct {
    http_server_t server;
    wall_clock_t clock;
    http_conn_t conn;
    http_conn_t others[HTTP_BODIES_MAX];
    unsigned bodies_held;
    uint64_t now_ms;
    size_t fed;
    struct {
        size_t start; /* in output */
        unsigned status;
        bool head;
    } answers[ANSWERS_MAX];
    unsigned answer_count;
    size_t output_bytes;
    char output[OUTPUT_BYTES_MAX];
} bench_t;

static inline void must(bool condition)
{
    if (!condition) abort();
}

static inline unsigned bodies_taken(const http_server_t *server)
{
    unsigned count = 0;
    for (unsigned i = 0; i < HTTP_BODIES_MAX; i++) count += server->bodies.taken[i];
    return count;
}

/* Starts bench's server. Its resources know bench's connection, whose memory their views must lie in. */
void bench_serve(bench_t *bench);

#endif
