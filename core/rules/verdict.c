/* verdict.c - the word on a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/verdict.h"

#include <string.h>

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/delivery.h"
#include "rules/ending.h"
#include "rules/rejection.h"
#include "rules/suspect.h"

/* --- what the recording lacks ---------------------------------------------------------------- */

static const struct lack {
    enum finding_id id;
    const char *words;
} lacks[] = {
    { FINDING_CAPTURE_ONE_DIRECTION, "only one direction of it was captured" },
    { FINDING_CAPTURE_DROPPED, "the capture lacks packets of it" },
    { FINDING_CAPTURE_TRUNCATED, "packets of it were cut short" },
    { FINDING_CAPTURE_NO_START, "the capture began while it was running" },
    { FINDING_CAPTURE_ORDER, "the order of its packets cannot be relied on" },
    { FINDING_CAPTURE_ENCRYPTED, "it could not be decrypted" },
};

/* NULL: nothing. A socket tells all that it has read. */
static const struct lack *
lack_of(const struct session *session, const struct view *view)
{
    const GPtrArray *found = view->found;
    static const struct lack records = { FINDING_CAPTURE_ENCRYPTED,
                                         "some of its records could not be decrypted" };

    if (view->from_socket)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(lacks); i++)
        if (finding_of(found, lacks[i].id))
            return &lacks[i];
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session_undecrypted(session, (enum side)side) > 0 ||
            session_is_sealed(session, (enum side)side))
            return &records;
    return NULL;
}

/* --- what was seen --------------------------------------------------------------------------- */

/* All that the client said was read, and no Call Connected was among it. */
static bool
client_never_connected(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    return mark_is_set(sstp->call_request) && !mark_is_set(sstp->call_connected) &&
           session_undecrypted(session, SIDE_CLIENT) == 0;
}

/* One side's inner data was read, and the other side, whose records cannot be, went on to send. */
static bool
half_was_seen(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *other = session_half(session, !side);
        if (session_data(session)->packets[side] > 0 && other->records.application_records > 0 &&
            (session_is_sealed(session, side_other((enum side)side)) ||
             session_undecrypted(session, side_other((enum side)side)) > 0) &&
            other->last_payload.frame > session_stage_state(session, STAGE_DATA)->first.frame)
            return true;
    }
    return false;
}

/* One side went on to send for long, and nothing of the other one's came: whether it still worked
 * does not show. */
static bool
fell_silent(const struct tcp_half *client, const struct tcp_half *server)
{
    return MAX(client->alone, server->alone) >= (int64_t)ONE_SIDED_SECONDS * NS_PER_SECOND;
}

/* Both sides went on to send when every timer of the set-up had run out. SoftEther has none: where
 * the capture lacks the handshake, segments longer than those of a set-up must show data. */
static bool
is_old_enough(const struct session *session)
{
    bool late = conn_start_missing(session_conn(session));

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        if (mark_seconds(conn_first(session_conn(session)), half->last_payload) <=
                TUNNEL_AGE_SECONDS ||
            (late && half->max_payload < TUNNEL_SEGMENT_MIN))
            return false;
    }
    return true;
}

/* Nothing could be read, and no lengths tell; but so many bytes went through, or it lasted so long
 * with both sides sending, that the tunnel must have been up. A server without a timer lets a
 * set-up last as long: where packets were cut short, so that lengths cannot tell, time proves
 * nothing. */
static bool
outlived_the_setup(const struct session *session)
{
    const struct tcp_half *client = session_half(session, SIDE_CLIENT);
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    return session_evidence(session) == EVIDENCE_NONE && client->records.kind != STREAM_OTHER &&
           client->data_segments > 0 && server->data_segments > 0 && !fell_silent(client, server) &&
           (client->next > TUNNEL_BYTES_MIN || server->next > TUNNEL_BYTES_MIN ||
            (client->truncated + server->truncated == 0 && is_old_enough(session)));
}

/* The last stage up to this one that was passed; STAGE_CAPTURE: none. */
static enum stage
last_passed(const struct session *session, enum stage up_to)
{
    for (int stage = up_to; stage > STAGE_CAPTURE; stage--) {
        enum outcome outcome = session_stage_state(session, stage)->outcome;
        if (outcome == OUTCOME_OK || outcome == OUTCOME_INFERRED)
            return (enum stage)stage;
    }
    return STAGE_CAPTURE;
}

/* "tls worked (frame 12)", or that nothing did. */
static char *
passed_text(const struct session *session, enum stage up_to)
{
    enum stage stage = last_passed(session, up_to);

    if (stage == STAGE_CAPTURE)
        return g_strdup("no step of the set-up is seen to work");
    return g_strdup_printf("the last stage that worked was %s (until frame %u)", stage_name(stage),
                           session_stage_state(session, stage)->last.frame);
}

/* "the server closed by RST (frame 20)". */
static char *
end_text(const struct session *session)
{
    struct session_end end = session_ending(session);

    if (end.goodbye)
        return g_strdup_printf("the %s said goodbye (frame %u)", side_name(end.by), end.mark.frame);
    return g_strdup_printf("%s came from the %s's side (frame %u)",
                           close_name(mark_is_set(session_half(session, end.by)->rst) &&
                                      session_half(session, end.by)->rst.frame == end.mark.frame),
                           side_name(end.by), end.mark.frame);
}

/* By FIN, as at the end of a goodbye that cannot be read. */
static bool
client_closed(const struct session *session, struct session_end end)
{
    return end.by == SIDE_CLIENT && session_half(session, SIDE_CLIENT)->fin.frame == end.mark.frame;
}

/* Nobody knows how long it was silent, and bytes were sent again and again. */
static bool
may_have_been_silent(const struct session *session)
{
    return order_has_one_time(conn_order(session_conn(session))) &&
           (session_half(session, SIDE_CLIENT)->retransmissions >= VAIN_RESENDS_MIN ||
            session_half(session, SIDE_SERVER)->retransmissions >= VAIN_RESENDS_MIN);
}

/* Or the file has the pieces of it in the wrong order. */
static bool
end_may_hide(const struct session *session)
{
    return conn_order(session_conn(session))->begins_later || may_have_been_silent(session);
}

/* What one side said could be read, and not what the other one did. */
static bool
half_was_read(const struct session *session)
{
    return session_evidence(session) >= EVIDENCE_CLEAR &&
           (!side_is_whole(session, SIDE_CLIENT) || !side_is_whole(session, SIDE_SERVER));
}

/* The client took leave of its own accord: it said so by PPP or SSTP, or all that it can have
 * answered was read. Where the order is not known, what it said behind the close counts as well. */
static bool
client_took_leave(const struct session *session, const GPtrArray *found, struct session_end end)
{
    bool own = mark_is_set(session_terminate(session, SIDE_CLIENT)->mark) ||
               mark_is_set(session_sstp(session)->disconnect[SIDE_CLIENT]);

    if (end.goodbye && end.by == SIDE_CLIENT)
        return own || (side_is_whole(session, SIDE_SERVER) &&
                       !conn_lacks_fin(session_conn(session), SIDE_SERVER));
    return finding_of(found, FINDING_CAPTURE_ORDER) && own;
}

/* It is open, or the client left of its own accord, as far as the order of its packets tells. The
 * lines of a log stand in their order, whatever their times are. */
static bool
has_good_end(const struct session *session, const struct view *view, struct session_end end)
{
    const struct order_facts *order = conn_order(session_conn(session));

    if (!mark_is_set(end.mark))
        return view->from_log || !order_has_one_time(order);
    return client_took_leave(session, view->found, end) &&
           (order_doubt(order) == 0 || !half_was_read(session));
}

/* An end that a rule has told, and that is none of the errors which might have brought it about;
 * nor one that may only possibly have been the server's. */
static bool
end_is_told(const GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        const struct finding_info *info = finding_info(finding->id);
        if (finding->severity <
                (finding->confidence > CONFIDENCE_POSSIBLE ? SEVERITY_ERROR : SEVERITY_WARN) &&
            (info->stage == STAGE_TEARDOWN || info->effect == EFFECT_ENDS))
            return true;
    }
    return false;
}

/* As far as record lengths tell, the client sent data, and none of the server came. Broadcasts of a
 * host that nobody uses look the same. */
static bool
only_client_sent(const struct session *session, const GPtrArray *found)
{
    const struct lengths_facts *lengths = session_lengths(session);
    bool one_way = false;

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        one_way |= finding->id == FINDING_DATA_ONE_WAY;
    }
    return one_way && lengths && lengths->data[SIDE_CLIENT] > 0;
}

/* All was captured, and the first records are not as long as those of SSTP: a program of its own
 * may look like it, or a proxy that adds to the request, but so does any other use of TLS. */
static bool
shows_no_sstp(const struct session *session)
{
    const struct conn *conn = session_conn(session);

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        if (half->records.kind != STREAM_TLS || half->records.gaps > 0 || half->truncated > 0)
            return false;
    }
    return session_evidence(session) == EVIDENCE_NONE && !conn_start_missing(conn) &&
           conn_cipher(conn)->known && conn_order(conn)->early < ORDER_EARLY_MIN &&
           conn_lengths_start(conn)->state >= LENGTHS_REFUSED;
}

/* The client has just begun to send, and nothing came back so far: what went into the tunnel had no
 * time to be answered. */
static bool
has_just_begun(const struct session *session, const struct view *view)
{
    const struct data_facts *data = session_data(session);
    struct mark first = session_stage_state(session, STAGE_DATA)->first;

    return !mark_is_set(session_ending(session).mark) && !view->from_socket && !view->from_log &&
           data->packets[SIDE_CLIENT] > 0 && data->packets[SIDE_SERVER] == 0 &&
           mark_seconds(first, view->now) < DATA_PATIENCE_SECONDS;
}

/* The session is open, and side sends again and again what nobody acknowledges, for not long enough
 * to be a fault. */
static bool
ends_in_vain(const struct session *session, const struct view *view, enum side *side)
{
    if (mark_is_set(session_ending(session).mark) || view->from_socket || view->from_log)
        return false;
    for (int i = 0; i < SIDE_COUNT; i++) {
        *side = (enum side)i;
        if (side_waits_in_vain(session, *side, view->now))
            return true;
    }
    return false;
}

/* --- the words ------------------------------------------------------------------------------- */

static struct verdict
healthy(const struct session *session)
{
    struct verdict verdict = { .state = VERDICT_HEALTHY,
                               .confidence = session_evidence(session) > EVIDENCE_INFERRED &&
                                                     !half_was_read(session)
                                                 ? CONFIDENCE_CERTAIN
                                                 : CONFIDENCE_LIKELY };
    const struct stage_state *data = session_stage_state(session, STAGE_DATA);
    const uint32_t *packets = session_data(session)->packets;

    if (session_evidence(session) == EVIDENCE_NONE) {
        verdict.confidence = CONFIDENCE_POSSIBLE;
        verdict.summary =
            g_strdup_printf("No fault found at the level of TCP and TLS record headers: %s went "
                            "through the connection, whose content could not be read",
                            text_count(session_half(session, SIDE_CLIENT)->next +
                                           session_half(session, SIDE_SERVER)->next,
                                       "byte")
                                .text);
    } else if (packets[SIDE_CLIENT] || packets[SIDE_SERVER]) {
        verdict.summary = g_strdup_printf(
            "No fault found: the tunnel carried %s of the client and %u of the server in %s",
            text_count(packets[SIDE_CLIENT], "packet").text, packets[SIDE_SERVER],
            text_seconds(mark_seconds(data->first, data->last)).text);
    } else {
        verdict.summary = g_strdup("No fault found: the tunnel came up");
    }
    return verdict;
}

static struct verdict
inconclusive(const char *words, const char *advice)
{
    return (struct verdict){ .state = VERDICT_INCONCLUSIVE,
                             .confidence = CONFIDENCE_POSSIBLE,
                             .summary = g_strdup(words),
                             .advice = g_strdup(advice) };
}

static struct verdict
inconclusive_lack(const struct session *session, const struct lack *lack, const char *what)
{
    char *passed = passed_text(session, STAGE_NCP);
    char *words = g_strdup_printf("%s: %s; %s", what, lack->words, passed);
    struct verdict verdict = inconclusive(words, finding_info(lack->id)->advice);

    g_free(words);
    g_free(passed);
    return verdict;
}

static struct verdict
unexplained(const struct session *session, enum stage up_to, const char *what)
{
    char *passed = passed_text(session, up_to), *end = end_text(session);
    struct verdict verdict = { .state = VERDICT_UNEXPLAINED, .confidence = CONFIDENCE_POSSIBLE };

    verdict.summary =
        g_strdup_printf("%s, and nothing recorded says why: %s, then %s", what, passed, end);
    verdict.advice = g_strdup_printf(
        "Look in the %s's log at that time, and compare the stages with those of a session that "
        "works. A recording at both ends shows whether something between them closed it.",
        side_name(session_ending(session).by));
    g_free(passed);
    g_free(end);
    return verdict;
}

/* A log does not tell what TCP and TLS did: an end that no message explains has its reason there,
 * or in lines that are not in it. */
static struct verdict
log_says_nothing(const struct session *session)
{
    const bool ended = mark_is_set(session_ending(session).mark);
    char *passed = passed_text(session, STAGE_NCP), *end = ended ? end_text(session) : NULL;
    char *words =
        g_strdup_printf("The messages in the log do not show a working tunnel, nor why: "
                        "%s%s%s",
                        passed, ended ? ", then " : "; the log ends there", ended ? end : "");
    struct verdict verdict = inconclusive(
        words, "Look at the lines of the log before its end, and at the log of the other end. A "
               "recording of the connection shows what no log does.");

    g_free(words);
    g_free(end);
    g_free(passed);
    return verdict;
}

/* Requests went into the tunnel and no answer was read, nor seen by its length; but something that
 * came back is missing. */
static bool
answers_are_missing(const struct session *session)
{
    const struct traffic *traffic = session_traffic(session);
    const struct lengths_facts *lengths = conn_lengths(session_conn(session));

    for (int side = 0; traffic && side < SIDE_COUNT; side++) {
        const struct traffic_count *asks = &traffic->asks[side].count;
        enum side peer = side_other((enum side)side);
        if (asks->num >= UNANSWERED_MIN && traffic->unicast[peer].num == 0 &&
            !(lengths && lengths->data[peer] > 0) &&
            session_misses(session, peer, asks->first, conn_last(session_conn(session))))
            return true;
    }
    return false;
}

/* What of the end, or of what came back, was not recorded. Newly allocated. */
static char *
unrecorded_text(const struct session *session, const struct view *view)
{
    const char *worked = session_evidence(session) == EVIDENCE_NONE
                             ? "Much was sent, or for long, as in a tunnel"
                             : "The tunnel worked";

    if (view->doubted)
        return g_strdup_printf("%s; whether all was well with it is not sure", worked);
    if (!end_may_hide(session) && answers_are_missing(session))
        return g_strdup("Whether anything came back through the tunnel was not recorded");
    return g_strdup_printf("%s; how it ended was not recorded", worked);
}

static struct verdict
inconclusive_end(const struct session *session, const struct view *view, const struct lack *lack)
{
    char *what = unrecorded_text(session, view);
    struct verdict verdict = inconclusive_lack(session, lack, what);

    g_free(what);
    return verdict;
}

/* A probe asks three times, and of the path as made from its socket nothing is missing. */
static bool
probe_heard_nothing(const struct session *session, const struct view *view)
{
    const uint32_t *packets = session_data(session)->packets;

    return view->from_socket && !view->from_log && packets[SIDE_CLIENT] >= UNANSWERED_MIN &&
           packets[SIDE_SERVER] == 0;
}

/* The tunnel was up, as far as what was said was told apart. True when nothing shows that it
 * works. */
static bool
shows_too_little(const struct session *session, const struct view *view, struct verdict *verdict)
{
    if (shows_no_sstp(session))
        *verdict = inconclusive("Nothing shows that this connection is SSTP: its first records are "
                                "not as long as those of a session's beginning, and its content "
                                "could not be read",
                                "See whether the server serves anything else at this port. If this "
                                "was to be a session, record again with TLS keys.");
    else if (only_client_sent(session, view->found))
        *verdict =
            inconclusive("The tunnel came up, and only the client sent records as long as data: "
                         "whether anything answers through it, lengths do not show",
                         finding_info(FINDING_DATA_ONE_WAY)->advice);
    else if (probe_heard_nothing(session, view))
        *verdict = inconclusive(
            "The tunnel came up, and nothing came back through it: pings of the probe to the "
            "peer's address were not answered",
            "Where the server is not known to answer pings, try whether a client gets through the "
            "tunnel; where it is, look for what drops the packets or their answers (firewall and "
            "routes of the server).");
    else if (has_just_begun(session, view))
        *verdict =
            inconclusive("The recording ends too early: the tunnel came up, the client began "
                         "to send, and nothing of the server came back so far",
                         "Record on while the tunnel is used, for 10 seconds at least.");
    else
        return false;
    return true;
}

static struct verdict
inconclusive_resends(const struct session *session, const struct view *view, enum side side)
{
    const struct tcp_half *half = session_half(session, side);
    struct mark since = mark_later(half->flight, half->last_acked);
    char *words = g_strdup_printf("The connection worked until %s before the recording ends: since "
                                  "then what the %s sent was not "
                                  "acknowledged, though it was sent again (%s)",
                                  text_seconds(mark_seconds(since, view->now)).text,
                                  side_name(side), text_times(half->resends).text);
    struct verdict verdict =
        inconclusive(words, "Record on until answers come again or the session ends, for a minute "
                            "at least.");

    g_free(words);
    return verdict;
}

/* The tunnel was up. */
static struct verdict
worked(const struct session *session, const struct view *view)
{
    struct session_end end = session_ending(session);
    const struct lack *lack = lack_of(session, view);
    struct verdict verdict;
    enum side side;

    if (lack && !shows_no_sstp(session) &&
        (view->doubted || end_may_hide(session) || answers_are_missing(session)))
        return inconclusive_end(session, view, lack);
    if (shows_too_little(session, view, &verdict))
        return verdict;
    if (ends_in_vain(session, view, &side))
        return inconclusive_resends(session, view, side);
    if (has_good_end(session, view, end) || end_is_told(view->found) ||
        (session_evidence(session) == EVIDENCE_NONE && client_closed(session, end) &&
         !finding_of(view->found, FINDING_CAPTURE_DROPPED)))
        return healthy(session);
    if (lack)
        return inconclusive_end(session, view, lack);
    return unexplained(session, STAGE_DATA,
                       end.goodbye ? "The tunnel worked, and its end was not in order"
                                   : "The tunnel worked and was closed without a goodbye");
}

/* A probe, which says goodbye of itself where it has no account to go on with. */
static bool
probe_stopped(const struct session *session, const struct view *view)
{
    const struct auth_facts *auth = session_auth(session);

    return view->from_socket && !view->from_log && mark_is_set(session_lcp_opened(session)) &&
           mark_is_set(session_terminate(session, SIDE_CLIENT)->mark) &&
           !mark_is_set(session_terminate(session, SIDE_SERVER)->mark) &&
           !mark_is_set(auth->response) && !mark_is_set(auth->failure);
}

/* The client itself tells that it left of its own; NULL where it does not. */
static const struct trial *
own_end(const struct view *view)
{
    for (guint i = 0; view->trials && i < view->trials->len; i++) {
        const struct trial *trial = &g_array_index(view->trials, struct trial, i);
        if (trial->kind == TRIAL_GAVE_UP)
            return trial;
    }
    return NULL;
}

static struct verdict
did_not_work(const struct session *session, const struct view *view)
{
    const struct lack *lack = lack_of(session, view);
    struct mark end = session_ending(session).mark;

    if (lack)
        return inconclusive_lack(session, lack, "No working tunnel was seen");
    if (view->from_log)
        return log_says_nothing(session);
    if (own_end(view))
        return inconclusive(own_end(view)->seen, trial_advice(own_end(view)->left));
    if (probe_stopped(session, view))
        return inconclusive("No fault found as far as LCP, where the probe ended the session in "
                            "order: it did not log in",
                            "Probe with an account to see whether login and tunnel work.");
    if (mark_is_set(end))
        return unexplained(session, STAGE_NCP, "The tunnel did not come up");
    char *passed = passed_text(session, STAGE_NCP);
    char *words = g_strdup_printf(
        "The recording ends before the tunnel is up, %s after its first packet: %s",
        text_seconds(mark_seconds(conn_first(session_conn(session)), view->now)).text, passed);
    struct verdict verdict =
        inconclusive(words, "Record on until the session is up or has failed: clients and servers "
                            "give up after 60 seconds at most.");
    g_free(words);
    g_free(passed);
    return verdict;
}

static struct verdict
without_finding(const struct session *session, const struct view *view)
{
    enum side side;

    if (conn_is_copy(session_conn(session)) && ends_in_vain(session, view, &side))
        return inconclusive_resends(session, view, side);
    if (conn_is_copy(session_conn(session)))
        return (struct verdict){ .state = VERDICT_HEALTHY,
                                 .confidence = CONFIDENCE_POSSIBLE,
                                 .summary = g_strdup("The same connection at another interface; "
                                                     "see its other session for what was said") };
    if (rejection_is_check(session, view) && rejection_may_be_redial(session, view))
        return inconclusive("Opened and closed without a request, again and again: a health check, "
                            "or a client that does not trust the certificate and dials again by "
                            "itself",
                            "Look at who the client is. If it is to set a tunnel up, see in its "
                            "log whether it accepts the server's certificate.");
    if (rejection_is_check(session, view))
        return (struct verdict){ .state = VERDICT_HEALTHY,
                                 .confidence = CONFIDENCE_POSSIBLE,
                                 .summary = g_strdup("Opened and closed without a request, as "
                                                     "others of this client: a health check, and "
                                                     "no attempt to set a tunnel up") };
    if (session_is_established(session) ||
        (!view->from_socket && (outlived_the_setup(session) ||
                                (half_was_seen(session) && !client_never_connected(session)))))
        return worked(session, view);
    return did_not_work(session, view);
}

struct verdict
verdict_of(const struct session *session, const struct view *view)
{
    const struct finding *finding = verdict_finding(session, view->found);

    if (!finding)
        return without_finding(session, view);
    return verdict_of_finding(finding);
}

struct verdict
verdict_of_finding(const struct finding *finding)
{
    return (struct verdict){ .state = VERDICT_FAULT, .finding = finding };
}

void
verdict_clear(struct verdict *verdict)
{
    g_free(verdict->summary);
    g_free(verdict->advice);
    *verdict = (struct verdict){ 0 };
}

static const struct {
    const char *name;
    int severity;
} states[] = {
    [VERDICT_HEALTHY] = { "healthy", -1 },
    [VERDICT_FAULT] = { "fault", -1 },
    [VERDICT_UNEXPLAINED] = { "unexplained", SEVERITY_ERROR },
    [VERDICT_INCONCLUSIVE] = { "inconclusive", SEVERITY_WARN },
};

const char *
verdict_state_name(enum verdict_state state)
{
    return states[state].name;
}

bool
verdict_state_by_name(const char *name, enum verdict_state *state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (strcmp(states[i].name, name) == 0) {
            *state = (enum verdict_state)i;
            return true;
        }
    return false;
}

int
verdict_state_severity(enum verdict_state state)
{
    return states[state].severity;
}

const char *
verdict_name(const struct verdict *verdict)
{
    return verdict->finding ? finding_info(verdict->finding->id)->name
                            : verdict_state_name(verdict->state);
}

const char *
verdict_title(const struct verdict *verdict)
{
    return verdict->finding ? finding_info(verdict->finding->id)->title
                            : verdict_state_name(verdict->state);
}

enum confidence
verdict_confidence(const struct verdict *verdict)
{
    return verdict->finding ? verdict->finding->confidence : verdict->confidence;
}

const char *
verdict_summary(const struct verdict *verdict)
{
    return verdict->finding ? verdict->finding->summary : verdict->summary;
}

const char *
verdict_advice(const struct verdict *verdict)
{
    if (verdict->finding)
        return finding_advice(verdict->finding);
    return verdict->advice ? verdict->advice : "";
}
