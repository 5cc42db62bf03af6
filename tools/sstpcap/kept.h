/* kept.h - packets that are kept in case somebody wants to see them, in bounded memory
 *
 * Of each connection the beginning is kept, which shows how it was set up, and what came last. What
 * lies between goes first when there is no more room, the oldest of all connections before others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_KEPT_H
#define SSTPCAP_KEPT_H

#include "codec/pcapng.h"

enum {
    KEPT_HEAD_MAX = 256 << 10, /* bytes of the beginning of a connection */
    KEPT_TAIL_MAX = 4 << 20,   /* bytes of what came last of it */
};

/* The room that all share. */
struct kept_room;
/* The packets of one connection. */
struct kept;

struct kept_room *kept_room_new(size_t max_bytes);
void kept_room_free(struct kept_room *room); /* nothing may be kept in it any more */
size_t kept_room_used(const struct kept_room *room);

/* The room must outlive it. */
struct kept *kept_new(struct kept_room *room);
void kept_free(struct kept *kept);
/* Copies the first so many bytes of a packet that was captured, and no more than that. */
void kept_add(struct kept *kept, const struct pcapng_packet *packet, uint32_t len);
/* Packets that there was no room for. */
uint64_t kept_lost(const struct kept *kept);
uint64_t kept_num(const struct kept *kept);
/* Calls with each packet, in the order in which they were added, without a comment. */
void kept_each(const struct kept *kept,
               void (*call)(void *data, const struct pcapng_packet *packet), void *data);

#endif
