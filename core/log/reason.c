/* reason.c - what the logs say of the cause, beside what the capture says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/reason.h"

/* What a capture shows as an end or a silence, whose cause one side alone knows. */
static bool
is_open(enum finding_id id)
{
    static const enum finding_id open[] = {
        FINDING_TCP_ACCEPT_THEN_CLOSE,
        FINDING_TCP_RST_AFTER_CLIENT_HELLO,
        FINDING_TLS_CLIENT_REJECTED_SERVER,
        FINDING_TLS_ALERT,
        FINDING_TLS_HANDSHAKE_STALLED,
        FINDING_HTTP_NO_RESPONSE,
        FINDING_SSTP_NAK,
        FINDING_SSTP_NO_ACK,
        FINDING_SSTP_ABORTED,
        FINDING_SSTP_CALL_CONNECTED_MISSING,
        FINDING_LCP_NO_REPLY,
        FINDING_LCP_NOT_STARTED,
        FINDING_AUTH_BAD_CREDENTIALS,
        FINDING_AUTH_ACCOUNT_RESTRICTED,
        FINDING_AUTH_NO_REPLY,
        FINDING_AUTH_EAP_FAILED,
        FINDING_IPCP_NO_ADDRESS,
        FINDING_IPCP_NOT_STARTED,
        FINDING_IPCP_ADDRESS_REJECTED,
        FINDING_SESSION_SERVER_ENDED,
        FINDING_SESSION_TLS_CLOSE_ONLY,
        FINDING_PEER_VANISHED,
        FINDING_PEER_ABRUPT_CLOSE,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
        if (open[i] == id)
            return true;
    return false;
}

static bool
was_found(const struct result *result, enum finding_id id)
{
    for (guint i = 0; i < result->found->len; i++)
        if (((const struct finding *)g_ptr_array_index(result->found, i))->id == id)
            return true;
    return false;
}

/* The worst that the capture shows, of those the first; NULL: nothing that matters. */
static const struct finding *
worst_found(const struct result *result)
{
    const struct finding *worst = NULL;

    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->severity >= SEVERITY_WARN &&
            finding_info(finding->id)->stage != STAGE_CAPTURE &&
            (!worst || finding->severity > worst->severity))
            worst = finding;
    }
    return worst;
}

static enum log_relation
relation_of(const struct result *result, enum finding_id id, const struct finding *beside)
{
    if (was_found(result, id))
        return LOG_CONFIRMS;
    if (beside &&
        (is_open(beside->id) || finding_info(beside->id)->stage == finding_info(id)->stage))
        return LOG_SHARPENS;
    if (session_evidence(result->session) < EVIDENCE_CLEAR)
        return LOG_ADDS;
    return beside ? LOG_DIFFERS : LOG_OBJECTS;
}

/* How much a line says beside the capture; 0: nothing. What only repeats the packets is worth less
 * than what names their cause. */
static int
worth(enum log_relation relation, enum log_weight weight)
{
    if (relation == LOG_CONFIRMS)
        return weight == LOG_CAUSE ? 3 : weight == LOG_WRONG ? 1 : 0;
    if (weight < LOG_CAUSE)
        return 0;
    return relation == LOG_SHARPENS ? 4 : 2;
}

bool
logbook_reason(const struct logbook *book, const struct result *result, struct log_reason *reason)
{
    const struct log_page *page = logbook_page(book, result->session);
    const struct finding *beside = worst_found(result);
    int most = 0;

    for (guint i = 0; page && i < page->placed->len; i++) {
        const struct log_placed *placed = &g_array_index(page->placed, struct log_placed, i);
        struct log_blame blame = log_entry_blame(placed->entry);
        if (blame.finding == LOG_NO_FINDING)
            continue;
        enum finding_id id = (enum finding_id)blame.finding;
        enum log_relation relation = relation_of(result, id, beside);
        int value = worth(relation, blame.weight);
        if (value <= most)
            continue;
        most = value;
        *reason = (struct log_reason){ placed, id, relation, beside };
    }
    return most > 0;
}
