/* net/sntp_answer.h - is a message the answer of a time server? RFC 4330 section 5, RFC 5905 section 7.3.
 *
 * Context: anywhere.
 */
#ifndef NET_SNTP_ANSWER_H
#define NET_SNTP_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#define NET_SNTP_MESSAGE_BYTES                                                                               \
    48u /* without the optional fields, which nobody sends who is not asked for them */

/* A time stamp of an answer as milliseconds since 1970: seconds of the era that 1968 to 2104 lie in. */
int64_t net_sntp_utc_ms(uint32_t seconds, uint32_t fraction);

typedef enum {
    NET_SNTP_ANSWER,
    NET_SNTP_KISS,  /* of death: the right server does not want to be asked */
    NET_SNTP_NOISE, /* no answer to this question */
} net_sntp_verdict_t;

/* Judges the message in a datagram from the server's address and port.
 * bytes, count     the message
 * stamp            of the question
 * round_trip_ms    since it was asked */
net_sntp_verdict_t net_sntp_judge(const uint8_t *bytes, size_t count, const uint32_t stamp[2],
                                  uint64_t round_trip_ms);

#endif
