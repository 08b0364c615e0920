#include "storage.h"

static at24c_t *memory;

status_t hal_storage_open(hal_storage_geometry_t *geometry)
{
    memory = mps2_storage_memory();
    return memory ? at24c_open(memory, geometry) : STATUS_UNSUPPORTED;
}

status_t hal_storage_read(uint32_t address, uint8_t *out, size_t bytes)
{
    return at24c_read(memory, address, out, bytes);
}

status_t hal_storage_program(uint32_t address, const uint8_t *data, size_t bytes)
{
    return at24c_program(memory, address, data, bytes);
}

status_t hal_storage_erase(uint32_t address)
{
    return at24c_erase(memory, address);
}

status_t hal_storage_sync(void)
{
    return at24c_sync(memory);
}

bool hal_storage_busy(void)
{
    return at24c_busy(memory);
}

uint64_t hal_storage_poll(uint64_t now_ms)
{
    return at24c_poll(memory, now_ms);
}
