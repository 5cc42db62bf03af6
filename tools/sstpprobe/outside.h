/* outside.h - the steps outside of SSTP: name, TCP, TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_OUTSIDE_H
#define SSTPPROBE_OUTSIDE_H

#include "walk.h"

/* NULL: TLS of walk->attempt is up. Else why the steps behind cannot be taken; error where this
 * one could not be tried at all. */
const char *outside_walk(struct walk *walk, GError **error);

#endif
