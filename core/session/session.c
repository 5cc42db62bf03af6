/* session.c - the life of a session, and what it is told beside its stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/session.h"

#include "session/state.h"

struct session *
session_new(struct conn *conn, uint32_t id)
{
    struct session *session = g_new0(struct session, 1);

    session->conn = conn;
    session->id = id;
    session->stage = session->reached = STAGE_TCP;
    return session;
}

static void
free_parts(struct session *session)
{
    void *const parts[] = { session->sstp_echo,
                            session->lcp,
                            session->ipcp,
                            session->ipv6cp,
                            session->ccp,
                            session->lcp_echo,
                            session->auth,
                            session->rejections,
                            session->check,
                            session->mtu,
                            session->unjudged,
                            session->sstp.malformed,
                            session->sstp.unexpected };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        g_free(parts[i]);
}

void
session_free(struct session *session)
{
    if (!session)
        return;
    g_free(session->dialled.name);
    g_free(session->http.host);
    g_free(session->http.server);
    g_free(session->http.correlation_id);
    g_free(session->http.request_head);
    g_free(session->http.response_head);
    if (session->auth) {
        g_free(session->auth->user);
        eap_tls_clear(&session->auth->eap_tls);
    }
    free_parts(session);
    g_clear_pointer(&session->answers, g_array_unref);
    timeline_clear(&session->timeline);
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_free(session->terminate[side].text);
        g_free(session->ncp_terminate[side].text);
    }
    traffic_free(session->traffic);
    dns_lookup_unref(session->dns);
    g_free(session);
}

void
session_touch(struct session *session)
{
    session->changed = true;
}

bool
session_take_changed(struct session *session)
{
    bool changed = session->changed;

    session->changed = false;
    return changed;
}

bool
session_announce(struct session *session, enum finding_id id)
{
    uint64_t *word = &session->announced[id / 64];
    uint64_t bit = UINT64_C(1) << (id % 64);
    bool is_new = !(*word & bit);

    *word |= bit;
    return is_new;
}

void
session_set_rebound(struct session *session, const struct endpoint *client, struct mark first)
{
    session->rebound = (struct rebound){
        .client = *client,
        .first = first,
        .idle_seconds = mark_seconds(session_half(session, SIDE_CLIENT)->last, first),
    };
}

void
session_rebound_refused(struct session *session, struct mark mark)
{
    if (mark_is_set(session->rebound.refused))
        return;
    session->rebound.refused = mark;
    session_touch(session);
}

void
session_set_revocation(struct session *session, const struct revocation_facts *facts)
{
    session->revocation = *facts;
}

void
session_set_cert(struct session *session, const struct binding_cert *cert, bool earlier)
{
    session->cert = *cert;
    session->has_cert = true;
    session->cert_from_earlier = earlier;
}

void
session_set_check(struct session *session, const struct binding_check *check)
{
    *PART_OF(&session->check, 1) = *check;
}
