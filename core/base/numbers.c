/* numbers.c - names of protocol numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

#include "base/numbers.h"

struct number_name {
    uint32_t value;
    const char *name; /* NULL ends a table */
};

#define NUMBERS_ROW(enumerator, value, name)              { (value), (name) },
#define NUMBERS_SYMBOL(enumerator, value, name)           { (value), #enumerator },
#define NUMBERS_CIPHER_ROW(value, name, kind, block, mac) { (value), (name) },
#define NUMBERS_TABLE(table, list, row)                                                            \
    static const struct number_name table[] = { list(row){ 0, NULL } };

NUMBERS_TABLE(sstp_messages, SSTP_MESSAGE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(sstp_attributes, SSTP_ATTRIBUTE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(sstp_statuses, SSTP_STATUS_LIST, NUMBERS_ROW)
NUMBERS_TABLE(ppp_protocols, PPP_PROTOCOL_LIST, NUMBERS_ROW)
NUMBERS_TABLE(ppp_codes, PPP_CODE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(chap_codes, CHAP_CODE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(pap_codes, PAP_CODE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(eap_codes, EAP_CODE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(lcp_options, LCP_OPTION_LIST, NUMBERS_ROW)
NUMBERS_TABLE(chap_algorithms, CHAP_ALGORITHM_LIST, NUMBERS_ROW)
NUMBERS_TABLE(eap_types, EAP_TYPE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(mschap_errors, MSCHAP_ERROR_LIST, NUMBERS_ROW)
NUMBERS_TABLE(ras_errors, RAS_ERROR_LIST, NUMBERS_ROW)
NUMBERS_TABLE(icmp_errors, ICMP_ERROR_LIST, NUMBERS_ROW)
NUMBERS_TABLE(icmpv6_errors, ICMPV6_ERROR_LIST, NUMBERS_ROW)
NUMBERS_TABLE(dns_rcodes, DNS_RCODE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(ras_log_errors, RAS_LOG_ERROR_LIST, NUMBERS_ROW)
NUMBERS_TABLE(hresult_symbols, HRESULT_LIST, NUMBERS_SYMBOL)
NUMBERS_TABLE(hresults, HRESULT_LIST, NUMBERS_ROW)
NUMBERS_TABLE(x509_verify_symbols, X509_VERIFY_LIST, NUMBERS_SYMBOL)
NUMBERS_TABLE(x509_verify_errors, X509_VERIFY_LIST, NUMBERS_ROW)
NUMBERS_TABLE(rassstp_events, RASSSTP_EVENT_LIST, NUMBERS_ROW)
NUMBERS_TABLE(rasclient_events, RASCLIENT_EVENT_LIST, NUMBERS_ROW)
NUMBERS_TABLE(nps_reasons, NPS_REASON_LIST, NUMBERS_ROW)
NUMBERS_TABLE(tls_handshakes, TLS_HANDSHAKE_LIST, NUMBERS_ROW)
NUMBERS_TABLE(tls_versions, TLS_VERSION_LIST, NUMBERS_ROW)
NUMBERS_TABLE(tls_alerts, TLS_ALERT_LIST, NUMBERS_ROW)
NUMBERS_TABLE(tls_cipher_suites, TLS_CIPHER_SUITE_LIST, NUMBERS_CIPHER_ROW)

/* Protocols whose codes follow RFC 1661 or their own list; others have no codes we name. */
static const struct {
    uint16_t protocol;
    const struct number_name *codes;
} protocol_codes[] = {
    { PPP_LCP, ppp_codes }, { PPP_IPCP, ppp_codes },  { PPP_IPV6CP, ppp_codes },
    { PPP_CCP, ppp_codes }, { PPP_ECP, ppp_codes },   { PPP_BACP, ppp_codes },
    { PPP_PAP, pap_codes }, { PPP_CHAP, chap_codes }, { PPP_EAP, eap_codes },
};

static const char *
lookup(const struct number_name *table, uint32_t value)
{
    for (; table->name != NULL; table++)
        if (table->value == value)
            return table->name;
    return NULL;
}

const char *
sstp_message_name(uint32_t type)
{
    return lookup(sstp_messages, type);
}

const char *
sstp_attribute_name(uint32_t id)
{
    return lookup(sstp_attributes, id);
}

const char *
sstp_status_name(uint32_t status)
{
    return lookup(sstp_statuses, status);
}

const char *
ppp_protocol_name(uint32_t protocol)
{
    return lookup(ppp_protocols, protocol);
}

const char *
ppp_code_name(uint32_t protocol, uint32_t code)
{
    for (size_t i = 0; i < sizeof protocol_codes / sizeof protocol_codes[0]; i++)
        if (protocol_codes[i].protocol == protocol)
            return lookup(protocol_codes[i].codes, code);
    return NULL;
}

const char *
lcp_option_name(uint32_t type)
{
    return lookup(lcp_options, type);
}

const char *
chap_algorithm_name(uint32_t algorithm)
{
    return lookup(chap_algorithms, algorithm);
}

const char *
eap_type_name(uint32_t type)
{
    return lookup(eap_types, type);
}

const char *
mschap_error_text(uint32_t error)
{
    return lookup(mschap_errors, error);
}

const char *
ras_error_text(uint32_t error)
{
    return lookup(ras_errors, error);
}

const char *
ras_log_error_text(uint32_t error)
{
    const char *text = lookup(ras_errors, error);

    return text ? text : lookup(ras_log_errors, error);
}

const char *
hresult_symbol(uint32_t result)
{
    return lookup(hresult_symbols, result);
}

const char *
hresult_text(uint32_t result)
{
    return lookup(hresults, result);
}

const char *
x509_verify_symbol(uint32_t error)
{
    return lookup(x509_verify_symbols, error);
}

const char *
x509_verify_text(uint32_t error)
{
    return lookup(x509_verify_errors, error);
}

const char *
rassstp_event_text(uint32_t event)
{
    return lookup(rassstp_events, event);
}

const char *
rasclient_event_text(uint32_t event)
{
    return lookup(rasclient_events, event);
}

const char *
nps_reason_text(uint32_t reason)
{
    return lookup(nps_reasons, reason);
}

const char *
tls_handshake_name(uint32_t type)
{
    return lookup(tls_handshakes, type);
}

const char *
tls_version_name(uint32_t version)
{
    return lookup(tls_versions, version);
}

const char *
tls_alert_name(uint32_t alert)
{
    return lookup(tls_alerts, alert);
}

const char *
tls_cipher_suite_name(uint32_t suite)
{
    return lookup(tls_cipher_suites, suite);
}

const char *
icmp_error_name(bool v6, uint8_t type, uint8_t code)
{
    return lookup(v6 ? icmpv6_errors : icmp_errors, (uint32_t)type << 8 | code);
}

const char *
dns_rcode_name(uint32_t rcode)
{
    return lookup(dns_rcodes, rcode);
}
