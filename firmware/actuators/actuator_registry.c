#include "actuators/actuator_registry.h"

#include "base/hash.h"
#include "base/log.h"

/* ---- Building ---------------------------------------------------------------------------------------- */

static bool valid_id(text_view_t id)
{
    for (size_t i = 0; i < id.count; i++) {
        char c = id.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return id.count > 0 && id.count < ACTUATOR_ID_BYTES;
}

/* Everything that is shown of an actuator goes into its tag. */
static void renew_tag(actuator_registry_t *registry, actuator_t *actuator)
{
    uint64_t tag = hash_string(hash_string(HASH_SEED, actuator->id), actuator->config.name);
    tag = hash_word(tag, actuator->changed_ms);
    tag = hash_word(tag, (uint64_t)(uint32_t)actuator->requested << 32 | (uint32_t)actuator->actual);
    tag = hash_word(tag, (uint64_t)actuator->config.boot << 8 | (uint64_t)actuator->quality << 1 |
                             (actuator->known ? 1u : 0u));
    registry->tag ^= actuator->tag ^ tag;
    actuator->tag = tag;
}

static status_t add_device(actuator_registry_t *registry, const actuator_device_t *device)
{
    const actuator_ops_t *ops = device->ops;
    if (registry->slot_count == ACTUATOR_DEVICES_MAX || device->output_count > ACTUATOR_CHANNELS_MAX ||
        registry->actuator_count + device->output_count > ACTUATORS_MAX) {
        return STATUS_NO_MEMORY;
    }
    if (device->output_count == 0) return STATUS_INVALID;
    registry->slots[registry->slot_count++] =
        (actuator_slot_t){ .device = device, .first = (uint8_t)registry->actuator_count };
    unsigned in_use = 0;
    for (unsigned i = 0; i < device->output_count; i++) {
        const actuator_output_t *output = &device->outputs[i];
        text_view_t id = text_view(output->id);
        bool taken = actuator_registry_find(registry, id) < registry->actuator_count;
        if (!valid_id(id) || taken) return STATUS_INVALID;
        if (output->channel >= ops->channel_count || (in_use >> output->channel & 1u)) return STATUS_INVALID;
        in_use |= 1u << output->channel;
        actuator_t *actuator = &registry->actuators[registry->actuator_count++];
        *actuator = (actuator_t){
            .id = output->id,
            .ops = ops,
            .config = { .name = output->name, .boot = ACTUATOR_BOOT_OFF },
            .requested = ops->min,
        };
        renew_tag(registry, actuator);
    }
    return STATUS_OK;
}

status_t actuator_registry_init(actuator_registry_t *registry, const actuator_device_t *devices,
                                size_t device_count)
{
    *registry = (actuator_registry_t){ .tag = HASH_SEED };
    for (size_t i = 0; i < device_count; i++) {
        status_t status = add_device(registry, &devices[i]);
        if (status != STATUS_OK) return status;
    }
    return STATUS_OK;
}

/* The slot whose device has the actuator. */
static size_t slot_of(const actuator_registry_t *registry, size_t index)
{
    size_t slot = registry->slot_count - 1u;
    while (registry->slots[slot].first > index) slot--;
    return slot;
}

static bool in_range(const actuator_t *actuator, int32_t state)
{
    return state >= actuator->ops->min && state <= actuator->ops->max;
}

/* ---- Asking for states ------------------------------------------------------------------------------- */

actuator_config_t actuator_config_default(const actuator_registry_t *registry, size_t index)
{
    const actuator_slot_t *slot = &registry->slots[slot_of(registry, index)];
    return (actuator_config_t){ slot->device->outputs[index - slot->first].name, ACTUATOR_BOOT_OFF };
}

void actuator_registry_configure(actuator_registry_t *registry, size_t index, const actuator_config_t *config)
{
    actuator_t *actuator = &registry->actuators[index];
    actuator->config = *config;
    renew_tag(registry, actuator);
}

void actuator_registry_boot(actuator_registry_t *registry, size_t index, const actuator_config_t *config,
                            int32_t last)
{
    actuator_t *actuator = &registry->actuators[index];
    actuator->requested = actuator->ops->min;
    if (config->boot == ACTUATOR_BOOT_ON) actuator->requested = actuator->ops->max;
    if (config->boot == ACTUATOR_BOOT_LAST && in_range(actuator, last)) actuator->requested = last;
    actuator_registry_configure(registry, index, config);
}

/* A device that is not ready gets everything set after its probe. */
static void order(actuator_registry_t *registry, size_t index)
{
    actuator_slot_t *slot = &registry->slots[slot_of(registry, index)];
    if (!slot->ready) return;
    slot->to_set |= UINT32_C(1) << (index - slot->first);
    slot->due_ms = 0;
}

status_t actuator_registry_set(actuator_registry_t *registry, size_t index, int32_t state)
{
    actuator_t *actuator = &registry->actuators[index];
    if (!in_range(actuator, state)) return STATUS_INVALID;
    if (state == actuator->requested) return STATUS_OK;
    actuator->requested = state;
    if (actuator->quality == ACTUATOR_OK) actuator->quality = ACTUATOR_PENDING;
    registry->changes++;
    order(registry, index);
    renew_tag(registry, actuator);
    return STATUS_OK;
}

void actuator_registry_identify(actuator_registry_t *registry, size_t index, uint32_t duration_ms,
                                uint64_t now_ms)
{
    if (registry->blink.active) order(registry, registry->blink.index); /* back to what it shall be */
    if (duration_ms > ACTUATOR_IDENTIFY_MS_MAX) duration_ms = ACTUATOR_IDENTIFY_MS_MAX;
    registry->blink.active = duration_ms > 0;
    registry->blink.lit = false;
    registry->blink.index = index;
    registry->blink.edge_ms = now_ms;
    registry->blink.until_ms = now_ms + duration_ms;
}

/* ---- Publishing -------------------------------------------------------------------------------------- */

static void publish(actuator_registry_t *registry, actuator_t *actuator, actuator_quality_t quality,
                    bool known, int32_t actual, uint64_t now_ms)
{
    if (quality == actuator->quality && known == actuator->known && actual == actuator->actual) return;
    bool failed = quality == ACTUATOR_MISSING || quality == ACTUATOR_ERROR;
    bool had_failed = actuator->quality == ACTUATOR_MISSING || actuator->quality == ACTUATOR_ERROR;
    if (failed != had_failed || (failed && quality != actuator->quality)) {
        log_line(failed ? LOG_WARNING : LOG_INFO, "actuators", "%s is %s", actuator->id,
                 actuator_quality_name(quality));
    }
    actuator->quality = quality;
    actuator->known = known;
    actuator->actual = actual;
    actuator->changed_ms = now_ms;
    renew_tag(registry, actuator);
}

static bool blinks(const actuator_registry_t *registry, size_t index)
{
    return registry->blink.active && registry->blink.index == index;
}

/* What the chip shall do now. */
static int32_t wanted(const actuator_registry_t *registry, size_t index)
{
    const actuator_t *actuator = &registry->actuators[index];
    if (!blinks(registry, index)) return actuator->requested;
    return registry->blink.lit ? actuator->ops->max : actuator->ops->min;
}

/* ---- Working ----------------------------------------------------------------------------------------- */

/* The bus or the chip: all of its actuators are concerned. */
static void device_failed(actuator_registry_t *registry, actuator_slot_t *slot, uint64_t now_ms)
{
    actuator_quality_t quality = slot->seen ? ACTUATOR_ERROR : ACTUATOR_MISSING;
    slot->ready = false;
    slot->to_set = slot->to_read = slot->was_set = 0;
    slot->due_ms = now_ms + ACTUATOR_RETRY_MS;
    for (unsigned i = 0; i < slot->device->output_count; i++) {
        publish(registry, &registry->actuators[slot->first + i], quality, false, 0, now_ms);
    }
}

static uint32_t bit_of(unsigned output)
{
    return UINT32_C(1) << output;
}

static void begin(actuator_registry_t *registry, actuator_slot_t *slot, uint64_t now_ms)
{
    if (slot->device->ops->probe(slot->device->self) != STATUS_OK) {
        device_failed(registry, slot, now_ms);
        return;
    }
    slot->seen = slot->ready = true;
    slot->to_set = bit_of(slot->device->output_count) - 1u; /* all */
    slot->check_ms = now_ms + ACTUATOR_CHECK_MS;
    slot->due_ms = now_ms;
}

/* One that has failed is not only looked at but set: what made it fail may have changed it. */
static void order_check(const actuator_registry_t *registry, actuator_slot_t *slot, uint64_t now_ms)
{
    slot->check_ms = now_ms + ACTUATOR_CHECK_MS;
    for (unsigned i = 0; i < slot->device->output_count; i++) {
        uint32_t bit = bit_of(i);
        if (registry->actuators[slot->first + i].quality == ACTUATOR_ERROR)
            slot->to_set |= bit;
        else
            slot->to_read |= bit;
    }
}

static void write_output(actuator_registry_t *registry, actuator_slot_t *slot, unsigned output,
                         uint64_t now_ms)
{
    const actuator_device_t *device = slot->device;
    uint32_t bit = bit_of(output);
    status_t status = device->ops->set(device->self, device->outputs[output].channel,
                                       wanted(registry, slot->first + output));
    if (status != STATUS_OK) {
        device_failed(registry, slot, now_ms);
        return;
    }
    slot->to_set &= ~bit;
    slot->to_read |= bit;
    slot->was_set |= bit;
}

/* known     false: what was read is no state that set makes */
static void judge(actuator_registry_t *registry, actuator_slot_t *slot, unsigned output, bool known,
                  int32_t state, uint64_t now_ms)
{
    size_t index = (size_t)slot->first + output;
    actuator_t *actuator = &registry->actuators[index];
    bool was_set = (slot->was_set & bit_of(output)) != 0;
    slot->was_set &= ~bit_of(output);
    if (known && state == wanted(registry, index)) {
        if (!blinks(registry, index)) publish(registry, actuator, ACTUATOR_OK, true, state, now_ms);
    } else if (was_set) { /* the chip is there: this output alone is concerned */
        publish(registry, actuator, ACTUATOR_ERROR, false, 0, now_ms);
    } else {
        log_warning("actuators", "%s has changed by itself: it is set again", actuator->id);
        slot->to_set |= bit_of(output);
        if (!blinks(registry, index))
            publish(registry, actuator, ACTUATOR_PENDING, known, known ? state : 0, now_ms);
    }
}

static void read_output(actuator_registry_t *registry, actuator_slot_t *slot, unsigned output,
                        uint64_t now_ms)
{
    const actuator_device_t *device = slot->device;
    int32_t state = 0;
    slot->to_read &= ~bit_of(output);
    status_t status = device->ops->get(device->self, device->outputs[output].channel, &state);
    if (status == STATUS_OK || status == STATUS_BAD_DATA)
        judge(registry, slot, output, status == STATUS_OK, state, now_ms);
    else
        device_failed(registry, slot, now_ms);
}

/* The next one in turn that has something to do. */
static unsigned take_turn(actuator_slot_t *slot)
{
    uint32_t work = slot->to_set | slot->to_read;
    unsigned output = slot->next;
    while (output < slot->device->output_count && (work & bit_of(output)) == 0) output++;
    if (output == slot->device->output_count) {
        for (output = 0; output < slot->next && (work & bit_of(output)) == 0;) output++;
    }
    slot->next = (uint8_t)(output + 1u);
    return output;
}

static void step(actuator_registry_t *registry, actuator_slot_t *slot, uint64_t now_ms)
{
    if (!slot->ready) {
        begin(registry, slot, now_ms);
        return;
    }
    if (slot->check_ms <= now_ms) order_check(registry, slot, now_ms);
    unsigned output = take_turn(slot);
    if ((slot->to_set & bit_of(output)) != 0)
        write_output(registry, slot, output, now_ms);
    else if ((slot->to_read & bit_of(output)) != 0)
        read_output(registry, slot, output, now_ms);
    if (slot->ready) slot->due_ms = (slot->to_set | slot->to_read) != 0 ? now_ms : slot->check_ms;
}

static void blink(actuator_registry_t *registry, uint64_t now_ms)
{
    if (!registry->blink.active || registry->blink.edge_ms > now_ms) return;
    registry->blink.active = registry->blink.until_ms > now_ms;
    registry->blink.lit = !registry->blink.lit;
    registry->blink.edge_ms = now_ms + ACTUATOR_BLINK_MS;
    if (registry->blink.edge_ms > registry->blink.until_ms)
        registry->blink.edge_ms = registry->blink.until_ms;
    order(registry, registry->blink.index);
}

uint64_t actuator_registry_poll(actuator_registry_t *registry, uint64_t now_ms)
{
    blink(registry, now_ms);
    for (size_t i = 0; i < registry->slot_count; i++) {
        size_t index = (registry->next_slot + i) % registry->slot_count;
        if (registry->slots[index].due_ms > now_ms) continue;
        registry->next_slot = (index + 1) % registry->slot_count;
        step(registry, &registry->slots[index], now_ms);
        break;
    }
    uint64_t next_ms = registry->blink.active ? registry->blink.edge_ms : UINT64_MAX;
    for (size_t i = 0; i < registry->slot_count; i++) {
        if (registry->slots[i].due_ms < next_ms) next_ms = registry->slots[i].due_ms;
    }
    return next_ms;
}

/* ---- Looking ----------------------------------------------------------------------------------------- */

size_t actuator_registry_find(const actuator_registry_t *registry, text_view_t id)
{
    size_t i = 0;
    while (i < registry->actuator_count && !text_equal(text_view(registry->actuators[i].id), id)) i++;
    return i;
}

const char *actuator_quality_name(actuator_quality_t quality)
{
    static const char *const names[] = {
        [ACTUATOR_PENDING] = "pending",
        [ACTUATOR_OK] = "ok",
        [ACTUATOR_MISSING] = "missing",
        [ACTUATOR_ERROR] = "error",
    };
    return names[quality];
}

const char *actuator_kind_name(actuator_kind_t kind)
{
    static const char *const names[] = {
        [ACTUATOR_SWITCH] = "switch",
        [ACTUATOR_LEVEL] = "level",
    };
    return names[kind];
}
