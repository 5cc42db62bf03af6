/* meaning.c - what the text of a log entry says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/meaning.h"

#include <string.h>

struct phrase {
    const char *words;
    enum log_event event;
};

/* The first one that stands in a line counts. */
static const struct phrase phrases[] = {
    { "CALL_CONNECT_REQUEST", LOG_EVENT_CALL_REQUEST },
    { "CALL_CONNECT_ACK", LOG_EVENT_CALL_ACK },
    { "CALL_CONNECT_NAK", LOG_EVENT_CALL_NAK },
    { "CALL_CONNECTED", LOG_EVENT_CALL_CONNECTED },
    { "CALL_ABORT", LOG_EVENT_CALL_ABORT },
    { "DISCONNECT_ACK", LOG_EVENT_DISCONNECT_ACK },
    { "CALL_DISCONNECT", LOG_EVENT_CALL_DISCONNECT },
    { "TYPE(1):", LOG_EVENT_CALL_REQUEST },
    { "TYPE(2):", LOG_EVENT_CALL_ACK },
    { "TYPE(3):", LOG_EVENT_CALL_NAK },
    { "TYPE(4):", LOG_EVENT_CALL_CONNECTED },
    { "TYPE(5):", LOG_EVENT_CALL_ABORT },
    { "TYPE(6):", LOG_EVENT_CALL_DISCONNECT },
    { "TYPE(7):", LOG_EVENT_DISCONNECT_ACK },
    { "Connection was aborted", LOG_EVENT_CALL_ABORT },
    { "invalid SHA", LOG_EVENT_CALL_CONNECTED },
    { "invalid Compound MAC", LOG_EVENT_CALL_CONNECTED },
    { "Crypto Binding is invalid", LOG_EVENT_CALL_CONNECTED },
    { "Certificate hash mismatch", LOG_EVENT_CALL_CONNECTED },
    { "negotiation timeout", LOG_EVENT_CALL_ABORT },
    { "SSTP_DUPLEX_POST", LOG_EVENT_HTTP_REQUEST },
    { "SSTPCORRELATIONID", LOG_EVENT_HTTP_REQUEST },
    { "[HTTP <HTTP/", LOG_EVENT_HTTP_ANSWER },
    { "Expected HTTP code", LOG_EVENT_HTTP_ANSWER },
    { "HTTP handshake with server", LOG_EVENT_HTTP_ANSWER },
    { "verification failed", LOG_EVENT_TLS },
    { "verify error", LOG_EVENT_TLS },
    { "Verification of server certificate", LOG_EVENT_TLS },
    { "SSL communication", LOG_EVENT_TLS },
    { "new connection from", LOG_EVENT_TCP },
    { "Connected to ", LOG_EVENT_TCP },
    { ") has connected", LOG_EVENT_TCP },
    { "Challenge id=", LOG_EVENT_CHALLENGE },
    { "Response id=", LOG_EVENT_RESPONSE },
    { "AuthReq id=", LOG_EVENT_RESPONSE },
    { "authentication succeeded", LOG_EVENT_AUTH_SUCCESS },
    { "Success id=", LOG_EVENT_AUTH_SUCCESS },
    { "AuthAck id=", LOG_EVENT_AUTH_SUCCESS },
    { "Successfully authenticated", LOG_EVENT_AUTH_SUCCESS },
    { "authentication failed", LOG_EVENT_AUTH_FAILURE },
    { "Authentication failed", LOG_EVENT_AUTH_FAILURE },
    { "Failure id=", LOG_EVENT_AUTH_FAILURE },
    { "AuthNak id=", LOG_EVENT_AUTH_FAILURE },
    { "TermReq", LOG_EVENT_TERMINATE },
    { "LCP terminated by peer", LOG_EVENT_TERMINATE },
    { "remote IP address", LOG_EVENT_NCP },
    { "local IP address", LOG_EVENT_NCP },
    { "no free IPv", LOG_EVENT_NCP },
    { "Unrecoverable", LOG_EVENT_CLOSE },
    { "disconnect by peer", LOG_EVENT_CLOSE },
    { "sstp: disconnected", LOG_EVENT_CLOSE },
    { "Modem hangup", LOG_EVENT_CLOSE },
    { "by the cause", LOG_EVENT_CLOSE },
    { "PPP session", LOG_EVENT_STEP },
    { "Connection Established", LOG_EVENT_STEP },
    { "Connection established", LOG_EVENT_STEP },
    { "session was established for", LOG_EVENT_STEP },
    { "Resolved ", LOG_EVENT_STEP },
    { "Terminating on", LOG_EVENT_STEP },
    { "negotiate authentication", LOG_EVENT_STEP },
    { "Could not determine", LOG_EVENT_STEP },
    { "no echo reply", LOG_EVENT_STEP },
    { "No response to", LOG_EVENT_STEP },
    { "Peer not responding", LOG_EVENT_STEP },
};

static const char *const bad_words[] = {
    "error",   "fail",    "denied", "refused",  "timeout",   "timed out", "abort",
    "expired", "invalid", "reject", "mismatch", "not match", "unable",
};

/* Warnings of every healthy session. */
static const char *const noise[] = {
    "discarding packet",
    "ppposeq",
    "iprange module disabled",
    "Could not remove temporary file",
};

/* A program of a system log is of interest when it speaks of these. */
static const char *const our_words[] = { "sstp", "ppp", "vpn", "ssl", "tls", "radius" };

static bool
has_one_of(const char *text, const char *const *words, size_t num)
{
    char *lower = g_ascii_strdown(text, -1);
    bool found = false;

    for (size_t i = 0; i < num && !found; i++)
        found = strstr(lower, words[i]) != NULL;
    g_free(lower);
    return found;
}

enum log_event
log_meaning_event(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++)
        if (strstr(text, phrases[i].words))
            return phrases[i].event;
    return LOG_EVENT_NONE;
}

/* Lines of pppd that show Configure-Requests and their answers: they stand on the wire, too. */
static bool
is_no_news(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(noise); i++)
        if (strstr(text, noise[i]))
            return true;
    return strstr(text, " Conf") && strstr(text, " id=");
}

bool
log_meaning_is_telling(const struct log_entry *entry)
{
    bool ours = entry->source != LOG_FROM_OTHER ||
                has_one_of(entry->text, our_words, G_N_ELEMENTS(our_words));

    if (entry->codes.num > 0 || (ours && entry->event != LOG_EVENT_NONE))
        return true;
    if (!ours || is_no_news(entry->text))
        return false;
    return entry->level >= SEVERITY_WARN ||
           (entry->source != LOG_FROM_WINDOWS &&
            has_one_of(entry->text, bad_words, G_N_ELEMENTS(bad_words)));
}
