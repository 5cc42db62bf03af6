/* record.h - a capture of the wire beside the walk, made by sstpcap
 *
 * The probe has no right to capture and needs none: sstpcap is a program of its own, which knows
 * how to get it, merges both ends and asks nothing of the walk. Where it cannot, the walk goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_RECORD_H
#define SSTPPROBE_RECORD_H

#include "walk.h"

struct record;

/* Once the address is known and before anything is sent there: waits until sstpcap captures, or
 * says that it cannot. Nothing where options ask for no recording. */
void record_begin(struct walk *walk);
/* Gives it the secrets, if wanted, and waits until the file is whole. */
void record_end(struct walk *walk, bool with_secrets);
/* NULL is allowed. Whatever still runs is killed. */
void record_free(struct record *record);

/* After record_end(). The file is there. */
bool record_is_made(const struct record *record);
/* What became of it, in words; static or the record's. */
const char *record_text(const struct record *record);

#endif
