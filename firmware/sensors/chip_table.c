#include "sensors/chip_table.h"

#include <string.h>

/* ---- The board's facts ---------------------------------------------------------------------------------- */

static bool is_default(const chip_facts_t *facts, text_view_t id)
{
    for (size_t i = 0; i < facts->default_count; i++) {
        if (text_equal(id, text_view(facts->defaults[i].id))) return true;
    }
    return false;
}

static bool is_removed(const chip_wishes_t *wishes, const char *id)
{
    for (size_t i = 0; i < wishes->removed_count; i++) {
        if (text_equal(wishes->removed[i], text_view(id))) return true;
    }
    return false;
}

static const chip_type_t *type_of(const chip_facts_t *facts, const chip_wish_t *wish)
{
    for (size_t i = 0; i < facts->type_count; i++) {
        if (text_equal(wish->type, text_view(facts->types[i]->ops->chip))) return facts->types[i];
    }
    return NULL;
}

/* Index; bus_count when there is none. */
static size_t bus_of(const chip_facts_t *facts, const chip_wish_t *wish)
{
    size_t i = 0;
    while (i < facts->bus_count && !text_equal(wish->bus, text_view(facts->buses[i].name))) i++;
    return i;
}

static bool can_have(const chip_type_t *type, uint8_t addr)
{
    const uint8_t *at = type->addresses;
    if (!at) return true;
    while (*at != 0 && *at != addr) at++;
    return *at == addr;
}

/* ---- Wishes against each other --------------------------------------------------------------------------- */

/* The id of a sensor: of the device, and of the channel where there are several. */
static size_t sensor_id(char out[SENSOR_ID_BYTES], text_view_t device, const sensor_ops_t *ops,
                        unsigned channel)
{
    text_writer_t text = text_writer(out, SENSOR_ID_BYTES);
    text_append(&text, device.bytes, device.count);
    if (ops->channel_count > 1) {
        text_char(&text, '_');
        text_string(&text, ops->channels[channel].key);
    }
    return text.overflow ? SENSOR_ID_BYTES : (size_t)(text.at - out);
}

static bool share_a_sensor_id(text_view_t one, const sensor_ops_t *one_ops, text_view_t other,
                              const sensor_ops_t *other_ops)
{
    char a[SENSOR_ID_BYTES], b[SENSOR_ID_BYTES];
    for (unsigned i = 0; i < one_ops->channel_count; i++) {
        size_t count = sensor_id(a, one, one_ops, i);
        for (unsigned j = 0; j < other_ops->channel_count; j++) {
            if (sensor_id(b, other, other_ops, j) == count && memcmp(a, b, count) == 0) return true;
        }
    }
    return text_equal(one, other);
}

static bool ids_fit(text_view_t id, const sensor_ops_t *ops)
{
    char text[SENSOR_ID_BYTES];
    for (unsigned i = 0; i < ops->channel_count; i++) {
        if (sensor_id(text, id, ops, i) >= SENSOR_ID_BYTES - 1u) return false;
    }
    return true;
}

static bool id_is_taken(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index,
                        const sensor_ops_t *ops)
{
    text_view_t id = wishes->added[index].id;
    for (size_t i = 0; i < facts->default_count; i++) {
        const sensor_device_t *device = &facts->defaults[i];
        if (is_removed(wishes, device->id)) continue;
        if (share_a_sensor_id(id, ops, text_view(device->id), device->ops)) return true;
    }
    for (size_t i = 0; i < index; i++) {
        const chip_type_t *type = type_of(facts, &wishes->added[i]);
        if (type && share_a_sensor_id(id, ops, wishes->added[i].id, type->ops)) return true;
    }
    return false;
}

/* What is no sensor stays where it is. */
static bool place_is_taken(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index)
{
    const chip_wish_t *wish = &wishes->added[index];
    size_t bus = bus_of(facts, wish);
    for (size_t i = 0; i < facts->place_count; i++) {
        const chip_place_t *place = &facts->places[i];
        if (place->bus != bus || place->addr != wish->addr) continue;
        if (!is_default(facts, text_view(place->id)) || !is_removed(wishes, place->id)) return true;
    }
    for (size_t i = 0; i < index; i++) {
        if (wishes->added[i].addr == wish->addr && bus_of(facts, &wishes->added[i]) == bus) return true;
    }
    return false;
}

static bool is_room_for(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index)
{
    size_t devices = 0, sensors = 0;
    for (size_t i = 0; i < facts->default_count; i++) {
        if (is_removed(wishes, facts->defaults[i].id)) continue;
        devices++;
        sensors += facts->defaults[i].ops->channel_count;
    }
    for (size_t i = 0; i <= index; i++) {
        const chip_type_t *type = type_of(facts, &wishes->added[i]);
        devices++;
        sensors += type ? type->ops->channel_count : 0u;
    }
    return devices <= SENSOR_DEVICES_MAX && sensors <= SENSORS_MAX - OUTSIDE_SENSORS_MAX;
}

const char *chip_table_refuse_removed(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index)
{
    return is_default(facts, wishes->removed[index]) ? NULL
                                                     : "must be the id of one of the board's sensor chips";
}

const char *chip_table_refuse_added(const chip_facts_t *facts, const chip_wishes_t *wishes, size_t index)
{
    const chip_wish_t *wish = &wishes->added[index];
    const chip_type_t *type = type_of(facts, wish);
    if (!type || type->bytes > CHIP_STATE_BYTES)
        return "must be of a type that this firmware has a driver for";
    if (bus_of(facts, wish) == facts->bus_count) return "must name a bus of this board";
    if (!can_have(type, wish->addr)) return "must have an address that a chip of this type can have";
    if (!ids_fit(wish->id, type->ops)) return "must have a shorter id: those of its sensors are too long";
    if (id_is_taken(facts, wishes, index, type->ops)) return "must have an id that no other chip has";
    if (place_is_taken(facts, wishes, index)) return "must have an address that no other chip of the bus has";
    return is_room_for(facts, wishes, index) ? NULL : "must not be one more than there is room for";
}

/* ---- The table --------------------------------------------------------------------------------------------- */

static void add(chip_table_t *table, const chip_facts_t *facts, const chip_wish_t *wish, size_t index)
{
    const chip_type_t *type = type_of(facts, wish);
    size_t bus = bus_of(facts, wish);
    char *id = table->ids[index];
    memcpy(id, wish->id.bytes, wish->id.count);
    id[wish->id.count] = '\0';
    type->bind(table->states[index], facts->buses[bus].i2c, wish->addr);
    table->devices[table->device_count++] = (sensor_device_t){ id, type->ops, table->states[index] };
    if (table->place_count == CHIP_PLACES_MAX) return; /* a scan does not know its name, nothing worse */
    table->places[table->place_count++] = (chip_place_t){ id, type->ops->chip, (uint8_t)bus, wish->addr };
}

size_t chip_table_build(chip_table_t *table, const chip_facts_t *facts, const chip_wishes_t *wishes)
{
    size_t left_out = 0;
    memset(table, 0, sizeof *table);
    for (size_t i = 0; i < wishes->removed_count; i++)
        left_out += chip_table_refuse_removed(facts, wishes, i) != NULL;
    for (size_t i = 0; i < facts->default_count && i < SENSOR_DEVICES_MAX; i++) {
        if (is_removed(wishes, facts->defaults[i].id)) continue;
        table->devices[table->device_count++] = facts->defaults[i];
    }
    for (size_t i = 0; i < facts->place_count && i < CHIP_PLACES_MAX; i++) {
        const chip_place_t *place = &facts->places[i];
        if (is_default(facts, text_view(place->id)) && is_removed(wishes, place->id)) continue;
        table->places[table->place_count++] = *place;
    }
    chip_wishes_t granted = *wishes;
    granted.added_count = 0;
    for (size_t i = 0; i < wishes->added_count; i++) {
        size_t index = granted.added_count;
        granted.added[index] = wishes->added[i];
        if (chip_table_refuse_added(facts, &granted, index)) {
            left_out++;
            continue;
        }
        granted.added_count++;
        add(table, facts, &wishes->added[i], index);
    }
    return left_out;
}
