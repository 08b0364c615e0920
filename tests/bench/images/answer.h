/* answer.h - what both images answer: byte for byte what the product says to GET /api/v1/sensors/temp0, at a moment.
 */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#define BENCH_PATH "/api/v1/sensors/temp0"

#define BENCH_BODY                                                                                           \
    "{\"id\":\"temp0\",\"name\":\"Temperature\",\"kind\":\"temperature\",\"unit\":\"Cel\","                  \
    "\"value\":21.50,\"quality\":\"ok\",\"time\":null,\"uptime_ms\":14031,\"interval_ms\":1000,"             \
    "\"offset\":0.00,\"thresholds\":{\"min\":null,\"max\":null,\"hysteresis\":0.00},"                        \
    "\"alert\":\"none\",\"chip\":\"tmp105\"}"

#define BENCH_ANSWER                                                                                         \
    "HTTP/1.1 200 OK\r\n"                                                                                    \
    "Content-Type: application/json\r\n"                                                                     \
    "ETag: \"70ca1224569492a0\"\r\n"                                                                         \
    "Cache-Control: no-cache\r\n"                                                                            \
    "Vary: Origin\r\n"                                                                                       \
    "Content-Length: 247\r\n"                                                                                \
    "\r\n" BENCH_BODY

_Static_assert(sizeof BENCH_BODY - 1 == 247, "as Content-Length says");

#endif
