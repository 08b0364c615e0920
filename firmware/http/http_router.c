#include "http/http_router.h"

typedef struct {
    bool complete;
    uint8_t param_count;
    text_view_t params[HTTP_PATH_PARAMS_MAX];
} trial_t;

static trial_t try_pattern(const char *pattern, text_view_t path)
{
    trial_t trial = { .param_count = 0 };
    const char *p = pattern;
    const char *at = path.bytes;
    const char *end = path.bytes + path.count;
    while (*p) {
        if (*p == '{') {
            const char *start = at;
            while (at < end && *at != '/') at++;
            if (at == start || trial.param_count == HTTP_PATH_PARAMS_MAX) break;
            trial.params[trial.param_count++] = (text_view_t){ start, (size_t)(at - start) };
            while (*p++ != '}') {}
        } else if (at < end && *at == *p) {
            at++;
            p++;
        } else {
            break;
        }
    }
    trial.complete = *p == '\0' && at == end;
    return trial;
}

http_match_t http_router_find(const http_router_t *router, http_method_t method, text_view_t path)
{
    http_match_t match = { .route = NULL };
    http_method_t wanted = method == HTTP_HEAD ? HTTP_GET : method;
    const char *tried = NULL; /* the pattern of the lines before */
    bool hit = false;
    for (size_t i = 0; i < router->route_count; i++) {
        const http_route_t *route = &router->routes[i];
        if (!tried || strcmp(tried, route->pattern) != 0) {
            if (hit) break;
            trial_t trial = try_pattern(route->pattern, path);
            tried = route->pattern;
            hit = trial.complete;
            if (hit) {
                match.param_count = trial.param_count;
                memcpy(match.params, trial.params, sizeof match.params);
            }
        }
        if (!hit) continue;
        match.allowed |= (uint8_t)(route->method | (route->method == HTTP_GET ? HTTP_HEAD : 0));
        if (route->method == wanted) match.route = route;
    }
    if (match.allowed) match.allowed |= HTTP_OPTIONS;
    return match;
}
