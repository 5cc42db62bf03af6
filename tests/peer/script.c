/* script.c - PPP as far as a test needs it: LCP, PAP or MS-CHAPv2, IPCP, and pings
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <string.h>

#include <gcrypt.h>

#include "bytes.h"
#include "call.h"
#include "hex.h"

#define SECOND      G_USEC_PER_SEC
#define SERVER_NAME "vpn"

/* RFC 1661 4.6; addresses in the tunnel; headers of the Echo (RFC 792). */
enum { RESTART_SECONDS = 3, MAX_CONFIGURE = 10 };
enum { SERVER_ADDRESS = 0x0a630001, CLIENT_ADDRESS = 0x0a630002 };
enum { IPV4_HEADER_LEN = 20, ICMP_HEADER_LEN = 8 };

enum reply { REPLY_ACK, REPLY_NAK, REPLY_REJECT, REPLY_COUNT };

void
script_init(struct script *script, struct call *call)
{
    script->call = call;
    script->lcp.protocol = PPP_LCP;
    script->ipcp.protocol = PPP_IPCP;
    gcry_create_nonce(&script->magic, sizeof script->magic);
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
send_request(struct script *script, struct script_protocol *p)
{
    GByteArray *options = g_byte_array_new();

    if (p->protocol == PPP_LCP)
        append_lcp_options(script, options);
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
        const enum reply reply =
            p->protocol == PPP_LCP ? judge_lcp(option) : judge_ipcp(option, out[REPLY_NAK]);

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
    const bool chap = call->options->auth == PPP_CHAP;
    char *text = NULL;

    script->verdict_at = 0;
    if (chap && !script->refused)
        text = login_proof(&call->login, call->user, LOGIN_PASSWORD);
    else if (chap)
        text = g_strdup("E=691 R=0 C=00000000000000000000000000000000 V=3 M=Refused");
    if (chap)
        send_packet(script, PPP_CHAP, script->refused ? CHAP_FAILURE : CHAP_SUCCESS,
                    script->auth_id, text, strlen(text));
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
hear_auth(struct script *script, uint16_t protocol, const struct ppp_packet *packet)
{
    if (script->authenticated || script->refused)
        return;
    if (protocol == PPP_PAP && packet->code == PAP_REQUEST) {
        judge_login(script, packet, is_pap_password(packet->data));
    } else if (protocol == PPP_CHAP && packet->code == CHAP_RESPONSE &&
               packet->id == script->auth_id) {
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
    else
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

static void
set_checksum(uint8_t *field, const uint8_t *data, size_t len)
{
    set_u16(field, 0);
    set_u16(field, ~checksum_add(0, data, len));
}

/* The server's host answers what is sent to it. */
static void
answer_ping(struct script *script, struct buf ip)
{
    const size_t len = buf_left(&ip), header = IPV4_HEADER_LEN;
    GByteArray *frame;

    if (len < header + ICMP_HEADER_LEN || ip.p[0] != 0x45 || ip.p[9] != IP_ICMP ||
        ip.p[header] != ICMP_ECHO)
        return;
    frame = new_frame(PPP_IP);
    const guint at = frame->len;
    g_byte_array_append(frame, ip.p, (guint)len);
    memcpy(frame->data + at + 12, ip.p + 16, 4);
    memcpy(frame->data + at + 16, ip.p + 12, 4);
    frame->data[at + header] = ICMP_ECHO_REPLY;
    set_checksum(frame->data + at + header + 2, frame->data + at + header, len - header);
    send_frame(script, frame);
}

/* --- from outside ----------------------------------------------------------------------------- */

void
script_start(struct script *script)
{
    if (!call_fault(script->call, STAGE_LCP))
        begin(script, &script->lcp);
}

void
script_bound(struct script *script)
{
    if (!call_fault(script->call, STAGE_NCP))
        begin(script, &script->ipcp);
}

static void
hear_ipcp(struct script *script, const struct ppp_packet *packet)
{
    if (script->ipcp.started && packet->code <= PPP_CONFIGURE_REJECT)
        hear_configure(script, &script->ipcp, packet);
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
            answer_ping(script, frame.payload);
        return;
    }
    if (!ppp_decode_packet(frame.payload, &packet))
        return;
    if (frame.protocol == PPP_LCP)
        hear_lcp(script, &packet);
    else if (frame.protocol == PPP_PAP || frame.protocol == PPP_CHAP)
        hear_auth(script, frame.protocol, &packet);
    else if (frame.protocol == PPP_IPCP)
        hear_ipcp(script, &packet);
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
    if (script->verdict_at != 0 && now >= script->verdict_at)
        send_verdict(script);
}
