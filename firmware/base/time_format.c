#include "base/time_format.h"

#define DAY_S 86400

typedef struct {
    uint32_t year, month, day, hour, minute, second, millisecond;
    uint32_t weekday; /* 0 Sunday */
} calendar_t;

/* Counts years from 1 March, so that the leap day is the last of its year and month lengths follow the
 * 153-days-in-5-months pattern. Eras of 400 years (146097 days) repeat exactly. */
static calendar_t calendar(int64_t utc_ms)
{
    uint32_t milliseconds = (uint32_t)(utc_ms % 1000);
    int64_t seconds = utc_ms / 1000;
    uint32_t days = (uint32_t)(seconds / DAY_S);
    uint32_t in_day = (uint32_t)(seconds - (int64_t)days * DAY_S);

    uint32_t since_march_0000 = days + 719468u;
    uint32_t era = since_march_0000 / 146097u;
    uint32_t in_era = since_march_0000 % 146097u;
    uint32_t year = (in_era - in_era / 1460u + in_era / 36524u - in_era / 146096u) / 365u;
    uint32_t in_year = in_era - (365u * year + year / 4u - year / 100u);
    uint32_t month = (5u * in_year + 2u) / 153u;

    return (calendar_t){
        .year = era * 400u + year + (month >= 10u ? 1u : 0u),
        .month = month >= 10u ? month - 9u : month + 3u,
        .day = in_year - (153u * month + 2u) / 5u + 1u,
        .hour = in_day / 3600u,
        .minute = in_day / 60u % 60u,
        .second = in_day % 60u,
        .millisecond = milliseconds,
        .weekday = (days + 4u) % 7u,
    };
}

static void clock_time(text_writer_t *out, const calendar_t *c)
{
    text_padded(out, c->hour, 2);
    text_char(out, ':');
    text_padded(out, c->minute, 2);
    text_char(out, ':');
    text_padded(out, c->second, 2);
}

void text_rfc3339(text_writer_t *out, int64_t utc_ms)
{
    calendar_t c = calendar(utc_ms);
    text_padded(out, c.year, 4);
    text_char(out, '-');
    text_padded(out, c.month, 2);
    text_char(out, '-');
    text_padded(out, c.day, 2);
    text_char(out, 'T');
    clock_time(out, &c);
    text_char(out, '.');
    text_padded(out, c.millisecond, 3);
    text_char(out, 'Z');
}

void text_imf_fixdate(text_writer_t *out, int64_t utc_ms)
{
    calendar_t c = calendar(utc_ms);
    text_append(out, &"SunMonTueWedThuFriSat"[c.weekday * 3u], 3);
    text_append(out, ", ", 2);
    text_padded(out, c.day, 2);
    text_char(out, ' ');
    text_append(out, &"JanFebMarAprMayJunJulAugSepOctNovDec"[(c.month - 1u) * 3u], 3);
    text_char(out, ' ');
    text_padded(out, c.year, 4);
    text_char(out, ' ');
    clock_time(out, &c);
    text_append(out, " GMT", 4);
}
