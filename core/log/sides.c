/* sides.c - at which end a log was written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/sides.h"

#include <string.h>

#include "base/numbers.h"
#include "codec/ppp.h"

static enum side
side_of_interface(const char *channel)
{
    /* "<sstp-alice>" was made for a client that dialled in. */
    return channel && (channel[0] == '<' || strstr(channel, "sstp-in")) ? SIDE_SERVER : SIDE_CLIENT;
}

bool
log_entry_side(const struct log_entry *entry, enum side *side)
{
    switch (entry->source) {
    case LOG_FROM_SSTPC:
    case LOG_FROM_NM:
    case LOG_FROM_OSC:
        *side = SIDE_CLIENT;
        return true;
    case LOG_FROM_ACCEL:
    case LOG_FROM_SORZ:
    case LOG_FROM_SOFTETHER:
        *side = SIDE_SERVER;
        return true;
    case LOG_FROM_MIKROTIK:
        *side = side_of_interface(entry->channel);
        return entry->channel != NULL;
    default:
        return false;
    }
}

/* What the packet says of who asks and who answers: a client authenticates itself. 1: the sender is
 * the client, -1: the server, 0: it does not tell. */
static int
sender_of(const struct log_packet *packet)
{
    const uint8_t *bytes = packet->bytes;
    struct ppp_frame frame;
    struct ppp_packet ppp;
    struct ppp_options options;
    struct ppp_lcp_options lcp;

    if (packet->kind != LOG_PACKET_PPP || !ppp_decode_frame(bytes, packet->len, &frame) ||
        !ppp_decode_packet(frame.payload, &ppp))
        return 0;
    if (frame.protocol == PPP_LCP && ppp.code == PPP_CONFIGURE_REQUEST) {
        ppp_decode_options(ppp.data, &options);
        ppp_lcp_options(&options, &lcp);
        return lcp.auth_protocol ? -1 : 0;
    }
    if (frame.protocol == PPP_CHAP)
        return ppp.code == 2 ? 1 : -1;
    if (frame.protocol == PPP_PAP)
        return ppp.code == 1 ? 1 : -1;
    return 0;
}

bool
log_packet_side(const struct log_packet *packet, enum side *side)
{
    int sender = sender_of(packet);

    if (sender == 0)
        return false;
    *side = (sender > 0) == (packet->way == LOG_SENT) ? SIDE_CLIENT : SIDE_SERVER;
    return true;
}

bool
log_side(const struct log *log, enum side *side)
{
    unsigned lines[SIDE_COUNT] = { 0 };
    enum side by;

    for (guint i = 0; i < log->entries->len; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        if (log_entry_side(entry, &by) || log_packet_side(&entry->packet, &by))
            lines[by]++;
    }
    *side = lines[SIDE_SERVER] > lines[SIDE_CLIENT] ? SIDE_SERVER : SIDE_CLIENT;
    return lines[SIDE_CLIENT] != lines[SIDE_SERVER];
}
