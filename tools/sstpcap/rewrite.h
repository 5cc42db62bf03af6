/* rewrite.h - the file as it should have been: secrets first, packets in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_REWRITE_H
#define SSTPCAP_REWRITE_H

#include "align.h"

enum { REWRITE_ALL_ENDS = -1 };

/* A recording at its end. */
struct rewrite {
    const struct recording *recording;
    const char *path;         /* where it is */
    const GArray *alignments; /* align_file()'s */
    const GString *secrets;   /* lines of a TLS key log; empty: none */
};

/* Writes it again, into to (which may be path): section with comment, interfaces, secrets, packets
 * by time, statistics. end: only the interfaces of that end. The new file takes its name when it is
 * whole, so that what was there stays until then. False with *error. */
bool rewrite_file(const struct rewrite *rewrite, const char *to, int end, GError **error);

#endif
