/* When documents are written: coalescing, flushing, failing and trying again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/documents.h"
#include "tests/support/ram_storage.h"

static store_t store;
static documents_t documents;
static uint32_t values[3];
static unsigned written[3];

static void write_value(const void *context, json_writer_t *json)
{
    const uint32_t *value = context;
    written[value - values]++;
    json_object_begin(json);
    json_key(json, "value");
    json_u32(json, *value);
    json_object_end(json);
}

static document_t device, sensors, tokens;

static document_t named(const char *name, const uint32_t *value)
{
    return (document_t){ .name = name, .write = write_value, .context = value };
}

static int set_up(void **state)
{
    (void)state;
    ram_erase_all();
    memset(values, 0, sizeof values);
    memset(written, 0, sizeof written);
    assert_int_equal(store_open(&store), STATUS_OK);
    documents_init(&documents, &store);
    device = named("device", &values[0]);
    sensors = named("sensors", &values[1]);
    tokens = named("tokens", &values[2]);
    assert_int_equal(documents_register(&documents, &device), STATUS_OK);
    assert_int_equal(documents_register(&documents, &sensors), STATUS_OK);
    assert_int_equal(documents_register(&documents, &tokens), STATUS_OK);
    ram_power_on();
    return 0;
}

static void expect(const document_t *document, const char *text)
{
    text_view_t found;
    assert_int_equal(documents_load(&documents, document, &found), STATUS_OK);
    assert_true(text_equal(found, text_view(text)));
}

static void registering_finds_our_bugs(void **state)
{
    (void)state;
    document_t again = named("device", &values[0]), bad = named("De vice", &values[0]);
    assert_int_equal(documents_register(&documents, &again), STATUS_INVALID);
    assert_int_equal(documents_register(&documents, &bad), STATUS_INVALID);
    document_t more[DOCUMENTS_MAX];
    char names[DOCUMENTS_MAX][4];
    for (unsigned i = 3; i < DOCUMENTS_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "d%u", i % 100u);
        more[i] = named(names[i], &values[0]);
        assert_int_equal(documents_register(&documents, &more[i]), STATUS_OK);
    }
    document_t last = named("last", &values[0]);
    assert_int_equal(documents_register(&documents, &last), STATUS_NO_MEMORY);
}

static void nothing_to_do_is_nothing_to_wait_for(void **state)
{
    (void)state;
    assert_true(documents_poll(&documents, 5) == UINT64_MAX);
    assert_int_equal(documents_flush(&documents, 5), STATUS_OK);
    assert_int_equal(ram.operations, 0);
}

static void what_the_memory_still_works_on_is_pending(void **state)
{
    (void)state;
    values[0]++;
    documents_changed(&documents, &device, 1000);
    assert_int_equal(documents_pending(&documents), 1);
    ram.busy = true;
    (void)documents_poll(&documents, 1000 + DOCUMENTS_COALESCE_MS);
    assert_int_equal(documents_pending(&documents), 1);
    ram.busy = false;
    assert_int_equal(documents_pending(&documents), 0);
}

static void a_burst_is_written_once_and_not_put_off(void **state)
{
    (void)state;
    for (uint64_t now_ms = 10000; now_ms < 10000 + DOCUMENTS_COALESCE_MS; now_ms += 100) {
        values[0]++;
        documents_changed(&documents, &device, now_ms);
        assert_true(documents_poll(&documents, now_ms) == 10000 + DOCUMENTS_COALESCE_MS);
    }
    assert_int_equal(written[0], 0);
    assert_int_equal(documents_pending(&documents), 1);
    assert_true(documents_poll(&documents, 10000 + DOCUMENTS_COALESCE_MS) <= 10000 + DOCUMENTS_COALESCE_MS);
    assert_int_equal(written[0], 1);
    assert_int_equal(documents_pending(&documents), 0);
    assert_true(documents_poll(&documents, 20000) == UINT64_MAX);
    expect(&device, "{\"value\":10}");
}

static void one_a_call_and_all_in_time(void **state)
{
    (void)state;
    values[0] = values[1] = 7;
    documents_changed(&documents, &device, 100);
    documents_changed(&documents, &sensors, 300);
    assert_true(documents_poll(&documents, 300) == 100 + DOCUMENTS_COALESCE_MS);
    (void)documents_poll(&documents, 5000);
    assert_int_equal(written[0] + written[1], 1);
    assert_true(documents_poll(&documents, 5000) <= 5000);
    assert_int_equal(written[0] + written[1], 2);
    expect(&sensors, "{\"value\":7}");
}

static void what_became_what_it_was_is_not_written(void **state)
{
    (void)state;
    documents_changed(&documents, &device, 0);
    (void)documents_poll(&documents, 5000);
    ram.operations = 0;
    values[0] = 1;
    documents_changed(&documents, &device, 6000);
    values[0] = 0;
    documents_changed(&documents, &device, 6001);
    (void)documents_poll(&documents, 9000);
    assert_int_equal(ram.operations, 0);
    assert_int_equal(documents_pending(&documents), 0);
}

static void flushing_does_not_wait(void **state)
{
    (void)state;
    values[0] = 1;
    values[2] = 3;
    documents_changed(&documents, &device, 100);
    documents_changed(&documents, &tokens, 100);
    assert_int_equal(documents_flush(&documents, 101), STATUS_OK);
    expect(&device, "{\"value\":1}");
    expect(&tokens, "{\"value\":3}");
    assert_int_equal(written[1], 0);
    assert_int_equal(documents_pending(&documents), 0);
}

static void saving_lasts_or_says_why_not(void **state)
{
    (void)state;
    values[2] = 9;
    documents_changed(&documents, &tokens, 0);
    assert_int_equal(documents_save(&documents, &tokens), STATUS_OK);
    expect(&tokens, "{\"value\":9}");
    assert_int_equal(documents_pending(&documents), 0);
    values[2] = 10;
    ram.broken = STATUS_TIMEOUT;
    assert_int_equal(documents_save(&documents, &tokens), STATUS_TIMEOUT);
    assert_int_equal(documents_pending(&documents), 0); /* its owner takes it back */
    ram.broken = STATUS_OK;
    expect(&tokens, "{\"value\":9}");
}

static void what_fails_is_tried_again_ever_more_seldom(void **state)
{
    (void)state;
    ram.broken = STATUS_NACK;
    values[0] = 1;
    documents_changed(&documents, &device, 0);
    uint64_t now_ms = 0, last_ms = 0, gap_ms = 0;
    for (int i = 0; i < 24; i++) {
        now_ms = documents_poll(&documents, now_ms);
        if (written[0] == 0 || now_ms == last_ms) continue;
        assert_true(now_ms - last_ms >= gap_ms && now_ms - last_ms <= DOCUMENTS_RETRY_MS_MAX);
        gap_ms = now_ms - last_ms;
        last_ms = now_ms;
    }
    assert_true(gap_ms == DOCUMENTS_RETRY_MS_MAX);
    assert_int_equal(store_health(&store)->write_failures, written[0]);
    assert_int_equal(documents_flush(&documents, now_ms), STATUS_NACK);
    assert_int_equal(documents_pending(&documents), 1);
    ram.broken = STATUS_OK;
    (void)documents_poll(&documents, now_ms + DOCUMENTS_RETRY_MS_MAX);
    assert_int_equal(documents_pending(&documents), 0);
    expect(&device, "{\"value\":1}");
}

static void write_too_much(const void *context, json_writer_t *json)
{
    (void)context;
    json_array_begin(json);
    for (int i = 0; i < 1000; i++) json_string(json, "more");
    json_array_end(json);
}

static void what_does_not_fit_leaves_the_old_one(void **state)
{
    (void)state;
    documents_changed(&documents, &device, 0);
    assert_int_equal(documents_flush(&documents, 0), STATUS_OK);
    device.write = write_too_much;
    assert_int_equal(documents_save(&documents, &device), STATUS_NO_MEMORY);
    expect(&device, "{\"value\":0}");
}

static void nothing_of_it_stays_in_the_buffer(void **state)
{
    (void)state;
    values[0] = 123456789;
    assert_int_equal(documents_save(&documents, &device), STATUS_OK);
    for (size_t i = 0; i + 9 < sizeof documents.buffer; i++) {
        assert_memory_not_equal(documents.buffer + i, "123456789", 9);
    }
}

static void erasing_forgets_changes(void **state)
{
    (void)state;
    values[0] = 5;
    assert_int_equal(documents_save(&documents, &device), STATUS_OK);
    documents_changed(&documents, &device, 0);
    assert_int_equal(documents_erase(&documents), STATUS_OK);
    assert_true(documents_poll(&documents, 100000) == UINT64_MAX);
    text_view_t text;
    assert_int_equal(documents_load(&documents, &device, &text), STATUS_NOT_FOUND);
    assert_int_equal(text.count, 0);
    assert_int_equal(documents_save(&documents, &device), STATUS_OK);
    expect(&device, "{\"value\":5}");
}

static void without_a_store_nothing_is_tried(void **state)
{
    (void)state;
    ram.open_status = STATUS_UNSUPPORTED;
    assert_int_equal(store_open(&store), STATUS_UNSUPPORTED);
    documents_changed(&documents, &device, 0);
    assert_true(documents_poll(&documents, 100000) == UINT64_MAX);
    assert_int_equal(written[0], 0);
    assert_int_equal(documents_save(&documents, &device), STATUS_UNSUPPORTED);
    text_view_t text;
    assert_int_equal(documents_load(&documents, &device, &text), STATUS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(registering_finds_our_bugs, set_up),
        cmocka_unit_test_setup(nothing_to_do_is_nothing_to_wait_for, set_up),
        cmocka_unit_test_setup(what_the_memory_still_works_on_is_pending, set_up),
        cmocka_unit_test_setup(a_burst_is_written_once_and_not_put_off, set_up),
        cmocka_unit_test_setup(one_a_call_and_all_in_time, set_up),
        cmocka_unit_test_setup(what_became_what_it_was_is_not_written, set_up),
        cmocka_unit_test_setup(flushing_does_not_wait, set_up),
        cmocka_unit_test_setup(saving_lasts_or_says_why_not, set_up),
        cmocka_unit_test_setup(what_fails_is_tried_again_ever_more_seldom, set_up),
        cmocka_unit_test_setup(what_does_not_fit_leaves_the_old_one, set_up),
        cmocka_unit_test_setup(nothing_of_it_stays_in_the_buffer, set_up),
        cmocka_unit_test_setup(erasing_forgets_changes, set_up),
        cmocka_unit_test_setup(without_a_store_nothing_is_tried, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
