/* mtu.c - sizes: PPP payloads against the MRU, records against TCP segments
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/reason.h"

/* The receiver said goodbye, aborted or closed at once. */
static bool
took_offence(const struct session *session, enum side receiver, struct mark overrun)
{
    struct session_end end = session_ending(session);

    return mark_is_set(end.mark) && end.by == receiver && end.mark.frame >= overrun.frame &&
           reason_of(session_terminate(session, receiver)) != REASON_USER &&
           mark_seconds(overrun, end.mark) <= SSTP_ABORT_SECONDS;
}

/* A packet of up to 1500 bytes must be taken whatever the MRU (RFC 1661 6.1): nothing is wrong as
 * long as nobody minds. A larger one may be dropped. */
static enum severity
overrun_severity(const struct session *session, const struct mtu_facts *mtu, enum side side)
{
    if (took_offence(session, side_other(side), mtu->over_mru_at))
        return SEVERITY_ERROR;
    return mtu->over_mru_max > PPP_DEFAULT_MRU ? SEVERITY_WARN : SEVERITY_NOTE;
}

static void
overrun_of_mru(const struct session *session, const struct view *view, enum side side)
{
    const struct mtu_facts *mtu = session_mtu(session, side);
    const struct ppp_lcp_options *receiver = &session_lcp(session, side_other(side))->lcp;
    unsigned mru = receiver->mru ? receiver->mru : PPP_DEFAULT_MRU;
    struct finding *finding = finding_add(view->found, FINDING_MTU_OVERRUN, CONFIDENCE_CERTAIN,
                                          session_evidence(session), mtu->over_mru_at);

    finding->severity = overrun_severity(session, mtu, side);
    finding->offended = (int)side_other(side);
    for (uint32_t i = 0; i < MIN(mtu->over_mru, (uint32_t)EVIDENCE_FRAMES_MAX); i++)
        finding_frame(finding, mtu->over_mru_frames[i]);
    finding_summary(finding, "%s of the %s %s larger (up to %s) than the %s that the %s takes (%s)",
                    text_count(mtu->over_mru, "packet").text, side_name(side),
                    text_are(mtu->over_mru), text_count(mtu->over_mru_max, "byte").text,
                    text_count(mru, "byte").text, side_name(side_other(side)),
                    receiver->mru ? "its MRU" : "PPP's default MRU");
    finding_text(finding, "sender", side_name(side));
    finding_number(finding, "payload_bytes", mtu->over_mru_max);
    finding_number(finding, "mru_bytes", mru);
    finding_number(finding, "packets", mtu->over_mru);
}

static void
overrun_of_sstp(const struct session *session, const struct view *view, enum side side)
{
    const struct mtu_facts *mtu = session_mtu(session, side);
    struct finding *finding = finding_add(view->found, FINDING_MTU_OVERRUN, CONFIDENCE_CERTAIN,
                                          session_evidence(session), mtu->oversize_at);

    finding_summary(finding, "%s of the %s %s larger (up to %s) than the %s that SSTP can carry",
                    text_count(mtu->oversize, "SSTP packet").text, side_name(side),
                    text_are(mtu->oversize), text_count(mtu->oversize_max, "byte").text,
                    text_count(SSTP_PACKET_MAX_LEN, "byte").text);
    finding_text(finding, "sender", side_name(side));
    finding_number(finding, "packet_bytes", mtu->oversize_max);
    finding_number(finding, "limit_bytes", SSTP_PACKET_MAX_LEN);
    finding_number(finding, "packets", mtu->oversize);
}

static void
rule_mtu_overrun(const struct session *session, const struct view *view)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (session_mtu(session, side)->oversize)
            overrun_of_sstp(session, view, (enum side)side);
        else if (session_mtu(session, side)->over_mru)
            overrun_of_mru(session, view, (enum side)side);
}

static const char *
cipher_text(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    return conn_is_tls(session_conn(session))
               ? tls_cipher_suite_name(tls->server_hello.cipher_suite)
               : "none";
}

/* Largest inner packet for this direction: the room less what SSTP and PPP put in front. */
static unsigned
inner_fit(const struct mtu_facts *mtu)
{
    return mtu->room > mtu->encapsulation ? mtu->room - mtu->encapsulation : 0;
}

static void
rule_mtu_segment_straddle(const struct session *session, const struct view *view)
{
    const struct mtu_facts *client = session_mtu(session, SIDE_CLIENT);
    const struct mtu_facts *server = session_mtu(session, SIDE_SERVER);
    enum side side = client->straddling >= server->straddling ? SIDE_CLIENT : SIDE_SERVER;
    const struct mtu_facts *mtu = session_mtu(session, side);

    if (mtu->straddling < STRADDLING_MIN)
        return;
    struct finding *finding =
        finding_add(view->found, FINDING_MTU_SEGMENT_STRADDLE, CONFIDENCE_CERTAIN,
                    session_evidence(session), mtu->straddling_at);
    for (uint32_t i = 0; i < MIN(mtu->straddling, (uint32_t)EVIDENCE_FRAMES_MAX); i++)
        finding_frame(finding, mtu->straddling_frames[i]);
    finding_summary(finding,
                    "%s (up to %s) did not fit one TCP segment each; inner packets of up to %u "
                    "bytes (the inner MTU) do",
                    text_count(client->straddling + server->straddling, "inner packet").text,
                    text_count(mtu->max_inner, "byte").text, inner_fit(mtu));
    finding_number(finding, "packets_client", client->straddling);
    finding_number(finding, "packets_server", server->straddling);
    finding_number(finding, "inner_bytes", mtu->max_inner);
    finding_number(finding, "fitting_inner_mtu_bytes", inner_fit(mtu));
    finding_number(finding, "segment_bytes",
                   (double)conn_segment_room(session_conn(session), side));
    finding_number(finding, "encapsulation_bytes", mtu->encapsulation);
    finding_text(finding, "cipher", cipher_text(session));
}

/* Does a packet of side as large as the announced MSS allows get through? */
static bool
carries_mss(const struct session *session, enum side side, const struct traffic_starved *starved)
{
    return session_mtu(session, side)->max_inner >= starved->mss + (uint32_t)IPV4_TCP_HEADERS;
}

static void
inner_mss_unclamped(const struct session *session, const struct view *view, enum side side,
                    const struct traffic_starved *starved)
{
    enum side receiver = side_other(side);
    unsigned carries = (unsigned)session_traffic(session)->carries[side];
    struct finding *finding = finding_add(view->found, FINDING_MTU_INNER_MSS_UNCLAMPED,
                                          starved->proved ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
                                          session_evidence(session), starved->first);

    for (uint32_t i = 0; i < MIN(starved->num, (uint32_t)TRAFFIC_FRAMES_MAX); i++)
        finding_frame(finding, starved->frames[i]);
    finding_summary(finding,
                    "TCP inside the tunnel announces an MSS of %u to the %s's side, the tunnel "
                    "carries packets of %s, and on %s the large segments do not come",
                    starved->mss, side_name(side), text_count(carries, "byte").text,
                    text_count(starved->num, "connection").text);
    finding_text(finding, "sender", side_name(side));
    finding_text(finding, "announced_by", side_name(receiver));
    finding_number(finding, "mss_bytes", starved->mss);
    finding_number(finding, "mru_bytes", carries);
    finding_number(finding, "connections", starved->num);
}

/* An MSS that is larger than what the tunnel carries is common, and harmless where routers tell the
 * senders of large packets. It counts only with connections whose large segments never enter the
 * tunnel. */
static void
rule_mtu_inner_mss_unclamped(const struct session *session, const struct view *view)
{
    const struct traffic *traffic = session_traffic(session);

    if (!view->final || !traffic || traffic->too_big > 0 || is_explained(session, view, view->now))
        return;
    struct mark end = view_end(view, session);
    for (int i = 0; i < SIDE_COUNT; i++) {
        struct traffic_starved starved = traffic_starved(traffic, (enum side)i, end);
        bool enough = starved.proved > 0 || starved.num > 1;
        if (enough && !carries_mss(session, (enum side)i, &starved) &&
            side_is_whole(session, (enum side)i) &&
            !conn_is_stuck(session_conn(session), (enum side)i))
            inner_mss_unclamped(session, view, (enum side)i, &starved);
    }
}

const rule_fn rules_mtu[] = { rule_mtu_overrun, rule_mtu_segment_straddle,
                              rule_mtu_inner_mss_unclamped, NULL };
