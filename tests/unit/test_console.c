/* Who stands beside the device: lines that are typed in every way, and a button that is held, bounces and sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "console/console_line.h"
#include "console/hold.h"

static char said[1024], ran[256];
static int the_context;

static void say(const char *line, size_t bytes)
{
    assert_true(strlen(said) + bytes < sizeof said);
    strncat(said, line, bytes);
}

static void run_first(void *context, const char *argument)
{
    assert_ptr_equal(context, &the_context);
    size_t n = strlen(ran);
    (void)snprintf(ran + n, sizeof ran - n, "first(%s)", argument);
}

static void run_second(void *context, const char *argument)
{
    (void)context;
    size_t n = strlen(ran);
    (void)snprintf(ran + n, sizeof ran - n, "second(%s)", argument);
}

static const console_command_t commands[] = {
    { "first", "the first one", run_first },
    { "second", "the other one", run_second },
};

static console_line_t console;

static int set_up(void **state)
{
    (void)state;
    said[0] = ran[0] = '\0';
    console =
        (console_line_t){ .commands = commands, .command_count = 2, .context = &the_context, .say = say };
    return 0;
}

static void type(const char *typed)
{
    console_line_feed(&console, typed, strlen(typed));
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static void a_line_ends_with_cr_lf_or_both_and_runs_once(void **state)
{
    static const char *const ends[] = { "\r", "\n", "\r\n", "\n\n\r\r" };
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        ran[0] = '\0';
        type("first");
        assert_string_equal(ran, "");
        type(ends[i]);
        assert_string_equal(ran, "first()");
    }
}

static void a_line_may_come_byte_by_byte_and_several_at_once(void **state)
{
    static const char typed[] = "first a\nsecond\r\nfirst b c\n";
    (void)state;
    for (size_t i = 0; i < sizeof typed - 1u; i++) console_line_feed(&console, &typed[i], 1);
    assert_string_equal(ran, "first(a)second()first(b c)");
    ran[0] = '\0';
    type(typed);
    assert_string_equal(ran, "first(a)second()first(b c)");
}

static void blanks_around_name_and_argument_do_not_count(void **state)
{
    (void)state;
    type("   first   x  y   \n");
    assert_string_equal(ran, "first(x  y)");
}

static void what_is_taken_back_was_not_typed(void **state)
{
    (void)state;
    type("\b\bfirsx\bty\x7f\n");
    assert_string_equal(ran, "first()");
}

static void control_characters_and_other_bytes_count_for_nothing(void **state)
{
    (void)state;
    type("fi\x1b\x01r\tst\xc3\xa9\n");
    assert_string_equal(ran, "first()");
}

static void a_line_that_is_too_long_is_refused_as_a_whole(void **state)
{
    char line[CONSOLE_LINE_BYTES + 8];
    (void)state;
    memset(line, ' ', sizeof line);
    memcpy(line, "first", 5);
    console_line_feed(&console, line, sizeof line);
    type("\n");
    assert_string_equal(ran, "");
    assert_string_equal(said, "the line is too long\r\n");
    type("first\n");
    assert_string_equal(ran, "first()");
}

static void the_longest_line_that_fits_is_run(void **state)
{
    char line[CONSOLE_LINE_BYTES];
    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "first ", 6);
    line[sizeof line - 1] = '\n';
    console_line_feed(&console, line, sizeof line);
    assert_int_equal(strlen(ran), strlen("first()") + CONSOLE_LINE_BYTES - 7u);
}

static void an_unknown_command_says_so_and_how_to_get_help(void **state)
{
    (void)state;
    type("firs\n");
    assert_string_equal(said, "firs: no such command; help lists them\r\n");
    assert_string_equal(ran, "");
}

static void help_lists_all_commands(void **state)
{
    (void)state;
    type("help\n");
    assert_string_equal(said, "first: the first one\r\nsecond: the other one\r\n");
}

/* ---- The button -------------------------------------------------------------------------------------------------- */

/* Polls from now_ms on, every 5 ms, for so long; returns the last event that was more than nothing. */
static hold_event_t press(hold_t *hold, bool pressed, uint64_t *now_ms, uint64_t for_ms)
{
    hold_event_t last = HOLD_NOTHING;
    for (uint64_t end_ms = *now_ms + for_ms; *now_ms < end_ms; *now_ms += 5) {
        hold_event_t event = hold_poll(hold, pressed, *now_ms);
        if (event != HOLD_NOTHING) last = event;
    }
    return last;
}

static void a_button_that_is_held_is_done_once(void **state)
{
    (void)state;
    hold_t hold = { .down = false };
    uint64_t now_ms = 1000;
    assert_int_equal(press(&hold, false, &now_ms, 500), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, 100), HOLD_BEGUN);
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS - 150), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, 200), HOLD_DONE);
    assert_int_equal(press(&hold, true, &now_ms, 10 * BUTTON_HOLD_MS), HOLD_NOTHING);
    assert_int_equal(press(&hold, false, &now_ms, 100), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS + 100), HOLD_DONE);
}

static void a_button_that_is_let_go_early_does_nothing(void **state)
{
    (void)state;
    hold_t hold = { .down = false };
    uint64_t now_ms = 0;
    (void)press(&hold, true, &now_ms, BUTTON_HOLD_MS - 100);
    assert_int_equal(press(&hold, false, &now_ms, 100), HOLD_RELEASED);
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS - 100), HOLD_BEGUN);
}

static void bounces_are_no_change(void **state)
{
    (void)state;
    hold_t hold = { .down = false };
    uint64_t now_ms = 0;
    for (unsigned i = 0; i < 100; i++) assert_int_equal(press(&hold, i % 2 == 0, &now_ms, 15), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, 100), HOLD_BEGUN);
    for (unsigned i = 0; i < 100; i++) assert_int_equal(press(&hold, i % 2 == 0, &now_ms, 15), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS), HOLD_DONE);
}

static void a_button_that_is_down_at_start_counts(void **state)
{
    (void)state;
    hold_t hold = { .down = false };
    uint64_t now_ms = 0;
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS + 100), HOLD_DONE);
}

static void a_press_that_goes_on_over_a_reset_is_done_no_second_time(void **state)
{
    (void)state;
    hold_t hold = { .down = false };
    uint64_t now_ms = 0;
    hold_ignore(&hold, true);
    assert_int_equal(press(&hold, true, &now_ms, 10 * BUTTON_HOLD_MS), HOLD_NOTHING);
    assert_int_equal(press(&hold, false, &now_ms, 1000), HOLD_NOTHING);
    assert_int_equal(press(&hold, true, &now_ms, BUTTON_HOLD_MS + 100), HOLD_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_line_ends_with_cr_lf_or_both_and_runs_once, set_up),
        cmocka_unit_test_setup(a_line_may_come_byte_by_byte_and_several_at_once, set_up),
        cmocka_unit_test_setup(blanks_around_name_and_argument_do_not_count, set_up),
        cmocka_unit_test_setup(what_is_taken_back_was_not_typed, set_up),
        cmocka_unit_test_setup(control_characters_and_other_bytes_count_for_nothing, set_up),
        cmocka_unit_test_setup(a_line_that_is_too_long_is_refused_as_a_whole, set_up),
        cmocka_unit_test_setup(the_longest_line_that_fits_is_run, set_up),
        cmocka_unit_test_setup(an_unknown_command_says_so_and_how_to_get_help, set_up),
        cmocka_unit_test_setup(help_lists_all_commands, set_up),
        cmocka_unit_test(a_button_that_is_held_is_done_once),
        cmocka_unit_test(a_button_that_is_let_go_early_does_nothing),
        cmocka_unit_test(bounces_are_no_change),
        cmocka_unit_test(a_button_that_is_down_at_start_counts),
        cmocka_unit_test(a_press_that_goes_on_over_a_reset_is_done_no_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
