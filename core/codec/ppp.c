/* ppp.c - PPP frames and the control protocols that SSTP's set-up uses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "codec/ppp.h"

enum {
    ALL_STATIONS = 0xff, /* RFC 1662 3.1: Address and Control */
    UNNUMBERED_INFORMATION = 0x03,
    PACKET_HEADER_LEN = 4,
    OPTION_HEADER_LEN = 2,
    FIRST_CONTROL_PROTOCOL = 0x8000,
    MICROSOFT_TERMINATE = 0x003ccd74,
    EAP_MSCHAPV2_HEADER_LEN = 4,
    GUID_LEN = 16,
    ERROR_DIGITS_MAX = 9,
    MPPE_ENCRYPTION_BITS = 0xf0,    /* RFC 3078 2.1: 128, 56 and 40 bits, and the obsolete D bit */
    EAP_TLS_LENGTH_INCLUDED = 0x80, /* RFC 5216 3.1 */
    EAP_TLS_MORE_FRAGMENTS = 0x40,
    TLS_MAJOR_VERSION = 3,
    TLS_ALERT_LEN = 2,
};

bool
ppp_decode_frame(const uint8_t *data, size_t len, struct ppp_frame *out)
{
    struct buf b = buf_init(data, len);
    struct ppp_frame frame = { .payload = b };
    uint8_t high, low;
    uint16_t address;

    if (buf_peek_u16(&b, 0, &address) && address == (ALL_STATIONS << 8 | UNNUMBERED_INFORMATION)) {
        frame.address_control = true;
        buf_skip(&b, 2);
    }
    if (!buf_u8(&b, &high) || high == ALL_STATIONS)
        return false;
    /* RFC 1661 2: the last octet of a protocol number is odd, the one before it is even. */
    frame.compressed_protocol = (high & 1) != 0;
    if (frame.compressed_protocol)
        frame.protocol = high;
    else if (buf_u8(&b, &low) && (low & 1) != 0)
        frame.protocol = (uint16_t)(high << 8 | low);
    else
        return false;
    frame.payload = b;
    *out = frame;
    return true;
}

bool
ppp_decode_packet(struct buf payload, struct ppp_packet *out)
{
    struct ppp_packet packet = { .data = payload };

    if (!buf_u8(&payload, &packet.code) || !buf_u8(&payload, &packet.id) ||
        !buf_u16(&payload, &packet.length) || packet.length < PACKET_HEADER_LEN ||
        !buf_sub(&payload, (size_t)packet.length - PACKET_HEADER_LEN, &packet.data))
        return false;
    *out = packet;
    return true;
}

void
ppp_decode_options(struct buf data, struct ppp_options *out)
{
    memset(out, 0, sizeof *out);
    while (buf_left(&data) > 0) {
        struct ppp_option option;
        uint8_t len;

        if (!buf_u8(&data, &option.type) || !buf_u8(&data, &len) || len < OPTION_HEADER_LEN ||
            !buf_sub(&data, (size_t)len - OPTION_HEADER_LEN, &option.value)) {
            out->malformed = true;
            return;
        }
        if (out->num < PPP_OPTIONS_MAX)
            out->option[out->num] = option;
        out->num++;
    }
}

/* An integer that fills its option; others are left as they were. */
static bool
option_u16(struct buf value, uint16_t *v)
{
    return buf_left(&value) == 2 && buf_u16(&value, v);
}

static bool
option_u32(struct buf value, uint32_t *v)
{
    return buf_left(&value) == 4 && buf_u32(&value, v);
}

static void
lcp_option(const struct ppp_option *option, struct ppp_lcp_options *out)
{
    struct buf value = option->value;

    switch (option->type) {
    case LCP_OPT_MRU:
        option_u16(value, &out->mru);
        break;
    case LCP_OPT_AUTH:
        if (buf_u16(&value, &out->auth_protocol) && out->auth_protocol == PPP_CHAP)
            buf_u8(&value, &out->chap_algorithm);
        break;
    case LCP_OPT_MAGIC:
        out->has_magic = option_u32(value, &out->magic) || out->has_magic;
        break;
    case LCP_OPT_PFC:
        out->pfc = true;
        break;
    case LCP_OPT_ACFC:
        out->acfc = true;
        break;
    case LCP_OPT_CALLBACK:
        out->has_callback = buf_u8(&value, &out->callback) || out->has_callback;
        break;
    case LCP_OPT_MRRU:
        out->has_mrru = option_u16(value, &out->mrru) || out->has_mrru;
        break;
    default:
        break;
    }
}

void
ppp_lcp_options(const struct ppp_options *options, struct ppp_lcp_options *out)
{
    const unsigned num = MIN(options->num, (unsigned)PPP_OPTIONS_MAX);

    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < num; i++)
        lcp_option(&options->option[i], out);
}

/* What an IPCP option sets in struct ppp_ipcp_options. */
struct ipcp_field {
    uint8_t type;
    bool has_value;
    size_t has_offset, value_offset;
};

static const struct ipcp_field ipcp_fields[] = {
    { IPCP_OPT_COMPRESSION, false, offsetof(struct ppp_ipcp_options, has_compression), 0 },
    { IPCP_OPT_ADDRESS, true, offsetof(struct ppp_ipcp_options, has_address),
      offsetof(struct ppp_ipcp_options, address) },
    { IPCP_OPT_DNS1, true, offsetof(struct ppp_ipcp_options, has_dns1),
      offsetof(struct ppp_ipcp_options, dns1) },
    { IPCP_OPT_DNS2, true, offsetof(struct ppp_ipcp_options, has_dns2),
      offsetof(struct ppp_ipcp_options, dns2) },
    { IPCP_OPT_NBNS1, false, offsetof(struct ppp_ipcp_options, has_nbns1), 0 },
    { IPCP_OPT_NBNS2, false, offsetof(struct ppp_ipcp_options, has_nbns2), 0 },
};

static void
ipcp_option(const struct ppp_option *option, struct ppp_ipcp_options *out)
{
    struct buf value = option->value;

    for (size_t i = 0; i < G_N_ELEMENTS(ipcp_fields); i++) {
        const struct ipcp_field *field = &ipcp_fields[i];

        if (field->type != option->type)
            continue;
        /* Addresses keep the order of the wire. */
        if (field->has_value &&
            (buf_left(&value) != sizeof(uint32_t) ||
             !buf_copy(&value, G_STRUCT_MEMBER_P(out, field->value_offset), sizeof(uint32_t))))
            return;
        G_STRUCT_MEMBER(bool, out, field->has_offset) = true;
    }
}

void
ppp_ipcp_options(const struct ppp_options *options, struct ppp_ipcp_options *out)
{
    const unsigned num = MIN(options->num, (unsigned)PPP_OPTIONS_MAX);

    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < num; i++)
        ipcp_option(&options->option[i], out);
}

static const struct ppp_option *
ccp_mppe(const struct ppp_options *options)
{
    const unsigned num = MIN(options->num, (unsigned)PPP_OPTIONS_MAX);

    for (unsigned i = 0; i < num; i++)
        if (options->option[i].type == CCP_OPT_MPPE)
            return &options->option[i];
    return NULL;
}

bool
ppp_ccp_has_mppe(const struct ppp_options *options)
{
    return ccp_mppe(options) != NULL;
}

uint32_t
ppp_ccp_encryption(const struct ppp_options *options)
{
    const struct ppp_option *mppe = ccp_mppe(options);
    uint32_t bits;

    return mppe != NULL && option_u32(mppe->value, &bits) ? bits & MPPE_ENCRYPTION_BITS : 0;
}

bool
ppp_decode_chap_value(struct buf data, struct ppp_chap_value *out)
{
    struct ppp_chap_value chap;
    uint8_t len;

    if (!buf_u8(&data, &len) || len == 0 || !buf_sub(&data, len, &chap.value))
        return false;
    chap.name = data;
    *out = chap;
    return true;
}

/* A decimal number at the reader's place; not moved when there is none or it is too long. */
static bool
decimal(struct buf *b, unsigned *v)
{
    struct buf left = *b;
    unsigned num = 0, value = 0;
    uint8_t c;

    while (buf_peek_u8(&left, 0, &c) && g_ascii_isdigit(c)) {
        value = value * 10 + (unsigned)(c - '0');
        buf_skip(&left, 1);
        if (++num > ERROR_DIGITS_MAX)
            return false;
    }
    if (num == 0)
        return false;
    *b = left;
    *v = value;
    return true;
}

/* RFC 2759 6: fields "X=value" with a space between; M= is the last and may hold spaces. */
bool
ppp_decode_mschap_failure(struct buf data, struct ppp_mschap_failure *out)
{
    struct ppp_mschap_failure failure = { 0 };
    bool field_start = true;
    uint8_t c, equals;
    unsigned v;

    failure.text = buf_init(NULL, 0);
    while (buf_u8(&data, &c)) {
        if (!field_start || !buf_peek_u8(&data, 0, &equals) || equals != '=') {
            field_start = c == ' ';
            continue;
        }
        buf_skip(&data, 1);
        field_start = false;
        if (c == 'E' && decimal(&data, &failure.error)) {
            failure.has_error = true;
        } else if (c == 'R' && decimal(&data, &v)) {
            failure.has_retry = true;
            failure.retry = v != 0;
        } else if (c == 'C' && buf_hex(&data, failure.challenge, sizeof failure.challenge)) {
            failure.has_challenge = true;
        } else if (c == 'M') {
            failure.text = data;
            break;
        }
    }
    if (!failure.has_error)
        return false;
    *out = failure;
    return true;
}

void
ppp_decode_terminate(struct buf data, struct ppp_terminate *out)
{
    uint32_t mark;

    memset(out, 0, sizeof *out);
    out->text = data;
    if (buf_left(&data) < 12)
        return;
    buf_u32(&data, &out->magic);
    buf_u32(&data, &mark);
    if (mark != MICROSOFT_TERMINATE) {
        out->magic = 0;
        return;
    }
    out->microsoft = true;
    out->text = buf_init(NULL, 0);
    buf_u32(&data, &out->ras_error);
}

bool
ppp_decode_pap_request(struct buf data, struct ppp_pap_request *out)
{
    struct ppp_pap_request request;
    uint8_t peer_id_len, password_len;

    if (!buf_u8(&data, &peer_id_len) || !buf_sub(&data, peer_id_len, &request.peer_id) ||
        !buf_u8(&data, &password_len) || !buf_skip(&data, password_len))
        return false;
    request.password_len = password_len;
    *out = request;
    return true;
}

/* OpCode(1), MS-CHAPv2-ID(1), MS-Length(2), then the message (draft-kamath-pppext-eap-mschapv2). */
static void
eap_mschap(struct buf data, struct ppp_eap *eap)
{
    uint8_t id;
    uint16_t length;

    eap->has_mschap = buf_u8(&data, &eap->mschap_op);
    /* Answers to Success and Failure are the OpCode alone. */
    if (!buf_u8(&data, &id) || !buf_u16(&data, &length) || length < EAP_MSCHAPV2_HEADER_LEN)
        return;
    buf_sub(&data, MIN((size_t)length - EAP_MSCHAPV2_HEADER_LEN, buf_left(&data)),
            &eap->mschap_message);
}

bool
ppp_decode_eap(const struct ppp_packet *packet, struct ppp_eap *out)
{
    struct ppp_eap eap = { .type_data = buf_init(NULL, 0), .mschap_message = buf_init(NULL, 0) };
    struct buf data = packet->data;

    switch (packet->code) {
    case EAP_SUCCESS:
    case EAP_FAILURE:
        break;
    case EAP_REQUEST:
    case EAP_RESPONSE:
        if (!buf_u8(&data, &eap.type))
            return false;
        eap.type_data = data;
        if (eap.type == EAP_MSCHAPV2)
            eap_mschap(data, &eap);
        break;
    default:
        return false;
    }
    *out = eap;
    return true;
}

bool
ppp_eap_has_tls(uint8_t type)
{
    return type == EAP_TLS || type == EAP_TTLS || type == EAP_PEAP;
}

/* Walks TLS records from their beginning; an encrypted alert is longer than two bytes. */
static bool
tls_records_alert(struct buf b, uint8_t *description)
{
    uint8_t type, major, minor;
    uint16_t length;
    struct buf body;

    while (buf_u8(&b, &type) && buf_u8(&b, &major) && buf_u8(&b, &minor) && buf_u16(&b, &length)) {
        if (major != TLS_MAJOR_VERSION || !buf_sub(&b, length, &body))
            return false;
        if (type == TLS_ALERT && length == TLS_ALERT_LEN)
            return buf_skip(&body, 1) && buf_u8(&body, description);
    }
    return false;
}

bool
ppp_eap_tls_alert(struct buf type_data, bool *more, uint8_t *description)
{
    uint8_t flags;

    if (!buf_u8(&type_data, &flags))
        return false;
    *more = (flags & EAP_TLS_MORE_FRAGMENTS) != 0;
    if ((flags & EAP_TLS_LENGTH_INCLUDED) != 0 && !buf_skip(&type_data, sizeof(uint32_t)))
        return false;
    return tls_records_alert(type_data, description);
}

uint8_t
ppp_eap_nak_wanted(struct buf type_data)
{
    uint8_t wanted;

    return buf_u8(&type_data, &wanted) ? wanted : 0;
}

bool
ppp_decode_protocol_reject(struct buf data, uint16_t *protocol)
{
    return buf_u16(&data, protocol);
}

bool
ppp_decode_identification(struct buf data, uint32_t *magic, struct buf *message)
{
    if (!buf_u32(&data, magic))
        return false;
    *message = data;
    return true;
}

bool
ppp_identification_guid(struct buf message, char guid[static 39])
{
    /* A GUID's first three fields are little endian: which byte stands at each place of the text.
     */
    static const uint8_t order[GUID_LEN] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
    uint8_t bytes[GUID_LEN];
    bool printable = true;
    char *p = guid;

    if (buf_left(&message) != GUID_LEN || !buf_copy(&message, bytes, GUID_LEN))
        return false;
    for (size_t i = 0; i < GUID_LEN; i++)
        printable = printable && g_ascii_isprint(bytes[i]);
    if (printable)
        return false;
    *p++ = '{';
    for (size_t i = 0; i < GUID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = "0123456789ABCDEF"[bytes[order[i]] >> 4];
        *p++ = "0123456789ABCDEF"[bytes[order[i]] & 15];
    }
    *p++ = '}';
    *p = '\0';
    return true;
}

bool
ppp_is_hdlc_framed(const uint8_t *data, size_t len)
{
    static const uint8_t escaped[] = { 0x7e, 0xff, 0x7d, 0x23 }, plain[] = { 0x7e, 0xff, 0x03 };

    return (len >= sizeof escaped && memcmp(data, escaped, sizeof escaped) == 0) ||
           (len >= sizeof plain && memcmp(data, plain, sizeof plain) == 0);
}

bool
ppp_is_network_data(uint16_t protocol)
{
    return protocol == PPP_IP || protocol == PPP_IPV6;
}

bool
ppp_is_opaque_data(uint16_t protocol)
{
    return protocol == PPP_COMPRESSED || protocol == PPP_VJ_COMPRESSED ||
           protocol == PPP_VJ_UNCOMPRESSED || protocol == PPP_MULTILINK;
}

bool
ppp_is_authentication(uint16_t protocol)
{
    return protocol == PPP_PAP || protocol == PPP_CHAP || protocol == PPP_EAP;
}

bool
ppp_is_control(uint16_t protocol)
{
    return protocol >= FIRST_CONTROL_PROTOCOL;
}
