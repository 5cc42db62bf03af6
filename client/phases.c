/* phases.c - the phases of PPP, of a client
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "phases.h"

#include "base/append.h"
#include "base/wipe.h"
#include "eap.h"

enum { PACKETS_MAX = 64, ADDRESS_CONTROL = 0xff03, ADDRESS_CONTROL_LEN = 2, REFUSED_SECONDS = 3 };

/* --- sending ---------------------------------------------------------------------------------- */

static GByteArray *
frame_new(uint16_t protocol)
{
    GByteArray *frame = g_byte_array_new();

    append_u16(frame, ADDRESS_CONTROL);
    append_u16(frame, protocol);
    return frame;
}

static void
phases_send(void *data, uint16_t protocol, uint8_t code, uint8_t id, const void *bytes, size_t len)
{
    const struct phases *phases = data;
    GByteArray *frame = frame_new(protocol);

    append_u8(frame, code);
    append_u8(frame, id);
    append_u16(frame, len + 4);
    if (len > 0)
        g_byte_array_append(frame, bytes, (guint)len);
    g_queue_push_tail(phases->frames, frame);
}

bool
phases_send_ip(struct phases *phases, struct buf packet)
{
    const bool v6 = buf_left(&packet) > 0 && packet.p[0] >> 4 == 6;

    if (phases->phase != PHASE_UP || (v6 && !ipv6cp_is_open(&phases->ipv6cp)))
        return false;
    GByteArray *frame = frame_new(v6 ? PPP_IPV6 : PPP_IP);
    g_byte_array_append(frame, packet.p, (guint)buf_left(&packet));
    g_queue_push_tail(phases->frames, frame);
    return true;
}

/* --- from phase to phase ---------------------------------------------------------------------- */

static void
take_login(struct phases *phases, int64_t now)
{
    if (phases->login.state == LOGIN_GOOD)
        phases->phase = PHASE_AUTHENTICATED;
    else if (phases->login.state == LOGIN_REFUSED && phases->quiet_until == INT64_MAX)
        phases->quiet_until = now + REFUSED_SECONDS * NS_PER_SECOND;
    else if (phases->login.state == LOGIN_NOT_PROVEN || phases->login.state == LOGIN_NO_SECRET)
        phases_close(phases, now);
}

static void
send_login(struct phases *phases, bool send, uint16_t protocol, uint8_t code, GByteArray *out)
{
    if (send)
        phases_send(phases, protocol, code, phases->login.id, out->data, out->len);
    wipe(out->data, out->len);
    g_byte_array_unref(out);
}

static void
lcp_is_up(void *data, int64_t now)
{
    struct phases *phases = data;
    GByteArray *out = g_byte_array_new();
    uint8_t code = 0;

    phases->was_open = true;
    phases->phase = PHASE_AUTHENTICATE;
    if (phases->ends_after_lcp) {
        g_byte_array_unref(out);
        if (!phases->stays_in_lcp)
            phases_close(phases, now);
        return;
    }
    const bool send = login_begin(&phases->login, phases->lcp.method, &code, out);
    send_login(phases, send, PPP_PAP, code, out);
    take_login(phases, now);
}

static void
lcp_is_down(void *data, int64_t now)
{
    struct phases *phases = data;

    automaton_down(&phases->ipcp.automaton, now);
    automaton_down(&phases->ipv6cp.automaton, now);
    if (phases->phase < PHASE_TERMINATE)
        phases->phase = PHASE_ESTABLISH;
}

static void
is_finished(void *data, int64_t now)
{
    struct phases *phases = data;

    (void)now;
    phases->phase = PHASE_DEAD;
}

static void
protocol_is_rejected(void *data, uint16_t protocol, int64_t now)
{
    struct phases *phases = data;

    if (protocol == PPP_IPV6CP) {
        phases->ipv6cp.refused = true;
        automaton_rejected(&phases->ipv6cp.automaton, now);
    }
    if (protocol != PPP_IPCP)
        return;
    phases->peer_terminates = true;
    automaton_rejected(&phases->ipcp.automaton, now);
}

static void
ipcp_is_up(void *data, int64_t now)
{
    struct phases *phases = data;

    (void)now;
    phases->was_up = true;
    phases->phase = PHASE_UP;
}

/* Without an address there is nothing to stay for. */
static void
ipcp_is_finished(void *data, int64_t now)
{
    phases_close(data, now);
}

static const struct lcp_user lcp_user = {
    .send = phases_send,
    .up = lcp_is_up,
    .down = lcp_is_down,
    .finished = is_finished,
    .protocol_rejected = protocol_is_rejected,
};

static const struct ipcp_user ipcp_user = {
    .send = phases_send,
    .up = ipcp_is_up,
    .finished = ipcp_is_finished,
};

static const struct ipv6cp_user ipv6cp_user = { .send = phases_send };

/* --- life ------------------------------------------------------------------------------------- */

void
phases_init(struct phases *phases, const struct phases_wants *wants)
{
    uint8_t magic[sizeof(uint32_t)], interface_id[IPV6CP_ID_LEN];
    unsigned methods = wants->methods;

    *phases = (struct phases){
        .random = wants->random,
        .random_data = wants->random_data,
        .ends_after_lcp = wants->user == NULL,
        .stays_in_lcp = wants->user == NULL && wants->stays,
        .frames = g_queue_new(),
        .packets = g_queue_new(),
        .quiet_until = INT64_MAX,
    };
    wants->random(wants->random_data, magic, sizeof magic);
    wants->random(wants->random_data, interface_id, sizeof interface_id);
    if (!wants->user)
        methods = METHODS_ANY;
    else if (!mschapv2_is_available())
        methods &= ~(1U << METHOD_MSCHAPV2);
    lcp_init(&phases->lcp, &lcp_user, phases, methods, wants->mru, buf_at32(magic));
    ipcp_init(&phases->ipcp, &ipcp_user, phases);
    ipv6cp_init(&phases->ipv6cp, &ipv6cp_user, phases, interface_id);
    login_init(&phases->login, wants->user, wants->secret, wants->secret_data, wants->identity);
}

static void
frame_free(gpointer data)
{
    GByteArray *frame = data;

    wipe(frame->data, frame->len);
    g_byte_array_unref(frame);
}

void
phases_clear(struct phases *phases)
{
    g_queue_free_full(phases->frames, frame_free);
    g_queue_free_full(phases->packets, frame_free);
    login_clear(&phases->login);
}

void
phases_start(struct phases *phases, int64_t now)
{
    phases->phase = PHASE_ESTABLISH;
    automaton_open(&phases->lcp.automaton, now);
    automaton_up(&phases->lcp.automaton, now);
    /* tls of the RFC's table: SSTP below is up already. */
}

void
phases_bound(struct phases *phases, int64_t now)
{
    if (phases->phase != PHASE_AUTHENTICATED)
        return;
    phases->phase = PHASE_NETWORK;
    automaton_open(&phases->ipcp.automaton, now);
    automaton_up(&phases->ipcp.automaton, now);
    automaton_open(&phases->ipv6cp.automaton, now);
    automaton_up(&phases->ipv6cp.automaton, now);
}

void
phases_close(struct phases *phases, int64_t now)
{
    if (phases->phase >= PHASE_TERMINATE)
        return;
    phases->phase = PHASE_TERMINATE;
    phases->quiet_until = INT64_MAX;
    automaton_close(&phases->lcp.automaton, now);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void
receive_login(struct phases *phases, uint16_t protocol, const struct ppp_packet *packet,
              int64_t now)
{
    uint8_t random[MSCHAPV2_CHALLENGE_LEN], code = EAP_RESPONSE;
    GByteArray *out = g_byte_array_new();

    if (phases->phase != PHASE_AUTHENTICATE) {
        g_byte_array_unref(out);
        return;
    }
    phases->random(phases->random_data, random, sizeof random);
    const bool send = protocol == PPP_EAP
                          ? eap_receive(&phases->login, packet, random, out)
                          : login_receive(&phases->login, protocol, packet, random, &code, out);
    send_login(phases, send, protocol, code, out);
    take_login(phases, now);
}

static void
receive_ip(struct phases *phases, struct buf packet)
{
    if (phases->phase != PHASE_UP || g_queue_get_length(phases->packets) >= PACKETS_MAX)
        return;
    GByteArray *copy = g_byte_array_new();
    g_byte_array_append(copy, packet.p, (guint)buf_left(&packet));
    g_queue_push_tail(phases->packets, copy);
}

/* Nobody is to be called back (MS-CBCP 2.2.2, type 1), though we never offer it. */
static void
decline_callback(struct phases *phases, const struct ppp_packet *packet)
{
    static const uint8_t no_callback[] = { 1, 2 };

    if (packet->code != CBCP_REQUEST || phases->phase < PHASE_AUTHENTICATE ||
        phases->phase > PHASE_UP || phases->ends_after_lcp)
        return;
    phases->callbacks++;
    phases_send(phases, PPP_CBCP, CBCP_RESPONSE, packet->id, no_callback, sizeof no_callback);
}

static void
receive_packet(struct phases *phases, uint16_t protocol, const struct ppp_packet *packet,
               int64_t now)
{
    if (protocol == PPP_LCP) {
        phases->peer_terminates |= packet->code == PPP_TERMINATE_REQUEST;
        automaton_receive(&phases->lcp.automaton, packet, now);
        /* Nothing new is to be agreed on with a server that leaves. */
        if (packet->code == PPP_TERMINATE_REQUEST && phases->phase < PHASE_TERMINATE)
            phases->phase = PHASE_DEAD;
    } else if (protocol == PPP_IPCP) {
        automaton_receive(&phases->ipcp.automaton, packet, now);
    } else if (protocol == PPP_IPV6CP) {
        automaton_receive(&phases->ipv6cp.automaton, packet, now);
    } else if (protocol == PPP_CBCP) {
        decline_callback(phases, packet);
    } else {
        receive_login(phases, protocol, packet, now);
    }
}

void
phases_receive(struct phases *phases, const uint8_t *data, size_t len, int64_t now)
{
    struct buf whole = buf_init(data, len);
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (phases->phase == PHASE_BEFORE || !ppp_decode_frame(data, len, &frame))
        return;
    switch (frame.protocol) {
    case PPP_IP:
    case PPP_IPV6:
        receive_ip(phases, frame.payload);
        break;
    case PPP_LCP:
    case PPP_IPCP:
    case PPP_IPV6CP:
    case PPP_CBCP:
    case PPP_PAP:
    case PPP_CHAP:
    case PPP_EAP:
        if (ppp_decode_packet(frame.payload, &packet))
            receive_packet(phases, frame.protocol, &packet, now);
        break;
    default:
        if (frame.address_control)
            buf_skip(&whole, ADDRESS_CONTROL_LEN);
        if (!frame.compressed_protocol)
            lcp_reject_protocol(&phases->lcp, whole);
        break;
    }
}

/* --- time ------------------------------------------------------------------------------------- */

void
phases_tick(struct phases *phases, int64_t now)
{
    automaton_tick(&phases->lcp.automaton, now);
    automaton_tick(&phases->ipcp.automaton, now);
    automaton_tick(&phases->ipv6cp.automaton, now);
    if (now < phases->quiet_until)
        return;
    phases->quiet_until = INT64_MAX;
    phases_close(phases, now);
}

int64_t
phases_deadline(const struct phases *phases)
{
    const int64_t ncp = MIN(phases->ipcp.automaton.timer, phases->ipv6cp.automaton.timer);

    return MIN(MIN(phases->lcp.automaton.timer, ncp), phases->quiet_until);
}
