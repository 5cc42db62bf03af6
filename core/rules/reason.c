/* reason.c - what a goodbye of PPP says of its reason
 *
 * accel-ppp, SoftEther and sorz/sstp-server give none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/reason.h"

#include <string.h>

#include <glib.h>

#include "base/numbers.h"

/* Words of a Terminate-Request; where they come from, and what they say. In small letters; the
 * first row that is part of the text counts. */
static const struct {
    const char *text;
    enum reason reason;
} reason_texts[] = {
    /* pppd 2.4.9 and 2.5: main.c, lcp.c, auth.c, ccp.c, ipcp.c */
    { "user request", REASON_USER },
    { "peer not responding", REASON_SILENT_PEER },
    { "loopback detected", REASON_LOOPBACK },
    { "peer refused to authenticate", REASON_PEER_WITHOUT_AUTH },
    { "failed to authenticate ourselves", REASON_CREDENTIALS },
    { "authentication failed", REASON_CREDENTIALS },
    { "mppe required", REASON_ENCRYPTION },
    { "no network protocols running", REASON_NO_PROTOCOL },
    { "could not determine local ip address", REASON_NO_OWN_ADDRESS },
    { "could not determine remote ip address", REASON_NO_PEER_ADDRESS },
    { "unauthorized remote ip address", REASON_ADDRESS },
    { "refused our ip address", REASON_ADDRESS },
    { "refused his ip address", REASON_ADDRESS },
    { "connect time expired", REASON_SESSION_LIMIT },
    { "link inactive", REASON_IDLE_LIMIT },
    /* Names of RFC 2865 5.27, 5.28 and 5.49 (RFC 2866 5.10), as access servers write them. */
    { "maximum connect time", REASON_SESSION_LIMIT },
    { "session timeout", REASON_SESSION_LIMIT },
    { "session-timeout", REASON_SESSION_LIMIT },
    { "session time limit", REASON_SESSION_LIMIT },
    { "idle timeout", REASON_IDLE_LIMIT },
    { "idle-timeout", REASON_IDLE_LIMIT },
    { "terminated due to idle", REASON_IDLE_LIMIT },
};

/* Windows: raserror.h. */
static const struct {
    uint32_t code;
    enum reason reason;
} reason_codes[] = {
    { RAS_USER_DISCONNECTION, REASON_USER },
    { RAS_PPP_NO_RESPONSE, REASON_SILENT_PEER },
    { RAS_PPP_LOOPBACK_DETECTED, REASON_LOOPBACK },
    { RAS_PEER_REFUSED_AUTH, REASON_PEER_WITHOUT_AUTH },
    { RAS_AUTHENTICATION_FAILURE, REASON_CREDENTIALS },
    { RAS_RESTRICTED_LOGON_HOURS, REASON_ACCOUNT },
    { RAS_ACCT_DISABLED, REASON_ACCOUNT },
    { RAS_PASSWD_EXPIRED, REASON_ACCOUNT },
    { RAS_NO_DIALIN_PERMISSION, REASON_ACCOUNT },
    { RAS_CHANGING_PASSWORD, REASON_ACCOUNT },
    { RAS_SERVER_POLICY, REASON_ACCOUNT },
    { RAS_DIALIN_HOURS, REASON_ACCOUNT },
    { RAS_PORT_TYPE, REASON_ACCOUNT },
    { RAS_AUTH_PROTOCOL, REASON_ACCOUNT },
    { RAS_AUTH_SERVER_TIMEOUT, REASON_BACKEND },
    { RAS_MUTUAL_AUTH_FAILED, REASON_PROOF },
    { RAS_NO_LOCAL_ENCRYPTION, REASON_ENCRYPTION },
    { RAS_NO_REMOTE_ENCRYPTION, REASON_ENCRYPTION },
    { RAS_REMOTE_REQUIRES_ENCRYPTION, REASON_ENCRYPTION },
    { RAS_PPP_NO_PROTOCOLS_CONFIGURED, REASON_NO_PROTOCOL },
    { RAS_PPP_CP_REJECTED, REASON_NO_PROTOCOL },
    { RAS_NO_IP_ADDRESSES, REASON_NO_CLIENT_ADDRESS },
    { RAS_PPP_NO_ADDRESS_ASSIGNED, REASON_NO_CLIENT_ADDRESS },
    { RAS_PPP_REQUIRED_ADDRESS_REJECTED, REASON_ADDRESS },
    { RAS_IDLE_TIMEOUT, REASON_IDLE_LIMIT },
    { RAS_PORT_IDLE, REASON_IDLE_LIMIT },
    { RAS_SESSION_TIMEOUT, REASON_SESSION_LIMIT },
};

enum reason
reason_of_code(uint32_t code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reason_codes); i++)
        if (reason_codes[i].code == code)
            return reason_codes[i].reason;
    return REASON_NONE;
}

static enum reason
reason_of_text(const char *text)
{
    char *lower = g_ascii_strdown(text, -1);
    enum reason reason = REASON_NONE;

    for (size_t i = 0; i < G_N_ELEMENTS(reason_texts) && reason == REASON_NONE; i++)
        if (strstr(lower, reason_texts[i].text))
            reason = reason_texts[i].reason;
    g_free(lower);
    return reason;
}

enum reason
reason_of(const struct terminate_facts *terminate)
{
    if (!mark_is_set(terminate->mark))
        return REASON_NONE;
    if (terminate->microsoft)
        return reason_of_code(terminate->ras_error);
    return terminate->text ? reason_of_text(terminate->text) : REASON_NONE;
}
