/* clock.h - the probe's one clock
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_CLOCK_H
#define SSTPPROBE_CLOCK_H

#include <stdint.h>

#include "base/event.h"

/* Nanoseconds since 1970 as the host had it when the probe started; it never jumps. */
int64_t clock_now(void);
/* Milliseconds for poll() until a time of this clock, at most limit, rounded up. */
int clock_wait(int64_t until, int limit);

#endif
