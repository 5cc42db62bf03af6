/* waiting.c - segments that wait for what they acknowledge
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/waiting.h"

#include <string.h>

#include "base/thresholds.h"

enum {
    IN_LINE_MAX = 512,      /* segments of one connection that wait */
    BYTES_MAX = 16 << 20,   /* of all that waits */
    WAITED_IN_VAIN_MAX = 3, /* more often than not: its capture loses, rather than mixes */
};

/* Of one connection. */
struct line {
    GQueue waiters; /* struct waiter, in the order in which they are to be taken */
    GQueue frames;  /* the numbers of these frames, as they stand in the file */
    int in_vain;    /* how much more often one waited in vain than not */
};

struct waiting {
    GHashTable *lines;      /* struct connection -> struct line, once one of it waited */
    GPtrArray *connections; /* these connections, in order of appearance */
    guint emptied;          /* so many of them, while all is taken */
    size_t bytes;
    guint num;
};

void
waiter_free(struct waiter *waiter)
{
    for (guint i = 0; i < waiter->told->len; i++)
        g_free(g_array_index(waiter->told, struct told, i).data);
    g_array_unref(waiter->told);
    g_free(waiter->bytes);
    g_free(waiter);
}

static void
waiter_free_func(gpointer waiter)
{
    waiter_free(waiter);
}

static void
line_free(gpointer data)
{
    struct line *line = data;

    g_queue_clear_full(&line->waiters, waiter_free_func);
    g_queue_clear(&line->frames);
    g_free(line);
}

struct waiting *
waiting_new(void)
{
    struct waiting *waiting = g_new0(struct waiting, 1);

    waiting->lines = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, line_free);
    waiting->connections = g_ptr_array_new();
    return waiting;
}

void
waiting_free(struct waiting *waiting)
{
    g_ptr_array_unref(waiting->connections);
    g_hash_table_unref(waiting->lines);
    g_free(waiting);
}

bool
waiting_is_empty(const struct waiting *waiting)
{
    return waiting->num == 0;
}

/* --- who waits ------------------------------------------------------------------------------- */

/* Where others wait, or where it is ahead, unless that is of no use. */
static bool
stands_in_line(const struct waiting *waiting, const struct connection *connection, bool ahead)
{
    const struct line *line = g_hash_table_lookup(waiting->lines, connection);

    if (line && line->waiters.length > 0)
        return true;
    return ahead && waiting->bytes < BYTES_MAX && !(line && line->in_vain >= WAITED_IN_VAIN_MAX);
}

bool
waiting_wants(const struct waiting *waiting, const struct connection *connection,
              const struct segment *segment)
{
    bool ahead = conn_acks_ahead(connection->conn, segment);

    /* Nothing comes before a request to connect. */
    if ((!ahead && waiting->num == 0) || (segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        return false;
    return stands_in_line(waiting, connection, ahead);
}

/* What it acknowledges has been seen at neither. */
static bool
told_ahead(const struct connection *connection, const struct connection *copy,
           const struct segment *segment)
{
    return conn_acks_ahead(connection->conn, segment) && conn_acks_ahead(copy->conn, segment);
}

bool
waiting_wants_told(const struct waiting *waiting, const struct connection *connection,
                   const struct connection *copy, const struct segment *segment)
{
    bool ahead = told_ahead(connection, copy, segment);

    return (ahead || waiting->num > 0) && stands_in_line(waiting, connection, ahead);
}

static struct waiter *
waiter_new(const struct segment *segment, bool ahead)
{
    struct waiter *waiter = g_new0(struct waiter, 1);

    waiter->segment = *segment;
    waiter->frame = segment->mark.frame;
    waiter->ahead = ahead;
    waiter->told = g_array_new(FALSE, FALSE, sizeof(struct told));
    waiter->bytes = g_malloc(segment->options_len + segment->captured_len + 1);
    if (segment->options_len)
        memcpy(waiter->bytes, segment->options, segment->options_len);
    if (segment->captured_len)
        memcpy(waiter->bytes + segment->options_len, segment->payload, segment->captured_len);
    waiter->segment.options = waiter->bytes;
    waiter->segment.payload = waiter->bytes + segment->options_len;
    return waiter;
}

static size_t
waiter_bytes(const struct waiter *waiter)
{
    size_t bytes = sizeof *waiter + waiter->segment.options_len + waiter->segment.captured_len;

    for (guint i = 0; i < waiter->told->len; i++)
        bytes += g_array_index(waiter->told, struct told, i).len;
    return bytes;
}

static bool
same_sender(const struct waiter *a, const struct waiter *b)
{
    return endpoint_equal(&a->segment.src, &b->segment.src);
}

/* How far its sender, or the other one, had come when a left, against a reset that acknowledges
 * nothing. */
static int32_t
waiter_against_reset(const struct waiter *a, const struct waiter *reset)
{
    return (int32_t)((same_sender(a, reset) ? a->segment.seq : a->segment.ack) -
                     reset->segment.seq);
}

/* a is to be taken behind b. Sequence number and acknowledgement of either side count from the same
 * two numbers, so that their sums can be compared. */
static bool
waiter_later(const struct waiter *a, const struct waiter *b)
{
    const struct segment *x = &a->segment, *y = &b->segment;

    if (!(x->flags & TCP_ACK))
        return (x->flags & TCP_RST) && (y->flags & TCP_ACK) && waiter_against_reset(b, a) <= 0;
    if (!(y->flags & TCP_ACK))
        return (y->flags & TCP_RST) && waiter_against_reset(a, b) > 0;
    return (int32_t)(x->seq + x->ack - (y->seq + y->ack)) > 0;
}

/* Behind the last one that is not to be taken later. A reset that answers a segment has the number
 * which that one acknowledged: its sender may have been further by then. */
static void
line_insert(struct line *line, struct waiter *waiter, bool senders_in_order)
{
    GList *at = line->waiters.tail;

    senders_in_order |= (waiter->segment.flags & (TCP_RST | TCP_ACK)) == TCP_RST;

    while (at && waiter_later(at->data, waiter) &&
           !(senders_in_order && same_sender(at->data, waiter)))
        at = at->prev;
    g_queue_insert_after(&line->waiters, at, waiter);
}

static struct waiter *
waiting_insert(struct waiting *waiting, struct connection *connection, struct waiter *waiter,
               bool senders_in_order)
{
    struct line *line = g_hash_table_lookup(waiting->lines, connection);

    if (!line) {
        line = g_new0(struct line, 1);
        g_hash_table_insert(waiting->lines, connection, line);
        g_ptr_array_add(waiting->connections, connection);
    }
    line_insert(line, waiter, senders_in_order);
    g_queue_push_tail(&line->frames, GUINT_TO_POINTER(waiter->frame));
    waiting->num++;
    waiting->bytes += waiter_bytes(waiter);
    return waiter;
}

struct waiter *
waiting_add(struct waiting *waiting, struct connection *connection, const struct segment *segment,
            bool senders_in_order)
{
    struct waiter *waiter = waiter_new(segment, conn_acks_ahead(connection->conn, segment));

    return waiting_insert(waiting, connection, waiter, senders_in_order);
}

struct waiter *
waiting_add_told(struct waiting *waiting, struct connection *connection, struct connection *copy,
                 const struct segment *segment)
{
    struct segment bare = *segment;
    bare.options_len = bare.captured_len = 0;
    struct waiter *waiter = waiter_new(&bare, told_ahead(connection, copy, segment));

    waiter->seen_at = copy;
    return waiting_insert(waiting, connection, waiter, true);
}

void
waiting_tell(struct waiting *waiting, struct waiter *waiter, struct told told)
{
    if (!told.data)
        told.len = 0;
    told.data = told.len ? g_memdup2(told.data, told.len) : NULL;
    waiting->bytes += told.len;
    g_array_append_val(waiter->told, told);
}

static struct waiter *
line_take(struct waiting *waiting, struct line *line)
{
    struct waiter *waiter = g_queue_pop_head(&line->waiters);

    waiter->segment.mark.frame = GPOINTER_TO_UINT(g_queue_pop_head(&line->frames));
    waiting->num--;
    waiting->bytes -= waiter_bytes(waiter);
    return waiter;
}

void
waiting_forget(struct waiting *waiting, const struct connection *connection)
{
    struct line *line = g_hash_table_lookup(waiting->lines, connection);

    while (line && line->waiters.length > 0)
        waiter_free(line_take(waiting, line));
}

/* --- who waited long enough ------------------------------------------------------------------ */

/* The first one waits for an answer to the SYN of its sender, and the other side has gone on: what
 * one side sends is mixed up less than what both do, so that the answer was not captured. */
static bool
answer_was_missed(const struct connection *connection, const struct line *line,
                  const struct waiter *first)
{
    bool lacks = !first->seen_at && conn_lacks_answer(connection->conn, &first->segment);

    for (const GList *at = line->waiters.head; lacks && at; at = at->next) {
        const struct waiter *waiter = at->data;
        if (!same_sender(waiter, first) && !(waiter->segment.flags & (TCP_SYN | TCP_RST)))
            return true;
    }
    return false;
}

/* What the first one acknowledges has not come. */
static bool
waits_still(const struct connection *connection, const struct waiter *first)
{
    return first->seen_at ? told_ahead(connection, first->seen_at, &first->segment)
                          : conn_acks_ahead(connection->conn, &first->segment);
}

/* Of clocks that go back, either way. */
static bool
waited_too_long(const struct waiting *waiting, const struct line *line, struct mark now)
{
    const struct waiter *first = line->waiters.head->data;
    int64_t waited = now.time - first->segment.mark.time;

    return ABS(waited) > ORDER_WAIT_SECONDS * NS_PER_SECOND || line->waiters.length > IN_LINE_MAX ||
           waiting->bytes > BYTES_MAX;
}

struct waiter *
waiting_take(struct waiting *waiting, const struct connection *connection, struct mark now,
             bool *given_up)
{
    struct line *line = g_hash_table_lookup(waiting->lines, connection);
    const struct waiter *first = line ? g_queue_peek_head(&line->waiters) : NULL;

    if (!first)
        return NULL;
    *given_up = waits_still(connection, first);
    if (*given_up && !waited_too_long(waiting, line, now) &&
        !answer_was_missed(connection, line, first))
        return NULL;
    if (first->ahead)
        line->in_vain += *given_up ? 1 : -1;
    return line_take(waiting, line);
}

struct waiter *
waiting_take_any(struct waiting *waiting, struct connection **connection)
{
    while (waiting->num > 0 && waiting->emptied < waiting->connections->len) {
        struct line *line;
        *connection = g_ptr_array_index(waiting->connections, waiting->emptied);
        line = g_hash_table_lookup(waiting->lines, *connection);
        if (line->waiters.length > 0)
            return line_take(waiting, line);
        waiting->emptied++;
    }
    waiting->emptied = 0;
    return NULL;
}
