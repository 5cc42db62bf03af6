/* pair_match.c - by what two sessions, each from its own capture point, are known to be one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_match.h"

#include <string.h>

#include "base/hash.h"
#include "base/thresholds.h"

const char *
pair_match_name(enum pair_match match)
{
    static const char *const names[] = { "client_random", "isn", "payload", "correlation_id" };

    return names[match];
}

static const struct seq_log *
log_of(const struct session *session, int side)
{
    return conn_seq_log(session_conn(session), (enum side)side);
}

static const struct tls_client_hello *
hello_of(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    return tls->has_client_hello ? &tls->client_hello : NULL;
}

static bool
same_random(const struct session *a, const struct session *b)
{
    return conn_same_random(session_conn(a), session_conn(b));
}

static bool
same_isn(const struct session *a, const struct session *b)
{
    return conn_same_isn(session_conn(a), session_conn(b));
}

static bool
same_payload(const struct session *a, const struct session *b)
{
    int64_t shift;

    if (hello_of(a) && hello_of(b) && !same_random(a, b))
        return false; /* equal bytes of two TLS connections are chance */
    for (int side = 0; side < SIDE_COUNT; side++)
        if (seq_log_shift(log_of(a, side), log_of(b, side), &shift))
            return true;
    return false;
}

/* Both stood at the same time, if the two clocks are no more than so many seconds apart. */
static bool
overlap(const struct session *a, const struct session *b, int64_t seconds)
{
    int64_t apart = seconds * NS_PER_SECOND;
    const struct conn *x = session_conn(a), *y = session_conn(b);

    return conn_first(x).time - apart <= conn_last(y).time &&
           conn_first(y).time - apart <= conn_last(x).time;
}

/* What the server drew for this call alone: the nonce of Call Connect Ack, which passes whoever
 * ends TLS. NULL: it is not there. */
static const uint8_t *
nonce_of(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    return mark_is_set(sstp->call_ack) ? sstp->binding_request.nonce : NULL;
}

static bool
same_magic(const struct session *a, const struct session *b, int side)
{
    const struct ppp_lcp_options *x = &session_lcp(a, side)->lcp, *y = &session_lcp(b, side)->lcp;

    return x->has_magic && y->has_magic && x->magic && x->magic == y->magic;
}

/* What the same request and answer say at both ends; nothing random is in it. */
static bool
same_exchange(const struct session *a, const struct session *b)
{
    const struct http_facts *x = session_http(a), *y = session_http(b);

    return x->status == y->status && g_strcmp0(x->host, y->host) == 0 &&
           g_strcmp0(x->server, y->server) == 0;
}

/* The correlation id is no proof by itself: clients repeat it (sstpc seeds its generator with the
 * second of its start). A second witness must say the same, and both must have stood at one time.
 * Where nothing random of the call is there, the clocks must agree as well. */
static bool
same_correlation_id(const struct session *a, const struct session *b)
{
    const char *x = session_http(a)->correlation_id, *y = session_http(b)->correlation_id;
    const uint8_t *p = nonce_of(a), *q = nonce_of(b);

    if (!x || !y || !*x || strcmp(x, y) != 0)
        return false;
    if (p && q)
        return memcmp(p, q, SSTP_NONCE_LEN) == 0 && overlap(a, b, PAIR_CLOCKS_APART_SECONDS);
    if (same_magic(a, b, SIDE_CLIENT) || same_magic(a, b, SIDE_SERVER))
        return overlap(a, b, PAIR_CLOCKS_APART_SECONDS);
    return !p && !q && same_exchange(a, b) && overlap(a, b, PAIR_CLOCKS_ALIKE_SECONDS);
}

bool
pair_match_is(const struct session *a, const struct session *b, enum pair_match match)
{
    static bool (*const same[])(const struct session *,
                                const struct session *) = { same_random, same_isn, same_payload,
                                                            same_correlation_id };

    return same[match](a, b);
}

bool
pair_match_find(const struct session *a, const struct session *b, enum pair_match *match)
{
    for (int kind = PAIR_CLIENT_RANDOM; kind <= PAIR_CORRELATION_ID; kind++) {
        if (!pair_match_is(a, b, (enum pair_match)kind))
            continue;
        *match = (enum pair_match)kind;
        return true;
    }
    return false;
}

static unsigned
prints_of(const struct session *session, uint64_t marks[PAIR_MATCH_MARKS_MAX])
{
    unsigned num = 0;

    for (int side = 0; side < SIDE_COUNT; side++)
        for (unsigned i = 0; i < log_of(session, side)->num_prints; i++)
            marks[num++] = log_of(session, side)->prints[i].hash;
    return num;
}

unsigned
pair_match_marks(const struct session *session, enum pair_match match,
                 uint64_t marks[PAIR_MATCH_MARKS_MAX])
{
    const struct tls_client_hello *hello = hello_of(session);
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const char *id = session_http(session)->correlation_id;

    switch (match) {
    case PAIR_CLIENT_RANDOM:
        if (hello)
            memcpy(marks, hello->random, sizeof *marks);
        return hello != NULL;
    case PAIR_ISN:
        *marks = client->base;
        return mark_is_set(client->syn);
    case PAIR_PAYLOAD:
        return prints_of(session, marks);
    case PAIR_CORRELATION_ID:
        *marks = id ? hash_text(id) : 0;
        return id && *id;
    }
    return 0;
}
