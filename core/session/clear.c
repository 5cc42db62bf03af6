/* clear.c - where the clear bytes of both sides begin, and what is missing of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/clear.h"

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

uint32_t
session_undecrypted(const struct session *session, enum side side)
{
    const struct conn *conn = session->conn;
    const struct record_facts *records = &conn_half(conn, side)->records;
    const struct clear_base *base = &session->clear_base[side];
    uint32_t lost =
        conn_dropped(conn, side) > 0 || conn_unseen(conn, side) > 0 || records->kind == STREAM_LOST;

    if (records->kind != STREAM_TLS || !mark_is_set(base->mark))
        return lost;
    uint32_t walked = records->application_complete - base->walked;
    uint32_t decrypted = conn_decrypted(conn, side) - base->decrypted;
    return lost + (walked > decrypted ? walked - decrypted : 0);
}
