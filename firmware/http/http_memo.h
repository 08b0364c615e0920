/* http/http_memo.h - the head that was read last, so that the same bytes need not be read again.
 *
 * What a head means follows from its bytes alone, and programs that ask a device again and again send the same ones. So a
 * server keeps one head that was sound, what it meant and where it led. A request that begins with the same bytes has the
 * same meaning; who may ask, and whether the host is still ours, is decided anew each time.
 *
 * Kept is only what brings no content and names no token: comparing bytes takes longer the more of them are right, which
 * would tell a guesser how right it is.
 *
 * Internal to firmware/http. Context: main loop only.
 */
#ifndef HTTP_MEMO_H
#define HTTP_MEMO_H

#include "http/http_conn.h"

/* Looks whether a request, of which nothing was taken yet, begins with the head that is kept.
 * returns   the bytes of that head, which conn then has as if it had read them; 0: it is another one, or not whole */
size_t http_memo_recall(http_conn_t *conn, const char *in, size_t count);

/* Keeps the head that conn has just read and that may be answered, if it is one to be kept.
 * raw       its bytes, from the request line to the empty line */
void http_memo_keep(http_conn_t *conn, const char *raw, size_t bytes);

#endif
