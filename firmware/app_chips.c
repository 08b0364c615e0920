/* Which chips there are: the board's facts and what a setting says of them, once a start. */
#include "app_state.h"
#include "base/hash.h"
#include "base/log.h"

static chip_facts_t facts_of(const board_t *board)
{
    const board_chips_t *chips = board_chips();
    return (chip_facts_t){ board->sensors, board->sensor_count, chips->buses, chips->bus_count,
                           chips->places,  chips->place_count,  chips->types, chips->type_count };
}

/* The texts stay those of the settings, which hold nothing malformed. */
static chip_wishes_t wishes_of(const device_settings_t *settings)
{
    chip_wishes_t wishes = { .removed_count = 0 };
    for (unsigned i = 0; i < settings->chips_removed_count; i++)
        wishes.removed[wishes.removed_count++] = text_view(settings->chips_removed[i]);
    for (unsigned i = 0; i < settings->chips_added_count; i++) {
        if (chip_text_read(settings->chips_added[i], &wishes.added[wishes.added_count])) wishes.added_count++;
    }
    return wishes;
}

/* Differs when other chips are wanted. */
static uint64_t digest_of(const device_settings_t *settings)
{
    uint64_t digest = HASH_SEED;
    for (unsigned i = 0; i < settings->chips_removed_count; i++)
        digest = hash_word(hash_string(digest, settings->chips_removed[i]), 0);
    digest = hash_word(digest, 1);
    for (unsigned i = 0; i < settings->chips_added_count; i++)
        digest = hash_word(hash_string(digest, settings->chips_added[i]), 0);
    return digest;
}

void app_chips_init(app_t *app)
{
    const chip_facts_t facts = facts_of(app->board);
    const chip_wishes_t wishes = wishes_of(&app->settings.device);
    size_t left_out = chip_table_build(&app->chips, &facts, &wishes);
    if (left_out > 0) log_warning("app", "%u settings of chips do not fit this board", (unsigned)left_out);
    app->chips_seen = digest_of(&app->settings.device);
}

void app_chips_check(void *context, const device_settings_t *candidate, schema_errors_t *errors)
{
    const app_t *app = context;
    if (digest_of(candidate) == digest_of(&app->settings.device)) return;
    const chip_facts_t facts = facts_of(app->board);
    const chip_wishes_t wishes = wishes_of(candidate);
    for (size_t i = 0; i < wishes.removed_count; i++) {
        const char *why = chip_table_refuse_removed(&facts, &wishes, i);
        if (!why) continue;
        schema_errors_add(errors, (schema_error_t){ text_view("chips/removed"), NULL, why, (int16_t)i });
    }
    for (size_t i = 0; i < wishes.added_count; i++) {
        const char *why = chip_table_refuse_added(&facts, &wishes, i);
        if (!why) continue;
        schema_errors_add(errors, (schema_error_t){ text_view("chips/added"), NULL, why, (int16_t)i });
    }
}

bool app_restart_required(void *context)
{
    const app_t *app = context;
    return digest_of(&app->settings.device) != app->chips_seen;
}
