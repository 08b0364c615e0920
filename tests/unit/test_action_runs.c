/* The books of what the device was asked to do: keys, room, and what a restart makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "actions/action_runs.h"
#include "cJSON.h"

static action_runs_t runs, after;

static int set_up(void **state)
{
    (void)state;
    action_runs_init(&runs, 100);
    action_runs_init(&after, 500);
    return 0;
}

static action_run_t *begin(action_t action, uint64_t key)
{
    const action_run_t fresh = { .action = action, .has_key = key != 0, .key = key, .request = key * 3u };
    return action_runs_begin(&runs, &fresh, 7000);
}

static const char *id_of(const action_run_t *run)
{
    static char id[ACTION_RUN_ID_BYTES];
    action_run_id(run, id);
    return id;
}

/* Writes runs as the store would, and loads that into after. */
static const char *restart(void)
{
    static char text[2048];
    json_writer_t json = json_writer(text, sizeof text - 1u);
    action_runs_write(&runs, &json);
    assert_false(json_overflowed(&json));
    *json.out.at = '\0';
    cJSON *document = cJSON_Parse(text);
    assert_non_null(document);
    action_runs_load(&after, document);
    cJSON_Delete(document);
    return text;
}

/* ---- What must be true ---------------------------------------------------------------------------------------- */

static void a_run_is_found_by_its_id_and_only_under_its_action(void **state)
{
    (void)state;
    const action_run_t *run = begin(ACTION_IDENTIFY, 0);
    assert_string_equal(id_of(run), "00000064");
    assert_ptr_equal(action_runs_find(&runs, ACTION_IDENTIFY, text_view("00000064")), run);
    assert_null(action_runs_find(&runs, ACTION_REBOOT, text_view("00000064")));
    assert_null(action_runs_find(&runs, ACTION_IDENTIFY, text_view("64")));
    assert_null(action_runs_find(&runs, ACTION_IDENTIFY, text_view("00000000")));
    assert_int_equal(run->state, RUN_PENDING);
    assert_true(run->begun_ms == 7000);
}

static void the_oldest_that_has_ended_gives_way_and_those_under_way_never(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ACTION_RUNS_MAX - 1u; i++) assert_non_null(begin(ACTION_IDENTIFY, 0));
    assert_null(begin(ACTION_IDENTIFY, 0));
    assert_non_null(begin(ACTION_REBOOT, 0));
    uint32_t third = runs.items[3].id, newest = runs.items[ACTION_RUNS_MAX - 1].id;
    action_runs_set(&runs, &runs.items[2], RUN_FAILED, "no");
    action_runs_set(&runs, &runs.items[5], RUN_DONE, NULL);
    const action_run_t *run = begin(ACTION_CALIBRATE, 0);
    assert_ptr_equal(run, &runs.items[ACTION_RUNS_MAX - 1]);
    assert_int_equal(runs.items[2].id, third);
    assert_int_equal(runs.items[ACTION_RUNS_MAX - 2].id, newest);
    assert_non_null(begin(ACTION_CALIBRATE, 0));
    assert_null(begin(ACTION_CALIBRATE, 0));
}

static void a_restart_finds_room_whatever_else_is_under_way(void **state)
{
    (void)state;
    while (begin(ACTION_IDENTIFY, 0)) {}
    assert_non_null(begin(ACTION_FACTORY_RESET, 0));
    assert_null(begin(ACTION_CALIBRATE, 0));
}

static void a_restart_is_forgotten_last(void **state)
{
    (void)state;
    const action_run_t *found = NULL;
    action_runs_set(&runs, begin(ACTION_REBOOT, 11), RUN_DONE, NULL);
    for (unsigned i = 1; i <= 3u * ACTION_RUNS_MAX; i++)
        action_runs_set(&runs, begin(ACTION_IDENTIFY, 100u + i), RUN_DONE, NULL);
    assert_int_equal(action_runs_find_key(&runs, 11, 33, &found), STATUS_OK);
    for (unsigned i = 1; i <= ACTION_RUNS_MAX; i++)
        action_runs_set(&runs, begin(ACTION_REBOOT, 20u + i), RUN_DONE, NULL);
    assert_int_equal(action_runs_find_key(&runs, 11, 33, &found), STATUS_NOT_FOUND);
}

static void a_key_finds_what_it_began_and_refuses_another_request(void **state)
{
    (void)state;
    const action_run_t *run = begin(ACTION_REBOOT, 11), *found = NULL;
    assert_int_equal(action_runs_find_key(&runs, 12, 36, &found), STATUS_NOT_FOUND);
    assert_null(found);
    assert_int_equal(action_runs_find_key(&runs, 11, 33, &found), STATUS_OK);
    assert_ptr_equal(found, run);
    assert_int_equal(action_runs_find_key(&runs, 11, 34, &found), STATUS_INVALID);
}

static void runs_without_a_key_are_not_found_by_one(void **state)
{
    (void)state;
    const action_run_t *found = NULL;
    (void)begin(ACTION_REBOOT, 0);
    assert_int_equal(action_runs_find_key(&runs, 0, 0, &found), STATUS_NOT_FOUND);
}

static void a_restart_that_was_asked_for_is_done_after_it(void **state)
{
    (void)state;
    action_run_t *run = begin(ACTION_REBOOT, 11);
    uint32_t id = run->id;
    action_runs_set(&runs, run, RUN_RUNNING, NULL);
    (void)restart();
    const action_run_t *found = NULL;
    assert_int_equal(action_runs_find_key(&after, 11, 33, &found), STATUS_OK);
    assert_int_equal(found->id, id);
    assert_int_equal(found->state, RUN_DONE);
    assert_true(found->lasts);
    assert_null(found->detail);
}

static void what_a_restart_interrupted_has_failed_and_what_had_ended_stays(void **state)
{
    (void)state;
    action_runs_set(&runs, begin(ACTION_CALIBRATE, 21), RUN_RUNNING, NULL);
    action_runs_set(&runs, begin(ACTION_CALIBRATE, 22), RUN_DONE, NULL);
    action_runs_set(&runs, begin(ACTION_CALIBRATE, 23), RUN_FAILED, "the sensor is gone");
    (void)restart();
    assert_int_equal(after.items[0].state, RUN_FAILED);
    assert_string_equal(after.items[0].detail, "interrupted by a restart");
    assert_int_equal(after.items[1].state, RUN_DONE);
    assert_int_equal(after.items[2].state, RUN_FAILED);
    assert_non_null(after.items[2].detail);
}

static void harmless_runs_without_a_key_are_not_written(void **state)
{
    (void)state;
    uint32_t before = runs.changes;
    action_runs_set(&runs, begin(ACTION_IDENTIFY, 0), RUN_DONE, NULL);
    assert_int_equal(runs.changes, before);
    assert_string_equal(restart(), "{\"runs\":[]}");
    (void)begin(ACTION_REBOOT, 0);
    assert_int_not_equal(runs.changes, before);
}

static void an_id_is_not_given_twice(void **state)
{
    (void)state;
    (void)begin(ACTION_REBOOT, 0);
    (void)restart();
    after.next_id = after.items[0].id;
    const action_run_t fresh = { .action = ACTION_IDENTIFY };
    assert_int_not_equal(action_runs_begin(&after, &fresh, 0)->id, after.items[0].id);
    after.next_id = 0; /* wrapped around */
    assert_int_not_equal(action_runs_begin(&after, &fresh, 0)->id, 0);
}

static void a_document_of_anything_does_no_harm(void **state)
{
    static const char *const documents[] = {
        "null",
        "[]",
        "{}",
        "{\"runs\":null}",
        "{\"runs\":{\"a\":1}}",
        "{\"runs\":[1,null,\"x\",{}]}",
        "{\"runs\":[{\"id\":\"0000000g\",\"action\":\"reboot\",\"state\":\"done\"}]}",
        "{\"runs\":[{\"id\":\"00000000\",\"action\":\"reboot\",\"state\":\"done\"}]}",
        "{\"runs\":[{\"id\":\"00000001\",\"action\":\"explode\",\"state\":\"done\"}]}",
        "{\"runs\":[{\"id\":\"00000001\",\"action\":\"reboot\",\"state\":\"odd\"}]}",
        "{\"runs\":[{\"id\":\"001\",\"action\":\"reboot\",\"state\":\"done\"}]}",
        "{\"runs\":[{\"id\":7,\"action\":\"reboot\",\"state\":\"done\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        cJSON *document = cJSON_Parse(documents[i]);
        assert_non_null(document);
        action_runs_load(&after, document);
        cJSON_Delete(document);
        assert_int_equal(after.items[0].id, 0);
    }
}

static void more_runs_than_there_is_room_for_leave_the_last(void **state)
{
    char text[2048] = "{\"runs\":[";
    (void)state;
    for (unsigned i = 1; i <= ACTION_RUNS_MAX + 3u; i++) {
        size_t n = strlen(text);
        (void)snprintf(text + n, sizeof text - n,
                       "%s{\"id\":\"%08x\",\"action\":\"reboot\",\"state\":\"done\"}", i > 1 ? "," : "", i);
    }
    (void)snprintf(text + strlen(text), 3, "]}");
    cJSON *document = cJSON_Parse(text);
    action_runs_load(&after, document);
    cJSON_Delete(document);
    assert_int_equal(after.items[0].id, 4);
    assert_int_equal(after.items[ACTION_RUNS_MAX - 1].id, ACTION_RUNS_MAX + 3u);
}

static void a_restart_under_way_is_known(void **state)
{
    (void)state;
    assert_false(action_runs_busy(&runs, ACTION_REBOOT));
    action_run_t *run = begin(ACTION_REBOOT, 0);
    assert_true(action_runs_busy(&runs, ACTION_REBOOT));
    assert_false(action_runs_busy(&runs, ACTION_FACTORY_RESET));
    action_runs_set(&runs, run, RUN_FAILED, "no");
    assert_false(action_runs_busy(&runs, ACTION_REBOOT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_run_is_found_by_its_id_and_only_under_its_action, set_up),
        cmocka_unit_test_setup(the_oldest_that_has_ended_gives_way_and_those_under_way_never, set_up),
        cmocka_unit_test_setup(a_restart_finds_room_whatever_else_is_under_way, set_up),
        cmocka_unit_test_setup(a_restart_is_forgotten_last, set_up),
        cmocka_unit_test_setup(a_key_finds_what_it_began_and_refuses_another_request, set_up),
        cmocka_unit_test_setup(runs_without_a_key_are_not_found_by_one, set_up),
        cmocka_unit_test_setup(a_restart_that_was_asked_for_is_done_after_it, set_up),
        cmocka_unit_test_setup(what_a_restart_interrupted_has_failed_and_what_had_ended_stays, set_up),
        cmocka_unit_test_setup(harmless_runs_without_a_key_are_not_written, set_up),
        cmocka_unit_test_setup(an_id_is_not_given_twice, set_up),
        cmocka_unit_test_setup(a_document_of_anything_does_no_harm, set_up),
        cmocka_unit_test_setup(more_runs_than_there_is_room_for_leave_the_last, set_up),
        cmocka_unit_test_setup(a_restart_under_way_is_known, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
