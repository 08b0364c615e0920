/* cpu_temp.h - the temperature sensor in the chip, on input 4 of its ADC (RP2040 Datasheet, section 4.9.5).
 *
 * A diode: 706 mV at 27 degrees, 1.721 mV less for each degree more, by 12 bits of the supply voltage. One step is 0.47 degrees,
 * and 1 % of the supply is 4 degrees: good for noticing heat, not for measuring a room.
 */
#ifndef RP2040_CPU_TEMP_H
#define RP2040_CPU_TEMP_H

#include "hal/sensor.h"

typedef struct {
    uint16_t supply_mv; /* the ADC's reference, by the board: 3300 */
} cpu_temp_t;

/* One channel; self of the operations is a cpu_temp_t. */
extern const sensor_ops_t cpu_temp_ops;

#endif
