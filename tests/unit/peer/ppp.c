/* peer/ppp.c - words about PPP and LCP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"
#include "hex.h"

void
peer_send_ppp(struct peer *peer, enum side side, uint16_t protocol, const uint8_t *data, size_t len)
{
    const uint8_t head[] = { 0xff, 0x03, (uint8_t)(protocol >> 8), (uint8_t)protocol };
    GByteArray *frame = g_byte_array_new(), *packet = g_byte_array_new();

    if (!peer->acfc[side])
        g_byte_array_append(frame, head, 2);
    if (!peer->pfc[side] || head[2])
        g_byte_array_append(frame, head + 2, 1);
    g_byte_array_append(frame, head + 3, 1);
    g_byte_array_append(frame, data, (guint)len);
    g_assert_true(sstp_encode_data(frame->data, frame->len, packet));
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(packet);
    g_byte_array_unref(frame);
}

void
peer_send_code(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
               const GByteArray *data)
{
    GByteArray *packet = g_byte_array_new();
    guint len = data ? data->len : 0;

    append_u8(packet, code);
    append_u8(packet, peer->id);
    append_u16(packet, len + 4);
    if (data)
        g_byte_array_append(packet, data->data, len);
    peer_send_ppp(peer, side, protocol, packet->data, packet->len);
    g_byte_array_unref(packet);
}

void
peer_send_code_and_free(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
                        GByteArray *data)
{
    peer_send_code(peer, side, protocol, code, data);
    g_byte_array_unref(data);
}

static void
word_acfc(struct peer *peer, enum side side, const char *value)
{
    peer->acfc[side] = word_on(value);
}

static void
word_pfc(struct peer *peer, enum side side, const char *value)
{
    peer->pfc[side] = word_on(value);
}

/* Its name, or its number with 0x. */
static uint16_t
protocol_of(const char *name, size_t len)
{
    static const uint16_t protocols[] = { PPP_LCP, PPP_IPCP, PPP_IPV6CP, PPP_CCP, PPP_CBCP };

    if (g_str_has_prefix(name, "0x"))
        return (uint16_t)g_ascii_strtoull(name, NULL, 16);
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        const char *known = ppp_protocol_name(protocols[i]);
        if (strlen(known) == len && g_ascii_strncasecmp(known, name, len) == 0)
            return protocols[i];
    }
    g_error("no protocol: %s", name);
    return 0;
}

/* value: a protocol and, behind a comma, the data in hexadecimal: lcp,010405dc */
static void
send_data_of(struct peer *peer, enum side side, uint8_t code, const char *value)
{
    const char *comma = strchr(value, ',');
    struct hex hex = hex_new(comma ? comma + 1 : "");
    GByteArray *data = g_byte_array_new();

    g_byte_array_append(data, hex.data, (guint)hex.len);
    hex_free(hex);
    peer_send_code_and_free(peer, side,
                            protocol_of(value, comma ? (size_t)(comma - value) : strlen(value)),
                            code, data);
}

static void
word_ask(struct peer *peer, enum side side, const char *value)
{
    peer->id++;
    send_data_of(peer, side, PPP_CONFIGURE_REQUEST, value);
}

/* Answers to the last "ask". */
static void
word_ack(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_ACK, value);
}

static void
word_nak(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_NAK, value);
}

static void
word_reject(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_REJECT, value);
}

/* value: the protocol that is rejected. */
static void
word_protocol_reject(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    append_u16(data, protocol_of(value, strlen(value)));
    peer_send_code_and_free(peer, side, PPP_LCP, PPP_PROTOCOL_REJECT, data);
}

/* value: what stands behind the magic number, in hexadecimal. */
static void
word_identification(struct peer *peer, enum side side, const char *value)
{
    char *text = g_strconcat("lcp,12345678", value, NULL);

    send_data_of(peer, side, PPP_IDENTIFICATION, text);
    g_free(text);
}

/* Microsoft's callback control; value: code and data. */
static void
word_cbcp(struct peer *peer, enum side side, const char *value)
{
    const char *comma = strchr(value, ',');
    char *text = g_strconcat("cbcp", comma ? comma : "", NULL);

    send_data_of(peer, side, (uint8_t)g_ascii_strtoull(value, NULL, 10), text);
    g_free(text);
}

/* Echo-Reply with the magic number of the asker. */
static void
word_lcp_mirror(struct peer *peer, enum side side, const char *value)
{
    char *text = g_strconcat("lcp,", value, NULL);

    send_data_of(peer, side, PPP_ECHO_REPLY, text);
    g_free(text);
}

static void
send_magic(struct peer *peer, enum side side, uint8_t code)
{
    GByteArray *data = g_byte_array_new();

    append_u16(data, 0x1234);
    append_u16(data, side);
    peer_send_code_and_free(peer, side, PPP_LCP, code, data);
}

static void
word_lcp_echo(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->id++;
    send_magic(peer, side, PPP_ECHO_REQUEST);
}

static void
word_lcp_reply(struct peer *peer, enum side side, const char *value)
{
    uint8_t last = peer->id;

    if (*value)
        peer->id = (uint8_t)(last - word_number(value));
    send_magic(peer, side, PPP_ECHO_REPLY);
    peer->id = last;
}

GByteArray *
word_text(const char *value)
{
    GByteArray *data = g_byte_array_new();

    append_text(data, value);
    for (guint i = 0; i < data->len; i++)
        if (data->data[i] == '_')
            data->data[i] = ' ';
    return data;
}

/* value: a number makes Microsoft's form with this RAS error, other text is the reason. */
static void
word_terminate(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t microsoft[] = { 0x12, 0x34, 0x56, 0x78, 0x00, 0x3c, 0xcd, 0x74 };
    GByteArray *data;

    peer->id++;
    if (g_ascii_isdigit(*value)) {
        data = g_byte_array_new();
        g_byte_array_append(data, microsoft, sizeof microsoft);
        append_u16(data, 0);
        append_u16(data, word_number(value));
    } else {
        data = word_text(value);
    }
    peer_send_code_and_free(peer, side, PPP_LCP, PPP_TERMINATE_REQUEST, data);
}

/* Of IPCP; value: the reason. */
static void
word_ncp_terminate(struct peer *peer, enum side side, const char *value)
{
    peer->id++;
    peer_send_code_and_free(peer, side, PPP_IPCP, PPP_TERMINATE_REQUEST, word_text(value));
}

static void
word_terminate_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_code(peer, side, PPP_LCP, PPP_TERMINATE_ACK, NULL);
}

const struct peer_word peer_ppp_words[] = {
    { "acfc", WORD_LASTS, WORD_OF_SIDE, word_acfc },
    { "pfc", WORD_LASTS, WORD_OF_SIDE, word_pfc },
    { "ask", WORD_NOW, WORD_OF_SIDE, word_ask },
    { "ack", WORD_NOW, WORD_OF_SIDE, word_ack },
    { "nak", WORD_NOW, WORD_OF_SIDE, word_nak },
    { "reject", WORD_NOW, WORD_OF_SIDE, word_reject },
    { "protocol-reject", WORD_NOW, WORD_OF_SIDE, word_protocol_reject },
    { "identification", WORD_NOW, WORD_OF_SIDE, word_identification },
    { "cbcp", WORD_NOW, WORD_OF_SIDE, word_cbcp },
    { "lcp-mirror", WORD_NOW, WORD_OF_SIDE, word_lcp_mirror },
    { "lcp-echo", WORD_NOW, WORD_OF_SIDE, word_lcp_echo },
    { "lcp-reply", WORD_NOW, WORD_OF_SIDE, word_lcp_reply },
    { "terminate", WORD_NOW, WORD_OF_SIDE, word_terminate },
    { "ncp-terminate", WORD_NOW, WORD_OF_SIDE, word_ncp_terminate },
    { "terminate-ack", WORD_NOW, WORD_OF_SIDE, word_terminate_ack },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
