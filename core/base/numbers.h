/* numbers.h - protocol numbers and their names; the lists are in numbers.def
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_NUMBERS_H
#define SSTPDIAG_CORE_BASE_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/numbers.def"

#define NUMBERS_ENUMERATOR(enumerator, value, name) enumerator = (value),
enum sstp_message_type { SSTP_MESSAGE_LIST(NUMBERS_ENUMERATOR) };
enum sstp_attribute { SSTP_ATTRIBUTE_LIST(NUMBERS_ENUMERATOR) };
enum sstp_status { SSTP_STATUS_LIST(NUMBERS_ENUMERATOR) };
enum ppp_protocol { PPP_PROTOCOL_LIST(NUMBERS_ENUMERATOR) };
enum ppp_code { PPP_CODE_LIST(NUMBERS_ENUMERATOR) };
enum chap_code { CHAP_CODE_LIST(NUMBERS_ENUMERATOR) };
enum pap_code { PAP_CODE_LIST(NUMBERS_ENUMERATOR) };
enum eap_code { EAP_CODE_LIST(NUMBERS_ENUMERATOR) };
enum eap_type { EAP_TYPE_LIST(NUMBERS_ENUMERATOR) };
enum lcp_option { LCP_OPTION_LIST(NUMBERS_ENUMERATOR) };
enum ipcp_option { IPCP_OPTION_LIST(NUMBERS_ENUMERATOR) };
enum ccp_option { CCP_OPTION_LIST(NUMBERS_ENUMERATOR) };
enum cbcp_code { CBCP_CODE_LIST(NUMBERS_ENUMERATOR) };
enum chap_algorithm { CHAP_ALGORITHM_LIST(NUMBERS_ENUMERATOR) };
enum mschap_error { MSCHAP_ERROR_LIST(NUMBERS_ENUMERATOR) };
enum ras_error { RAS_ERROR_LIST(NUMBERS_ENUMERATOR) };
enum tls_content_type { TLS_CONTENT_TYPE_LIST(NUMBERS_ENUMERATOR) };
enum tls_handshake_type { TLS_HANDSHAKE_LIST(NUMBERS_ENUMERATOR) };
enum tls_version { TLS_VERSION_LIST(NUMBERS_ENUMERATOR) };
enum tls_alert { TLS_ALERT_LIST(NUMBERS_ENUMERATOR) };
enum ip_protocol { IP_PROTOCOL_LIST(NUMBERS_ENUMERATOR) };
enum icmp_type { ICMP_TYPE_LIST(NUMBERS_ENUMERATOR) };
enum icmp_number { ICMP_ERROR_LIST(NUMBERS_ENUMERATOR) };
enum icmpv6_number { ICMPV6_ERROR_LIST(NUMBERS_ENUMERATOR) };
enum dns_rcode { DNS_RCODE_LIST(NUMBERS_ENUMERATOR) };
enum dns_type { DNS_TYPE_LIST(NUMBERS_ENUMERATOR) };
#undef NUMBERS_ENUMERATOR

/* How a cipher suite of TLS_CIPHER_SUITE_LIST seals a record. */
enum tls_cipher_kind {
    TLS_CIPHER_GCM,
    TLS_CIPHER_CCM,
    TLS_CIPHER_CCM_8,
    TLS_CIPHER_CHACHA20,
    TLS_CIPHER_CBC,
    TLS_CIPHER_STREAM, /* RC4 and a MAC */
};

/* Each gives the name of a number, or NULL when the table has none. Static memory. */
const char *sstp_message_name(uint32_t type);
const char *sstp_attribute_name(uint32_t id);
const char *sstp_status_name(uint32_t status);
const char *ppp_protocol_name(uint32_t protocol);
/* Name of a code in its protocol: LCP and NCPs, CHAP, PAP, EAP differ. */
const char *ppp_code_name(uint32_t protocol, uint32_t code);
const char *lcp_option_name(uint32_t type);
const char *chap_algorithm_name(uint32_t algorithm);
const char *eap_type_name(uint32_t type);
const char *mschap_error_text(uint32_t error);
const char *ras_error_text(uint32_t error);
/* Of RAS_ERROR_LIST or of those that stand in logs only. */
const char *ras_log_error_text(uint32_t error);
/* "CERT_E_EXPIRED", and what it means. */
const char *hresult_symbol(uint32_t result);
const char *hresult_text(uint32_t result);
const char *x509_verify_symbol(uint32_t error);
const char *x509_verify_text(uint32_t error);
const char *rassstp_event_text(uint32_t event);
const char *rasclient_event_text(uint32_t event);
const char *nps_reason_text(uint32_t reason);
const char *tls_handshake_name(uint32_t type);
const char *tls_version_name(uint32_t version);
const char *tls_alert_name(uint32_t alert);
const char *tls_cipher_suite_name(uint32_t suite);
const char *icmp_error_name(bool v6, uint8_t type, uint8_t code);
const char *dns_rcode_name(uint32_t rcode);

#endif
