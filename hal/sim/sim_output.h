/* sim_output.h - what a test sees of the outside of the simulated device: lamps. */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include <stddef.h>

typedef struct {
    const char *id;                                         /* of the actuator */
    const char *(*read)(const void *model, unsigned index); /* a constant: "on", "off", ... */
    const void *model;
    unsigned index; /* which of the model's */
} sim_output_t;

/* All there are; alive as long as the process. */
typedef struct {
    const sim_output_t *list;
    size_t count;
} sim_outputs_t;

/* NULL when there is none of this id. */
const sim_output_t *sim_output_find(const sim_outputs_t *outputs, const char *id);

#endif
