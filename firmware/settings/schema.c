#include "settings/schema.h"

#include "base/hash.h"
#include "settings/schema_value.h"

void schema_defaults(const schema_t *schema, void *settings)
{
    memset(settings, 0, schema->bytes);
    for (size_t i = 0; i < schema->field_count; i++) schema_value_default(&schema->fields[i], settings);
}

/* An object of the patch that is being merged. */
typedef struct {
    const cJSON *member; /* the next one of it */
    text_view_t path;    /* of the object in the schema, as the beginning of a field's path; "" at the root */
} level_t;

/* Whether a field lies in an object; tells where its path goes on. */
static bool lies_in(const schema_field_t *field, text_view_t object, const char **rest)
{
    *rest = field->path + (object.count ? object.count + 1 : 0);
    return strncmp(field->path, object.bytes, object.count) == 0 &&
           (object.count == 0 || field->path[object.count] == '/');
}

/* What name means in an object: the first field at or below it, and its path up to there. NULL: nothing. */
static const schema_field_t *look_up(const schema_t *schema, text_view_t object, const char *name,
                                     text_view_t *path)
{
    size_t bytes = strlen(name);
    if (bytes == 0 || strchr(name, '/')) return NULL;
    for (size_t i = 0; i < schema->field_count; i++) {
        const schema_field_t *field = &schema->fields[i];
        const char *rest;
        if (!lies_in(field, object, &rest) || strncmp(rest, name, bytes) != 0) continue;
        if (rest[bytes] != '\0' && rest[bytes] != '/') continue;
        *path = (text_view_t){ field->path, (size_t)(rest - field->path) + bytes };
        return field;
    }
    return NULL;
}

static void object_default(const schema_t *schema, text_view_t object, void *candidate)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const char *rest;
        if (lies_in(&schema->fields[i], object, &rest)) schema_value_default(&schema->fields[i], candidate);
    }
}

static const char not_known[] = "is not a member of this document";
static const char not_an_object[] = "must be an object";

/* Merges one member of an object; returns the level to go on with if it is an object itself, else NULL. */
static level_t *merge_member(const schema_t *schema, schema_decimals_t decimals, const cJSON *member,
                             level_t *level, void *candidate, schema_errors_t *errors)
{
    text_view_t path;
    const schema_field_t *field = look_up(schema, level->path, member->string, &path);
    if (!field) {
        schema_errors_add(errors, (schema_error_t){ level->path, member->string, not_known, -1 });
    } else if (field->path[path.count] == '\0') {
        if (cJSON_IsNull(member))
            schema_value_default(field, candidate);
        else
            schema_value_read(field, decimals, member, candidate, errors);
    } else if (cJSON_IsNull(member)) {
        object_default(schema, path, candidate);
    } else if (!cJSON_IsObject(member)) {
        schema_errors_add(errors, (schema_error_t){ path, NULL, not_an_object, -1 });
    } else {
        /* As deep as the schema's paths, not as the patch. */
        level[1] = (level_t){ member->child, path };
        return level + 1;
    }
    return NULL;
}

bool schema_merge_patch(const schema_t *schema, schema_decimals_t decimals, const cJSON *patch,
                        void *candidate, schema_errors_t *errors)
{
    level_t levels[SCHEMA_DEPTH_MAX];
    if (!cJSON_IsObject(patch)) {
        schema_errors_add(errors, (schema_error_t){ text_view(""), NULL, not_an_object, -1 });
        return false;
    }
    level_t *level = levels;
    *level = (level_t){ patch->child, text_view("") };
    for (;;) {
        const cJSON *member = level->member;
        if (member) {
            level->member = member->next;
            level_t *inner = merge_member(schema, decimals, member, level, candidate, errors);
            if (inner) level = inner;
        } else if (level == levels) {
            break;
        } else {
            level--;
        }
    }
    if (schema->check) schema->check(candidate, errors);
    return errors->count == 0;
}

static uint64_t hash_field(uint64_t hash, const schema_field_t *field, const void *settings)
{
    const void *at = schema_at_const(field, settings);
    switch ((schema_type_t)field->type) {
    case FIELD_BOOL: return hash_word(hash, *(const bool *)at);
    case FIELD_U32:
    case FIELD_IPV4: return hash_word(hash, *(const uint32_t *)at);
    case FIELD_DECIMAL: return hash_word(hash, (uint32_t) * (const int32_t *)at);
    case FIELD_ENUM: return hash_word(hash, *(const uint8_t *)at);
    case FIELD_STRING: break;
    case FIELD_LIST: {
        unsigned count = schema_list_count(field, settings);
        hash = hash_word(hash, count);
        const char *item = at;
        for (unsigned i = 0; i < count; i++, item += field->as.list.bytes) {
            hash = hash_word(hash_string(hash, item), 0);
        }
        return hash;
    }
    }
    /* The end counts, too: "ab" and "c" are not "a" and "bc". */
    return hash_word(hash_string(hash, at), 0);
}

uint64_t schema_tag(const schema_t *schema, const void *settings)
{
    uint64_t hash = HASH_SEED;
    for (size_t i = 0; i < schema->field_count; i++) hash = hash_field(hash, &schema->fields[i], settings);
    return hash;
}

static size_t field_bytes(const schema_field_t *field)
{
    switch ((schema_type_t)field->type) {
    case FIELD_BOOL: return sizeof(bool);
    case FIELD_U32:
    case FIELD_DECIMAL:
    case FIELD_IPV4: return sizeof(uint32_t);
    case FIELD_STRING: return field->as.string.bytes;
    case FIELD_ENUM: return sizeof(uint8_t);
    case FIELD_LIST: break;
    }
    return (size_t)field->as.list.bytes * field->as.list.max;
}

bool schema_equal(const schema_t *schema, const void *one, const void *other)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        const schema_field_t *field = &schema->fields[i];
        /* Unused bytes of strings and lists are zero in both. */
        if (memcmp(schema_at_const(field, one), schema_at_const(field, other), field_bytes(field)) != 0)
            return false;
        if (field->type == FIELD_LIST && schema_list_count(field, one) != schema_list_count(field, other))
            return false;
    }
    return true;
}
