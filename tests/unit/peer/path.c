/* peer/path.c - words about the path and about where it is captured
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static void
word_hidden(struct peer *peer, enum side side, const char *value)
{
    peer->hidden[side] = word_on(value);
}

static void
word_lose(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->lose[side] = true;
}

/* =N: so many bytes of a payload are captured. */
static void
word_snap(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->snap = value ? word_number(value) : SIZE_MAX;
}

/* Each segment is in the capture twice: as a mirror port or a bridge on the capturing host has it,
 * or =SECONDS/HOPS apart, as in a file that was merged of two points. */
static void
word_copies(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.00002;
    unsigned hops = 0;

    (void)side;
    peer->copies = value != NULL;
    if (value && *value && sscanf(value, "%lf/%u", &seconds, &hops) < 1)
        g_error("no seconds: %s", value);
    peer->copy_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->copy_hops = (uint8_t)hops;
}

/* There are two capture points, one at each end: =SECONDS/HOPS/OFFSET of the way between them and
 * of the server's clock. */
static void
word_ends(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.004, offset = 0;
    unsigned hops = 1;

    (void)side;
    peer->ends = value != NULL;
    if (!peer->ends)
        return;
    if (*value && sscanf(value, "%lf/%u/%lf", &seconds, &hops, &offset) < 1)
        g_error("no seconds: %s", value);
    peer->ends_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->ends_hops = (uint8_t)hops;
    peer->ends_offset = (int64_t)(offset * (double)NS_PER_SECOND);
}

/* =N: there is one capture point, which is another one. It sees other legs of the same calls, so
 * their nonces come again. */
static void
word_at(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->num_acks = 0;
    peer->interface = value ? word_number(value) : 0;
}

/* Between the ends: =MSS is what becomes of the MSS. */
static void
word_clamp(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_mss = value ? (uint16_t)word_number(value) : 0;
}

/* Between the ends: =N is added to the client's sequence numbers. */
static void
word_renumber(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_renumber = value ? word_number(value) : 0;
}

static void
word_nat(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->nat = word_on(value);
}

/* The side's next segment vanishes: between the ends, or on the way to a peer that "resends". */
static void
word_drop(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->drop_one[side] = true;
}

/* All of its segments, or those with more than =N bytes of payload. */
static void
word_drop_all(struct peer *peer, enum side side, const char *value)
{
    peer->drop_above[side] = value ? word_number(value) : 0;
    peer->drop[side] = value && !*value;
    peer->drop_one[side] = false;
}

/* Between the ends the side's next segment is overtaken by the one after it; =SECONDS: and comes so
 * long behind that. */
static void
word_late(struct peer *peer, enum side side, const char *value)
{
    peer->late[side] = true;
    peer->late_by[side] = (int64_t)(g_ascii_strtod(value, NULL) * 1e9);
}

/* What it sends passes another interface than what the other side sends, as at a tap with a port
 * for each. */
static void
word_own_way(struct peer *peer, enum side side, const char *value)
{
    peer->own_way[side] = word_on(value);
}

/* Between the ends the side's next segment is doubled: =SECONDS is how much later it comes again.
 */
static void
word_twice(struct peer *peer, enum side side, const char *value)
{
    peer->twice[side] = *value ? g_ascii_strtod(value, NULL) : 0.00002;
}

/* The side's next segment comes from between the ends: only the other one sees it. */
static void
word_forge(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->forge[side] = true;
}

/* Its own end does not capture what it sends. */
static void
word_forge_all(struct peer *peer, enum side side, const char *value)
{
    peer->forge_all[side] = word_on(value);
}

/* The capture's clock is set: =SECONDS that it is ahead from now on. */
static void
word_clock(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->clock = (int64_t)(g_ascii_strtod(value, NULL) * 1e9);
}

/* =SECONDS that the capture's clock counts in. */
static void
word_tick(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->tick = (int64_t)(g_ascii_strtod(value, NULL) * 1e9);
}

const struct peer_word peer_path_words[] = {
    { "clock", WORD_NOW, WORD_OF_NOBODY, word_clock },
    { "tick", WORD_STAYS, WORD_OF_NOBODY, word_tick },
    { "hidden", WORD_LASTS, WORD_OF_SIDE, word_hidden },
    { "lose", WORD_NOW, WORD_OF_SIDE, word_lose },
    { "snap", WORD_LASTS, WORD_OF_NOBODY, word_snap },
    { "copies", WORD_LASTS, WORD_OF_NOBODY, word_copies },
    { "ends", WORD_LASTS, WORD_OF_NOBODY, word_ends },
    { "at", WORD_LASTS, WORD_OF_NOBODY, word_at },
    { "clamp", WORD_LASTS, WORD_OF_NOBODY, word_clamp },
    { "renumber", WORD_LASTS, WORD_OF_NOBODY, word_renumber },
    { "nat", WORD_LASTS, WORD_OF_NOBODY, word_nat },
    { "drop", WORD_NOW, WORD_OF_SIDE, word_drop },
    { "drop", WORD_LASTS, WORD_OF_SIDE, word_drop_all },
    { "drop", WORD_LASTS, WORD_OF_SIDE, word_drop_all },
    { "own-way", WORD_LASTS, WORD_OF_SIDE, word_own_way },
    { "late", WORD_NOW, WORD_OF_SIDE, word_late },
    { "twice", WORD_NOW, WORD_OF_SIDE, word_twice },
    { "forge", WORD_NOW, WORD_OF_SIDE, word_forge },
    { "forge", WORD_LASTS, WORD_OF_SIDE, word_forge_all },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
