/* pair_match.c - by what two sessions, each from its own capture point, are known to be one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_match.h"

#include <string.h>

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

static bool
same_correlation_id(const struct session *a, const struct session *b)
{
    const char *x = session_http(a)->correlation_id, *y = session_http(b)->correlation_id;

    return x && y && *x && strcmp(x, y) == 0;
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
        *marks = id ? g_str_hash(id) : 0;
        return id && *id;
    }
    return 0;
}
