/* bench_server.h - what an image of the bench serves; everything else is main.c's.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

/* Listens on port 80. Called once, after lwip_init. */
void bench_server_open(void);

#endif
