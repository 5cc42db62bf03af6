/* nearer.c - which of two capture points of one connection is nearer to the client
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/nearer.h"

#include "base/thresholds.h"
#include "ends/pair_match.h"

/* From the client's segment to what answers it, and the other way round: the sum of both is how
 * much further from the server than from the client a capture point is. */
static bool
leans_by_times(const struct session *a, const struct session *b, int64_t *lean)
{
    const struct path_times x = conn_times(session_conn(a)), y = conn_times(session_conn(b));
    bool far = x.to_server && y.to_server, near = x.to_client && y.to_client;

    *lean = (far ? x.to_server - y.to_server : 0) + (near ? y.to_client - x.to_client : 0);
    return far || near;
}

/* Each hop takes one from the time to live: above 0, a is nearer to the client. */
static int
lean_by_hops(const struct session *a, const struct session *b)
{
    int lean = 0;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct path_facts *x = &session_half(a, side)->path;
        const struct path_facts *y = &session_half(b, side)->path;
        if (x->ttl_segments && y->ttl_segments)
            lean += (side == SIDE_CLIENT ? 1 : -1) * (x->ttl_max - y->ttl_max);
    }
    return lean;
}

/* How much longer a waited for an answer than b; 0 when one of them lacks request or answer. */
static int64_t
waited_longer(struct mark asked_a, struct mark answered_a, struct mark asked_b,
              struct mark answered_b)
{
    if (!mark_is_set(asked_a) || !mark_is_set(answered_a) || !mark_is_set(asked_b) ||
        !mark_is_set(answered_b))
        return 0;
    return time_between(mark_between(asked_b, answered_b), mark_between(asked_a, answered_a));
}

/* Where something between them ends the connection, the client's leg waits for the server's. */
static int64_t
lean_by_answers(const struct session *a, const struct session *b)
{
    const struct http_facts *x = session_http(a), *y = session_http(b);
    const struct sstp_facts *p = session_sstp(a), *q = session_sstp(b);
    bool tls = conn_is_tls(session_conn(a));

    if (tls != conn_is_tls(session_conn(b)))
        return tls ? 1 : -1; /* an offloader stands next to the server */
    return waited_longer(x->request, x->response, y->request, y->response) / 2 +
           waited_longer(p->call_request, p->call_ack, q->call_request, q->call_ack) / 2;
}

/* From the ClientHello to what the server said or did next, nanoseconds; 0 when not known. */
static int64_t
hello_answered(const struct session *session)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    struct mark hello = session_tls(session)->client_hello_at;
    struct mark answer =
        mark_earlier(mark_earlier(server->first_payload, server->fin), server->rst);

    return mark_is_set(hello) && mark_is_set(answer) && answer.time > hello.time
               ? mark_between(hello, answer)
               : 0;
}

/* A PROXY header is put in front on the way to the server: who lacks it is nearer to the client.
 * Unless who has it waits longer for the answer, and so is farther from the server. */
static int
lean_by_proxy_header(const struct session *a, const struct session *b)
{
    int lean = (conn_proxy(session_conn(b))->header_len > 0) -
               (conn_proxy(session_conn(a))->header_len > 0);
    int64_t x = hello_answered(a), y = hello_answered(b);

    return x && y && lean * (y - x) >= PAIR_STAMPS_NS ? -lean : lean;
}

/* What only one of them has seen was lost between the two: each side's segments are more at its own
 * end. */
static int64_t
lean_by_segments(const struct session *a, const struct session *b)
{
    return (int64_t)session_half(a, SIDE_CLIENT)->segments -
           session_half(b, SIDE_CLIENT)->segments + session_half(b, SIDE_SERVER)->segments -
           session_half(a, SIDE_SERVER)->segments;
}

int64_t
nearer_lean(const struct session *a, const struct session *b)
{
    enum pair_match match;
    bool same_bytes = pair_match_find(a, b, &match) && match != PAIR_CORRELATION_ID;
    int64_t lean = same_bytes ? lean_by_proxy_header(a, b) : 0;

    if (same_bytes && !lean)
        lean = lean_by_hops(a, b);
    if (lean)
        return lean;
    if (same_bytes && leans_by_times(a, b, &lean) && lean)
        return lean;
    lean = lean_by_answers(a, b);
    return lean ? lean : lean_by_segments(a, b);
}
