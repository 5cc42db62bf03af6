/* describe.c - one line of text for an SSTP packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/describe.h"

#include "codec/ppp.h"
#include "codec/sstp.h"

static char *
describe_control(const uint8_t *packet, size_t len)
{
    struct sstp_message message = { 0 };
    enum sstp_result result = sstp_decode_control(packet, len, &message);
    const char *name = sstp_message_name(message.type);
    const char *flaw = result != SSTP_OK || message.flaws ? " (malformed)" : "";

    if (!name)
        return g_strdup_printf("Unknown message 0x%04x", message.type);
    if (message.has_status) {
        const char *status = sstp_status_name(message.status.status);
        return g_strdup_printf("%s, status %s%s", name, status ? status : "unknown", flaw);
    }
    return g_strdup_printf("%s%s", name, flaw);
}

static char *
describe_ppp(const uint8_t *ppp, size_t len)
{
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (!ppp_decode_frame(ppp, len, &frame))
        return g_strdup("Data without a PPP frame");

    const char *name = ppp_protocol_name(frame.protocol);
    if (!name)
        return g_strdup_printf("PPP protocol 0x%04x, %" G_GSIZE_FORMAT " bytes", frame.protocol,
                               buf_left(&frame.payload));
    if (!ppp_is_control(frame.protocol) || !ppp_decode_packet(frame.payload, &packet))
        return g_strdup_printf("%s, %" G_GSIZE_FORMAT " bytes", name, buf_left(&frame.payload));

    const char *code = ppp_code_name(frame.protocol, packet.code);
    return code ? g_strdup_printf("%s %s, id %u", name, code, packet.id)
                : g_strdup_printf("%s code %u, id %u", name, packet.code, packet.id);
}

char *
describe_packet(const uint8_t *packet, size_t len)
{
    struct sstp_header header;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return g_strdup("Not an SSTP packet");
    return header.control ? describe_control(packet, len)
                          : describe_ppp(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
}

size_t
describe_inner_len(const uint8_t *packet, size_t len)
{
    struct sstp_header header;
    struct ppp_frame frame;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK || header.control ||
        !ppp_decode_frame(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, &frame) ||
        !ppp_is_network_data(frame.protocol))
        return 0;
    return buf_left(&frame.payload);
}
