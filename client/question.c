/* question.c - what is asked of hosts inside the tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "question.h"

#include <string.h>

#include "base/append.h"
#include "base/numbers.h"
#include "codec/ip.h"
#include "ipv4.h"

enum { UDP_LEN = 8, UDP_SUM = 6, TCP_LEN = 20, TCP_SUM = 16, LABEL_MAX = 63, DNS_HEAD_LEN = 12 };
enum { WINDOW = 0xffff, RECURSION_DESIRED = 0x0100, CLASS_IN = 1 };

/* IP header for what is len bytes long; returns where that begins. */
static guint
begin(GByteArray *out, const struct question *question, uint8_t protocol, size_t len)
{
    const struct endpoint src = ipv4_endpoint(question->src), dst = ipv4_endpoint(question->dst);

    ip_append_header(out, &src, &dst, protocol, question->src_port, len);
    return out->len;
}

/* RFC 9293 3.1, RFC 768: with addresses, protocol and length in front. */
static void
finish(GByteArray *out, const struct question *question, guint begin, guint field, uint8_t protocol)
{
    GByteArray *pseudo = g_byte_array_new();
    const size_t len = out->len - begin;

    append_u32(pseudo, question->src);
    append_u32(pseudo, question->dst);
    append_u16(pseudo, protocol);
    append_u16(pseudo, len);
    const guint32 sum =
        ~checksum_add(checksum_add(0, pseudo->data, pseudo->len), out->data + begin, len);
    set_u16(out->data + begin + field, (sum & 0xffff) || protocol == IP_TCP ? sum : 0xffff);
    g_byte_array_unref(pseudo);
}

/* --- a name ----------------------------------------------------------------------------------- */

static bool
append_name(GByteArray *out, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);
    bool good = *name != '\0' && strlen(name) <= DNS_NAME_MAX_LEN;

    for (char **label = labels; good && *label; label++) {
        const size_t len = strlen(*label);
        if (len == 0 && !label[1]) /* the root's dot */
            break;
        good = len > 0 && len <= LABEL_MAX;
        append_u8(out, (unsigned)len);
        g_byte_array_append(out, (const uint8_t *)*label, (guint)len);
    }
    append_u8(out, 0);
    g_strfreev(labels);
    return good;
}

bool
question_append_query(GByteArray *out, const struct question *question, uint16_t id,
                      const char *name)
{
    GByteArray *words = g_byte_array_new();
    const bool good = append_name(words, name);

    if (good) {
        const size_t len = UDP_LEN + DNS_HEAD_LEN + words->len + 4;
        const guint at = begin(out, question, IP_UDP, len);
        append_u16(out, question->src_port);
        append_u16(out, question->dst_port);
        append_u16(out, len);
        append_u16(out, 0);
        append_u16(out, id);
        append_u16(out, RECURSION_DESIRED);
        append_u16(out, 1);
        append_u16(out, 0);
        append_u32(out, 0);
        g_byte_array_append(out, words->data, words->len);
        append_u16(out, DNS_A);
        append_u16(out, CLASS_IN);
        finish(out, question, at, UDP_SUM, IP_UDP);
    }
    g_byte_array_unref(words);
    return good;
}

static bool
is_back(const struct question *question, const struct endpoint *src, const struct endpoint *dst)
{
    const struct endpoint theirs = ipv4_endpoint(question->dst),
                          ours = ipv4_endpoint(question->src);

    return src->addr_len == 4 && memcmp(src->addr, theirs.addr, 4) == 0 &&
           memcmp(dst->addr, ours.addr, 4) == 0 && src->port == question->dst_port &&
           dst->port == question->src_port;
}

bool
question_is_answer(const struct question *question, uint16_t id, struct buf packet,
                   struct dns_message *answer)
{
    struct inner inner;
    struct ip_packet ip;

    return inner_decode(packet, &inner) && is_back(question, &inner.src, &inner.dst) &&
           ip_decode(packet, 0, &ip) && ip.protocol == IP_UDP && buf_skip(&ip.payload, UDP_LEN) &&
           dns_decode(ip.payload.p, buf_left(&ip.payload), answer) && answer->response &&
           answer->id == id;
}

/* --- a port ----------------------------------------------------------------------------------- */

void
question_append_segment(GByteArray *out, const struct question *question, uint32_t seq,
                        uint32_t ack, uint8_t flags)
{
    const guint at = begin(out, question, IP_TCP, TCP_LEN);

    append_u16(out, question->src_port);
    append_u16(out, question->dst_port);
    append_u32(out, seq);
    append_u32(out, ack);
    append_u8(out, TCP_LEN / 4 << 4);
    append_u8(out, flags);
    append_u16(out, WINDOW);
    append_u32(out, 0);
    finish(out, question, at, TCP_SUM, IP_TCP);
}

bool
question_is_segment(const struct question *question, struct buf packet, struct inner *segment)
{
    return inner_decode(packet, segment) && segment->kind == INNER_TCP &&
           is_back(question, &segment->src, &segment->dst);
}
