/* emc1414.h - Microchip (SMSC) EMC1414: its own temperature and those of three remote diodes, on SMBus.
 *
 * Data sheet DS20005274A. Steps of 0.125 degree, default range 0 ... 127.875 Celsius: what is colder reads as
 * 0, as the data sheet has it. The extended range is left alone on purpose: it would move every reading by 64
 * degrees when the chip loses its configuration, whereas the default range is what it wakes up with.
 *
 * The chip knows byte reads only, so a sample is fetched in four steps, a channel each: 2 transfers (3 when a diode
 * reads 0 degrees) of 0.4 ms at 100 kHz. A value of 0 may be anything below the range and counts as no value.
 */
#ifndef EMC1414_H
#define EMC1414_H

#include <stdint.h>

#include "hal/chip.h"

/* All of a device's state is in the chip; two of them work side by side. */
typedef struct {
    hal_i2c_t *bus; /* borrowed for the life of the device */
    uint8_t addr;   /* 0x4c for the EMC1414-1; others by strap */
} emc1414_t;

/* What fetch gives for a remote diode that the chip found open or shorted: below min, so that this channel
 * alone is in error and the others keep their values. */
#define EMC1414_DIODE_FAULT INT32_MIN

/* Channels 0 internal, 1..3 remote1..remote3, thousandths of a degree Celsius. self of the operations is an
 * emc1414_t.
 * fetch returns STATUS_BAD_DATA for what no EMC1414 gives: above 127.875 degrees, or a fraction that is no
 * multiple of 0.125. */
extern const sensor_ops_t emc1414_ops;

/* For settings that add one. */
extern const chip_type_t emc1414_type;

#endif
