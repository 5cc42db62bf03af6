/* marks.c - what tells that two logs speak of the same session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/marks.h"

#include <string.h>

#include "base/numbers.h"
#include "codec/ppp.h"

#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

enum { CHALLENGE = 1, CHALLENGE_BYTES = 8 /* accel-ppp loses zeros behind them */ };

static uint64_t
hash_bytes(uint64_t hash, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * FNV_PRIME;
    return hash;
}

static struct log_mark
mark_make(enum log_mark_kind kind, uint16_t protocol, const struct ppp_packet *packet,
          const uint8_t *bytes, size_t len)
{
    const uint8_t head[] = { (uint8_t)(protocol >> 8), (uint8_t)protocol, packet->code,
                             packet->id };
    uint64_t hash = FNV_BEGIN;

    if (kind == LOG_MARK_RANDOM)
        hash = hash_bytes(hash, head, sizeof head);
    return (struct log_mark){ kind, hash_bytes(hash, bytes, len) };
}

static struct log_mark
mark_of_options(uint16_t protocol, const struct ppp_packet *packet)
{
    struct ppp_options options;
    struct ppp_lcp_options lcp;
    struct ppp_ipcp_options ipcp;

    ppp_decode_options(packet->data, &options);
    ppp_lcp_options(&options, &lcp);
    if (protocol == PPP_LCP && lcp.has_magic && lcp.magic)
        return mark_make(LOG_MARK_RANDOM, protocol, packet, (const uint8_t *)&lcp.magic,
                         sizeof lcp.magic);
    ppp_ipcp_options(&options, &ipcp);
    if (protocol == PPP_IPCP && packet->code == PPP_CONFIGURE_NAK && ipcp.has_address)
        return mark_make(LOG_MARK_ADDRESS, protocol, packet, (const uint8_t *)&ipcp.address,
                         sizeof ipcp.address);
    return (struct log_mark){ LOG_MARK_NONE, 0 };
}

static struct log_mark
mark_of_packet(const struct log_packet *packet)
{
    static const uint8_t zeros[CHALLENGE_BYTES];
    size_t skipped = packet->kind == LOG_PACKET_SSTP ? 4 : 0;
    struct ppp_frame frame;
    struct ppp_packet ppp;
    struct ppp_chap_value chap;

    if ((packet->kind != LOG_PACKET_PPP && packet->kind != LOG_PACKET_SSTP) ||
        packet->len < skipped || (skipped && packet->bytes[1] & 1) ||
        !ppp_decode_frame(packet->bytes + skipped, packet->len - skipped, &frame) ||
        !ppp_decode_packet(frame.payload, &ppp))
        return (struct log_mark){ LOG_MARK_NONE, 0 };
    if (ppp_is_control(frame.protocol) && ppp.code <= PPP_CONFIGURE_REJECT &&
        !ppp_is_authentication(frame.protocol))
        return mark_of_options(frame.protocol, &ppp);
    if (frame.protocol == PPP_CHAP && ppp.code == CHALLENGE &&
        ppp_decode_chap_value(ppp.data, &chap) && buf_left(&chap.value) >= CHALLENGE_BYTES &&
        memcmp(chap.value.p, zeros, CHALLENGE_BYTES) != 0)
        return mark_make(LOG_MARK_RANDOM, frame.protocol, &ppp, chap.value.p, CHALLENGE_BYTES);
    return (struct log_mark){ LOG_MARK_NONE, 0 };
}

unsigned
log_marks_of(const struct log_entry *entry, struct log_mark marks[LOG_MARKS_MAX])
{
    unsigned num = 0;

    if (entry->id && !entry->id_of_ras)
        marks[num++] =
            (struct log_mark){ LOG_MARK_ID, hash_bytes(FNV_BEGIN, (const uint8_t *)entry->id,
                                                       strlen(entry->id)) };
    marks[num] = mark_of_packet(&entry->packet);
    return num + (marks[num].kind != LOG_MARK_NONE);
}
