/* dns.c - DNS messages, as far as they tell who asked for which address
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/dns.h"

#include <glib.h>
#include <string.h>

#include "base/buf.h"
#include "base/numbers.h"

enum {
    FLAG_RESPONSE = 0x8000,
    OPCODE_MASK = 0x7800,
    FLAG_TRUNCATED = 0x0200,
    RCODE_MASK = 0x000f,
    POINTER_MASK = 0xc0,
    CLASS_IN = 1,
    CLASS_MASK = 0x7fff, /* the highest bit is multicast DNS's */
    ANSWERS_MAX = 64,    /* looked at */
};

/* DNS_CUT: the bytes end too early. */
enum dns_result { DNS_OK, DNS_CUT, DNS_BAD };

/* A name without compression, as questions have it. */
static enum dns_result
dns_name(struct buf *b, char name[DNS_NAME_MAX_LEN + 1])
{
    size_t used = 0;
    uint8_t len;

    while (buf_u8(b, &len)) {
        if (len == 0) {
            name[used] = '\0';
            return used > 0 ? DNS_OK : DNS_BAD;
        }
        struct buf label;
        if ((len & POINTER_MASK) || used + len + 1 > DNS_NAME_MAX_LEN)
            return DNS_BAD;
        if (!buf_sub(b, len, &label))
            return DNS_CUT;
        if (used)
            name[used++] = '.';
        for (uint8_t i = 0; i < len; i++) {
            char c = (char)label.p[i];
            name[used++] = !g_ascii_isgraph(c) ? '?' : g_ascii_isupper(c) ? (char)(c | 0x20) : c;
        }
    }
    return DNS_CUT;
}

/* Passes over a name that may end in a pointer. */
static bool
dns_skip_name(struct buf *b)
{
    uint8_t len;

    while (buf_u8(b, &len)) {
        if (len == 0)
            return true;
        if ((len & POINTER_MASK) == POINTER_MASK)
            return buf_skip(b, 1);
        if ((len & POINTER_MASK) || !buf_skip(b, len))
            return false;
    }
    return false;
}

static bool
dns_answer(struct buf *b, struct dns_message *message)
{
    uint16_t type, class, len;
    uint32_t ttl;
    struct buf value;

    if (!dns_skip_name(b) || !buf_u16(b, &type) || !buf_u16(b, &class) || !buf_u32(b, &ttl) ||
        !buf_u16(b, &len))
        return false;
    if (len == 0)
        return true;
    if (!buf_sub(b, len, &value))
        return false;
    size_t want = type == DNS_A ? 4U : type == DNS_AAAA ? (size_t)ADDRESS_MAX_LEN : 0U;
    if (want == 0 || len != want || (class & CLASS_MASK) != CLASS_IN ||
        message->num_addresses == DNS_ADDRESSES_MAX)
        return true;
    struct endpoint *address = &message->addresses[message->num_addresses++];
    address->addr_len = (uint8_t)want;
    return buf_copy(&value, address->addr, want);
}

static enum dns_result
dns_question(struct buf *b, struct dns_message *out)
{
    uint16_t class;
    enum dns_result result = dns_name(b, out->name);

    if (result != DNS_OK)
        return result;
    if (!buf_u16(b, &out->type) || !buf_u16(b, &class))
        return DNS_CUT;
    return (class & CLASS_MASK) == CLASS_IN ? DNS_OK : DNS_BAD;
}

static void
dns_answers(struct buf b, uint16_t num, bool truncated, struct dns_message *out)
{
    unsigned read = 0;

    while (read < MIN(num, ANSWERS_MAX) && dns_answer(&b, out))
        read++;
    out->incomplete = read < num || truncated;
}

/* What a response says beside its questions; several of them, or one that is broken, are not what a
 * server sends. False: it is cut in front of that. */
static bool
dns_response(struct buf b, uint16_t questions, uint16_t answers, bool truncated,
             struct dns_message *out)
{
    enum dns_result result = questions ? dns_question(&b, out) : DNS_OK;

    if (result == DNS_CUT)
        return false;
    out->unreadable = result == DNS_BAD || questions > 1;
    if (result == DNS_BAD) {
        out->type = 0;
        out->name[0] = '\0';
    } else if (questions == 1) {
        dns_answers(b, answers, truncated, out);
    }
    return true;
}

bool
dns_decode(const uint8_t *data, size_t len, struct dns_message *out)
{
    struct buf b = buf_init(data, len);
    uint16_t flags, questions, answers;

    memset(out, 0, sizeof *out);
    if (!buf_u16(&b, &out->id) || !buf_u16(&b, &flags) || !buf_u16(&b, &questions) ||
        !buf_u16(&b, &answers) || !buf_skip(&b, 4) || (flags & OPCODE_MASK))
        return false;
    out->response = flags & FLAG_RESPONSE;
    out->rcode = flags & RCODE_MASK;
    return out->response ? dns_response(b, questions, answers, flags & FLAG_TRUNCATED, out)
                         : questions == 1 && dns_question(&b, out) == DNS_OK;
}
