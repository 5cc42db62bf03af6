/* lcp.c - negotiation of the link
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/lcp.h"

#include "base/text.h"
#include "base/thresholds.h"
#include "rules/reason.h"

/* The link was being negotiated when the session ended, as far as has been read, and no agreement
 * behind that mark is missing. */
static bool
lcp_never_opened(const struct session *session, const struct view *view, struct mark since)
{
    return !mark_is_set(session_lcp_opened(session)) && view_is_over(view, session) &&
           !either_misses(session, since, view->now);
}

/* --- silence --------------------------------------------------------------------------------- */

/* Who sent no PPP frame: a side, both, or nobody. */
struct quiet {
    bool side[SIDE_COUNT];
};

static struct quiet
quiet_sides(const struct session *session)
{
    struct quiet quiet;

    for (int side = 0; side < SIDE_COUNT; side++)
        quiet.side[side] = !mark_is_set(session_ppp_first(session, side)) &&
                           side_was_heard(session, (enum side)side);
    return quiet;
}

static void
not_started(const struct session *session, const struct view *view, struct quiet quiet,
            enum confidence confidence, double waited)
{
    bool both = quiet.side[SIDE_CLIENT] && quiet.side[SIDE_SERVER];
    enum side side = quiet.side[SIDE_CLIENT] ? SIDE_CLIENT : SIDE_SERVER;
    const struct ppp_negotiation *other = session_lcp(session, side_other(side));
    struct session_end end = session_ending(session);
    struct finding *finding =
        finding_add(view->found, FINDING_LCP_NOT_STARTED, confidence, session_evidence(session),
                    session_sstp(session)->call_ack);

    finding_frame(finding, other->first.frame);
    finding_frame(finding, other->last.frame);
    finding_frame(finding, end.mark.frame);
    finding_text(finding, "silent", both ? "both" : side_name(side));
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "requests_of_peer", other->requests);
    if (mark_is_set(end.mark))
        finding_text(finding, "ended_by", side_name(end.by));
    finding_summary(finding, "%s%s sent %s PPP frame in %s after Call Connect Ack%s%s%s",
                    both ? "Neither side" : "The ", both ? "" : side_name(side), both ? "a" : "no",
                    text_seconds(waited).text, mark_is_set(end.mark) ? ", until the " : "",
                    mark_is_set(end.mark) ? side_name(end.by) : "",
                    mark_is_set(end.mark) ? " ended the connection" : "");
}

static void
rule_lcp_not_started(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct session_end end = session_ending(session);
    struct quiet quiet = quiet_sides(session);
    bool both = quiet.side[SIDE_CLIENT] && quiet.side[SIDE_SERVER];

    /* Frames that the quiet side cannot read are the other one's fault (rule_sstp_hdlc). */
    if (!mark_is_set(sstp->call_ack) || mark_is_set(sstp->call_connected) || sstp->junk > 0 ||
        mark_is_set(sstp->hdlc[SIDE_CLIENT].first) || mark_is_set(sstp->hdlc[SIDE_SERVER].first) ||
        either_is_stuck(session) || (!quiet.side[SIDE_CLIENT] && !quiet.side[SIDE_SERVER]) ||
        !view_is_over(view, session) || is_explained(session, view, sstp->call_ack))
        return;

    double waited = seconds_left(session, view, sstp->call_ack);
    bool ended = mark_is_set(end.mark);
    if (!ended && waited < SILENCE_SECONDS)
        return;
    /* So soon nobody ends a session because of silence: an abort is about Call Connect Ack, and a
     * side that did speak has another reason for its close. */
    if (ended && waited < LCP_RESTART_SECONDS &&
        (mark_is_set(sstp->abort[end.by]) || !quiet.side[end.by]))
        return;
    not_started(session, view, quiet,
                !both && waited >= LCP_GAVE_UP_SECONDS ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                waited);
}

/* side began the authentication, for which the link has to be open (RFC 1661 3.5). */
static bool
authenticated_too_early(const struct session *session, enum side side)
{
    const struct auth_facts *auth = session_auth(session);

    return mark_is_set(auth->first) && auth->authenticator == side && auth->asks > 0;
}

/* The silent side has sent PPP frames: that PPP did not start there is not what is wrong. */
static const char *
no_reply_advice(bool too_early)
{
    if (too_early)
        return "Update the program on the side that asks for the authentication, and look in its "
               "log: it takes the link for open although it never acknowledged the peer's LCP "
               "request, so the peer need not answer.";
    return "Look in the log of the silent side, whose PPP does run, for what it says of these "
           "requests (debug of pppd, level=4 in [log] and verbose=1 in [ppp] of accel-ppp).";
}

static void
no_reply(const struct session *session, const struct view *view, enum side asker)
{
    bool too_early = authenticated_too_early(session, side_other(asker));
    const struct ppp_negotiation *n = session_lcp(session, asker);
    double waited = seconds_left(session, view, n->unanswered_since);
    bool gave_up = n->unanswered >= LCP_CONFIGURE_MAX ||
                   waited >= LCP_RESTART_SECONDS * (LCP_CONFIGURE_MAX - 1);
    struct finding *finding = finding_add(view->found, FINDING_LCP_NO_REPLY,
                                          gave_up ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session_evidence(session), n->unanswered_since);

    finding_frame(finding, n->last.frame);
    finding->advice = g_strdup(no_reply_advice(too_early));
    if (too_early)
        finding_frame(finding, session_auth(session)->first.frame);
    finding_summary(finding, "The %s answered none of the %s's %s in %s%s",
                    side_name(side_other(asker)), side_name(asker),
                    text_count(n->unanswered, "Configure-Request").text, text_seconds(waited).text,
                    too_early ? ", and began the authentication although the link was not open"
                              : "");
    finding_text(finding, "silent", side_name(side_other(asker)));
    finding_number(finding, "requests", n->unanswered);
    finding_number(finding, "waited_seconds", waited);
    finding_reason(finding, session);
}

bool
lcp_is_unanswered(const struct session *session, const struct view *view, enum side asker)
{
    const struct ppp_negotiation *n = session_lcp(session, asker);
    enum side silent = side_other(asker);

    return n->unanswered >= UNANSWERED_MIN && lcp_never_opened(session, view, n->last) &&
           mark_is_set(session_ppp_first(session, silent)) && side_was_heard(session, silent) &&
           side_was_heard(session, asker) &&
           conn_delivered(session_conn(session), asker, n->unanswered_end) &&
           seconds_left(session, view, n->unanswered_since) >=
               LCP_RESTART_SECONDS * (UNANSWERED_MIN - 1);
}

static void
rule_lcp_no_reply(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++)
        if (lcp_is_unanswered(session, view, (enum side)i)) {
            no_reply(session, view, (enum side)i);
            return;
        }
}

/* --- agreement ------------------------------------------------------------------------------- */

/* NULL when it is none, or unknown. */
static const char *
method_name(uint16_t protocol, uint8_t algorithm)
{
    const char *name = protocol == PPP_CHAP ? chap_algorithm_name(algorithm) : NULL;

    return name ? name : ppp_protocol_name(protocol);
}

static void
auth_method_mismatch(const struct session *session, const struct view *view, enum side side,
                     enum confidence confidence, const char *what)
{
    const struct ppp_negotiation *asker = session_lcp(session, side);
    bool refused = asker->auth_refusals > 0;
    const char *asked = method_name(asker->auth_asked, asker->chap_asked);
    const char *wanted = method_name(asker->auth_wanted, asker->chap_wanted);
    struct text_words times = text_times(asker->auth_refusals);
    struct finding *finding = finding_add(
        view->found, FINDING_LCP_AUTH_METHOD_MISMATCH, confidence, session_evidence(session),
        refused ? asker->auth_refused : session_terminate(session, side)->mark);

    finding_frame(finding, asker->last.frame);
    finding_frame(finding, session_ending(session).mark.frame);
    if (refused)
        finding_summary(finding, "The %s asks for %s, the %s refused it %s%s%s%s", side_name(side),
                        asked ? asked : "an unknown method", side_name(side_other(side)),
                        times.text, wanted ? " and wants " : "", wanted ? wanted : "", what);
    else
        finding_summary(finding, "The %s demands an authentication that the %s does not do%s",
                        side_name(side), side_name(side_other(side)), what);
    finding_text(finding, "asked", asked);
    finding_text(finding, "wanted", wanted);
    finding_number(finding, "refusals", asker->auth_refusals);
    finding_reason(finding, session);
}

/* An asker may go through all methods that it knows before the right one comes. */
static bool
refused_for_good(const struct ppp_negotiation *asker, const struct view *view)
{
    return asker->auth_refusals > AUTH_METHODS_MAX ||
           (asker->auth_refusals >= REFUSED_MIN &&
            mark_seconds(asker->auth_refused_last, view->now) >= NCP_REACTION_SECONDS);
}

/* The two never agreed, and somebody ended the session over it. Where nobody did, or the asker went
 * on to another method, they may still have. */
static bool
auth_was_disputed(const struct session *session, const struct view *view,
                  const struct ppp_negotiation *asker)
{
    struct mark end = session_ending(session).mark;
    bool moved_on = asker->last.frame > asker->auth_refused_last.frame;

    if (asker->auth_refusals == 0 || mark_is_set(session_lcp_opened(session)) ||
        either_misses(session, asker->auth_refused, end))
        return false;
    if (asker->auth_refusals > 1)
        return mark_is_set(end) || refused_for_good(asker, view);
    return !moved_on && mark_is_set(end) &&
           mark_seconds(asker->auth_refused_last, end) <= NCP_REACTION_SECONDS;
}

/* The asker opened the link without the authentication that was refused, and then took leave before
 * it had begun a network protocol: it cannot do without. */
static bool
auth_was_missed(const struct session *session, enum side side)
{
    const struct ppp_negotiation *asker = session_lcp(session, side);
    struct session_end end = session_ending(session);
    struct mark opened = session_lcp_opened(session);

    return asker->auth_refusals > 0 && mark_is_set(opened) && asker->lcp.auth_protocol == 0 &&
           !either_misses(session, asker->auth_refused, end.mark) &&
           session_ipcp(session, side)->requests == 0 &&
           session_ipv6cp(session, side)->requests == 0 && end.goodbye && end.by == side &&
           reason_of(session_terminate(session, side)) == REASON_NONE &&
           mark_seconds(opened, end.mark) <= NCP_REACTION_SECONDS;
}

static void
rule_lcp_auth_method_mismatch(const struct session *session, const struct view *view)
{
    /* Whoever began to authenticate had agreed upon how. */
    if (mark_is_set(session_auth(session)->first) || session_is_established(session) ||
        !view_is_over(view, session))
        return;
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct ppp_negotiation *asker = session_lcp(session, i);
        enum side side = (enum side)i;
        if (reason_of(session_terminate(session, side)) == REASON_PEER_WITHOUT_AUTH)
            auth_method_mismatch(session, view, side,
                                 asker->auth_refusals ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                 ", and ended the session for that");
        else if (auth_was_disputed(session, view, asker))
            auth_method_mismatch(session, view, side,
                                 asker->auth_refusals > 1 ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                 "");
        else if (auth_was_missed(session, side))
            auth_method_mismatch(session, view, side, CONFIDENCE_LIKELY,
                                 ", and the session ended as soon as the link was open without it");
        else
            continue;
        return;
    }
}

static void
rule_lcp_mru_not_converging(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct ppp_negotiation *asker = session_lcp(session, i);
        const struct mru_dispute *mru = &asker->mru;
        if (mru->rounds < REFUSED_MIN || asker->agreed ||
            !lcp_never_opened(session, view, mru->mark))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_LCP_MRU_NOT_CONVERGING, CONFIDENCE_CERTAIN,
                        session_evidence(session), mru->mark);
        finding_frame(finding, asker->last.frame);
        finding_summary(
            finding,
            "The %s asks for packets of up to %u bytes (its MRU), the %s wanted %u instead %s",
            side_name((enum side)i), mru->asked, side_name(side_other((enum side)i)), mru->wanted,
            text_times(mru->rounds).text);
        finding_number(finding, "asked_bytes", mru->asked);
        finding_number(finding, "wanted_bytes", mru->wanted);
        finding_number(finding, "rounds", mru->rounds);
        finding_reason(finding, session);
        return;
    }
}

/* --- loopback -------------------------------------------------------------------------------- */

static struct finding *
loopback(const struct session *session, const struct view *view, enum side mirror,
         enum confidence confidence, struct mark cause)
{
    struct finding *finding = finding_add(view->found, FINDING_LCP_LOOPBACK, confidence,
                                          session_evidence(session), cause);

    finding_text(finding, "sent_back_by", side_name(mirror));
    finding_reason(finding, session);
    return finding;
}

/* The peer's Echo-Replies have the asker's own magic number. Many programs do not look at it; one
 * that does takes the replies for its own packets and ends the link. */
static bool
echoes_come_back(const struct session *session, enum side asker)
{
    const struct echo *echo = session_lcp_echo(session, asker);
    struct session_end end = session_ending(session);

    return session_echo_reflections(session, asker) >= LCP_REFLECTIONS_MIN &&
           session_echo_reflections(session, asker) >= echo->replies && mark_is_set(end.mark) &&
           end.by == asker && mark_is_set(session_terminate(session, asker)->mark);
}

static void
rule_lcp_loopback(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct ppp_negotiation *n = session_lcp(session, i);
        const struct ppp_negotiation *other = session_lcp(session, side_other((enum side)i));
        if (n->reflections == 0 || !lcp_never_opened(session, view, n->reflected))
            continue;
        struct finding *finding =
            loopback(session, view, (enum side)i,
                     n->reflections >= LCP_REFLECTIONS_MIN ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                     n->reflected);
        finding_frame(finding, other->first.frame);
        finding_number(finding, "requests", n->reflections);
        finding_summary(
            finding,
            "The %s sends back the magic number by which the %s would know its own packets, in %s",
            side_name((enum side)i), side_name(side_other((enum side)i)),
            text_count(n->reflections, "Configure-Request").text);
        return;
    }
}

static void
rule_lcp_loopback_echo(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        enum side asker = (enum side)i;
        if (!echoes_come_back(session, asker) || !view_is_over(view, session) ||
            session_terminate(session, asker)->ras_error ||
            finding_of(view->found, FINDING_LCP_LOOPBACK))
            continue;
        struct finding *finding = loopback(session, view, side_other(asker), CONFIDENCE_POSSIBLE,
                                           session_lcp_echo(session, asker)->last_reply);
        finding->severity = SEVERITY_NOTE;
        finding_frame(finding, session_terminate(session, asker)->mark.frame);
        finding_number(finding, "replies", session_echo_reflections(session, asker));
        finding_summary(finding,
                        "The %s's %u Echo-Replies hold the %s's own magic number, and the %s ended "
                        "the link",
                        side_name(side_other(asker)), session_echo_reflections(session, asker),
                        side_name(asker), side_name(asker));
    }
}

/* --- options --------------------------------------------------------------------------------- */

static struct finding *
option_mismatch(const struct session *session, const struct view *view, enum confidence confidence,
                struct mark cause, const char *option)
{
    struct finding *finding = finding_add(view->found, FINDING_LCP_OPTION_MISMATCH, confidence,
                                          session_evidence(session), cause);

    finding_text(finding, "option", option);
    finding_reason(finding, session);
    return finding;
}

static bool
option_was_demanded(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct insistence *insistence = &session_lcp(session, i)->insistence;
        const char *name = lcp_option_name(insistence->option);
        /* The authentication option has a finding of its own. */
        if (insistence->requests < REFUSED_MIN || insistence->option == LCP_OPT_AUTH ||
            !lcp_never_opened(session, view, insistence->mark))
            continue;
        struct finding *finding =
            option_mismatch(session, view, CONFIDENCE_CERTAIN, insistence->mark, name);
        finding_frame(finding, session_lcp(session, i)->last.frame);
        finding_number(finding, "requests", insistence->requests);
        finding_summary(finding, "The %s asked %s for the option %s (%u) that had been rejected",
                        side_name((enum side)i), text_times(insistence->requests).text,
                        name ? name : "of an unknown name", insistence->option);
        return true;
    }
    return false;
}

/* Callback was agreed in LCP, and what it demands after the authentication did not happen. */
static bool
callback_was_not_answered(const struct session *session, const struct view *view)
{
    const struct cbcp_facts *cbcp = session_cbcp(session);

    if (cbcp->unanswered == 0 || mark_is_set(cbcp->response) || session_is_established(session) ||
        !view_is_over(view, session) || !side_was_heard(session, SIDE_CLIENT) ||
        !side_was_heard(session, SIDE_SERVER))
        return false;
    double waited = seconds_left(session, view, cbcp->request);
    bool rejected = mark_is_set(cbcp->rejected);
    if (!rejected && waited < LCP_RESTART_SECONDS)
        return false;
    struct finding *finding = option_mismatch(
        session, view,
        rejected || waited >= SILENCE_SECONDS ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
        cbcp->request, lcp_option_name(LCP_OPT_CALLBACK));
    finding_frame(finding, cbcp->rejected.frame);
    finding_number(finding, "waited_seconds", waited);
    finding_number(finding, "requests", cbcp->unanswered);
    finding_summary(finding, "The Callback-Request of CBCP %s",
                    rejected ? "was rejected, although callback had been agreed"
                             : "was not answered, although callback had been agreed");
    return true;
}

/* Most receivers take such frames; it matters where one gives up because of them. */
static void
compression_was_not_agreed(const struct session *session, const struct view *view)
{
    struct session_end end = session_ending(session);

    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct compression_facts *facts = session_compression(session, i);
        if (facts->frames == 0)
            continue;
        double reaction = mark_is_set(end.mark) && end.by != (enum side)i
                              ? mark_seconds(facts->first, end.mark)
                              : -1;
        bool gave_up = reaction >= 0 && reaction <= LCP_REACTION_SECONDS &&
                       !is_explained(session, view, end.mark);
        const char *option = lcp_option_name(facts->address ? LCP_OPT_ACFC : LCP_OPT_PFC);
        struct finding *finding = option_mismatch(
            session, view, gave_up ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, facts->first, option);
        if (!gave_up)
            finding->severity = SEVERITY_NOTE;
        finding_number(finding, "frames", facts->frames);
        if (gave_up)
            finding_frame(finding, end.mark.frame);
        finding_summary(finding, "The %s leaves out %s, which the %s did not agree to%s",
                        side_name((enum side)i),
                        facts->address ? "address and control fields" : "a byte of the protocol",
                        side_name(side_other((enum side)i)),
                        gave_up ? "; that one ended the session" : "");
        return;
    }
}

static void
rule_lcp_option_mismatch(const struct session *session, const struct view *view)
{
    if (option_was_demanded(session, view) || callback_was_not_answered(session, view))
        return;
    if (view_is_over(view, session))
        compression_was_not_agreed(session, view);
}

/* A side says so when it ends the link, and this capture does not show it. */
static void
rule_lcp_loopback_told(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct terminate_facts *terminate = session_terminate(session, i);
        if (reason_of(terminate) != REASON_LOOPBACK || session_is_established(session) ||
            finding_of(view->found, FINDING_LCP_LOOPBACK) || !view_is_over(view, session))
            continue;
        struct finding *finding = finding_add(view->found, FINDING_LCP_LOOPBACK, CONFIDENCE_LIKELY,
                                              session_evidence(session), terminate->mark);
        finding_reason(finding, session);
        finding_summary(finding,
                        "The %s ended the session because it took what it received for its own "
                        "packets, as it says",
                        side_name((enum side)i));
        return;
    }
}

const rule_fn rules_lcp[] = {
    rule_lcp_not_started,        rule_lcp_no_reply,        rule_lcp_auth_method_mismatch,
    rule_lcp_mru_not_converging, rule_lcp_loopback,        rule_lcp_loopback_echo,
    rule_lcp_loopback_told,      rule_lcp_option_mismatch, NULL,
};
