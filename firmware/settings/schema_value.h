/* settings/schema_value.h - one field's value: from JSON, to JSON, its default, its hash. Internal to settings.
 *
 * field pointers into the struct are base + field->offset; see schema.h for what lies there.
 */
#ifndef SETTINGS_SCHEMA_VALUE_H
#define SETTINGS_SCHEMA_VALUE_H

#include "settings/schema.h"

/* Any type's value in a struct, seen as what it is. */
static inline void *schema_at(const schema_field_t *field, void *settings)
{
    return (unsigned char *)settings + field->offset;
}

static inline const void *schema_at_const(const schema_field_t *field, const void *settings)
{
    return (const unsigned char *)settings + field->offset;
}

/* How many decimals a FIELD_DECIMAL has. */
static inline unsigned schema_decimals_of(const schema_field_t *field, schema_decimals_t decimals)
{
    return field->as.decimal.decimals == SCHEMA_UNIT_DECIMALS ? decimals : field->as.decimal.decimals;
}

/* Sets the default. */
void schema_value_default(const schema_field_t *field, void *settings);

/* Sets what a JSON value other than null says; adds errors, and leaves the field alone, if it is wrong. */
void schema_value_read(const schema_field_t *field, schema_decimals_t decimals, const cJSON *value,
                       void *settings, schema_errors_t *errors);

/* "192.0.2.1" without leading zeros. */
bool schema_ipv4_parse(const char *text, uint32_t *address);

/* How many items a list has. */
static inline unsigned schema_list_count(const schema_field_t *field, const void *settings)
{
    return *((const unsigned char *)settings + field->as.list.count_offset);
}

#endif
