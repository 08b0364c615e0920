/* What the device was asked to do: actions that were accepted, carried out when it is their time. */
#include "app_state.h"
#include "base/log.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/system.h"

_Noreturn void app_restart(app_t *app)
{
    log_info("app", "restart");
    net_farewell();
    app_settings_notice(app, hal_clock_ms());
    if (documents_flush(&app->documents, hal_clock_ms()) != STATUS_OK) {
        log_error("app", "not everything could be written before the restart");
    }
    hal_console_flush();
    hal_system_reset();
}

_Noreturn void app_factory_reset(app_t *app)
{
    log_warning("app", "reset to factory settings");
    net_farewell();
    history_forget(&app->history);
    if (app_erase(app) != STATUS_OK) log_error("app", "not everything could be erased");
    hal_console_flush();
    hal_system_reset();
}

static void fail(app_t *app, action_run_t *run, const char *why)
{
    log_warning("app", "%s: %s", action_name(run->action), why);
    action_runs_set(&app->runs, run, RUN_FAILED, why);
}

/* ---- identify ------------------------------------------------------------------------------------------------ */

static void end_identify(app_t *app)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        action_run_t *run = &app->runs.items[i];
        if (run->id && run->action == ACTION_IDENTIFY && run->state == RUN_RUNNING)
            action_runs_set(&app->runs, run, RUN_DONE, NULL);
    }
}

static void start_identify(app_t *app, action_run_t *run, uint64_t now_ms)
{
    const char *id = board_actuators()->identify_id;
    size_t index =
        id ? actuator_registry_find(&app->actuators, text_view(id)) : app->actuators.actuator_count;
    if (index == app->actuators.actuator_count) {
        fail(app, run, "the board has nothing to blink with");
        return;
    }
    end_identify(app); /* this one takes the place of another */
    log_info("app", "this device identifies itself");
    actuator_registry_identify(&app->actuators, index, run->input.duration_ms, now_ms);
    run->until_ms = now_ms + run->input.duration_ms;
    action_runs_set(&app->runs, run, RUN_RUNNING, NULL);
}

/* ---- calibrate ------------------------------------------------------------------------------------------------ */

static void start_calibrate(app_t *app, action_run_t *run, uint64_t now_ms)
{
    const sensor_t *sensor = &app->sensors.sensors[run->input.sensor];
    run->until_ms = now_ms + 3u * (uint64_t)sensor->config.interval_ms + ACTION_CALIBRATE_GRACE_MS;
    action_runs_set(&app->runs, run, RUN_RUNNING, NULL);
}

/* Waits for a sample that was taken after the request: the reference was measured for it. */
static void continue_calibrate(app_t *app, action_run_t *run, uint64_t now_ms)
{
    const sensor_t *sensor = &app->sensors.sensors[run->input.sensor];
    if (sensor->quality != QUALITY_OK || sensor->uptime_ms <= run->begun_ms) {
        if (now_ms >= run->until_ms) fail(app, run, "the sensor gave no value in time");
        return;
    }
    sensor_settings_t *settings = &app->settings.sensors[run->input.sensor];
    int64_t offset = (int64_t)settings->offset + run->input.reference - sensor->value;
    if (offset < -INT32_MAX || offset > INT32_MAX) {
        fail(app, run, "the offset that this takes is too large");
        return;
    }
    settings->offset = (int32_t)offset;
    app_settings_sensor_changed(app, run->input.sensor);
    action_runs_set(&app->runs, run, RUN_DONE, NULL);
}

/* ---- scan ------------------------------------------------------------------------------------------------------ */

/* A sensor that is sampled needs no question, and one that is measuring must not get any. */
static bool is_sampled(void *context, uint8_t bus, uint8_t addr, bool *answers)
{
    const app_t *app = context;
    const chip_place_t *place = bus_scan_place(&app->scan, bus, addr);
    for (size_t i = 0; place && i < app->sensors.slot_count; i++) {
        const sensor_slot_t *slot = &app->sensors.slots[i];
        if (strcmp(slot->device->id, place->id) != 0) continue;
        *answers =
            slot->phase == DEVICE_CONVERTING || app->sensors.sensors[slot->first].quality == QUALITY_OK;
        return *answers;
    }
    return false;
}

void app_actions_init(app_t *app)
{
    const board_chips_t *chips = board_chips();
    bus_scan_init(&app->scan, chips->buses, chips->bus_count, app->chips.places, app->chips.place_count,
                  is_sampled, app);
}

/* One after the other: what one found is kept until the next begins. */
static void start_scan(app_t *app, action_run_t *run, uint64_t now_ms)
{
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        const action_run_t *other = &app->runs.items[i];
        if (other->id && other->action == ACTION_SCAN && other->state == RUN_RUNNING) return;
    }
    bus_scan_begin(&app->scan, run->id);
    run->until_ms = now_ms;
    action_runs_set(&app->runs, run, RUN_RUNNING, NULL);
}

static void continue_scan(app_t *app, action_run_t *run, uint64_t now_ms)
{
    if (now_ms < run->until_ms) return;
    run->until_ms = bus_scan_step(&app->scan, now_ms);
    if (run->until_ms == 0) action_runs_set(&app->runs, run, RUN_DONE, NULL);
}

/* ---- All of them ---------------------------------------------------------------------------------------------- */

static void start(app_t *app, action_run_t *run, uint64_t now_ms)
{
    switch (run->action) {
    case ACTION_IDENTIFY: start_identify(app, run, now_ms); break;
    case ACTION_CALIBRATE: start_calibrate(app, run, now_ms); break;
    case ACTION_SCAN: start_scan(app, run, now_ms); break;
    case ACTION_REBOOT:
    case ACTION_FACTORY_RESET: /* the answer goes first */
        run->until_ms = now_ms + ACTION_DELAY_MS;
        action_runs_set(&app->runs, run, RUN_RUNNING, NULL);
        break;
    case ACTION_COUNT: break;
    }
}

static void carry_on(app_t *app, action_run_t *run, uint64_t now_ms)
{
    if (run->action == ACTION_CALIBRATE) {
        continue_calibrate(app, run, now_ms);
        return;
    }
    if (run->action == ACTION_SCAN) {
        continue_scan(app, run, now_ms);
        return;
    }
    if (now_ms < run->until_ms) return;
    if (run->action == ACTION_IDENTIFY) {
        action_runs_set(&app->runs, run, RUN_DONE, NULL);
        return;
    }
    if (run->action == ACTION_FACTORY_RESET) app_factory_reset(app);
    documents_changed(&app->documents, &app->kept.actions, now_ms);
    app_restart(app);
}

uint64_t app_actions_poll(app_t *app, uint64_t now_ms)
{
    uint64_t next_ms = UINT64_MAX;
    for (size_t i = 0; i < ACTION_RUNS_MAX; i++) {
        action_run_t *run = &app->runs.items[i];
        if (!run->id) break;
        if (run->state == RUN_PENDING)
            start(app, run, now_ms);
        else if (run->state == RUN_RUNNING)
            carry_on(app, run, now_ms);
        if (run->state == RUN_RUNNING && run->until_ms < next_ms) next_ms = run->until_ms;
    }
    return next_ms;
}
