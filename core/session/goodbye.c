/* goodbye.c - who ended a session, and how it said so
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/goodbye.h"

#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"

struct mark
session_sealed_alert(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);

    if (session->evidence != EVIDENCE_DECRYPTED || mark_is_set(tls->close_notify[side]) ||
        mark_is_set(tls->alert[side]))
        return (struct mark){ 0 };
    return session_half(session, side)->records.sealed_alert;
}

struct mark
session_tls_close(const struct session *session, enum side side)
{
    struct mark close_notify = session_tls(session)->close_notify[side];

    return mark_is_set(close_notify) ? close_notify : session_sealed_alert(session, side);
}

struct mark
session_goodbye(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);
    const struct mark goodbyes[] = {
        session->terminate[side].mark,    session->sstp.abort[side],
        session->sstp.disconnect[side],   session->unread_goodbye[side],
        session_tls_close(session, side), tls->alert[side]
    };
    struct mark first = { 0 };

    /* Rules ask for it again and again, mostly while there is none. */
    if (!(goodbyes[0].frame | goodbyes[1].frame | goodbyes[2].frame | goodbyes[3].frame |
          goodbyes[4].frame | goodbyes[5].frame))
        return first;
    for (size_t i = 0; i < G_N_ELEMENTS(goodbyes); i++)
        first = mark_earlier(first, goodbyes[i]);
    return first;
}

bool
goodbye_has_left(const struct session *session, enum side side)
{
    return mark_is_set(session->terminate[side].mark) || mark_is_set(session->sstp.abort[side]) ||
           mark_is_set(session->sstp.disconnect[side]) ||
           mark_is_set(session_half(session, side)->fin);
}

void
goodbye_acknowledged(struct session *session, enum side by, struct mark mark)
{
    enum side asker = side_other(by);

    stage_go_on(session, STAGE_TEARDOWN, mark);
    if (!mark_is_set(session->terminate[asker].mark) &&
        !mark_is_set(session->sstp.disconnect[asker]) &&
        (session_is_sealed(session, asker) || session_undecrypted(session, asker) > 0))
        mark_once(&session->unread_goodbye[asker], mark);
}
