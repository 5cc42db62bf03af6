/* capture.c - what the recording itself lacks or distorts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"

static void
rule_capture_no_start(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);

    if (!conn_start_missing(session_conn(session)) || session_has_no_connection(session))
        return;
    struct finding *finding = finding_add(view->found, FINDING_CAPTURE_NO_START, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, conn_first(conn));
    finding_summary(finding, "The connection was already open in its first captured frame, %u",
                    conn_first(conn).frame);
}

static void
rule_capture_one_direction(const struct session *session, const struct view *view)
{
    const struct conn *conn = session_conn(session);

    if (!view->final || !conn_one_direction(session_conn(session)))
        return;
    enum side missing = conn_half(conn, SIDE_CLIENT)->segments ? SIDE_SERVER : SIDE_CLIENT;
    struct finding *finding = finding_add(view->found, FINDING_CAPTURE_ONE_DIRECTION,
                                          CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, conn_first(conn));
    finding_summary(finding, "No segment of the %s was captured, though its bytes are acknowledged",
                    side_name(missing));
}

static void
rule_capture_truncated(const struct session *session, const struct view *view)
{
    uint32_t num = conn_half(session_conn(session), SIDE_CLIENT)->truncated +
                   conn_half(session_conn(session), SIDE_SERVER)->truncated;
    struct finding *finding;

    if (num == 0 || !view->final)
        return;
    finding = finding_add(view->found, FINDING_CAPTURE_TRUNCATED, CONFIDENCE_CERTAIN,
                          EVIDENCE_CLEAR, conn_first(session_conn(session)));
    finding->num_frames = 0;
    for (int side = 0; side < SIDE_COUNT; side++)
        finding_frame(finding, conn_half(session_conn(session), side)->truncated_frame);
    finding_summary(finding,
                    "The capture kept only the beginning of %s (its snap length is too small); "
                    "what is cut off cannot be decrypted",
                    text_count(num, "segment").text);
    finding_number(finding, "segments", num);
}

static void
rule_capture_dropped(const struct session *session, const struct view *view)
{
    for (int side = 0; view->final && side < SIDE_COUNT; side++) {
        const struct tcp_half *half = session_half(session, side);
        uint64_t bytes = conn_dropped(session_conn(session), (enum side)side);
        if (bytes == 0 || half->segments == 0) /* no segment at all: capture_one_direction */
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_CAPTURE_DROPPED, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                        mark_is_set(half->dropped_at) ? half->dropped_at : half->last);
        finding_summary(finding, "%s of the %s %s acknowledged, yet %s not in the capture",
                        text_count(bytes, "byte").text, side_name((enum side)side),
                        text_were(bytes), text_are(bytes));
        finding_number(finding, "bytes", (double)bytes);
        return;
    }
}

static void
offload_sizes(const struct session *session, const struct view *view, enum side side)
{
    const struct tcp_half *half = session_half(session, side);
    struct mark cause = { half->oversize_frame, conn_first(session_conn(session)).time };
    struct finding *finding = finding_add(view->found, FINDING_CAPTURE_OFFLOAD, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, cause);

    finding_summary(finding,
                    "%s of the %s %s larger than the MSS allows (up to %s): merged by "
                    "segmentation offload, sizes are not those of the wire",
                    text_count(half->oversize, "segment").text, side_name((enum side)side),
                    text_are(half->oversize), text_count(half->max_payload, "byte").text);
    finding_number(finding, "segments", half->oversize);
    finding_number(finding, "largest_bytes", half->max_payload);
}

static void
rule_capture_offload(const struct session *session, const struct view *view)
{
    if (!view->final)
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_half(session_conn(session), side)->oversize) {
            offload_sizes(session, view, (enum side)side);
            return;
        }
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (conn_half(session_conn(session), side)->partial_checksums < PARTIAL_CHECKSUMS_MIN ||
            conn_half(session_conn(session), side)->partial_checksums * 100ULL <
                conn_half(session_conn(session), side)->segments *
                    (uint64_t)PARTIAL_CHECKSUMS_PERCENT)
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_CAPTURE_OFFLOAD, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
                        conn_half(session_conn(session), side)->first);
        finding_summary(
            finding,
            "The checksum is unfinished in %u of %s of the %s: its network card computes it after "
            "the capture point",
            conn_half(session_conn(session), side)->partial_checksums,
            text_count(conn_half(session_conn(session), side)->segments, "segment").text,
            side_name((enum side)side));
        finding_number(finding, "segments",
                       conn_half(session_conn(session), side)->partial_checksums);
        return;
    }
}

static void
rule_capture_encrypted(const struct session *session, const struct view *view)
{
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;

    if (!view->final || session_evidence(session) >= EVIDENCE_CLEAR ||
        (client->application_records == 0 && server->application_records == 0))
        return;
    struct finding *finding = finding_add(
        view->found, FINDING_CAPTURE_ENCRYPTED, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR,
        client->application_records ? client->first_application : server->first_application);
    finding_summary(
        finding,
        "Nothing of this connection could be decrypted (%s of application data): only TCP and TLS "
        "record headers were judged",
        text_count(client->application_records + server->application_records, "record").text);
    const struct lengths_facts *lengths = session_lengths(session);
    if (!lengths)
        return;
    finding_text(finding, "recognised_by", lengths->middle ? "echoes" : "beginning");
    if (lengths->exact && !lengths->middle)
        finding_number(finding, "http_answer_bytes", lengths->answer.max);
    finding_text(finding, "server_guess", lengths_server_guess(lengths));
}

static void
rule_capture_no_end(const struct session *session, const struct view *view)
{
    /* One that was never opened is not still open. */
    if (!view_ends_open(view, session) || (mark_is_set(session_half(session, SIDE_CLIENT)->syn) &&
                                           !mark_is_set(session_half(session, SIDE_SERVER)->syn) &&
                                           session_half(session, SIDE_SERVER)->data_segments == 0))
        return;
    struct finding *finding = finding_add(view->found, FINDING_CAPTURE_NO_END, CONFIDENCE_CERTAIN,
                                          EVIDENCE_CLEAR, conn_last(session_conn(session)));
    finding_summary(finding, "The connection is still open in its last captured frame, %u",
                    conn_last(session_conn(session)).frame);
    finding_number(finding, "silence_before_end_seconds",
                   mark_seconds(conn_last(session_conn(session)), view->now));
}

/* --- order and clocks ------------------------------------------------------------------------ */

static struct finding *
capture_order(const struct view *view, struct mark cause, const char *kind)
{
    struct finding *finding =
        finding_add(view->found, FINDING_CAPTURE_ORDER, CONFIDENCE_CERTAIN, EVIDENCE_CLEAR, cause);

    finding_text(finding, "kind", kind);
    return finding;
}

static void
order_of_stamps(const struct order_facts *order, const struct view *view)
{
    struct finding *finding = capture_order(view, order->back_first, "stamps");

    for (unsigned i = 0; i < ORDER_FRAMES_MAX; i++)
        finding_frame(finding, order->back_frames[i]);
    finding_number(finding, "segments", order->back);
    finding_number(finding, "disorder_seconds", ns_seconds(order->back_most));
    finding_summary(finding,
                    "%u of %s %s stamped earlier than the segment in front, by up to %s: "
                    "the file is not in the order of its times, or the clock was set back",
                    order->back, text_count(order->stamps, "segment").text, text_are(order->back),
                    text_seconds(ns_seconds(order->back_most)).text);
}

static void
order_of_sides(const struct order_facts *order, const struct view *view)
{
    struct finding *finding = capture_order(view, order->early_first, "sides");

    for (unsigned i = 0; i < ORDER_FRAMES_MAX; i++)
        finding_frame(finding, order->early_frames[i]);
    finding_number(finding, "segments", order->early);
    finding_number(finding, "disorder_seconds", ns_seconds(order->early_most));
    finding_summary(finding,
                    "%u of %s %s recorded before the bytes acknowledged there, by up to %s: "
                    "the capture mixes the two directions up",
                    order->early, text_count(order->stamps, "segment").text,
                    text_were(order->early), text_seconds(ns_seconds(order->early_most)).text);
}

static void
order_of_clock(const struct session *session, const struct order_facts *order,
               const struct view *view)
{
    bool one = order_has_one_time(order);
    struct finding *finding = capture_order(view, conn_first(session_conn(session)), "clock");

    finding_number(finding, "segments", order->stamps);
    finding_summary(finding,
                    one ? "All %u segments have the same time: how long anything took is not known"
                        : "The times of all %u segments lie whole seconds apart: what took less is "
                          "not known",
                    order->stamps);
}

static void
rule_capture_order(const struct session *session, const struct view *view)
{
    const struct order_facts *order = conn_order(session_conn(session));

    if (!view->final || session_has_no_connection(session))
        return;
    if (order->back > 0)
        order_of_stamps(order, view);
    else if (order_has_one_time(order) || order_has_whole_seconds(order))
        order_of_clock(session, order, view);
    else if (order_doubt(order) > 0)
        order_of_sides(order, view);
}

const rule_fn rules_capture[] = {
    rule_capture_no_start, rule_capture_one_direction, rule_capture_truncated,
    rule_capture_dropped,  rule_capture_offload,       rule_capture_encrypted,
    rule_capture_no_end,   rule_capture_order,         NULL,
};
