/* ipv6cp.c - IPV6CP of the client: an interface identifier
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ipv6cp.h"

#include <string.h>

#include "base/append.h"

/* RFC 5072 4.1 */
enum { OPT_INTERFACE_ID = 1, OPT_LEN = 10 };

static const uint8_t none[IPV6CP_ID_LEN];

static void
append_id(GByteArray *out, const uint8_t *id)
{
    append_u8(out, OPT_INTERFACE_ID);
    append_u8(out, OPT_LEN);
    g_byte_array_append(out, id, IPV6CP_ID_LEN);
}

static void
ipv6cp_request(void *data, GByteArray *options)
{
    const struct ipv6cp *ipv6cp = data;

    if (!ipv6cp->no_id)
        append_id(options, ipv6cp->id);
}

/* RFC 5072 4.1: any but none and ours, which get another one. */
static enum reply
ipv6cp_judge(void *data, const struct ppp_option *option, GByteArray *better)
{
    struct ipv6cp *ipv6cp = data;
    struct buf value = option->value;
    uint8_t id[IPV6CP_ID_LEN];

    if (option->type != OPT_INTERFACE_ID || buf_left(&value) != sizeof id ||
        !buf_copy(&value, id, sizeof id))
        return REPLY_REJECT;
    if (memcmp(id, none, sizeof id) != 0 && memcmp(id, ipv6cp->id, sizeof id) != 0) {
        memcpy(ipv6cp->peer_id, id, sizeof id);
        return REPLY_ACK;
    }
    memcpy(id, ipv6cp->id, sizeof id);
    id[IPV6CP_ID_LEN - 1] ^= 1;
    id[0] |= 2 * (memcmp(id, none, sizeof id) == 0);
    append_id(better, id);
    return REPLY_NAK;
}

static void
ipv6cp_answered(void *data, uint8_t code, const struct ppp_options *options)
{
    struct ipv6cp *ipv6cp = data;

    for (unsigned i = 0; i < MIN(options->num, PPP_OPTIONS_MAX); i++) {
        struct buf value = options->option[i].value;
        if (options->option[i].type != OPT_INTERFACE_ID)
            continue;
        ipv6cp->no_id |= code == PPP_CONFIGURE_REJECT;
        if (code == PPP_CONFIGURE_NAK && buf_left(&value) == IPV6CP_ID_LEN)
            buf_copy(&value, ipv6cp->id, IPV6CP_ID_LEN);
    }
}

static void
ipv6cp_up(void *data, int64_t now)
{
    struct ipv6cp *ipv6cp = data;

    (void)now;
    ipv6cp->was_open = true;
}

/* Without it there is IPv4 all the same. */
static void
ipv6cp_nothing(void *data, int64_t now)
{
    (void)data;
    (void)now;
}

/* RFC 5072 3: codes 1 to 7 alone. */
static bool
ipv6cp_other(void *data, const struct ppp_packet *packet, int64_t now)
{
    (void)data;
    (void)packet;
    (void)now;
    return false;
}

static void
ipv6cp_send(void *data, uint8_t code, uint8_t id, const void *bytes, size_t len)
{
    const struct ipv6cp *ipv6cp = data;

    ipv6cp->user->send(ipv6cp->data, PPP_IPV6CP, code, id, bytes, len);
}

static const struct automaton_protocol ipv6cp_protocol = {
    .protocol = PPP_IPV6CP,
    .request = ipv6cp_request,
    .judge = ipv6cp_judge,
    .answered = ipv6cp_answered,
    .up = ipv6cp_up,
    .down = ipv6cp_nothing,
    .finished = ipv6cp_nothing,
    .other = ipv6cp_other,
    .send = ipv6cp_send,
};

void
ipv6cp_init(struct ipv6cp *ipv6cp, const struct ipv6cp_user *user, void *data,
            const uint8_t id[static IPV6CP_ID_LEN])
{
    *ipv6cp = (struct ipv6cp){ .user = user, .data = data };
    memcpy(ipv6cp->id, id, sizeof ipv6cp->id);
    /* Neither global (RFC 5072 4.1), nor none. */
    ipv6cp->id[0] &= (uint8_t)~2U;
    ipv6cp->id[IPV6CP_ID_LEN - 1] |= 1;
    automaton_init(&ipv6cp->automaton, &ipv6cp_protocol, ipv6cp);
}

bool
ipv6cp_is_open(const struct ipv6cp *ipv6cp)
{
    return ipv6cp->automaton.state == STATE_OPENED;
}
