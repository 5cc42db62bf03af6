/* ladder.c - a session's messages as arrows between its two ends, as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/ladder.h"

#include <string.h>

#include "base/numeric.h"
#include "base/text.h"
#include "wire/trace.h"

enum {
    MARGIN = 18, /* frame and time */
    RUNGS = 60,  /* columns between the ends */
    SHAFT_MIN = 4,
};

/* A pause is marked when nothing was said for longer. */
static const double pause_s = 3;

struct ladder {
    GString *text;
    const struct engine *engine;
    const struct result *result;
    const struct trace_event *before; /* NULL: none yet */
    bool *told;                       /* by index of the result's findings */
};

/* What a record that nobody could open was taken for by its length. NULL: not known. */
static char *
inferred_text(const struct engine *engine, const struct trace_event *event, uint32_t frame)
{
    uint32_t num;
    const struct lengths_note *notes = engine_frame_lengths(engine, frame, &num);

    for (uint32_t i = 0; notes && i < num; i++) {
        const char *name = lengths_label_name((enum lengths_label)notes[i].label);
        if (name && notes[i].length == event->bytes[event->side])
            return g_strdup_printf("%s (inferred)", name);
    }
    return NULL;
}

static char *
data_text(const struct trace_event *event)
{
    GString *text = g_string_new("Data:");

    for (int side = 0; side < SIDE_COUNT; side++)
        if (event->count[side])
            g_string_append_printf(
                text, "%s %s and %s from the %s", text->str[text->len - 1] == ':' ? "" : ",",
                text_count(event->count[side], "packet").text,
                text_count(event->bytes[side], "byte").text, side_name((enum side)side));
    return g_string_free(text, FALSE);
}

static char *
event_text(const struct ladder *ladder, const struct trace_event *event, uint32_t frame)
{
    uint32_t times = event->count[event->side];
    char *text = event->layer == TRACE_RECORD ? inferred_text(ladder->engine, event, frame) : NULL;

    if (event->layer == TRACE_DATA)
        return data_text(event);
    if (!text)
        text = g_strdup(event->text);
    if (times <= 1)
        return text;
    char *repeated = g_strdup_printf("%s (%s)", text, text_times(times).text);
    g_free(text);
    return repeated;
}

static void
shaft(GString *text, glong len, char end)
{
    for (glong i = 0; i + 1 < len; i++)
        g_string_append_c(text, '-');
    g_string_append_c(text, end);
}

/* "Client Hello ------->" or "<------- Server Hello"; data of both sides has no arrow. */
static void
draw_arrow(GString *text, const struct trace_event *event, const char *words)
{
    glong len = RUNGS - 1 - g_utf8_strlen(words, -1);

    if (event->layer == TRACE_DATA && event->count[SIDE_CLIENT] && event->count[SIDE_SERVER]) {
        g_string_append_printf(text, "<> %s\n", words);
    } else if (event->side == SIDE_CLIENT) {
        g_string_append_printf(text, "%s ", words);
        shaft(text, MAX(len, SHAFT_MIN), '>');
        g_string_append_c(text, '\n');
    } else {
        g_string_append_c(text, '<');
        shaft(text, MAX(len, SHAFT_MIN) - 1, '-');
        g_string_append_printf(text, " %s\n", words);
    }
}

/* Those whose cause is at this frame or before it. */
static void
draw_findings(struct ladder *ladder, uint32_t frame)
{
    const GPtrArray *found = ladder->result->found;

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = (const struct finding *)g_ptr_array_index(found, i);
        if (ladder->told[i] || finding->cause.frame > frame)
            continue;
        ladder->told[i] = true;
        char *words = g_strdup_printf(
            "%s%s: %s", finding_info(finding->id)->title,
            finding == ladder->result->verdict.finding ? " (verdict)" : "", finding->summary);
        g_string_append_printf(ladder->text, "%*s", MARGIN - 3, ">> ");
        text_wrapped(ladder->text, MARGIN, MARGIN, words);
        g_free(words);
    }
}

static void
draw_event(struct ladder *ladder, const struct trace_event *event)
{
    const struct engine *engine = ladder->engine;
    const struct frame_range frames = engine_frames_of(engine, event->first, event->last);
    double waited = ladder->before ? mark_seconds(ladder->before->last, event->first) : 0;
    char *words = event_text(ladder, event, frames.first);

    if (frames.first > 0)
        draw_findings(ladder, frames.first - 1);
    if (waited > pause_s)
        g_string_append_printf(ladder->text, "%*s(%s)\n", MARGIN, "", text_seconds(waited).text);
    g_string_append_printf(ladder->text, "%6u %9.3f  ", frames.first,
                           mark_seconds(engine_first(engine), event->first));
    draw_arrow(ladder->text, event, words);
    g_free(words);
    ladder->before = event;
}

static void
draw_heading(struct ladder *ladder)
{
    const struct session *session = ladder->result->session;
    char *client = endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT));
    char *server = endpoint_text(conn_endpoint(session_conn(session), SIDE_SERVER));

    g_string_append_printf(ladder->text, "SSTP session %u: %s\n\n frame    second  %s%*s\n",
                           session_id(session), verdict_title(&ladder->result->verdict), client,
                           (int)(RUNGS - strlen(client)), server);
    g_free(client);
    g_free(server);
}

static void
draw_events(struct ladder *ladder, const struct trace *trace)
{
    for (guint i = 0; i < trace->events->len; i++) {
        if (trace->omitted && i == TRACE_EVENTS_HEAD)
            g_string_append_printf(ladder->text, "%*s(%s left out)\n", MARGIN, "",
                                   text_count(trace->omitted, "message").text);
        draw_event(ladder, &g_array_index(trace->events, struct trace_event, i));
    }
    draw_findings(ladder, UINT32_MAX);
}

char *
report_ladder_text(const struct engine *engine, const struct result *result)
{
    const struct trace *trace = conn_trace(session_conn(result->session));
    struct ladder ladder = { .text = g_string_new(NULL), .engine = engine, .result = result };
    void *before = numeric_begin();

    ladder.told = g_new0(bool, result->found->len + 1);
    draw_heading(&ladder);
    if (trace)
        draw_events(&ladder, trace);
    else
        g_string_append(ladder.text, "Its messages were not kept.\n");
    g_free(ladder.told);
    numeric_end(before);
    return g_string_free(ladder.text, FALSE);
}
