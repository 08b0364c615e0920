/* Which hosts are this device: any IP literal that is one, and the names it goes by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/api.h"

static bool is_ours(const char *host)
{
    static settings_t settings;
    api_t api = { .device = { .hostname = "jembatan-c0ffee", .wanted_hostname = "greenhouse" },
                  .settings = &settings };
    return api_is_our_host(&api, text_view(host));
}

static void assert_ours(const char *const hosts[], size_t count, bool ours)
{
    for (size_t i = 0; i < count; i++) {
        if (is_ours(hosts[i]) != ours) fail_msg("\"%s\" is%s taken for ours", hosts[i], ours ? " not" : "");
    }
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void the_name_that_we_have_and_the_one_that_we_wanted_are_ours(void **state)
{
    static const char *const ours[] = { "jembatan-c0ffee", "JEMBATAN-C0FFEE.local", "greenhouse",
                                        "Greenhouse.Local" };
    static const char *const others[] = { "", ".local", "green", "greenhouse-2", "greenhouse.lan" };
    (void)state;
    assert_ours(ours, COUNT(ours), true);
    assert_ours(others, COUNT(others), false);
}

static void every_ipv4_literal_is_ours(void **state)
{
    static const char *const hosts[] = { "0.0.0.0",         "1.2.3.4",       "10.0.0.2",   "192.168.100.200",
                                         "255.255.255.255", "249.250.199.9", "203.0.113.5" };
    (void)state;
    assert_ours(hosts, COUNT(hosts), true);
}

static void what_only_looks_like_ipv4_is_not(void **state)
{
    static const char *const hosts[] = {
        "",
        ".",
        "...",
        "1...",
        "1.2.3",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.256.1.1",
        "1.1.1.256",
        "1.1.1.999",
        "1.1.1.1000",
        "01.2.3.4",
        "1.2.3.00",
        "1.2.3.04",
        "1.2.3.0x4",
        "1.2.3.4a",
        "1.2.3.-4",
        "1.2.3.+4",
        "1.2.3. 4",
        "1.2.3.4 ",
        "3232235777",
        "0300.0.0.1",
        "1.2.3.4.evil.example",
        "1.2.3.4294967297",
    };
    (void)state;
    assert_ours(hosts, COUNT(hosts), false);
}

static void every_ipv6_literal_is_ours(void **state)
{
    static const char *const hosts[] = {
        "[::]",
        "[::1]",
        "[1::]",
        "[fe80::ff:fe00:1]",
        "[FE80::1]",
        "[1:2:3:4:5:6:7:8]",
        "[1:2:3:4:5:6:7::]",
        "[::2:3:4:5:6:7:8]",
        "[1:2::7:8]",
        "[::ffff:10.0.0.1]",
        "[1:2:3:4:5:6:1.2.3.4]",
        "[64:ff9b::1.2.3.4]",
        "[2001:0db8:0000:0000:0000:0000:0000:0001]",
    };
    (void)state;
    assert_ours(hosts, COUNT(hosts), true);
}

static void what_only_looks_like_ipv6_is_not(void **state)
{
    static const char *const hosts[] = {
        "[",
        "]",
        "[]",
        "[:]",
        "[:::]",
        "[::1",
        "::1",
        "[::1]x",
        "[1]",
        "[1:2]",
        "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4:5:6:7:8:]",
        "[:1:2:3:4:5:6:7:8]",
        "[1:2:3:4::5:6:7:8]",
        "[::1::]",
        "[1::2::3]",
        "[1:::2]",
        "[12345::]",
        "[::g]",
        "[::1.2.3]",
        "[::1.2.3.256]",
        "[1.2.3.4::]",
        "[1:2:3:4:5:6:7:1.2.3.4]",
        "[::1.2.3.4:5]",
        "[fe80::1%eth0]",
        "[v1.a:b]",
        "[1.2.3.4]",
        "[evil.example]",
        "[:1::]",
        "[1::2:]",
    };
    (void)state;
    assert_ours(hosts, COUNT(hosts), false);
}

static void a_cut_literal_is_never_read_past_its_end(void **state)
{
    static const char literal[] = "[1:2::ffff:1.2.3.4]";
    static settings_t settings;
    api_t api = { .device = { .hostname = "x" }, .settings = &settings };
    (void)state;
    for (size_t n = 0; n < sizeof literal - 1; n++) {
        char *exact = test_malloc(n + 1);
        memcpy(exact + 1, literal, n);
        assert_false(api_is_our_host(&api, (text_view_t){ exact + 1, n }));
        test_free(exact);
    }
}

static void a_name_is_ours_only_if_it_is_known(void **state)
{
    static const char *const ours[] = { "jembatan-c0ffee", "JEMBATAN-C0FFEE", "jembatan-c0ffee.local" };
    static const char *const others[] = { "jembatan", "evil.example", "jembatan-c0ffee.evil.example",
                                          ".local" };
    (void)state;
    assert_ours(ours, COUNT(ours), true);
    assert_ours(others, COUNT(others), false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_that_we_have_and_the_one_that_we_wanted_are_ours),
        cmocka_unit_test(every_ipv4_literal_is_ours),
        cmocka_unit_test(what_only_looks_like_ipv4_is_not),
        cmocka_unit_test(every_ipv6_literal_is_ours),
        cmocka_unit_test(what_only_looks_like_ipv6_is_not),
        cmocka_unit_test(a_cut_literal_is_never_read_past_its_end),
        cmocka_unit_test(a_name_is_ours_only_if_it_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
