/* script.c - PPP as far as a test needs it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <stdio.h>
#include <string.h>

#include <gcrypt.h>

#include "bytes.h"
#include "call.h"
#include "hex.h"
#include "hosts.h"

#define SECOND      G_USEC_PER_SEC
#define SERVER_NAME "vpn"

/* RFC 1661 4.6; addresses in the tunnel; headers of the Echo (RFC 792). */
enum { RESTART_SECONDS = 3, MAX_CONFIGURE = 10 };
enum { SERVER_ADDRESS = 0x0a630001, CLIENT_ADDRESS = 0x0a630002 };
enum { IPV6CP_OPT_ID = 1, CALLBACK_NONE = 1 };

enum reply { REPLY_ACK, REPLY_NAK, REPLY_REJECT, REPLY_COUNT };

void
script_init(struct script *script, struct call *call)
{
    script->call = call;
    script->lcp.protocol = PPP_LCP;
    script->ipcp.protocol = PPP_IPCP;
    script->ipv6cp.protocol = PPP_IPV6CP;
    eap_init(&script->eap);
    gcry_create_nonce(&script->magic, sizeof script->magic);
}

void
script_clear(struct script *script)
{
    eap_clear(&script->eap);
}

/* --- sending ---------------------------------------------------------------------------------- */

static GByteArray *
new_frame(uint16_t protocol)
{
    GByteArray *frame = g_byte_array_new();

    append_u16(frame, 0xff03);
    append_u16(frame, protocol);
    return frame;
}

static void
send_frame(struct script *script, GByteArray *frame)
{
    call_send_ppp(script->call, frame->data, frame->len);
    g_byte_array_unref(frame);
}

static void
send_packet(struct script *script, uint16_t protocol, unsigned code, uint8_t id, const void *data,
            size_t len)
{
    GByteArray *frame = new_frame(protocol);

    append_u8(frame, code);
    append_u8(frame, id);
    append_u16(frame, len + 4);
    g_byte_array_append(frame, data, (guint)len);
    send_frame(script, frame);
}

/* --- LCP and IPCP ----------------------------------------------------------------------------- */

static void
append_option_u32(GByteArray *out, unsigned type, uint32_t value)
{
    append_u8(out, type);
    append_u8(out, 6);
    append_u32(out, value);
}

static void
append_lcp_options(const struct script *script, GByteArray *out)
{
    const struct options *options = script->call->options;

    append_u8(out, LCP_OPT_MRU);
    append_u8(out, 4);
    append_u16(out, (size_t)options->mru);
    append_option_u32(out, LCP_OPT_MAGIC, script->magic);
    append_u8(out, LCP_OPT_AUTH);
    append_u8(out, options->auth == PPP_CHAP ? 5 : 4);
    append_u16(out, options->auth);
    if (options->auth == PPP_CHAP)
        append_u8(out, CHAP_MSCHAPV2);
}

static void
append_ipcp_options(GByteArray *out)
{
    append_option_u32(out, IPCP_OPT_ADDRESS, SERVER_ADDRESS);
}

static void
append_ipv6cp_options(GByteArray *out)
{
    static const uint8_t id[] = { 2, 0, 0, 0, 0, 0, 0, 1 };

    append_u8(out, IPV6CP_OPT_ID);
    append_u8(out, sizeof id + 2);
    g_byte_array_append(out, id, sizeof id);
}

static void
send_request(struct script *script, struct script_protocol *p)
{
    GByteArray *options = g_byte_array_new();

    if (p->protocol == PPP_LCP)
        append_lcp_options(script, options);
    else if (p->protocol == PPP_IPV6CP)
        append_ipv6cp_options(options);
    else
        append_ipcp_options(options);
    send_packet(script, p->protocol, PPP_CONFIGURE_REQUEST, p->id, options->data, options->len);
    g_byte_array_unref(options);
    p->again_at = g_get_monotonic_time() + RESTART_SECONDS * SECOND;
    p->tries++;
}

static void
begin(struct script *script, struct script_protocol *p)
{
    p->started = true;
    p->id++;
    send_request(script, p);
}

/* What is said to an option, with the value that would do: RFC 1661 5.2 to 5.4. */
static enum reply
judge_lcp(const struct ppp_option *option)
{
    switch (option->type) {
    case LCP_OPT_MRU:
    case LCP_OPT_ACCM:
    case LCP_OPT_MAGIC:
    case LCP_OPT_PFC:
    case LCP_OPT_ACFC:
        return REPLY_ACK;
    default:
        return REPLY_REJECT;
    }
}

static enum reply
judge_ipcp(const struct ppp_option *option, GByteArray *nak)
{
    const uint32_t want =
        option->type == IPCP_OPT_ADDRESS ? (uint32_t)CLIENT_ADDRESS : (uint32_t)SERVER_ADDRESS;
    struct buf value = option->value;
    uint32_t address;

    if ((option->type != IPCP_OPT_ADDRESS && option->type != IPCP_OPT_DNS1) ||
        !buf_u32(&value, &address))
        return REPLY_REJECT;
    if (address == want)
        return REPLY_ACK;
    append_option_u32(nak, option->type, want);
    return REPLY_NAK;
}

static void
append_option(GByteArray *out, const struct ppp_option *option)
{
    append_u8(out, option->type);
    append_u8(out, (unsigned)buf_left(&option->value) + 2);
    g_byte_array_append(out, option->value.p, (guint)buf_left(&option->value));
}

/* Answers a Configure-Request; all options of the worst kind are in the answer. */
static void
answer_request(struct script *script, struct script_protocol *p, const struct ppp_packet *packet)
{
    static const uint8_t codes[] = { PPP_CONFIGURE_ACK, PPP_CONFIGURE_NAK, PPP_CONFIGURE_REJECT };
    GByteArray *out[REPLY_COUNT] = { g_byte_array_new(), g_byte_array_new(), g_byte_array_new() };
    enum reply worst = REPLY_ACK;
    struct ppp_options options;

    ppp_decode_options(packet->data, &options);
    for (unsigned i = 0; i < MIN(options.num, PPP_OPTIONS_MAX); i++) {
        const struct ppp_option *option = &options.option[i];
        const enum reply reply = p->protocol == PPP_LCP ? judge_lcp(option)
                                 : p->protocol == PPP_IPV6CP
                                     ? option->type == IPV6CP_OPT_ID ? REPLY_ACK : REPLY_REJECT
                                     : judge_ipcp(option, out[REPLY_NAK]);

        if (reply != REPLY_NAK)
            append_option(out[reply], option);
        worst = MAX(worst, reply);
    }
    send_packet(script, p->protocol, codes[worst], packet->id, out[worst]->data, out[worst]->len);
    p->sent_ack = worst == REPLY_ACK;
    for (size_t i = 0; i < G_N_ELEMENTS(out); i++)
        g_byte_array_unref(out[i]);
}

/* Asks for the same once more. */
static void
ask_again(struct script *script, struct script_protocol *p)
{
    if (p->tries < MAX_CONFIGURE) {
        p->id++;
        send_request(script, p);
    }
}

/* --- authentication --------------------------------------------------------------------------- */

static void
send_challenge(struct script *script)
{
    struct login *login = &script->call->login;
    GByteArray *value = g_byte_array_new();

    gcry_create_nonce(login->challenge, sizeof login->challenge);
    append_u8(value, sizeof login->challenge);
    g_byte_array_append(value, login->challenge, sizeof login->challenge);
    g_byte_array_append(value, (const guint8 *)SERVER_NAME, sizeof SERVER_NAME - 1);
    send_packet(script, PPP_CHAP, CHAP_CHALLENGE, ++script->auth_id, value->data, value->len);
    g_byte_array_unref(value);
}

/* As the log says it, for who counts. */
static void
note_login(void)
{
    fprintf(stderr, "server: was sent a login\n");
}

/* The server's verdict, now or when its backend would have it. */
static void
judge_login(struct script *script, const struct ppp_packet *packet, bool good)
{
    script->auth_id = packet->id;
    script->refused = !good;
    script->verdict_at = g_get_monotonic_time() + script->call->options->auth_delay * SECOND;
}

static void
send_verdict(struct script *script)
{
    struct call *call = script->call;
    const bool chap = call->options->auth == PPP_CHAP, eap = call->options->auth == PPP_EAP;
    char *text = NULL;

    script->verdict_at = 0;
    if (chap && !script->refused)
        text = login_proof(&call->login, call->user, LOGIN_PASSWORD);
    else if (chap)
        text = g_strdup("E=691 R=0 C=00000000000000000000000000000000 V=3 M=Refused");
    if (chap)
        send_packet(script, PPP_CHAP, script->refused ? CHAP_FAILURE : CHAP_SUCCESS,
                    script->auth_id, text, strlen(text));
    else if (eap)
        send_packet(script, PPP_EAP, script->refused ? EAP_FAILURE : EAP_SUCCESS, script->auth_id,
                    "", 0);
    else /* RFC 1334 2.2.2: length of a message that is empty */
        send_packet(script, PPP_PAP, script->refused ? PAP_NAK : PAP_ACK, script->auth_id, "", 1);
    g_free(text);
    script->authenticated = !script->refused;
    if (script->refused)
        send_packet(script, PPP_LCP, PPP_TERMINATE_REQUEST, ++script->lcp.id, NULL, 0);
}

static bool
is_pap_password(struct buf data)
{
    const struct buf want = text_buf(LOGIN_PASSWORD);
    struct buf user, secret;
    uint8_t len;

    return buf_u8(&data, &len) && buf_sub(&data, len, &user) && buf_u8(&data, &len) &&
           buf_sub(&data, len, &secret) && buf_left(&secret) == buf_left(&want) &&
           memcmp(secret.p, want.p, buf_left(&want)) == 0;
}

static void
hear_eap(struct script *script, const struct ppp_packet *packet)
{
    struct eap *eap = &script->eap;
    GByteArray *request = g_byte_array_new();
    const bool begun = eap->in->len > 0, was_over = eap->over;

    if (eap_hear(eap, script->call->options, packet, request))
        send_packet(script, PPP_EAP, EAP_REQUEST, eap->id, request->data, request->len);
    if (!begun && eap->in->len > 0)
        note_login();
    if (eap->over && !was_over) {
        memcpy(script->call->login.hlak, eap->hlak, sizeof eap->hlak);
        judge_login(script, packet, eap->good);
    }
    g_byte_array_unref(request);
}

static void
hear_auth(struct script *script, uint16_t protocol, const struct ppp_packet *packet)
{
    if (script->authenticated || script->refused)
        return;
    if (protocol == PPP_EAP) {
        hear_eap(script, packet);
    } else if (protocol == PPP_PAP && packet->code == PAP_REQUEST) {
        note_login();
        judge_login(script, packet, is_pap_password(packet->data));
    } else if (protocol == PPP_CHAP && packet->code == CHAP_RESPONSE &&
               packet->id == script->auth_id) {
        note_login();
        judge_login(script, packet, call_hear_chap(script->call, packet));
    }
}

/* --- open ------------------------------------------------------------------------------------- */

static void
lcp_opened(struct script *script)
{
    if (call_fault(script->call, STAGE_AUTH))
        return;
    if (script->call->options->auth == PPP_CHAP)
        send_challenge(script);
    if (script->call->options->auth == PPP_EAP) {
        GByteArray *request = g_byte_array_new();
        eap_begin(&script->eap, request);
        send_packet(script, PPP_EAP, EAP_REQUEST, script->eap.id, request->data, request->len);
        g_byte_array_unref(request);
    }
}

static void
ipcp_opened(struct script *script)
{
    script->call->was_up = true;
    call_fault(script->call, STAGE_DATA);
}

static void
hear_configure(struct script *script, struct script_protocol *p, const struct ppp_packet *packet)
{
    if (packet->code == PPP_CONFIGURE_REQUEST) {
        answer_request(script, p, packet);
    } else if (packet->id != p->id) {
        return;
    } else if (packet->code == PPP_CONFIGURE_ACK) {
        p->got_ack = true;
        p->again_at = 0;
    } else if (!p->got_ack) {
        ask_again(script, p);
    }
    if (!p->sent_ack || !p->got_ack || p->opened)
        return;
    p->opened = true;
    if (p->protocol == PPP_LCP)
        lcp_opened(script);
    else if (p->protocol == PPP_IPCP)
        ipcp_opened(script);
}

/* Behind its magic number an Echo holds whatever; the answer has the magic number of its sender
 * (RFC 1661 5.8). */
static void
answer_echo(struct script *script, const struct ppp_packet *packet)
{
    GByteArray *data = g_byte_array_new();

    append_u32(data, script->magic);
    if (buf_left(&packet->data) > data->len)
        g_byte_array_append(data, packet->data.p + data->len,
                            (guint)buf_left(&packet->data) - data->len);
    send_packet(script, PPP_LCP, PPP_ECHO_REPLY, packet->id, data->data, data->len);
    g_byte_array_unref(data);
}

static void
hear_lcp(struct script *script, const struct ppp_packet *packet)
{
    switch (packet->code) {
    case PPP_CONFIGURE_REQUEST:
        hear_configure(script, &script->lcp, packet);
        break;
    case PPP_CONFIGURE_ACK:
    case PPP_CONFIGURE_NAK:
    case PPP_CONFIGURE_REJECT:
        hear_configure(script, &script->lcp, packet);
        break;
    case PPP_TERMINATE_REQUEST:
        send_packet(script, PPP_LCP, PPP_TERMINATE_ACK, packet->id, NULL, 0);
        break;
    case PPP_TERMINATE_ACK:
        call_disconnect(script->call);
        break;
    case PPP_ECHO_REQUEST:
        answer_echo(script, packet);
        break;
    default:
        break;
    }
}

/* --- data ------------------------------------------------------------------------------------- */

/* What is behind the server answers. */
static void
answer_packet(struct script *script, struct buf ip)
{
    GByteArray *answer = new_frame(PPP_IP);

    if (hosts_answer(script->call->options, ip, answer))
        send_frame(script, answer);
    else
        g_byte_array_unref(answer);
}

/* --- from outside ----------------------------------------------------------------------------- */

void
script_start(struct script *script)
{
    if (!call_fault(script->call, STAGE_LCP))
        begin(script, &script->lcp);
}

static void
begin_network(struct script *script)
{
    begin(script, &script->ipcp);
    if (script->call->options->ipv6)
        begin(script, &script->ipv6cp);
}

void
script_bound(struct script *script)
{
    static const uint8_t choice[] = { CALLBACK_NONE, 2, 2, 5, 10, 1, 0 }; /* MS-CBCP 2.2.1 */

    script->bound = true;
    if (call_fault(script->call, STAGE_NCP))
        return;
    if (script->call->options->callback)
        send_packet(script, PPP_CBCP, CBCP_REQUEST, 1, choice, sizeof choice);
    else
        begin_network(script);
}

/* Whoever wants no callback is believed; nothing goes on before. */
static void
hear_callback(struct script *script, const struct ppp_packet *packet)
{
    struct buf data = packet->data;
    uint8_t type;

    if (packet->code != CBCP_RESPONSE || !script->bound || script->called_back ||
        !buf_u8(&data, &type) || type != CALLBACK_NONE)
        return;
    script->called_back = true;
    send_packet(script, PPP_CBCP, CBCP_ACK, packet->id, packet->data.p, buf_left(&packet->data));
    begin_network(script);
}

static void
hear_network(struct script *script, struct script_protocol *p, const struct ppp_packet *packet)
{
    if (p->started && packet->code <= PPP_CONFIGURE_REJECT)
        hear_configure(script, p, packet);
}

void
script_hear(struct script *script, const uint8_t *data, size_t len)
{
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (!ppp_decode_frame(data, len, &frame))
        return;
    if (frame.protocol == PPP_IP) {
        if (script->ipcp.opened)
            answer_packet(script, frame.payload);
        return;
    }
    if (!ppp_decode_packet(frame.payload, &packet))
        return;
    if (frame.protocol == PPP_LCP)
        hear_lcp(script, &packet);
    else if (frame.protocol == PPP_PAP || frame.protocol == PPP_CHAP || frame.protocol == PPP_EAP)
        hear_auth(script, frame.protocol, &packet);
    else if (frame.protocol == PPP_IPCP)
        hear_network(script, &script->ipcp, &packet);
    else if (frame.protocol == PPP_IPV6CP && script->call->options->ipv6)
        hear_network(script, &script->ipv6cp, &packet);
    else if (frame.protocol == PPP_CBCP && script->call->options->callback)
        hear_callback(script, &packet);
    else if (script->lcp.opened) /* RFC 1661 5.7: protocol and information */
        send_packet(script, PPP_LCP, PPP_PROTOCOL_REJECT, ++script->lcp.id,
                    data + (frame.address_control ? 2 : 0), len - (frame.address_control ? 2 : 0));
}

static void
repeat(struct script *script, struct script_protocol *p, int64_t now)
{
    if (p->again_at == 0 || now < p->again_at)
        return;
    p->again_at = 0;
    if (p->tries < MAX_CONFIGURE)
        send_request(script, p);
}

void
script_tick(struct script *script, int64_t now)
{
    repeat(script, &script->lcp, now);
    repeat(script, &script->ipcp, now);
    repeat(script, &script->ipv6cp, now);
    if (script->verdict_at != 0 && now >= script->verdict_at)
        send_verdict(script);
}
