/* sim_storage.c - hal/storage.h on the simulator. Apart from sim_storage_file.c so that a test can bring its own
 * hal_storage_... */
#include "sim_storage.h"

#include "sim.h"

static sim_storage_t memory;

status_t hal_storage_open(hal_storage_geometry_t *geometry)
{
    status_t status = sim_storage_open(&memory, sim_instance()->options.state);
    if (status != STATUS_OK) return status;
    *geometry =
        (hal_storage_geometry_t){ SIM_STORAGE_PAGE_BYTES, SIM_STORAGE_BLOCK_BYTES, SIM_STORAGE_BLOCK_COUNT };
    return STATUS_OK;
}

status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes)
{
    return sim_storage_read(&memory, address, out, bytes);
}

status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes)
{
    return sim_storage_program(&memory, address, data, bytes);
}

status_t hal_storage_erase(uint32_t address)
{
    return sim_storage_erase(&memory, address);
}

/* Every operation is on the medium when it returns. */
status_t hal_storage_sync(void)
{
    return STATUS_OK;
}

bool hal_storage_busy(void)
{
    return false;
}

uint64_t hal_storage_poll(uint64_t now_ms)
{
    (void)now_ms;
    return UINT64_MAX;
}
