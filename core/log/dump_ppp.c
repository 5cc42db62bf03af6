/* dump_ppp.c - PPP packets as programs write them down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/dump_ppp.h"

#include <string.h>

#include "base/append.h"
#include "base/numbers.h"

enum {
    CHALLENGE_LEN = 16,
    RESPONSE_LEN = 49,       /* RFC 2759 4 */
    HIDDEN_PASSWORD_LEN = 8, /* any */
    HEADER_LEN = 6,          /* protocol, code, identifier, length */
};

static const struct dump_name protocols[] = {
    { "LCP", PPP_LCP },        { "IPCP", PPP_IPCP },    { "IPV6CP", PPP_IPV6CP },
    { "CCP", PPP_CCP },        { "CHAP", PPP_CHAP },    { "MSCHAP-v2", PPP_CHAP },
    { "MSCHAP-v1", PPP_CHAP }, { "MS-CHAP", PPP_CHAP }, { "PAP", PPP_PAP },
    { "EAP", PPP_EAP },        { "CBCP", PPP_CBCP },
};

/* Codes that differ in their protocols are in tables of their own. */
static const struct dump_name control_codes[] = {
    { "ConfReq", PPP_CONFIGURE_REQUEST }, { "ConfAck", PPP_CONFIGURE_ACK },
    { "ConfNak", PPP_CONFIGURE_NAK },     { "ConfRej", PPP_CONFIGURE_REJECT },
    { "TermReq", PPP_TERMINATE_REQUEST }, { "TermAck", PPP_TERMINATE_ACK },
    { "CodeRej", PPP_CODE_REJECT },       { "ProtRej", PPP_PROTOCOL_REJECT },
    { "ProtoRej", PPP_PROTOCOL_REJECT },  { "EchoReq", PPP_ECHO_REQUEST },
    { "EchoRep", PPP_ECHO_REPLY },        { "DiscReq", PPP_DISCARD_REQUEST },
    { "Ident", PPP_IDENTIFICATION },      { "TimeRem", PPP_TIME_REMAINING },
    { "ResetReq", PPP_RESET_REQUEST },    { "ResetAck", PPP_RESET_ACK },
};
static const struct dump_name chap_codes[] = {
    { "Challenge", 1 }, { "Response", 2 }, { "Success", 3 }, { "Failure", 4 }
};
static const struct dump_name pap_codes[] = { { "AuthReq", 1 },
                                              { "AuthAck", 2 },
                                              { "AuthNak", 3 } };
static const struct dump_name eap_codes[] = {
    { "Request", 1 }, { "Response", 2 }, { "Success", 3 }, { "Failure", 4 }
};

static bool
take_code(struct dump_words *words, unsigned protocol, unsigned *code)
{
    switch (protocol) {
    case PPP_CHAP:
        return dump_take_name(words, chap_codes, G_N_ELEMENTS(chap_codes), code);
    case PPP_PAP:
        return dump_take_name(words, pap_codes, G_N_ELEMENTS(pap_codes), code);
    case PPP_EAP:
        return dump_take_name(words, eap_codes, G_N_ELEMENTS(eap_codes), code);
    default:
        return dump_take_name(words, control_codes, G_N_ELEMENTS(control_codes), code);
    }
}

static void
append_zeros(GByteArray *out, size_t num)
{
    while (num-- > 0)
        append_u8(out, 0);
}

/* So many bytes behind begin, more are cut off. */
static void
set_len(GByteArray *out, guint begin, guint len)
{
    if (out->len > begin + len)
        g_byte_array_set_size(out, begin + len);
    append_zeros(out, begin + len - out->len);
}

/* What is left, as it stands there. */
static void
append_rest(struct dump_words *words, GByteArray *out)
{
    dump_skip_blanks(words);
    if (!dump_take_text(words, out))
        g_byte_array_append(out, (const guint8 *)words->p, (guint)(words->end - words->p));
}

/* --- LCP and the network protocols ----------------------------------------------------------- */

/* "magic=0x1" of pppd, "<magic 1>" of the others; 0 where there is none. */
static void
append_magic(struct dump_words *words, GByteArray *out)
{
    uint32_t magic = 0;

    if (dump_find(words, "magic=") || dump_find(words, "<magic"))
        dump_take_number(words, 16, &magic);
    append_u32(out, magic);
}

/* A text, or bytes, or both: "\"User request\"", " 80 57 01", "<8057>". */
static void
append_text_or_bytes(struct dump_words *words, GByteArray *out)
{
    struct dump_words inner;

    if (dump_take_text(words, out) || !dump_take_brackets(words, &inner))
        dump_take_bytes(words, out);
    else
        dump_take_digits(&inner, out);
}

static void
append_identification(struct dump_words *words, GByteArray *out)
{
    struct dump_words inner = *words;

    append_magic(&inner, out);
    if (dump_find(words, "\"")) {
        words->p--;
        dump_take_text(words, out);
    } else if (dump_take_brackets(words, &inner)) {
        g_byte_array_append(out, (const guint8 *)inner.p, (guint)(inner.end - inner.p));
    }
}

static void
append_control(struct dump_words *words, unsigned protocol, unsigned code, GByteArray *out)
{
    if (code <= PPP_CONFIGURE_REJECT)
        log_dump_options(protocol, words, out);
    else if (code == PPP_ECHO_REQUEST || code == PPP_ECHO_REPLY || code == PPP_DISCARD_REQUEST)
        append_magic(words, out);
    else if (code == PPP_IDENTIFICATION)
        append_identification(words, out);
    else
        append_text_or_bytes(words, out);
}

/* --- authentication -------------------------------------------------------------------------- */

/* "name = "x"", "name="x"", "<name x>", "<Name "x">"; nothing when there is none. */
static void
append_name(struct dump_words *words, GByteArray *out)
{
    static const char *const labels[] = { "name = ", "name=", "<Name ", "<name " };

    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        struct dump_words there = *words;
        if (!dump_find(&there, labels[i]))
            continue;
        if (!dump_take_text(&there, out) && labels[i][0] == '<') {
            const char *close = memchr(there.p, '>', (size_t)(there.end - there.p));
            g_byte_array_append(out, (const guint8 *)there.p,
                                (guint)((close ? close : there.end) - there.p));
        }
        return;
    }
}

/* Its length in front of it. What accel-ppp and RouterOS leave out of it is zeros. */
static void
append_chap_value(struct dump_words *words, unsigned code, GByteArray *out)
{
    struct dump_words inner;
    guint len_at = out->len;
    uint32_t len = 0;

    append_u8(out, 0);
    if (dump_take_brackets(words, &inner)) {
        if (dump_find(&inner, "len="))
            dump_take_number(&inner, 10, &len);
        else
            dump_take_digits(&inner, out);
    }
    if (len > 0 && len <= 0xff)
        set_len(out, len_at + 1, len);
    else if (code == 1 && out->len - len_at - 1 < CHALLENGE_LEN)
        set_len(out, len_at + 1, CHALLENGE_LEN);
    else if (code == 2 && out->len - len_at - 1 != RESPONSE_LEN &&
             out->len - len_at - 1 != CHALLENGE_LEN)
        set_len(out, len_at + 1, RESPONSE_LEN);
    out->data[len_at] = (guint8)MIN(out->len - len_at - 1, 0xff);
    append_name(words, out);
}

static void
append_pap(struct dump_words *words, unsigned code, GByteArray *out)
{
    guint len_at = out->len;

    append_u8(out, 0);
    if (code == 1 ? dump_find(words, "user=") : true)
        dump_take_text(words, out);
    set_len(out, len_at + 1, MIN(out->len - len_at - 1, 0xff));
    out->data[len_at] = (guint8)(out->len - len_at - 1);
    if (code == 1) {
        append_u8(out, HIDDEN_PASSWORD_LEN);
        append_zeros(out, HIDDEN_PASSWORD_LEN);
    }
}

static const struct dump_name eap_types[] = {
    { "Identity", 1 }, { "Notification", 2 },  { "Nak", 3 },       { "MD5-Challenge", 4 },
    { "OTP", 5 },      { "Generic-Token", 6 }, { "TLS", 13 },      { "SRP", 19 },
    { "TTLS", 21 },    { "PEAP", 25 },         { "MSCHAPv2", 26 },
};

/* EAP-MSCHAPv2: an operation, and what MS-CHAPv2 says. */
static void
append_eap_mschap(struct dump_words *words, bool request, GByteArray *out)
{
    unsigned code;
    uint32_t id = 0;
    guint len_at;

    if (!dump_take_name(words, chap_codes, G_N_ELEMENTS(chap_codes), &code))
        return;
    append_u8(out, code);
    if (!request && code > 2)
        return;
    struct dump_words label = *words;
    if (dump_find(&label, "msid="))
        dump_take_number(&label, 10, &id);
    append_u8(out, id & 0xff);
    len_at = out->len;
    append_u16(out, 0);
    if (code <= 2)
        append_chap_value(words, code, out);
    else if (dump_find(words, "<Message "))
        dump_take_text(words, out);
    set_u16(out->data + len_at, out->len - len_at + 2);
}

static void
append_eap_data(struct dump_words *words, unsigned type, bool request, GByteArray *out)
{
    enum { NAK = 3, TLS = 13, TTLS = 21, PEAP = 25, MSCHAP = 26 };
    uint32_t wanted;

    if (type == MSCHAP) {
        append_eap_mschap(words, request, out);
    } else if (type == NAK) {
        if (dump_find(words, "<Suggested-type ") && dump_take_number(words, 16, &wanted))
            append_u8(out, wanted & 0xff);
    } else if (type == TLS || type == TTLS || type == PEAP) {
        append_u8(out, 0);
    } else if (dump_find(words, "\"")) {
        words->p--;
        dump_take_text(words, out);
    }
}

static void
append_eap(struct dump_words *words, unsigned code, GByteArray *out)
{
    uint32_t number = 0;
    unsigned type = 0;

    if (code > 2)
        return;
    if (dump_skip(words, "len="))
        dump_take_number(words, 10, &number);
    if (dump_skip(words, "type=")) {
        dump_take_number(words, 16, &number);
        type = number & 0xff;
    } else if (!dump_take_name(words, eap_types, G_N_ELEMENTS(eap_types), &type)) {
        return;
    }
    append_u8(out, type);
    append_eap_data(words, type, code == 1, out);
}

/* --- the packet ------------------------------------------------------------------------------ */

static void
append_data(struct dump_words *words, unsigned protocol, unsigned code, GByteArray *out)
{
    switch (protocol) {
    case PPP_CHAP:
        if (code <= 2)
            append_chap_value(words, code, out);
        else
            append_rest(words, out);
        break;
    case PPP_PAP:
        append_pap(words, code, out);
        break;
    case PPP_EAP:
        append_eap(words, code, out);
        break;
    default:
        append_control(words, protocol, code, out);
        break;
    }
}

bool
log_dump_ppp(const char *text, size_t len, GByteArray *out)
{
    struct dump_words words = { text, text + len };
    unsigned protocol, code;
    guint begin = out->len;
    uint32_t id;

    if (!dump_take_name(&words, protocols, G_N_ELEMENTS(protocols), &protocol) ||
        !take_code(&words, protocol, &code) || !dump_skip(&words, "id=") ||
        !dump_take_number(&words, 16, &id) || id > 0xff)
        return false;
    append_u16(out, protocol);
    append_u8(out, code);
    append_u8(out, id);
    append_u16(out, 0);
    append_data(&words, protocol, code, out);
    set_u16(out->data + begin + HEADER_LEN - 2, out->len - begin - 2);
    return true;
}
