/* littlefs_port.h - included before everything else in littlefs's sources: what it does when it finds itself in a
 * state that cannot be.
 *
 * littlefs asserts what it read from the medium as well as what its caller gave it. Without assertions a medium
 * with anything on it could lead it out of its buffers; with the usual ones it could stop the device. Here a
 * failed assertion ends the operation: it leaves littlefs by longjmp (store_littlefs.c), and the area that led to
 * it counts as damaged.
 */
#ifndef STORE_LITTLEFS_PORT_H
#define STORE_LITTLEFS_PORT_H

_Noreturn void store_littlefs_failed(void);

#define LFS2_ASSERT(test) ((test) ? (void)0 : store_littlefs_failed())

#endif
