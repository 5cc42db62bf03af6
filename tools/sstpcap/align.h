/* align.h - the clocks of all ends, from the connections that two of them saw
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_ALIGN_H
#define SSTPCAP_ALIGN_H

#include "ends/clock.h"
#include "recording.h"

/* How the clock of an end compares with that of the first one. */
struct alignment {
    bool same_addresses; /* a connection has the same at this end and at another one */
    bool known;
    bool shift;     /* the end's times are moved */
    bool is_client; /* clock.h's client is this end; else the first one is */
    struct clock clock;
};

/* Reads the recording at path once. An array of struct alignment, one for each end; a clock is
 * moved only when it is proven wrong: packets of one direction would arrive before they left.
 * may_shift: false: none is moved. The caller's. */
GArray *align_file(const struct recording *recording, const char *path, bool may_shift);
/* A time of the end on the clock of the first one; as it is when the end's times are not moved. */
int64_t align_time(const struct alignment *alignment, int64_t time_ns);
/* "clock: server = client +3.699968 s ...". Newly allocated; NULL: nothing is known. */
char *align_text(const struct alignment *alignment, const char *name, const char *first);

#endif
