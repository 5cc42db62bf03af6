/* trials.h - further attempts, each with one thing changed, where the first one leaves a question
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_TRIALS_H
#define SSTPPROBE_TRIALS_H

#include "walk.h"

/* After walk->attempt was closed, before it is judged: makes the trials that its end asks for,
 * without credentials, and tells its engine of all. */
void trials_walk(struct walk *walk);
/* There are time and connections left for another one. */
bool trials_may_try(const struct walk *walk);
/* The address of the attempt that is judged; the caller's. NULL: none. */
GInetAddress *trials_address(const struct walk *walk);

#endif
