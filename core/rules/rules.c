/* rules.c - findings as rules build them, and the run of all rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include <string.h>

enum {
    VAIN_RESENDS_MIN = 3, /* of the same bytes */
    VAIN_SECONDS = 3,     /* from the first sending to the last of them */
};

bool
view_is_over(const struct view *view, const struct session *session)
{
    return view->final || session_stage(session) == STAGE_TEARDOWN;
}

bool
view_ends_open(const struct view *view, const struct session *session)
{
    struct mark end;
    enum side by;
    bool reset;

    return view->final && !session_has_no_connection(session) &&
           !conn_closed(session_conn(session), &end, &by, &reset);
}

struct mark
view_end(const struct view *view, const struct session *session)
{
    struct mark end = view->now;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        end = mark_earlier(end, session_goodbye(session, (enum side)side));
        end = mark_earlier(mark_earlier(end, half->fin), half->rst);
    }
    return end;
}

struct finding *
finding_add(GPtrArray *found, enum finding_id id, enum confidence confidence,
            enum evidence evidence, struct mark cause)
{
    struct finding *finding = g_new0(struct finding, 1);

    finding->id = id;
    finding->severity = finding_info(id)->severity;
    finding->confidence = confidence;
    finding->evidence = evidence;
    finding->cause = cause;
    finding_frame(finding, cause.frame);
    g_ptr_array_add(found, finding);
    return finding;
}

void
finding_summary(struct finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_free(finding->summary);
    finding->summary = g_strdup_vprintf(format, args);
    va_end(args);
}

void
finding_frame(struct finding *finding, uint32_t frame)
{
    unsigned at = finding->num_frames;

    while (at > 0 && finding->frames[at - 1] > frame)
        at--;
    if (frame == 0 || finding->num_frames == EVIDENCE_FRAMES_MAX ||
        (at > 0 && finding->frames[at - 1] == frame))
        return;
    memmove(&finding->frames[at + 1], &finding->frames[at],
            (finding->num_frames - at) * sizeof finding->frames[0]);
    finding->frames[at] = frame;
    finding->num_frames++;
}

static struct detail *
finding_detail(struct finding *finding, const char *key)
{
    if (finding->num_details == DETAILS_MAX)
        return NULL;
    finding->details[finding->num_details].key = key;
    return &finding->details[finding->num_details++];
}

void
finding_number(struct finding *finding, const char *key, double number)
{
    struct detail *detail = finding_detail(finding, key);

    if (detail) {
        detail->kind = DETAIL_NUMBER;
        detail->number = number;
    }
}

void
finding_text(struct finding *finding, const char *key, const char *text)
{
    struct detail *detail = text ? finding_detail(finding, key) : NULL;

    if (detail) {
        detail->kind = DETAIL_TEXT;
        detail->text = g_strdup(text);
    }
}

const char *
finding_advice(const struct finding *finding)
{
    return finding->advice ? finding->advice : finding_info(finding->id)->advice;
}

char *
finding_frames_text(const struct finding *finding)
{
    GString *frames = g_string_new(finding->num_frames == 1 ? "frame " : "frames ");

    for (unsigned i = 0; i < finding->num_frames; i++)
        g_string_append_printf(frames, "%s%u", i ? ", " : "", finding->frames[i]);
    return g_string_free(frames, FALSE);
}

void
finding_free(gpointer data)
{
    struct finding *finding = data;

    for (unsigned i = 0; i < finding->num_details; i++)
        g_free(finding->details[i].text);
    g_free(finding->summary);
    g_free(finding->advice);
    g_free(finding);
}

const struct finding *
finding_before(const GPtrArray *found, enum severity severity, struct mark mark)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->severity >= severity && finding->confidence > CONFIDENCE_POSSIBLE &&
            finding->cause.frame <= mark.frame)
            return finding;
    }
    return NULL;
}

const struct finding *
finding_of(const GPtrArray *found, enum finding_id id)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id && finding->confidence > CONFIDENCE_POSSIBLE)
            return finding;
    }
    return NULL;
}

/* Which side's Terminate-Request tells a reason; of two the earlier one. False: none does. */
static bool
reason_side(const struct session *session, enum side *by)
{
    bool found = false;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct terminate_facts *terminate = session_terminate(session, side);
        if (!mark_is_set(terminate->mark) || (!terminate->text && !terminate->ras_error) ||
            (found && session_terminate(session, *by)->mark.frame < terminate->mark.frame))
            continue;
        found = true;
        *by = (enum side)side;
    }
    return found;
}

void
finding_reason(struct finding *finding, const struct session *session)
{
    enum side by;

    if (!reason_side(session, &by))
        return;
    const struct terminate_facts *terminate = session_terminate(session, by);
    finding_text(finding, "reason_by", side_name(by));
    finding_text(finding, "reason", terminate->text);
    if (!terminate->ras_error)
        return;
    finding_number(finding, "ras_error", terminate->ras_error);
    finding_text(finding, "ras_error_text", ras_error_text(terminate->ras_error));
}

struct mark
authenticated_at(const struct session *session)
{
    if (mark_is_set(session_auth(session)->success))
        return session_auth(session)->success;
    if (session_stage_state(session, STAGE_AUTH)->outcome == OUTCOME_SKIPPED)
        return session_lcp_opened(session);
    return (struct mark){ 0 };
}

struct session_end
session_ending(const struct session *session)
{
    struct session_end ending = { 0 };
    bool reset;

    if (!conn_closed(session_conn(session), &ending.mark, &ending.by, &reset))
        ending.mark = (struct mark){ 0 };
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct mark goodbye = session_goodbye(session, (enum side)side);
        if (mark_is_set(goodbye) &&
            (!mark_is_set(ending.mark) || goodbye.frame <= ending.mark.frame))
            ending = (struct session_end){ goodbye, (enum side)side, true };
    }
    return ending;
}

double
seconds_left(const struct session *session, const struct view *view, struct mark since)
{
    struct mark end = session_ending(session).mark;

    return mark_seconds(since, mark_is_set(end) ? end : view->now);
}

bool
side_is_whole(const struct session *session, enum side side)
{
    /* Keys may open one direction only. */
    bool opened = !conn_is_tls(session_conn(session)) || session_is_opened(session, side);

    return opened && session_undecrypted(session, side) == 0;
}

bool
side_resends_in_vain(const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    return half->resends >= VAIN_RESENDS_MIN && conn_is_stuck(session_conn(session), side) &&
           mark_seconds(half->flight, half->last_resend) >= VAIN_SECONDS;
}

const char *
close_name(bool reset)
{
    return reset ? "RST" : "FIN";
}

bool
client_was_heard(const struct session *session, struct mark said)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);

    return conn_delivered(session_conn(session), SIDE_CLIENT, client->next) ||
           (client->last_acked.frame > said.frame &&
            !conn_is_stuck(session_conn(session), SIDE_CLIENT));
}

bool
side_was_heard(const struct session *session, enum side side)
{
    return side_is_whole(session, side) && !conn_is_stuck(session_conn(session), side);
}

bool
either_is_stuck(const struct session *session)
{
    return conn_is_stuck(session_conn(session), SIDE_CLIENT) ||
           conn_is_stuck(session_conn(session), SIDE_SERVER);
}

GPtrArray *
rules_run(const struct session *session, const GPtrArray *sessions, const struct config *config,
          const struct network *network, struct mark now, bool final)
{
    /* Teardown comes last: what ended a session is only of interest when nothing before explains
     * it. */
    static const rule_fn *const tables[] = {
        rules_capture, rules_blackhole, rules_tcp,       rules_setup, rules_path, rules_cert,
        rules_tls,     rules_http,      rules_dns,       rules_auth,  rules_eap,  rules_lcp,
        rules_ncp,     rules_binding,   rules_keepalive, rules_mtu,   rules_data, rules_message,
        rules_sstp,    rules_lengths,   rules_teardown,
    };
    struct view view = { .config = config,
                         .network = network,
                         .sessions = sessions,
                         .now = now,
                         .final = final,
                         .found = g_ptr_array_new_with_free_func(finding_free) };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const rule_fn *rule = tables[i]; *rule; rule++)
            (*rule)(session, &view);
    return view.found;
}
