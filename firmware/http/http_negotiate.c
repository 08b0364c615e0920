#include "http/http_answer.h"
#include "http/http_head.h"
#include "http/http_token.h"

/* One element of Accept. */
typedef struct {
    text_view_t media;
    unsigned quality; /* thousandths */
} preference_t;

#define QUALITY_MAX 1000u

/* qvalue of RFC 9110 section 12.4.2. Anything malformed counts as none: old clients write "q=.2", and an answer in a
 * form they named is better than 406. */
static unsigned thousandths(text_view_t text)
{
    if (text.count == 0 || text.count > 5 || text.bytes[0] < '0' || text.bytes[0] > '1') return QUALITY_MAX;
    if (text.count > 1 && text.bytes[1] != '.') return QUALITY_MAX;
    unsigned value = (unsigned)(text.bytes[0] - '0') * 1000u;
    unsigned weight = 100;
    for (size_t i = 2; i < text.count; i++, weight /= 10u) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return QUALITY_MAX;
        value += (unsigned)(text.bytes[i] - '0') * weight;
    }
    return value > QUALITY_MAX ? QUALITY_MAX : value;
}

static preference_t read_preference(text_view_t element)
{
    preference_t preference = { { "", 0 }, QUALITY_MAX };
    (void)http_next(&element, ';', HTTP_QUOTED_PAIRS, &preference.media);
    for (text_view_t value; http_next(&element, ';', HTTP_QUOTED_PAIRS, &value);) {
        text_view_t name = http_trim(http_split(&value, '='));
        if (text_equal_nocase(name, text_view("q"))) preference.quality = thousandths(http_trim(value));
    }
    return preference;
}

/* How exactly a range names an offer: 3 the type itself, 2 "type/" + "*", 1 any, 0 not at all. */
static unsigned precision(text_view_t range, text_view_t offer)
{
    if (text_equal_nocase(range, offer)) return 3;
    if (text_equal(range, text_view("*/*"))) return 1;
    if (range.count < 2 || memcmp(range.bytes + range.count - 2, "/*", 2) != 0) return 0;
    size_t type_bytes = range.count - 1; /* with its slash */
    if (offer.count < type_bytes) return 0;
    return text_equal_nocase((text_view_t){ range.bytes, type_bytes },
                             (text_view_t){ offer.bytes, type_bytes })
               ? 2
               : 0;
}

/* The quality a client gives an offer: that of the range which names it most exactly. */
static unsigned quality_of(const http_request_t *request, const char *head, text_view_t offer)
{
    unsigned best_precision = 0, quality = 0;
    for (unsigned i = 0; (i = http_head_next_field(request, HTTP_FIELD_ACCEPT, i)) < request->field_count;
         i++) {
        text_view_t list = http_span_text(head, request->fields[i].value);
        for (text_view_t element; http_list_next(&list, &element);) {
            preference_t preference = read_preference(element);
            unsigned exact = precision(preference.media, offer);
            if (exact <= best_precision) continue;
            best_precision = exact;
            quality = preference.quality;
        }
    }
    return quality;
}

/* One line that is the first offer, or anything, as most programs write it. */
static bool wants_first(const http_request_t *request, const char *head, text_view_t offer)
{
    unsigned i = http_head_next_field(request, HTTP_FIELD_ACCEPT, 0);
    if (i == request->field_count) return true;
    text_view_t value = http_span_text(head, request->fields[i].value);
    if (http_head_next_field(request, HTTP_FIELD_ACCEPT, i + 1) < request->field_count) return false;
    return text_equal(value, offer) || text_equal(value, (text_view_t){ "*/*", 3 });
}

/* An Accept that names nothing says nothing. */
static bool has_preferences(const http_request_t *request)
{
    for (unsigned i = 0; (i = http_head_next_field(request, HTTP_FIELD_ACCEPT, i)) < request->field_count;
         i++) {
        if (request->fields[i].value.count > 0) return true;
    }
    return false;
}

static int best_of(const http_request_t *request, const char *head, const char *const offers[],
                   size_t offer_count)
{
    if (!has_preferences(request)) return 0;
    int best = -1;
    unsigned best_quality = 0;
    for (size_t i = 0; i < offer_count; i++) {
        unsigned quality = quality_of(request, head, text_view(offers[i]));
        if (quality <= best_quality) continue;
        best_quality = quality;
        best = (int)i;
    }
    return best;
}

int http_negotiate(http_exchange_t *ex, const char *const offers[], size_t offer_count)
{
    ex->answer.vary_accept = offer_count > 1;
    text_view_t first = http_answer_media(ex->server, offers[0]);
    const char *head = http_conn_of(ex)->head;
    if (wants_first(&ex->request, head, first)) return 0;
    return best_of(&ex->request, head, offers, offer_count);
}
