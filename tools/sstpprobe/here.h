/* here.h - what of this host stands in the tunnel's way: networks that overlap, another tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_HERE_H
#define SSTPPROBE_HERE_H

#include "base/json.h"
#include "walk.h"

/* After the session: tells a line of it. */
void here_walk(struct walk *walk);
/* Its member "host". */
void here_json(const struct walk *walk, struct json *json);

#endif
