/* connect.h - the walk's steps "reach" and "tcp": which address of the server answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_CONNECT_H
#define SSTPPROBE_CONNECT_H

#include "walk.h"

/* Tries all addresses at once and leaves the attempt that is judged. False: none connected. */
bool connect_walk(struct walk *walk);
/* What became of connecting, in words; newly allocated. */
char *connect_text(const struct wire *wire, enum wire_result result);

#endif
