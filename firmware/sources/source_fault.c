#include "sources/source_fault.h"

static const struct {
    const char *code, *text;
} faults[SOURCE_FAULTS] = {
    [SOURCE_OK] = { "ok", "" },
    [SOURCE_NO_NETWORK] = { "network", "the device has no link, or no address that leads there" },
    [SOURCE_NO_NAME] = { "name", "no name server knows the host" },
    [SOURCE_REFUSED] = { "refused", "nobody listens at the host and port" },
    [SOURCE_RESET] = { "reset", "the server broke the connection off" },
    [SOURCE_NO_MEMORY] = { "memory", "the device has no memory for a connection now" },
    [SOURCE_NO_TLS] = { "tls", "this device has no https for what it asks others" },
    [SOURCE_NO_CLOCK] = { "clock", "the device does not know the time, by which certificates are judged" },
    [SOURCE_NO_ANCHOR] = { "trust", "the device has been told nobody to trust: PUT /api/v1/trust" },
    [SOURCE_UNTRUSTED] = { "certificate_unknown",
                           "no certificate of /api/v1/trust has signed for the server" },
    [SOURCE_WRONG_NAME] = { "certificate_name", "the server's certificate is for another host" },
    [SOURCE_NOT_VALID] = { "certificate_time", "the server's certificate is over, or has not begun" },
    [SOURCE_UNSUPPORTED] = { "certificate_kind",
                             "the server has no ECDSA P-256 certificates, or no TLS 1.2 or 1.3 of ours" },
    [SOURCE_TIMEOUT] = { "timeout", "no complete answer came within timeout_ms" },
    [SOURCE_NOT_HTTP] = { "http", "the answer is not HTTP/1.1, or its head is too long" },
    [SOURCE_CODING] = { "coding", "the answer has a content or transfer coding that was not asked for" },
    [SOURCE_TRUNCATED] = { "truncated", "the answer ended before it was complete" },
    [SOURCE_STATUS] = { "status", "the server answered with another status than 200" },
    [SOURCE_REDIRECT_LOOP] = { "redirects", "the server redirects in a circle, or too often" },
    [SOURCE_REDIRECT_BAD] = { "redirect", "the server redirects to no address that can be asked" },
    [SOURCE_REDIRECT_INSECURE] = { "redirect_insecure", "the server redirects from https to http" },
    [SOURCE_TOO_LARGE] = { "size", "the answer is too long, and had not all values up to there" },
    [SOURCE_NOT_JSON] = { "json", "the answer is not JSON" },
    [SOURCE_TOO_DEEP] = { "depth", "the answer nests too deeply" },
    [SOURCE_NO_VALUE] = { "value", "the answer has no number that fits at some pointer of the map" },
};

source_fault_t source_fault_of_link(client_link_fault_t fault)
{
    switch (fault) {
    case CLIENT_LINK_NO_NETWORK: return SOURCE_NO_NETWORK;
    case CLIENT_LINK_NO_NAME: return SOURCE_NO_NAME;
    case CLIENT_LINK_REFUSED: return SOURCE_REFUSED;
    case CLIENT_LINK_NO_MEMORY: return SOURCE_NO_MEMORY;
    case CLIENT_LINK_NO_TLS: return SOURCE_NO_TLS;
    case CLIENT_LINK_NO_CLOCK: return SOURCE_NO_CLOCK;
    case CLIENT_LINK_NO_ANCHOR: return SOURCE_NO_ANCHOR;
    case CLIENT_LINK_UNTRUSTED: return SOURCE_UNTRUSTED;
    case CLIENT_LINK_WRONG_NAME: return SOURCE_WRONG_NAME;
    case CLIENT_LINK_NOT_VALID: return SOURCE_NOT_VALID;
    case CLIENT_LINK_UNSUPPORTED: return SOURCE_UNSUPPORTED;
    default: return SOURCE_RESET;
    }
}

source_fault_t source_fault_of_response(client_fault_t fault)
{
    switch (fault) {
    case CLIENT_FAULT_CODING: return SOURCE_CODING;
    case CLIENT_FAULT_TRUNCATED: return SOURCE_TRUNCATED;
    default: return SOURCE_NOT_HTTP;
    }
}

const char *source_fault_code(source_fault_t fault)
{
    return faults[fault].code;
}

const char *source_fault_text(source_fault_t fault)
{
    return faults[fault].text;
}
