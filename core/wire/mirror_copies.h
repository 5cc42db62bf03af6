/* mirror_copies.h - segments that a capture holds twice. For wire/ alone.
 *
 * A mirror port, or a bridge on the capturing host, gives each packet twice within microseconds. A
 * file merged of two points of the path gives it twice with another time to live. Neither is sent
 * again, and neither may count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_MIRROR_COPIES_H
#define SSTPDIAG_CORE_WIRE_MIRROR_COPIES_H

#include "base/event.h"

enum {
    MIRROR_COPIES_RECENT = 8
}; /* a network card hands over bursts of eight, copies behind them */

struct mirror_copies_entry {
    int64_t time;
    uint32_t seq, ack, len;
    uint32_t options; /* a hash of them */
    uint16_t flags, window, checksum;
    uint8_t ttl;
};

/* The last segments of one sender. All zeros to begin with. */
struct mirror_copies {
    struct mirror_copies_entry recent[MIRROR_COPIES_RECENT];
    uint8_t at;   /* of the oldest */
    uint8_t seen; /* MIRROR_COPIES_RECENT at most */
};

enum copy {
    COPY_NONE,
    COPY_HERE,     /* of the same point of the path: made by whoever captured it, or on its way */
    COPY_ELSEWHERE /* of another point */
};

/* Is the segment a copy of a recent one of its sender's? Remembers it, if not. */
enum copy mirror_copies_has(struct mirror_copies *copies, const struct segment *segment);

#endif
