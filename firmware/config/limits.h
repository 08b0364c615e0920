/* limits.h - every bound of the firmware, with its unit and its reason.
 *
 * A limit that depends on another is tied to it by _Static_assert at the end. Those that cost most memory may be set by
 * a board (BOARD_LIMITS in its board.cmake); what stands here is for boards that have plenty.
 */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

/* ---- HTTP connections ------------------------------------------------------------------------------- */

/* Connections served at the same time. A browser opens 6, a scraper and a script one each, four may watch events; a slot
 * costs HTTP_HEAD_BUFFER_BYTES + HTTP_OUTPUT_BYTES + about 200 bytes of RAM, and TCP's buffers as much again. */
#ifndef HTTP_CONNECTIONS_MAX
#define HTTP_CONNECTIONS_MAX 16u
#endif

/* Connections that can be told "503, come back" at the same time while all slots are busy. Each costs one
 * TCP control block and no buffer; past them a newcomer is reset. */
#define HTTP_REFUSALS_MAX 2u

/* Connections that are closed while the peer has not yet acknowledged the last bytes. Well-behaved peers need a round
 * trip for it, so few are closed at the same time; past them the first one is reset. Each costs the memory of a full
 * send queue, as a slot does. */
#ifndef HTTP_CLOSINGS_MAX
#define HTTP_CLOSINGS_MAX 4u
#endif

/* Bytes kept of one request head: decoded target, the values of the headers that matter, and the line that is
 * coming in. Longer than the 700 bytes of a desktop browser's longest line (User-Agent, sec-ch-ua). */
#define HTTP_HEAD_BUFFER_BYTES 1536u

/* Bytes of a request head that is kept to be known again (http/http_memo.h); twice, as it came and as it was read. A
 * program's have about 100, a browser's are longer and seldom the same. */
#define HTTP_MEMO_BYTES 256u

/* Bytes of a whole request head on the wire, including the headers that are read and forgotten. */
#define HTTP_HEAD_BYTES_MAX 8192u

/* Bytes of a request target. Our longest is a history query of about 150; RFC 9110 section 4.1 recommends
 * 8000 octets for general-purpose servers, which this is not. */
#define HTTP_TARGET_BYTES_MAX 512u

/* Bytes of a query parameter's name with its NUL. Ours have at most 8. */
#define HTTP_QUERY_NAME_BYTES 24u

/* Header fields of one request that are kept. Twice what any client sends of those that matter. */
#define HTTP_FIELDS_MAX 24u

/* Bytes of an Origin that may be allowed; longer ones are none. One is echoed in the head of the answer. */
#define HTTP_ORIGIN_BYTES_MAX 96u

/* Bytes of the host and port that a Thing Description repeats as its base. Our longest name, with .local and a port, has
 * 75; only ports with leading zeros are longer. */
#define WOT_AUTHORITY_BYTES_MAX 96u

/* Segments of a path that a route may bind, as in /sensors/{id}/history. */
#define HTTP_PATH_PARAMS_MAX 2u

/* Bytes of one request body. A settings document is under 1 KiB, a certificate chain under 4 KiB. */
#define HTTP_BODY_BYTES_MAX 4096u

/* Bodies that can be collected at the same time; the next writer gets 503. Buffers are shared because most
 * requests of a sensor device have no body. */
#define HTTP_BODIES_MAX 2u

/* Of these, those that a request without a token may use (the claim): two slow strangers must not keep the owner from
 * changing anything. */
#define HTTP_BODIES_ANYBODY_MAX 1u

/* Bytes of chunk extensions and trailers of one body, all together: framing that carries nothing for us. */
#define HTTP_CHUNK_OVERHEAD_BYTES_MAX 1024u

/* Bytes of a connection's output buffer: a head of at most 600 bytes and the largest answer that is written in
 * one piece. Longer answers pass through it piece by piece. Two segments (TCP_SND_BUF) less what TLS adds, so that a list
 * of eight sensors goes out at once: by 2,048 bytes it takes two writes and is dearer by a tenth. */
#ifndef HTTP_OUTPUT_BYTES
#define HTTP_OUTPUT_BYTES 2816u
#endif

/* Bytes discarded after an answer that ends the connection, so that it reaches a client which is still
 * sending instead of being destroyed by a reset (RFC 9112 section 9.6). */
#define HTTP_LINGER_BYTES_MAX 262144u

/* ---- HTTP deadlines, milliseconds ------------------------------------------------------------------- */

/* From a connection's or a request's first moment to the end of its head. Absolute: trickling does not extend
 * it. */
#define HTTP_HEAD_DEADLINE_MS 10000u

/* From the end of the head to the end of the body. Absolute. */
#define HTTP_BODY_DEADLINE_MS 15000u

/* Without any byte of an answer being taken by the peer. */
#define HTTP_RESPONSE_STALL_MS 15000u

/* Between two bytes of a stream: a comment goes out when there was nothing to say, so that proxies and clients see that
 * it lives, and it sees that they do. HTML's section on server-sent events recommends 15 s. */
#define HTTP_STREAM_PING_MS 15000u

/* For a whole answer, however steadily it is taken: this long, and so much more for each KiB that was. A line of 9600
 * baud carries a KiB a second, so a generated answer of any length gets through it; a peer that drips bytes to keep its
 * slot does not. */
#define HTTP_ANSWER_DEADLINE_MS 60000u
#define HTTP_ANSWER_MS_PER_KIB  1000u

/* From the moment bytes are handed to TCP until the peer has acknowledged the last of them, whether the connection is
 * still open or not. Absolute: neither answers to window probes nor single bytes extend it. Time for two repetitions
 * of a lost segment; a full send queue (2920 bytes) gets through at 200 bytes/s. */
#define HTTP_UNACKED_DEADLINE_MS 15000u

/* A peer that owes an acknowledgement for this time gives way to a newcomer when nobody is idle. TCP repeats a lost
 * segment after 3 s at most the first time. */
#define HTTP_UNACKED_GRACE_MS 4000u

/* Between two requests. Longer than the 15 s between two scrapes of a usual Prometheus. */
#define HTTP_IDLE_DEADLINE_MS 30000u

/* A connection that has sent nothing since it was opened counts as idle after this time, and gives way to a
 * newcomer. Long enough for the request that follows a handshake on any LAN. */
#define HTTP_FRESH_GRACE_MS 2000u

/* From the last byte of a final answer to the peer's FIN. */
#define HTTP_LINGER_DEADLINE_MS 2000u

/* Statuses whose answers are counted apart, 8 bytes each; the firmware knows 28. */
#define HTTP_STATUSES_MAX 32u

/* Seconds a refused client is asked to wait. */
#define HTTP_RETRY_AFTER_S 1u

/* ---- Text ------------------------------------------------------------------------------------------- */

/* Nesting of a JSON document that we write: one bit of a word each. */
#define JSON_DEPTH_MAX 16u

/* Nesting of a JSON document that comes in; ours need 4. cJSON recurses once a level, so this bounds the stack. */
#define JSON_READ_DEPTH_MAX 16u

/* Names in all objects that are open at one point of a document that comes in; our largest has 9. They are
 * compared with each other to find duplicates: 8 bytes of stack each while a document is scanned. */
#define JSON_READ_NAMES_MAX 64u

/* Bytes in which cJSON builds a document that came in. A value costs it 10 words and its text: all
 * tokens at their longest need 7 KiB on a 32-bit core, the device's settings 3 KiB. In words, so that every board refuses alike. */
#define JSON_ARENA_BYTES (2048u * sizeof(void *))

/* Bytes of one log line with its ending; longer ones are cut. Two console lines of 80. */
#define LOG_LINE_BYTES 160u

/* Bytes of the ring that keeps the last lines of the log: about 60 of them, the start of a device and an hour of
 * what usually happens. */
#define LOG_RING_BYTES 4096u

/* ---- Sensors ---------------------------------------------------------------------------------------- */

/* Chips a board may carry. */
#define SENSOR_DEVICES_MAX 8u

/* Sensors (channels of all chips). Each costs about 100 bytes of RAM. */
#ifndef SENSORS_MAX
#define SENSORS_MAX 24u
#endif

/* Sensors whose document is kept as it was last written, until they are sampled again; more share these places. And bytes
 * of such a document: 330 with long ids and numbers, and a name of 60 bytes. */
#ifndef SENSOR_TEXTS_MAX
#define SENSOR_TEXTS_MAX SENSORS_MAX
#endif
#define SENSOR_TEXT_BYTES 400u

/* Bytes of a sensor id with its NUL: device id, underscore, channel key. */
#define SENSOR_ID_BYTES 32u

/* Milliseconds between two samples of one sensor, unless it is configured otherwise. */
#define SENSOR_INTERVAL_MS_DEFAULT 1000u

/* Of these, sensors whose values come from outside sources instead of chips. Each also costs its share of
 * HISTORY_OUTSIDE_SAMPLES_BYTES and HISTORY_OUTSIDE_MINUTES_BYTES. */
#ifndef OUTSIDE_SENSORS_MAX
#define OUTSIDE_SENSORS_MAX 8u
#endif

/* Milliseconds until a chip that failed is probed again: often enough that a reconnected sensor is back
 * within one sampling interval, seldom enough that a dead bus does not eat the loop. */
#define SENSOR_RETRY_MS 1000u

/* ---- History ---------------------------------------------------------------------------------------- */

/* Bytes of a block, the unit of what is recycled and of what damage costs. A head of 32 bytes is an eighth of it. */
#define HISTORY_BLOCK_BYTES 256u

/* Bytes for samples of all sensors. A quiet sensor at 1 Hz takes 1.1 bytes a sample: of 8 sensors each has 24 blocks
 * of 224 bytes, which hold 80 minutes. */
#ifndef HISTORY_SAMPLES_BYTES
#define HISTORY_SAMPLES_BYTES 49152u
#endif

/* Bytes for minutes of all sensors, about 4 bytes each: of 8 sensors each has 32 blocks of 224 bytes, which hold a
 * day of 1440 minutes with a fifth to spare. */
#ifndef HISTORY_MINUTES_BYTES
#define HISTORY_MINUTES_BYTES 65536u
#endif

/* The same for sensors of outside sources, which come and go while those of chips stay: a share for each that there may be.
 * One that is asked for every minute has 4 blocks of samples for 7 hours, and 8 of minutes for as long. */
#ifndef HISTORY_OUTSIDE_SAMPLES_BYTES
#define HISTORY_OUTSIDE_SAMPLES_BYTES 8192u
#endif
#ifndef HISTORY_OUTSIDE_MINUTES_BYTES
#define HISTORY_OUTSIDE_MINUTES_BYTES 16384u
#endif

/* Starts of the device whose calendar time is remembered, 48 bytes each: more than anybody restarts a device within
 * the day that is kept. */
#define HISTORY_BOOTS_MAX 32u
/* ---- Events ----------------------------------------------------------------------------------------- */

/* Streams of events at the same time; the next one gets 503. Each keeps a connection, and there must be some left for
 * those who ask once: a dashboard or two, a flow engine, a person who looks. 64 bytes each. */
#ifndef EVENT_SUBSCRIBERS_MAX
#define EVENT_SUBSCRIBERS_MAX 4u
#endif

/* Seconds after which one that found no place is asked to try again. */
#define EVENT_RETRY_AFTER_S 5u

/* Milliseconds between two looks whether the status has changed while somebody listens to it. */
#define EVENT_STATUS_CHECK_MS 1000u

/* Bytes of a list of types or ids in a query, with NUL: four types, or eight sensors with the longest ids. */
#define EVENT_LIST_BYTES 256u

/* Bytes of a Last-Event-ID: four numbers of at most 10, 20, 3 and 10 digits, and the dots between them. */
#define EVENT_ID_BYTES_MAX 46u

/* ---- Actuators -------------------------------------------------------------------------------------- */

/* Chips and ports with actuators that a board may carry. Each costs about 50 bytes of RAM. */
#define ACTUATOR_DEVICES_MAX 4u

/* Actuators (channels in use of all devices): a fully used PCA9552 and some LEDs of the board. Each costs about
 * 60 bytes of RAM. */
#define ACTUATORS_MAX 20u

/* Bytes of an actuator's id with its NUL; longer ones are refused. As for sensors. */
#define ACTUATOR_ID_BYTES 32u

/* Milliseconds until a device that failed is probed again, as for sensors. */
#define ACTUATOR_RETRY_MS 1000u

/* Milliseconds between two looks whether an actuator still is as it was set: how long a chip that lost power
 * goes unnoticed. */
#define ACTUATOR_CHECK_MS 3000u

/* Milliseconds of light and of dark while an actuator shows which device this is: 2 Hz is seen across a room and
 * harms nobody (WCAG 2.3.1: 3 flashes a second at most). */
#define ACTUATOR_BLINK_MS 250u

/* Milliseconds for which it may blink. */
#define ACTUATOR_IDENTIFY_MS_MAX 600000u

/* ---- Actions ---------------------------------------------------------------------------------------- */

/* Runs of actions that are remembered, 80 bytes each: how far back a client can ask, or repeat with the same
 * Idempotency-Key. */
#define ACTION_RUNS_MAX 8u

/* Bytes of an Idempotency-Key; a UUID has 36. */
#define ACTION_KEY_BYTES_MAX 128u

/* Milliseconds that the device identifies itself when nobody says how long: time to walk to a rack. */
#define ACTION_IDENTIFY_MS_DEFAULT 10000u

/* Milliseconds between the answer to a request that restarts the device, or moves it to another address, and the
 * deed: the answer is acknowledged in one round trip, and this is a slow one. */
#define ACTION_DELAY_MS 500u

/* Milliseconds that a calibration waits for a sample beyond three intervals of its sensor. */
#define ACTION_CALIBRATE_GRACE_MS 1000u

/* Chips that settings may add to those of the board, and take away: with three of the board seven, as many as
 * SENSOR_DEVICES_MAX lets be. */
#define CHIPS_ADDED_MAX   4u
#define CHIPS_REMOVED_MAX 4u

/* Bytes of the id of such a chip: with a channel's it must fit SENSOR_ID_BYTES. */
#define CHIP_ID_BYTES_MAX 19u

/* Bytes of a line of text that says which chip is where, with NUL: id, type, bus, address (base/chip_text.h). */
#define SETTINGS_CHIP_BYTES 56u

/* Bytes of the instance of a driver whose chips may be added: of the largest, the BME280's with its calibration. */
#define CHIP_STATE_BYTES (40u + 2u * sizeof(void *) + 8u)

/* Places on buses that have names: the board's, and those of chips that were added. */
#define CHIP_PLACES_MAX 16u

/* I2C buses of a board: the most that one here has is one, and a multiplexer has four channels. */
#define BUSES_MAX 4u

/* Addresses that a scan of a bus asks at once: two bytes each, so that four of them are 0.8 ms on a bus of 100 kHz. */
#define BUS_SCAN_ADDRESSES 4u

/* Milliseconds until addresses without an answer are asked again: an EEPROM writes a page in 5 to 10 ms, and does not answer
 * meanwhile. */
#define BUS_SCAN_PAUSE_MS 20u

/* ---- Console and button ------------------------------------------------------------------------------- */

/* Bytes of a typed line with NUL. The longest command has 17. */
#define CONSOLE_LINE_BYTES 64u

/* Milliseconds between two looks at the button. It has to be held for 5 s, and each look wakes the core. */
#define BUTTON_POLL_MS 250u

/* Milliseconds in which contacts bounce. */
#define BUTTON_BOUNCE_MS 20u

/* Milliseconds for which it must be held until everything is erased: too long for an accident. */
#define BUTTON_HOLD_MS 5000u

/* ---- Settings --------------------------------------------------------------------------------------- */

/* Wrong members of one document that are told at once; more than a person mends at a time. 16 bytes of stack
 * each. */
#define SCHEMA_ERRORS_MAX 16u

/* Bytes of a JSON pointer to a wrong member, with NUL. Ours have at most 30; an unknown member with a longer
 * name is told by its parent. */
#define SCHEMA_POINTER_BYTES 96u

/* Nesting of settings documents: members of members. */
#define SCHEMA_DEPTH_MAX 4u

#define SETTINGS_NAME_BYTES     33u /* a display name with NUL: one line on a phone */
#define SETTINGS_LOCATION_BYTES 65u /* where the device is, with NUL: one line on a desk */
#define SETTINGS_HOSTNAME_BYTES 64u /* one label with NUL: RFC 1035 section 2.3.4 */

/* Names and origins of web pages that may be configured, and bytes of each with NUL: a dashboard or two, each
 * by two names. */
#define SETTINGS_HOSTS_MAX    4u
#define SETTINGS_HOST_BYTES   64u
#define SETTINGS_ORIGINS_MAX  4u
#define SETTINGS_ORIGIN_BYTES 72u /* a scheme and a port more than a host */

/* Milliseconds between two samples that may be configured: what the slowest chip takes with room, and an hour. */
#define SENSOR_INTERVAL_MS_MIN 100u
#define SENSOR_INTERVAL_MS_MAX 3600000u

/* ---- Network ---------------------------------------------------------------------------------------- */

/* Frames taken from the interface in one turn of the loop before timers and sensors get theirs. */
#define NET_FRAMES_PER_POLL 8u

/* TCP control blocks beyond the HTTP slots: refusals, and connections in TIME_WAIT or closing, and the half-open ones
 * of both ports. */
#define NET_TCP_SPARE_PCBS (12u + HTTPS_CONNECTIONS_MAX)

/* Services that are announced by mDNS; each costs 440 bytes of lwIP's heap. */
#define NET_SERVICES_MAX 4

/* Bytes of a host name with NUL: one label, RFC 1035 section 2.3.4. */
#define NET_HOST_NAME_BYTES 64u

/* Name conflicts that are answered at once by another name, and the milliseconds before each further one: RFC 6762
 * section 8.1 allows 15 before such pauses. As many milliseconds of quiet make up for all. */
#define NET_CONFLICTS_AT_ONCE      8u
#define NET_CONFLICT_PAUSE_MS      10000u
#define NET_CONFLICTS_FORGOTTEN_MS 60000u

/* The largest number behind a name that is taken; then they begin again. */
#define NET_NAME_NUMBER_MAX 99u

/* Milliseconds until a time server's silence counts as such; until it is asked again then, doubled each time (RFC 4330
 * section 10: never less than 15 s); between two questions, and at most between two tries: a quartz is wrong by 0.1 s
 * in so long. Plain decimal numbers: lwIP shifts and compares them. */
#define NET_TIME_ANSWER_MS   5000
#define NET_TIME_RETRY_MS    15000
#define NET_TIME_INTERVAL_MS 1024000

/* Milliseconds between question and answer, at most: half of it is how wrong the clock becomes. */
#define NET_TIME_ROUND_TRIP_MS_MAX 1000u

/* Milliseconds between two looks whether time can be asked for now. */
#define NET_TIME_CHECK_MS 1000u

/* Milliseconds for which a server is left alone that asked for it (kiss of death). */
#define NET_TIME_DENIED_MS 3600000u

/* Questions without an answer after which a server's name is looked up again. */
#define NET_TIME_SILENT_MAX 4u

/* Seconds since 1970 that a time server may say: 2026, when this firmware did not exist yet, to 2100. */
#define CLOCK_UTC_S_MIN 1767225600
#define CLOCK_UTC_S_MAX 4102444800

/* Milliseconds that the clock may be turned back, by running at half speed for twice as long: more than a quartz is
 * wrong in a week, and over before anybody wonders. A server that asks for more is wrong, or was so before. */
#define CLOCK_SLEW_MS_MAX 60000u

/* ---- TLS -------------------------------------------------------------------------------------------- */

/* Connections by HTTPS at the same time, counted apart from plain ones: a slot costs TLS_CONNECTION_BYTES. As many as a
 * browser opens; EVENT_SUBSCRIBERS_MAX of them may be streams. Past them a newcomer is reset before anything is allocated. */
#ifndef HTTPS_CONNECTIONS_MAX
#define HTTPS_CONNECTIONS_MAX 6u
#endif
#define NET_CONNECTIONS (HTTP_CONNECTIONS_MAX + HTTPS_CONNECTIONS_MAX)

/* Bytes decrypted at a time for http_conn, which may leave some of them for later: a request's head mostly. */
#define HTTPS_PLAIN_BYTES 512u

/* Bytes of plain text in a record. In: the most that TLS allows (RFC 8446 section 5.1), as most clients do not
 * negotiate less. Out: what an output buffer and a certificate chain of our own need. */
#ifndef TLS_RECORD_IN_BYTES
#define TLS_RECORD_IN_BYTES 16384u
#endif
#define TLS_RECORD_OUT_BYTES 4096u

/* Milliseconds that a connection may wait for its turn: those before it are at most HTTPS_CONNECTIONS_MAX - 1, each
 * with TLS_HANDSHAKE_CONTENDED_MS for its peer and about as much for the curve on a core of 25 MHz. */
#ifndef TLS_WAIT_DEADLINE_MS
#define TLS_WAIT_DEADLINE_MS 30000u
#endif

/* Milliseconds of the peer's time in a handshake, absolute: what we take ourselves does not count. As
 * HTTP_HEAD_DEADLINE_MS, since nobody else is kept from anything. */
#define TLS_HANDSHAKE_DEADLINE_MS 10000u

/* The same while others wait: a lost segment is repeated within this time. */
#define TLS_HANDSHAKE_CONTENDED_MS 3000u

/* Bytes of TLS's heap, with what its blocks cost. Tests measure that a connection, a handshake and the server itself
 * stay below their share (test_tls_conn); words count because mbedTLS's structs are half as large on a 32-bit core.
 * A connection: both records with their heads and tags, keys and session. A handshake besides: its transcript, key
 * shares, and what the curve needs while it computes. The server: certificate chain, key, ticket keys. */
#define TLS_CONNECTION_BYTES (TLS_RECORD_IN_BYTES + TLS_RECORD_OUT_BYTES + 2048u + 256u * sizeof(void *))
#define TLS_HANDSHAKE_BYTES  (8192u + 768u * sizeof(void *))
#define TLS_SHARED_BYTES     (4096u + 256u * sizeof(void *))
#define TLS_HEAP_BYTES                                                                                       \
    (HTTPS_CONNECTIONS_MAX * TLS_CONNECTION_BYTES + TLS_HANDSHAKE_BYTES + TLS_SHARED_BYTES + TLS_OUT_BYTES)

/* Connections by TLS that the device opens itself; 0: outside sources are asked by plain HTTP only. It has its own share of
 * the heap, so that neither side takes the other's: a connection, a handshake, and three times TLS_CHAIN_BYTES for the anchors,
 * and for what a server shows and is parsed into. */
#ifndef TLS_OUT_CONNECTIONS_MAX
#define TLS_OUT_CONNECTIONS_MAX 1u
#endif
#define TLS_OUT_BYTES                                                                                        \
    (TLS_OUT_CONNECTIONS_MAX * (TLS_CONNECTION_BYTES + TLS_HANDSHAKE_BYTES + 3u * TLS_CHAIN_BYTES))

/* Seconds that a ticket is good for, and after which a new key for tickets is made; the one before it still opens
 * what it has sealed. Who has a key can read what was said by its tickets' sessions, so a day is enough. */
#define TLS_TICKET_LIFETIME_S 86400u

/* Bytes of a key in DER: a P-256 key with its public half has 121. */
#define TLS_KEY_BYTES 160u

/* Bytes of the unit in a client certificate's subject, with NUL: a scope has at most 7 letters. */
#define TLS_UNIT_BYTES 16u

/* Bytes of an authority's common name, with NUL: RFC 5280 appendix A.1 allows 64 characters. */
#define TLS_AUTHORITY_BYTES 65u

/* Bytes of a certificate chain in DER: a leaf and an intermediate one, ECDSA, have about 1.5 KiB. */
#define TLS_CHAIN_BYTES 3072u

/* ---- Who may ----------------------------------------------------------------------------------------- */

/* Milliseconds between two times that the random generator takes in what it has seen since: an hour, 50,000
 * instructions. */
#define RANDOM_RESEED_MS 3600000u

/* Tokens of a device: its owners, a panel, a scraper, some scripts. Each costs about 100 bytes of RAM and
 * TOKEN_DOCUMENT_BYTES of the document. */
#define TOKENS_MAX 16u

/* Bytes of a token's name, without NUL: something a person recognizes. */
#define TOKEN_NAME_BYTES 32u

/* Bytes of a presented secret that are looked at; ours have 36. Longer ones are wrong without a hash: this is
 * all a wrong token can cost, two blocks of SHA-256. */
#define TOKEN_PRESENTED_BYTES_MAX 64u

/* Bytes of one token in the document: names of members, 64 digits of hash, 64 of a name all of quotes. */
#define TOKEN_DOCUMENT_BYTES 216u

/* Bytes of the document of tokens, with its check sum. */
#define TOKENS_DOCUMENT_BYTES_MAX (TOKENS_MAX * TOKEN_DOCUMENT_BYTES + 104u)

/* Wrong setup codes in one start: enough for a person who mistypes, a chance of 1 in 2^37 for one who guesses. */
#define CLAIM_TRIES_MAX 5u

/* Wrong tokens that one address may present at once, and the milliseconds after which it may present another:
 * a person who tries the tokens in a drawer is not stopped, a script with a stale one is slowed to 6 a minute. */
#define LIMITER_ADDRESS_BURST       5u
#define LIMITER_ADDRESS_INTERVAL_MS 10000u

/* The same for all addresses that have failed, together. */
#define LIMITER_ALL_BURST       20u
#define LIMITER_ALL_INTERVAL_MS 1000u

/* Addresses whose failures are remembered, 24 bytes each. */
#define LIMITER_ADDRESSES_MAX 16u

/* ---- What the device asks others ----------------------------------------------------------------------- */

/* Bytes with NUL of the address of what is asked, or redirected to: a weather service's with its query has about 150. And
 * of the host in it; names of DNS may be longer, those of services are not. */
#define CLIENT_URL_BYTES  256u
#define CLIENT_HOST_BYTES 128u

/* Bytes of an entity tag with its quotes and NUL; what is longer is not asked with again. A SHA-256 in hexadecimal fits. */
#define CLIENT_ETAG_BYTES 72u

/* Bytes of a line of an answer's head that are looked at: a Location of CLIENT_URL_BYTES. Longer ones carry nothing for us. */
#define CLIENT_LINE_BYTES (CLIENT_URL_BYTES + 32u)

/* Bytes of an answer's head with all before it, and interim answers in it: policies and cookies of a public service's front
 * have 4 KiB. */
#define CLIENT_HEAD_BYTES_MAX 8192u
#define CLIENT_INTERIM_MAX    4u

/* Nesting of a document that numbers are picked from; 4 bytes each. Pointers that are looked for at the same time, 40 bytes
 * each, and bytes of one with NUL. */
#define JSON_PICK_DEPTH_MAX 32u
#ifndef JSON_PICK_TARGETS_MAX
#define JSON_PICK_TARGETS_MAX 8u
#endif
#define JSON_PICK_POINTER_BYTES 72u

/* Outside sources, 2 KiB each, and one more while it is changed; their documents count among DOCUMENTS_MAX. */
#ifndef SOURCES_MAX
#define SOURCES_MAX 4u
#endif

/* Values that are taken out of one source's answer. All sources together have OUTSIDE_SENSORS_MAX. */
#define SOURCE_VALUES_MAX JSON_PICK_TARGETS_MAX

/* Bytes with NUL of a source's id, of its token (an API key has 32 to 64, some tokens 100), and of a field's name and value;
 * fields that may be set. */
#define SOURCE_ID_BYTES           24u
#define SOURCE_TOKEN_BYTES        128u
#define SOURCE_HEADER_NAME_BYTES  32u
#define SOURCE_HEADER_VALUE_BYTES 128u
#define SOURCE_HEADERS_MAX        2u

/* Milliseconds between two questions to one source, at least and by default: what a public service thinks fair. */
#define SOURCE_INTERVAL_MS_MIN     1000u
#define SOURCE_INTERVAL_MS_DEFAULT 60000u

/* Milliseconds for a question and its whole answer, name and redirects included: by default, and what may be set. The most
 * is enough for SOURCE_BODY_BYTES_MAX at 1 Mbit/s. */
#define SOURCE_TIMEOUT_MS_MIN     1000u
#define SOURCE_TIMEOUT_MS_DEFAULT 10000u
#define SOURCE_TIMEOUT_MS_MAX     60000u

/* Half intervals without a good answer after which a source is late: one may be lost, not two. */
#define SOURCE_STALE_INTERVALS_X2 5u

/* Milliseconds until a source that failed is asked again, doubled with each failure up to the second. */
#define SOURCE_RETRY_MS     5000u
#define SOURCE_RETRY_MS_MAX 900000u

/* The same for one that was not asked since start, while the device is still without an address. */
#define SOURCE_NETWORK_RETRY_MS 500u

/* Redirects that are followed: from http to https, to a name with www., to a path with a slash, and one more. */
#define SOURCE_REDIRECTS_MAX 4u

/* Bytes of an answer's body that are read while values are missing; nothing of it is kept. */
#define SOURCE_BODY_BYTES_MAX 4194304u

/* Bytes of a request's head: URL, host, token and fields at their longest, and 300 of our own. */
#define SOURCE_REQUEST_BYTES                                                                                 \
    (CLIENT_URL_BYTES + CLIENT_HOST_BYTES + SOURCE_TOKEN_BYTES + CLIENT_ETAG_BYTES +                         \
     SOURCE_HEADERS_MAX * (SOURCE_HEADER_NAME_BYTES + SOURCE_HEADER_VALUE_BYTES + 4u) + 300u)

/* Bytes that are taken from the connection at a time, on the stack; pieces of them in one turn of the loop: a window. */
#define SOURCE_PIECE_BYTES    512u
#define SOURCE_STEPS_PER_POLL 12u

/* ---- What lasts --------------------------------------------------------------------------------------- */

/* Bytes of a document. The longest one is that of the tokens. */
#define STORE_DOCUMENT_BYTES_MAX 4096u

/* Bytes of a document's name with NUL. */
#define STORE_NAME_BYTES 24u

/* Names of documents that the store remembers, so that one that was lost is not taken for one that never was. */
#define STORE_NAMES_MAX 24u

/* Bytes of a page of the memory (hal/storage.h): of NOR flash 256, of EEPROMs 64. Three of them are buffers. */
#define STORE_PAGE_BYTES_MAX 256u

/* Bytes of the map of free blocks, 8 blocks each; a larger area is searched part by part. */
#define STORE_LOOKAHEAD_BYTES 16u

/* Erasures after which a directory moves to other blocks, so that all wear alike: littlefs recommends 100..1000. */
#define STORE_BLOCK_CYCLES 500

/* Accesses of one operation. A start with an area full of documents takes about 2,000; what goes beyond this goes
 * in circles. */
#define STORE_STEPS_MAX 20000u

/* Documents of all owners: one a sensor chip and one an outside source, and settings of the device, of actuators, their
 * outputs, actions, tokens and outside sensors. Each costs a pointer here. */
#define DOCUMENTS_MAX (SENSOR_DEVICES_MAX + SOURCES_MAX + 6u)

/* Milliseconds in which further changes of a document are waited for: a person's clicks, a program's burst. A
 * power cut may lose as much. */
#define DOCUMENTS_COALESCE_MS 1000u

/* Milliseconds between two tries to write a document that cannot be written, at most. */
#define DOCUMENTS_RETRY_MS_MAX 60000u

/* ---- What depends on what --------------------------------------------------------------------------- */

_Static_assert(HTTP_TARGET_BYTES_MAX + 64u <= HTTP_HEAD_BUFFER_BYTES, "a request line must fit the buffer");
_Static_assert(HTTP_HEAD_BUFFER_BYTES <= HTTP_HEAD_BYTES_MAX, "the buffer holds part of a head");
_Static_assert(HTTP_HEAD_BUFFER_BYTES <= 65535u, "positions in the buffer are 16 bits");
_Static_assert(HTTP_OUTPUT_BYTES >= 1024u && HTTP_OUTPUT_BYTES <= 65535u, "head + smallest useful body");
_Static_assert(SETTINGS_ORIGIN_BYTES - 1u <= HTTP_ORIGIN_BYTES_MAX, "each that is configured can be allowed");
_Static_assert(SETTINGS_HOSTNAME_BYTES + 12u <= WOT_AUTHORITY_BYTES_MAX, "any name with .local and a port");
_Static_assert(HTTP_BODIES_ANYBODY_MAX < HTTP_BODIES_MAX, "who has a token finds a buffer");
_Static_assert(JSON_DEPTH_MAX <= 32u, "one bit a level");
_Static_assert(JSON_READ_DEPTH_MAX <= 32u && JSON_READ_NAMES_MAX <= 255u, "one bit a level, 8 bits a name");
_Static_assert(SENSOR_INTERVAL_MS_MIN <= SENSOR_INTERVAL_MS_DEFAULT, "the default is one of those allowed");
_Static_assert(SENSOR_INTERVAL_MS_DEFAULT <= SENSOR_INTERVAL_MS_MAX, "the default is one of those allowed");
_Static_assert(HISTORY_SAMPLES_BYTES / HISTORY_BLOCK_BYTES / SENSORS_MAX >= 2u, "one block may be recycled");
_Static_assert(HISTORY_MINUTES_BYTES / HISTORY_BLOCK_BYTES / SENSORS_MAX >= 2u, "one block may be recycled");
_Static_assert(HISTORY_OUTSIDE_SAMPLES_BYTES / HISTORY_BLOCK_BYTES / OUTSIDE_SENSORS_MAX >= 2u,
               "one block may be recycled");
_Static_assert(HISTORY_OUTSIDE_MINUTES_BYTES / HISTORY_BLOCK_BYTES / OUTSIDE_SENSORS_MAX >= 2u,
               "one block may be recycled");
_Static_assert(OUTSIDE_SENSORS_MAX < SENSORS_MAX, "chips have some");
_Static_assert(HISTORY_BLOCK_BYTES <= 511u, "used bytes are 9 bits");
_Static_assert(SCHEMA_ERRORS_MAX <= 255u, "counted in 8 bits");
_Static_assert(HTTP_REFUSALS_MAX < NET_TCP_SPARE_PCBS, "refusals live on spare control blocks");
_Static_assert(HTTP_REFUSALS_MAX + 2u * HTTP_CLOSINGS_MAX < NET_TCP_SPARE_PCBS,
               "closed ones of both ports do too");
_Static_assert(EVENT_SUBSCRIBERS_MAX * 2u <= HTTP_CONNECTIONS_MAX,
               "streams leave most connections to others");
_Static_assert(EVENT_SUBSCRIBERS_MAX + 1u <= HTTPS_CONNECTIONS_MAX, "and one by HTTPS, too");
_Static_assert(HTTP_UNACKED_GRACE_MS < HTTP_UNACKED_DEADLINE_MS, "who gives way has time left");
_Static_assert(TOKENS_DOCUMENT_BYTES_MAX <= HTTP_BODY_BYTES_MAX, "read like any other document");
_Static_assert(TOKENS_DOCUMENT_BYTES_MAX <= STORE_DOCUMENT_BYTES_MAX, "documents fit in the store");
_Static_assert(DOCUMENTS_MAX + 4u <= STORE_NAMES_MAX,
               "every document is remembered, and the seed and what TLS has");
_Static_assert(TLS_HEAP_BYTES % 8u == 0, "the heap consists of words");
_Static_assert(TLS_RECORD_OUT_BYTES >= HTTP_OUTPUT_BYTES, "an output buffer is one record");
_Static_assert(TLS_RECORD_OUT_BYTES > TLS_CHAIN_BYTES, "a chain is one record");
_Static_assert(HTTPS_PLAIN_BYTES <= 65535u, "positions in it are 16 bits");
_Static_assert(TLS_HANDSHAKE_CONTENDED_MS < TLS_HANDSHAKE_DEADLINE_MS, "less for each when there are many");
_Static_assert((HTTPS_CONNECTIONS_MAX - 1u) * 2u * TLS_HANDSHAKE_CONTENDED_MS <= TLS_WAIT_DEADLINE_MS,
               "all get a turn");
_Static_assert(STORE_LOOKAHEAD_BYTES % 8u == 0, "littlefs wants whole words");

#endif
