/* http/http_conn_struct.h - what is in a connection. Included by http_conn.h so that slots can be static;
 * nobody outside firmware/http looks inside.
 */
#ifndef HTTP_CONN_STRUCT_H
#define HTTP_CONN_STRUCT_H

#include "http/http_server.h"

typedef enum {
    HTTP_PHASE_HEAD,   /* collecting lines; idle while none has begun */
    HTTP_PHASE_BODY,   /* decoding and collecting or ignoring content */
    HTTP_PHASE_ANSWER, /* an answer is on its way out */
    HTTP_PHASE_LINGER, /* ignoring what still comes */
    HTTP_PHASE_CLOSED,
    HTTP_PHASE_ABORT,
} http_phase_t;

typedef enum {
    HTTP_BODY_SIZED, /* Content-Length bytes */
    HTTP_CHUNK_SIZE,
    HTTP_CHUNK_BLANK, /* between the size and the semicolon of an extension */
    HTTP_CHUNK_EXTENSION,
    HTTP_CHUNK_SIZE_LF,
    HTTP_CHUNK_DATA,
    HTTP_CHUNK_DATA_CR,
    HTTP_CHUNK_DATA_LF,
    HTTP_TRAILER_START,
    HTTP_TRAILER_LINE,
    HTTP_TRAILER_LF,
    HTTP_TRAILER_END_LF,
    HTTP_BODY_COMPLETE,
} http_body_state_t;

/* What the body decoder knows; it keeps no content itself. */
typedef struct {
    uint8_t state;     /* http_body_state_t */
    bool digits;       /* the chunk size has at least one */
    uint16_t overhead; /* bytes of extensions and trailers so far */
    uint32_t left;     /* bytes of content left in this body or chunk */
} http_body_t;

typedef enum {
    HTTP_FRAMING_LENGTH,
    HTTP_FRAMING_CHUNKED,
    HTTP_FRAMING_CLOSE,
    HTTP_FRAMING_NONE
} http_framing_t;

/* The answer that is being written. */
typedef struct {
    uint16_t status; /* 0: none yet */
    uint8_t framing; /* http_framing_t, decided when the first piece is complete */
    bool has_etag;
    bool vary_accept;
    uint8_t allow;          /* http_method_t bits; 0: no Allow header */
    uint16_t retry_after_s; /* 0: none */
    const char *challenge;  /* WWW-Authenticate; NULL: none */
    bool cors;              /* the request's origin may read the answer */
    bool preflight;         /* and asks what it may do */
    uint64_t etag;
    const char *location;       /* NULL: none. As link_next */
    const char *link_next;      /* Link; NULL: none. The handler's, gone when it returns */
    http_generator_t generator; /* NULL: the body is complete */
    uint32_t state[4];
    const http_stream_t *stream; /* NULL: an answer that has an end */
    uint32_t access_changes;     /* of the server, when the stream was last checked */
    json_writer_t json;          /* the body in output */
    uint8_t head_start;          /* where the answer's head stands in output until it is framed */
    uint16_t head_bytes;         /* of that head */
    uint16_t body_start;         /* where the body of this filling stands in output */
} http_answer_t;

struct http_exchange {
    http_server_t *server;
    http_peer_t peer;
    http_request_t request;
    http_match_t match;
    http_answer_t answer;
    text_view_t body;
    uint16_t error_status; /* of an error found before the handler could run, which then does not; else 0 */
    const char *error;     /* its detail */
    bool close;            /* the connection ends after this answer */
    bool host_is_ours;     /* it was found to be, and no name has changed since */
};

struct http_conn {
    http_exchange_t exchange;
    uint64_t now_ms; /* of the latest call */
    uint64_t deadline_ms;
    uint64_t idle_since_ms;
    uint64_t answer_began_ms;
    uint32_t answer_bytes; /* of this answer that were taken */
    uint8_t phase;         /* http_phase_t */
    bool peer_closed;
    bool request_line_seen;
    bool blank_line_seen; /* the one CRLF before a request line that is forgiven */
    bool answered;        /* at least one answer went out on this connection */
    int8_t body_slot;     /* of the server's bodies, -1: none */
    uint16_t kept;        /* bytes of head that stay until the answer is out */
    uint16_t line;        /* bytes of the incoming line, behind them */
    uint16_t head_bytes;  /* of this head on the wire so far */
    const char
        *head_start; /* where this head lies in what is being fed, if all of it does so far; else NULL */
    http_body_t body;
    uint32_t body_bytes; /* decoded so far */
    uint32_t linger_bytes;
    uint16_t output_start, output_end;
    char head[HTTP_HEAD_BUFFER_BYTES];
    _Alignas(4) char output[HTTP_OUTPUT_BYTES]; /* a usual answer begins at a word, and is copied by words */
};

#endif
