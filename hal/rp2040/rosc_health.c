#include "rosc_health.h"

bool rosc_health_take(rosc_health_t *health, bool bit)
{
    health->same = health->same > 0 && bit == health->last ? health->same + 1u : 1u;
    health->last = bit;
    if (health->seen == 0) health->first = bit;
    health->matching += bit == health->first;
    if (++health->seen == ROSC_WINDOW) {
        if (health->matching >= ROSC_LOPSIDED) health->alarmed = true;
        health->seen = health->matching = 0;
    }
    if (health->same >= ROSC_REPETITIONS) health->alarmed = true;
    return !health->alarmed;
}
