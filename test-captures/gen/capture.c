/* capture.c - a pcapng file of made-up segments, with the TLS secrets that open it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <string.h>

#include "frame.h"

/* draft-ietf-opsawg-pcapng */
enum block_type {
    BLOCK_SECTION_HEADER = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
};

enum {
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINKTYPE_ETHERNET = 1,
    OPTION_COMMENT = 1,
    OPTION_IF_TSRESOL = 9,
    NANOSECONDS = 9,
    SECRETS_TLS = 0x544c534b,
};

/* Little endian, whatever the machine. */
static void
put_u16(GByteArray *out, unsigned v)
{
    const uint8_t bytes[] = { (uint8_t)v, (uint8_t)(v >> 8) };

    g_byte_array_append(out, bytes, sizeof bytes);
}

static void
put_u32(GByteArray *out, uint32_t v)
{
    put_u16(out, v & 0xffff);
    put_u16(out, v >> 16);
}

/* Data and what fills it up to 32 bits. */
static void
put_padded(GByteArray *out, const void *data, size_t len)
{
    static const uint8_t zeros[4];

    g_byte_array_append(out, data, (guint)len);
    g_byte_array_append(out, zeros, (guint)(-len % 4));
}

static void
put_option(GByteArray *out, unsigned code, const void *data, size_t len)
{
    put_u16(out, code);
    put_u16(out, (unsigned)len);
    put_padded(out, data, len);
}

static void
put_block(GByteArray *out, enum block_type type, GByteArray *body)
{
    uint32_t len = body->len + 12;

    put_u32(out, type);
    put_u32(out, len);
    g_byte_array_append(out, body->data, body->len);
    put_u32(out, len);
    g_byte_array_unref(body);
}

void
capture_init(struct capture *capture)
{
    *capture = (struct capture){ .packets = g_byte_array_new(),
                                 .secrets = g_string_new(NULL),
                                 .num_interfaces = 1 };
}

void
capture_clear(struct capture *capture)
{
    g_byte_array_unref(capture->packets);
    g_string_free(capture->secrets, TRUE);
}

static void
append_frame(struct capture *capture, uint32_t interface, int64_t when, const GByteArray *frame,
             size_t wire_len)
{
    GByteArray *body = g_byte_array_new();
    uint64_t time = (uint64_t)when;

    put_u32(body, interface);
    put_u32(body, (uint32_t)(time >> 32));
    put_u32(body, (uint32_t)time);
    put_u32(body, frame->len);
    put_u32(body, (uint32_t)wire_len);
    put_padded(body, frame->data, frame->len);
    put_block(capture->packets, BLOCK_PACKET, body);
    capture->num_interfaces = MAX(capture->num_interfaces, interface + 1);
}

void
capture_segment(struct capture *capture, const struct segment *segment)
{
    size_t wire_len;
    GByteArray *frame = frame_make(segment, (uint16_t)++capture->num_packets, &wire_len);

    append_frame(capture, segment->interface, segment->mark.time, frame, wire_len);
    g_byte_array_unref(frame);
}

void
capture_packet(struct capture *capture, const struct peer_packet *packet)
{
    GByteArray *frame = frame_packet(packet, (uint16_t)++capture->num_packets);

    append_frame(capture, 0, packet->mark.time, frame, frame->len);
    g_byte_array_unref(frame);
}

static void
append_hex(GString *text, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        g_string_append_printf(text, "%02x", data[i]);
}

/* A line of a key log; the client's random tells which connection it belongs to. */
static void
append_secret(GString *text, const char *label, const struct seal_secret *secret,
              const uint8_t *data, size_t len)
{
    g_string_append_printf(text, "%s ", label);
    append_hex(text, secret->random[SIDE_CLIENT], TLS_RANDOM_LEN);
    g_string_append_c(text, ' ');
    append_hex(text, data, len);
    g_string_append_c(text, '\n');
}

void
capture_secret(struct capture *capture, const struct seal_secret *secret)
{
    const struct {
        const char *label;
        const uint8_t *data;
    } traffic[] = {
        { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", secret->handshake[SIDE_CLIENT] },
        { "SERVER_HANDSHAKE_TRAFFIC_SECRET", secret->handshake[SIDE_SERVER] },
        { "CLIENT_TRAFFIC_SECRET_0", secret->application[SIDE_CLIENT] },
        { "SERVER_TRAFFIC_SECRET_0", secret->application[SIDE_SERVER] },
    };

    if (!secret->tls13)
        append_secret(capture->secrets, "CLIENT_RANDOM", secret, secret->master, SEAL_MASTER_LEN);
    for (size_t i = 0; i < G_N_ELEMENTS(traffic) && secret->tls13; i++)
        append_secret(capture->secrets, traffic[i].label, secret, traffic[i].data,
                      SEAL_TRAFFIC_LEN);
}

static void
put_section(GByteArray *out, const char *comment)
{
    GByteArray *body = g_byte_array_new();

    put_u32(body, BYTE_ORDER_MAGIC);
    put_u16(body, 1);
    put_u16(body, 0);
    put_u32(body, UINT32_MAX); /* the section's length is not told */
    put_u32(body, UINT32_MAX);
    put_option(body, OPTION_COMMENT, comment, strlen(comment));
    put_u32(body, 0);
    put_block(out, BLOCK_SECTION_HEADER, body);
}

static void
put_interface(GByteArray *out)
{
    static const uint8_t resolution = NANOSECONDS;
    GByteArray *body = g_byte_array_new();

    put_u16(body, LINKTYPE_ETHERNET);
    put_u16(body, 0);
    put_u32(body, 0); /* no limit to a packet's length */
    put_option(body, OPTION_IF_TSRESOL, &resolution, sizeof resolution);
    put_u32(body, 0);
    put_block(out, BLOCK_INTERFACE, body);
}

static void
put_secrets(GByteArray *out, const GString *secrets)
{
    GByteArray *body = g_byte_array_new();

    put_u32(body, SECRETS_TLS);
    put_u32(body, (uint32_t)secrets->len);
    put_padded(body, secrets->str, secrets->len);
    put_block(out, BLOCK_SECRETS, body);
}

GByteArray *
capture_file(const struct capture *capture, const char *comment, bool keys)
{
    GByteArray *out = g_byte_array_new();

    put_section(out, comment);
    for (uint32_t i = 0; i < capture->num_interfaces; i++)
        put_interface(out);
    if (keys && capture->secrets->len > 0)
        put_secrets(out, capture->secrets);
    g_byte_array_append(out, capture->packets->data, capture->packets->len);
    return out;
}
