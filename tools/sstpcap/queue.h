/* queue.h - packets of several ends, held back so that they come out by time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_QUEUE_H
#define SSTPCAP_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct queued {
    int64_t time_ns;    /* by which it is sorted */
    int64_t arrived_us; /* monotonic */
    guint end;
    bool server_hello;
    bool is_packet; /* or a block that is passed on as it is */
    uint8_t *block; /* as it goes into the file; owned */
    size_t len;
};

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue *queue);

/* Takes the block over. arrived_us must not decrease. */
void queue_put(struct queue *queue, const struct queued *queued);
/* The packet with the smallest time; NULL when there is none. It stays. */
const struct queued *queue_first(const struct queue *queue);
/* When the packet that waits longest came; INT64_MAX when none does. */
int64_t queue_oldest_us(const struct queue *queue);
guint queue_num(const struct queue *queue);
/* The memory that it takes, in bytes. */
size_t queue_memory(const struct queue *queue);
/* Takes the first out; its block is the caller's. False when there is none. */
bool queue_take(struct queue *queue, struct queued *queued);

#endif
