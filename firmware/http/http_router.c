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

/* All lines of the resource whose first one is `first`. */
static void collect(const http_router_t *router, size_t first, http_method_t wanted, http_match_t *match)
{
    const char *pattern = router->routes[first].pattern;
    for (size_t i = first; i < router->route_count; i++) {
        const http_route_t *route = &router->routes[i];
        if (route->pattern != pattern && strcmp(route->pattern, pattern) != 0) break;
        match->allowed |= (uint8_t)(route->method | (route->method == HTTP_GET ? HTTP_HEAD : 0));
        if (route->method == wanted) match->route = route;
    }
    match->allowed |= HTTP_OPTIONS;
}

static bool matches(const http_router_t *router, size_t line, text_view_t path, http_match_t *match)
{
    trial_t trial = try_pattern(router->routes[line].pattern, path);
    if (!trial.complete) return false;
    match->param_count = trial.param_count;
    memcpy(match->params, trial.params, sizeof match->params);
    return true;
}

/* The first line of the resource; route_count when there is none. */
static size_t first_line(const http_router_t *router, text_view_t path, http_match_t *match)
{
    if (router->latest < router->route_count && matches(router, router->latest, path, match))
        return router->latest;
    size_t line = 0;
    while (line < router->route_count && !matches(router, line, path, match)) line++;
    return line;
}

http_match_t http_router_find(http_router_t *router, http_method_t method, text_view_t path)
{
    http_match_t match = { .route = NULL };
    size_t line = first_line(router, path, &match);
    if (line == router->route_count) return match;
    router->latest = line;
    collect(router, line, method == HTTP_HEAD ? HTTP_GET : method, &match);
    return match;
}
