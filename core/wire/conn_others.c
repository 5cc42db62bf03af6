/* conn_others.c - one connection and another, or a segment of another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/thresholds.h"
#include "wire/conn.h"
#include "wire/conn_state.h"

bool
conn_is_continued_by(const struct conn *conn, const struct segment *segment)
{
    const struct tcp_half *client, *server;
    struct mark end;
    enum side by;
    bool reset;

    client = conn_half(conn, SIDE_CLIENT);
    server = conn_half(conn, SIDE_SERVER);
    if (!client->base_known || !server->base_known || client->next == 0 ||
        !(segment->flags & TCP_ACK) || conn_closed(conn, &end, &by, &reset))
        return false;
    int64_t ahead = tcp_stream_offset(client, segment->seq) - (int64_t)client->next;
    int64_t heard = tcp_stream_offset(server, segment->ack) - (int64_t)server->next;
    return ahead >= -CONTINUED_BYTES && ahead <= CONTINUED_BYTES && heard >= -CONTINUED_BYTES &&
           heard <= 0;
}

bool
conn_fits(const struct conn *conn, const struct segment *segment)
{
    enum side side = conn_side(conn, &segment->src);
    const struct tcp_half *sender = conn_half(conn, side);
    const struct tcp_half *peer = conn_half(conn, side_other(side));

    if (!sender->base_known || !peer->base_known || !(segment->flags & TCP_ACK))
        return false;
    int64_t ahead = tcp_stream_offset(sender, segment->seq) - (int64_t)sender->next;
    int64_t heard = tcp_stream_offset(peer, segment->ack) - (int64_t)peer->next;
    return ABS(ahead) <= CONTINUED_BYTES && ABS(heard) <= CONTINUED_BYTES;
}

bool
conn_lacks_side_of(const struct conn *conn, const struct segment *segment)
{
    enum side side = conn_side(conn, &segment->src);
    uint32_t isn;

    if (conn->syn)
        return side == SIDE_SERVER && (segment->flags & TCP_ACK) && conn_lone_isn(conn, &isn) &&
               segment->ack == isn;
    const struct tcp_half *half = conn_half(conn, side);
    if (half->segments > 0)
        return false;
    if ((segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        return half->base_known && half->base == segment->seq + 1;
    const struct tcp_half *peer = conn_half(conn, side_other(side));
    int64_t heard = tcp_stream_offset(peer, segment->ack) - (int64_t)peer->next;
    return (segment->flags & TCP_ACK) && peer->base_known && ABS(heard) <= CONTINUED_BYTES;
}

bool
conn_same_random(const struct conn *a, const struct conn *b)
{
    const struct tls_facts *x = conn_tls(a), *y = conn_tls(b);

    return x->has_client_hello && y->has_client_hello &&
           memcmp(x->client_hello.random, y->client_hello.random, TLS_RANDOM_LEN) == 0;
}

bool
conn_same_isn(const struct conn *a, const struct conn *b)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *x = conn_half(a, side), *y = conn_half(b, side);
        bool both = mark_is_set(x->syn) && mark_is_set(y->syn);
        if (both ? x->base != y->base : side == SIDE_CLIENT)
            return false;
    }
    return true;
}

bool
conn_is_reused_by(const struct conn *conn, const struct segment *segment)
{
    uint32_t isn;

    if ((segment->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
        return false;
    if (conn->foreign)
        return true;
    if (conn->syn)
        return conn_side(conn, &segment->src) == SIDE_CLIENT && conn_lone_isn(conn, &isn) &&
               isn != segment->seq + 1;
    const struct tcp_half *half = conn_half(conn, conn_side(conn, &segment->src));
    return half->base_known && half->base != segment->seq + 1;
}
