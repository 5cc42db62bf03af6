/* clear.c - where the clear bytes of both sides begin, and what is missing of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/clear.h"

#include "base/thresholds.h"
#include "session/session.h"
#include "session/state.h"

void
session_got_clear(struct session *session)
{
    session->evidence = conn_is_tls(session->conn) ? EVIDENCE_DECRYPTED : EVIDENCE_CLEAR;
}

void
clear_begin(struct session *session, enum side side, struct mark mark)
{
    const struct tcp_half *half = session_half(session, side);
    struct clear_base *base = &session->clear_base[side];

    if (mark_is_set(base->mark))
        return;
    trace_clear(conn_trace(session->conn), side);
    base->mark = mark;
    base->walked = MAX(half->records.application_complete, half->complete_elsewhere);
    base->decrypted = conn_decrypted(session->conn, side);
}

uint64_t
clear_end_offset(const struct session *session, enum side side)
{
    const struct tcp_half *half = session_half(session, side);

    return MAX(half->next, half->next_elsewhere);
}

void
session_feed_decrypted(struct session *session, enum side side, uint32_t records, struct mark mark)
{
    /* walked holds all records of the first frame, of which decryption told one by one. */
    if (session->clear_base[side].mark.frame == mark.frame)
        session->clear_base[side].decrypted += records;
}

bool
session_is_opened(const struct session *session, enum side side)
{
    return mark_is_set(session->clear_base[side].mark);
}

bool
session_is_sealed(const struct session *session, enum side side)
{
    return conn_half(session->conn, side)->records.application_records > 0 &&
           !session_is_opened(session, side);
}

/* Whole records of side since the first clear bytes that were not decrypted. */
static uint32_t
records_behind(const struct session *session, enum side side)
{
    const struct record_facts *records = &conn_half(session->conn, side)->records;
    const struct clear_base *base = &session->clear_base[side];

    if (records->kind != STREAM_TLS || !mark_is_set(base->mark))
        return 0;
    uint32_t walked = records->application_complete - base->walked;
    uint32_t decrypted = conn_decrypted(session->conn, side) - base->decrypted;
    return walked > decrypted ? walked - decrypted : 0;
}

uint32_t
session_undecrypted(const struct session *session, enum side side)
{
    const struct conn *conn = session->conn;
    const struct record_facts *records = &conn_half(conn, side)->records;
    uint32_t lost = conn_dropped(conn, side) > 0 || conn_unseen(conn, side) > 0 ||
                    records->kind == STREAM_LOST || records->gaps > 0 ||
                    (records->kind == STREAM_SSTP && conn_half(conn, side)->truncated > 0);

    return lost + records_behind(session, side);
}

/* --- when something was missing -------------------------------------------------------------- */

/* Records that were decrypted while their boundaries were not known say nothing of those behind:
 * it is counted anew where they were found again. */
static void
count_anew(struct session *session, enum side side)
{
    struct clear_base *base = &session->clear_base[side];
    struct clear_lag *lag = &session->clear_lag[side];

    base->walked = lag->walked - lag->behind;
    base->decrypted = lag->decrypted;
}

/* Where a hole was given up in this frame, what stood behind it was sent earlier. */
static struct mark
given_up(const struct tcp_half *half, uint32_t before, struct mark mark)
{
    const struct hole *last = half->num_holes ? &half->holes[half->num_holes - 1] : NULL;

    return last && last->until.frame != before ? last->until : mark;
}

static void
note_gap(struct clear_gap *gap, const struct tcp_half *half, struct mark mark)
{
    if (half->acked <= half->in_order + mark_is_set(half->fin))
        *gap = (struct clear_gap){ 0 };
    else if (!mark_is_set(gap->since))
        *gap = (struct clear_gap){ mark, half->data_segments };
}

static bool
is_recent(struct mark said, struct mark mark)
{
    return mark_is_set(said) && mark_seconds(said, mark) <= CLOSE_ANSWERS_SECONDS;
}

/* Something of side that the other one knows of is recent, and could not be read. After a goodbye
 * side goes on to send no more than the rest of it. */
static bool
is_unread(const struct session *session, enum side side, struct mark mark)
{
    const struct tcp_half *half = session_half(session, side);
    const struct clear_lag *lag = &session->clear_lag[side];
    const struct clear_gap *gap = &session->clear_gap[side];

    if (session_is_sealed(session, side) || half->records.kind == STREAM_LOST)
        return is_recent(half->last_payload, mark);
    if (half->num_holes && is_recent(half->holes[half->num_holes - 1].until, mark))
        return true;
    return (lag->behind > 0 && is_recent(lag->last, mark)) ||
           (is_recent(gap->since, mark) &&
            half->data_segments - gap->data_segments < GOODBYE_SEGMENTS_MAX);
}

/* Not all of side was read until now. */
static bool
is_partly_read(const struct session *session, enum side side)
{
    return session_is_sealed(session, side) || session_undecrypted(session, side) > 0;
}

/* What side says is judged as its first goodbye comes: what is missing later does not count. */
static void
note_goodbye(struct session *session, enum side side, struct mark mark)
{
    struct mark goodbye = session_goodbye(session, side);

    if (session->goodbye_seen[side] || !mark_is_set(goodbye))
        return;
    session->goodbye_seen[side] = true;
    session->answers_unread[side] = is_unread(session, side_other(side), mark);
    for (int i = 0; i < SIDE_COUNT; i++)
        session->goodbye_behind_gap[side] |= is_partly_read(session, (enum side)i);
}

/* What was overtaken, or sent again, may have come since. */
bool
session_answers_unread(const struct session *session, enum side side)
{
    return session->answers_unread[side] &&
           (is_partly_read(session, side_other(side)) ||
            session_half(session, side_other(side))->num_holes > 0);
}

bool
session_goodbye_behind_gap(const struct session *session, enum side side)
{
    return session->goodbye_behind_gap[side] &&
           (is_partly_read(session, SIDE_CLIENT) || is_partly_read(session, SIDE_SERVER));
}

void
session_add_frame(struct session *session, struct mark mark)
{
    timeline_add(&session->timeline, mark);
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side side = (enum side)i;
        const struct tcp_half *half = session_half(session, side);
        const struct record_facts *records = &half->records;
        struct clear_lag *lag = &session->clear_lag[side];
        if (records->gaps != lag->gaps && mark_is_set(session->clear_base[side].mark))
            count_anew(session, side);
        uint32_t behind =
            records->kind == STREAM_LOST ? lag->behind : records_behind(session, side);
        if (behind == 0)
            lag->since = lag->last = (struct mark){ 0 };
        if (behind > lag->behind) {
            mark_once(&lag->since, given_up(half, lag->hole, mark));
            lag->last = mark;
        }
        lag->hole = half->num_holes ? half->holes[half->num_holes - 1].until.frame : 0;
        lag->behind = behind;
        lag->gaps = records->gaps;
        lag->walked = records->application_complete;
        lag->decrypted = conn_decrypted(session->conn, side);
        note_gap(&session->clear_gap[side], half, mark);
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        note_goodbye(session, (enum side)side, mark);
}

/* When the first bytes of side that are missing behind from were sent, or could not be read; unset:
 * none were. */
static struct mark
bytes_missing(const struct tcp_half *half, struct mark from)
{
    for (uint32_t i = 0; i < half->num_holes; i++)
        if (half->holes[i].until.frame > from.frame)
            return mark_later(half->holes[i].since, from);
    /* They may still come, or are known by their acknowledgement alone. */
    if (half->in_order < MAX(half->next, half->reached))
        return mark_later(half->in_order_at, from);
    return (struct mark){ 0 };
}

static struct mark
records_missing(const struct session *session, enum side side, struct mark from)
{
    const struct tcp_half *half = session_half(session, side);
    const struct record_facts *records = &half->records;
    const struct clear_lag *lag = &session->clear_lag[side];
    struct mark missing = { 0 };

    if (session_is_sealed(session, side) && half->last_payload.frame > from.frame)
        return from;
    if (records->kind == STREAM_LOST ? half->last_payload.frame > from.frame
                                     : records->found_at.frame > from.frame)
        missing = mark_later(records->lost_at, from);
    if (lag->behind > 0 && lag->last.frame >= from.frame)
        missing = mark_earlier(missing, mark_later(lag->since, from));
    return missing;
}

struct mark
session_missing_since(const struct session *session, enum side side, struct mark from)
{
    return mark_earlier(bytes_missing(session_half(session, side), from),
                        records_missing(session, side, from));
}

bool
session_misses(const struct session *session, enum side side, struct mark from, struct mark until)
{
    struct mark missing = session_missing_since(session, side, from);

    return mark_is_set(missing) && missing.frame < until.frame;
}
