#include "net/sntp_answer.h"

#include "config/limits.h"

/* RFC 5905 section 7.3: byte 0 is leap, version, mode; then stratum; times in network order. */
#define MODE_SERVER        4u
#define VERSION_MIN        3u
#define VERSION_MAX        4u
#define LEAP_UNKNOWN       3u
#define STRATUM_KISS       0u
#define STRATUM_MAX        15u
#define AT_ROOT_DELAY      4u
#define AT_ROOT_DISPERSION 8u
#define AT_REFERENCE_ID    12u
#define AT_ORIGINATE       24u
#define AT_RECEIVE         32u
#define AT_TRANSMIT        40u

/* Seconds in 16.16: how far the server is from its source at most (section 7.2, MAXDISP). */
#define ROOT_DISTANCE_MAX (16u << 16)

/* Seconds from 1970 to the second era of NTP, in 2036. */
#define ERA_1_S 2085978496

static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

int64_t net_sntp_utc_ms(uint32_t seconds, uint32_t fraction)
{
    return ((int64_t)(int32_t)seconds + ERA_1_S) * 1000 + (int64_t)((uint64_t)fraction * 1000u >> 32);
}

net_sntp_verdict_t net_sntp_judge(const uint8_t *bytes, size_t count, const uint32_t stamp[2],
                                  uint64_t round_trip_ms)
{
    if (count != NET_SNTP_MESSAGE_BYTES) return NET_SNTP_NOISE;
    unsigned leap = bytes[0] >> 6, version = bytes[0] >> 3 & 7u, mode = bytes[0] & 7u, stratum = bytes[1];
    if (mode != MODE_SERVER || version < VERSION_MIN || version > VERSION_MAX) return NET_SNTP_NOISE;
    if (read32(bytes + AT_ORIGINATE) != stamp[0] || read32(bytes + AT_ORIGINATE + 4) != stamp[1])
        return NET_SNTP_NOISE;
    if (stratum == STRATUM_KISS) return NET_SNTP_KISS;
    if (leap == LEAP_UNKNOWN || stratum > STRATUM_MAX) return NET_SNTP_NOISE;
    if (round_trip_ms > NET_TIME_ROUND_TRIP_MS_MAX) return NET_SNTP_NOISE;
    if (read32(bytes + AT_ROOT_DELAY) >= ROOT_DISTANCE_MAX ||
        read32(bytes + AT_ROOT_DISPERSION) >= ROOT_DISTANCE_MAX)
        return NET_SNTP_NOISE;
    int64_t received_ms = net_sntp_utc_ms(read32(bytes + AT_RECEIVE), read32(bytes + AT_RECEIVE + 4));
    int64_t sent_ms = net_sntp_utc_ms(read32(bytes + AT_TRANSMIT), read32(bytes + AT_TRANSMIT + 4));
    if (sent_ms < (int64_t)CLOCK_UTC_S_MIN * 1000 || sent_ms > (int64_t)CLOCK_UTC_S_MAX * 1000)
        return NET_SNTP_NOISE;
    /* It cannot have thought about it for longer than we waited; its clock and ours tick alike. */
    if (sent_ms < received_ms || sent_ms - received_ms > (int64_t)NET_TIME_ROUND_TRIP_MS_MAX)
        return NET_SNTP_NOISE;
    return NET_SNTP_ANSWER;
}
