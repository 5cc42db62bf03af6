/* stats_tables.c - a capture's sessions as tables: rows of cells for whoever draws them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/stats_tables.h"

#include <string.h>

#include "base/numeric.h"

#include "report/report.h"
#include "report/keepalive.h"

/* The stages of setting up, in columns of their own. */
static const enum stage setup_stages[] = { STAGE_DNS,     STAGE_TCP,  STAGE_PROXY, STAGE_TLS,
                                           STAGE_HTTP,    STAGE_SSTP, STAGE_LCP,   STAGE_AUTH,
                                           STAGE_BINDING, STAGE_NCP };

static const struct stats_table_info tables[] = {
    [STATS_TABLE_SESSIONS] = { "sessions",
                               "Sessions",
                               14,
                               { { "Session", true },
                                 { "Verdict", false },
                                 { "Confidence", false },
                                 { "Stages", false },
                                 { "Frames", false },
                                 { "Client", false },
                                 { "Server", false },
                                 { "Start (s)", true },
                                 { "Duration (s)", true },
                                 { "Outcome", false },
                                 { "Evidence", false },
                                 { "Capture point", false },
                                 { "c2s (kbit/s)", true },
                                 { "s2c (kbit/s)", true } } },
    [STATS_TABLE_SETUP] = { "setup",
                            "Set-up times",
                            12,
                            { { "Session", true },
                              { "dns (s)", true },
                              { "tcp (s)", true },
                              { "proxy (s)", true },
                              { "tls (s)", true },
                              { "http (s)", true },
                              { "sstp (s)", true },
                              { "lcp (s)", true },
                              { "auth (s)", true },
                              { "binding (s)", true },
                              { "ncp (s)", true },
                              { "Total (s)", true } } },
    [STATS_TABLE_KEEPALIVE] = { "keepalive",
                                "Keepalive",
                                10,
                                { { "Session", true },
                                  { "Protocol", false },
                                  { "Asker", false },
                                  { "Requests", true },
                                  { "Answered", true },
                                  { "Interval min (s)", true },
                                  { "max (s)", true },
                                  { "Round trip min (s)", true },
                                  { "mean (s)", true },
                                  { "max (s)", true } } },
    [STATS_TABLE_MTU] = { "mtu",
                          "MTU",
                          10,
                          { { "Session", true },
                            { "Sender", false },
                            { "Peer's MSS (bytes)", true },
                            { "Segment (bytes)", true },
                            { "SSTP packet (bytes)", true },
                            { "Inner MTU (bytes)", true },
                            { "Peer's MRU (bytes)", true },
                            { "Longest inner (bytes)", true },
                            { "Straddling", true },
                            { "Above MRU", true } } },
    [STATS_TABLE_FINDINGS] = { "findings",
                               "Findings",
                               8,
                               { { "Session", true },
                                 { "Finding", false },
                                 { "Severity", false },
                                 { "Frame", true },
                                 { "Id", false },
                                 { "Confidence", false },
                                 { "Stage", false },
                                 { "Summary", false } } },
};

const struct stats_table_info *
stats_table_info(enum stats_table_kind kind)
{
    return &tables[kind];
}

/* --- cells ----------------------------------------------------------------------------------- */

#define NOT_KNOWN "-"
#define FAILED    " !"

/* A row that is being filled. */
struct row {
    char *cells[STATS_TABLE_COLUMNS_MAX];
    unsigned num;
};

static void
add_text(struct row *row, const char *text)
{
    row->cells[row->num++] = g_strdup(text ? text : NOT_KNOWN);
}

static void
add_count(struct row *row, uint64_t count)
{
    row->cells[row->num++] = g_strdup_printf("%" G_GUINT64_FORMAT, count);
}

/* 0 is not known. */
static void
add_size(struct row *row, uint64_t size)
{
    if (size)
        add_count(row, size);
    else
        add_text(row, NULL);
}

static void
add_seconds(struct row *row, bool known, double seconds)
{
    if (known)
        row->cells[row->num++] = g_strdup_printf("%.3f", seconds);
    else
        add_text(row, NULL);
}

static void
add_nanoseconds(struct row *row, bool known, int64_t ns)
{
    add_seconds(row, known, ns_seconds(ns));
}

/* Takes text. */
static void
add_made(struct row *row, char *text)
{
    row->cells[row->num++] = text;
}

static void
add_endpoint(struct row *row, const struct endpoint *endpoint)
{
    row->cells[row->num++] = endpoint_text(endpoint);
}

/* Hands the row over, and empties it. */
static void
row_done(struct row *row, stats_table_row_fn take, void *context)
{
    take(context, (const char *const *)row->cells);
    for (unsigned i = 0; i < row->num; i++)
        g_free(row->cells[i]);
    row->num = 0;
}

/* --- tables ---------------------------------------------------------------------------------- */

/* Bytes of TCP payload over the time of the connection, which needs no keys. */
static void
add_rate(struct row *row, const struct session *session, enum side side)
{
    const struct conn *conn = session_conn(session);
    double seconds = mark_seconds(conn_first(conn), conn_last(conn));

    if (seconds > 0)
        row->cells[row->num++] =
            g_strdup_printf("%.1f", (double)conn_half(conn, side)->next * 8 / 1000 / seconds);
    else
        add_text(row, NULL);
}

/* "tcp > tls > http > sstp > lcp > auth !": where it came by, and what failed. */
static char *
stages_strip(const struct session *session)
{
    GString *strip = g_string_new(NULL);

    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        bool failed = state->outcome == OUTCOME_FAILED;
        /* Echoes come at any time: no step of the way, unless they are why it ended. */
        if (!mark_is_set(state->first) || state->outcome == OUTCOME_SKIPPED ||
            (stage == STAGE_KEEPALIVE && !failed))
            continue;
        g_string_append_printf(strip, "%s%s%s", strip->len ? " > " : "",
                               stage_name((enum stage)stage), failed ? FAILED : "");
    }
    if (strip->len == 0)
        g_string_append(strip, NOT_KNOWN);
    return g_string_free(strip, FALSE);
}

/* With the id where that says something else. */
static char *
verdict_cell(const struct verdict *verdict)
{
    return verdict->finding
               ? g_strdup_printf("%s [%s]", verdict_title(verdict), verdict_name(verdict))
               : g_strdup(verdict_title(verdict));
}

static char *
frames_cell(const struct finding *finding)
{
    GString *frames = g_string_new(finding && finding->num_frames ? NULL : NOT_KNOWN);

    for (unsigned i = 0; finding && i < finding->num_frames; i++)
        g_string_append_printf(frames, "%s%u", i ? ", " : "", finding->frames[i]);
    return g_string_free(frames, FALSE);
}

static void
rows_sessions(const struct engine *engine, const struct report_env *env,
              const struct result *result, stats_table_row_fn take, void *context)
{
    const struct session *session = result->session;
    const struct conn *conn = session_conn(session);
    bool connected = !session_has_no_connection(session);
    struct mark first = connected ? conn_first(conn) : session_dns(session)->first;
    struct row row = { .num = 0 };

    add_count(&row, session_id(session));
    add_made(&row, verdict_cell(&result->verdict));
    add_text(&row, confidence_name(verdict_confidence(&result->verdict)));
    add_made(&row, stages_strip(session));
    add_made(&row, frames_cell(result->verdict.finding));
    add_endpoint(&row, conn_endpoint(conn, SIDE_CLIENT));
    add_endpoint(&row, conn_endpoint(conn, SIDE_SERVER));
    add_seconds(&row, true, mark_seconds(engine_first(engine), first));
    add_seconds(&row, connected, mark_seconds(conn_first(conn), conn_last(conn)));
    add_text(&row, session_outcome(session));
    add_text(&row, evidence_name(session_evidence(session)));
    add_made(&row, report_interface_label(env, engine_role(engine, conn_interface(conn)),
                                          conn_interface(conn)));
    add_rate(&row, session, SIDE_CLIENT);
    add_rate(&row, session, SIDE_SERVER);
    row_done(&row, take, context);
}

static void
rows_setup(const struct result *result, stats_table_row_fn take, void *context)
{
    const struct session *session = result->session;
    struct mark first = { 0 }, last = { 0 };
    struct row row = { .num = 0 };

    add_count(&row, session_id(session));
    for (size_t i = 0; i < G_N_ELEMENTS(setup_stages); i++) {
        const struct stage_state *state = session_stage_state(session, setup_stages[i]);
        bool known = mark_is_set(state->first) && mark_is_set(state->last) &&
                     state->outcome != OUTCOME_SKIPPED;
        if (!known) {
            add_text(&row, NULL);
            continue;
        }
        first = mark_earlier(first, state->first);
        if (state->last.frame > last.frame)
            last = state->last;
        row.cells[row.num++] = g_strdup_printf("%.3f%s", mark_seconds(state->first, state->last),
                                               state->outcome == OUTCOME_FAILED ? FAILED : "");
    }
    add_seconds(&row, mark_is_set(first), mark_seconds(first, last));
    row_done(&row, take, context);
}

/* Rows of one session's echoes. */
struct echo_rows {
    const struct session *session;
    stats_table_row_fn take;
    void *context;
};

static void
row_of_echo(void *context, const char *protocol, enum side asker, const struct echo *echo)
{
    const struct echo_rows *rows = context;
    bool answered = echo->replies > 0, repeated = echo->rhythm.intervals > 0;
    struct row row = { .num = 0 };

    add_count(&row, session_id(rows->session));
    add_text(&row, protocol);
    add_text(&row, side_name(asker));
    add_count(&row, echo->requests);
    add_count(&row, echo->replies);
    add_nanoseconds(&row, repeated, echo->rhythm.min);
    add_nanoseconds(&row, repeated, echo->rhythm.max);
    add_nanoseconds(&row, answered, echo->rtt_min);
    add_nanoseconds(&row, answered, answered ? echo->rtt_sum / echo->replies : 0);
    add_nanoseconds(&row, answered, echo->rtt_max);
    row_done(&row, rows->take, rows->context);
}

/* Without keys the lengths tell echoes, but not which of them an answer belongs to. */
static void
rows_inferred_echoes(struct echo_rows *rows, const struct lengths_facts *lengths)
{
    static const char *const protocols[] = {
        [LENGTHS_ECHO_LCP] = "LCP", [LENGTHS_ECHO_SSTP] = "SSTP"
    };

    for (int kind = 0; kind < LENGTHS_ECHO_KINDS; kind++)
        for (int side = 0; side < SIDE_COUNT; side++) {
            const struct lengths_echo *told = &lengths->echo[kind][side];
            struct row row = { .num = 0 };
            if (!told->requests)
                continue;
            add_count(&row, session_id(rows->session));
            add_text(&row, protocols[kind]);
            add_text(&row, side_name((enum side)side));
            add_count(&row, told->requests);
            add_count(&row, told->replies);
            while (row.num < tables[STATS_TABLE_KEEPALIVE].num_columns)
                add_text(&row, NULL);
            row_done(&row, rows->take, rows->context);
        }
}

static void
rows_keepalive(const struct result *result, stats_table_row_fn take, void *context)
{
    struct echo_rows rows = { result->session, take, context };
    const struct lengths_facts *lengths = session_lengths(result->session);

    if (lengths)
        rows_inferred_echoes(&rows, lengths);
    else
        report_keepalive_each(result->session, row_of_echo, &rows);
}

static void
rows_mtu(const struct result *result, stats_table_row_fn take, void *context)
{
    const struct session *session = result->session;
    const struct lengths_facts *lengths = session_lengths(session);

    if (session_has_no_connection(session))
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct mtu_facts *mtu = session_mtu(session, side);
        enum side peer = side_other((enum side)side);
        struct row row = { .num = 0 };
        add_count(&row, session_id(session));
        add_text(&row, side_name((enum side)side));
        add_size(&row, session_half(session, (int)peer)->mss);
        add_size(&row, conn_segment_room(session_conn(session), (enum side)side));
        add_size(&row, mtu->room);
        add_size(&row, mtu->room > mtu->encapsulation ? mtu->room - mtu->encapsulation : 0);
        add_size(&row, session_lcp(session, peer)->lcp.mru);
        add_size(&row, mtu->max_inner);
        add_count(&row, lengths ? lengths->straddling[side] : mtu->straddling);
        add_count(&row, mtu->over_mru);
        row_done(&row, take, context);
    }
}

static void
rows_findings(const struct result *result, stats_table_row_fn take, void *context)
{
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        const struct finding_info *info = finding_info(finding->id);
        struct row row = { .num = 0 };
        add_count(&row, session_id(result->session));
        add_text(&row, info->title);
        add_text(&row, severity_name(finding->severity));
        add_size(&row, finding->num_frames ? finding->cause.frame : 0);
        add_text(&row, info->name);
        add_text(&row, confidence_name(finding->confidence));
        add_text(&row, stage_name(info->stage));
        add_text(&row, finding->summary);
        row_done(&row, take, context);
    }
}

void
stats_table_rows(enum stats_table_kind kind, const struct engine *engine,
                 const struct report_env *env, const struct result *result, stats_table_row_fn take,
                 void *context)
{
    void *before = numeric_begin();

    switch (kind) {
    case STATS_TABLE_SESSIONS:
        rows_sessions(engine, env, result, take, context);
        break;
    case STATS_TABLE_SETUP:
        rows_setup(result, take, context);
        break;
    case STATS_TABLE_KEEPALIVE:
        rows_keepalive(result, take, context);
        break;
    case STATS_TABLE_MTU:
        rows_mtu(result, take, context);
        break;
    case STATS_TABLE_FINDINGS:
        rows_findings(result, take, context);
        break;
    case STATS_TABLE_KINDS:
        break;
    }
    numeric_end(before);
}

/* --- text ------------------------------------------------------------------------------------ */

struct drawing {
    const struct stats_table_info *info;
    GPtrArray *rows; /* char *[], each with NULL behind the last cell */
};

static void
keep_row(void *context, const char *const *cells)
{
    struct drawing *drawing = context;
    char **row = g_new0(char *, drawing->info->num_columns + 1);

    for (unsigned i = 0; i < drawing->info->num_columns; i++)
        row[i] = g_strdup(cells[i]);
    g_ptr_array_add(drawing->rows, row);
}

static void
draw_row(GString *text, const struct drawing *drawing, const unsigned *widths,
         const char *const *cells)
{
    for (unsigned i = 0; i < drawing->info->num_columns; i++) {
        int width = (int)widths[i];
        bool is_last = i + 1 == drawing->info->num_columns;
        if (i)
            g_string_append(text, "  ");
        if (drawing->info->columns[i].is_number)
            g_string_append_printf(text, "%*s", width, cells[i]);
        else
            g_string_append_printf(text, "%-*s", is_last ? 0 : width, cells[i]);
    }
    g_string_append_c(text, '\n');
}

static char *
draw(const struct drawing *drawing)
{
    unsigned num = drawing->info->num_columns, widths[STATS_TABLE_COLUMNS_MAX];
    const char *names[STATS_TABLE_COLUMNS_MAX];
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < num; i++) {
        names[i] = drawing->info->columns[i].name;
        widths[i] = (unsigned)strlen(names[i]);
        for (guint r = 0; r < drawing->rows->len; r++) {
            char **row = g_ptr_array_index(drawing->rows, r);
            widths[i] = MAX(widths[i], (unsigned)strlen(row[i]));
        }
    }
    g_string_append_printf(text, "SSTP: %s\n", drawing->info->title);
    draw_row(text, drawing, widths, names);
    for (guint r = 0; r < drawing->rows->len; r++)
        draw_row(text, drawing, widths, g_ptr_array_index(drawing->rows, r));
    return g_string_free(text, FALSE);
}

char *
stats_table_text(enum stats_table_kind kind, const struct engine *engine,
                 const struct report_env *env)
{
    const GPtrArray *results = engine_results(engine);
    struct drawing drawing = { stats_table_info(kind), NULL };

    drawing.rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (guint i = 0; i < results->len; i++)
        stats_table_rows(kind, engine, env, g_ptr_array_index(results, i), keep_row, &drawing);
    char *text = draw(&drawing);
    g_ptr_array_unref(drawing.rows);
    return text;
}
