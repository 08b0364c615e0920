/* actuators/actuator_registry.h - all that the device can switch or set: what was asked for, and what is.
 *
 * A state that is asked for is kept for good: actuator_registry_poll brings the chip to it, reads it back, looks
 * once a second whether it still is so, and sets it again when the chip was away, lost its power or was changed
 * by somebody else. Nothing is shown as done that was not read back.
 *
 * States are whole numbers from ops->min to ops->max of the actuator (hal/actuator.h); min is off, max is on.
 *
 * Order at boot: actuator_registry_init, actuator_registry_boot for each one that has settings, then polls. No
 * chip is touched before the first poll, so none passes through a state that its settings do not want.
 *
 * Memory: actuator_registry_t, static; no allocation.
 * Context: main loop only.
 */
#ifndef ACTUATORS_ACTUATOR_REGISTRY_H
#define ACTUATORS_ACTUATOR_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "config/limits.h"
#include "hal/actuator.h"

typedef enum {
    ACTUATOR_PENDING, /* what was asked for has not been read back yet */
    ACTUATOR_OK,      /* it is as it was asked for */
    ACTUATOR_MISSING, /* the chip never answered since reset */
    ACTUATOR_ERROR,   /* the chip answered once, but does not do what was asked for now */
} actuator_quality_t;

/* State after a reset of the device. */
typedef enum { ACTUATOR_BOOT_OFF, ACTUATOR_BOOT_ON, ACTUATOR_BOOT_LAST } actuator_boot_policy_t;

/* What may be set about an actuator, beside its state. */
typedef struct {
    const char *name; /* for people; copied by reference: alive until the next configuration */
    actuator_boot_policy_t boot;
} actuator_config_t;

typedef struct {
    const char *id;
    const actuator_ops_t *ops; /* chip, kind, min and max; nobody but the registry calls it */
    actuator_config_t config;
    actuator_quality_t quality;
    bool known;          /* actual was read back; false at boot and after a failure */
    int32_t requested;   /* what it shall be; what the store keeps for ACTUATOR_BOOT_LAST */
    int32_t actual;      /* what it is, only while known. While it blinks for identification: what it was */
    uint64_t changed_ms; /* uptime when actual or quality changed last; 0: not yet */
    uint64_t tag;        /* differs whenever anything shown of the actuator does: for entity tags */
} actuator_t;

typedef struct {
    const actuator_device_t *device;
    bool ready;      /* probed, and no transfer has failed since */
    bool seen;       /* answered a probe since reset */
    uint8_t first;   /* index of its first actuator */
    uint8_t next;    /* which of its outputs has its turn */
    uint32_t to_set; /* bit n: output n is to be set, and read back after it */
    uint32_t to_read;
    uint32_t was_set;  /* bit n: output n was set and has not been read back since */
    uint64_t check_ms; /* when all are looked at again */
    uint64_t due_ms;   /* when it wants the bus next */
} actuator_slot_t;

typedef struct {
    actuator_t actuators[ACTUATORS_MAX];
    size_t actuator_count;
    actuator_slot_t slots[ACTUATOR_DEVICES_MAX];
    size_t slot_count;
    size_t next_slot; /* whose turn it is, so that a failing chip starves nobody */
    struct {
        bool active, lit;
        size_t index; /* of the actuator */
        uint64_t edge_ms, until_ms;
    } blink;
    uint32_t changes; /* of requested states since boot: the store looks whether it has moved */
    uint64_t tag;     /* of the whole collection */
} actuator_registry_t;

/* Builds the registry from the board's table, everything off; nothing is asked of a chip yet.
 * devices   borrowed for the life of the registry
 * returns   STATUS_OK, STATUS_NO_MEMORY (more than limits.h allows), STATUS_INVALID (an id that is too long,
 *           malformed or not unique, a channel that the chip does not have or that is in use twice, a device
 *           without outputs) */
status_t actuator_registry_init(actuator_registry_t *registry, const actuator_device_t *devices,
                                size_t device_count);

/* Settings of one actuator and the state to start with: min, max, or last by config->boot. Only before the first
 * poll. Is not counted in changes.
 * index     of the actuator in registry->actuators
 * last      what it was before the reset; without such knowledge, or outside min..max, it starts off */
void actuator_registry_boot(actuator_registry_t *registry, size_t index, const actuator_config_t *config,
                            int32_t last);

/* Changes the settings; the state stays as it is. */
void actuator_registry_configure(actuator_registry_t *registry, size_t index,
                                 const actuator_config_t *config);

/* Asks for a state; the next polls carry it out. One that replaces an earlier one which has not been carried out
 * yet takes its place. While the chip is away the wish is kept, and fulfilled when it is back.
 * returns   STATUS_OK, STATUS_INVALID (outside min..max: nothing has changed) */
status_t actuator_registry_set(actuator_registry_t *registry, size_t index, int32_t state);

/* Lets an actuator blink, ACTUATOR_BLINK_MS on and off, and then be as it was asked to be. It does not wait, and
 * is not shown as a change. A second call takes the place of the first, also on another actuator.
 * duration_ms   at most ACTUATOR_IDENTIFY_MS_MAX, more is cut; 0: stop blinking */
void actuator_registry_identify(actuator_registry_t *registry, size_t index, uint32_t duration_ms,
                                uint64_t now_ms);

/* Does at most one operation on one chip (1 ms; the probe of a chip that failed 2 ms).
 * returns   when it wants to be called next; earlier after set and identify */
uint64_t actuator_registry_poll(actuator_registry_t *registry, uint64_t now_ms);

/* Index in registry->actuators; actuator_count when there is no such actuator. */
size_t actuator_registry_find(const actuator_registry_t *registry, text_view_t id);

/* What an actuator has before it is configured: its name on the board, off after boot. */
actuator_config_t actuator_config_default(const actuator_registry_t *registry, size_t index);

/* Names for the API: constants. */
const char *actuator_quality_name(actuator_quality_t quality); /* "pending", "ok", "missing", "error" */
const char *actuator_kind_name(actuator_kind_t kind);          /* "switch", "level" */

#endif
