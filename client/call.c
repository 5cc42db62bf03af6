/* call.c - an SSTP call of a client
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "call.h"

#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "bind.h"
#include "codec/framing.h"
#include "codec/http.h"

/* MS-SSTP 3.2.2: waits for the answer to a goodbye, and after an abort. */
enum { ABORT_SECONDS = 1, DISCONNECT_SECONDS = 5, HELLO_TRIES = 1 };

struct call {
    struct call_options options;
    struct phases phases;
    enum call_step step;
    enum call_end end;
    int64_t step_at;  /* since when it is in this step */
    int64_t heard_at; /* last packet */
    int64_t close_at; /* INT64_MAX: it does not leave yet */
    unsigned hellos;  /* sent and not answered */
    unsigned heard;   /* packets in this step */
    enum call_step waited_in;
    bool waited_in_silence;
    unsigned heard_in_wait;
    bool aborted, disconnected, bound, sha256;
    unsigned http_status;
    char *http_server;
    uint8_t hashes, nonce[SSTP_NONCE_LEN];
    GByteArray *in;     /* clear bytes that are no whole piece yet */
    GQueue *out;        /* GByteArray */
    GByteArray *given;  /* what call_output() gave last, or NULL */
    GByteArray *gotten; /* what call_received_ip() gave last, or NULL */
};

/* --- steps ------------------------------------------------------------------------------------ */

static void
enter(struct call *call, enum call_step step, int64_t now)
{
    if (step <= call->step)
        return;
    call->step = step;
    call->step_at = now;
    call->heard = 0;
}

static void
end(struct call *call, enum call_end reason)
{
    if (call->end == CALL_END_NONE)
        call->end = reason;
}

static void
be_over(struct call *call, enum call_end reason, int64_t now)
{
    end(call, reason);
    enter(call, CALL_OVER, now);
}

static void
leave(struct call *call, enum call_end reason, unsigned seconds, int64_t now)
{
    end(call, reason);
    enter(call, CALL_LEAVING, now);
    call->close_at = MIN(call->close_at, now + seconds * NS_PER_SECOND);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void
send_message(struct call *call, const struct sstp_message *message)
{
    GByteArray *packet = g_byte_array_new();

    sstp_encode_control(message, packet);
    g_queue_push_tail(call->out, packet);
}

static void
send_plain(struct call *call, enum sstp_message_type type)
{
    send_message(call, &(struct sstp_message){ .type = (uint16_t)type });
}

static void
send_status(struct call *call, enum sstp_message_type type, enum sstp_status status)
{
    send_message(call, &(struct sstp_message){
                           .type = (uint16_t)type,
                           .has_status = true,
                           .status = { .attribute = SSTP_ATTR_NO_ERROR, .status = status },
                       });
}

static void
send_abort(struct call *call, enum sstp_status status, enum call_end reason, int64_t now)
{
    if (!call->aborted)
        send_status(call, SSTP_CALL_ABORT, status);
    call->aborted = true;
    leave(call, reason, ABORT_SECONDS, now);
}

static void
send_disconnect(struct call *call, enum call_end reason, int64_t now)
{
    if (call->disconnected || call->aborted)
        return;
    call->disconnected = true;
    send_status(call, SSTP_CALL_DISCONNECT, SSTP_STATUS_NO_ERROR);
    call->close_at = INT64_MAX;
    leave(call, reason, DISCONNECT_SECONDS, now);
}

/* MS-SSTP 3.2.4.1 */
static void
send_request(struct call *call)
{
    char *text = g_strdup_printf(
        "SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n"
        "Host: %s\r\nContent-Length: 18446744073709551615\r\nSSTPCORRELATIONID: %s\r\n\r\n",
        call->options.host, call->options.correlation_id);
    GByteArray *head = g_byte_array_new();

    g_byte_array_append(head, (const uint8_t *)text, (guint)strlen(text));
    g_queue_push_tail(call->out, head);
    g_free(text);
}

/* --- PPP -------------------------------------------------------------------------------------- */

static void
bind_call(struct call *call, int64_t now)
{
    GByteArray *packet = g_byte_array_new();

    if (!bind_append(packet, call->hashes, call->nonce, &call->options.cert,
                     call->phases.login.hlak)) {
        g_byte_array_unref(packet);
        end(call, CALL_END_NO_BINDING);
        phases_close(&call->phases, now);
        return;
    }
    g_queue_push_tail(call->out, packet);
    call->bound = true;
    call->sha256 = (call->hashes & SSTP_HASH_SHA256) != 0;
    enter(call, CALL_NCP, now);
    phases_bound(&call->phases, now);
}

static enum call_end
reason_of_end(const struct call *call)
{
    const struct phases *phases = &call->phases;

    switch (phases->login.state) {
    case LOGIN_REFUSED:
        return CALL_END_REFUSED;
    case LOGIN_NOT_PROVEN:
        return CALL_END_NOT_PROVEN;
    case LOGIN_NO_SECRET:
        return CALL_END_NO_SECRET;
    default:
        break;
    }
    if (phases->peer_terminates)
        return CALL_END_TERMINATED;
    return phases->ends_after_lcp && phases->was_open ? CALL_END_HUNG_UP : CALL_END_TIMEOUT;
}

static void
send_frames(struct call *call)
{
    GByteArray *frame;

    while ((frame = g_queue_pop_head(call->phases.frames))) {
        GByteArray *packet = g_byte_array_new();

        if (!call->aborted && !call->disconnected &&
            sstp_encode_data(frame->data, frame->len, packet))
            g_queue_push_tail(call->out, packet);
        else
            g_byte_array_unref(packet);
        wipe(frame->data, frame->len);
        g_byte_array_unref(frame);
    }
}

/* After whatever PPP was told. */
static void
follow_phases(struct call *call, int64_t now)
{
    const struct phases *phases = &call->phases;

    send_frames(call);
    if (phases->was_open)
        enter(call, CALL_AUTH, now);
    if (phases->phase == PHASE_AUTHENTICATED)
        bind_call(call, now);
    send_frames(call);
    if (phases->phase == PHASE_UP)
        enter(call, CALL_UP, now);
    if (phases->phase == PHASE_TERMINATE)
        leave(call, reason_of_end(call), CALL_PATIENCE_SECONDS, now);
    if (phases->phase == PHASE_DEAD)
        send_disconnect(call, reason_of_end(call), now);
}

/* --- receiving: control messages -------------------------------------------------------------- */

static void
hear_ack(struct call *call, const struct sstp_message *message, int64_t now)
{
    if (call->step != CALL_SSTP)
        return;
    call->hashes = message->has_binding_request ? message->binding_request.bitmask : 0;
    memcpy(call->nonce, message->binding_request.nonce, sizeof call->nonce);
    enter(call, CALL_LCP, now);
    phases_start(&call->phases, now);
    follow_phases(call, now);
}

static void
hear_abort(struct call *call, int64_t now)
{
    if (call->aborted) {
        be_over(call, CALL_END_ABORTED, now);
        return;
    }
    call->aborted = true;
    send_plain(call, SSTP_CALL_ABORT);
    leave(call, CALL_END_ABORTED, ABORT_SECONDS, now);
}

static void
hear_disconnect(struct call *call, int64_t now)
{
    call->disconnected = true;
    send_plain(call, SSTP_CALL_DISCONNECT_ACK);
    leave(call, CALL_END_DISCONNECTED, ABORT_SECONDS, now);
}

static void
hear_control(struct call *call, const uint8_t *packet, size_t len, int64_t now)
{
    struct sstp_message message;

    if (sstp_decode_control(packet, len, &message) != SSTP_OK) {
        send_abort(call, SSTP_STATUS_INVALID_FRAME_RECEIVED, CALL_END_NO_SSTP, now);
        return;
    }
    switch (message.type) {
    case SSTP_CALL_CONNECT_ACK:
        hear_ack(call, &message, now);
        break;
    case SSTP_CALL_CONNECT_NAK:
        if (call->step == CALL_SSTP)
            be_over(call, CALL_END_NAK, now);
        break;
    case SSTP_CALL_ABORT:
        hear_abort(call, now);
        break;
    case SSTP_CALL_DISCONNECT:
        hear_disconnect(call, now);
        break;
    case SSTP_CALL_DISCONNECT_ACK:
        if (call->disconnected)
            be_over(call, CALL_END_HUNG_UP, now);
        break;
    case SSTP_ECHO_REQUEST:
        send_plain(call, SSTP_ECHO_RESPONSE);
        break;
    default:
        break;
    }
}

static void
hear_packet(struct call *call, const uint8_t *packet, size_t len, int64_t now)
{
    struct sstp_header header;

    call->heard_at = now;
    call->hellos = 0;
    call->heard++;
    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return;
    if (header.control) {
        hear_control(call, packet, len, now);
    } else if (call->step >= CALL_LCP) {
        phases_receive(&call->phases, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, now);
        follow_phases(call, now);
    }
}

/* --- receiving: bytes ------------------------------------------------------------------------- */

static void
hear_answer(struct call *call, size_t len, int64_t now)
{
    const struct sstp_message request = { .type = SSTP_CALL_CONNECT_REQUEST,
                                          .has_protocol = true,
                                          .protocol = SSTP_ENCAPSULATED_PPP };
    struct http_head head;

    if (http_decode(call->in->data, len, &head) != HTTP_OK || head.request) {
        be_over(call, CALL_END_NO_SSTP, now);
        return;
    }
    call->http_status = head.status;
    text_once(&call->http_server, head.server);
    if (head.status != HTTP_STATUS_OK) {
        be_over(call, CALL_END_HTTP, now);
        return;
    }
    enter(call, CALL_SSTP, now);
    send_message(call, &request);
}

void
call_receive(struct call *call, const uint8_t *clear, size_t len, int64_t now)
{
    guint taken = 0;

    if (call->step == CALL_OVER)
        return;
    g_byte_array_append(call->in, clear, (guint)len);
    while (taken < call->in->len && call->step != CALL_OVER) {
        const uint8_t *at = call->in->data + taken;
        const struct piece piece = framing_next(at, call->in->len - taken);

        if (piece.kind == PIECE_NEED_MORE)
            break;
        if (piece.kind == PIECE_PACKET && call->step > CALL_HTTP)
            hear_packet(call, at, piece.len, now);
        else if (piece.kind == PIECE_HTTP && call->step == CALL_HTTP && taken == 0)
            hear_answer(call, piece.len, now);
        else
            be_over(call, CALL_END_NO_SSTP, now);
        taken += (guint)piece.len;
    }
    g_byte_array_remove_range(call->in, 0, MIN(taken, call->in->len));
}

/* --- time ------------------------------------------------------------------------------------- */

static int64_t
patience(const struct call *call)
{
    const unsigned seconds = call->options.patience;

    return (seconds ? seconds : CALL_PATIENCE_SECONDS) * NS_PER_SECOND;
}

/* When the step takes too long; a tunnel that is up asks by echoes instead. */
static int64_t
step_deadline(const struct call *call)
{
    if (call->step == CALL_UP)
        return call->options.hello ? call->heard_at + call->options.hello * NS_PER_SECOND
                                   : INT64_MAX;
    return call->step == CALL_LEAVING ? call->close_at : call->step_at + patience(call);
}

int64_t
call_deadline(const struct call *call)
{
    return call->step == CALL_OVER ? INT64_MAX
                                   : MIN(step_deadline(call), phases_deadline(&call->phases));
}

/* The hello timer (MS-SSTP 3.1.2.3): asks once, then gives up. */
static void
keep_alive(struct call *call, int64_t now)
{
    call->heard_at = now;
    if (call->hellos++ < HELLO_TRIES)
        send_plain(call, SSTP_ECHO_REQUEST);
    else
        send_abort(call, SSTP_STATUS_RETRY_COUNT_EXCEEDED, CALL_END_UNANSWERED, now);
}

/* A server that answers late, and then stops, has not been silent. */
static void
note_wait(struct call *call, int64_t now)
{
    if (call->step == CALL_LEAVING || call->end != CALL_END_NONE)
        return;
    call->waited_in = call->step;
    call->heard_in_wait = call->heard;
    call->waited_in_silence = call->in->len == 0 && now - MAX(call->heard_at, call->step_at) >=
                                                        patience(call) - NS_PER_SECOND;
}

static void
give_up(struct call *call, int64_t now)
{
    if (call->step != CALL_UP)
        note_wait(call, now);
    if (call->step == CALL_UP)
        keep_alive(call, now);
    else if (call->step == CALL_HTTP || call->step == CALL_LEAVING)
        be_over(call, CALL_END_TIMEOUT, now);
    else
        send_abort(call, SSTP_STATUS_NEGOTIATION_TIMEOUT, CALL_END_TIMEOUT, now);
}

void
call_tick(struct call *call, int64_t now)
{
    if (call->step == CALL_OVER)
        return;
    phases_tick(&call->phases, now);
    if (call->step >= CALL_LCP && !call->aborted)
        follow_phases(call, now);
    if (now >= step_deadline(call))
        give_up(call, now);
}

bool
call_fill(struct call *call, bool echo, size_t len)
{
    const bool open = call->step >= CALL_AUTH && call->step <= CALL_UP;
    const bool good = open && lcp_fill(&call->phases.lcp, echo, len);

    send_frames(call);
    return good;
}

/* --- life ------------------------------------------------------------------------------------- */

struct call *
call_new(const struct call_options *options, int64_t now)
{
    struct call *call = g_new0(struct call, 1);

    call->options = *options;
    call->step_at = call->heard_at = now;
    call->close_at = INT64_MAX;
    call->waited_in = CALL_OVER;
    call->in = g_byte_array_new();
    call->out = g_queue_new();
    phases_init(&call->phases, &(struct phases_wants){ .user = options->user,
                                                       .stays = options->stays,
                                                       .secret = options->secret,
                                                       .secret_data = options->secret_data,
                                                       .identity = options->identity,
                                                       .random = options->random,
                                                       .random_data = options->random_data,
                                                       .methods = options->methods,
                                                       .mru = options->mru });
    send_request(call);
    return call;
}

static void
packet_free(gpointer data)
{
    GByteArray *packet = data;

    if (!packet)
        return;
    wipe(packet->data, packet->len);
    g_byte_array_unref(packet);
}

void
call_free(struct call *call)
{
    if (!call)
        return;
    phases_clear(&call->phases);
    g_queue_free_full(call->out, packet_free);
    packet_free(call->given);
    packet_free(call->gotten);
    packet_free(call->in);
    g_free(call->http_server);
    wipe(call, sizeof *call);
    g_free(call);
}

void
call_closed(struct call *call)
{
    if (call->step < CALL_OVER)
        call->step = CALL_OVER;
    end(call, CALL_END_TIMEOUT);
}

static bool
give(GQueue *queue, GByteArray **given, struct buf *packet)
{
    packet_free(*given);
    *given = g_queue_pop_head(queue);
    if (*given)
        *packet = buf_init((*given)->data, (*given)->len);
    return *given != NULL;
}

bool
call_output(struct call *call, struct buf *packet)
{
    return give(call->out, &call->given, packet);
}

bool
call_received_ip(struct call *call, struct buf *packet)
{
    return give(call->phases.packets, &call->gotten, packet);
}

bool
call_send_ip(struct call *call, struct buf packet)
{
    const bool good = phases_send_ip(&call->phases, packet);

    send_frames(call);
    return good;
}

void
call_hang_up(struct call *call, int64_t now)
{
    if (call->step >= CALL_LEAVING)
        return;
    end(call, CALL_END_HUNG_UP);
    if (call->step < CALL_LCP) {
        be_over(call, CALL_END_HUNG_UP, now);
        return;
    }
    phases_close(&call->phases, now);
    follow_phases(call, now);
}

enum call_step
call_step(const struct call *call)
{
    return call->step;
}

enum call_end
call_end(const struct call *call)
{
    return call->end;
}

struct call_facts
call_facts(const struct call *call)
{
    return (struct call_facts){
        .http_status = call->http_status,
        .http_server = call->http_server,
        .hashes = call->hashes,
        .sha256 = call->sha256,
        .accepted = call->phases.phase != PHASE_BEFORE,
        .bound = call->bound,
        .lcp_opened = call->phases.was_open,
        .was_up = call->phases.was_up,
        .waited_in = call->waited_in,
        .waited_in_silence = call->waited_in_silence,
        .heard_in_step = call->heard_in_wait,
        .lcp = &call->phases.lcp,
        .ipcp = &call->phases.ipcp,
        .ipv6cp = &call->phases.ipv6cp,
        .callbacks = call->phases.callbacks,
        .login = &call->phases.login,
    };
}
