#include "net/mdns_message.h"

#include <string.h>

#include "lwip/def.h"
#include "lwip/prot/dns.h"

/* RFC 1035 section 4.1: the least that a question and a record take, both about the root. */
#define QUESTION_BYTES_MIN 5u
#define RECORD_BYTES_MIN   11u

/* ---- What comes in ---------------------------------------------------------------------------------- */

bool net_mdns_plausible(const struct pbuf *message)
{
    struct dns_hdr header;
    if (pbuf_copy_partial(message, &header, SIZEOF_DNS_HDR, 0) != SIZEOF_DNS_HDR) return false;
    uint32_t questions = lwip_ntohs(header.numquestions);
    uint32_t records = (uint32_t)lwip_ntohs(header.numanswers) + lwip_ntohs(header.numauthrr) +
                       lwip_ntohs(header.numextrarr);
    uint32_t bytes = (uint32_t)message->tot_len - SIZEOF_DNS_HDR;
    return questions * QUESTION_BYTES_MIN + records * RECORD_BYTES_MIN <= bytes;
}

/* ---- What goes out ---------------------------------------------------------------------------------- */

void net_mdns_numbered(char out[NET_HOST_NAME_BYTES], const char *name, unsigned number)
{
    char suffix[12];
    text_writer_t tail = text_writer(suffix, sizeof suffix);
    if (number > 0) text_format(&tail, "-%u", number);
    size_t tail_bytes = (size_t)(tail.at - suffix), bytes = strlen(name);
    if (bytes > NET_HOST_NAME_BYTES - 1u - tail_bytes) bytes = NET_HOST_NAME_BYTES - 1u - tail_bytes;
    memcpy(out, name, bytes);
    memcpy(out + bytes, suffix, tail_bytes);
    out[bytes + tail_bytes] = '\0';
}

static void put_label(text_writer_t *out, const char *label)
{
    size_t bytes = strlen(label);
    text_char(out, (char)bytes);
    text_append(out, label, bytes);
}

static void put16(text_writer_t *out, size_t value)
{
    text_char(out, (char)(value >> 8));
    text_char(out, (char)value);
}

static void put_service_name(text_writer_t *out, const char *type)
{
    put_label(out, type);
    put_label(out, "_tcp");
    put_label(out, "local");
    text_char(out, 0);
}

/* A pointer from the type to our instance of it, living no longer (RFC 6762 section 10.1). */
static void put_farewell(text_writer_t *out, const char *name, const char *type)
{
    put_service_name(out, type);
    put16(out, DNS_RRTYPE_PTR);
    put16(out, DNS_RRCLASS_IN);
    put16(out, 0);
    put16(out, 0);
    put16(out, 1u + strlen(name) + 1u + strlen(type) + sizeof "_tcp" + sizeof "local" + 1u);
    put_label(out, name);
    put_service_name(out, type);
}

void net_mdns_write_farewell(text_writer_t *out, const char *name, const net_service_t *services,
                             size_t count)
{
    put16(out, 0);
    put16(out, (DNS_FLAG1_RESPONSE | DNS_FLAG1_AUTHORATIVE) << 8);
    put16(out, 0);
    put16(out, count);
    put16(out, 0);
    put16(out, 0);
    for (size_t i = 0; i < count; i++) put_farewell(out, name, services[i].type);
}
