/* trace.c - the trace of a session as JSON, for what draws it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/trace.h"

#include "wire/lengths_facts.h"
#include "wire/trace.h"

static const char *const direction[SIDE_COUNT] = { "c2s", "s2c" };

/* What an opaque record was taken for by its length; NULL: nothing. */
static const char *
inferred_name(const struct session *session, const struct trace_event *event)
{
    const struct lengths_facts *facts = session_lengths(session);
    uint32_t num = 0;
    const struct lengths_note *notes =
        facts ? lengths_notes(facts, event->first.frame, &num) : NULL;

    for (uint32_t i = 0; i < num && event->layer == TRACE_RECORD; i++)
        if (notes[i].length == event->bytes[event->side])
            return lengths_label_name(notes[i].label);
    return NULL;
}

static void
event_json(struct json *json, const struct trace_event *event, const struct session *session,
           const struct engine *engine)
{
    const struct frame_range frames = engine_frames_of(engine, event->first, event->last);

    json_object_begin(json, NULL);
    json_number(json, "time", mark_seconds(engine_first(engine), event->first));
    json_number(json, "seconds", mark_seconds(event->first, event->last));
    json_number(json, "first_frame", frames.first);
    json_number(json, "last_frame", frames.last);
    json_string(json, "layer", trace_layer_name(event->layer));
    json_string(json, "side", side_name(event->side));
    json_number(json, "count_c2s", event->count[SIDE_CLIENT]);
    json_number(json, "count_s2c", event->count[SIDE_SERVER]);
    json_number(json, "bytes_c2s", (double)event->bytes[SIDE_CLIENT]);
    json_number(json, "bytes_s2c", (double)event->bytes[SIDE_SERVER]);
    json_string(json, "text", event->text);
    json_string(json, "content", event->content);
    json_string(json, "inferred", inferred_name(session, event));
    json_object_end(json);
}

static void
events_json(struct json *json, const struct session *session, const struct trace *trace,
            const struct engine *engine)
{
    json_array_begin(json, "events");
    for (guint i = 0; i < trace->events->len; i++)
        event_json(json, &g_array_index(trace->events, struct trace_event, i), session, engine);
    json_array_end(json);
    /* They were left out behind this many. */
    json_number(json, "omitted_after", TRACE_EVENTS_HEAD);
    json_number(json, "omitted", (double)trace->omitted);
}

static double
bin_value(const struct trace_bin *bin, const char *what, int side)
{
    switch (what[0]) {
    case 'o':
        return (double)bin->outer[side];
    case 'i':
        return (double)bin->inner[side];
    default:
        return bin->resent[side];
    }
}

static void
bins_json(struct json *json, const struct trace *trace, struct mark first)
{
    static const char *const what[] = { "outer_bytes", "inner_bytes", "resent" };

    json_object_begin(json, "bins");
    json_number(json, "start", ns_seconds(trace->start - first.time));
    json_number(json, "seconds", ns_seconds(trace->width));
    for (size_t k = 0; k < G_N_ELEMENTS(what); k++) {
        for (int side = 0; side < SIDE_COUNT; side++) {
            char key[32];
            g_snprintf(key, sizeof key, "%s_%s", what[k], direction[side]);
            json_array_begin(json, key);
            for (guint i = 0; i < trace->bins->len; i++)
                json_number(
                    json, NULL,
                    bin_value(&g_array_index(trace->bins, struct trace_bin, i), what[k], side));
            json_array_end(json);
        }
    }
    json_object_end(json);
}

static void
echoes_json(struct json *json, const struct trace *trace, const struct engine *engine)
{
    json_array_begin(json, "echoes");
    for (guint i = 0; i < trace->echoes->len; i++) {
        const struct trace_echo *echo = &g_array_index(trace->echoes, struct trace_echo, i);
        json_object_begin(json, NULL);
        json_number(json, "time", mark_seconds(engine_first(engine), echo->request));
        json_number(json, "frame", engine_frames_of(engine, echo->request, echo->request).first);
        json_string(json, "protocol", echo->sstp ? "SSTP" : "LCP");
        json_string(json, "asker", side_name(echo->asker));
        json_number(json, "round_trip", ns_seconds(echo->round_trip));
        json_object_end(json);
    }
    json_array_end(json);
}

static void
sizes_json(struct json *json, const struct session *session, const struct trace *trace, int side)
{
    const struct mtu_facts *mtu = session_mtu(session, side);
    const struct ppp_negotiation *receiver = session_lcp(session, side_other((enum side)side));

    json_object_begin(json, direction[side]);
    /* Pairs: the shortest length of a class, how many. */
    json_array_begin(json, "counts");
    for (unsigned i = 0; i < TRACE_SIZES_MAX / TRACE_SIZE_STEP; i++) {
        if (trace->sizes[side][i] == 0)
            continue;
        json_array_begin(json, NULL);
        json_number(json, NULL, i * TRACE_SIZE_STEP);
        json_number(json, NULL, trace->sizes[side][i]);
        json_array_end(json);
    }
    json_array_end(json);
    json_number(json, "largest", mtu->max_inner);
    /* The longest inner packet in one TCP segment. */
    if (mtu->room > mtu->encapsulation)
        json_number(json, "one_segment", mtu->room - mtu->encapsulation);
    else
        json_null(json, "one_segment");
    if (receiver->agreed)
        json_number(json, "mru", receiver->lcp.mru ? receiver->lcp.mru : PPP_DEFAULT_MRU);
    else
        json_null(json, "mru");
    json_object_end(json);
}

void
report_trace_json(struct json *json, const struct session *session, const struct engine *engine)
{
    const struct trace *trace = conn_trace(session_conn(session));

    if (!trace || session_id(session) >= REPORT_TRACES_MAX) {
        json_null(json, "trace");
        return;
    }
    json_object_begin(json, "trace");
    events_json(json, session, trace, engine);
    bins_json(json, trace, engine_first(engine));
    echoes_json(json, trace, engine);
    json_object_begin(json, "sizes");
    json_number(json, "step", TRACE_SIZE_STEP);
    for (int side = 0; side < SIDE_COUNT; side++)
        sizes_json(json, session, trace, side);
    json_object_end(json);
    json_object_end(json);
}
