/* facts.c - what a session keeps, for whoever asks
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/session.h"

#include "session/state.h"

uint32_t
session_id(const struct session *session)
{
    return session->id;
}

struct conn *
session_conn(const struct session *session)
{
    return session->conn;
}

const struct tcp_half *
session_half(const struct session *session, int side)
{
    return conn_half(session->conn, (enum side)side);
}

const struct tls_facts *
session_tls(const struct session *session)
{
    return conn_tls(session->conn);
}

enum evidence
session_evidence(const struct session *session)
{
    return session->evidence;
}

enum stage
session_stage(const struct session *session)
{
    return session->stage;
}

enum stage
session_stage_by_lengths(const struct session *session, uint32_t frame, enum stage noted)
{
    const struct lengths_facts *lengths = session_lengths(session);

    if (!lengths || noted > STAGE_TLS)
        return noted;
    switch (lengths_label_at(lengths, frame)) {
    case LENGTHS_HTTP_REQUEST:
    case LENGTHS_HTTP_ANSWER:
        return STAGE_HTTP;
    case LENGTHS_CALL_REQUEST:
    case LENGTHS_CALL_ACK:
        return STAGE_SSTP;
    case LENGTHS_SETUP:
        return STAGE_LCP;
    default:
        return noted;
    }
}

enum stage
session_reached(const struct session *session)
{
    return session->reached;
}

const struct stage_state *
session_stage_state(const struct session *session, int stage)
{
    return &session->stages[stage];
}

const struct timeline *
session_timeline(const struct session *session)
{
    return &session->timeline;
}

const struct dns_lookup *
session_dns(const struct session *session)
{
    return session->dns;
}

const struct rebound *
session_rebound(const struct session *session)
{
    return &session->rebound;
}

const struct revocation_facts *
session_revocation(const struct session *session)
{
    return &session->revocation;
}

const struct lengths_facts *
session_lengths(const struct session *session)
{
    return session->evidence == EVIDENCE_INFERRED ? session->lengths : NULL;
}

const struct http_facts *
session_http(const struct session *session)
{
    return &session->http;
}

const struct dialled_facts *
session_dialled(const struct session *session)
{
    return &session->dialled;
}

const struct sstp_facts *
session_sstp(const struct session *session)
{
    return &session->sstp;
}

static const struct echo *
echo_or_none(const struct echo *echo, int side)
{
    static const struct echo none;

    return echo ? &echo[side] : &none;
}

const struct echo *
session_sstp_echo(const struct session *session, int side)
{
    return echo_or_none(session->sstp_echo, side);
}

static const struct ppp_negotiation *
negotiation(const struct ppp_negotiation *both, int side)
{
    static const struct ppp_negotiation none;

    return both ? &both[side] : &none;
}

const struct ppp_negotiation *
session_lcp(const struct session *session, int side)
{
    return negotiation(session->lcp, side);
}

const struct ppp_negotiation *
session_ipcp(const struct session *session, int side)
{
    return negotiation(session->ipcp, side);
}

const struct ppp_negotiation *
session_ipv6cp(const struct session *session, int side)
{
    return negotiation(session->ipv6cp, side);
}

const struct ppp_negotiation *
session_ccp(const struct session *session, int side)
{
    return negotiation(session->ccp, side);
}

struct mark
session_lcp_opened(const struct session *session)
{
    return session->lcp_opened;
}

struct mark
session_ncp_opened(const struct session *session)
{
    return session->ncp_opened;
}

const struct echo *
session_lcp_echo(const struct session *session, int side)
{
    return echo_or_none(session->lcp_echo, side);
}

uint32_t
session_echo_reflections(const struct session *session, int side)
{
    return session->echo_reflections[side];
}

struct mark
session_ppp_first(const struct session *session, int side)
{
    return session->ppp_first[side];
}

struct mark
session_ppp_last(const struct session *session, int side)
{
    return session->ppp_last[side];
}

const struct compression_facts *
session_compression(const struct session *session, int side)
{
    return &session->compression[side];
}

const struct protocol_facts *
session_protocols(const struct session *session, int side)
{
    return &session->protocols[side];
}

const struct rejection_facts *
session_rejections(const struct session *session, int side)
{
    static const struct rejection_facts none;

    return session->rejections ? &session->rejections[side] : &none;
}

const struct cbcp_facts *
session_cbcp(const struct session *session)
{
    return &session->cbcp;
}

const struct terminate_facts *
session_terminate(const struct session *session, int side)
{
    return &session->terminate[side];
}

const struct terminate_facts *
session_ncp_terminate(const struct session *session, int side)
{
    return &session->ncp_terminate[side];
}

struct mark
session_unread_goodbye(const struct session *session, int side)
{
    return session->unread_goodbye[side];
}

const struct auth_facts *
session_auth(const struct session *session)
{
    static const struct auth_facts none;

    return session->auth ? session->auth : &none;
}

const struct binding_cert *
session_cert(const struct session *session)
{
    return session->has_cert ? &session->cert : NULL;
}

bool
session_cert_is_earlier(const struct session *session)
{
    return session->cert_from_earlier;
}

const struct binding_check *
session_check(const struct session *session)
{
    static const struct binding_check none;

    return session->check ? session->check : &none;
}

const struct data_facts *
session_data(const struct session *session)
{
    return &session->data;
}

const struct mtu_facts *
session_mtu(const struct session *session, int side)
{
    static const struct mtu_facts none;

    return session->mtu ? &session->mtu[side] : &none;
}

const struct traffic *
session_traffic(const struct session *session)
{
    return session->traffic;
}
