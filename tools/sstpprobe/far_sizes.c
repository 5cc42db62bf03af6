/* far_sizes.c - how large packets of the server may be
 *
 * What is lost blocks its connection, so that each one ends at the first size that does not come
 * back. Nobody logs in: LCP answers echoes before that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "far_sizes.h"

#include "clock.h"
#include "sizes.h"
#include "trials.h"

enum {
    ROUNDS_MAX = 4,
    PARTS = 8, /* of what is open, a round tries their bounds from below */
    SIZE_MIN = 576,
    CONNECT_SECONDS = 5,
    ROUND_SECONDS = 12,
    ECHO_MS = 1500, /* and a few round trips: TCP has repeated what was lost by chance */
    ROUND_TRIPS = 4,
    NS_PER_MS = 1000000,
};

/* What the ends of tunnels and links leave, smallest first. */
static const uint32_t usual[] = { 1280, 1380, 1400, 1420, 1440, 1452, 1460, 1472, 1480, 1492 };

struct round {
    struct attempt *attempt;
    int64_t until;
};

static bool
hears_echo(const struct round *round, size_t len)
{
    const struct lcp *lcp = call_facts(round->attempt->call).lcp;
    const unsigned before = lcp->echo_replies;
    const int64_t wait =
        (int64_t)ECHO_MS * NS_PER_MS + ROUND_TRIPS * round->attempt->wire.counts.rtt;
    const int64_t until = MIN(round->until, clock_now() + wait);

    if (len == 0 || !call_fill(round->attempt->call, true, len))
        return false;
    while (lcp->echo_replies == before && clock_now() < until &&
           attempt_go_on(round->attempt, until))
        ;
    return lcp->echo_replies > before;
}

static bool
open_lcp(struct walk *walk, struct round *round)
{
    GInetAddress *address = trials_address(walk);
    GSocketAddress *to = g_inet_socket_address_new(address, walk->options->port);
    struct attempt *attempt = round->attempt;
    GError *error = NULL;
    const int64_t connect = MIN(round->until, clock_now() + CONNECT_SECONDS * NS_PER_SECOND);
    bool good = wire_connect(&attempt->wire, to, connect) == WIRE_CONNECTED &&
                attempt_tls(attempt, round->until, &error);

    if (good) {
        /* The way there is not what is tried. */
        wire_let_fragment(&attempt->wire, true);
        attempt_call(attempt);
        while (clock_now() < round->until && !call_facts(attempt->call).lcp_opened &&
               attempt_go_on(attempt, round->until))
            ;
        good = call_facts(attempt->call).lcp_opened;
    }
    g_clear_error(&error);
    g_object_unref(to);
    g_object_unref(address);
    return good;
}

/* Sizes between both, upwards, until one is lost. False: nothing was learned. */
static bool
climb(const struct round *round, bool first, uint32_t *good, uint32_t *bad)
{
    const uint32_t low = *good, step = MAX((*bad - *good) / PARTS, 1), top = *bad;
    bool learned = false;

    for (uint32_t i = 0; i <= PARTS + G_N_ELEMENTS(usual) && clock_now() < round->until; i++) {
        const uint32_t size = !first                     ? low + (i + 1) * step
                              : i == 0                   ? low
                              : i <= G_N_ELEMENTS(usual) ? usual[i - 1]
                                                         : top;
        if (size >= top)
            break;
        learned = true;
        if (!hears_echo(round, sizes_fit(round->attempt, size))) {
            *bad = size;
            return first ? i > 0 : true;
        }
        *good = size;
    }
    return learned;
}

static bool
try_round(struct walk *walk, bool first, uint32_t *good, uint32_t *bad)
{
    struct round round = { .attempt = attempt_new(walk->options, walk->secret, NULL, NULL),
                           .until = MIN(walk->until, clock_now() + ROUND_SECONDS * NS_PER_SECOND) };

    attempt_change(round.attempt, &(struct attempt_change){ .trial = true, .stays = true });
    walk->connections++;
    const bool learned = open_lcp(walk, &round) && climb(&round, first, good, bad);
    if (round.attempt->call)
        call_hang_up(round.attempt->call, clock_now());
    attempt_close(round.attempt);
    attempt_free(round.attempt);
    return learned;
}

static void
note(struct walk *walk, uint32_t fits)
{
    walk->fits[SIDE_SERVER] = fits;
    walk->inner_mtu = MIN(walk->inner_mtu, sizes_fit(walk->attempt, fits));
    for (guint i = 0; i < walk->trials->len; i++) {
        struct trial *trial = &g_array_index(walk->trials, struct trial, i);
        if (trial->kind == TRIAL_ECHO)
            trial->fits = fits;
    }
}

void
far_sizes_walk(struct walk *walk)
{
    const struct wire_counts *counts = walk->attempt ? &walk->attempt->wire.counts : NULL;
    uint32_t good = SIZE_MIN, bad = counts ? counts->mss_out + counts->headers : 0;
    bool learned = false;

    if (walk->passes[SIDE_SERVER] != PASSAGE_LOST || walk->options->proxy || bad <= good)
        return;
    const int64_t begin = clock_now();
    for (unsigned i = 0; i < ROUNDS_MAX && bad - good > 1 && trials_may_try(walk); i++) {
        if (!try_round(walk, i == 0, &good, &bad))
            break;
        learned = true;
    }
    if (!learned)
        return;
    note(walk, good);
    struct step_result result = { .outcome = STEP_OK,
                                  .seconds = ns_seconds(clock_now() - begin),
                                  .seen = g_strdup_printf("packets of the server of %u bytes pass, "
                                                          "of %u do not",
                                                          good, bad) };
    walk->tell(walk->tell_data, "sizes", &result);
    g_free(result.seen);
}
