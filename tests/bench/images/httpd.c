/* lwIP's own HTTP server, with the answer as a static file. It keeps a connection only for clients that ask for it by
 * Connection: keep-alive. */
#include "lwip/apps/httpd.h"

#include "bench_server.h"

void bench_server_open(void)
{
    httpd_init();
}
