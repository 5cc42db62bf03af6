/* test_explain.c - what codes and findings mean
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "hex.h"
#include "report/explain.h"

struct explain_row {
    const char *name, *word;
    const char *part, *finding; /* of the text; part NULL: nothing is known */
};

static const struct explain_row explain_rows[] = {
    { "ras", "691", "RAS error 691: ", "Finding auth_bad_credentials " },
    { "ras-other-vpn", "806", "PPTP", NULL },
    { "hresult", "0x800B0109", "CERT_E_UNTRUSTEDROOT", "Finding tls_untrusted_root " },
    { "hresult-small", "0x800b0109", "CERT_E_UNTRUSTEDROOT", NULL },
    { "hresult-signed", "-2146762495", "CERT_E_EXPIRED", "Finding tls_cert_expired " },
    { "hresult-unsigned", "2148204801", "CERT_E_EXPIRED", NULL },
    { "mschap", "E=649", "MS-CHAP error 649", "Finding auth_account_restricted " },
    { "ras-log", "931", "no free port", NULL },
    { "source", "691", "Source    Microsoft, Routing and Remote Access", NULL },
    { "sstp-sense", "0x800704C9", "HTTP 503", NULL },
    { "fatal-alert", "-2146893018", "alert", "Finding tls_alert " },
    { "event", "20227", "RasClient event 20227: ", NULL },
    { "event-of-sstp", "18", "RasSstp event 18: ", NULL },
    { "event-of-rras", "RasSstp 32", "clients fail the crypto binding", NULL },
    { "event-usage", "RasSstp 16", "RasSstp event 16: client", "Finding tls_eku_missing " },
    { "event-by-name", "rassstp event 7", "RasSstp event 7: server", NULL },
    { "alert", "40", "TLS alert 40: handshake_failure", NULL },
    { "nps", "48", "NPS reason 48: no network policy", NULL },
    { "x509", "62", "X509_V_ERR_HOSTNAME_MISMATCH", "Finding tls_name_mismatch " },
    { "finding", "tls_eku_missing", "Certificate is not meant", NULL },
    { "title", "Untrusted ROOT", "Finding tls_untrusted_root ", NULL },
    { "sentence", "ppp0: sstp: invalid Compound MAC", "same keys", "Finding cb_mac_mismatch " },
    { "line-with-code", "rcvd [CHAP Failure id=0x1 \"E=648 R=0 V=3\"]", "MS-CHAP error 648", NULL },
    { "prefix", "RAS 691", "RAS error 691: ", "Finding auth_bad_credentials " },
    { "prefix-de", "Fehler 691", "RAS error 691: ", NULL },
    { "blanks-around", " 691 ", "RAS error 691: ", NULL },
    { "hresult-bare", "800B010F", "0x800B010F", "Finding tls_name_mismatch " },
    { "alert-number", "alert 48", "TLS alert 48: unknown_ca", NULL },
    { "alert-name", "unknown_ca", "TLS alert 48: unknown_ca", NULL },
    { "http-407", "407", "HTTP status 407", "Finding proxy_auth_required " },
    { "http-404", "HTTP 404", "HTTP status 404", NULL },
    { "reset", "Connection reset by peer", "RST", NULL },
    { "refused", "ECONNREFUSED", "errno 111", "Finding tcp_refused " },
    { "no-route", "No route to host", "errno 113", "Finding tcp_unreachable " },
    { "hangup", "Modem hangup", "what carries PPP is gone", NULL },
    { "terminated", "Nov 22 12:40:00 pc pppd[1]: LCP terminated by peer", "Terminate-Request",
      NULL },
    { "state", "unexplained", "no rule says why", NULL },
    { "check-809", "809", "Advice", NULL },
    { "check-reset", "0x80072746", "Advice", NULL },
    { "check-651", "651", "miniport", NULL },
    { "radius", "<ann>: user ann authentication failed - radius timeout", "auth_backend_timeout",
      NULL },
    { "no-bare-hresult", "deadbeef", NULL, NULL },
    { "number-in-a-sentence", "we had 12 apples and 691", NULL, NULL },
    { "unknown-word", "frobnicate", NULL, NULL },
    { "unknown-number", "4711", NULL, NULL },
    { "unknown-hresult", "0x87654321", NULL, NULL },
    { "too-large", "99999999999", NULL, NULL },
    { "too-small", "-99999999999", NULL, NULL },
    { "half-a-number", "691x", NULL, NULL },
    { "blanks", "   ", NULL, NULL },
    { "empty", "", NULL, NULL },
};

static void
run_explain(gconstpointer data)
{
    const struct explain_row *row = data;
    char *text = report_explain(row->word);

    if (!row->part) {
        g_assert_cmpstr(text, ==, NULL);
        return;
    }
    g_assert_nonnull(text);
    g_assert_nonnull(strstr(text, row->part));
    g_assert_true(!row->finding || strstr(text, row->finding));
    for (char **lines = g_strsplit(text, "\n", -1), **line = lines;; line++) {
        if (!*line) {
            g_strfreev(lines);
            break;
        }
        g_assert_cmpuint(strlen(*line), <=, 80);
    }
    g_free(text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/explain", explain_rows, run_explain);
    return g_test_run();
}
