/* exec.h - the walk's step "exec": a command of the user in the tunnel
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_EXEC_H
#define SSTPPROBE_EXEC_H

#include "walk.h"

/* While the call is up; until then at the latest. */
void exec_walk(struct walk *walk, int64_t until);

#endif
