/* menus.c - the menu Tools > SSTP of Wireshark; in tshark nobody calls any of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "menus.h"

#include "state.h"
#include "report/ladder.h"
#include "tap-sstpdiag.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <wsutil/report_message.h>

/* The frame that is chosen, 0 for none. */
static uint32_t
current_frame(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info ? info->cf_framenr : 0;
}

static void *
count_frames(capture_file *cf, void *data)
{
    struct engine *engine = (struct engine *)data;
    int64_t elapsed = (int64_t)cf->elapsed_time.secs * NS_PER_SECOND + cf->elapsed_time.nsecs;

    if (engine_num_frames(engine) > 0)
        engine_frame(engine, (struct mark){ cf->count, engine_first(engine).time + elapsed });
    return NULL;
}

/* The report of all frames: no observer sees those of other kinds. NULL when no file is open. */
static char *
make_report(void)
{
    const struct state *state = state_get();

    if (!state->engine)
        return NULL;
    plugin_if_get_capture_file(count_frames, state->engine);
    return tap_report_text(state);
}

/* The session that a frame belongs to or has a finding of; when it has neither, the first one.
 * NULL, and the user is told, when there is none at all. */
static const struct result *
current_result(void)
{
    struct engine *engine = state_get()->engine;
    const GPtrArray *results = engine ? engine_results(engine) : NULL;
    uint32_t frame = current_frame();

    if (engine) {
        engine_finish(engine);
        const struct session *session = engine_frame_session(engine, frame);
        const GArray *findings = engine_frame_findings(engine, frame);
        for (guint i = 0; i < results->len; i++) {
            const struct result *result = (const struct result *)g_ptr_array_index(results, i);
            if (session ? result->session == session
                        : findings && g_array_index(findings, struct frame_finding, 0).session ==
                                          session_id(result->session))
                return result;
        }
        if (results->len)
            return (const struct result *)g_ptr_array_index(results, 0);
    }
    report_warning("There is no SSTP session in this capture. Encrypted sessions that cannot be "
                   "told by their record lengths need TLS keys, or their server named in the "
                   "preference sstpdiag.servers.");
    return NULL;
}

static void
go_to_verdict(ext_menubar_gui_type gui, void *object, void *data)
{
    const struct result *result = current_result();

    (void)gui, (void)object, (void)data;
    if (!result)
        return;
    if (!result->verdict.finding || result->verdict.finding->num_frames == 0)
        report_warning("Session %u is %s: its verdict has no frame. %s",
                       session_id(result->session), verdict_name(&result->verdict),
                       verdict_summary(&result->verdict));
    else
        plugin_if_goto_frame(result->verdict.finding->cause.frame);
}

static void
filter_session(ext_menubar_gui_type gui, void *object, void *data)
{
    const struct result *result = current_result();

    (void)gui, (void)object, (void)data;
    if (!result)
        return;
    char *filter = g_strdup_printf("sstpdiag.session == %u", session_id(result->session));
    plugin_if_apply_filter(filter, true);
    g_free(filter);
}

static void
copy_report(ext_menubar_gui_type gui, void *object, void *data)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *report = make_report();

    (void)gui, (void)object, (void)data;
    if (report && ops && ops->copy_to_clipboard) {
        GString *text = g_string_new(report);
        ops->copy_to_clipboard(text);
        g_string_free(text, TRUE);
    } else {
        report_warning("There is nothing to copy.");
    }
    g_free(report);
}

/* Wireshark's window for text takes what looks like HTML as such. There lines stay whole, however
 * narrow it opens: the plugin cannot tell it how wide to be. */
static void
set_text(const funnel_ops_t *ops, funnel_text_window_t *window, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);
    char *html = g_strdup_printf("<pre style=\"font-size: small\">%s</pre>", escaped);

    ops->set_text(window, html);
    g_free(html);
    g_free(escaped);
}

static void
show_report(ext_menubar_gui_type gui, void *object, void *data)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *report = make_report();

    (void)gui, (void)object, (void)data;
    if (report && ops && ops->new_text_window)
        set_text(ops, ops->new_text_window(ops->ops_id, "SSTP report"), report);
    else
        report_warning("There is nothing to report on.");
    g_free(report);
}

/* --- the ladder ------------------------------------------------------------------------------ */

static void
set_ladder(const funnel_ops_t *ops, funnel_text_window_t *window, const struct result *result)
{
    char *text = report_ladder_text(state_get()->engine, result);

    set_text(ops, window, text);
    g_free(text);
}

static void *
is_read(capture_file *cf, void *data)
{
    return cf->state == FILE_READ_DONE && !cf->read_lock ? data : NULL;
}

/* data: number of the session. */
static compat_funnel_ret
on_show_messages(funnel_text_window_t *window, void *data)
{
    struct engine *engine = state_get()->engine;

    if (!engine || !plugin_if_get_capture_file(is_read, engine))
        return true;
    engine_finish(engine);
    const GPtrArray *results = engine_results(engine);
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = (const struct result *)g_ptr_array_index(results, i);
        if (session_id(result->session) == GPOINTER_TO_UINT(data))
            set_ladder(funnel_get_funnel_ops(), window, result);
    }
    return true;
}

static void
forget_session(void *data)
{
    (void)data;
}

/* Messages are kept on demand only. Wireshark goes through the frames once more, with a new engine,
 * as soon as it has left the menu, and does not tell when that is done: the user does. */
static void
read_messages(const funnel_ops_t *ops, funnel_text_window_t *window, uint32_t session)
{
    funnel_bt_t *button = g_new0(funnel_bt_t, 1);

    *button = (funnel_bt_t){ window, on_show_messages, GUINT_TO_POINTER(session), g_free,
                             forget_session };
    set_text(ops, window,
             "Messages are kept from now on: Wireshark reads the capture once more for it.\n"
             "\"Show the messages\", below, draws them when that is done.\n");
    ops->add_button(window, button, "Show the messages");
    state_keep_trace(state_get());
    ops->redissect_packets(ops->ops_id);
}

static void
show_ladder(ext_menubar_gui_type gui, void *object, void *data)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const struct result *result = current_result();

    (void)gui, (void)object, (void)data;
    if (!result || !ops || !ops->new_text_window || !ops->redissect_packets)
        return;
    funnel_text_window_t *window = ops->new_text_window(ops->ops_id, "SSTP messages");
    if (state_get()->trace)
        set_ladder(ops, window, result);
    else
        read_messages(ops, window, session_id(result->session));
}

void
menus_register(int proto)
{
    ext_menu_t *menu = ext_menubar_register_menu(proto, "SSTP", true);

    ext_menubar_set_parentmenu(menu, "Tools");
    ext_menubar_add_entry(
        menu, "Go to the verdict's frame",
        "Where what explains the session happened: the frame with the expert item", go_to_verdict,
        NULL);
    ext_menubar_add_entry(menu, "Filter this session", "Show the chosen frame's session alone",
                          filter_session, NULL);
    ext_menubar_add_entry(menu, "Diagnose as text", "What -z sstpdiag prints", show_report, NULL);
    ext_menubar_add_entry(menu, "Show the messages as a ladder",
                          "What client and server said in the chosen frame's session", show_ladder,
                          NULL);
    ext_menubar_add_entry(menu, "Copy the report as text", "What -z sstpdiag prints", copy_report,
                          NULL);
}
