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
    SPARE_LEN = 200,   /* for a second request in a packet */
    SEARCH_FROM = 576, /* every IPv4 host takes that (RFC 1122 3.3.2) */
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
note(struct walk *walk, enum trial_kind kind, uint32_t bytes, const char *seen, uint32_t fits,
     int64_t begin)
{
    struct trial trial = { .kind = kind, .passed = STAGE_DATA, .fits = fits };

    g_snprintf(trial.value, sizeof trial.value, "%u", bytes);
    g_strlcpy(trial.seen, seen, sizeof trial.seen);
    walk_trial(walk, &trial, ns_seconds(clock_now() - begin));
}

/* --- how large they may be -------------------------------------------------------------------- */

static uint32_t
full_packet(const struct walk *walk)
{
    return walk->attempt->wire.counts.mss_out + walk->attempt->wire.counts.headers;
}

static const struct mtu_cipher *
cipher_of(const struct attempt *attempt)
{
    const GPtrArray *sessions = engine_sessions(attempt->engine);
    const struct session *session = sessions->len ? g_ptr_array_index(sessions, 0) : NULL;
    const struct mtu_cipher *cipher = session ? conn_cipher(session_conn(session)) : NULL;

    return cipher && cipher->known ? cipher : NULL;
}

size_t
sizes_fit(const struct attempt *attempt, uint32_t packet)
{
    const struct mtu_cipher *cipher = cipher_of(attempt);
    const uint32_t headers = attempt->wire.counts.headers;

    return cipher && packet > headers ? mtu_inner_fit(cipher, packet - headers, SSTP_AND_PPP) : 0;
}

/* One packet of so many bytes: of one request, or of two where the peer's MRU is smaller. False: it
 * cannot be made. */
static bool
send_packet(struct walk *walk, uint32_t packet)
{
    struct attempt *attempt = walk->attempt;
    const size_t mru = call_facts(attempt->call).lcp->peer_mru, fit = sizes_fit(attempt, packet);
    const size_t first = mru - MIN(mru, SPARE_LEN);
    size_t second = 0;

    if (packet > full_packet(walk))
        return false;
    if (fit > mru) {
        const size_t taken = mtu_record_len(cipher_of(attempt), first + SSTP_AND_PPP);
        second = sizes_fit(attempt, packet - (uint32_t)MIN(packet, taken));
    }
    if (fit < SMALL_LEN || (fit > mru && (second < SMALL_LEN || second > mru)))
        return false;
    wire_cork(&attempt->wire, true);
    call_fill(attempt->call, false, second ? first : fit);
    if (second)
        call_fill(attempt->call, false, second);
    go_on(walk);
    wire_cork(&attempt->wire, false);
    return true;
}

/* With "don't fragment". What is lost is sent again without, so that the next one can be tried. */
static enum passage
try_packet(struct walk *walk, uint32_t packet)
{
    struct wire *wire = &walk->attempt->wire;

    wire_let_fragment(wire, false);
    const bool sent = send_packet(walk, packet);
    const bool good = sent && wait_until_acked(walk, ACK_SECONDS);
    wire_let_fragment(wire, true);
    if (good)
        return PASSAGE_GOOD;
    return sent && wait_until_acked(walk, RESCUE_SECONDS) ? PASSAGE_LOST : PASSAGE_UNKNOWN;
}

/* The largest packet that arrives, below one that does not; 0: it was not found. */
static uint32_t
search_to_server(struct walk *walk, uint32_t lost)
{
    uint32_t good = SEARCH_FROM;

    if (lost <= good || try_packet(walk, good) != PASSAGE_GOOD)
        return 0;
    while (lost - good > 1) {
        const uint32_t middle = good + (lost - good) / 2;
        const enum passage passage = try_packet(walk, middle);
        if (passage == PASSAGE_UNKNOWN)
            return 0;
        *(passage == PASSAGE_GOOD ? &good : &lost) = middle;
    }
    return good;
}

/* Twice, as loss does not come in pairs of pairs. */
static enum passage
try_to_server(struct walk *walk, size_t num, size_t len)
{
    struct wire *wire = &walk->attempt->wire;
    const int64_t begin = clock_now();
    const uint32_t path_mtu = full_packet(walk);

    for (int i = 0; i < 2; i++) {
        fill(walk, num, len);
        if (wait_until_acked(walk, ACK_SECONDS))
            return PASSAGE_GOOD;
        if (!wire_let_fragment(wire, true) || !wait_until_acked(walk, RESCUE_SECONDS))
            return PASSAGE_UNKNOWN;
        if (i == 0)
            wire_let_fragment(wire, false);
    }
    walk->fits[SIDE_CLIENT] = search_to_server(walk, path_mtu);
    char *seen = walk->fits[SIDE_CLIENT]
                     ? g_strdup_printf("they pass then, twice; %u bytes pass anyway",
                                       walk->fits[SIDE_CLIENT])
                     : g_strdup("they pass then, twice");
    note(walk, TRIAL_FRAGMENTS, path_mtu, seen, walk->fits[SIDE_CLIENT], begin);
    g_free(seen);
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
    note(walk, TRIAL_ECHO, full_packet(walk), "delivered, not answered, nor a short one behind it",
         0, begin);
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
    const struct wire_counts *counts = &walk->attempt->wire.counts;
    const bool lost = to_server == PASSAGE_LOST || to_client == PASSAGE_LOST;
    const bool known = !lost || walk->fits[SIDE_CLIENT];
    char *fits = walk->inner_mtu && known
                     ? g_strdup_printf("; an inner MTU of %zu fits", walk->inner_mtu)
                     : g_strdup("");

    char *host = walk->inner_host_mtu && walk->inner_host_mtu < walk->inner_mtu
                     ? g_strdup_printf("; %s answers packets of %zu bytes, and no larger ones",
                                       walk->options->inner_host, walk->inner_host_mtu)
                     : g_strdup("");

    char *path = walk->fits[SIDE_CLIENT]
                     ? g_strdup_printf("; packets of %u bytes pass", walk->fits[SIDE_CLIENT])
                 : full_packet(walk) < counts->path_mtu
                     ? g_strdup_printf("; segments are limited to packets of %u bytes (MSS)",
                                       full_packet(walk))
                     : g_strdup("");

    walk_done(walk, STEP_MTU,
              lost              ? STEP_FAILED
              : *host           ? STEP_WARNED
              : walk->inner_mtu ? STEP_OK
                                : STEP_UNKNOWN,
              "this host takes the path for %u bytes, and such packets %s%s%s%s", counts->path_mtu,
              passage_text(to_server, to_client), path, fits, host);
    g_free(path);
    g_free(host);
    g_free(fits);
}

/* What fits a segment as it is now: an ICMP error may have made it smaller. */
static size_t
inner_fit(const struct walk *walk)
{
    return sizes_fit(walk->attempt, full_packet(walk));
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
    walk->inner_mtu =
        MIN(walk->fits[SIDE_CLIENT] ? sizes_fit(walk->attempt, walk->fits[SIDE_CLIENT])
                                    : inner_fit(walk),
            peer_mru);
    if (walk->passes[SIDE_CLIENT] != PASSAGE_LOST && walk->passes[SIDE_SERVER] != PASSAGE_LOST)
        walk->inner_host_mtu = inner_size(walk, walk->inner_mtu);
    tell(walk);
}
