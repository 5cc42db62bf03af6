/* copies.h - segments that a capture holds twice
 *
 * A mirror port, or a bridge on the capturing host, gives each packet twice within microseconds. A
 * file merged of two points of the path gives it twice with another time to live. Neither is sent
 * again, and neither may count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_COPIES_H
#define SSTPDIAG_CORE_COPIES_H

#include "event.h"

enum { COPIES_RECENT = 8 }; /* a network card hands over bursts of eight, copies behind them */

struct copies_entry {
    int64_t time;
    uint32_t seq, ack, len;
    uint32_t options; /* a hash of them */
    uint16_t flags, window, checksum;
    uint8_t ttl;
};

/* The last segments of one sender. All zeros to begin with. */
struct copies {
    struct copies_entry recent[COPIES_RECENT];
    uint8_t at;   /* of the oldest */
    uint8_t seen; /* COPIES_RECENT at most */
};

enum copy {
    COPY_NONE,
    COPY_HERE,     /* of the same point of the path: made by whoever captured it, or on its way */
    COPY_ELSEWHERE /* of another point */
};

/* Is the segment a copy of a recent one of its sender's? Remembers it, if not. */
enum copy copies_has(struct copies *copies, const struct segment *segment);

#endif
