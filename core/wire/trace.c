/* trace.c - what happened on a connection, in order, so that it can be drawn; in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/trace.h"

#include "base/text.h"

static const int64_t width_first = 10 * NS_PER_SECOND / 1000;

static void
event_clear(gpointer data)
{
    struct trace_event *event = data;

    g_free(event->text);
    g_free(event->content);
}

struct trace *
trace_new(void)
{
    struct trace *trace = g_new0(struct trace, 1);

    trace->events = g_array_new(FALSE, FALSE, sizeof(struct trace_event));
    g_array_set_clear_func(trace->events, event_clear);
    trace->bins = g_array_new(FALSE, TRUE, sizeof(struct trace_bin));
    trace->echoes = g_array_new(FALSE, FALSE, sizeof(struct trace_echo));
    trace->width = width_first;
    trace->echo_every = 1;
    return trace;
}

void
trace_free(struct trace *trace)
{
    if (!trace)
        return;
    g_array_unref(trace->events);
    g_array_unref(trace->bins);
    g_array_unref(trace->echoes);
    g_free(trace);
}

/* --- events ---------------------------------------------------------------------------------- */

static struct trace_event *
event_last(struct trace *trace)
{
    guint len = trace->events->len;

    return len ? &g_array_index(trace->events, struct trace_event, len - 1) : NULL;
}

static void
event_count(struct trace_event *event, enum side side, size_t len, struct mark mark)
{
    event->last = mark;
    event->count[side]++;
    event->bytes[side] += len;
}

static void
event_add(struct trace *trace, enum trace_layer layer, enum side side, size_t len, const char *text,
          struct mark mark)
{
    struct trace_event event = { .first = mark, .layer = layer, .side = side };

    event.text = g_strdup(text);
    event_count(&event, side, len, mark);
    if (trace->events->len >= TRACE_EVENTS_MAX) {
        g_array_remove_index(trace->events, TRACE_EVENTS_HEAD);
        trace->omitted++;
    }
    g_array_append_val(trace->events, event);
}

void
trace_message(struct trace *trace, enum trace_layer layer, enum side side, size_t len,
              const char *text, struct mark mark)
{
    struct trace_event *last;

    if (!trace)
        return;
    last = event_last(trace);
    if (last && last->layer == layer && last->side == side && g_strcmp0(last->text, text) == 0)
        event_count(last, side, len, mark);
    else
        event_add(trace, layer, side, len, text, mark);
}

void
trace_content(struct trace *trace, const char *content)
{
    struct trace_event *last = trace ? event_last(trace) : NULL;

    if (last && !last->content)
        last->content = g_strdup(content);
}

void
trace_http(struct trace *trace, enum side side, const struct http_head *head, struct mark mark)
{
    if (!trace)
        return;
    char *words = text_clean(head->request ? head->method : head->reason);
    char *text = head->request ? g_strdup_printf("HTTP %s", words)
                               : g_strdup_printf("HTTP %u %s", head->status, words);
    trace_message(trace, TRACE_HTTP, side, head->head_len, text, mark);
    g_free(text);
    g_free(words);
}

static void
event_data(struct trace *trace, enum side side, size_t len, struct mark mark)
{
    struct trace_event *last = event_last(trace);

    if (last && last->layer == TRACE_DATA)
        event_count(last, side, len, mark);
    else
        event_add(trace, TRACE_DATA, side, len, NULL, mark);
}

void
trace_record(struct trace *trace, enum side side, size_t len, struct mark mark)
{
    char text[64];

    if (!trace || trace->clear[side])
        return;
    if (trace->records[side]++ >= TRACE_RECORDS_MAX) {
        event_data(trace, side, len, mark);
        return;
    }
    g_snprintf(text, sizeof text, "Encrypted record, %" G_GSIZE_FORMAT " bytes", len);
    event_add(trace, TRACE_RECORD, side, len, text, mark);
}

void
trace_clear(struct trace *trace, enum side side)
{
    if (!trace || trace->clear[side])
        return;
    trace->clear[side] = true;
    for (guint i = trace->events->len; i-- > 0;) {
        struct trace_event *event = &g_array_index(trace->events, struct trace_event, i);
        if (event->layer != TRACE_RECORD && event->layer != TRACE_DATA)
            continue;
        event->count[side] = 0;
        event->bytes[side] = 0;
        if (event->count[side_other(side)] == 0)
            g_array_remove_index(trace->events, i);
    }
}

/* --- sums ------------------------------------------------------------------------------------ */

/* Makes every bin twice as wide. */
static void
bins_fold(struct trace *trace)
{
    GArray *bins = trace->bins;
    guint kept = (bins->len + 1) / 2;

    for (guint i = 0; i < kept; i++) {
        struct trace_bin sum = g_array_index(bins, struct trace_bin, (size_t)2 * i);
        if (2 * i + 1 < bins->len) {
            const struct trace_bin *odd = &g_array_index(bins, struct trace_bin, (size_t)2 * i + 1);
            for (int side = 0; side < SIDE_COUNT; side++) {
                sum.outer[side] += odd->outer[side];
                sum.inner[side] += odd->inner[side];
                sum.resent[side] += odd->resent[side];
            }
        }
        g_array_index(bins, struct trace_bin, i) = sum;
    }
    g_array_set_size(bins, kept);
    trace->width *= 2;
}

static struct trace_bin *
bin_at(struct trace *trace, int64_t time)
{
    uint64_t since;

    if (trace->bins->len == 0)
        trace->start = time;
    /* Times of a capture may go backwards, and be as far apart as they like. */
    since = time > trace->start ? (uint64_t)time - (uint64_t)trace->start : 0;
    while (since / (uint64_t)trace->width >= TRACE_BINS_MAX)
        bins_fold(trace);
    guint index = (guint)(since / (uint64_t)trace->width);
    if (index >= trace->bins->len)
        g_array_set_size(trace->bins, index + 1);
    return &g_array_index(trace->bins, struct trace_bin, index);
}

void
trace_data(struct trace *trace, enum side side, size_t len, struct mark mark)
{
    if (!trace)
        return;
    event_data(trace, side, len, mark);
    bin_at(trace, mark.time)->inner[side] += len;
    trace->sizes[side][MIN(len, (size_t)TRACE_SIZES_MAX - 1) / TRACE_SIZE_STEP]++;
}

/* --- segments -------------------------------------------------------------------------------- */

static const char *
segment_text(const struct segment *segment)
{
    if (segment->flags & TCP_SYN)
        return segment->flags & TCP_ACK ? "SYN, ACK" : "SYN";
    if (segment->flags & TCP_RST)
        return "RST";
    if (segment->flags & TCP_FIN)
        return "FIN";
    return segment->window == 0 ? "Zero window" : NULL;
}

void
trace_segment(struct trace *trace, enum side side, const struct segment *segment, bool resent)
{
    const char *text;

    if (!trace)
        return;
    struct trace_bin *bin = bin_at(trace, segment->mark.time);
    bin->outer[side] += segment->payload_len;
    bin->resent[side] += resent;
    text = segment_text(segment);
    if (resent && !text)
        text = "Retransmission";
    if (!text)
        return;
    /* Each try to connect is told with its time. */
    if (segment->flags & TCP_SYN)
        event_add(trace, TRACE_TCP, side, segment->payload_len, text, segment->mark);
    else
        trace_message(trace, TRACE_TCP, side, segment->payload_len, text, segment->mark);
}

/* --- echoes ---------------------------------------------------------------------------------- */

void
trace_echo(struct trace *trace, enum side asker, bool sstp, struct mark request, struct mark reply)
{
    const struct trace_echo echo = { request, mark_between(request, reply), asker, sstp };

    if (!trace || trace->echo_skip++ % trace->echo_every != 0)
        return;
    if (trace->echoes->len >= TRACE_ECHOES_MAX) {
        for (guint i = 0; i < TRACE_ECHOES_MAX / 2; i++)
            g_array_index(trace->echoes, struct trace_echo, i) =
                g_array_index(trace->echoes, struct trace_echo, (size_t)2 * i);
        g_array_set_size(trace->echoes, TRACE_ECHOES_MAX / 2);
        trace->echo_every *= 2;
    }
    g_array_append_val(trace->echoes, echo);
}

const char *
trace_layer_name(enum trace_layer layer)
{
    static const char *const names[] = { "tcp",  "icmp", "tls", "record",
                                         "http", "sstp", "ppp", "data" };

    return (unsigned)layer < G_N_ELEMENTS(names) ? names[layer] : NULL;
}
