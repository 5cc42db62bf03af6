/* traffic.c - what goes through a tunnel: from inner packets to facts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/traffic.h"

#include <string.h>

#include <glib.h>

#include "base/thresholds.h"
#include "base/endpoint.h"

enum {
    HOLE_MAX = 1 << 24, /* a sequence number further ahead begins anew */
};

struct traffic *
traffic_new(const struct endpoint *client, const struct endpoint *server)
{
    struct traffic *traffic = g_new0(struct traffic, 1);

    traffic->outer[SIDE_CLIENT] = *client;
    traffic->outer[SIDE_SERVER] = *server;
    return traffic;
}

void
traffic_free(struct traffic *traffic)
{
    if (!traffic)
        return;
    g_free(traffic->flows);
    g_free(traffic);
}

/* --- helpers --------------------------------------------------------------------------------- */

static void
count_add(struct traffic_count *count, struct mark mark)
{
    if (count->num == 0)
        count->first = mark;
    if (count->num < TRAFFIC_FRAMES_MAX)
        count->frames[count->num] = mark.frame;
    if (++count->num == UNANSWERED_MIN)
        count->third = mark;
    count->last = mark;
}

static bool
same_end(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && endpoint_same_host(a, b);
}

static void
asks_add(struct traffic_asks *asks, const struct endpoint *to, struct mark mark)
{
    if (asks->count.num == 0)
        asks->to = *to;
    else if (!endpoint_same_host(&asks->to, to))
        asks->several = true;
    count_add(&asks->count, mark);
}

/* fec0:0:0:ffff::/64: Windows asks these when nobody told it a resolver; there is none. */
static bool
is_site_local(const struct endpoint *endpoint)
{
    return endpoint->addr_len == 16 && endpoint->addr[0] == 0xfe &&
           (endpoint->addr[1] & 0xc0) == 0xc0;
}

static bool
is_request(const struct inner *inner)
{
    switch (inner->kind) {
    case INNER_TCP:
        return (inner->u.tcp.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    case INNER_DNS:
        return !inner->u.dns.response && inner->dst.port == DNS_PORT;
    case INNER_ICMP:
        return inner->u.icmp.type == (inner->protocol == IP_ICMP ? ICMP_ECHO : ICMPV6_ECHO);
    default:
        return false;
    }
}

static bool
is_too_big(const struct inner *inner)
{
    if (inner->kind != INNER_ICMP)
        return false;
    unsigned error = (unsigned)inner->u.icmp.type << 8 | inner->u.icmp.code;
    return inner->protocol == IP_ICMP ? error == ICMP_FRAGMENTATION_NEEDED
                                      : error == ICMPV6_PACKET_TOO_BIG;
}

/* --- DNS ------------------------------------------------------------------------------------- */

static struct traffic_resolver *
resolver_find(struct traffic *traffic, enum side asker, const struct endpoint *addr)
{
    for (uint32_t i = 0; i < traffic->num_resolvers; i++)
        if (traffic->resolvers[i].asker == asker && same_end(&traffic->resolvers[i].addr, addr))
            return &traffic->resolvers[i];
    return NULL;
}

static void
dns_query(struct traffic *traffic, enum side side, const struct inner *inner, struct mark mark)
{
    const struct inner_dns *dns = &inner->u.dns;
    struct traffic_resolver *resolver = resolver_find(traffic, side, &inner->dst);

    if (!resolver) {
        if (traffic->num_resolvers == TRAFFIC_RESOLVERS_MAX)
            return;
        resolver = &traffic->resolvers[traffic->num_resolvers++];
        resolver->addr = inner->dst;
        resolver->asker = side;
        resolver->name_hash = dns->name_hash;
        memcpy(resolver->name, dns->name, sizeof resolver->name);
    }
    resolver->several |= dns->name_hash != resolver->name_hash;
    count_add(&resolver->queries, mark);

    uint32_t index = (uint32_t)(resolver - traffic->resolvers);
    uint32_t kept = MIN(traffic->num_queries, (uint32_t)TRAFFIC_QUERIES_MAX);
    for (uint32_t i = 0; i < kept; i++)
        if (traffic->queries[i].name_hash == dns->name_hash &&
            traffic->queries[i].resolver == index)
            return;
    uint32_t at = traffic->num_queries++ % TRAFFIC_QUERIES_MAX;
    traffic->queries[at].name_hash = dns->name_hash;
    traffic->queries[at].resolver = index;
}

/* A resolver's word on a name is enough for all that were asked. */
static void
dns_covered(struct traffic *traffic, const struct traffic_resolver *by, uint32_t name_hash)
{
    uint32_t kept = MIN(traffic->num_queries, (uint32_t)TRAFFIC_QUERIES_MAX);

    for (uint32_t i = 0; i < kept; i++) {
        struct traffic_resolver *resolver = &traffic->resolvers[traffic->queries[i].resolver];
        if (traffic->queries[i].name_hash == name_hash && resolver != by)
            resolver->covered = true;
    }
}

static void
dns_answer(struct traffic *traffic, enum side side, const struct inner *inner, struct mark mark)
{
    const struct inner_dns *dns = &inner->u.dns;
    struct traffic_resolver *resolver = resolver_find(traffic, side_other(side), &inner->src);

    if (dns->rcode == DNS_SERVFAIL || dns->rcode == DNS_REFUSED) {
        if (!resolver)
            return;
        if (resolver->failures.num == 0)
            resolver->rcode = dns->rcode;
        count_add(&resolver->failures, mark);
        return;
    }
    if (resolver)
        resolver->answers++;
    dns_covered(traffic, resolver, dns->name_hash);
}

/* An answer that cannot be read is one, too. */
static void
dns_other_answer(struct traffic *traffic, enum side side, const struct inner *inner)
{
    struct traffic_resolver *resolver = resolver_find(traffic, side_other(side), &inner->src);

    if (resolver)
        resolver->answers++;
}

/* --- DHCP ------------------------------------------------------------------------------------ */

static void
dhcp_packet(struct traffic *traffic, enum side side, const struct inner_dhcp *dhcp,
            struct mark mark)
{
    enum { DHCPINFORM = 8 }; /* RFC 2132 9.6 */

    if (side == SIDE_SERVER) {
        traffic->informs.answers += dhcp->reply;
    } else if (!dhcp->reply && dhcp->type == DHCPINFORM) {
        count_add(&traffic->informs.count, mark);
        traffic->informs.asks_routes |= dhcp->asks_routes;
    }
}

/* --- TCP ------------------------------------------------------------------------------------- */

static size_t
tcp_headers(const struct flow *flow)
{
    return flow->end[SIDE_CLIENT].addr_len == 4 ? IPV4_TCP_HEADERS : IPV6_TCP_HEADERS;
}

/* Its receiver invites sender to send more than the tunnel takes, sender has something to send, and
 * it does not come. */
static bool
flow_is_starved(const struct traffic *traffic, const struct flow *flow, enum side sender,
                struct mark now, bool *proved)
{
    const struct flow_half *from = &flow->half[sender], *to = &flow->half[side_other(sender)];
    size_t headers = tcp_headers(flow), carries = traffic->carries[sender];

    if (to->mss == 0 || carries <= headers || headers + to->mss <= carries ||
        headers + from->max_payload > carries || !from->acking)
        return false;
    struct mark end = mark_is_set(to->closed) ? to->closed : now;
    *proved = from->hole_to - from->hole_from >= carries - headers &&
              mark_seconds(from->hole_at, end) >= INNER_HOLE_SECONDS;
    return *proved || (from->max_payload == 0 && mark_is_set(to->last_payload) &&
                       from->hole_to == from->hole_from && from->acked == to->next &&
                       !mark_is_set(from->closed) &&
                       mark_seconds(to->last_payload, end) >= INNER_ANSWER_SECONDS);
}

static void
starved_add(struct traffic_starved *starved, const struct flow *flow, enum side sender, bool proved)
{
    const struct flow_half *to = &flow->half[side_other(sender)];
    struct mark mark = proved ? flow->half[sender].hole_at : to->last_payload;

    if (starved->num == 0)
        starved->mss = to->mss;
    if (starved->num < TRAFFIC_FRAMES_MAX)
        starved->frames[starved->num] = mark.frame;
    starved->first = mark_earlier(starved->first, mark);
    starved->num++;
    starved->proved += proved;
}

struct traffic_starved
traffic_starved(const struct traffic *traffic, enum side sender, struct mark now)
{
    struct traffic_starved starved = traffic->starved[sender];
    bool proved;

    for (uint32_t i = 0; i < traffic->num_flows; i++)
        if (flow_is_starved(traffic, &traffic->flows[i], sender, now, &proved))
            starved_add(&starved, &traffic->flows[i], sender, proved);
    return starved;
}

/* What is known of a connection whose place is taken. */
static void
flow_leave(struct traffic *traffic, const struct flow *flow, struct mark mark)
{
    bool proved;

    for (int side = 0; side < SIDE_COUNT; side++)
        if (flow_is_starved(traffic, flow, (enum side)side, mark, &proved))
            starved_add(&traffic->starved[side], flow, (enum side)side, proved);
}

static struct flow *
flow_place(struct traffic *traffic, struct mark mark)
{
    struct flow *oldest = traffic->flows;

    if (traffic->num_flows < TRAFFIC_FLOWS_MAX) {
        traffic->flows = g_renew(struct flow, traffic->flows, traffic->num_flows + 1);
        return &traffic->flows[traffic->num_flows++];
    }
    for (uint32_t i = 1; i < traffic->num_flows; i++)
        if (traffic->flows[i].used < oldest->used)
            oldest = &traffic->flows[i];
    flow_leave(traffic, oldest, mark);
    return oldest;
}

static struct flow *
flow_find(struct traffic *traffic, enum side side, const struct inner *inner, struct mark mark)
{
    struct flow *flow = NULL;

    for (uint32_t i = 0; i < traffic->num_flows && !flow; i++) {
        struct flow *each = &traffic->flows[i];
        if (same_end(&each->end[side], &inner->src) &&
            same_end(&each->end[side_other(side)], &inner->dst))
            flow = each;
    }
    bool is_new = !flow;
    if (!flow)
        flow = flow_place(traffic, mark);
    else if (is_request(inner) && flow->half[side].known &&
             inner->u.tcp.seq + 1 != flow->half[side].next) {
        /* The same ports again. */
        flow_leave(traffic, flow, mark);
        is_new = true;
    }
    if (is_new) {
        *flow = (struct flow){ 0 };
        flow->end[side] = inner->src;
        flow->end[side_other(side)] = inner->dst;
    }
    flow->used = ++traffic->clock;
    return flow;
}

static int32_t
ahead(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Bytes from seq on went by. True when all of them had been there before. */
static bool
half_advance(struct flow_half *half, uint32_t seq, uint32_t len, struct mark mark)
{
    int32_t distance = ahead(seq, half->next);
    uint32_t end = seq + len;
    bool hole = half->hole_from != half->hole_to, repeated = false;

    if (!half->known || distance > HOLE_MAX || distance < -HOLE_MAX) {
        half->known = true;
        half->next = half->hole_from = half->hole_to = end;
        return false;
    }
    if (distance > 0) {
        if (!hole) {
            half->hole_from = half->next;
            half->hole_at = mark;
        }
        half->hole_to = seq;
    } else if (hole && ahead(end, half->hole_from) > 0 && ahead(seq, half->hole_to) < 0) {
        /* A late one, not a second one. */
        if (ahead(seq, half->hole_from) <= 0)
            half->hole_from = ahead(end, half->hole_to) < 0 ? end : half->hole_to;
    } else {
        /* One byte at most is a keepalive. */
        repeated = len > 1 && ahead(end, half->next) <= 0;
    }
    if (ahead(end, half->next) > 0)
        half->next = end;
    return repeated;
}

/* The receiver has what it acknowledges, whichever way it came. */
static void
half_acked(struct flow_half *half, uint32_t ack)
{
    if (half->hole_from == half->hole_to || ahead(ack, half->hole_from) <= 0)
        return;
    half->hole_from = ahead(ack, half->hole_to) < 0 ? ack : half->hole_to;
}

static void
flow_packet(struct traffic *traffic, enum side side, const struct inner *inner, struct mark mark)
{
    const struct inner_tcp *tcp = &inner->u.tcp;
    struct flow *flow = flow_find(traffic, side, inner, mark);
    struct flow_half *half = &flow->half[side];
    uint32_t len = tcp->payload_len;

    if (tcp->flags & TCP_RST) {
        half->closed = mark_earlier(half->closed, mark);
        return;
    }
    if (tcp->flags & TCP_SYN) {
        half->mss = tcp->mss;
        half->known = true;
        half->next = half->hole_from = half->hole_to = tcp->seq + 1;
        len = 0;
    } else if (half_advance(half, tcp->seq, len, mark) && mark_is_set(traffic->resent_at[side]) &&
               mark_seconds(traffic->resent_at[side], mark) <= INNER_RECOVERY_SECONDS) {
        count_add(&traffic->repeats[side], mark);
    }
    if (tcp->flags & TCP_ACK) {
        half->acking = true;
        half->acked = tcp->ack;
        half_acked(&flow->half[side_other(side)], tcp->ack);
    }
    if (tcp->flags & TCP_FIN)
        half->closed = mark_earlier(half->closed, mark);
    if (len > 0) {
        traffic->segments[side]++;
        half->max_payload = MAX(half->max_payload, len);
        half->last_payload = mark;
    }
}

/* --- all packets ----------------------------------------------------------------------------- */

/* Is it a packet to the VPN server's outer address and port? Then it may be one of the tunnel's own
 * connection: certainly so when it comes from that one's address or port. */
static bool
traffic_loops(struct traffic *traffic, const struct inner *inner, struct mark mark)
{
    const struct endpoint *client = &traffic->outer[SIDE_CLIENT];

    if (!same_end(&inner->dst, &traffic->outer[SIDE_SERVER]))
        return false;
    count_add(&traffic->maybe_loop, mark);
    if (inner->src.port != client->port && !endpoint_same_host(&inner->src, client))
        return false;
    count_add(&traffic->loop, mark);
    return traffic->loop.num == 1;
}

static void
traffic_demand(struct traffic *traffic, enum side side, const struct inner *inner, struct mark mark)
{
    bool request = is_request(inner) && !is_site_local(&inner->dst);

    if (request)
        asks_add(&traffic->asks[side], &inner->dst, mark);
    if (request || (inner->kind == INNER_TCP && inner->u.tcp.payload_len > 0))
        asks_add(&traffic->pending[side], &inner->dst, mark);
    traffic->pending[side_other(side)].count.num = 0;
    traffic->pending[side_other(side)].several = false;

    const struct traffic_count *unicast = &traffic->unicast[side];
    bool goes_on = unicast->num > 0 && mark_between(unicast->last, mark) < NS_PER_SECOND;
    traffic->burst[side] = goes_on ? traffic->burst[side] + 1 : 1;
    traffic->ended[side] =
        inner->kind == INNER_TCP && (inner->u.tcp.flags & (TCP_FIN | TCP_RST)) != 0;
    count_add(&traffic->unicast[side], mark);
}

bool
traffic_packet(struct traffic *traffic, enum side side, const struct inner *inner, uint32_t resent,
               struct mark mark)
{
    bool news = false;

    if (inner->kind == INNER_DHCP)
        dhcp_packet(traffic, side, &inner->u.dhcp, mark); /* mostly a broadcast */
    if (!inner_is_unicast(&inner->dst))
        return false;
    if (resent != traffic->resent[side]) {
        traffic->resent[side] = resent;
        traffic->resent_at[side] = mark;
    }
    traffic_demand(traffic, side, inner, mark);
    if (inner->kind == INNER_TCP) {
        if (side == SIDE_CLIENT)
            news = traffic_loops(traffic, inner, mark);
        else
            traffic->server_inside |= same_end(&inner->src, &traffic->outer[SIDE_SERVER]);
        flow_packet(traffic, side, inner, mark);
    } else if (inner->kind == INNER_DNS && !is_site_local(&inner->dst)) {
        if (is_request(inner))
            dns_query(traffic, side, inner, mark);
        else if (inner->u.dns.response && inner->src.port == DNS_PORT)
            dns_answer(traffic, side, inner, mark);
    } else if (inner->kind == INNER_UDP && inner->src.port == DNS_PORT) {
        dns_other_answer(traffic, side, inner);
    }
    traffic->too_big += is_too_big(inner);
    return news;
}
