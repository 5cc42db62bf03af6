/* tap-sstpdiag.c - the tap, and the report: -z sstpdiag[,json]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sstpdiag.h"

#include <stdio.h>

#include "report.h"

enum form { FORM_TEXT, FORM_JSON };

static int tap_sstpdiag = -1;

void
tap_frame(packet_info *pinfo, const struct session *session, struct frame_note note)
{
    struct sstpdiag_tap *record;

    if (!have_tap_listener(tap_sstpdiag))
        return;
    record = wmem_new(pinfo->pool, struct sstpdiag_tap);
    *record = (struct sstpdiag_tap){ session->id, (enum stage)note.stage, (enum side)note.side };
    tap_queue_packet(tap_sstpdiag, pinfo, record);
}

/* Is there a session of which the capture has all bytes, and Wireshark could decrypt some but not
 * all? Segments that came late or out of order do that: with TCP's default they are given up. */
static bool
order_cost_data(const struct engine *engine)
{
    const GPtrArray *sessions = engine_sessions(engine);

    for (guint i = 0; i < sessions->len; i++) {
        const struct session *session = g_ptr_array_index(sessions, i);
        for (int side = 0; side < SIDE_COUNT; side++)
            if (session->evidence == EVIDENCE_DECRYPTED &&
                session->conn->track->half[side].dropped == 0 &&
                session_undecrypted(session, (enum side)side) > 0)
                return true;
    }
    return false;
}

static void
print_report(enum form form)
{
    static const struct report_hint out_of_order = {
        "tcp.reassemble_out_of_order", "TRUE",
        "segments came late or out of order, and with this preference off Wireshark cannot decrypt "
        "what "
        "follows them; "
        "with it on, more of these sessions can be seen"
    };
    struct engine *engine = feed_engine();
    struct report_env env = { .version = SSTPDIAG_VERSION };

    if (!engine)
        return;
    engine_finish(engine);
    if (!prefs_reassemble_out_of_order() && order_cost_data(engine)) {
        env.hints = &out_of_order;
        env.num_hints = 1;
    }
    env.interfaces = (const struct report_interface *)(const void *)feed_interfaces()->data;
    env.num_interfaces = feed_interfaces()->len;

    char *report = form == FORM_JSON ? report_json(engine, &env) : report_text(engine, &env);
    fputs(report, stdout);
    fflush(stdout);
    g_free(report);
}

static tap_packet_status
count_frame(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *record,
            tap_flags_t flags)
{
    (void)data, (void)edt, (void)record, (void)flags;
    if (feed_engine())
        feed_count_frame(pinfo);
    return TAP_PACKET_DONT_REDRAW;
}

static void
draw_report(void *data)
{
    print_report(*(const enum form *)data);
}

static void
free_form(void *data)
{
    g_free(data);
}

/* opt_arg: the whole -z argument. */
static compat_stat_init_ret
report_init(const char *opt_arg, void *userdata)
{
    const char *word = opt_arg ? strchr(opt_arg, ',') : NULL;
    enum form *form = g_new0(enum form, 1);
    GString *error;

    (void)userdata;
    if (word && g_strcmp0(word + 1, "json") == 0) {
        *form = FORM_JSON;
    } else if (word && g_strcmp0(word + 1, "text") != 0) {
        fprintf(stderr, "tshark: -z sstpdiag takes \"text\" or \"json\", not \"%s\"\n", word + 1);
        exit(1);
    }
    /* Of all frames: how long the capture goes on after a session's last frame matters to rules. */
    error = register_tap_listener("frame", form, NULL, TL_REQUIRES_NOTHING, NULL, count_frame,
                                  draw_report, free_form);
    if (error) {
        fprintf(stderr, "tshark: Couldn't register frame tap: %s\n", error->str);
        g_string_free(error, TRUE);
        g_free(form);
        exit(1);
    }
    return COMPAT_STAT_INIT_OK;
}

void
tap_register(void)
{
    static stat_tap_ui ui = {
        REGISTER_STAT_GROUP_GENERIC, "SSTP Diagnostics", "sstpdiag", report_init, 0, NULL
    };

    tap_sstpdiag = register_tap("sstpdiag");
    register_stat_tap_ui(&ui, NULL);
}
