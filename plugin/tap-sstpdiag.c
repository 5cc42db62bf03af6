/* tap-sstpdiag.c - the report: -z
 * sstpdiag[,json[,trace]][,all-log-lines][,verbose][,all][,log=FILE]..., and the tables, -z
 * sstpdiag,sessions and others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap-sstpdiag.h"

#include <stdio.h>
#include <string.h>

#include <wsutil/report_message.h>

#include "feed.h"
#include "logs.h"
#include "prefs.h"
#include "report/report.h"
#include "report/stats_tables.h"

enum form { FORM_TEXT, FORM_JSON, FORM_TABLE };

/* What was asked for by one -z. */
struct request {
    enum form form;
    bool trace, all_log_lines, verbose;
    bool for_command;            /* sstpdiag's, and not tshark's, options in advice */
    guint max_sessions;          /* of a text, that are told one by one; 0: all */
    enum stats_table_kind table; /* of FORM_TABLE */
    GPtrArray *logs;             /* names of files */
};

/* Is there a session of which the capture has all bytes, and Wireshark could decrypt some but not
 * all? Segments that came late or out of order do that: with TCP's default they are given up. */
static bool
order_cost_data(const struct engine *engine)
{
    const GPtrArray *sessions = engine_sessions(engine);

    for (guint i = 0; i < sessions->len; i++) {
        const struct session *session = g_ptr_array_index(sessions, i);
        for (int side = 0; side < SIDE_COUNT; side++)
            if (session_evidence(session) == EVIDENCE_DECRYPTED &&
                conn_half(session_conn(session), side)->dropped == 0 &&
                session_undecrypted(session, (enum side)side) > 0)
                return true;
        conn_rest(session_conn(session));
    }
    return false;
}

/* Those of the preference, then those of the argument. */
static GPtrArray *
log_paths(const struct request *request)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    prefs_logs(paths);
    for (unsigned i = 0; i < request->logs->len; i++)
        g_ptr_array_add(paths, g_strdup((const char *)g_ptr_array_index(request->logs, i)));
    return paths;
}

/* NULL when no file is open. */
static char *
make_report(const struct state *state, const struct request *request)
{
    static const struct report_hint out_of_order = {
        "tcp.reassemble_out_of_order", "TRUE",
        "segments came late or out of order, and with this preference off Wireshark cannot decrypt "
        "what "
        "follows them; "
        "with it on, more of these sessions can be seen"
    };
    struct engine *engine = state->engine;
    struct report_env env = { .version = SSTPDIAG_VERSION,
                              .trace = request->trace,
                              .for_command = request->for_command,
                              .all_log_lines = request->all_log_lines,
                              .verbose = request->verbose,
                              .max_sessions = request->max_sessions };

    if (!engine)
        return NULL;
    engine_finish(engine);
    interfaces_tell(&state->interfaces, &env);
    if (request->form == FORM_TABLE)
        return stats_table_text(request->table, engine, &env);
    GPtrArray *paths = log_paths(request), *logs = logs_read(engine, paths);
    env.logs = logs;
    if (!prefs_reassemble_out_of_order() && order_cost_data(engine)) {
        env.hints = &out_of_order;
        env.num_hints = 1;
    }

    char *report =
        request->form == FORM_JSON ? report_json(engine, &env) : report_text(engine, &env);
    g_ptr_array_unref(logs);
    g_ptr_array_unref(paths);
    return report;
}

char *
tap_report_text(const struct state *state)
{
    const struct request request = { .form = FORM_TEXT,
                                     .max_sessions = REPORT_SESSIONS,
                                     .logs = g_ptr_array_new() };
    char *report = make_report(state, &request);

    g_ptr_array_unref(request.logs);
    return report;
}

static tap_packet_status
count_frame(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *record,
            tap_flags_t flags)
{
    struct state *state = state_get();

    (void)data, (void)edt, (void)record, (void)flags;
    if (state->engine)
        feed_count_frame(state, pinfo);
    return TAP_PACKET_DONT_REDRAW;
}

static void
draw_report(void *data)
{
    char *report = make_report(state_get(), (const struct request *)data);

    if (!report)
        return;
    fputs(report, stdout);
    fflush(stdout);
    g_free(report);
}

static void
free_request(void *data)
{
    struct request *request = (struct request *)data;

    g_ptr_array_unref(request->logs);
    g_free(request);
}

static bool
table_by_name(const char *name, enum stats_table_kind *kind)
{
    for (int i = 0; i < STATS_TABLE_KINDS; i++)
        if (strcmp(stats_table_info((enum stats_table_kind)i)->name, name) == 0) {
            *kind = (enum stats_table_kind)i;
            return true;
        }
    return false;
}

static bool
read_number(const char *digits, guint *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXINT32, &value, NULL))
        return false;
    *number = (guint)value;
    return true;
}

/* One word between the commas. False when it is none that is known. */
static bool
request_word(struct request *request, const char *word)
{
    static const char log_word[] = "log=", max_word[] = "max-sessions=";

    if (strcmp(word, "json") == 0)
        request->form = FORM_JSON;
    else if (strcmp(word, "text") == 0)
        request->form = FORM_TEXT;
    else if (strcmp(word, "trace") == 0)
        request->trace = true;
    else if (strcmp(word, "command") == 0)
        request->for_command = true;
    else if (strcmp(word, "all-log-lines") == 0)
        request->all_log_lines = true;
    else if (strcmp(word, "verbose") == 0)
        request->verbose = true;
    else if (strcmp(word, "all") == 0)
        request->max_sessions = 0;
    else if (g_str_has_prefix(word, max_word))
        return read_number(word + strlen(max_word), &request->max_sessions);
    else if (g_str_has_prefix(word, log_word) && word[strlen(log_word)])
        g_ptr_array_add(request->logs, g_strdup(word + strlen(log_word)));
    else if (table_by_name(word, &request->table))
        request->form = FORM_TABLE;
    else
        return false;
    return true;
}

/* What is wrong with a -z: tshark ends, as it does for its own words; Wireshark goes on without. */
static void
refuse(const char *what)
{
    report_failure("-z sstpdiag: %s", what);
    if (!state_in_gui())
        exit(1);
}

/* opt_arg: the whole -z argument. */
static bool
request_read(struct request *request, const char *opt_arg)
{
    const char *comma = opt_arg ? strchr(opt_arg, ',') : NULL;
    char **words = g_strsplit(comma ? comma + 1 : "", ",", -1);
    const char *wrong = comma && !*words ? "" : NULL;

    for (char **word = words; *word && !wrong; word++)
        if (!request_word(request, *word))
            wrong = *word;
    if (wrong) {
        char *what = g_strdup_printf(
            "takes \"text\", \"json\", \"trace\", \"command\", \"all-log-lines\", "
            "\"verbose\", \"all\", \"max-sessions=N\" and \"log=FILE\", separated by commas, or "
            "one of "
            "\"sessions\", \"setup\", \"keepalive\", \"mtu\" and \"findings\", not \"%s\"",
            wrong);
        refuse(what);
        g_free(what);
    }
    g_strfreev(words);
    return !wrong;
}

static compat_stat_init_ret
report_init(const char *opt_arg, void *userdata)
{
    struct request *request = g_new0(struct request, 1);
    GString *error;

    (void)userdata;
    request->max_sessions = REPORT_SESSIONS;
    request->logs = g_ptr_array_new_with_free_func(g_free);
    if (!request_read(request, opt_arg)) {
        free_request(request);
        return COMPAT_STAT_INIT_OK;
    }
    if (request->trace)
        state_keep_trace(state_get());
    /* Of all frames, to count them: no observer sees those of other kinds. */
    error = register_tap_listener("frame", request, NULL, TL_REQUIRES_NOTHING, NULL, count_frame,
                                  draw_report, free_request);
    if (error) {
        refuse(error->str);
        g_string_free(error, TRUE);
        free_request(request);
    }
    return COMPAT_STAT_INIT_OK;
}

void
tap_report_register(void)
{
    static stat_tap_ui ui = {
        REGISTER_STAT_GROUP_GENERIC, "SSTP Diagnostics", "sstpdiag", report_init, 0, NULL
    };

    register_stat_tap_ui(&ui, NULL);
}
