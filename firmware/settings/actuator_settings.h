/* settings/actuator_settings.h - what may be set about one actuator, beside its state.
 *
 * {"name":null,"boot":"off"}
 *
 * name   for people: 1..32 bytes; null: the actuator's own
 * boot   state after a reset: "off", "on", or "last", the one it had
 */
#ifndef SETTINGS_ACTUATOR_SETTINGS_H
#define SETTINGS_ACTUATOR_SETTINGS_H

#include "config/limits.h"
#include "settings/schema.h"

typedef enum { BOOT_OFF, BOOT_ON, BOOT_LAST } actuator_boot_t;

typedef struct {
    char name[SETTINGS_NAME_BYTES]; /* empty: the actuator's own */
    uint8_t boot;                   /* actuator_boot_t */
} actuator_settings_t;

extern const schema_t actuator_schema; /* its functions' decimals do not matter: 0 */

#endif
