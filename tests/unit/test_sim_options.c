/* The simulator's command line and its decimal numbers. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, strtok_r */

#include <arpa/inet.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim_decimal.h"
#include "sim_options.h"

/* Arguments in one string, divided by blanks. */
static bool parse(sim_options_t *options, const char *line)
{
    static char text[512], error[SIM_ERROR_BYTES];
    char *words[40], *rest = NULL;
    int count = 0;
    (void)snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        words[count++] = word;
    }
    memset(error, 0, sizeof error);
    bool ok = sim_options_parse(options, count, words, error);
    assert_int_equal(ok, error[0] == '\0');
    assert_null(strchr(error, '\n'));
    return ok;
}

static void defaults(void **state)
{
    (void)state;
    sim_options_t options;
    assert_true(parse(&options, ""));
    assert_int_equal(options.net, SIM_NET_SLIRP);
    assert_int_equal(options.log_level, 2);
    assert_int_equal(options.forward_count + options.set_count + options.without_count, 0);
    assert_false(options.ipv4_static || options.help || options.insecure_tokens || options.outbound);
    assert_null(options.control);
    assert_null(options.pcap);
    assert_null(options.state);
}

static void everything_at_once(void **state)
{
    (void)state;
    sim_options_t options;
    assert_true(parse(&options, "--net slirp --forward 127.0.0.1:8080:80 --forward 127.0.0.2:8443:443 "
                                "--set temp0=-21.5 --set mag0_x=0.0000431 --without emc0 --without mag0 "
                                "--insecure-tokens --outbound --control /c --pcap /p --log-level debug --ip "
                                "10.1.2.3/20,10.1.0.1 --state /s"));
    assert_int_equal(options.forward_count, 2);
    assert_int_equal(options.forwards[1].host_address.s_addr, inet_addr("127.0.0.2"));
    assert_int_equal(options.forwards[1].host_port, 8443);
    assert_int_equal(options.forwards[1].guest_port, 443);
    assert_int_equal(options.set_count, 2);
    assert_string_equal(options.sets[0].sensor_id, "temp0");
    assert_string_equal(options.sets[0].value, "-21.5");
    assert_int_equal(options.without_count, 2);
    assert_string_equal(options.without[1], "mag0");
    assert_string_equal(options.control, "/c");
    assert_string_equal(options.pcap, "/p");
    assert_string_equal(options.state, "/s");
    assert_int_equal(options.log_level, 3);
    assert_true(options.insecure_tokens);
    assert_true(options.outbound);
    assert_true(options.ipv4_static);
    assert_int_equal(options.ipv4_address.s_addr, inet_addr("10.1.2.3"));
    assert_int_equal(options.ipv4_netmask.s_addr, inet_addr("255.255.240.0"));
    assert_int_equal(options.ipv4_gateway.s_addr, inet_addr("10.1.0.1"));
}

static void the_other_networks(void **state)
{
    (void)state;
    sim_options_t options;
    assert_true(parse(&options, "--net tap:tap3 --ip 10.0.0.1/32"));
    assert_int_equal(options.net, SIM_NET_TAP);
    assert_string_equal(options.tap_name, "tap3");
    assert_int_equal(options.ipv4_netmask.s_addr, inet_addr("255.255.255.255"));
    assert_int_equal(options.ipv4_gateway.s_addr, 0);
    assert_true(parse(&options, "--net tap"));
    assert_string_equal(options.tap_name, "jembatan0");
    assert_true(parse(&options, "--help --net unix:/a/b,/c"));
    assert_int_equal(options.net, SIM_NET_UNIX);
    assert_string_equal(options.unix_local, "/a/b");
    assert_string_equal(options.unix_remote, "/c");
    assert_true(options.help);
}

static void malformed_ones_are_refused(void **state)
{
    static const char *const lines[] = {
        "--bogus",
        "temp0",
        "-h",
        "--net",
        "--net tcp",
        "--net tap:",
        "--net unix:/a",
        "--net unix:/a,",
        "--net unix:,/b",
        "--net other:/a,/b",
        "--forward 127.0.0.1:80",
        "--forward 127.0.0.1:0:80",
        "--forward 127.0.0.1:65536:80",
        "--forward localhost:1:2",
        "--forward 127.0.0.1:1:2:3",
        "--forward 127.0.0.1:+1:2",
        "--forward 127.0.0.1:1:",
        "--set temp0",
        "--set =1",
        "--set temp0=",
        "--without",
        "--log-level loud",
        "--ip 10.0.0.1",
        "--ip 10.0.0.1/",
        "--ip 10.0.0.1/0",
        "--ip 10.0.0.1/33",
        "--ip 10.0.0/8",
        "--ip 10.0.0.1/8,",
        "--ip 10.0.0.1/8,x",
        "--ip 10.0.0.1/8,1.1.1.1,2.2.2.2",
        "--net tap:t --forward 127.0.0.1:1:2",
        "--control",
        "--insecure-tokens yes",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        sim_options_t options;
        if (parse(&options, lines[i])) fail_msg("accepted: %s", lines[i]);
    }
}

static void too_many_are_refused(void **state)
{
    (void)state;
    sim_options_t options;
    char line[512] = "";
    static const char one[] = "--without temp0 ";
    for (unsigned i = 0; i < SIM_WITHOUT_MAX; i++) memcpy(line + i * (sizeof one - 1u), one, sizeof one);
    assert_true(parse(&options, line));
    memcpy(line + SIM_WITHOUT_MAX * (sizeof one - 1u), one, sizeof one);
    assert_false(parse(&options, line));
}

static void decimals_are_read_exactly(void **state)
{
    static const struct {
        const char *text;
        unsigned decimals;
        int32_t value;
    } good[] = {
        { "21.5", 3, 21500 },
        { "-0.25", 3, -250 },
        { "7", 0, 7 },
        { "0.0000431", 9, 43100 },
        { "21.4375", 3, 21438 },
        { "-21.4375", 3, -21438 },
        { "21.43749999", 3, 21437 },
        { "-0.0004", 3, 0 },
        { "0.9995", 3, 1000 },
        { "2147483647", 0, INT32_MAX },
        { "-2147483648", 0, INT32_MIN },
        { "007.10", 1, 71 },
    };
    static const char *const bad[] = { "",
                                       "-",
                                       "+1",
                                       "1.",
                                       ".5",
                                       "1e3",
                                       "1,5",
                                       "0x10",
                                       " 1",
                                       "1 ",
                                       "--1",
                                       "nan",
                                       "2147483.648",
                                       "99999999999999999999",
                                       "1.5.2",
                                       "-2147483.6485" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int32_t value;
        assert_true(sim_decimal_parse(good[i].text, good[i].decimals, &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t value = 77;
        if (sim_decimal_parse(bad[i], 3, &value)) fail_msg("accepted: %s", bad[i]);
        assert_int_equal(value, 77);
    }
}

static void decimals_are_written_as_short_as_they_are(void **state)
{
    static const struct {
        int32_t value;
        unsigned decimals;
        const char *text;
    } cases[] = {
        { 21500, 3, "21.5" },
        { -250, 3, "-0.25" },
        { 0, 3, "0" },
        { 43100, 9, "0.0000431" },
        { -20000, 3, "-20" },
        { 100, 0, "100" },
        { INT32_MIN, 9, "-2.147483648" },
        { INT32_MAX, 0, "2147483647" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SIM_DECIMAL_BYTES];
        sim_decimal_format(text, cases[i].value, cases[i].decimals);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(everything_at_once),
        cmocka_unit_test(the_other_networks),
        cmocka_unit_test(malformed_ones_are_refused),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(decimals_are_written_as_short_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
