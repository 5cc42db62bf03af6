/* message.c - SSTP messages that do not fit the state, the format or the stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "base/thresholds.h"

/* --- reactions ------------------------------------------------------------------------------- */

static bool
follows_closely(struct mark cause, struct mark mark)
{
    return mark_is_set(mark) && mark.frame > cause.frame &&
           mark_seconds(cause, mark) <= SSTP_ABORT_SECONDS;
}

/* The abort of the other side that answers what by sent at cause; unset when there is none. */
static struct mark
abort_after(const struct session *session, enum side by, struct mark cause)
{
    struct mark abort = session_sstp(session)->abort[side_other(by)];

    return follows_closely(cause, abort) ? abort : (struct mark){ 0 };
}

/* The same, or any other end of the session by the other side. */
static struct mark
end_after(const struct session *session, enum side by, struct mark cause)
{
    struct session_end end = session_ending(session);

    if (end.by != by && follows_closely(cause, end.mark))
        return end.mark;
    return abort_after(session, by, cause);
}

static void
peer_details(struct finding *finding, const struct session *session, enum side by,
             struct mark reaction)
{
    enum side peer = side_other(by);

    finding->offended = (int)peer;
    finding_text(finding, "by", side_name(by));
    finding_frame(finding, reaction.frame);
    if (!mark_is_set(reaction))
        return;
    finding_number(finding, "reaction_seconds", mark_seconds(finding->cause, reaction));
    if (mark_is_set(session_sstp(session)->abort[peer]) && session_sstp(session)->has_status[peer])
        finding_number(finding, "abort_status", session_sstp(session)->status[peer]);
}

/* --- state ----------------------------------------------------------------------------------- */

static void
unexpected_message(const struct session *session, const struct view *view,
                   const struct unexpected *unexpected, struct mark reaction)
{
    const struct sstp_facts *sstp = session_sstp(session);
    enum side by = unexpected->by;
    bool answered = mark_is_set(reaction);
    bool certain =
        !answered || sstp->status[side_other(by)] == SSTP_STATUS_UNACCEPTED_FRAME_RECEIVED;
    struct finding *finding = finding_add(view->found, FINDING_SSTP_UNEXPECTED_MESSAGE,
                                          certain ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                          session_evidence(session), unexpected->mark);

    if (!answered)
        finding->severity = SEVERITY_NOTE;
    peer_details(finding, session, by, reaction);
    finding_text(finding, "message", sstp_message_name(unexpected->type));
    finding_text(finding, "state", sstp_state_name(unexpected->state));
    finding_number(finding, "messages", sstp->num_unexpected);
    finding_summary(finding, "The %s sent %s when it was not due (in the state %s)%s",
                    side_name(by), sstp_message_name(unexpected->type),
                    sstp_state_name(unexpected->state),
                    answered ? ", and its peer aborted the call" : "; its peer went on");
}

static void
rule_sstp_unexpected_message(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    uint32_t num = MIN(sstp->num_unexpected, (uint32_t)UNEXPECTED_MAX);

    /* What a message may do depends on all messages before it: they must be known. */
    if (num == 0 || !mark_is_set(sstp->call_request) || !view_is_over(view, session) ||
        !side_is_whole(session, SIDE_CLIENT) || !side_is_whole(session, SIDE_SERVER))
        return;
    for (uint32_t i = 0; i < num; i++) {
        const struct unexpected *unexpected = &sstp->unexpected[i];
        struct mark abort = abort_after(session, unexpected->by, unexpected->mark);
        if (!mark_is_set(abort) || is_explained(session, view, abort))
            continue;
        unexpected_message(session, view, unexpected, abort);
        return;
    }
    unexpected_message(session, view, &sstp->unexpected[0], (struct mark){ 0 });
}

/* --- format ---------------------------------------------------------------------------------- */

static const struct {
    uint32_t flaw;
    const char *text;
} flaw_texts[] = {
    { SSTP_FLAW_MESSAGE_UNKNOWN, "it is of an unknown type" },
    { SSTP_FLAW_ATTRIBUTE_MISSING, "its mandatory attribute is missing" },
    { SSTP_FLAW_ATTRIBUTE_DUPLICATE, "an attribute stands in it twice" },
    { SSTP_FLAW_ATTRIBUTE_ILLEGAL, "it holds an attribute that it must not hold" },
    { SSTP_FLAW_ATTRIBUTE_UNKNOWN, "it holds an unknown attribute" },
    { SSTP_FLAW_ATTRIBUTE_LENGTH, "an attribute has a wrong length" },
    { SSTP_FLAW_ATTRIBUTE_COUNT, "its number of attributes is wrong" },
    { SSTP_FLAW_MESSAGE_LENGTH, "bytes are left over at its end" },
    { SSTP_FLAW_ENCAPSULATED_PROTOCOL, "it asks for another protocol than PPP" },
    { SSTP_FLAW_PADDING, "its padding is not zero" },
    { SSTP_FLAW_RESERVED_BITS, "reserved bits are set in it" },
};

static const char *
malformed_text(const struct malformed *malformed)
{
    if (malformed->result == SSTP_BAD_ATTRIBUTE)
        return "an attribute runs past its end";
    if (malformed->result != SSTP_OK)
        return "its length cannot be";
    for (size_t i = 0; i < G_N_ELEMENTS(flaw_texts); i++)
        if (malformed->flaws & flaw_texts[i].flaw)
            return flaw_texts[i].text;
    return NULL;
}

/* The flaws less those that have findings of their own. */
static uint32_t
own_flaws(const struct malformed *malformed)
{
    return malformed->flaws & ~(uint32_t)(SSTP_FLAW_HASH_BITMASK | SSTP_FLAW_OVERSIZE);
}

/* Flaws of real programs that no peer minds: reserved bits and padding, Status Info of 8 bytes and
 * attribute 0 of sstp-server, the Nak of accel-ppp, and anything in a goodbye. */
static bool
malformed_is_harmless(const struct malformed *malformed)
{
    const uint32_t ignored = SSTP_FLAW_RESERVED_BITS | SSTP_FLAW_PADDING;

    switch (malformed->type) {
    case SSTP_CALL_ABORT:
    case SSTP_CALL_DISCONNECT:
    case SSTP_CALL_DISCONNECT_ACK:
    case SSTP_CALL_CONNECT_NAK:
        return true;
    default:
        return malformed->result == SSTP_OK && (own_flaws(malformed) & ~ignored) == 0;
    }
}

/* Does the status say what was wrong with a message? Status 7 does not: accel-ppp sends it for
 * everything. */
static bool
status_names_format(uint32_t status)
{
    switch (status) {
    case SSTP_STATUS_DUPLICATE_ATTRIBUTE:
    case SSTP_STATUS_UNRECOGNIZED_ATTRIBUTE:
    case SSTP_STATUS_INVALID_ATTRIB_VALUE_LENGTH:
    case SSTP_STATUS_ATTRIB_NOT_SUPPORTED_IN_MSG:
    case SSTP_STATUS_REQUIRED_ATTRIBUTE_MISSING:
    case SSTP_STATUS_STATUS_INFO_NOT_SUPPORTED_IN_MSG:
        return true;
    default:
        return false;
    }
}

static bool
peer_went_on(const struct session *session, const struct malformed *malformed)
{
    return session_sstp(session)->last[side_other(malformed->by)].frame > malformed->mark.frame ||
           session_is_established(session);
}

static void
malformed_message(const struct session *session, const struct view *view,
                  const struct malformed *malformed, struct mark reaction)
{
    bool harmless = malformed_is_harmless(malformed), answered = mark_is_set(reaction);
    bool explains =
        answered && status_names_format(session_sstp(session)->status[side_other(malformed->by)]);
    const char *name = sstp_message_name(malformed->type);
    struct finding *finding = finding_add(view->found, FINDING_SSTP_MALFORMED, CONFIDENCE_LIKELY,
                                          session_evidence(session), malformed->mark);

    if (harmless || (!answered && peer_went_on(session, malformed)))
        finding->severity = SEVERITY_NOTE;
    if (harmless)
        finding->confidence = CONFIDENCE_POSSIBLE;
    else if (explains || finding->severity == SEVERITY_NOTE)
        finding->confidence = CONFIDENCE_CERTAIN;
    peer_details(finding, session, malformed->by, reaction);
    finding_text(finding, "message", name);
    finding_text(finding, "flaw", malformed_text(malformed));
    finding_summary(finding, "The %s's %s breaks the specification: %s%s", side_name(malformed->by),
                    name ? name : "message", malformed_text(malformed),
                    answered ? ", and its peer ended the session" : "");
}

static void
rule_sstp_malformed(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    const struct malformed *best = NULL;
    struct mark none = { 0 };

    if (!view_is_over(view, session) || finding_of(view->found, FINDING_SSTP_MALFORMED))
        return;
    for (uint32_t i = 0; i < sstp->num_malformed; i++) {
        const struct malformed *malformed = &sstp->malformed[i];
        if (malformed->result == SSTP_OK && own_flaws(malformed) == 0)
            continue;
        bool harmless = malformed_is_harmless(malformed);
        struct mark end = end_after(session, malformed->by, malformed->mark);
        if (!harmless && mark_is_set(end) && !is_explained(session, view, end)) {
            malformed_message(session, view, malformed, end);
            return;
        }
        if (!best || (malformed_is_harmless(best) && !harmless))
            best = malformed;
    }
    if (best)
        malformed_message(session, view, best, none);
}

/* A sender that hands PPP on as a serial line carries it. Nobody can read that. */
static void
rule_sstp_hdlc(const struct session *session, const struct view *view)
{
    for (int i = 0; i < SIDE_COUNT; i++) {
        const struct hdlc_facts *hdlc = &session_sstp(session)->hdlc[i];
        enum side by = (enum side)i;
        if (hdlc->frames == 0 || mark_is_set(session_ppp_first(session, i)) ||
            !view_is_over(view, session))
            continue;
        struct finding *finding =
            finding_add(view->found, FINDING_SSTP_MALFORMED, CONFIDENCE_CERTAIN,
                        session_evidence(session), hdlc->first);
        peer_details(finding, session, by, end_after(session, by, hdlc->first));
        finding_text(finding, "message", "data");
        finding_text(finding, "flaw", "its PPP frame is in HDLC framing");
        finding_number(finding, "frames", hdlc->frames);
        finding->advice = g_strdup("Let the sender take flags and escapes off before it puts a PPP "
                                   "frame into an SSTP packet, which holds the frame alone (sync "
                                   "option of pppd on a pty, or a program that undoes its "
                                   "framing).");
        finding_summary(finding,
                        "The %s's PPP frames are malformed: they carry the flags and escapes of "
                        "HDLC framing (RFC 1662), which SSTP packets do not have",
                        side_name(by));
        return;
    }
}

/* --- stream ---------------------------------------------------------------------------------- */

/* The sender's packets went on behind it, and so did the session. */
static bool
framing_was_found_again(const struct session *session)
{
    const struct sstp_facts *sstp = session_sstp(session);

    return session_is_established(session) &&
           mark_seconds(sstp->junk_at, sstp->last[sstp->junk_by]) > SSTP_ABORT_SECONDS;
}

static void
rule_sstp_desync(const struct session *session, const struct view *view)
{
    const struct sstp_facts *sstp = session_sstp(session);
    enum side by = sstp->junk_by;

    if (!mark_is_set(sstp->junk_at) || !view_is_over(view, session) ||
        !side_is_whole(session, by) || conn_start_missing(session_conn(session)) ||
        session_half(session, by)->truncated > 0)
        return;
    struct mark goodbye = session_goodbye(session, by);
    if (mark_is_set(goodbye) && goodbye.frame <= sstp->junk_at.frame)
        return;
    bool found_again = framing_was_found_again(session);
    struct finding *finding = finding_add(view->found, FINDING_SSTP_DESYNC,
                                          found_again ? CONFIDENCE_POSSIBLE : CONFIDENCE_CERTAIN,
                                          session_evidence(session), sstp->junk_at);
    if (found_again)
        finding->severity = SEVERITY_NOTE;
    peer_details(finding, session, by, end_after(session, by, sstp->junk_at));
    finding_number(finding, "pieces", sstp->junk);
    finding_summary(finding,
                    "The %s's bytes have no SSTP header where its next packet should begin%s",
                    side_name(by), found_again ? "; it went on all the same" : "");
}

const rule_fn rules_message[] = {
    rule_sstp_desync, rule_sstp_hdlc, rule_sstp_malformed, rule_sstp_unexpected_message, NULL,
};
