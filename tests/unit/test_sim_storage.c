/* The simulator's memory: what it is after a process that was killed, and what it does not let happen. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim_storage.h"

#define PAGE SIM_STORAGE_PAGE_BYTES

static char folder[64], state[80], path[96];
static sim_storage_t memory;

static int set_up(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/jembatan-storage-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(state, sizeof state, "%s/state", folder);
    (void)snprintf(path, sizeof path, "%s/storage.bin", state);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    sim_storage_close(&memory);
    (void)unlink(path);
    (void)rmdir(state);
    return rmdir(folder);
}

static void page_of(uint8_t value, uint8_t page[PAGE])
{
    memset(page, value, PAGE);
}

static void expect(uint32_t address, uint8_t value)
{
    uint8_t found[PAGE], page[PAGE];
    page_of(value, page);
    assert_int_equal(sim_storage_read(&memory, address, found, PAGE), STATUS_OK);
    assert_memory_equal(found, page, PAGE);
}

static void a_new_one_is_erased_and_belongs_to_its_owner(void **unused)
{
    (void)unused;
    assert_int_equal(sim_storage_open(&memory, state), STATUS_OK);
    for (uint32_t at = 0; at < SIM_STORAGE_BYTES; at += PAGE) expect(at, 0xff);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, SIM_STORAGE_BYTES);
    assert_int_equal(facts.st_mode & 0777, 0600);
}

/* Another process writes, and is killed in its next breath. */
static void a_killed_process_has_written(void **unused)
{
    (void)unused;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint8_t page[PAGE];
        page_of(0x5a, page);
        if (sim_storage_open(&memory, state) == STATUS_OK &&
            sim_storage_program(&memory, 512, page, PAGE) == STATUS_OK &&
            sim_storage_program(&memory, 1024, page, PAGE) == STATUS_OK &&
            sim_storage_erase(&memory, 1024) == STATUS_OK) {
            (void)kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(sim_storage_open(&memory, state), STATUS_OK);
    expect(512, 0x5a);
    expect(512 + PAGE, 0xff);
    expect(1024, 0xff);
}

static void programming_sets_no_bits(void **unused)
{
    (void)unused;
    uint8_t page[PAGE];
    assert_int_equal(sim_storage_open(&memory, NULL), STATUS_OK);
    page_of(0xf0, page);
    assert_int_equal(sim_storage_program(&memory, 0, page, PAGE), STATUS_OK);
    page_of(0x3c, page);
    assert_int_equal(sim_storage_program(&memory, 0, page, PAGE), STATUS_OK);
    expect(0, 0x30);
    assert_int_equal(sim_storage_program(&memory, 512, page, PAGE), STATUS_OK);
    assert_int_equal(sim_storage_erase(&memory, 0), STATUS_OK);
    expect(0, 0xff);
    expect(512, 0x3c);
}

static void without_a_folder_nothing_lasts(void **unused)
{
    (void)unused;
    uint8_t page[PAGE] = { 0 };
    assert_int_equal(sim_storage_open(&memory, NULL), STATUS_OK);
    assert_int_equal(sim_storage_program(&memory, 0, page, PAGE), STATUS_OK);
    expect(0, 0);
    sim_storage_close(&memory);
    assert_int_equal(sim_storage_open(&memory, NULL), STATUS_OK);
    expect(0, 0xff);
}

static void arguments_are_checked(void **unused)
{
    (void)unused;
    uint8_t page[PAGE] = { 0 };
    assert_int_equal(sim_storage_open(&memory, NULL), STATUS_OK);
    assert_int_equal(sim_storage_read(&memory, SIM_STORAGE_BYTES - 1, page, 2), STATUS_INVALID);
    assert_int_equal(sim_storage_read(&memory, 0xffffffffu, page, 2), STATUS_INVALID);
    assert_int_equal(sim_storage_program(&memory, 32, page, PAGE), STATUS_INVALID);
    assert_int_equal(sim_storage_program(&memory, 0, page, 32), STATUS_INVALID);
    assert_int_equal(sim_storage_program(&memory, SIM_STORAGE_BYTES, page, PAGE), STATUS_INVALID);
    assert_int_equal(sim_storage_erase(&memory, 64), STATUS_INVALID);
    assert_int_equal(sim_storage_erase(&memory, SIM_STORAGE_BYTES), STATUS_INVALID);
    sim_storage_close(&memory);
    assert_int_equal(sim_storage_read(&memory, 0, page, 1), STATUS_INVALID);
}

static void two_processes_do_not_share_it(void **unused)
{
    (void)unused;
    static sim_storage_t other; /* flock tells descriptions of open files apart, also within one process */
    assert_int_equal(sim_storage_open(&memory, state), STATUS_OK);
    assert_int_equal(sim_storage_open(&other, state), STATUS_BUSY);
    sim_storage_close(&memory);
    assert_int_equal(sim_storage_open(&other, state), STATUS_OK);
    sim_storage_close(&other);
}

static void a_file_of_another_size_is_left_alone(void **unused)
{
    (void)unused;
    assert_int_equal(mkdir(state, 0755), 0);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "precious", 8), 8);
    close(fd);
    assert_int_equal(sim_storage_open(&memory, state), STATUS_UNSUPPORTED);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, 8);
}

static void a_folder_that_cannot_be_is_said(void **unused)
{
    (void)unused;
    assert_int_equal(sim_storage_open(&memory, "/proc/nowhere"), STATUS_UNSUPPORTED);
    char longest[5000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(sim_storage_open(&memory, longest), STATUS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_one_is_erased_and_belongs_to_its_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_process_has_written, set_up, tear_down),
        cmocka_unit_test(programming_sets_no_bits),
        cmocka_unit_test(without_a_folder_nothing_lasts),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test_setup_teardown(two_processes_do_not_share_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_of_another_size_is_left_alone, set_up, tear_down),
        cmocka_unit_test(a_folder_that_cannot_be_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
