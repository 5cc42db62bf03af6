/* explain_terms.c - words that people meet, and what to check behind some numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/explain_terms.h"

#include <string.h>

#include "log/catalogue.h"

/* What is special stands before what is general. */
static const struct explain_term terms[] = {
    { "healthy", "State of a verdict: it was seen working, and nothing is at warn or error.",
      LOG_NO_FINDING },
    { "unexplained",
      "State of a verdict: it failed, and no rule says why. The last stage that worked and who "
      "ended it are named.",
      LOG_NO_FINDING },
    { "inconclusive",
      "State of a verdict: what was given does not show whether it works. What is missing, and "
      "how to get it, is named.",
      LOG_NO_FINDING },
    { "fault", "State of a verdict: a finding explains what is wrong.", LOG_NO_FINDING },
    { "connection reset by peer",
      "errno 104, ECONNRESET: the other end, or a box on the path, cut the TCP connection by a "
      "RST. A recording shows in which stage, and by whom.",
      LOG_NO_FINDING },
    { "econnreset",
      "errno 104, \"Connection reset by peer\": the other end, or a box on the path, cut the TCP "
      "connection by a RST.",
      LOG_NO_FINDING },
    { "connection refused", "errno 111, ECONNREFUSED", FINDING_TCP_REFUSED },
    { "econnrefused", "errno 111, \"Connection refused\"", FINDING_TCP_REFUSED },
    { "no route to host", "errno 113, EHOSTUNREACH", FINDING_TCP_UNREACHABLE },
    { "ehostunreach", "errno 113, \"No route to host\"", FINDING_TCP_UNREACHABLE },
    { "network is unreachable", "errno 101, ENETUNREACH", FINDING_TCP_UNREACHABLE },
    { "enetunreach", "errno 101, \"Network is unreachable\"", FINDING_TCP_UNREACHABLE },
    { "connection timed out", "errno 110, ETIMEDOUT", FINDING_TCP_NO_ANSWER },
    { "etimedout", "errno 110, \"Connection timed out\"", FINDING_TCP_NO_ANSWER },
    { "modem hangup",
      "pppd: what carries PPP is gone, here sstpc or the server's program. pppd only notices it: "
      "the log of that program has the reason.",
      LOG_NO_FINDING },
    { "lcp terminated by peer",
      "pppd: the other end sent an LCP Terminate-Request. Words in brackets behind it are its "
      "reason; else its log has it.",
      LOG_NO_FINDING },
};

static const struct explain_term http_statuses[] = {
    { "401", "HTTP status 401: something in front of the server asks for a login", LOG_NO_FINDING },
    { "403", "HTTP status 403: something in front of the server refuses the request",
      LOG_NO_FINDING },
    { "404", "HTTP status 404: what answers knows no SSTP at this path",
      FINDING_HTTP_NOT_SSTP_SERVER },
    { "405", "HTTP status 405: what answers does not know SSTP_DUPLEX_POST",
      FINDING_HTTP_NOT_SSTP_SERVER },
    { "407", "HTTP status 407: the proxy asks for a login", FINDING_PROXY_AUTH_REQUIRED },
    { "502", "HTTP status 502: a proxy in front got no answer from the SSTP server",
      LOG_NO_FINDING },
    { "503", "HTTP status 503: the server takes no connection now", FINDING_HTTP_SERVER_BUSY },
    { "504", "HTTP status 504: a proxy in front waited for the SSTP server in vain",
      LOG_NO_FINDING },
};

static const struct {
    struct log_code code;
    const char *advice;
} advices[] = {
    { { LOG_CODE_HRESULT, 0x80072746 },
      "Check what stands in front of the server (firewall, balancer, inspection), and the server's "
      "certificate binding; a recording shows who sent the RST and in which stage." },
    { { LOG_CODE_RAS, 619 },
      "Check that nothing on the path cuts the connection, and the server's log: it ended before "
      "PPP was through." },
    { { LOG_CODE_RAS, 629 },
      "Check the server's log at that time: it ended the connection, often for a second session, "
      "a policy or a failed login." },
    { { LOG_CODE_RAS, 651 },
      "Check the adapter WAN Miniport (SSTP) in the Device Manager, and that the service SstpSvc "
      "runs; uninstall the miniport and scan for new hardware if it is damaged." },
    { { LOG_CODE_RAS, 720 },
      "Check that the server has addresses to give (pool or DHCP), that IPv4 is bound to WAN "
      "Miniport (IP), and uninstall that miniport and scan for new hardware if it is damaged." },
    { { LOG_CODE_RAS, 734 },
      "Check that both ends allow a method of authentication in common, and that encryption "
      "(MPPE) is not demanded by one of them: SSTP itself encrypts." },
    { { LOG_CODE_RAS, 809 },
      "The client tried L2TP or IKEv2: choose SSTP as the type of the VPN (Set-VpnConnection "
      "-TunnelType Sstp), and check that TCP port 443 is open." },
};

const struct explain_term *
explain_term_find(const char *text, bool anywhere)
{
    char *lower = g_ascii_strdown(text, -1);
    const struct explain_term *found = NULL;

    g_strstrip(lower);
    /* Of a whole sentence the short words are too common. */
    for (size_t i = 0; i < G_N_ELEMENTS(terms) && !found; i++)
        if (anywhere ? strchr(terms[i].words, ' ') && strstr(lower, terms[i].words)
                     : strcmp(lower, terms[i].words) == 0)
            found = &terms[i];
    g_free(lower);
    return found;
}

const struct explain_term *
explain_http_status(uint32_t status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(http_statuses); i++)
        if (g_ascii_strtoull(http_statuses[i].words, NULL, 10) == status)
            return &http_statuses[i];
    return NULL;
}

const char *
explain_code_advice(const struct log_code *code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(advices); i++)
        if (advices[i].code.kind == code->kind && advices[i].code.number == code->number)
            return advices[i].advice;
    return NULL;
}
