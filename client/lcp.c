/* lcp.c - LCP of the client: what it asks for and what it accepts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lcp.h"

#include <string.h>

#include "base/append.h"

enum { PACKET_HEADER_LEN = 4, MAGIC_LEN = 4, NAK_MRU_MIN = 128 };

static void
lcp_request(void *data, GByteArray *options)
{
    const struct lcp *lcp = data;

    if (!lcp->no_mru) {
        append_u8(options, LCP_OPT_MRU);
        append_u8(options, 4);
        append_u16(options, lcp->mru);
    }
    if (!lcp->no_magic) {
        append_u8(options, LCP_OPT_MAGIC);
        append_u8(options, 6);
        append_u32(options, lcp->magic);
    }
}

static void
note_method(struct lcp *lcp, enum method method)
{
    bool known = false;

    lcp->method = method;
    for (unsigned i = 0; i < lcp->num_asked; i++)
        known |= lcp->asked[i] == method;
    if (!known && lcp->num_asked < METHODS_ASKED_MAX)
        lcp->asked[lcp->num_asked++] = method;
}

static enum reply
judge_method(struct lcp *lcp, const struct ppp_option *option, GByteArray *better)
{
    const enum method method = method_of_option(option);
    int best = 0;

    note_method(lcp, method);
    /* RRAS asks for EAP first, often with certificates alone, and takes MS-CHAPv2 after one Nak. */
    if (method == METHOD_EAP && !lcp->asked_better && lcp->methods != METHODS_ANY &&
        lcp->methods & 1U << METHOD_MSCHAPV2)
        lcp->asked_better = true;
    else if (lcp->methods & 1U << method)
        return REPLY_ACK;
    while (best < METHOD_KNOWN_COUNT && !(lcp->methods & 1U << best))
        best++;
    if (best == METHOD_KNOWN_COUNT)
        return REPLY_REJECT;
    method_append_option((enum method)best, better);
    return REPLY_NAK;
}

static enum reply
lcp_judge(void *data, const struct ppp_option *option, GByteArray *better)
{
    struct lcp *lcp = data;
    struct buf value = option->value;

    switch (option->type) {
    case LCP_OPT_MRU:
        return buf_u16(&value, &lcp->peer_mru) ? REPLY_ACK : REPLY_REJECT;
    case LCP_OPT_ACCM: /* without octet stuffing they change nothing */
    case LCP_OPT_MAGIC:
    case LCP_OPT_PFC: /* and these two say what we may send */
    case LCP_OPT_ACFC:
        return REPLY_ACK;
    case LCP_OPT_AUTH:
        return judge_method(lcp, option, better);
    default:
        return REPLY_REJECT;
    }
}

static void
lcp_answered(void *data, uint8_t code, const struct ppp_options *options)
{
    struct lcp *lcp = data;
    struct ppp_lcp_options said = { 0 };

    if (code == PPP_CONFIGURE_ACK)
        return;
    ppp_lcp_options(options, &said);
    if (code == PPP_CONFIGURE_REJECT) {
        lcp->no_mru |= said.mru != 0;
        lcp->no_magic |= said.has_magic;
        return;
    }
    /* A hint, which may be followed (RFC 1661 6.1); a tiny one would not be of use. */
    if (said.mru >= NAK_MRU_MIN)
        lcp->mru = said.mru;
    if (said.has_magic) /* RFC 1661 6.4: ours is taken */
        lcp->magic = lcp->random_state = lcp->random_state * 1664525U + 1013904223U;
}

static void
answer_echo(struct lcp *lcp, const struct ppp_packet *packet)
{
    GByteArray *data = g_byte_array_new();
    struct buf rest = packet->data;

    if (lcp->automaton.state == STATE_OPENED && buf_skip(&rest, MAGIC_LEN)) {
        append_u32(data, lcp->no_magic ? 0 : lcp->magic);
        g_byte_array_append(data, rest.p, (guint)buf_left(&rest));
        lcp->user->send(lcp->data, PPP_LCP, PPP_ECHO_REPLY, packet->id, data->data, data->len);
    }
    g_byte_array_unref(data);
}

static void
hear_protocol_reject(struct lcp *lcp, const struct ppp_packet *packet, int64_t now)
{
    uint16_t protocol;

    if (lcp->automaton.state != STATE_OPENED ||
        !ppp_decode_protocol_reject(packet->data, &protocol))
        return;
    if (protocol == PPP_LCP)
        automaton_rejected(&lcp->automaton, now);
    else
        lcp->user->protocol_rejected(lcp->data, protocol, now);
}

static bool
lcp_other(void *data, const struct ppp_packet *packet, int64_t now)
{
    struct lcp *lcp = data;

    switch (packet->code) {
    case PPP_ECHO_REQUEST:
        answer_echo(lcp, packet);
        return true;
    case PPP_PROTOCOL_REJECT:
        hear_protocol_reject(lcp, packet, now);
        return true;
    case PPP_ECHO_REPLY:
        lcp->echo_replies++;
        return true;
    case PPP_DISCARD_REQUEST:
    case PPP_IDENTIFICATION:
    case PPP_TIME_REMAINING:
        return true;
    default:
        return false;
    }
}

/* --- to and from above ------------------------------------------------------------------------ */

static void
lcp_up(void *data, int64_t now)
{
    const struct lcp *lcp = data;

    lcp->user->up(lcp->data, now);
}

static void
lcp_down(void *data, int64_t now)
{
    const struct lcp *lcp = data;

    lcp->user->down(lcp->data, now);
}

static void
lcp_finished(void *data, int64_t now)
{
    const struct lcp *lcp = data;

    lcp->user->finished(lcp->data, now);
}

static void
lcp_send(void *data, uint8_t code, uint8_t id, const void *bytes, size_t len)
{
    const struct lcp *lcp = data;

    lcp->user->send(lcp->data, PPP_LCP, code, id, bytes, len);
}

static const struct automaton_protocol lcp_protocol = {
    .protocol = PPP_LCP,
    .request = lcp_request,
    .judge = lcp_judge,
    .answered = lcp_answered,
    .up = lcp_up,
    .down = lcp_down,
    .finished = lcp_finished,
    .other = lcp_other,
    .send = lcp_send,
};

void
lcp_init(struct lcp *lcp, const struct lcp_user *user, void *data, unsigned methods, uint16_t mru,
         uint32_t magic)
{
    *lcp = (struct lcp){
        .user = user,
        .data = data,
        .methods = methods,
        .mru = mru,
        .magic = magic,
        .random_state = magic,
        .peer_mru = PPP_DEFAULT_MRU,
        .method = METHOD_NONE,
    };
    automaton_init(&lcp->automaton, &lcp_protocol, lcp);
}

void
lcp_reject_protocol(struct lcp *lcp, struct buf protocol_and_information)
{
    /* RFC 1661 5.7: only then, and no longer than the peer takes. */
    if (lcp->automaton.state != STATE_OPENED)
        return;
    buf_limit(&protocol_and_information, lcp->peer_mru - MIN(lcp->peer_mru, 4));
    lcp_send(lcp, PPP_PROTOCOL_REJECT, automaton_next_id(&lcp->automaton),
             protocol_and_information.p, buf_left(&protocol_and_information));
}

bool
lcp_fill(struct lcp *lcp, bool echo, size_t len)
{
    GByteArray *data = g_byte_array_new();

    if (lcp->automaton.state != STATE_OPENED || len > lcp->peer_mru ||
        len < PACKET_HEADER_LEN + MAGIC_LEN) {
        g_byte_array_unref(data);
        return false;
    }
    append_u32(data, lcp->no_magic ? 0 : lcp->magic);
    g_byte_array_set_size(data, (guint)(len - PACKET_HEADER_LEN));
    memset(data->data + MAGIC_LEN, 0, data->len - MAGIC_LEN);
    lcp_send(lcp, echo ? PPP_ECHO_REQUEST : PPP_DISCARD_REQUEST, automaton_next_id(&lcp->automaton),
             data->data, data->len);
    g_byte_array_unref(data);
    return true;
}
