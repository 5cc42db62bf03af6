/* capture.c - a pcapng file of made-up segments, with the TLS secrets that open it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include "frame.h"
#include "codec/pcapng.h"

enum { LINKTYPE_ETHERNET = 1 };

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
    const struct pcapng_packet packet = { .interface = interface,
                                          .has_time = true,
                                          .time_ns = when,
                                          .data = frame->data,
                                          .captured_len = frame->len,
                                          .wire_len = (uint32_t)wire_len };

    pcapng_append_packet(capture->packets, &packet);
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

GByteArray *
capture_file(const struct capture *capture, const char *comment, bool keys)
{
    static const struct pcapng_interface interface = { .link_type = LINKTYPE_ETHERNET };
    GByteArray *out = g_byte_array_new();

    pcapng_append_section(out, NULL, NULL, comment);
    for (uint32_t i = 0; i < capture->num_interfaces; i++)
        pcapng_append_interface(out, &interface);
    if (keys && capture->secrets->len > 0)
        pcapng_append_secrets(out, PCAPNG_SECRETS_TLS, capture->secrets->str,
                              capture->secrets->len);
    g_byte_array_append(out, capture->packets->data, capture->packets->len);
    return out;
}
