/* dump_options.c - options of Configure packets as programs write them down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/append.h"
#include "base/numbers.h"
#include "codec/ppp.h"
#include "log/dump_ppp.h"

/* How the value of an option is written. */
enum value {
    VALUE_NONE,
    VALUE_U16,
    VALUE_U32, /* in hexadecimal */
    VALUE_AUTH,
    VALUE_CALLBACK,
    VALUE_QUALITY,
    VALUE_ENDPOINT,
    VALUE_ADDRESS,
    VALUE_ADDRESSES,
    VALUE_VJ,
    VALUE_INTERFACE, /* the lower half of an IPv6 address */
    VALUE_MPPE,
    VALUE_DEFLATE,
    VALUE_BSD,
};

/* RFC 1661, 1332, 1877, 5072, 1962, 3078. */
static const struct option {
    unsigned protocol;
    const char *name;
    uint8_t type;
    enum value value;
} options[] = {
    { PPP_LCP, "mru", 1, VALUE_U16 },
    { PPP_LCP, "asyncmap", 2, VALUE_U32 },
    { PPP_LCP, "accm", 2, VALUE_U32 },
    { PPP_LCP, "auth", 3, VALUE_AUTH },
    { PPP_LCP, "quality", 4, VALUE_QUALITY },
    { PPP_LCP, "magic", 5, VALUE_U32 },
    { PPP_LCP, "pcomp", 7, VALUE_NONE },
    { PPP_LCP, "accomp", 8, VALUE_NONE },
    { PPP_LCP, "callback", 13, VALUE_CALLBACK },
    { PPP_LCP, "mrru", 17, VALUE_U16 },
    { PPP_LCP, "ssnhf", 18, VALUE_NONE },
    { PPP_LCP, "endpoint", 19, VALUE_ENDPOINT },
    { PPP_IPCP, "addrs", 1, VALUE_ADDRESSES },
    { PPP_IPCP, "compress", 2, VALUE_VJ },
    { PPP_IPCP, "addr", 3, VALUE_ADDRESS },
    { PPP_IPCP, "ms-dns1", 129, VALUE_ADDRESS },
    { PPP_IPCP, "ms-dns2", 131, VALUE_ADDRESS },
    { PPP_IPCP, "ms-dns3", 131, VALUE_ADDRESS },
    { PPP_IPCP, "ms-dns", 129, VALUE_ADDRESS },
    { PPP_IPCP, "dns1", 129, VALUE_ADDRESS },
    { PPP_IPCP, "dns2", 131, VALUE_ADDRESS },
    { PPP_IPCP, "ms-wins1", 130, VALUE_ADDRESS },
    { PPP_IPCP, "ms-wins2", 132, VALUE_ADDRESS },
    { PPP_IPCP, "ms-wins", 130, VALUE_ADDRESS },
    { PPP_IPCP, "wins1", 130, VALUE_ADDRESS },
    { PPP_IPCP, "wins2", 132, VALUE_ADDRESS },
    { PPP_IPV6CP, "addr", 1, VALUE_INTERFACE },
    { PPP_CCP, "mppe", 18, VALUE_MPPE },
    { PPP_CCP, "deflate", 26, VALUE_DEFLATE },
    { PPP_CCP, "deflate(old#)", 24, VALUE_DEFLATE },
    { PPP_CCP, "bsd", 21, VALUE_BSD },
    { PPP_CCP, "predictor", 1, VALUE_NONE },
};

/* Names of methods, with the algorithm of those of CHAP. pppd has "chap" in front. */
static const struct dump_name methods[] = {
    { "pap", PPP_PAP << 8 },
    { "PAP", PPP_PAP << 8 },
    { "eap", PPP_EAP << 8 },
    { "EAP", PPP_EAP << 8 },
    { "MS-v2", PPP_CHAP << 8 | 129 },
    { "MSCHAP-v2", PPP_CHAP << 8 | 129 },
    { "mschap2", PPP_CHAP << 8 | 129 },
    { "MS", PPP_CHAP << 8 | 128 },
    { "m$oft", PPP_CHAP << 8 | 128 },
    { "MSCHAP-v1", PPP_CHAP << 8 | 128 },
    { "mschap1", PPP_CHAP << 8 | 128 },
    { "MD5", PPP_CHAP << 8 | 5 },
    { "CHAP-md5", PPP_CHAP << 8 | 5 },
    { "chap", PPP_CHAP << 8 | 5 },
};

static bool
append_auth(struct dump_words *words, GByteArray *out)
{
    unsigned method;
    uint32_t number;

    if (!dump_take_name(words, methods, G_N_ELEMENTS(methods), &method)) {
        if (!dump_take_number(words, 16, &number))
            return false;
        append_u16(out, number);
        return true;
    }
    if (method == (PPP_CHAP << 8 | 5)) {
        unsigned algorithm;
        if (dump_take_name(words, methods, G_N_ELEMENTS(methods), &algorithm))
            method = algorithm;
        else if (dump_take_number(words, 16, &number))
            method = PPP_CHAP << 8 | (number & 0xff);
    }
    append_u16(out, method >> 8);
    if (method >> 8 == PPP_CHAP)
        append_u8(out, method & 0xff);
    return true;
}

static bool
append_address(struct dump_words *words, GByteArray *out)
{
    uint32_t part;

    for (int i = 0; i < 4; i++) {
        if ((i > 0 && !dump_skip(words, ".")) || !dump_take_number(words, 10, &part) || part > 255)
            return false;
        append_u8(out, part);
    }
    return true;
}

/* "fe80::3926:137d:e473:dcd1", "3926:137d:e473:dcd1": the last four groups. */
static void
append_interface(struct dump_words *words, GByteArray *out)
{
    enum { GROUPS = 4 };
    uint32_t groups[GROUPS] = { 0 }, group;

    dump_skip_blanks(words);
    for (dump_skip(words, "fe80::"); dump_take_number(words, 16, &group);) {
        memmove(groups, groups + 1, sizeof groups - sizeof groups[0]);
        groups[GROUPS - 1] = group & 0xffff;
        while (words->p < words->end && *words->p == ':')
            words->p++;
    }
    for (int i = 0; i < GROUPS; i++)
        append_u16(out, groups[i]);
}

/* "+H -M +S -L -D -C" of RFC 3078 2.1, or the number itself. */
static void
append_mppe(struct dump_words *words, GByteArray *out)
{
    static const struct dump_name bits[] = {
        { "+H", 0x01000000 }, { "+M", 0x80 }, { "+S", 0x40 },
        { "+L", 0x20 },       { "+D", 0x10 }, { "+C", 0x01 },
    };
    uint32_t sum = 0;
    unsigned bit;

    dump_skip_blanks(words);
    if (words->p < words->end && g_ascii_isxdigit(*words->p)) {
        dump_take_number(words, 16, &sum);
    } else {
        while (words->p < words->end) {
            if (dump_take_name(words, bits, G_N_ELEMENTS(bits), &bit))
                sum |= bit;
            else
                words->p += MAX(dump_word_len(words), 1);
            dump_skip_blanks(words);
        }
    }
    append_u32(out, sum);
}

/* A window of 2^n bytes, as RFC 1979 and 1977 have it. */
static void
append_window(struct dump_words *words, enum value value, GByteArray *out)
{
    uint32_t bits = 15;

    if (value == VALUE_BSD)
        dump_find(words, "v1");
    dump_take_number(words, 10, &bits);
    if (value == VALUE_BSD) {
        append_u8(out, 1 << 5 | (bits & 0x1f));
    } else {
        append_u8(out, ((bits - 8) & 0xf) << 4 | 8);
        append_u8(out, 0);
    }
}

static bool
append_number(struct dump_words *words, enum value value, GByteArray *out)
{
    uint32_t number;

    if (!dump_take_number(words, value == VALUE_U16 ? 10 : 16, &number))
        return false;
    if (value == VALUE_U16)
        append_u16(out, number & 0xffff);
    else
        append_u32(out, number);
    return true;
}

/* "VJ 0f 01"; what follows the name is optional. */
static void
append_vj(struct dump_words *words, GByteArray *out)
{
    append_u16(out, PPP_VJ_COMPRESSED);
    dump_skip(words, "VJ");
    dump_take_bytes(words, out);
}

/* False: the value is not as it should be. */
static bool
append_value(struct dump_words *words, enum value value, GByteArray *out)
{
    enum { CBCP = 6 };

    switch (value) {
    case VALUE_U16:
    case VALUE_U32:
        return append_number(words, value, out);
    case VALUE_AUTH:
        return append_auth(words, out);
    case VALUE_ADDRESS:
        return append_address(words, out);
    case VALUE_ADDRESSES:
        if (!append_address(words, out))
            return false;
        return append_address(words, out);
    case VALUE_CALLBACK:
        append_u8(out, CBCP);
        break;
    case VALUE_QUALITY:
        append_u16(out, PPP_LQR);
        append_u32(out, 0);
        break;
    case VALUE_ENDPOINT:
        append_u8(out, 0);
        break;
    case VALUE_VJ:
        append_vj(words, out);
        break;
    case VALUE_INTERFACE:
        append_interface(words, out);
        break;
    case VALUE_MPPE:
        append_mppe(words, out);
        break;
    case VALUE_DEFLATE:
    case VALUE_BSD:
        append_window(words, value, out);
        break;
    case VALUE_NONE:
        break;
    }
    return true;
}

/* One whose name is not known is written as its bytes, type and length among them. */
static bool
append_bytes(struct dump_words *words, GByteArray *out)
{
    guint begin = out->len;

    dump_take_bytes(words, out);
    return out->len - begin >= 2 && out->data[begin + 1] == out->len - begin;
}

static bool
append_option(unsigned protocol, struct dump_words *words, GByteArray *out)
{
    guint begin = out->len;
    size_t len;

    dump_skip_blanks(words);
    len = dump_word_len(words);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        const struct option *option = &options[i];
        if (option->protocol != protocol || strlen(option->name) != len ||
            strncmp(option->name, words->p, len) != 0)
            continue;
        words->p += len;
        append_u8(out, option->type);
        append_u8(out, 0);
        if (!append_value(words, option->value, out))
            return false;
        out->data[begin + 1] = (guint8)(out->len - begin);
        return out->len - begin <= 0xff;
    }
    return append_bytes(words, out);
}

void
log_dump_options(unsigned protocol, struct dump_words *words, GByteArray *out)
{
    struct dump_words inner;

    while (dump_take_brackets(words, &inner)) {
        guint begin = out->len;
        if (!append_option(protocol, &inner, out))
            g_byte_array_set_size(out, begin);
    }
}
