/* Who stands beside the device: commands on its console, and its button. */
#include "app_state.h"
#include "base/log.h"
#include "hal/button.h"
#include "hal/console.h"
#include "hal/system.h"

static void say(const char *line, size_t bytes)
{
    (void)hal_console_write(line, bytes);
}

static void run_status(void *context, const char *argument)
{
    const app_t *app = context;
    net_status_t network;
    char line[256];
    text_writer_t out = text_writer(line, sizeof line);
    (void)argument;
    net_read_status(&network);
    text_format(&out, "%s, http://%s/, ", app->api.device.hostname, network.ipv4[0] ? network.ipv4 : "-");
    text_format(&out, "%s, store %s\r\n", api_owner_name(&app->api),
                store_state_name(app->store.health.state));
    say(line, (size_t)(out.at - line));
    app_show_pin(app);
}

static void run_code(void *context, const char *argument)
{
    (void)argument;
    app_show_claim(context);
}

static void run_reboot(void *context, const char *argument)
{
    (void)argument;
    app_restart(context);
}

/* What cannot be taken back is not done by a slip of the finger. */
static void run_factory_reset(void *context, const char *argument)
{
    static const char question[] = "erases settings, owners and all else: type \"factory-reset yes\"\r\n";
    if (strcmp(argument, "yes") == 0) app_factory_reset(context);
    say(question, sizeof question - 1u);
}

static const console_command_t commands[] = {
    { "status", "name, address, owner", run_status },
    { "code", "the setup code, while nobody owns the device", run_code },
    { "reboot", "write what has changed, and restart", run_reboot },
    { "factory-reset", "erase all settings and owners, and restart", run_factory_reset },
};

void app_console_init(app_t *app)
{
    app->console = (console_line_t){
        .commands = commands,
        .command_count = sizeof commands / sizeof commands[0],
        .context = app,
        .say = say,
    };
    if (hal_system_reset_cause() == RESET_SOFTWARE) hold_ignore(&app->button, hal_button_pressed());
}

static void watch_button(app_t *app, uint64_t now_ms)
{
    switch (hold_poll(&app->button, hal_button_pressed(), now_ms)) {
    case HOLD_BEGUN:
        log_warning("app", "the button is pressed: held for 5 s it resets to factory settings");
        break;
    case HOLD_RELEASED: log_info("app", "the button was released: nothing is reset"); break;
    case HOLD_DONE: app_factory_reset(app);
    case HOLD_NOTHING: break;
    }
    _Static_assert(BUTTON_HOLD_MS == 5000u, "as the message says");
}

uint64_t app_console_poll(app_t *app, uint64_t now_ms)
{
    char typed[32];
    size_t bytes = hal_console_read(typed, sizeof typed);
    console_line_feed(&app->console, typed, bytes);
    if (bytes > 0) app->server.acted = true; /* a command may have been among it */
    if (now_ms >= app->button_ms) {
        app->button_ms = now_ms + BUTTON_POLL_MS;
        watch_button(app, now_ms);
    }
    return bytes == sizeof typed ? now_ms : app->button_ms;
}
