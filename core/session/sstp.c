/* sstp.c - SSTP packets: control messages, and what is no packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "codec/describe.h"
#include "session/answers.h"
#include "session/clear.h"
#include "session/echo.h"
#include "session/goodbye.h"
#include "session/ppp.h"
#include "session/session.h"
#include "session/sstp_states.h"
#include "session/stages.h"
#include "session/state.h"

/* --- the call -------------------------------------------------------------------------------- */

static void
call_request(struct session *session, enum side side, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_enter(session, STAGE_SSTP, mark);
    mark_once(&sstp->call_request, mark);
    sstp->call_requests++;
    sstp->call_request_end = clear_end_offset(session, side);
}

/* What counts is the Ack that Call Connected answers. */
static void
call_ack(struct session *session, const struct sstp_message *message, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_enter(session, STAGE_SSTP, mark);
    stage_end(session, STAGE_SSTP, OUTCOME_OK, mark);
    answer_add(session, sstp->call_request, mark);
    if (mark_is_set(sstp->call_connected))
        return;
    if (mark_is_set(sstp->call_ack)) {
        sstp->has_earlier_nonce = true;
        memcpy(sstp->earlier_nonce, sstp->binding_request.nonce, sizeof sstp->earlier_nonce);
    }
    sstp->call_ack = mark;
    if (message->has_binding_request)
        sstp->binding_request = message->binding_request;
}

static void
call_nak(struct session *session, const struct sstp_message *message, struct mark mark)
{
    struct nak_facts *nak = &session->sstp.nak;
    struct buf value = buf_init(message->status.value, message->status.value_len);

    stage_enter(session, STAGE_SSTP, mark);
    mark_once(&session->sstp.call_nak, mark);
    nak->count++;
    nak->last = mark;
    nak->has_status = message->has_status;
    nak->attribute = message->status.attribute;
    nak->status = message->status.status;
    nak->has_value = buf_u16(&value, &nak->value);
}

static void
call_connected(struct session *session, const struct sstp_message *message, struct buf packet,
               struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_enter(session, STAGE_BINDING, mark);
    if (mark_is_set(sstp->call_connected))
        return;
    sstp->call_connected = mark;
    sstp->has_binding = message->has_binding;
    if (message->has_binding)
        sstp->binding = message->binding;
    sstp->has_message = message->has_binding && buf_left(&packet) == sizeof sstp->message &&
                        buf_copy(&packet, sstp->message, sizeof sstp->message);
}

static void
call_abort(struct session *session, enum side side, const struct sstp_message *message,
           struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    stage_go_on(session, STAGE_TEARDOWN, mark);
    if (mark_is_set(sstp->abort[side]))
        return;
    sstp->abort[side] = mark;
    sstp->has_status[side] = message->has_status;
    sstp->status[side] = message->status.status;
}

/* --- control messages ------------------------------------------------------------------------ */

static void
control_message(struct session *session, enum side side, const struct sstp_message *message,
                struct buf packet, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    switch (message->type) {
    case SSTP_CALL_CONNECT_REQUEST:
        call_request(session, side, mark);
        break;
    case SSTP_CALL_CONNECT_ACK:
        call_ack(session, message, mark);
        break;
    case SSTP_CALL_CONNECT_NAK:
        call_nak(session, message, mark);
        break;
    case SSTP_CALL_CONNECTED:
        call_connected(session, message, packet, mark);
        break;
    case SSTP_CALL_ABORT:
        call_abort(session, side, message, mark);
        break;
    case SSTP_CALL_DISCONNECT:
        stage_go_on(session, STAGE_TEARDOWN, mark);
        mark_once(&sstp->disconnect[side], mark);
        break;
    case SSTP_CALL_DISCONNECT_ACK:
        goodbye_acknowledged(session, side, mark);
        mark_once(&sstp->disconnect_ack[side], mark);
        break;
    case SSTP_ECHO_REQUEST:
        stage_enter(session, STAGE_KEEPALIVE, mark);
        echo_asked(session, side, true, 0, mark);
        break;
    case SSTP_ECHO_RESPONSE:
        stage_go_on(session, STAGE_KEEPALIVE, mark);
        if (!goodbye_has_left(session, side_other(side)))
            echo_answered(session, side_other(side), true, 0, mark);
        break;
    default:
        break;
    }
}

static void
add_malformed(struct session *session, enum side side, const struct sstp_message *message,
              enum sstp_result result, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;
    const struct malformed malformed = { mark, side, message->type, message->flaws, result };

    for (uint32_t i = 0; i < sstp->num_malformed; i++) {
        const struct malformed *known = &sstp->malformed[i];
        if (known->by == side && known->type == malformed.type && known->flaws == malformed.flaws &&
            known->result == result)
            return;
    }
    if (sstp->num_malformed < MALFORMED_MAX)
        PART_OF(&sstp->malformed, MALFORMED_MAX)[sstp->num_malformed++] = malformed;
}

static void
control_packet(struct session *session, enum side side, const uint8_t *packet, size_t len,
               struct mark mark)
{
    struct sstp_message message;
    enum sstp_result result = sstp_decode_control(packet, len, &message);

    if (result != SSTP_OK || message.flaws)
        add_malformed(session, side, &message, result, mark);
    if (result == SSTP_BAD_LENGTH || result == SSTP_BAD_VERSION || result == SSTP_NEED_MORE)
        return;
    /* One that MS-SSTP does not have fits no state; it is malformed. */
    if (!(message.flaws & SSTP_FLAW_MESSAGE_UNKNOWN))
        sstp_states_follow(&session->sstp, side, message.type, mark);
    control_message(session, side, &message, buf_init(packet, len), mark);
}

/* --- packets --------------------------------------------------------------------------------- */

/* Packets of the tunnel are counted, whatever else is told one by one. */
static void
tell_trace(struct trace *trace, enum side side, bool control, const uint8_t *packet, size_t len,
           struct mark mark)
{
    struct ppp_frame frame;

    if (!control && ppp_decode_frame(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, &frame) &&
        (ppp_is_network_data(frame.protocol) || ppp_is_opaque_data(frame.protocol))) {
        trace_data(trace, side, buf_left(&frame.payload), mark);
        return;
    }
    char *text = describe_packet(packet, len);
    trace_message(trace, control ? TRACE_SSTP : TRACE_PPP, side, len, text, mark);
    g_free(text);
    char *content = describe_content(packet, len);
    trace_content(trace, content);
    g_free(content);
}

void
session_feed_packet(struct session *session, enum side side, const uint8_t *packet, size_t len,
                    struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;
    struct sstp_header header;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return;
    clear_begin(session, side, mark);
    if (conn_trace(session->conn))
        tell_trace(conn_trace(session->conn), side, header.control, packet, len, mark);
    sstp->packets[side]++;
    if (!goodbye_has_left(session, side_other(side)))
        sstp->last[side] = mark;
    if (side == SIDE_SERVER && mark_is_set(sstp->call_connected) &&
        !mark_is_set(sstp->after_connected)) {
        sstp->after_connected = mark;
        session->changed = true;
    }
    if (header.control) {
        session->changed = true;
        control_packet(session, side, packet, len, mark);
    } else {
        sstp->data[side]++;
        ppp_feed(session, side, packet, len, mark);
    }
}

void
session_feed_junk(struct session *session, enum side side, struct mark mark)
{
    struct sstp_facts *sstp = &session->sstp;

    /* What a server sends behind its HTTP answer may be the body of a web page. */
    bool expected =
        sstp->packets[side] > 0 || (side == SIDE_CLIENT && mark_is_set(session->http.response) &&
                                    session->stages[STAGE_HTTP].outcome == OUTCOME_OK);

    session->changed = true;
    sstp->junk++;
    if (mark_is_set(sstp->junk_at) || !expected)
        return;
    sstp->junk_at = mark;
    sstp->junk_by = side;
}
