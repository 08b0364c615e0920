#include "sim_output.h"

#include <string.h>

const sim_output_t *sim_output_find(const sim_outputs_t *outputs, const char *id)
{
    for (size_t i = 0; i < outputs->count; i++) {
        if (strcmp(outputs->list[i].id, id) == 0) return &outputs->list[i];
    }
    return NULL;
}
