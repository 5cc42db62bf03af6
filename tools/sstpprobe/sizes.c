/* sizes.c - the walk's step "mtu"
 *
 * To the server: LCP Discard-Requests that fill a segment, which nothing answers; TCP acknowledges
 * them or not. From the server: an Echo-Request as long, whose answer fills one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sizes.h"

#include "clock.h"
#include "inner.h"

enum {
    SSTP_AND_PPP = 8,
    FILLS_MAX = 8,    /* requests for a segment; more take jumbo frames or loopback */
    VAIN_RESENDS = 2, /* then something is in the way */
    ACK_SECONDS = 6,  /* of paths with a second of round trip */
    RESCUE_SECONDS = 5,
    ECHO_SECONDS = 4,
    SMALL_LEN = 8,
    LOOK_MS = 50,
    NS_PER_MS = 1000000,
};

/* --- to the server ---------------------------------------------------------------------------- */

/* Lets things happen for a moment. False: the call is over. */
static bool
go_on(struct walk *walk)
{
    return !*walk->stop && attempt_go_on(walk->attempt, clock_now() + (int64_t)LOOK_MS * NS_PER_MS);
}

static bool
wait_until_acked(struct walk *walk, unsigned seconds)
{
    const struct wire *wire = &walk->attempt->wire;
    const uint32_t resent = wire->counts.resent;
    const int64_t until = clock_now() + seconds * NS_PER_SECOND;

    while (!wire_is_acked(wire) && clock_now() < until && go_on(walk))
        if (seconds == ACK_SECONDS && wire->counts.resent >= resent + VAIN_RESENDS)
            break;
    return wire_is_acked(wire);
}

/* num requests of len bytes in as few segments as take them. */
static void
fill(struct walk *walk, size_t num, size_t len)
{
    struct wire *wire = &walk->attempt->wire;

    wire_cork(wire, true);
    for (size_t i = 0; i < num; i++)
        call_fill(walk->attempt->call, false, len);
    go_on(walk);
    wire_cork(wire, false);
}

static void
note(struct walk *walk, enum trial_kind kind, uint32_t bytes, const char *seen, int64_t begin)
{
    struct trial trial = { .kind = kind, .passed = STAGE_DATA };

    g_snprintf(trial.value, sizeof trial.value, "%u", bytes);
    g_strlcpy(trial.seen, seen, sizeof trial.seen);
    walk_trial(walk, &trial, ns_seconds(clock_now() - begin));
}

/* Twice, as loss does not come in pairs of pairs. */
static enum passage
try_to_server(struct walk *walk, size_t num, size_t len)
{
    struct wire *wire = &walk->attempt->wire;
    const int64_t begin = clock_now();
    const uint32_t path_mtu = wire->counts.path_mtu;

    for (int i = 0; i < 2; i++) {
        fill(walk, num, len);
        if (wait_until_acked(walk, ACK_SECONDS))
            return PASSAGE_GOOD;
        if (!wire_let_fragment(wire, true) || !wait_until_acked(walk, RESCUE_SECONDS))
            return PASSAGE_UNKNOWN;
        if (i == 0)
            wire_let_fragment(wire, false);
    }
    note(walk, TRIAL_FRAGMENTS, path_mtu, "they pass then, twice", begin);
    return PASSAGE_LOST;
}

/* --- from the server -------------------------------------------------------------------------- */

bool
sizes_hear_echo(struct walk *walk, size_t len, unsigned seconds)
{
    const struct lcp *lcp = call_facts(walk->attempt->call).lcp;
    const unsigned before = lcp->echo_replies;
    const int64_t until = clock_now() + seconds * NS_PER_SECOND;

    if (!call_fill(walk->attempt->call, true, len))
        return false;
    while (lcp->echo_replies == before && clock_now() < until && go_on(walk))
        ;
    return lcp->echo_replies > before;
}

/* A server may pass over an echo that long; then it answers a short one. */
static enum passage
try_from_server(struct walk *walk, size_t len)
{
    const struct wire *wire = &walk->attempt->wire;
    const int64_t begin = clock_now();

    if (!sizes_hear_echo(walk, SMALL_LEN, ECHO_SECONDS))
        return PASSAGE_UNKNOWN;
    if (sizes_hear_echo(walk, len, ECHO_SECONDS))
        return PASSAGE_GOOD;
    if (sizes_hear_echo(walk, SMALL_LEN, ECHO_SECONDS) || !wire_is_acked(wire))
        return PASSAGE_UNKNOWN;
    note(walk, TRIAL_ECHO, wire->counts.path_mtu,
         "delivered, not answered, nor a short one behind it", begin);
    return PASSAGE_LOST;
}

/* --- the step --------------------------------------------------------------------------------- */

static const char *
passage_text(enum passage to_server, enum passage to_client)
{
    if (to_server == PASSAGE_LOST)
        return "of the client are lost";
    if (to_client == PASSAGE_LOST)
        return "of the server are lost";
    if (to_server == PASSAGE_GOOD && to_client == PASSAGE_GOOD)
        return "pass both ways";
    return to_server == PASSAGE_GOOD ? "pass to the server" : "were not tried, or say nothing";
}

static void
tell(struct walk *walk)
{
    const enum passage to_server = walk->passes[SIDE_CLIENT], to_client = walk->passes[SIDE_SERVER];
    const bool lost = to_server == PASSAGE_LOST || to_client == PASSAGE_LOST;
    char *fits = walk->inner_mtu && !lost
                     ? g_strdup_printf("; an inner MTU of %zu fits", walk->inner_mtu)
                     : g_strdup("");

    char *host = walk->inner_host_mtu && walk->inner_host_mtu < walk->inner_mtu
                     ? g_strdup_printf("; %s answers packets of %zu bytes, and no larger ones",
                                       walk->options->inner_host, walk->inner_host_mtu)
                     : g_strdup("");

    walk_done(walk, STEP_MTU,
              lost              ? STEP_FAILED
              : *host           ? STEP_WARNED
              : walk->inner_mtu ? STEP_OK
                                : STEP_UNKNOWN,
              "this host takes the path for %u bytes, and such packets %s%s%s",
              walk->attempt->wire.counts.path_mtu, passage_text(to_server, to_client), fits, host);
    g_free(host);
    g_free(fits);
}

/* What fits a segment as it is now: an ICMP error may have made it smaller. */
static size_t
inner_fit(const struct walk *walk)
{
    const GPtrArray *sessions = engine_sessions(walk->attempt->engine);
    const struct session *session = sessions->len ? g_ptr_array_index(sessions, 0) : NULL;
    const struct mtu_cipher *cipher = session ? conn_cipher(session_conn(session)) : NULL;

    return cipher && cipher->known
               ? mtu_inner_fit(cipher, walk->attempt->wire.counts.mss_out, SSTP_AND_PPP)
               : 0;
}

void
sizes_walk(struct walk *walk)
{
    const struct wire *wire = &walk->attempt->wire;
    const size_t peer_mru = call_facts(walk->attempt->call).lcp->peer_mru;
    const size_t fit = inner_fit(walk), len = MIN(fit, peer_mru);
    const size_t num = len ? (wire->counts.mss_out + len - 1) / len : FILLS_MAX + 1;

    walk->since = clock_now();
    if (num <= FILLS_MAX && wait_until_acked(walk, RESCUE_SECONDS)) {
        walk->passes[SIDE_CLIENT] = try_to_server(walk, len == fit ? 1 : num, len);
        if (walk->passes[SIDE_CLIENT] == PASSAGE_GOOD && len == fit)
            walk->passes[SIDE_SERVER] = try_from_server(walk, inner_fit(walk));
    }
    walk->inner_mtu = MIN(inner_fit(walk), peer_mru);
    if (walk->passes[SIDE_CLIENT] != PASSAGE_LOST && walk->passes[SIDE_SERVER] != PASSAGE_LOST)
        walk->inner_host_mtu = inner_size(walk, walk->inner_mtu);
    tell(walk);
}
