/* hal/status.h - the one status enum of the project.
 *
 * Every function that can fail returns it; it is passed up unchanged and turned into an HTTP answer
 * in one place (firmware/api/problem.c).
 */
#ifndef HAL_STATUS_H
#define HAL_STATUS_H

typedef enum {
    STATUS_OK = 0,
    STATUS_NACK,        /* I2C: nobody acknowledged the address or a byte */
    STATUS_TIMEOUT,     /* a bus or a chip did not finish in its time */
    STATUS_BUS,         /* I2C: SDA stuck low or arbitration lost; the bus is not usable now */
    STATUS_BAD_DATA,    /* the chip answered, but not with what the data sheet allows */
    STATUS_BUSY,        /* cannot be taken now, try again later; nothing was changed */
    STATUS_NO_MEMORY,   /* a bounded pool or buffer is exhausted */
    STATUS_NO_LINK,     /* Ethernet: no carrier */
    STATUS_UNSUPPORTED, /* this board does not have it */
    STATUS_INVALID,     /* an argument is outside its range */
    STATUS_NOT_FOUND,   /* what was named does not exist */
} status_t;

#endif
