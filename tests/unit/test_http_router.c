/* The route table: what a path binds, which methods a resource has, and what is no resource at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_router.h"

static void handler(http_exchange_t *ex, void *app)
{
    (void)ex;
    (void)app;
}

#define ROUTE(m, p)                                                                                          \
    {                                                                                                        \
        .method = (m), .pattern = (p), .handler = handler                                                    \
    }

static const http_route_t routes[] = {
    ROUTE(HTTP_GET, "/"),
    ROUTE(HTTP_GET, "/sensors"),
    ROUTE(HTTP_GET, "/sensors/{id}"),
    ROUTE(HTTP_PATCH, "/sensors/{id}"),
    ROUTE(HTTP_GET, "/sensors/{id}/value"),
    ROUTE(HTTP_DELETE, "/sensors/{id}/alarms/{name}"),
    ROUTE(HTTP_POST, "/sensorship"),
    ROUTE(HTTP_GET, "/a{letter}"),
    ROUTE(HTTP_PUT, "/only-put"),
};
static http_router_t router = { .routes = routes, .route_count = sizeof routes / sizeof routes[0] };

#define READ (HTTP_GET | HTTP_HEAD | HTTP_OPTIONS)

static void a_path_finds_its_line_and_the_methods_beside_it(void **state)
{
    static const struct {
        http_method_t method;
        const char *path;
        int line; /* -1: none for this method */
        unsigned allowed;
    } cases[] = {
        { HTTP_GET, "/", 0, READ },
        { HTTP_GET, "/sensors", 1, READ },
        { HTTP_GET, "/sensors/temp0", 2, READ | HTTP_PATCH },
        { HTTP_PATCH, "/sensors/temp0", 3, READ | HTTP_PATCH },
        { HTTP_GET, "/sensors/value", 2, READ | HTTP_PATCH },
        { HTTP_GET, "/sensors/temp0/value", 4, READ },
        { HTTP_GET, "/sensors/value/value", 4, READ },
        { HTTP_DELETE, "/sensors/a/alarms/b", 5, HTTP_DELETE | HTTP_OPTIONS },
        { HTTP_POST, "/sensorship", 6, HTTP_POST | HTTP_OPTIONS },
        { HTTP_GET, "/az", 7, READ },
        { HTTP_PUT, "/only-put", 8, HTTP_PUT | HTTP_OPTIONS },
        { HTTP_HEAD, "/sensors/temp0", 2, READ | HTTP_PATCH },
        { HTTP_HEAD, "/only-put", -1, HTTP_PUT | HTTP_OPTIONS },
        { HTTP_OPTIONS, "/sensors", -1, READ },
        { HTTP_DELETE, "/sensors/temp0", -1, READ | HTTP_PATCH },
        { HTTP_GET, "/sensors/a/alarms/b", -1, HTTP_DELETE | HTTP_OPTIONS },
        { HTTP_GET, "/sensorship", -1, HTTP_POST | HTTP_OPTIONS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        http_match_t match = http_router_find(&router, cases[i].method, text_view(cases[i].path));
        assert_int_equal(match.allowed, cases[i].allowed);
        assert_ptr_equal(match.route, cases[i].line < 0 ? NULL : &routes[cases[i].line]);
    }
}

static void what_is_not_in_the_table_is_no_resource(void **state)
{
    static const char *const paths[] = {
        "",
        "//",
        "/sensor",
        "/sensorsh",
        "/sensors/",
        "/sensors//",
        "/sensors//value",
        "/Sensors",
        "sensors",
        "/sensors/a/",
        "/sensors/a/values",
        "/sensors/a/alarms",
        "/sensors/a/alarms/",
        "/sensors/a/alarms/b/",
        "/sensors/a/b/value",
        "/a",
        "/a/",
        "/only-put/x",
        "/sensors?",
        "/{id}",
        "/sensors/{id}/{value}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        http_match_t match = http_router_find(&router, HTTP_GET, text_view(paths[i]));
        assert_null(match.route);
        assert_int_equal(match.allowed, 0);
    }
}

static void assert_param(const http_match_t *match, unsigned index, const char *wanted)
{
    assert_true(index < match->param_count);
    assert_true(text_equal(match->params[index], text_view(wanted)));
}

static void parameters_are_whole_segments_in_their_order(void **state)
{
    (void)state;
    http_match_t match = http_router_find(&router, HTTP_DELETE, text_view("/sensors/one/alarms/two"));
    assert_int_equal(match.param_count, 2);
    assert_param(&match, 0, "one");
    assert_param(&match, 1, "two");
    match = http_router_find(&router, HTTP_GET, text_view("/az.b"));
    assert_int_equal(match.param_count, 1);
    assert_param(&match, 0, "z.b");
    match = http_router_find(&router, HTTP_GET, text_view("/sensors"));
    assert_int_equal(match.param_count, 0);
}

static void braces_and_odd_bytes_in_a_path_are_just_bytes(void **state)
{
    (void)state;
    http_match_t match = http_router_find(&router, HTTP_GET, text_view("/sensors/{id}"));
    assert_ptr_equal(match.route, &routes[2]);
    assert_param(&match, 0, "{id}");
    match = http_router_find(&router, HTTP_GET, text_view("/sensors/?%\xff\n"));
    assert_ptr_equal(match.route, &routes[2]);
    assert_param(&match, 0, "?%\xff\n");
}

/* A path is a view: what stands behind it in memory is not looked at. */
static void the_end_of_a_path_is_where_its_view_ends(void **state)
{
    static const char memory[] = "/sensors/temp0/value";
    (void)state;
    for (size_t count = 0; count < sizeof memory; count++) {
        http_match_t match = http_router_find(&router, HTTP_GET, (text_view_t){ memory, count });
        const http_route_t *wanted = NULL;
        if (count == 1) wanted = &routes[0];
        if (count == 8) wanted = &routes[1];
        if (count >= 10 && count <= 14) wanted = &routes[2];
        if (count == 20) wanted = &routes[4];
        assert_ptr_equal(match.route, wanted);
        if (wanted == &routes[2]) assert_int_equal(match.params[0].count, count - 9);
    }
}

static void an_empty_table_has_no_resource(void **state)
{
    static http_router_t empty = { .routes = NULL };
    (void)state;
    http_match_t match = http_router_find(&empty, HTTP_GET, text_view("/"));
    assert_null(match.route);
    assert_int_equal(match.allowed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_line_and_the_methods_beside_it),
        cmocka_unit_test(what_is_not_in_the_table_is_no_resource),
        cmocka_unit_test(parameters_are_whole_segments_in_their_order),
        cmocka_unit_test(braces_and_odd_bytes_in_a_path_are_just_bytes),
        cmocka_unit_test(the_end_of_a_path_is_where_its_view_ends),
        cmocka_unit_test(an_empty_table_has_no_resource),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
