/* A client that forgives nothing: reads answers after RFC 9112 and fails the test at the first byte that is not
 * as it must be.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#define CLIENT_BODY_BYTES_MAX 32768

typedef struct {
    unsigned status;
    bool close;      /* Connection: close */
    bool keep_alive; /* Connection: keep-alive */
    bool has_length; /* Content-Length */
    bool chunked;    /* Transfer-Encoding: chunked */
    bool has_allow;  /* Allow */
    size_t length;   /* of Content-Length */
    char body[CLIENT_BODY_BYTES_MAX];
    size_t body_bytes;
} client_answer_t;

/* Reads one answer.
 * bytes     at the answer's first byte; everything the server sent from there on
 * head      the request was HEAD: whatever the fields say, no body follows
 * returns   how many bytes the answer has */
size_t client_read(client_answer_t *answer, const char *bytes, size_t count, bool head);

#endif
