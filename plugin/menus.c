/* menus.c - the menu Tools > SSTP of Wireshark; in tshark nobody calls any of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "menus.h"

#include "state.h"
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

static void
show_report(ext_menubar_gui_type gui, void *object, void *data)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *report = make_report();

    (void)gui, (void)object, (void)data;
    if (report && ops && ops->new_text_window) {
        funnel_text_window_t *window = ops->new_text_window(ops->ops_id, "SSTP report");
        ops->set_text(window, report);
    } else {
        report_warning("There is nothing to report on.");
    }
    g_free(report);
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
    ext_menubar_add_entry(menu, "Show the report", "What -z sstpdiag prints", show_report, NULL);
    ext_menubar_add_entry(menu, "Copy the report as text", "What -z sstpdiag prints", copy_report,
                          NULL);
}
