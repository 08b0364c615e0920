#include "settings/actuator_settings.h"

#include "settings/settings_rules.h"

static const char *const boots[] = { [BOOT_OFF] = "off", [BOOT_ON] = "on", [BOOT_LAST] = "last" };

static const schema_field_t fields[] = {
    { .path = "name",
      .rule = "must be a name of 1 to 32 bytes, or null",
      .type = FIELD_STRING,
      .optional = true,
      .offset = offsetof(actuator_settings_t, name),
      .as.string = { SETTINGS_NAME_BYTES, 1, settings_is_name, NULL } },
    { .path = "boot",
      .rule = "must be off, on or last",
      .type = FIELD_ENUM,
      .offset = offsetof(actuator_settings_t, boot),
      .as.choice = { boots, 3, BOOT_OFF } },
};

const schema_t actuator_schema = { fields, sizeof fields / sizeof *fields, sizeof(actuator_settings_t),
                                   NULL };
