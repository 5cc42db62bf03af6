/* pair.c - what two capture points showed together, in the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/pair.h"

#include "base/text.h"
#include "report/verdict.h"

static const char *const match_words[] = { "ClientHello random", "initial sequence numbers",
                                           "the bytes of the stream", "correlation id" };

static double
milliseconds_of(int64_t nanoseconds)
{
    return (double)nanoseconds / 1e6;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_clock(struct json *json, const struct pair *pair)
{
    if (!pair || !pair->clock_known) {
        json_null(json, "clock");
        return;
    }
    const struct clock *clock = &pair->clock;
    json_object_begin(json, "clock");
    json_number(json, "offset", ns_seconds(clock_offset_at(clock, clock->at)));
    if (clock->skew_known)
        json_number(json, "skew_ppm", clock->skew * 1e6);
    else
        json_number(json, "skew_ppm", 0);
    json_number(json, "bound", ns_seconds(clock->bound));
    json_string(json, "skew", clock->skew_known ? "measured" : "not measurable");
    json_number(json, "span", clock->span);
    json_number(json, "samples_c2s", clock->samples[SIDE_CLIENT]);
    json_number(json, "samples_s2c", clock->samples[SIDE_SERVER]);
    json_array_begin(json, "steps");
    for (unsigned i = 0; i < clock->num_steps; i++) {
        json_object_begin(json, NULL);
        json_number(json, "epoch", ns_seconds(clock->steps[i].at));
        json_number(json, "seconds", ns_seconds(clock->steps[i].size));
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void
report_clock_json(struct json *json, const struct engine *engine)
{
    const GPtrArray *pairs = engine_pairs(engine);
    const struct pair *known = NULL;

    for (guint i = 0; pairs && i < pairs->len && !known; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        if (pair->clock_known)
            known = pair;
    }
    json_clock(json, known);
}

static void
json_way(struct json *json, const struct pair *pair, int side)
{
    const struct pair_way *way = &pair->way[side];

    json_object_begin(json, side == SIDE_CLIENT ? "client_to_server" : "server_to_client");
    if (way->comparable && pair->clock_known) {
        json_number(json, "sent_bytes", (double)way->sent);
        json_number(json, "lost_bytes", (double)way->lost);
        json_number(json, "lost_segments", way->lost_segments);
        json_number(json, "capture_lost_bytes", (double)way->unseen);
    }
    if (way->samples) {
        if (pair->clock_known)
            json_number(json, "delay", ns_seconds(way->delay));
        json_number(json, "queueing_50", ns_seconds(way->queue_50));
        json_number(json, "queueing_99", ns_seconds(way->queue_99));
    }
    json_number(json, "samples", way->samples);
    json_object_end(json);
}

/* To be drawn; times of the client's clock. */
static void
json_delays(struct json *json, const struct pair *pair, struct mark first)
{
    static const char *const direction[SIDE_COUNT] = { "c2s", "s2c" };

    json_array_begin(json, "delays");
    for (int side = 0; side < SIDE_COUNT && pair->clock_known; side++) {
        const GArray *delays = pair->way[side].delays;
        for (guint i = 0; delays && i < delays->len; i++) {
            const struct pair_delay *delay = &g_array_index(delays, struct pair_delay, i);
            json_object_begin(json, NULL);
            json_string(json, "direction", direction[side]);
            json_number(json, "time", ns_seconds(delay->at - first.time));
            json_number(json, "seconds", ns_seconds(delay->took));
            json_object_end(json);
        }
    }
    json_array_end(json);
}

/* traced: with delays, in time since its first frame; NULL: without. */
static void
json_pair(struct json *json, const struct pair *pair, const struct engine *traced,
          void (*finding)(struct json *json, const struct finding *finding))
{
    json_object_begin(json, NULL);
    json_number(json, "client_session", session_id(pair->end[SIDE_CLIENT]->session));
    json_number(json, "server_session", session_id(pair->end[SIDE_SERVER]->session));
    json_string(json, "matched_by", pair_match_name(pair->match));
    json_clock(json, pair);
    report_verdict_json(json, &pair->verdict);
    json_array_begin(json, "findings");
    for (guint i = 0; i < pair->found->len; i++)
        finding(json, g_ptr_array_index(pair->found, i));
    json_array_end(json);
    json_object_begin(json, "path");
    for (int side = 0; side < SIDE_COUNT; side++)
        json_way(json, pair, side);
    json_object_end(json);
    if (traced)
        json_delays(json, pair, engine_first(traced));
    json_object_end(json);
}

void
report_pairs_json(struct json *json, const struct engine *engine, bool trace,
                  void (*finding)(struct json *json, const struct finding *finding))
{
    const GPtrArray *pairs = engine_pairs(engine);

    json_array_begin(json, "pairs");
    for (guint i = 0; pairs && i < pairs->len; i++)
        json_pair(json, g_ptr_array_index(pairs, i), trace ? engine : NULL, finding);
    json_array_end(json);
}

/* --- text ------------------------------------------------------------------------------------ */

static void
text_clock(GString *text, const struct pair *pair)
{
    const struct clock *clock = &pair->clock;
    GString *words = g_string_new(NULL);

    if (!pair->clock_known) {
        text_labelled(text, "Clock", "not known: the two ends share no bytes in both directions");
        g_string_free(words, TRUE);
        return;
    }
    g_string_append_printf(words, "server = client %+.6f s (+-%.2f ms)",
                           ns_seconds(clock_offset_at(clock, clock->at)),
                           milliseconds_of(clock->bound));
    if (clock->skew_known)
        g_string_append_printf(words, ", skew %+.1f ppm", clock->skew * 1e6);
    else
        g_string_append_printf(words, ", skew not measurable in %s",
                               text_seconds(clock->span).text);
    for (unsigned i = 0; i < clock->num_steps; i++)
        g_string_append_printf(words, "; one clock was set by %+.3f s",
                               ns_seconds(clock->steps[i].size));
    text_labelled(text, "Clock", words->str);
    g_string_free(words, TRUE);
}

static void
text_way(GString *text, const struct pair *pair, int side)
{
    const struct pair_way *way = &pair->way[side];
    GString *words = g_string_new(NULL);

    if (way->samples && pair->clock_known)
        g_string_append_printf(words,
                               "one way %.2f ms (+-%.2f if the path is asymmetric), queueing 50 %% "
                               "%.2f ms, 99 %% %.2f ms",
                               milliseconds_of(way->delay), milliseconds_of(pair->clock.bound),
                               milliseconds_of(way->queue_50), milliseconds_of(way->queue_99));
    if (way->comparable && pair->clock_known && way->sent) {
        g_string_append_printf(words, "%s%" G_GUINT64_FORMAT " of %s lost", words->len ? "; " : "",
                               way->lost, text_count(way->sent, "byte").text);
        if (way->lost)
            g_string_append_printf(words, " in %s", text_count(way->lost_segments, "segment").text);
        if (way->unseen)
            g_string_append_printf(words, "; %s arrived and were not captured",
                                   text_count(way->unseen, "byte").text);
    }
    text_labelled(text, side == SIDE_CLIENT ? "Up" : "Down", words->str);
    g_string_free(words, TRUE);
}

static void
text_finding(GString *text, const struct finding *finding)
{
    char *frames = finding_frames_text(finding);

    report_finding_text(text, finding, frames);
    g_free(frames);
}

static void
text_pair(GString *text, const struct pair *pair, guint number)
{
    g_string_append_printf(text,
                           "\nPair %u: session %u at the client's end, session %u at the "
                           "server's\n",
                           number, session_id(pair->end[SIDE_CLIENT]->session),
                           session_id(pair->end[SIDE_SERVER]->session));
    text_labelled(text, "Known by", match_words[pair->match]);
    text_clock(text, pair);
    for (int side = 0; side < SIDE_COUNT; side++)
        text_way(text, pair, side);
    report_verdict_text(text, "Verdict of both ends", &pair->verdict);
    bool first = true;
    for (guint i = 0; i < pair->found->len; i++) {
        if (g_ptr_array_index(pair->found, i) == pair->verdict.finding)
            continue;
        if (first)
            g_string_append(text, "\n  Also found by comparison\n");
        first = false;
        text_finding(text, g_ptr_array_index(pair->found, i));
    }
}

static int
severity_of(gconstpointer item)
{
    const struct pair *pair = item;

    return report_severity(pair->found, &pair->verdict);
}

void
report_pairs_text(GString *text, const struct engine *engine, guint max)
{
    const GPtrArray *pairs = engine_pairs(engine);
    GArray *places = pairs ? report_worst_first(pairs, severity_of) : NULL;

    for (guint i = 0; places && i < places->len && (!max || i < max); i++) {
        const guint place = g_array_index(places, guint, i);
        text_pair(text, g_ptr_array_index(pairs, place), place);
    }
    if (places)
        g_array_unref(places);
}
