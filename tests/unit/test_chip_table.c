/* Which chips a device has: the line of text that says where one is, and the table made of the board's facts and of wishes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hal/drivers/bme280.h"
#include "hal/drivers/emc1414.h"
#include "hal/drivers/lsm303dlhc.h"
#include "hal/drivers/sht31.h"
#include "hal/drivers/tmp105.h"
#include "sensors/chip_table.h"
#include "sim_i2c.h"

static hal_i2c_t i2c0, i2c1;
static tmp105_t temp0 = { .bus = &i2c0, .addr = 0x48 };
static lsm303dlhc_t mag0 = { .bus = &i2c0, .addr = 0x1e };

static const sensor_device_t defaults[] = {
    { "temp0", &tmp105_ops, &temp0 },
    { "mag0", &lsm303dlhc_ops, &mag0 },
};
static const hal_bus_t buses[] = { { "i2c0", &i2c0 }, { "i2c1", &i2c1 } };
static const chip_place_t places[] = {
    { "temp0", "tmp105", 0, 0x48 },
    { "mag0", "lsm303dlhc", 0, 0x1e },
    { "storage", "at24c256", 0, 0x50 },
};
static const chip_type_t *const types[] = { &bme280_type, &emc1414_type, &sht31_type, &tmp105_type };
static const chip_facts_t facts = { defaults, 2, buses, 2, places, 3, types, 4 };

static chip_table_t table;

static void add(chip_wishes_t *wishes, const char *text)
{
    assert_true(chip_text_read(text, &wishes->added[wishes->added_count]));
    wishes->added_count++;
}

static void remove_chip(chip_wishes_t *wishes, const char *id)
{
    wishes->removed[wishes->removed_count++] = text_view(id);
}

static const char *refusal_of(const char *text)
{
    chip_wishes_t wishes = { .removed_count = 0 };
    add(&wishes, text);
    return chip_table_refuse_added(&facts, &wishes, 0);
}

static void assert_refused(const char *text, const char *why)
{
    const char *found = refusal_of(text);
    assert_non_null(found);
    if (!strstr(found, why)) fail_msg("%s: %s", text, found);
}

static void a_line_says_id_type_bus_and_address(void **state)
{
    chip_wish_t wish;
    (void)state;
    assert_true(chip_text_read("a_1=bme280@i2c0/0x76", &wish));
    assert_true(text_equal(wish.id, text_view("a_1")));
    assert_true(text_equal(wish.type, text_view("bme280")));
    assert_true(text_equal(wish.bus, text_view("i2c0")));
    assert_int_equal(wish.addr, 0x76);
    assert_true(chip_text_read("abcdefghijklmnopqrs=t@b/0x08", &wish));
    assert_int_equal(wish.addr, 0x08);
    assert_true(chip_text_read("a=t@b/0x77", &wish));
    assert_int_equal(wish.addr, 0x77);
}

static void a_line_that_is_malformed_is_none(void **state)
{
    static const char *const lines[] = {
        "",
        "=",
        "a",
        "a=",
        "a=t",
        "a=t@",
        "a=t@b",
        "a=t@b/",
        "a=t@b/0x",
        "a=t@b/0x4",
        "a=t@b/48",
        "a=t@b/0X48",
        "a=t@b/0x4A",
        "a=t@b/0x4g",
        "a=t@b/0x07",
        "a=t@b/0x78",
        "a=t@b/0xff",
        "a=t@b/0x048",
        "a=t@b/0x48 ",
        " a=t@b/0x48",
        "A=t@b/0x48",
        "a-b=t@b/0x48",
        "=t@b/0x48",
        "a=@b/0x48",
        "a=t@/0x48",
        "a=t_1@b/0x48",
        "a=t@b_1/0x48",
        "a=t@b//0x48",
        "a==t@b/0x48",
        "abcdefghijklmnopqrst=t@b/0x48",
    };
    chip_wish_t wish;
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (chip_text_read(lines[i], &wish)) fail_msg("'%s' was taken", lines[i]);
    }
    assert_true(chip_text_is_id("abcdefghijklmnopqrs"));
    assert_false(chip_text_is_id("abcdefghijklmnopqrst"));
    assert_false(chip_text_is_id(""));
    assert_false(chip_text_is_id("x y"));
}

static void without_wishes_the_table_is_that_of_the_board(void **state)
{
    const chip_wishes_t none = { .removed_count = 0 };
    (void)state;
    assert_int_equal(chip_table_build(&table, &facts, &none), 0);
    assert_int_equal(table.device_count, 2);
    assert_ptr_equal(table.devices[0].self, &temp0);
    assert_ptr_equal(table.devices[1].self, &mag0);
    assert_int_equal(table.place_count, 3);
}

static void an_added_chip_has_an_instance_of_its_own_and_needs_no_text(void **state)
{
    char text[] = "outside=bme280@i2c1/0x76";
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    add(&wishes, text);
    add(&wishes, "room=sht31@i2c0/0x44");
    assert_int_equal(chip_table_build(&table, &facts, &wishes), 0);
    memset(text, 'x', sizeof text - 1u);
    assert_int_equal(table.device_count, 4);
    assert_string_equal(table.devices[2].id, "outside");
    assert_ptr_equal(table.devices[2].ops, &bme280_ops);
    const bme280_t *outside = table.devices[2].self;
    assert_ptr_equal(outside->bus, &i2c1);
    assert_int_equal(outside->addr, 0x76);
    const sht31_t *room = table.devices[3].self;
    assert_ptr_equal(room->bus, &i2c0);
    assert_int_equal(room->addr, 0x44);
    assert_int_equal(table.place_count, 5);
    assert_string_equal(table.places[3].id, "outside");
    assert_string_equal(table.places[3].part, "bme280");
    assert_int_equal(table.places[3].bus, 1);
    assert_int_equal(table.places[3].addr, 0x76);
}

static void a_removed_chip_frees_its_id_and_its_place(void **state)
{
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    add(&wishes, "temp0=tmp105@i2c0/0x48");
    assert_non_null(chip_table_refuse_added(&facts, &wishes, 0));
    remove_chip(&wishes, "temp0");
    assert_null(chip_table_refuse_removed(&facts, &wishes, 0));
    assert_null(chip_table_refuse_added(&facts, &wishes, 0));
    assert_int_equal(chip_table_build(&table, &facts, &wishes), 0);
    assert_int_equal(table.device_count, 2);
    assert_ptr_equal(table.devices[0].self, &mag0);
    assert_string_equal(table.devices[1].id, "temp0");
    assert_ptr_not_equal(table.devices[1].self, &temp0);
    assert_int_equal(table.place_count, 3);
}

static void only_sensor_chips_of_the_board_can_be_removed(void **state)
{
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    remove_chip(&wishes, "storage");
    remove_chip(&wishes, "nobody");
    assert_non_null(chip_table_refuse_removed(&facts, &wishes, 0));
    assert_non_null(chip_table_refuse_removed(&facts, &wishes, 1));
    assert_int_equal(chip_table_build(&table, &facts, &wishes), 2);
    assert_int_equal(table.device_count, 2);
    assert_int_equal(table.place_count, 3);
}

static void each_refusal_says_what_is_wrong(void **state)
{
    (void)state;
    assert_null(refusal_of("a=tmp105@i2c0/0x49"));
    assert_null(refusal_of("a=tmp105@i2c1/0x48")); /* the same address of another bus */
    assert_refused("a=tmp106@i2c0/0x49", "type");
    assert_refused("a=lsm303dlhc@i2c1/0x1e", "type"); /* a driver, but not one that the board offers */
    assert_refused("a=tmp105@i2c2/0x49", "bus");
    assert_refused("a=tmp105@i2c0/0x4a", "address that a chip of this type");
    assert_refused("a=tmp105@i2c0/0x48", "address that no other chip");
    assert_refused("a=emc1414@i2c0/0x50", "address that no other chip"); /* of what is no sensor */
    assert_refused("temp0=tmp105@i2c0/0x49", "id that no other chip");
    assert_refused("mag0_x=tmp105@i2c0/0x49", "id that no other chip"); /* a sensor of another chip */
    assert_refused("mag0=tmp105@i2c0/0x49", "id that no other chip");   /* of the chip, though of no sensor */
}

static void wishes_are_judged_in_their_order(void **state)
{
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    add(&wishes, "a=tmp105@i2c1/0x48");
    add(&wishes, "a=tmp105@i2c1/0x49");
    add(&wishes, "b=emc1414@i2c1/0x48");
    add(&wishes, "b=emc1414@i2c1/0x4c");
    assert_null(chip_table_refuse_added(&facts, &wishes, 0));
    assert_non_null(strstr(chip_table_refuse_added(&facts, &wishes, 1), "id"));
    assert_non_null(strstr(chip_table_refuse_added(&facts, &wishes, 2), "address"));
    assert_int_equal(chip_table_build(&table, &facts, &wishes),
                     2); /* what was refused stands in nobody's way */
    assert_int_equal(table.device_count, 4);
    assert_string_equal(table.devices[2].id, "a");
    assert_string_equal(table.devices[3].id, "b");
    const emc1414_t *b = table.devices[3].self;
    assert_int_equal(b->addr, 0x4c);
}

/* Each board has as many sensors as its table says, whatever is added: chips of one sensor each fill the places of chips. */
static void there_is_room_for_no_more_than_the_registry_takes(void **state)
{
    static sensor_device_t many[SENSOR_DEVICES_MAX];
    static char names[SENSOR_DEVICES_MAX][8];
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    for (size_t i = 0; i < SENSOR_DEVICES_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "t%u", (unsigned)i);
        many[i] = (sensor_device_t){ names[i], &tmp105_ops, &temp0 };
    }
    chip_facts_t full = facts;
    full.defaults = many;
    full.default_count = SENSOR_DEVICES_MAX;
    add(&wishes, "a=tmp105@i2c1/0x48");
    assert_non_null(strstr(chip_table_refuse_added(&full, &wishes, 0), "room"));
    assert_int_equal(chip_table_build(&table, &full, &wishes), 1);
    assert_int_equal(table.device_count, SENSOR_DEVICES_MAX);
    remove_chip(&wishes, "t3");
    assert_null(chip_table_refuse_added(&full, &wishes, 0));
    assert_int_equal(chip_table_build(&table, &full, &wishes), 0);
    assert_int_equal(table.device_count, SENSOR_DEVICES_MAX);
    assert_string_equal(table.devices[SENSOR_DEVICES_MAX - 1u].id, "a");
}

/* And chips of several fill those of sensors: the board's own have all that are not of outside sources, but two. */
static void sensors_are_counted_too(void **state)
{
    static sensor_channel_t channels[SENSORS_MAX];
    sensor_ops_t wide = tmp105_ops;
    chip_wishes_t wishes = { .removed_count = 0 };
    (void)state;
    static char keys[SENSORS_MAX][8];
    for (size_t i = 0; i < SENSORS_MAX; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "c%u", (unsigned)i);
        channels[i] = tmp105_ops.channels[0];
        channels[i].key = keys[i];
    }
    wide.channels = channels;
    wide.channel_count = SENSORS_MAX - OUTSIDE_SENSORS_MAX - 2u;
    const sensor_device_t one[] = { { "wide", &wide, &temp0 } };
    chip_facts_t narrow = facts;
    narrow.defaults = one;
    narrow.default_count = 1;
    add(&wishes, "room=sht31@i2c1/0x44"); /* two sensors */
    add(&wishes, "a=tmp105@i2c1/0x48");
    assert_null(chip_table_refuse_added(&narrow, &wishes, 0));
    assert_non_null(strstr(chip_table_refuse_added(&narrow, &wishes, 1), "room"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_id_type_bus_and_address),
        cmocka_unit_test(a_line_that_is_malformed_is_none),
        cmocka_unit_test(without_wishes_the_table_is_that_of_the_board),
        cmocka_unit_test(an_added_chip_has_an_instance_of_its_own_and_needs_no_text),
        cmocka_unit_test(a_removed_chip_frees_its_id_and_its_place),
        cmocka_unit_test(only_sensor_chips_of_the_board_can_be_removed),
        cmocka_unit_test(each_refusal_says_what_is_wrong),
        cmocka_unit_test(wishes_are_judged_in_their_order),
        cmocka_unit_test(there_is_room_for_no_more_than_the_registry_takes),
        cmocka_unit_test(sensors_are_counted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
