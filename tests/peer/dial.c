/* dial.c - the test client: the product's own, with a filter that lets it do wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dial.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "client/call.h"
#include "client/ping.h"
#include "link.h"

#define PING_EVERY (NS_PER_SECOND / 10)

enum { TICK_MS = 10, ABORT_SECONDS = 1, PING_ID = 0x5350, NS_PER_US = 1000 };

struct dial {
    const struct options *options;
    const char *password;
    struct link link;
    struct call *call;
    bool aborted, reset;
    int64_t close_at; /* after an abort of ours; 0: not closing */
    int pings;        /* sent */
    int64_t ping_at, end_at;
};

static int64_t
now_ns(void)
{
    return g_get_monotonic_time() * NS_PER_US;
}

static void
say(const char *what)
{
    fprintf(stderr, "client: %s\n", what);
}

static bool
hand_out(void *data, struct login_secret *secret)
{
    const struct dial *dial = data;

    secret->len = strlen(dial->password);
    memcpy(secret->bytes, dial->password, secret->len);
    return true;
}

static void
get_random(void *data, uint8_t *bytes, size_t len)
{
    (void)data;
    gcry_create_nonce(bytes, len);
}

/* --- faults ----------------------------------------------------------------------------------- */

static enum stage
stage_of_frame(struct buf packet)
{
    struct ppp_frame frame;

    if (!buf_skip(&packet, SSTP_HEADER_LEN) ||
        !ppp_decode_frame(packet.p, buf_left(&packet), &frame))
        return STAGE_COUNT;
    if (frame.protocol == PPP_LCP)
        return STAGE_LCP;
    if (frame.protocol == PPP_IPCP)
        return STAGE_NCP;
    return ppp_is_authentication(frame.protocol) ? STAGE_AUTH : STAGE_COUNT;
}

/* In which stage a packet is sent; STAGE_COUNT: in none that begins with it. */
static enum stage
stage_of(struct buf packet)
{
    struct sstp_header header;
    struct sstp_message message;

    if (sstp_decode_header(packet.p, buf_left(&packet), &header) != SSTP_OK)
        return STAGE_HTTP;
    if (!header.control)
        return stage_of_frame(packet);
    sstp_decode_control(packet.p, buf_left(&packet), &message);
    if (message.type == SSTP_CALL_CONNECT_REQUEST)
        return STAGE_SSTP;
    return message.type == SSTP_CALL_CONNECTED ? STAGE_BINDING : STAGE_COUNT;
}

static void
send_abort(struct dial *dial)
{
    const struct sstp_message message = {
        .type = SSTP_CALL_ABORT,
        .has_status = true,
        .status = { .attribute = SSTP_ATTR_NO_ERROR, .status = SSTP_STATUS_INVALID_FRAME_RECEIVED },
    };
    GByteArray *packet = g_byte_array_new();

    say("sends Call Abort");
    sstp_encode_control(&message, packet);
    link_send(&dial->link, packet->data, packet->len);
    g_byte_array_unref(packet);
    dial->aborted = true;
    dial->close_at = now_ns() + ABORT_SECONDS * NS_PER_SECOND;
}

/* Does what is to go wrong in this stage. True when the stage is not to go on. */
static bool
fault(struct dial *dial, enum stage stage)
{
    const struct options *options = dial->options;

    if (stage == STAGE_COUNT)
        return false;
    if (stage == options->silent) {
        say("falls silent");
        dial->link.mute = true;
    } else if (stage == options->abort) {
        send_abort(dial);
    } else if (stage == options->close) {
        say("resets the connection");
        dial->reset = true;
    } else {
        return false;
    }
    return true;
}

/* A Call Connected whose MAC was made without keys. */
static void
send_unkeyed(struct dial *dial, struct buf packet)
{
    static const struct binding_form form = { 0 };
    static const uint8_t hlak[BINDING_HLAK_LEN] = { 0 };
    uint8_t message[BINDING_MESSAGE_LEN], mac[SSTP_HASH_MAX_LEN];
    struct sstp_message decoded;

    sstp_decode_control(packet.p, buf_left(&packet), &decoded);
    buf_copy(&packet, message, sizeof message);
    const size_t len = binding_mac(decoded.binding.bitmask, hlak, sizeof hlak, &form, message, mac);
    memcpy(message + BINDING_MAC_OFFSET, mac, len);
    link_send(&dial->link, message, sizeof message);
}

static void
send_packet(struct dial *dial, struct buf packet)
{
    const enum stage stage = stage_of(packet);

    if (dial->aborted || dial->reset || fault(dial, stage))
        return;
    if (stage == STAGE_HTTP) {
        char *head = g_strndup((const char *)packet.p, buf_left(&packet));
        link_send_head(&dial->link, head);
        g_free(head);
    } else if (stage == STAGE_BINDING && dial->options->no_binding_keys) {
        send_unkeyed(dial, packet);
    } else {
        link_send(&dial->link, packet.p, buf_left(&packet));
    }
}

/* --- the tunnel ------------------------------------------------------------------------------- */

static void
send_ping(struct dial *dial)
{
    const struct ipcp *ipcp = call_facts(dial->call).ipcp;
    GByteArray *ping = g_byte_array_new();

    ping_append(ping, ipcp->address, ipcp->peer_address, PING_ID, (uint16_t)dial->pings,
                (size_t)dial->options->ping_size);
    call_send_ip(dial->call, buf_init(ping->data, ping->len));
    g_byte_array_unref(ping);
    dial->pings++;
}

static void
use_tunnel(struct dial *dial, int64_t now)
{
    const struct options *options = dial->options;
    struct buf packet;

    while (call_received_ip(dial->call, &packet))
        ;
    if (call_step(dial->call) != CALL_UP)
        return;
    if (dial->end_at == 0) {
        dial->ping_at = now;
        dial->end_at = now + options->stay * NS_PER_SECOND;
        fault(dial, STAGE_DATA);
    }
    if (dial->pings < options->pings && now >= dial->ping_at) {
        send_ping(dial);
        dial->ping_at = now + PING_EVERY;
    }
    if (dial->pings >= options->pings && now >= MAX(dial->end_at, dial->ping_at))
        call_hang_up(dial->call, now);
}

/* --- the call --------------------------------------------------------------------------------- */

static void
drain(struct dial *dial)
{
    struct buf packet;

    while (call_output(dial->call, &packet))
        send_packet(dial, packet);
}

/* False when it is over. */
static bool
go_on(struct dial *dial)
{
    struct pollfd ready = { .fd = dial->link.fd, .events = POLLIN };
    GByteArray *in = dial->link.in;
    bool open = true;

    drain(dial);
    if (poll(&ready, 1, TICK_MS) > 0)
        open = link_receive(&dial->link);
    call_receive(dial->call, in->data, in->len, now_ns());
    g_byte_array_set_size(in, 0);
    if (!open)
        call_closed(dial->call);
    call_tick(dial->call, now_ns());
    use_tunnel(dial, now_ns());
    drain(dial);
    link_flush(&dial->link);
    return call_step(dial->call) != CALL_OVER && !dial->reset &&
           (dial->close_at == 0 || now_ns() < dial->close_at);
}

static struct call *
call_of(struct dial *dial)
{
    const struct options *options = dial->options;
    struct call_options call = {
        .host = SERVER_HOST,
        .correlation_id = "{0F8B3C55-7A0E-4C9B-8F67-2D1A54E6B310}",
        .cert = dial->link.cert,
        .user = options->user,
        .secret = hand_out,
        .secret_data = dial,
        .random = get_random,
        .methods = METHODS_KNOWN,
        .mru = (uint16_t)options->mru,
        .patience = (unsigned)options->patience,
        .hello = (unsigned)options->hello,
    };

    if (options->wrong_hash) {
        call.cert.sha1[0] ^= 0xff;
        call.cert.sha256[0] ^= 0xff;
    }
    return call_new(&call, now_ns());
}

bool
dial_run(const struct options *options, int fd, const char *password)
{
    struct dial dial = { .options = options, .password = password };
    GError *error = NULL;
    bool good = false;

    link_init(&dial.link, options, fd);
    if (!fault(&dial, STAGE_TLS) && link_open(&dial.link, &error)) {
        dial.call = call_of(&dial);
        while (go_on(&dial))
            ;
        good = call_facts(dial.call).was_up && call_end(dial.call) == CALL_END_HUNG_UP &&
               !dial.aborted && !dial.reset;
    }
    say(error ? error->message : good ? "call was up and has ended" : "call has failed");
    g_clear_error(&error);
    link_close(&dial.link, dial.reset);
    call_free(dial.call);
    return good;
}
