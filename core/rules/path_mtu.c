/* path_mtu.c - what to do where a path loses large packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/path_mtu.h"

#include "base/thresholds.h"
#include "codec/inner.h"

enum {
    TIMESTAMPS_LEN = 12, /* in each segment, RFC 7323 3.2 */
    ICMP_ECHO_LEN = 8,   /* and an IP header are what ping puts in front */
    TCP_LEN = 20,
};

static unsigned
address_headers(const struct session *session, enum side sender)
{
    return conn_endpoint(session_conn(session), sender)->addr_len == 4 ? IPV4_TCP_HEADERS
                                                                       : IPV6_TCP_HEADERS;
}

/* Of an IP packet that carries so much. */
static unsigned
packet_len(const struct session *session, enum side sender, uint32_t payload)
{
    const struct tcp_half *half = session_half(session, sender);
    unsigned options = half->path.newest_tsval ? TIMESTAMPS_LEN : 0;

    return address_headers(session, sender) + options + payload;
}

/* The MTU for which ICMP asked; 0: it named none, or one that cannot be that of this path. */
static unsigned
asked_mtu(const struct session *session, enum side sender, unsigned lost)
{
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), sender);
    bool v4 = address_headers(session, sender) == IPV4_TCP_HEADERS;
    unsigned least = v4 ? PATH_MTU_IPV4_BYTES_MIN : PATH_MTU_BYTES_MIN;

    return icmp->smaller_calls && icmp->smaller.mtu >= least && icmp->smaller.mtu < lost
               ? icmp->smaller.mtu
               : 0;
}

/* The largest packet that got through, where that is near the limit. Segments that the sender's or
 * receiver's network card split or merged have no size of the wire. */
static unsigned
passed_mtu(const struct session *session, enum side sender, uint32_t lost, uint32_t passed)
{
    unsigned mtu = packet_len(session, sender, passed);

    return session_half(session, sender)->oversize == 0 && passed < lost &&
                   mtu >= PATH_MTU_BYTES_MIN
               ? mtu
               : 0;
}

static char *
advice_of_size(const char *why, const struct session *session, enum side sender, unsigned mtu)
{
    unsigned headers = address_headers(session, sender);

    return g_strdup_printf(
        "%s %u bytes. Set that MTU on the %s (netsh interface ipv%c set subinterface \"NAME\" "
        "mtu=%u store=persistent on Windows, ip link set DEV mtu %u on Linux), or clamp the MSS of "
        "the outer connection to %u (maxseg of nft, TCPMSS of iptables, change-mss of MikroTik). "
        "Let ICMP fragmentation needed and packet too big pass.",
        why, mtu, side_name(sender), headers == IPV4_TCP_HEADERS ? '4' : '6', mtu, mtu,
        mtu - headers);
}

static char *
advice_to_search(const struct session *session, enum side sender, unsigned lost)
{
    unsigned headers = address_headers(session, sender);
    unsigned echo = headers - TCP_LEN + ICMP_ECHO_LEN;

    return g_strdup_printf(
        "Packets of %u bytes do not pass; which size does, this recording does not show. Find it "
        "from the %s: ping -f -l SIZE HOST on Windows (IPv4), ping -M do -s SIZE HOST on Linux, "
        "SIZE from %u downwards until answers come. The MTU is that SIZE + %u: set it there (netsh "
        "interface ipv%c set subinterface \"NAME\" mtu=MTU store=persistent, ip link set DEV mtu "
        "MTU), or clamp the MSS of the outer connection to MTU - %u (maxseg of nft, TCPMSS of "
        "iptables, change-mss of MikroTik). Let ICMP fragmentation needed and packet too big pass.",
        lost, side_name(sender), lost - echo, echo, headers == IPV4_TCP_HEADERS ? '4' : '6',
        headers);
}

char *
path_mtu_advice(const struct session *session, enum side sender, uint32_t lost, uint32_t passed)
{
    uint32_t room = (uint32_t)conn_segment_room(session_conn(session), sender);
    uint32_t wire = MIN(lost, MAX(room, LARGE_SEGMENT_BYTES));
    unsigned asked = asked_mtu(session, sender, packet_len(session, sender, wire));
    unsigned got = passed_mtu(session, sender, wire, passed);

    if (asked)
        return advice_of_size("A router on the path asked for packets of at most", session, sender,
                              asked);
    if (got)
        return advice_of_size("The largest packets that came through have", session, sender, got);
    return advice_to_search(session, sender, packet_len(session, sender, wire));
}
