/* idle.c - the walk's step "idle"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "idle.h"

#include "clock.h"
#include "sizes.h"

enum { ECHO_LEN = 8, ECHO_SECONDS = 15 };

void
idle_walk(struct walk *walk)
{
    const int64_t begin = clock_now(), until = begin + walk->options->idle * NS_PER_SECOND;
    bool there = true;

    if (walk->steps[STEP_IDLE].done)
        return;
    if (walk->passes[SIDE_CLIENT] == PASSAGE_LOST || walk->passes[SIDE_SERVER] == PASSAGE_LOST) {
        walk_left_out(walk, STEP_IDLE, STEP_SKIPPED, "what the sizes lost blocks the connection");
        return;
    }
    walk->since = begin;
    while (there && !*walk->stop && clock_now() < until)
        there = attempt_go_on(walk->attempt, MIN(until, clock_now() + NS_PER_SECOND));
    if (*walk->stop)
        walk_done(walk, STEP_IDLE, STEP_UNKNOWN, "interrupted");
    else if (!there)
        walk_done(walk, STEP_IDLE, STEP_FAILED, "the tunnel ended after %.0f s",
                  ns_seconds(clock_now() - begin));
    else if (sizes_hear_echo(walk, ECHO_LEN, ECHO_SECONDS))
        walk_done(walk, STEP_IDLE, STEP_OK, "still there after %u s without a word of ours",
                  walk->options->idle);
    else
        walk_done(walk, STEP_IDLE, STEP_FAILED,
                  "after %u s without a word of ours an LCP echo is not answered",
                  walk->options->idle);
}
