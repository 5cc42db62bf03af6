/* test_numbers.c - names of protocol numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "base/numbers.h"

struct name_row {
    const char *name;
    const char *(*lookup)(uint32_t value);
    uint32_t value;
    const char *expected;
};

static const struct name_row name_rows[] = {
    { "sstp-message/first", sstp_message_name, 1, "Call Connect Request" },
    { "sstp-message/last", sstp_message_name, 9, "Echo Response" },
    { "sstp-message/zero", sstp_message_name, 0, NULL },
    { "sstp-message/past-last", sstp_message_name, 10, NULL },
    { "sstp-attribute/zero", sstp_attribute_name, 0, "No Error" },
    { "sstp-attribute/last", sstp_attribute_name, 4, "Crypto Binding Request" },
    { "sstp-attribute/past-last", sstp_attribute_name, 5, NULL },
    { "sstp-status/zero", sstp_status_name, 0, "No error" },
    { "sstp-status/last", sstp_status_name, 11, "Status Info not supported in message" },
    { "sstp-status/past-last", sstp_status_name, 12, NULL },
    { "sstp-status/largest", sstp_status_name, UINT32_MAX, NULL },
    { "ppp-protocol/lcp", ppp_protocol_name, 0xc021, "LCP" },
    { "ppp-protocol/unknown", ppp_protocol_name, 0xc0ff, NULL },
    { "lcp-option/callback", lcp_option_name, 13, "Callback" },
    { "lcp-option/unknown", lcp_option_name, 12, NULL },
    { "eap-type/mschapv2", eap_type_name, 26, "EAP-MSCHAPv2" },
    { "mschap-error/691", mschap_error_text, 691,
      "user name or password refused, or the method of authentication is not allowed" },
    { "mschap-error/unknown", mschap_error_text, 690, NULL },
    { "ras-error/zero", ras_error_text, 0, "no error" },
    { "ras-error/720", ras_error_text, 720, "no PPP control protocols configured" },
    { "ras-error/729-is-slip", ras_error_text, 729, NULL },
    { "ras-error/734", ras_error_text, 734, "LCP terminated" },
    { "ras-error/812", ras_error_text, 812,
      "a policy of RRAS or NPS prevents it: none matches, or the client's method is not allowed" },
    { "ras-log-error/864", ras_log_error_text, 864,
      "EAP: the root of the authentication server's certificate was not found" },
    { "rassstp-event/6", rassstp_event_text, 6,
      "client: the certificate of the crypto binding is not the one that the server expects" },
    { "rassstp-event/unknown", rassstp_event_text, 26, NULL },
    { "tls-handshake/client-hello", tls_handshake_name, 1, "Client Hello" },
    { "tls-version/1.3", tls_version_name, 0x0304, "1.3" },
    { "tls-alert/close-notify", tls_alert_name, 0, "close_notify" },
    { "tls-alert/unknown-ca", tls_alert_name, 48, "unknown_ca" },
    { "tls-cipher-suite/tls13", tls_cipher_suite_name, 0x1302, "TLS_AES_256_GCM_SHA384" },
    { "tls-cipher-suite/tls12", tls_cipher_suite_name, 0xcca8,
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
    { "tls-cipher-suite/old", tls_cipher_suite_name, 0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
    { "tls-cipher-suite/null", tls_cipher_suite_name, 0, NULL },
    { "tls-cipher-suite/past-16-bits", tls_cipher_suite_name, 0x11302, NULL },
};

static void
run_name(gconstpointer data)
{
    const struct name_row *row = data;

    g_assert_cmpstr(row->lookup(row->value), ==, row->expected);
}

struct code_row {
    const char *name;
    uint32_t protocol, code;
    const char *expected;
};

static const struct code_row code_rows[] = {
    { "lcp", PPP_LCP, 5, "Terminate-Request" }, { "ipcp", PPP_IPCP, 1, "Configure-Request" },
    { "ccp", PPP_CCP, 14, "Reset-Request" },    { "chap", PPP_CHAP, 1, "Challenge" },
    { "pap", PPP_PAP, 3, "Authenticate-Nak" },  { "eap", PPP_EAP, 3, "Success" },
    { "lcp-unknown", PPP_LCP, 0, NULL },        { "no-codes", PPP_IP, 1, NULL },
};

static void
run_code(gconstpointer data)
{
    const struct code_row *row = data;

    g_assert_cmpstr(ppp_code_name(row->protocol, row->code), ==, row->expected);
}

/* A number twice in a list would leave the second name unreachable. */
static void
test_cipher_suites_distinct(void)
{
#define NUMBER(value, name, kind, block, mac) (value),
    static const uint32_t numbers[] = { TLS_CIPHER_SUITE_LIST(NUMBER) };
#undef NUMBER

    for (size_t i = 1; i < G_N_ELEMENTS(numbers); i++)
        g_assert_cmphex(numbers[i - 1], <, numbers[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/numbers/name", name_rows, run_name);
    ADD_ROWS("/numbers/ppp-code", code_rows, run_code);
    g_test_add_func("/numbers/cipher-suites-distinct", test_cipher_suites_distinct);
    return g_test_run();
}
