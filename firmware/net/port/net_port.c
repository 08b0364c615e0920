#include <stdint.h>

#include "arch/cc.h"
#include "base/log.h"
#include "hal/system.h"

void net_port_assert(const char *what, const char *file, int line)
{
    log_error("lwip", "%s (%s:%d)", what, file, line);
    hal_system_panic("lwIP assertion");
}
