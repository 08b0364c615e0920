#include "sim_control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim.h"
#include "sim_wire.h"

bool sim_control_open(sim_control_t *control, const char *path, const sim_command_t *on)
{
    *control = (sim_control_t){ .on = *on, .listener = -1, .index = -1 };
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) control->clients[i].fd = -1;
    if (!path) return true;
    control->address.sun_family = AF_UNIX;
    size_t bytes = strlen(path) + 1u;
    if (bytes > sizeof control->address.sun_path) {
        return sim_complain("--control %s is longer than a socket's path can be", path);
    }
    memcpy(control->address.sun_path, path, bytes);
    sim_unlink_socket(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return sim_complain("socket: %s", strerror(errno));
    if (bind(fd, (const struct sockaddr *)&control->address, sizeof control->address) != 0 ||
        listen(fd, (int)SIM_CONTROL_CLIENTS_MAX) != 0) {
        (void)sim_complain("--control %s: %s", path, strerror(errno));
        close(fd);
        return false;
    }
    control->listener = fd;
    return true;
}

static sim_control_client_t *free_client(sim_control_t *control)
{
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i].fd < 0) return &control->clients[i];
    }
    return NULL;
}

void sim_control_prepare(sim_control_t *control, sim_poll_t *set)
{
    if (control->listener < 0) return;
    control->index = free_client(control) ? sim_poll_add(set, control->listener, POLLIN) : -1;
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) {
        sim_control_client_t *client = &control->clients[i];
        client->index = client->fd >= 0 ? sim_poll_add(set, client->fd, POLLIN) : -1;
    }
}

static void drop(sim_control_client_t *client)
{
    close(client->fd);
    client->fd = -1;
}

/* A client that does not take its answers is dropped rather than waited for. */
static void answer(sim_control_client_t *client, char *text)
{
    size_t bytes = strlen(text);
    text[bytes++] = '\n';
    if (send(client->fd, text, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)bytes) drop(client);
}

static void run_lines(const sim_control_t *control, sim_control_client_t *client)
{
    char text[SIM_ANSWER_BYTES + 1u];
    char *end;
    while (client->fd >= 0 && (end = memchr(client->line, '\n', client->count))) {
        size_t used = (size_t)(end - client->line) + 1u;
        *end = '\0';
        sim_command_run(&control->on, client->line, text);
        client->count -= used;
        memmove(client->line, client->line + used, client->count);
        answer(client, text);
    }
    if (client->fd >= 0 && client->count == sizeof client->line) {
        (void)snprintf(text, sizeof text, "error the line is too long");
        answer(client, text);
        if (client->fd >= 0) drop(client);
    }
}

static void read_client(const sim_control_t *control, sim_control_client_t *client)
{
    ssize_t count = recv(client->fd, client->line + client->count, sizeof client->line - client->count, 0);
    if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) drop(client);
        return;
    }
    client->count += (size_t)count;
    run_lines(control, client);
}

void sim_control_deliver(sim_control_t *control, const sim_poll_t *set)
{
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) {
        sim_control_client_t *client = &control->clients[i];
        if (client->fd >= 0 && sim_poll_events(set, client->index)) read_client(control, client);
    }
    if (sim_poll_events(set, control->index) & POLLIN) {
        sim_control_client_t *client = free_client(control);
        int fd = accept4(control->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        *client = (sim_control_client_t){ .fd = fd, .index = -1 };
    }
}

void sim_control_close(sim_control_t *control)
{
    for (size_t i = 0; i < SIM_CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i].fd >= 0) drop(&control->clients[i]);
    }
    if (control->listener < 0) return;
    close(control->listener);
    control->listener = -1;
    (void)unlink(control->address.sun_path);
}
