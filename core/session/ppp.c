/* ppp.c - PPP frames: LCP, network protocols, callback, and headers that are too short
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/ppp.h"

#include "base/text.h"
#include "session/auth.h"
#include "session/clear.h"
#include "session/echo.h"
#include "session/goodbye.h"
#include "session/payload.h"
#include "session/protocols.h"
#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"

static struct ppp_negotiation *
negotiation_of(struct session *session, uint16_t protocol)
{
    switch (protocol) {
    case PPP_LCP:
        return PART_OF(&session->lcp, SIDE_COUNT);
    case PPP_IPCP:
        return PART_OF(&session->ipcp, SIDE_COUNT);
    case PPP_IPV6CP:
        return PART_OF(&session->ipv6cp, SIDE_COUNT);
    case PPP_CCP:
        return PART_OF(&session->ccp, SIDE_COUNT);
    default:
        return NULL;
    }
}

/* True when both sides now agree. */
static bool
negotiate(struct session *session, struct ppp_negotiation n[SIDE_COUNT], enum side side,
          const struct ppp_packet *packet, uint16_t protocol, struct mark mark)
{
    return negotiation_packet(n, side, packet, protocol, clear_end_offset(session, side), mark);
}

/* --- LCP ------------------------------------------------------------------------------------- */

static void
lcp_opened(struct session *session, struct mark mark)
{
    mark_once(&session->lcp_opened, mark);
    stage_end(session, STAGE_LCP, OUTCOME_OK, mark);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session_lcp(session, side)->lcp.auth_protocol)
            return;
    stage_end(session, STAGE_AUTH, OUTCOME_SKIPPED, mark);
}

/* What the first Terminate-Request says stays. */
static void
terminate_request(struct terminate_facts *facts, struct buf data, struct mark mark)
{
    struct ppp_terminate terminate;

    if (mark_is_set(facts->mark))
        return;
    ppp_decode_terminate(data, &terminate);
    facts->mark = mark;
    facts->microsoft = terminate.microsoft;
    facts->ras_error = terminate.ras_error;
    if (!terminate.microsoft)
        text_once(&facts->text, terminate.text);
}

static void
lcp_identification(struct session *session, struct buf data)
{
    char guid[39];
    uint32_t magic;
    struct buf message;

    if (!session->http.correlation_id && ppp_decode_identification(data, &magic, &message) &&
        ppp_identification_guid(message, guid))
        session->http.correlation_id = g_strdup(guid);
}

static void
lcp_protocol_reject(struct session *session, enum side side, struct buf data, struct mark mark)
{
    uint16_t protocol;

    if (!ppp_decode_protocol_reject(data, &protocol))
        return;
    protocols_rejected(&PART_OF(&session->rejections, SIDE_COUNT)[side], protocol, mark);
    if (protocol == PPP_CBCP)
        mark_once(&session->cbcp.rejected, mark);
    struct ppp_negotiation *n = negotiation_of(session, protocol);
    if (n)
        negotiation_protocol_rejected(&n[side_other(side)], mark);
}

static void
lcp_echo_reply(struct session *session, enum side side, const struct ppp_packet *packet,
               struct mark mark)
{
    enum side asker = side_other(side);
    struct buf data = packet->data;
    uint32_t magic;

    if (goodbye_has_left(session, asker))
        return;
    echo_answered(session, asker, false, packet->id, mark);
    if (buf_u32(&data, &magic) && magic != 0 && magic == session_lcp(session, asker)->lcp.magic)
        session->echo_reflections[asker]++;
}

static void
lcp_packet(struct session *session, enum side side, const struct ppp_packet *packet,
           struct mark mark)
{
    switch (packet->code) {
    case PPP_ECHO_REQUEST:
        echo_asked(session, side, false, packet->id, mark);
        stage_enter(session, STAGE_KEEPALIVE, mark);
        break;
    case PPP_ECHO_REPLY:
        lcp_echo_reply(session, side, packet, mark);
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        break;
    case PPP_TERMINATE_REQUEST:
        stage_go_on(session, STAGE_TEARDOWN, mark);
        terminate_request(&session->terminate[side], packet->data, mark);
        break;
    case PPP_TERMINATE_ACK:
        goodbye_acknowledged(session, side, mark);
        break;
    case PPP_IDENTIFICATION:
        lcp_identification(session, packet->data);
        break;
    case PPP_PROTOCOL_REJECT:
        lcp_protocol_reject(session, side, packet->data, mark);
        break;
    default:
        stage_enter(session, STAGE_LCP, mark);
        if (negotiate(session, negotiation_of(session, PPP_LCP), side, packet, PPP_LCP, mark))
            lcp_opened(session, mark);
        break;
    }
}

/* --- other protocols ------------------------------------------------------------------------- */

static void
ncp_packet(struct session *session, enum side side, uint16_t protocol,
           const struct ppp_packet *packet, struct mark mark)
{
    struct ppp_negotiation *n = negotiation_of(session, protocol);

    stage_enter(session, STAGE_NCP, mark);
    if (packet->code == PPP_TERMINATE_REQUEST && protocol != PPP_CCP)
        terminate_request(&session->ncp_terminate[side], packet->data, mark);
    if (n && negotiate(session, n, side, packet, protocol, mark) && protocol != PPP_CCP) {
        mark_once(&session->ncp_opened, mark);
        stage_end(session, STAGE_NCP, OUTCOME_OK, mark);
    }
}

static void
cbcp_packet(struct session *session, const struct ppp_packet *packet, struct mark mark)
{
    struct cbcp_facts *cbcp = &session->cbcp;

    stage_enter(session, STAGE_LCP, mark);
    if (packet->code == CBCP_REQUEST) {
        mark_once(&cbcp->request, mark);
        cbcp->unanswered++;
    } else if (packet->code == CBCP_RESPONSE) {
        mark_once(&cbcp->response, mark);
        cbcp->unanswered = 0;
    }
}

/* --- frames ---------------------------------------------------------------------------------- */

/* A sender may leave out what its peer, in its own Configure-Request, said that it can miss. */
static void
header_compression(struct session *session, enum side side, const struct ppp_frame *frame,
                   struct mark mark)
{
    const struct ppp_negotiation *receiver = session_lcp(session, side_other(side));
    bool address = !frame->address_control && !receiver->lcp.acfc;
    bool protocol = frame->compressed_protocol && !receiver->lcp.pfc;

    if ((!address && !protocol) || !receiver->agreed)
        return;
    struct compression_facts *facts = &session->compression[side];
    session->changed |= facts->frames++ == 0;
    mark_once(&facts->first, mark);
    facts->address |= address;
    facts->protocol |= protocol;
}

static void
control_packet(struct session *session, enum side side, uint16_t protocol,
               const struct ppp_packet *packet, struct mark mark)
{
    /* Who has said goodbye does not hear any more how a negotiation goes on. */
    if (goodbye_has_left(session, side_other(side)) &&
        (protocol != PPP_LCP || packet->code <= PPP_CONFIGURE_REJECT))
        return;
    switch (protocol) {
    case PPP_LCP:
        lcp_packet(session, side, packet, mark);
        break;
    case PPP_PAP:
    case PPP_CHAP:
    case PPP_EAP:
        auth_feed(session, side, protocol, packet, mark);
        break;
    case PPP_CBCP:
        cbcp_packet(session, packet, mark);
        break;
    default:
        ncp_packet(session, side, protocol, packet, mark);
        break;
    }
}

/* What is packed or cut into other frames has a protocol that does not show. */
static void
note_protocol(struct session *session, enum side side, uint16_t protocol)
{
    protocols_sent(&session->protocols[side], protocol);
    if (ppp_is_opaque_data(protocol))
        protocols_hidden(&session->protocols[side]);
}

void
ppp_feed(struct session *session, enum side side, const uint8_t *packet, size_t len,
         struct mark mark)
{
    struct ppp_frame frame;
    struct ppp_packet control;

    if (ppp_is_hdlc_framed(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN)) {
        mark_once(&session->sstp.hdlc[side].first, mark);
        session->changed |= session->sstp.hdlc[side].frames++ == 0;
        protocols_hidden(&session->protocols[side]);
        return;
    }
    if (!ppp_decode_frame(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, &frame)) {
        protocols_hidden(&session->protocols[side]);
        return;
    }
    note_protocol(session, side, frame.protocol);
    if (!goodbye_has_left(session, side_other(side))) {
        mark_once(&session->ppp_first[side], mark);
        session->ppp_last[side] = mark;
    }
    header_compression(session, side, &frame, mark);
    if (ppp_is_network_data(frame.protocol)) {
        payload_feed(session, side, len, &frame, mark);
    } else if (ppp_is_opaque_data(frame.protocol)) {
        payload_feed_opaque(session, side, &frame, mark);
    } else {
        session->changed = true;
        if (ppp_is_control(frame.protocol) && ppp_decode_packet(frame.payload, &control))
            control_packet(session, side, frame.protocol, &control, mark);
    }
}
