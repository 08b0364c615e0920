/* Merging patches into settings: RFC 7396 as far as a fixed set of members can mean it, and every wrong member
 * told by its pointer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "settings/device_settings.h"
#include "settings/json_document.h"
#include "settings/sensor_settings.h"

/* ---- RFC 7396 on documents of any kind: what the engine is compared with ----------------------------------- */

/* NOLINTNEXTLINE(misc-no-recursion): as the RFC has it */
static cJSON *merge_any(cJSON *target, const cJSON *patch, unsigned depth)
{
    assert_true(depth < 20);
    if (!cJSON_IsObject(patch)) return cJSON_Duplicate(patch, true);
    if (!cJSON_IsObject(target)) target = cJSON_CreateObject();
    const cJSON *member;
    cJSON_ArrayForEach(member, patch)
    {
        cJSON *old = cJSON_DetachItemFromObjectCaseSensitive(target, member->string);
        if (cJSON_IsNull(member)) continue;
        cJSON_AddItemToObject(target, member->string, merge_any(old, member, depth + 1));
    }
    return target;
}

/* Appendix A: original, patch, result. */
static const char *const appendix[] = {
    "[{\"a\":\"b\"},{\"a\":\"c\"},{\"a\":\"c\"}]",
    "[{\"a\":\"b\"},{\"b\":\"c\"},{\"a\":\"b\",\"b\":\"c\"}]",
    "[{\"a\":\"b\"},{\"a\":null},{}]",
    "[{\"a\":\"b\",\"b\":\"c\"},{\"a\":null},{\"b\":\"c\"}]",
    "[{\"a\":[\"b\"]},{\"a\":\"c\"},{\"a\":\"c\"}]",
    "[{\"a\":\"c\"},{\"a\":[\"b\"]},{\"a\":[\"b\"]}]",
    "[{\"a\":{\"b\":\"c\"}},{\"a\":{\"b\":\"d\",\"c\":null}},{\"a\":{\"b\":\"d\"}}]",
    "[{\"a\":[{\"b\":\"c\"}]},{\"a\":[1]},{\"a\":[1]}]",
    "[[\"a\",\"b\"],[\"c\",\"d\"],[\"c\",\"d\"]]",
    "[{\"a\":\"b\"},[\"c\"],[\"c\"]]",
    "[{\"a\":\"foo\"},null,null]",
    "[{\"a\":\"foo\"},\"bar\",\"bar\"]",
    "[{\"e\":null},{\"a\":1},{\"e\":null,\"a\":1}]",
    "[[1,2],{\"a\":\"b\",\"c\":null},{\"a\":\"b\"}]",
    "[{},{\"a\":{\"bb\":{\"ccc\":null}}},{\"a\":{\"bb\":{}}}]",
};

static void the_yardstick_agrees_with_the_appendix(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof appendix / sizeof *appendix; i++) {
        json_document_t document;
        assert_int_equal(json_document_begin(&document, appendix[i], strlen(appendix[i])), STATUS_OK);
        const cJSON *original = document.root->child, *patch = original->next;
        const cJSON *merged = merge_any(cJSON_Duplicate(original, true), patch, 0);
        if (!cJSON_Compare(merged, patch->next, true)) fail_msg("case %u", i + 1);
        json_document_end(&document);
    }
}

/* ---- the appendix in a schema that has its members --------------------------------------------------------- */

typedef struct {
    char a[8], b[8], e[8], o_b[8], o_c[8], ccc[8];
    char list[3][8];
    uint8_t list_count;
} small_t;

#define SMALL_STRING                                                                                         \
    .rule = "must be a short string", .type = FIELD_STRING, .optional = true,                                \
    .as.string = { 8, 1, NULL, NULL }

static const schema_field_t small_fields[] = {
    { .path = "a", .offset = offsetof(small_t, a), SMALL_STRING },
    { .path = "b", .offset = offsetof(small_t, b), SMALL_STRING },
    { .path = "e", .offset = offsetof(small_t, e), SMALL_STRING },
    { .path = "o/b", .offset = offsetof(small_t, o_b), SMALL_STRING },
    { .path = "o/c", .offset = offsetof(small_t, o_c), SMALL_STRING },
    { .path = "l",
      .rule = "must be a short list",
      .type = FIELD_LIST,
      .offset = offsetof(small_t, list),
      .as.list = { offsetof(small_t, list_count), 8, 3, NULL, "must be a short item" } },
    { .path = "d/bb/ccc", .offset = offsetof(small_t, ccc), SMALL_STRING },
};
static const schema_t small_schema = { small_fields, sizeof small_fields / sizeof *small_fields,
                                       sizeof(small_t), NULL };

static const char *written(const schema_t *schema, unsigned decimals, const void *settings)
{
    static char text[2048];
    json_writer_t json = json_writer(text, sizeof text - 1);
    schema_write(schema, decimals, settings, &json);
    assert_false(json_overflowed(&json));
    *json.out.at = '\0';
    return text;
}

/* Merges a patch and gives the errors as "pointer: detail" lines. */
static const char *merge(const schema_t *schema, unsigned decimals, const char *patch, void *settings)
{
    static char lines[4096];
    json_document_t document;
    size_t count = 0;
    lines[0] = '\0';
    assert_int_equal(json_document_begin(&document, patch, strlen(patch)), STATUS_OK);
    schema_errors_t errors = schema_errors();
    bool right = schema_merge_patch(schema, decimals, document.root, settings, &errors);
    assert_int_equal(right, errors.count == 0);
    for (size_t i = 0; i < errors.count; i++) {
        char pointer[SCHEMA_POINTER_BYTES];
        const char *detail = schema_error_pointer(&errors.items[i], pointer);
        count += (size_t)snprintf(lines + count, sizeof lines - count, "%s: %s\n", pointer, detail);
    }
    if (errors.more) (void)snprintf(lines + count, sizeof lines - count, "more\n");
    json_document_end(&document);
    return lines;
}

#define REST ",\"d\":{\"bb\":{\"ccc\":null}}}"

static void the_appendix_where_members_are_fixed(void **state)
{
    (void)state;
    /* Cases 5, 6 and 8 change a member's type, 9 to 12 make the document something else: refused here. 14
     * starts from an array, which settings never are. Absent members are null, the default. */
    static const struct {
        const char *original, *patch, *errors, *result;
    } cases[] = {
        { "{\"a\":\"b\"}", "{\"a\":\"c\"}", "",
          "{\"a\":\"c\",\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"a\":\"b\"}", "{\"b\":\"c\"}", "",
          "{\"a\":\"b\",\"b\":\"c\",\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"a\":\"b\"}", "{\"a\":null}", "",
          "{\"a\":null,\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "",
          "{\"a\":null,\"b\":\"c\",\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"l\":[\"b\"]}", "{\"l\":\"c\"}", "/l: must be a short list\n", NULL },
        { "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "/a: must be a short string\n", NULL },
        { "{\"o\":{\"b\":\"c\"}}", "{\"o\":{\"b\":\"d\",\"c\":null}}", "",
          "{\"a\":null,\"b\":null,\"e\":null,\"o\":{\"b\":\"d\",\"c\":null},\"l\":[]" REST },
        { "{\"l\":[\"b\",\"c\"]}", "{\"l\":[\"1\"]}", "",
          "{\"a\":null,\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[\"1\"]" REST },
        { "{\"a\":\"b\"}", "[\"c\"]", ": must be an object\n", NULL },
        { "{\"a\":\"foo\"}", "null", ": must be an object\n", NULL },
        { "{\"a\":\"foo\"}", "\"bar\"", ": must be an object\n", NULL },
        { "{\"e\":null}", "{\"a\":\"1\"}", "",
          "{\"a\":\"1\",\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{}", "{\"a\":\"b\",\"b\":null}", "",
          "{\"a\":\"b\",\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"d\":{\"bb\":{\"ccc\":\"x\"}}}", "{\"d\":{\"bb\":{\"ccc\":null}}}", "",
          "{\"a\":null,\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"d\":{\"bb\":{\"ccc\":\"x\"}}}", "{\"d\":{\"bb\":null}}", "",
          "{\"a\":null,\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
        { "{\"d\":{\"bb\":{\"ccc\":\"x\"}}}", "{\"d\":null,\"a\":\"y\"}", "",
          "{\"a\":\"y\",\"b\":null,\"e\":null,\"o\":{\"b\":null,\"c\":null},\"l\":[]" REST },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        small_t settings;
        schema_defaults(&small_schema, &settings);
        assert_string_equal(merge(&small_schema, 0, cases[i].original, &settings), "");
        small_t candidate = settings;
        assert_string_equal(merge(&small_schema, 0, cases[i].patch, &candidate), cases[i].errors);
        if (cases[i].result) assert_string_equal(written(&small_schema, 0, &candidate), cases[i].result);
    }
}

/* ---- the engine against the yardstick ---------------------------------------------------------------------- */

/* Whether two documents say the same when null and absent do. */
static bool same_but_for_nulls(const cJSON *one, const cJSON *other)
{
    static const char *const members[] = { "a", "b", "e", "l" };
    for (unsigned i = 0; i < 4; i++) {
        const cJSON *x = cJSON_GetObjectItemCaseSensitive(one, members[i]);
        const cJSON *y = cJSON_GetObjectItemCaseSensitive(other, members[i]);
        bool x_empty = !x || cJSON_IsNull(x) || (cJSON_IsArray(x) && !x->child);
        bool y_empty = !y || cJSON_IsNull(y) || (cJSON_IsArray(y) && !y->child);
        if (x_empty != y_empty || (!x_empty && !cJSON_Compare(x, y, true))) return false;
    }
    for (unsigned i = 0; i < 2; i++) {
        static const char *const inner[] = { "b", "c" };
        const cJSON *x =
            cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(one, "o"), inner[i]);
        const cJSON *y =
            cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(other, "o"), inner[i]);
        bool x_empty = !x || cJSON_IsNull(x), y_empty = !y || cJSON_IsNull(y);
        if (x_empty != y_empty || (!x_empty && strcmp(x->valuestring, y->valuestring) != 0)) return false;
    }
    return true;
}

static uint32_t seed = 7;

static unsigned pick(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
}

/* A patch that the small schema takes. */
static size_t random_patch(char *text, size_t bytes)
{
    static const char *const strings[] = { "null", "\"x\"", "\"yy\"", "\"\\u00e9\"" };
    static const char *const lists[] = { "null", "[]", "[\"p\"]", "[\"q\",\"r\",\"s\"]" };
    size_t count = (size_t)snprintf(text, bytes, "{\"\\u0061\":%s", strings[pick(4)]);
    if (pick(2)) count += (size_t)snprintf(text + count, bytes - count, ",\"b\":%s", strings[pick(4)]);
    if (pick(2)) count += (size_t)snprintf(text + count, bytes - count, ",\"l\":%s", lists[pick(4)]);
    if (pick(3) == 0) {
        count += (size_t)snprintf(text + count, bytes - count, ",\"o\":null");
    } else if (pick(2)) {
        count += (size_t)snprintf(text + count, bytes - count, ",\"o\":{\"c\":%s", strings[pick(4)]);
        if (pick(2)) count += (size_t)snprintf(text + count, bytes - count, ",\"b\":%s", strings[pick(4)]);
        text[count++] = '}';
    }
    text[count++] = '}';
    text[count] = '\0';
    return count;
}

static void a_thousand_patches_in_a_row_give_what_the_rfc_says(void **state)
{
    (void)state;
    small_t settings;
    schema_defaults(&small_schema, &settings);
    for (unsigned i = 0; i < 1000; i++) {
        char before[512], patch[256], all[1536];
        (void)snprintf(before, sizeof before, "%s", written(&small_schema, 0, &settings));
        (void)random_patch(patch, sizeof patch);
        assert_string_equal(merge(&small_schema, 0, patch, &settings), "");
        int count =
            snprintf(all, sizeof all, "[%s,%s,%s]", before, patch, written(&small_schema, 0, &settings));
        json_document_t document;
        assert_int_equal(json_document_begin(&document, all, (size_t)count), STATUS_OK);
        const cJSON *old = document.root->child, *change = old->next;
        const cJSON *merged = merge_any(cJSON_Duplicate(old, true), change, 0);
        assert_false(arena_exhausted(json_document_arena()));
        if (!same_but_for_nulls(merged, change->next)) fail_msg("%s", all);
        json_document_end(&document);
    }
}

/* ---- everything wrong, told at once ------------------------------------------------------------------------ */

static void wrong_members_are_told_by_pointer(void **state)
{
    (void)state;
    static const struct {
        const char *patch, *errors;
    } cases[] = {
        { "{\"x\":1}", "/x: is not a member of this document\n" },
        { "{\"\":1}", "/: is not a member of this document\n" },
        { "{\"a/b\":1}", "/a~1b: is not a member of this document\n" },
        { "{\"o/b\":\"x\"}", "/o~1b: is not a member of this document\n" },
        { "{\"~\":1,\"~1\":1,\"~0\":null}", "/~0: is not a member of this document\n"
                                            "/~01: is not a member of this document\n"
                                            "/~00: is not a member of this document\n" },
        { "{\"A\":\"x\"}", "/A: is not a member of this document\n" },
        { "{\"aa\":\"x\"}", "/aa: is not a member of this document\n" },
        { "{\"o\":{\"x\":1,\"b\":2}}",
          "/o/x: is not a member of this document\n/o/b: must be a short string\n" },
        { "{\"o\":{\"o\":{\"b\":1}}}", "/o/o: is not a member of this document\n" },
        { "{\"o\":{\"a\":\"x\"}}", "/o/a: is not a member of this document\n" },
        { "{\"o\":5}", "/o: must be an object\n" },
        { "{\"o\":[]}", "/o: must be an object\n" },
        { "{\"a\":{\"b\":1}}", "/a: must be a short string\n" },
        { "{\"d\":{\"bb\":{\"ccc\":1,\"ddd\":2},\"b\":3}}", "/d/bb/ccc: must be a short string\n"
                                                            "/d/bb/ddd: is not a member of this document\n"
                                                            "/d/b: is not a member of this document\n" },
        { "{\"d\":{\"bb\":true}}", "/d/bb: must be an object\n" },
        { "{\"l\":[\"ok\",5,\"\",\"12345678\"]}", "/l: must be a short list\n" },
        { "{\"l\":[5,\"ok\",null]}", "/l/0: must be a short item\n/l/2: must be a short item\n" },
        { "{\"l\":{}}", "/l: must be a short list\n" },
        { "{\"a\":\"\",\"b\":\"12345678\",\"e\":\"1234567\"}", "/a: must be a short string\n"
                                                               "/b: must be a short string\n" },
        { "{\"b\":1,\"a\":2}", "/b: must be a short string\n/a: must be a short string\n" },
        { "{\"\\u00e9\\n\":1}", "/\xc3\xa9\n: is not a member of this document\n" },
        { "{\"x1\":0,\"x2\":0,\"x3\":0,\"x4\":0,\"x5\":0,\"x6\":0,\"x7\":0,\"x8\":0,\"x9\":0,\"xa\":0,\"xb\":"
          "0,"
          "\"xc\":0,\"xd\":0,\"xe\":0,\"xf\":0,\"xg\":0,\"xh\":0}",
          "/x1: is not a member of this document\n/x2: is not a member of this document\n"
          "/x3: is not a member of this document\n/x4: is not a member of this document\n"
          "/x5: is not a member of this document\n/x6: is not a member of this document\n"
          "/x7: is not a member of this document\n/x8: is not a member of this document\n"
          "/x9: is not a member of this document\n/xa: is not a member of this document\n"
          "/xb: is not a member of this document\n/xc: is not a member of this document\n"
          "/xd: is not a member of this document\n/xe: is not a member of this document\n"
          "/xf: is not a member of this document\n/xg: is not a member of this document\nmore\n" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        small_t settings;
        schema_defaults(&small_schema, &settings);
        assert_string_equal(merge(&small_schema, 0, cases[i].patch, &settings), cases[i].errors);
    }
}

static void a_name_too_long_for_a_pointer_is_told_by_its_parent(void **state)
{
    (void)state;
    char patch[300], name[200];
    small_t settings;
    schema_defaults(&small_schema, &settings);
    memset(name, 'x', sizeof name);
    name[SCHEMA_POINTER_BYTES - 4] = '\0'; /* "/o/" and it and NUL: just fits */
    (void)snprintf(patch, sizeof patch, "{\"o\":{\"%s\":1}}", name);
    assert_memory_equal(merge(&small_schema, 0, patch, &settings), "/o/xxx", 6);
    name[SCHEMA_POINTER_BYTES - 4] = 'x';
    name[SCHEMA_POINTER_BYTES - 3] = '\0';
    (void)snprintf(patch, sizeof patch, "{\"o\":{\"%s\":1}}", name);
    assert_string_equal(merge(&small_schema, 0, patch, &settings),
                        "/o: has an unknown member with a long name\n");
}

static void errors_are_written_as_far_as_there_is_room(void **state)
{
    (void)state;
    small_t settings;
    schema_defaults(&small_schema, &settings);
    static const char patch[] = "{\"a\":1,\"q\\\"\\\\\":2,\"b\":3}";
    json_document_t document;
    assert_int_equal(json_document_begin(&document, patch, sizeof patch - 1), STATUS_OK);
    schema_errors_t errors = schema_errors();
    assert_false(schema_merge_patch(&small_schema, 0, document.root, &settings, &errors));
    static const char whole[] =
        "[{\"pointer\":\"/a\",\"detail\":\"must be a short string\"},"
        "{\"pointer\":\"/q\\\"\\\\\",\"detail\":\"is not a member of this document\"},"
        "{\"pointer\":\"/b\",\"detail\":\"must be a short string\"}]";
    for (size_t room = 4; room < sizeof whole + 20; room++) {
        char text[sizeof whole + 20];
        json_writer_t json = json_writer(text, room);
        schema_errors_write(&json, &errors, 2);
        assert_false(json_overflowed(&json));
        size_t count = (size_t)(json.out.at - text);
        assert_true(count + 2 <= room);
        assert_memory_equal(text, whole, count - 1);
        assert_int_equal(text[count - 1], ']');
        if (room >= sizeof whole + 2) assert_int_equal(count, sizeof whole - 1);
    }
    json_document_end(&document);
}

/* Every subset of the device's members wrong, the others right: exactly the wrong ones are told, in order. */
static void every_combination_of_wrong_members_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *open, *right, *wrong, *close, *pointer;
    } members[] = {
        { "{\"name\":", "\"x\"", "\"\"", ",", "/name" },
        { "\"hostname\":", "\"h\"", "\"-\"", ",", "/hostname" },
        { "\"location\":", "\"l\"", "5", ",", "/location" },
        { "\"network\":{\"mode\":", "\"static\"", "\"Static\"", ",", "/network/mode" },
        { "\"address\":", "\"192.0.2.7\"", "\"192.0.2\"", ",", "/network/address" },
        { "\"prefix\":", "24", "31", ",", "/network/prefix" },
        { "\"gateway\":", "\"192.0.2.1\"", "true", "},", "/network/gateway" },
        { "\"sampling\":{\"interval_ms\":", "100", "99", "},", "/sampling/interval_ms" },
        { "\"cors_origins\":", "[]", "[\"https://a\",\"a\"]", ",", "/cors_origins/1" },
        { "\"allowed_hosts\":", "[\"h\"]", "[\"\"]", ",", "/allowed_hosts/0" },
        { "\"read_auth\":", "\"none\"", "false", "}", "/read_auth" },
    };
    const unsigned count = sizeof members / sizeof *members;
    for (unsigned wrong = 0; wrong < 1u << count; wrong++) {
        char patch[512], expected[512];
        size_t at = 0, expected_at = 0;
        expected[0] = '\0';
        for (unsigned i = 0; i < count; i++) {
            bool is_wrong = (wrong >> i & 1u) != 0;
            at += (size_t)snprintf(patch + at, sizeof patch - at, "%s%s%s", members[i].open,
                                   is_wrong ? members[i].wrong : members[i].right, members[i].close);
            if (is_wrong)
                expected_at += (size_t)snprintf(expected + expected_at, sizeof expected - expected_at,
                                                "%s: ", members[i].pointer);
        }
        device_settings_t settings;
        schema_defaults(&device_schema, &settings);
        const char *line = merge(&device_schema, 0, patch, &settings);
        char told[512] = "";
        for (size_t told_at = 0; *line; line = strchr(line, '\n') + 1) {
            size_t length = (size_t)(strstr(line, ": ") - line) + 2;
            memcpy(told + told_at, line, length);
            told_at += length;
            told[told_at] = '\0';
        }
        assert_string_equal(told, expected);
    }
}

static int prepare(void **state)
{
    (void)state;
    json_document_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_yardstick_agrees_with_the_appendix),
        cmocka_unit_test(the_appendix_where_members_are_fixed),
        cmocka_unit_test(a_thousand_patches_in_a_row_give_what_the_rfc_says),
        cmocka_unit_test(wrong_members_are_told_by_pointer),
        cmocka_unit_test(a_name_too_long_for_a_pointer_is_told_by_its_parent),
        cmocka_unit_test(errors_are_written_as_far_as_there_is_room),
        cmocka_unit_test(every_combination_of_wrong_members_is_told),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
