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
    peer->hidden[side] = strcmp(value, "0") != 0;
}

static void
word_lose(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->lose[side] = true;
}

static void
word_snap(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->snap = word_number(value);
}

/* From here on each segment is in the capture twice: as a mirror port or a bridge on the capturing
 * host has it, or =SECONDS/HOPS apart, as in a file that was merged of two points. */
static void
word_copies(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.00002;
    unsigned hops = 0;

    (void)side;
    if (*value && sscanf(value, "%lf/%u", &seconds, &hops) < 1)
        g_error("no seconds: %s", value);
    peer->copies = true;
    peer->copy_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->copy_hops = (uint8_t)hops;
}

/* From here on there are two capture points, one at each end: =SECONDS/HOPS/OFFSET of the way
 * between them and of the server's clock; =off: one again. */
static void
word_ends(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.004, offset = 0;
    unsigned hops = 1;

    (void)side;
    peer->ends = strcmp(value, "off") != 0;
    if (!peer->ends)
        return;
    if (*value && sscanf(value, "%lf/%u/%lf", &seconds, &hops, &offset) < 1)
        g_error("no seconds: %s", value);
    peer->ends_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->ends_hops = (uint8_t)hops;
    peer->ends_offset = (int64_t)(offset * (double)NS_PER_SECOND);
}

/* =N: from here on there is one capture point, which is another one. */
static void
word_at(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->interface = (uint32_t)word_number(value);
}

/* Between the ends: =MSS is what becomes of the MSS. */
static void
word_clamp(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_mss = (uint16_t)word_number(value);
}

/* Between the ends: =N is added to the client's sequence numbers. */
static void
word_renumber(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_renumber = (uint32_t)word_number(value);
}

static void
word_nat(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->nat = true;
}

/* Between the ends the side's next segment vanishes, or =all from here on, or =0 none any more. */
static void
word_drop(struct peer *peer, enum side side, const char *value)
{
    bool none = strcmp(value, "0") == 0;

    peer->drop[side] = !none && (peer->drop[side] || strcmp(value, "all") == 0);
    peer->drop_one[side] = !none && !peer->drop[side];
}

/* Between the ends the side's next segment is overtaken by the one after it; =SECONDS: and comes so
 * long behind that. */
static void
word_late(struct peer *peer, enum side side, const char *value)
{
    peer->late[side] = true;
    peer->late_by[side] = (int64_t)(g_ascii_strtod(value, NULL) * 1e9);
}

/* Between the ends the side's next segment is doubled: =SECONDS is how much later it comes again.
 */
static void
word_twice(struct peer *peer, enum side side, const char *value)
{
    peer->twice[side] = *value ? g_ascii_strtod(value, NULL) : 0.00002;
}

/* The side's next segment comes from between the ends: only the other one sees it. =all: from here
 * on its own end does not capture what it sends. */
static void
word_forge(struct peer *peer, enum side side, const char *value)
{
    peer->forge_all[side] = strcmp(value, "all") == 0;
    peer->forge[side] = true;
}

const struct peer_word peer_path_words[] = {
    { "hidden", SIDE_CLIENT, word_hidden }, { "lose", SIDE_CLIENT, word_lose },
    { "snap", SIDE_CLIENT, word_snap },     { "copies", SIDE_CLIENT, word_copies },
    { "ends", SIDE_CLIENT, word_ends },     { "at", SIDE_CLIENT, word_at },
    { "clamp", SIDE_CLIENT, word_clamp },   { "renumber", SIDE_CLIENT, word_renumber },
    { "nat", SIDE_CLIENT, word_nat },       { "drop", SIDE_CLIENT, word_drop },
    { "late", SIDE_CLIENT, word_late },     { "twice", SIDE_CLIENT, word_twice },
    { "forge", SIDE_CLIENT, word_forge },   { NULL, SIDE_CLIENT, NULL },
};
