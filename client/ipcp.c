/* ipcp.c - IPCP of the client: an address and resolvers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ipcp.h"

#include "base/append.h"

static void
append_address(GByteArray *out, unsigned type, uint32_t address)
{
    append_u8(out, type);
    append_u8(out, 6);
    append_u32(out, address);
}

static void
ipcp_request(void *data, GByteArray *options)
{
    const struct ipcp *ipcp = data;

    if (!ipcp->no_address)
        append_address(options, IPCP_OPT_ADDRESS, ipcp->address);
    if (!ipcp->no_dns1)
        append_address(options, IPCP_OPT_DNS1, ipcp->dns1);
    if (!ipcp->no_dns2)
        append_address(options, IPCP_OPT_DNS2, ipcp->dns2);
}

/* The peer may have any address, also none; all else is of no use to it. */
static enum reply
ipcp_judge(void *data, const struct ppp_option *option, GByteArray *better)
{
    struct ipcp *ipcp = data;
    struct buf value = option->value;

    (void)better;
    return option->type == IPCP_OPT_ADDRESS && buf_u32(&value, &ipcp->peer_address) ? REPLY_ACK
                                                                                    : REPLY_REJECT;
}

static void
ipcp_answered(void *data, uint8_t code, const struct ppp_options *options)
{
    struct ipcp *ipcp = data;
    struct ppp_ipcp_options said = { 0 };

    ppp_ipcp_options(options, &said);
    if (code == PPP_CONFIGURE_REJECT) {
        ipcp->no_address |= said.has_address;
        ipcp->no_dns1 |= said.has_dns1;
        ipcp->no_dns2 |= said.has_dns2;
    } else if (code == PPP_CONFIGURE_NAK) {
        ipcp->address = said.has_address ? GUINT32_FROM_BE(said.address) : ipcp->address;
        ipcp->dns1 = said.has_dns1 ? GUINT32_FROM_BE(said.dns1) : ipcp->dns1;
        ipcp->dns2 = said.has_dns2 ? GUINT32_FROM_BE(said.dns2) : ipcp->dns2;
    }
}

static void
ipcp_up(void *data, int64_t now)
{
    const struct ipcp *ipcp = data;

    ipcp->user->up(ipcp->data, now);
}

static void
ipcp_down(void *data, int64_t now)
{
    (void)data;
    (void)now;
}

static void
ipcp_finished(void *data, int64_t now)
{
    const struct ipcp *ipcp = data;

    ipcp->user->finished(ipcp->data, now);
}

/* RFC 1332 2: codes 1 to 7 alone. */
static bool
ipcp_other(void *data, const struct ppp_packet *packet, int64_t now)
{
    (void)data;
    (void)packet;
    (void)now;
    return false;
}

static void
ipcp_send(void *data, uint8_t code, uint8_t id, const void *bytes, size_t len)
{
    const struct ipcp *ipcp = data;

    ipcp->user->send(ipcp->data, PPP_IPCP, code, id, bytes, len);
}

static const struct automaton_protocol ipcp_protocol = {
    .protocol = PPP_IPCP,
    .request = ipcp_request,
    .judge = ipcp_judge,
    .answered = ipcp_answered,
    .up = ipcp_up,
    .down = ipcp_down,
    .finished = ipcp_finished,
    .other = ipcp_other,
    .send = ipcp_send,
};

void
ipcp_init(struct ipcp *ipcp, const struct ipcp_user *user, void *data)
{
    *ipcp = (struct ipcp){ .user = user, .data = data };
    automaton_init(&ipcp->automaton, &ipcp_protocol, ipcp);
}
