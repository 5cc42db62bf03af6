/* mirror_copies.h - segments that a capture holds twice. For wire/ alone.
 *
 * A mirror port, or a bridge on the capturing host, gives each packet twice within microseconds, or
 * later where queues are long: then the IP identification or the sender's clock shows that it left
 * once. A file merged of two points of the path gives it twice with another time to live. None of
 * them is sent again, and none may count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_MIRROR_COPIES_H
#define SSTPDIAG_CORE_WIRE_MIRROR_COPIES_H

#include <glib.h>

#include "base/event.h"

enum {
    MIRROR_COPIES_FIRST = 2,  /* most connections that are no session end with their SYN */
    MIRROR_COPIES_RECENT = 8, /* a network card hands over bursts of eight, copies behind them */
    MIRROR_COPIES_WIDE = 64,  /* where bytes came twice */
};

struct mirror_copies_entry {
    int64_t time;
    uint32_t seq, ack, len;
    uint32_t options; /* a hash of them */
    uint16_t flags, window, checksum, ip_id;
    uint8_t ttl;
};

/* The last segments of one sender. All zeros to begin with. */
struct mirror_copies {
    struct mirror_copies_entry *recent; /* room of them; NULL: no room */
    uint8_t at;                         /* of the oldest, once there is no more room */
    uint8_t seen, room;
    bool ids_repeat; /* its IP identifications tell nothing */
};

enum copy {
    COPY_NONE,
    COPY_HERE,     /* of the same point of the path: made by whoever captured it, or on its way */
    COPY_ELSEWHERE /* of another point */
};

/* Is the segment a copy of a recent one of its sender's? Remembers it, if not. tick: of the clock
 * in its timestamps, nanoseconds; 0: not known, or it has none. */
enum copy mirror_copies_has(struct mirror_copies *copies, const struct segment *segment,
                            int64_t tick);
/* Remembers more from now on. */
void mirror_copies_widen(struct mirror_copies *copies);
/* Forgets the segments, as none is to follow that could be a copy; makes room again if one does. */
void mirror_copies_forget(struct mirror_copies *copies);
/* Frees contents, not copies. */
void mirror_copies_clear(struct mirror_copies *copies);

#endif
