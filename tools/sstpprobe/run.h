/* run.h - the whole walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_RUN_H
#define SSTPPROBE_RUN_H

#include "walk.h"

/* options, version, secret, tell and stop of walk are set. False, with the reason in error, when it
 * could not be tried at all. */
bool run_walk(struct walk *walk, GError **error);

#endif
