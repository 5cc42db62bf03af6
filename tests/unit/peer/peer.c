/* peer/peer.c - made-up connections: what lasts from one to the next
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

enum { FIRST_SECOND = 1700000000 /* of the made-up capture */ };

struct config
peer_config(void)
{
    return (struct config){ .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                            .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                            .lcp_echo_failures = LCP_ECHO_FAILURES };
}

void
peer_init(struct peer *peer, const struct config *config)
{
    *peer = (struct peer){
        .engine = engine_new(config),
        .now = FIRST_SECOND * NS_PER_SECOND,
        .step = NS_PER_SECOND / 100,
        .end = { { .addr = { 192, 0, 2, 10 }, .addr_len = 4, .port = 49152 },
                 { .addr = { 198, 51, 100, 20 }, .addr_len = 4, .port = 443 } },
        .seq = { 0xfffffe00, 1000 },
        .ttl = { 64, 57 },
        .window = { PEER_WINDOW, PEER_WINDOW },
        .mss = 1460,
        .snap = SIZE_MAX,
        .auth = PPP_CHAP,
        .algorithm = CHAP_MSCHAPV2,
        .conn = 1,
        .chain = "good",
        .host = "vpn.example.com",
        .user = "alice",
        .inner_port = 50000,
    };
    for (int side = 0; side < SIDE_COUNT; side++)
        peer->last[side] = g_byte_array_new();
    peer->recent_bytes = g_byte_array_new();
}

void
peer_clear(struct peer *peer)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_byte_array_unref(peer->last[side]);
        if (peer->held[side])
            g_byte_array_unref(peer->held[side]);
        if (peer->owed[side])
            g_byte_array_unref(peer->owed[side]);
        if (peer->overtaken[side])
            g_byte_array_unref(peer->overtaken[side]);
        if (peer->late_bytes[side])
            g_byte_array_unref(peer->late_bytes[side]);
    }
    resend_free(peer);
    g_free(peer->name);
    g_byte_array_unref(peer->recent_bytes);
    engine_free(peer->engine);
}

const struct pair *
peer_pair_of(const struct peer *peer, const struct session *session)
{
    const GPtrArray *pairs = engine_pairs(peer->engine);

    for (guint i = 0; i < pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        if (pair->end[SIDE_CLIENT]->session == session ||
            pair->end[SIDE_SERVER]->session == session)
            return pair;
    }
    return NULL;
}

static struct peer_conn
peer_conn(const struct peer *peer)
{
    struct peer_conn conn = { .port = peer->end[SIDE_CLIENT].port,
                              .conn = peer->conn,
                              .tls = peer->tls,
                              .tls13 = peer->tls13,
                              .blinded = peer->blinded };

    memcpy(conn.seal, peer->seal, sizeof conn.seal);
    memcpy(conn.sealed, peer->sealed, sizeof conn.sealed);
    memcpy(conn.seq, peer->seq, sizeof conn.seq);
    memcpy(conn.heard, peer->heard, sizeof conn.heard);
    return conn;
}

void
peer_next(struct peer *peer)
{
    peer->before = peer_conn(peer);
    peer->end[SIDE_CLIENT].port++;
    peer->conn++;
    peer->tls = PEER_CLEAR;
    peer->chain = "good";
    peer->tls13 = peer->cbc = peer->asks_cert = false;
    peer->login = (struct login){ 0 };
    for (int side = 0; side < SIDE_COUNT; side++) {
        peer->sealed[side] = false;
        peer->seq[side] += 1000000;
        peer->heard[side] = 0;
    }
    resend_forget(peer);
}

/* Another connection; =onward: with the same hello, as a load balancer hands it on. */
static void
word_next(struct peer *peer, enum side side, const char *value)
{
    uint32_t conn = peer->conn;

    (void)side;
    peer_next(peer);
    if (strcmp(value, "onward") == 0)
        peer->conn = conn;
}

/* Goes on with the connection before "next", or back to the one after it. */
static void
word_swap(struct peer *peer, enum side side, const char *value)
{
    struct peer_conn conn = peer->before;

    (void)side;
    (void)value;
    peer->before = peer_conn(peer);
    peer->end[SIDE_CLIENT].port = conn.port;
    peer->conn = conn.conn;
    peer->tls = conn.tls;
    peer->tls13 = conn.tls13;
    peer->blinded = conn.blinded;
    memcpy(peer->seal, conn.seal, sizeof conn.seal);
    memcpy(peer->sealed, conn.sealed, sizeof conn.sealed);
    memcpy(peer->seq, conn.seq, sizeof conn.seq);
    memcpy(peer->heard, conn.heard, sizeof conn.heard);
    resend_forget(peer);
}

/* A row is about the session that came last so far. */
static void
word_judge(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->judged = engine_sessions(peer->engine)->len;
}

static void
word_wait(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    /* Rounded, so that it is the same whatever a machine computes with. */
    peer_pass(peer, (int64_t)(g_ascii_strtod(value, NULL) * (double)NS_PER_SECOND + 0.5));
}

/* Who logs in. */
static void
word_user(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->user = strcmp(value, "bob") == 0      ? "bob"
                 : strcmp(value, "domain") == 0 ? "CORP\\alice"
                                                : "alice";
}

const struct peer_word peer_life_words[] = {
    { "wait", WORD_NOW, WORD_OF_NOBODY, word_wait },
    { "next", WORD_NOW, WORD_OF_NOBODY, word_next },
    { "swap", WORD_NOW, WORD_OF_NOBODY, word_swap },
    { "judge", WORD_NOW, WORD_OF_NOBODY, word_judge },
    { "user", WORD_STAYS, WORD_OF_NOBODY, word_user },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
