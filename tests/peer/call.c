/* call.c - one SSTP call of a test server: HTTP, control messages, crypto binding
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "call.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "codec/framing.h"
#include "codec/http.h"
#include "base/wipe.h"

#define SECOND G_USEC_PER_SEC

/* How long an abort and a goodbye wait for their answer. */
enum { TICK_MS = 10, ABORT_SECONDS = 1, GOODBYE_SECONDS = 3 };

static void
say(const struct call *call, const char *what)
{
    (void)call;
    fprintf(stderr, "server: %s\n", what);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void
send_message(struct call *call, const struct sstp_message *message)
{
    GByteArray *packet = g_byte_array_new();

    if (sstp_encode_control(message, packet))
        link_send(&call->link, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
send_plain(struct call *call, enum sstp_message_type type)
{
    const struct sstp_message message = { .type = (uint16_t)type };

    send_message(call, &message);
}

static void
send_status(struct call *call, enum sstp_message_type type, enum sstp_attribute attribute,
            enum sstp_status status)
{
    const struct sstp_message message = {
        .type = (uint16_t)type,
        .has_status = true,
        .status = { .attribute = (uint8_t)attribute, .status = status },
    };

    send_message(call, &message);
}

static void
close_in(struct call *call, int seconds)
{
    if (call->close_at == 0)
        call->close_at = g_get_monotonic_time() + seconds * SECOND;
}

static void
send_abort(struct call *call, enum sstp_attribute attribute, enum sstp_status status)
{
    say(call, "sends Call Abort");
    call->aborted = true;
    send_status(call, SSTP_CALL_ABORT, attribute, status);
    close_in(call, ABORT_SECONDS);
}

void
call_send_ppp(struct call *call, const uint8_t *frame, size_t len)
{
    GByteArray *packet = g_byte_array_new();

    if (!call->aborted && sstp_encode_data(frame, len, packet))
        link_send(&call->link, packet->data, packet->len);
    g_byte_array_unref(packet);
}

void
call_disconnect(struct call *call)
{
    if (call->disconnected || call->aborted)
        return;
    call->disconnected = true;
    send_status(call, SSTP_CALL_DISCONNECT, SSTP_ATTR_NO_ERROR, SSTP_STATUS_NO_ERROR);
    close_in(call, GOODBYE_SECONDS);
}

bool
call_fault(struct call *call, enum stage stage)
{
    const struct options *options = call->options;

    if (stage == options->silent) {
        say(call, "falls silent");
        call->link.mute = true;
    } else if (stage == options->abort) {
        send_abort(call, SSTP_ATTR_NO_ERROR, SSTP_STATUS_INVALID_FRAME_RECEIVED);
    } else if (stage == options->close) {
        say(call, "resets the connection");
        call->over = call->reset = true;
    } else {
        return false;
    }
    return true;
}

/* --- crypto binding --------------------------------------------------------------------------- */

bool
call_hear_chap(struct call *call, const struct ppp_packet *packet)
{
    struct login *login = &call->login;
    struct ppp_chap_value chap;
    uint8_t response[LOGIN_RESPONSE_LEN], given[LOGIN_RESPONSE_LEN];

    if (!ppp_decode_chap_value(packet->data, &chap))
        return false;
    if (packet->code == CHAP_CHALLENGE)
        return buf_copy(&chap.value, login->challenge, sizeof login->challenge);
    if (packet->code != CHAP_RESPONSE || !buf_copy(&chap.value, given, sizeof given))
        return false;
    memcpy(login->peer_challenge, given, sizeof login->peer_challenge);
    g_free(call->user);
    call->user = g_strndup((const char *)chap.name.p, buf_left(&chap.name));
    login_response(login, call->user, LOGIN_PASSWORD, response);
    const size_t at = sizeof given - 1 - MSCHAPV2_NT_RESPONSE_LEN;
    return memcmp(given + at, response + at, MSCHAPV2_NT_RESPONSE_LEN) == 0;
}

/* MS-SSTP 3.3.5.2.3. A certificate hash that was set by hand is the one of another certificate. */
static bool
is_bound(const struct call *call, const uint8_t *packet, const struct sstp_message *message)
{
    static const struct binding_form form = { 0 };
    const struct sstp_binding *binding = &message->binding;
    const struct login *login = &call->login;
    uint8_t mac[SSTP_HASH_MAX_LEN];
    struct binding_cert cert = call->link.cert;

    if (call->options->wrong_hash) {
        cert.sha1[0] ^= 0xff;
        cert.sha256[0] ^= 0xff;
    }
    if (!message->has_binding || message->length != BINDING_MESSAGE_LEN)
        return false;
    size_t len = binding_mac(binding->bitmask, login->hlak, sizeof login->hlak, &form, packet, mac);
    return memcmp(binding->nonce, call->nonce, sizeof call->nonce) == 0 &&
           binding_cert_matches(binding, &cert) && len > 0 && len == binding->hash_len &&
           memcmp(binding->mac, mac, len) == 0;
}

/* --- receiving: the set-up -------------------------------------------------------------------- */

static void
hear_request(struct call *call, const struct http_head *head)
{
    static const char answer[] = "HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\n"
                                 "Server: sstpdiag-peer\r\n\r\n";
    static const char refusal[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    const bool good = http_method_is(head, "SSTP_DUPLEX_POST");

    if (call_fault(call, STAGE_HTTP))
        return;
    link_send_head(&call->link, good ? answer : refusal);
    call->answered = good;
    if (!good)
        close_in(call, 0);
}

static void
hear_call_request(struct call *call)
{
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_ACK, .has_binding_request = true };

    say(call, "was sent Call Connect Request");
    if (call_fault(call, STAGE_SSTP))
        return;
    if (call->options->nak) {
        say(call, "sends Call Connect Nak");
        send_status(call, SSTP_CALL_CONNECT_NAK, SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID,
                    SSTP_STATUS_VALUE_NOT_SUPPORTED);
        close_in(call, GOODBYE_SECONDS);
        return;
    }
    gcry_create_nonce(call->nonce, sizeof call->nonce);
    message.binding_request.bitmask = SSTP_HASH_SHA1 | SSTP_HASH_SHA256;
    memcpy(message.binding_request.nonce, call->nonce, sizeof call->nonce);
    send_message(call, &message);
    call->accepted = true;
    if (!call->pppd)
        script_start(&call->script);
}

static void
hear_call_connected(struct call *call, const uint8_t *packet, const struct sstp_message *message)
{
    if (call_fault(call, STAGE_BINDING))
        return;
    if (!is_bound(call, packet, message)) {
        send_abort(call, SSTP_ATTR_CRYPTO_BINDING, SSTP_STATUS_VALUE_NOT_SUPPORTED);
        return;
    }
    say(call, "crypto binding holds");
    call->bound = true;
    if (call->pppd)
        call->was_up = true;
    else
        script_bound(&call->script);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void
hear_abort(struct call *call)
{
    if (call->aborted) {
        call->over = true;
        return;
    }
    say(call, "was told Call Abort");
    call->aborted = true;
    send_plain(call, SSTP_CALL_ABORT);
    close_in(call, ABORT_SECONDS);
}

static void
hear_control(struct call *call, const uint8_t *packet, size_t len)
{
    struct sstp_message message;

    if (sstp_decode_control(packet, len, &message) != SSTP_OK) {
        send_abort(call, SSTP_ATTR_NO_ERROR, SSTP_STATUS_INVALID_FRAME_RECEIVED);
        return;
    }
    if (message.type == SSTP_ECHO_REQUEST) {
        if (!call->options->no_echo)
            send_plain(call, SSTP_ECHO_RESPONSE);
    } else if (message.type == SSTP_CALL_ABORT) {
        hear_abort(call);
    } else if (message.type == SSTP_CALL_DISCONNECT) {
        call->disconnected = true;
        send_plain(call, SSTP_CALL_DISCONNECT_ACK);
        close_in(call, ABORT_SECONDS);
    } else if (message.type == SSTP_CALL_DISCONNECT_ACK) {
        call->over = true;
    } else if (message.type == SSTP_CALL_CONNECT_REQUEST && !call->accepted) {
        hear_call_request(call);
    } else if (message.type == SSTP_CALL_CONNECTED && call->accepted && !call->bound) {
        hear_call_connected(call, packet, &message);
    }
}

/* pppd tells nobody the keys it makes; they follow from what both sides say. */
static void
overhear(struct call *call, const uint8_t *data, size_t len)
{
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (ppp_decode_frame(data, len, &frame) && frame.protocol == PPP_CHAP &&
        ppp_decode_packet(frame.payload, &packet))
        call_hear_chap(call, &packet);
}

static void
hear_packet(struct call *call, const uint8_t *packet, size_t len)
{
    struct sstp_header header;

    call->heard_at = g_get_monotonic_time();
    call->echo_open = false;
    if (!call->was_up)
        call->progress_at = call->heard_at;
    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return;
    if (header.control) {
        hear_control(call, packet, len);
    } else if (call->accepted && call->pppd) {
        overhear(call, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
        pty_send(call->pppd, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
    } else if (call->accepted) {
        script_hear(&call->script, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
    }
}

/* Takes the pieces off what has come. */
static void
hear(struct call *call)
{
    GByteArray *in = call->link.in;

    while (in->len > 0 && !call->over) {
        const struct piece piece = framing_next(in->data, in->len);
        struct http_head head;

        if (piece.kind == PIECE_NEED_MORE)
            return;
        if (piece.kind == PIECE_PACKET && call->answered) {
            hear_packet(call, in->data, piece.len);
        } else if (piece.kind == PIECE_HTTP && !call->answered &&
                   http_decode(in->data, piece.len, &head) == HTTP_OK && head.request) {
            hear_request(call, &head);
        } else {
            say(call, "got what is no SSTP");
            call->over = true;
            return;
        }
        g_byte_array_remove_range(in, 0, (guint)piece.len);
    }
}

/* --- time ------------------------------------------------------------------------------------- */

/* The hello timer (MS-SSTP 3.1.2.3): asks once, then gives up. */
static void
keep_alive(struct call *call, int64_t now)
{
    if (!call->was_up || call->options->hello == 0 ||
        now < call->heard_at + call->options->hello * SECOND)
        return;
    call->heard_at = now;
    if (call->echo_open)
        send_abort(call, SSTP_ATTR_NO_ERROR, SSTP_STATUS_RETRY_COUNT_EXCEEDED);
    else
        send_plain(call, SSTP_ECHO_REQUEST);
    call->echo_open = true;
}

static void
tick(struct call *call)
{
    const int64_t now = g_get_monotonic_time();

    link_flush(&call->link);
    if (call->close_at != 0) {
        call->over = call->over || now >= call->close_at;
        return;
    }
    if (call->accepted && !call->pppd)
        script_tick(&call->script, now);
    keep_alive(call, now);
    if (call->was_up || call->close_at != 0 ||
        now < call->progress_at + call->options->patience * SECOND)
        return;
    say(call, "gives up");
    if (call->answered)
        send_abort(call, SSTP_ATTR_NO_ERROR, SSTP_STATUS_NEGOTIATION_TIMEOUT);
    else
        call->over = true;
}

/* --- the call --------------------------------------------------------------------------------- */

static void
hear_pppd(void *data, const uint8_t *frame, size_t len)
{
    struct call *call = data;

    overhear(call, frame, len);
    call_send_ppp(call, frame, len);
}

static void
wait_and_hear(struct call *call)
{
    struct pollfd fds[] = { { .fd = call->link.fd, .events = POLLIN },
                            { .fd = call->pppd && call->accepted ? pty_fd(call->pppd) : -1,
                              .events = POLLIN } };

    if (poll(fds, G_N_ELEMENTS(fds), TICK_MS) > 0) {
        const bool open = fds[0].revents == 0 || link_receive(&call->link);

        hear(call);
        call->over = call->over || !open;
        if (fds[1].revents != 0 && !pty_receive(call->pppd, hear_pppd, call))
            call_disconnect(call);
    }
    tick(call);
}

static bool
set_up(struct call *call)
{
    GError *error = NULL;
    bool good;

    if (call->options->close == STAGE_TLS)
        return !call_fault(call, STAGE_TLS);
    if (call->options->silent == STAGE_TLS) {
        struct pollfd gone = { .fd = call->link.fd, .events = POLLRDHUP };

        call_fault(call, STAGE_TLS);
        poll(&gone, 1, call->options->patience * 1000);
        return false;
    }
    good = link_open(&call->link, &error);
    if (good && call->options->pppd) {
        call->pppd = pty_new(call->options->pppd, &error);
        good = call->pppd != NULL;
    }
    if (error)
        say(call, error->message);
    g_clear_error(&error);
    return good;
}

bool
call_run(const struct options *options, int fd)
{
    struct call *call = g_new0(struct call, 1);
    bool good;

    call->options = options;
    link_init(&call->link, options, fd);
    script_init(&call->script, call);
    if (set_up(call)) {
        call->heard_at = call->progress_at = g_get_monotonic_time();
        while (!call->over)
            wait_and_hear(call);
    }
    good = call->was_up && call->disconnected && !call->aborted;
    say(call, good ? "call was up and has ended" : "call has failed");
    link_close(&call->link, call->reset);
    pty_free(call->pppd);
    script_clear(&call->script);
    g_free(call->user);
    wipe(call, sizeof *call);
    g_free(call);
    return good;
}
