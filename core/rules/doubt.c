/* doubt.c - what is not said, or less, where a capture mixes frames up or lacks some
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/doubt.h"

#include <string.h>

#include "base/thresholds.h"
#include "rules/delivery.h"

/* What is seen of a disorder is a part of it. */
#define SEGMENTS_MIXED_UP (REORDERING_NS / 4)
#define UNSORTED          (CAPTURE_HOLE_SECONDS * NS_PER_SECOND)

/* Findings that rest on which frame came first, and by how much frames may have changed places
 * before that means nothing. What both sides say is put in order by what they acknowledge, as long
 * as that is waited for; but Wireshark may read one side's bytes late then, or not at all. */
static const struct {
    enum finding_id id;
    int64_t disorder; /* nanoseconds */
} by_order[] = {
    { FINDING_TCP_REORDERING, 1 },
    { FINDING_TCP_LOSS, LOSS_SLOW_NS / 2 },
    { FINDING_TCP_RST_INJECTED, SEGMENTS_MIXED_UP },
    { FINDING_SSTP_CALL_CONNECTED_EARLY, 1 },
    { FINDING_SSTP_UNEXPECTED_MESSAGE, 1 },
    { FINDING_LCP_AUTH_METHOD_MISMATCH, UNSORTED },
    { FINDING_LCP_MRU_NOT_CONVERGING, UNSORTED },
    { FINDING_LCP_OPTION_MISMATCH, UNSORTED },
};

bool
doubt_mixed_up(const struct session *session)
{
    return order_doubt(conn_order(session_conn(session))) >= SEGMENTS_MIXED_UP;
}

static bool
rests_on_order(enum finding_id id, int64_t doubt)
{
    for (size_t i = 0; i < G_N_ELEMENTS(by_order); i++)
        if (by_order[i].id == id)
            return doubt >= by_order[i].disorder;
    return false;
}

static bool
is_wait(const char *key)
{
    static const char *const keys[] = { "waited_seconds",  "silence_seconds",    "stuck_seconds",
                                        "missing_seconds", "closed_seconds",     "early_seconds",
                                        "idle_seconds",    "idle_before_seconds" };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* It says that somebody waited, or did not, and all such times are too short to be told. */
static bool
rests_on_short_times(const struct finding *finding, int64_t doubt)
{
    bool some = false;

    for (unsigned i = 0; i < finding->num_details; i++) {
        const struct detail *detail = &finding->details[i];
        if (detail->kind != DETAIL_NUMBER || !is_wait(detail->key))
            continue;
        some = true;
        if (detail->number > ns_seconds(doubt))
            return false;
    }
    return some;
}

/* Findings that say that something did not happen for at least so long, and the detail that holds
 * how long it was. */
static const struct {
    enum finding_id id;
    const char *key;
    double seconds;
} at_least[] = {
    { FINDING_TCP_PATH_SILENT, "silence_seconds", VAIN_SECONDS },
    { FINDING_TCP_ZERO_WINDOW, "closed_seconds", WINDOW_CLOSED_SECONDS },
    { FINDING_MTU_BLACKHOLE, "stuck_seconds", VAIN_SECONDS },
    { FINDING_MTU_BLACKHOLE, "missing_seconds", HOLE_SECONDS },
    { FINDING_IDLE_CUT, "idle_before_seconds", IDLE_SECONDS },
    { FINDING_SSTP_NO_ACK, "waited_seconds", SILENCE_SECONDS },
    { FINDING_LCP_NOT_STARTED, "waited_seconds", SILENCE_SECONDS },
    { FINDING_SSTP_ECHO_UNANSWERED, "silence_seconds", GAVE_UP_SECONDS },
    { FINDING_AUTH_NO_REPLY, "waited_seconds", SILENCE_SECONDS },
    { FINDING_DATA_ONE_WAY, "silence_seconds", DATA_PATIENCE_SECONDS },
    { FINDING_DATA_STALLED, "silence_seconds", DATA_STALL_SECONDS },
};

/* It was long enough, but not without what the times may be wrong by. One that was not long enough
 * rests on something else. */
static bool
is_long_by_doubt(const struct finding *finding, int64_t doubt)
{
    for (size_t i = 0; i < G_N_ELEMENTS(at_least); i++)
        for (unsigned k = 0; at_least[i].id == finding->id && k < finding->num_details; k++) {
            const struct detail *detail = &finding->details[k];
            if (detail->kind == DETAIL_NUMBER && strcmp(detail->key, at_least[i].key) == 0 &&
                detail->number >= at_least[i].seconds &&
                detail->number - ns_seconds(doubt) < at_least[i].seconds)
                return true;
        }
    return false;
}

/* A close after so long a silence that a timer may have made it, which only exact times tell. */
static bool
may_be_by_timer(const struct finding *finding, int64_t doubt)
{
    for (unsigned i = 0; finding->id == FINDING_PEER_ABRUPT_CLOSE && i < finding->num_details; i++)
        if (strcmp(finding->details[i].key, "idle_seconds") == 0)
            return doubt > TIMER_SAME_NS &&
                   finding->details[i].number + ns_seconds(doubt) >= IDLE_SECONDS;
    return false;
}

/* OpenSSL says so where the other side closes without close_notify: which of both came first is not
 * known. Wireshark may read an alert of bytes that waited together with these. */
static bool
alert_may_answer_close(const struct finding *finding, const struct session *session, int64_t doubt)
{
    const struct tls_facts *tls = session_tls(session);

    for (int side = 0; finding->id == FINDING_TLS_ALERT && side < SIDE_COUNT; side++) {
        const struct tcp_half *other = session_half(session, !side);
        struct mark close = mark_earlier(other->fin, other->rst);
        if (finding->cause.frame == tls->alert[side].frame &&
            tls->alert_description[side] == TLS_ALERT_DECODE_ERROR && mark_is_set(close) &&
            time_apart(close.time, tls->alert[side].time) <= doubt)
            return true;
    }
    return false;
}

/* Lengths tell which record is which, and who closed, by the order of both sides' records, and by
 * that alone; a clock that is set back leaves it as it is. */
static bool
rests_on_lengths(const struct finding *finding, const struct order_facts *order)
{
    enum stage stage = finding_info(finding->id)->stage;
    bool fault =
        finding->severity == SEVERITY_ERROR && stage >= STAGE_HTTP && stage <= STAGE_KEEPALIVE;

    return finding->evidence == EVIDENCE_INFERRED && order->early >= ORDER_EARLY_MIN &&
           order->early_most >= SEGMENTS_MIXED_UP &&
           (fault || finding->id == FINDING_SESSION_TLS_CLOSE_ONLY);
}

/* --- what the capture lacks ------------------------------------------------------------------ */

/* Refusals after which nothing goes on until they are made good. */
static bool
is_refusal(enum finding_id id)
{
    static const enum finding_id ids[] = {
        FINDING_PROXY_AUTH_REQUIRED,
        FINDING_PROXY_CONNECT_DENIED,
        FINDING_SSTP_NAK,
        FINDING_LCP_AUTH_METHOD_MISMATCH,
        FINDING_LCP_MRU_NOT_CONVERGING,
        FINDING_LCP_LOOPBACK,
        FINDING_AUTH_BAD_CREDENTIALS,
        FINDING_AUTH_ACCOUNT_RESTRICTED,
        FINDING_AUTH_BACKEND_TIMEOUT,
        FINDING_AUTH_EAP_FAILED,
        FINDING_IPCP_ADDRESS_REJECTED,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        if (ids[i] == id)
            return true;
    return false;
}

static bool
lacks_bytes(const struct session *session)
{
    const struct conn *conn = session_conn(session);

    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_dropped(conn, (enum side)side) > 0 || conn_unseen(conn, (enum side)side) > 0)
            return true;
    return false;
}

/* What came behind the refusal could not be read, and the session went on for longer than one that
 * was refused does. */
static bool
may_be_made_good(const struct session *session, const struct finding *finding)
{
    struct mark last = conn_last(session_conn(session));

    return either_misses(session, finding->cause, last) &&
           mark_seconds(finding->cause, last) >= SILENCE_SECONDS;
}

/* The client says Call Connected when it is let in: so what was refused until then was made good.
 */
static bool
went_on_behind(const struct session *session, const struct finding *finding)
{
    return finding_info(finding->id)->stage <= STAGE_AUTH &&
           session_sstp(session)->call_connected.frame > finding->cause.frame;
}

void
doubt_made_good(const GPtrArray *found, const struct session *session)
{
    const struct lengths_facts *lengths = conn_lengths(session_conn(session));
    bool works = session_is_established(session) || (lengths && lengths_is_established(lengths));

    if (!lacks_bytes(session))
        return;
    for (guint i = 0; i < found->len; i++) {
        struct finding *finding = g_ptr_array_index(found, i);
        if (!is_refusal(finding->id))
            continue;
        bool up = works || went_on_behind(session, finding);
        if (!up && may_be_made_good(session, finding))
            finding->confidence = CONFIDENCE_POSSIBLE;
        if (!up)
            continue;
        finding->severity = MIN(finding->severity, SEVERITY_NOTE);
        char *told = finding->summary;
        finding->summary =
            g_strdup_printf("%s; the session went on later, and the capture lacks how", told);
        g_free(told);
    }
}

/* How it ended is no longer sure where what may have brought it about is not, or where Wireshark
 * may have read less, as the two sides are mixed up. */
static void
lower_ends(const GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == FINDING_SSTP_ABORTED ||
            finding_info(finding->id)->stage == STAGE_TEARDOWN)
            finding->confidence = MIN(finding->confidence, CONFIDENCE_LIKELY);
    }
}

bool
doubt_withhold(GPtrArray *found, const struct session *session)
{
    const struct order_facts *order = conn_order(session_conn(session));
    int64_t doubt = order_doubt(order);
    bool error = false;

    for (guint i = found->len; doubt > 0 && i-- > 0;) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding_info(finding->id)->stage == STAGE_CAPTURE ||
            (!rests_on_order(finding->id, doubt) && !rests_on_short_times(finding, doubt) &&
             !is_long_by_doubt(finding, doubt) && !rests_on_lengths(finding, order) &&
             !may_be_by_timer(finding, doubt) && !alert_may_answer_close(finding, session, doubt)))
            continue;
        error |= finding->severity == SEVERITY_ERROR;
        g_ptr_array_remove_index(found, i);
    }
    if (error || order->early >= ORDER_EARLY_MIN)
        lower_ends(found);
    return error;
}
