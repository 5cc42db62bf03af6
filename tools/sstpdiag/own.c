/* own.c - what each end's own capture tells, in the report on all of them joined
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "own.h"

#include <string.h>

#include "base/findings.h"
#include "base/text.h"
#include "document.h"
#include "frames.h"
#include "report/tally.h"
#include "report/verdict.h"

/* Two reports round times to microseconds, and add two of them. */
static const double same_start_seconds = 0.001;

/* A session of the joined report, and the one of an end's own that takes its place. */
struct swap {
    guint at; /* among the joined report's sessions */
    guint end;
    JsonObject *own;
};

void
own_end_free(gpointer data)
{
    struct own_end *end = data;

    g_free(end->name);
    g_clear_pointer(&end->document, json_node_unref);
    g_free(end->text);
    g_free(end);
}

/* --- which ----------------------------------------------------------------------------------- */

static double
capture_start(JsonNode *document)
{
    return json_object_get_double_member_with_default(document_capture(document), "start", 0);
}

static bool
is_same(JsonNode *joined, JsonObject *session, JsonNode *document, JsonObject *own)
{
    double apart =
        capture_start(joined) + json_object_get_double_member_with_default(session, "start", 0) -
        capture_start(document) - json_object_get_double_member_with_default(own, "start", 0);

    return ABS(apart) < same_start_seconds &&
           strcmp(member_string(session, "client"), member_string(own, "client")) == 0 &&
           strcmp(member_string(session, "server"), member_string(own, "server")) == 0;
}

/* The end that an interface of the joined capture is of. */
static guint
end_of(const GArray *interfaces, gint64 interface)
{
    guint end = 0;

    while (end < interfaces->len && interface >= g_array_index(interfaces, guint32, end))
        interface -= g_array_index(interfaces, guint32, end++);
    return end;
}

/* The comparison of both ends told something of this end. */
static bool
has_both_ends(JsonObject *session)
{
    JsonArray *findings = json_object_get_array_member(session, "findings");

    for (guint i = 0; i < json_array_get_length(findings); i++)
        if (strcmp(member_string(json_array_get_object_element(findings, i), "evidence"),
                   evidence_name(EVIDENCE_BOTH_ENDS)) == 0)
            return true;
    return false;
}

/* NULL: its own end knows nothing better. Where copies are one stream to Wireshark, what it read of
 * the one end is made of frames of both. */
static JsonObject *
better_own(JsonNode *joined, JsonObject *session, JsonNode *document, bool told_apart)
{
    JsonArray *sessions = document_sessions(document);
    bool mixed = !told_apart && !has_both_ends(session);

    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        JsonObject *own = json_array_get_object_element(sessions, i);
        bool better =
            session_reads_more(own, session) || (mixed && !session_reads_more(session, own));
        if (better && is_same(joined, session, document, own))
            return own;
    }
    return NULL;
}

static GArray *
find_swaps(JsonNode *joined, const GPtrArray *ends, const GArray *interfaces, bool told_apart)
{
    JsonArray *sessions = json_object_get_array_member(json_node_get_object(joined), "sessions");
    GArray *swaps = g_array_new(FALSE, FALSE, sizeof(struct swap));

    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        JsonObject *session = json_array_get_object_element(sessions, i);
        guint end = end_of(
            interfaces, json_object_get_int_member_with_default(session, "interface", G_MAXINT32));
        const struct own_end *own = end < ends->len ? g_ptr_array_index(ends, end) : NULL;
        struct swap swap = { i, end, NULL };
        if (own)
            swap.own = better_own(joined, session, own->document, told_apart);
        if (swap.own)
            g_array_append_val(swaps, swap);
    }
    return swaps;
}

/* --- frames and times of the joined capture -------------------------------------------------- */

struct shift {
    const GArray *frames; /* guint32: of the joined capture, by those of the end's own */
    double seconds;       /* from the joined capture's begin to the end's own */
};

/* As deep as the reports of the plugin are.
 * NOLINTBEGIN(misc-no-recursion) */
static void shift_node(JsonNode *node, const char *key, const struct shift *shift);

static void
shift_member(JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
    (void)object;
    /* What a finding found is its own. */
    if (strcmp(key, "details") != 0)
        shift_node(node, key, data);
}

static void
shift_value(JsonNode *node, const char *key, const struct shift *shift)
{
    static const char *const frames[] = { "frame", "frames", "first_frame", "last_frame", NULL };
    static const char *const times[] = { "start", "end", "time", NULL };

    if (key && g_strv_contains(frames, key)) {
        gint64 own = json_node_get_int(node);
        if (own > 0 && own <= (gint64)shift->frames->len)
            json_node_set_int(node, g_array_index(shift->frames, guint32, own - 1));
    } else if (key && g_strv_contains(times, key)) {
        json_node_set_double(node, json_node_get_double(node) + shift->seconds);
    }
}

static void
shift_node(JsonNode *node, const char *key, const struct shift *shift)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        json_object_foreach_member(json_node_get_object(node), shift_member, (gpointer)shift);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++)
            shift_node(json_array_get_element(array, i), key, shift);
    } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) != G_TYPE_STRING) {
        shift_value(node, key, shift);
    }
}
/* NOLINTEND(misc-no-recursion) */

/* --- JSON ------------------------------------------------------------------------------------ */

static JsonObject *
own_session(JsonNode *joined, JsonObject *session, const struct swap *swap,
            const struct own_end *end, const GArray *frames)
{
    const struct shift shift = { frames, capture_start(end->document) - capture_start(joined) };
    JsonNode *node = json_node_alloc();

    json_node_init_object(node, swap->own);
    char *text = document_text(node, true);
    json_node_unref(node);
    node = json_from_string(text, NULL);
    g_free(text);
    if (!node)
        return json_object_ref(session);
    shift_node(node, NULL, &shift);
    JsonObject *own = json_object_ref(json_node_get_object(node));
    json_node_unref(node);
    json_object_set_int_member(own, "id", json_object_get_int_member(session, "id"));
    json_object_set_int_member(own, "interface", json_object_get_int_member(session, "interface"));
    json_object_set_string_member(own, "file", end->name);
    return own;
}

static void
swap_sessions(JsonNode *joined, const GArray *swaps, const GPtrArray *ends, const GPtrArray *map)
{
    JsonObject *object = json_node_get_object(joined);
    JsonArray *before = json_object_get_array_member(object, "sessions");
    JsonArray *after = json_array_new();

    for (guint i = 0, k = 0; i < json_array_get_length(before); i++) {
        JsonObject *session = json_array_get_object_element(before, i);
        const struct swap *swap = k < swaps->len ? &g_array_index(swaps, struct swap, k) : NULL;
        if (swap && swap->at == i) {
            json_array_add_object_element(after, own_session(joined, session, swap,
                                                             g_ptr_array_index(ends, swap->end),
                                                             g_ptr_array_index(map, swap->end)));
            k++;
        } else {
            json_array_add_object_element(after, json_object_ref(session));
        }
    }
    json_object_set_array_member(object, "sessions", after);
}

/* --- text ------------------------------------------------------------------------------------ */

/* Where the part of session id begins in a report's text, and its length: up to the next line that
 * is not indented. */
static const char *
session_part(const char *text, const char *kind, gint64 id, size_t *len)
{
    char *head = g_strdup_printf("\n%s %" G_GINT64_FORMAT ": ", kind, id);
    const char *begin = strstr(text, head);

    g_free(head);
    if (!begin)
        return NULL;
    const char *end = strchr(++begin, '\n');
    while (end && (end[1] == ' ' || end[1] == '\n'))
        end = strchr(end + 1, '\n');
    *len = end ? (size_t)(end + 1 - begin) : strlen(begin);
    return begin;
}

static void
swap_text(char **text, gint64 id, const struct own_end *end, gint64 own_id)
{
    size_t len, own_len;
    const char *part = session_part(*text, "Session", id, &len);
    const char *own = session_part(end->text, "Session", own_id, &own_len);

    if (part && !own)
        own = session_part(end->text, "Candidate", own_id, &own_len);
    if (!part || !own)
        return;
    GString *all = g_string_new_len(*text, part - *text);
    const char *line = memchr(own, '\n', own_len), *colon = strchr(own, ':');
    g_string_append_printf(all, "Session %" G_GINT64_FORMAT, id);
    g_string_append_len(all, colon, line + 1 - colon);
    char *words = g_strdup_printf("%s, judged by itself; frames and times are its own", end->name);
    text_labelled(all, "File", words);
    g_free(words);
    g_string_append_len(all, line + 1, (gssize)(own + own_len - line - 1));
    if (part[len] && !g_str_has_suffix(all->str, "\n\n"))
        g_string_append_c(all, '\n');
    g_string_append(all, part + len);
    g_free(*text);
    *text = g_string_free(all, FALSE);
}

/* --- the verdict of both --------------------------------------------------------------------- */

/* NULL: none of its findings has this id. */
static JsonObject *
holder_finding(JsonObject *holder, const char *id)
{
    JsonNode *node = json_object_get_member(holder, "findings");
    JsonArray *findings = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
        JsonObject *finding = json_array_get_object_element(findings, i);
        if (strcmp(member_string(finding, "id"), id) == 0)
            return finding;
    }
    return NULL;
}

static int
severity_of(JsonObject *finding)
{
    enum severity severity;

    return finding && severity_by_name(member_string(finding, "severity"), &severity)
               ? (int)severity
               : -1;
}

/* What only the end's own capture shows is worse than the verdict of the pair, which has it from an
 * end as well. What the joined capture shows, too, the pair has judged. */
static bool
outweighs(JsonObject *own, JsonObject *joined_session, JsonObject *pair, int severity)
{
    JsonObject *verdict = member_object(own, "verdict"), *of_pair = member_object(pair, "verdict");
    const char *id = verdict ? member_string(verdict, "finding") : "";
    JsonObject *finding = holder_finding(own, id);

    return finding && of_pair && !holder_finding(pair, member_string(of_pair, "finding")) &&
           !holder_finding(joined_session, id) && severity_of(finding) > severity &&
           severity_of(finding) >= SEVERITY_WARN &&
           strcmp(member_string(finding, "confidence"), confidence_name(CONFIDENCE_POSSIBLE)) != 0;
}

static bool
is_inconclusive(JsonObject *verdict)
{
    return strcmp(member_string(verdict, "state"), verdict_state_name(VERDICT_INCONCLUSIVE)) == 0;
}

/* The end's own capture shows how it went, and the joined one does not. */
static bool
knows_better(JsonObject *own, JsonObject *pair)
{
    JsonObject *verdict = member_object(own, "verdict"), *of_pair = member_object(pair, "verdict");

    return verdict && of_pair && is_inconclusive(of_pair) && !is_inconclusive(verdict);
}

/* Of the pair's verdict, as one of its ends has it; -1: it is healthy. */
static int
pair_severity(JsonArray *sessions, JsonObject *pair)
{
    JsonObject *verdict = member_object(pair, "verdict");
    int severity = -1;

    for (guint i = 0; verdict && i < json_array_get_length(sessions); i++) {
        JsonObject *session = json_array_get_object_element(sessions, i);
        gint64 id = json_object_get_int_member(session, "id");
        if (id == json_object_get_int_member(pair, "client_session") ||
            id == json_object_get_int_member(pair, "server_session"))
            severity = MAX(severity,
                           severity_of(holder_finding(session, member_string(verdict, "finding"))));
    }
    return severity;
}

static void
lift_text(char **text, gint64 number, JsonObject *verdict, JsonObject *finding)
{
    static const char head[] = "Verdict of both ends", mark[] = "  Verdict of both ends:";
    size_t len;
    const char *part = session_part(*text, "Pair", number, &len);
    const char *line = part ? g_strstr_len(part, (gssize)len, mark) : NULL;
    const char *end = line ? strstr(line, "\n\n") : NULL;

    if (!line || !end)
        return;
    GString *all = g_string_new_len(*text, line - *text);
    char *how = finding ? g_strdup_printf("%s, %s", member_string(finding, "severity"),
                                          member_string(finding, "confidence"))
                        : NULL;
    report_verdict_line(all, head, member_string(verdict, "title"), how,
                        member_string(verdict, "finding"));
    g_free(how);
    text_labelled(all, "What", member_string(verdict, "summary"));
    text_labelled(all, "Evidence", "see the end that shows it");
    text_labelled(all, "Advice", member_string(verdict, "advice"));
    g_string_append(all, end + 1);
    g_free(*text);
    *text = g_string_free(all, FALSE);
}

static void
lift_verdicts(JsonNode *joined, char **text, const GArray *swaps)
{
    JsonObject *object = json_node_get_object(joined);
    JsonArray *pairs = json_object_get_array_member(object, "pairs");
    JsonArray *sessions = json_object_get_array_member(object, "sessions");
    static const char *const ends[] = { "client_session", "server_session" };

    for (guint i = 0; i < json_array_get_length(pairs); i++) {
        JsonObject *pair = json_array_get_object_element(pairs, i);
        for (guint k = 0; k < swaps->len; k++) {
            const struct swap *swap = &g_array_index(swaps, struct swap, k);
            JsonObject *session = json_array_get_object_element(sessions, swap->at);
            gint64 id = json_object_get_int_member(session, "id");
            JsonObject *verdict = member_object(swap->own, "verdict");
            if (json_object_get_int_member(pair, ends[0]) != id &&
                json_object_get_int_member(pair, ends[1]) != id)
                continue;
            if (!knows_better(swap->own, pair) &&
                !outweighs(swap->own, session, pair, pair_severity(sessions, pair)))
                continue;
            json_object_set_object_member(pair, "verdict", json_object_ref(verdict));
            lift_text(text, i, verdict,
                      holder_finding(swap->own, member_string(verdict, "finding")));
        }
    }
}

/* --- the line that counts verdicts ----------------------------------------------------------- */

static bool
is_of_pair(JsonArray *pairs, JsonObject *session)
{
    gint64 id = json_object_get_int_member(session, "id");

    for (guint i = 0; i < json_array_get_length(pairs); i++) {
        JsonObject *pair = json_array_get_object_element(pairs, i);
        if (json_object_get_int_member(pair, "client_session") == id ||
            json_object_get_int_member(pair, "server_session") == id)
            return true;
    }
    return false;
}

static void
add_title(GPtrArray *titles, JsonObject *holder)
{
    JsonObject *verdict = member_object(holder, "verdict");

    if (verdict)
        g_ptr_array_add(titles, (gpointer)member_string(verdict, "title"));
}

/* As the report has it, of what it holds now. Newly allocated; "" where it has none. */
static char *
tally_of(JsonNode *joined)
{
    JsonObject *object = json_node_get_object(joined);
    JsonArray *pairs = json_object_get_array_member(object, "pairs");
    JsonArray *sessions = json_object_get_array_member(object, "sessions");
    GPtrArray *titles = g_ptr_array_new();
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < json_array_get_length(pairs); i++)
        add_title(titles, json_array_get_object_element(pairs, i));
    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        JsonObject *session = json_array_get_object_element(sessions, i);
        if (!is_of_pair(pairs, session))
            add_title(titles, session);
    }
    report_tally_titles(line, titles, json_array_get_length(pairs) ? "connection" : "session");
    g_ptr_array_unref(titles);
    return g_string_free(line, FALSE);
}

static void
replace_tally(char **text, const char *before, const char *after)
{
    const char *line = *before ? strstr(*text, before) : NULL;

    if (!line || strcmp(before, after) == 0)
        return;
    GString *all = g_string_new_len(*text, line - *text);
    g_string_append(all, after);
    g_string_append(all, line + strlen(before));
    g_free(*text);
    *text = g_string_free(all, FALSE);
}

/* --- all of it ------------------------------------------------------------------------------- */

/* Each end's packets are all there. */
static bool
is_whole(const GPtrArray *map, const GPtrArray *ends)
{
    for (guint i = 0; i < ends->len; i++) {
        const struct own_end *end = g_ptr_array_index(ends, i);
        const GArray *frames = g_ptr_array_index(map, i);
        if (frames->len !=
            json_object_get_int_member_with_default(document_capture(end->document), "frames", -1))
            return false;
    }
    return true;
}

void
own_restore(JsonNode *joined, char **text, const char *joined_path, const GPtrArray *ends,
            const GArray *interfaces, bool told_apart)
{
    GArray *swaps = find_swaps(joined, ends, interfaces, told_apart);
    GPtrArray *map = swaps->len ? frames_map(joined_path, interfaces) : NULL;

    if (map && is_whole(map, ends)) {
        JsonArray *sessions =
            json_object_get_array_member(json_node_get_object(joined), "sessions");
        char *before = tally_of(joined);
        for (guint i = 0; i < swaps->len; i++) {
            const struct swap *swap = &g_array_index(swaps, struct swap, i);
            JsonObject *session = json_array_get_object_element(sessions, swap->at);
            swap_text(text, json_object_get_int_member(session, "id"),
                      g_ptr_array_index(ends, swap->end),
                      json_object_get_int_member(swap->own, "id"));
        }
        lift_verdicts(joined, text, swaps);
        swap_sessions(joined, swaps, ends, map);
        char *after = tally_of(joined);
        replace_tally(text, before, after);
        g_free(before);
        g_free(after);
    }
    g_clear_pointer(&map, g_ptr_array_unref);
    g_array_unref(swaps);
}
