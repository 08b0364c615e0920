#include "base/time_parse.h"

/* What is left of the text; bad once something did not fit. */
typedef struct {
    text_view_t text;
    bool bad;
} source_t;

static char take(source_t *from)
{
    if (from->text.count == 0) {
        from->bad = true;
        return '\0';
    }
    from->text.count--;
    return *from->text.bytes++;
}

/* Exactly so many digits. */
static uint32_t take_number(source_t *from, unsigned digits, uint32_t min, uint32_t max)
{
    uint32_t value = 0;
    while (digits-- > 0) {
        char c = take(from);
        if (c < '0' || c > '9') from->bad = true;
        value = 10u * value + (uint32_t)(c - '0');
    }
    if (value < min || value > max) from->bad = true;
    return value;
}

static void expect(source_t *from, char upper, char lower)
{
    char c = take(from);
    if (c != upper && c != lower) from->bad = true;
}

static uint32_t take_milliseconds(source_t *from)
{
    uint32_t value = 0, weight = 100;
    if (from->text.count == 0 || *from->text.bytes != '.') return 0;
    (void)take(from);
    value = take_number(from, 1, 0, 9) * weight;
    while (from->text.count > 0 && *from->text.bytes >= '0' && *from->text.bytes <= '9') {
        weight /= 10u;
        value += (uint32_t)(take(from) - '0') * weight;
    }
    return value;
}

/* Minutes by which the local time is ahead of UTC. */
static int32_t take_offset(source_t *from)
{
    char sign = take(from);
    if (sign == 'Z' || sign == 'z') return 0;
    if (sign != '+' && sign != '-') from->bad = true;
    int32_t minutes = (int32_t)take_number(from, 2, 0, 23) * 60;
    expect(from, ':', ':');
    minutes += (int32_t)take_number(from, 2, 0, 59);
    return sign == '-' ? -minutes : minutes;
}

static bool is_leap(uint32_t year)
{
    return year % 4u == 0 && (year % 100u != 0 || year % 400u == 0);
}

static uint32_t days_of_month(uint32_t year, uint32_t month)
{
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Since 1970-01-01, by years that begin on 1 March (base/time_format.c). */
static uint32_t days_since_epoch(uint32_t year, uint32_t month, uint32_t day)
{
    if (month <= 2) year--;
    uint32_t march_month = month > 2 ? month - 3u : month + 9u;
    return year * 365u + year / 4u - year / 100u + year / 400u + (153u * march_month + 2u) / 5u + day - 1u -
           719468u;
}

bool time_parse_rfc3339(text_view_t text, int64_t *utc_ms)
{
    source_t from = { text, false };
    uint32_t year = take_number(&from, 4, 1970, 9999);
    expect(&from, '-', '-');
    uint32_t month = take_number(&from, 2, 1, 12);
    expect(&from, '-', '-');
    uint32_t day = take_number(&from, 2, 1, 31);
    expect(&from, 'T', 't');
    uint32_t hour = take_number(&from, 2, 0, 23);
    expect(&from, ':', ':');
    uint32_t minute = take_number(&from, 2, 0, 59);
    expect(&from, ':', ':');
    uint32_t second = take_number(&from, 2, 0, 60);
    uint32_t milliseconds = take_milliseconds(&from);
    int64_t offset_s = (int64_t)take_offset(&from) * 60;
    if (from.bad || from.text.count > 0 || day > days_of_month(year, month)) return false;
    if (second == 60) milliseconds = 0;
    uint32_t in_day_s = hour * 3600u + minute * 60u + second;
    int64_t utc_s = (int64_t)days_since_epoch(year, month, day) * 86400 + in_day_s - offset_s;
    if (utc_s < 0) return false;
    *utc_ms = utc_s * 1000 + milliseconds;
    return true;
}
