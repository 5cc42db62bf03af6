/* blame.c - which finding a line of a log names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/blame.h"

struct code_finding {
    uint32_t number;
    enum finding_id finding;
};

/* Of RAS and of MS-CHAP, whose errors have the same numbers. */
static const struct code_finding ras_findings[] = {
    { 646, FINDING_AUTH_ACCOUNT_RESTRICTED },  { 647, FINDING_AUTH_ACCOUNT_RESTRICTED },
    { 648, FINDING_AUTH_ACCOUNT_RESTRICTED },  { 649, FINDING_AUTH_ACCOUNT_RESTRICTED },
    { 691, FINDING_AUTH_BAD_CREDENTIALS },     { 718, FINDING_AUTH_NO_REPLY },
    { 778, FINDING_AUTH_SERVER_NOT_PROVEN },   { 812, FINDING_AUTH_ACCOUNT_RESTRICTED },
    { 853, FINDING_AUTH_EAP_FAILED },          { 868, FINDING_DNS_FAILED },
    { 919, FINDING_LCP_AUTH_METHOD_MISMATCH }, { 741, FINDING_CCP_MPPE_REQUIRED },
    { 742, FINDING_CCP_MPPE_REQUIRED },
};

static const struct code_finding hresult_findings[] = {
    { 0x800b0109, FINDING_TLS_UNTRUSTED_ROOT },
    { 0x80090325, FINDING_TLS_UNTRUSTED_ROOT },
    { 0x800b010a, FINDING_TLS_MISSING_INTERMEDIATE },
    { 0x800b010f, FINDING_TLS_NAME_MISMATCH },
    { 0x80090322, FINDING_TLS_NAME_MISMATCH },
    { 0x800b0101, FINDING_TLS_CERT_EXPIRED },
    { 0x80090328, FINDING_TLS_CERT_EXPIRED },
    { 0x800b0110, FINDING_TLS_EKU_MISSING },
    { 0x80092013, FINDING_TLS_REVOCATION_OFFLINE },
    { 0x80092012, FINDING_TLS_REVOCATION_OFFLINE },
    { 0x80090331, FINDING_TLS_NO_COMMON_CIPHER },
    { 0x80090326, FINDING_TLS_ALERT },
    { 0x80090349, FINDING_TLS_EKU_MISSING },
    { 0x80072751, FINDING_TCP_UNREACHABLE },
    { 0x80072743, FINDING_TCP_UNREACHABLE },
    { 0x800704cf, FINDING_TCP_UNREACHABLE },
    { 0x800704d0, FINDING_TCP_UNREACHABLE },
    { 0x80072af9, FINDING_DNS_FAILED },
    { 0x80072afc, FINDING_DNS_FAILED },
    { 0x80072ee7, FINDING_DNS_FAILED },
    { 0x80072f05, FINDING_TLS_CERT_EXPIRED },
    { 0x80072f06, FINDING_TLS_NAME_MISMATCH },
    { 0x80072f0d, FINDING_TLS_UNTRUSTED_ROOT },
    { 0x8007274c, FINDING_TCP_NO_ANSWER },
    { 0x8007274d, FINDING_TCP_REFUSED },
};

static const struct code_finding x509_findings[] = {
    { 9, FINDING_TLS_CERT_NOT_YET_VALID }, { 10, FINDING_TLS_CERT_EXPIRED },
    { 18, FINDING_TLS_UNTRUSTED_ROOT },    { 19, FINDING_TLS_UNTRUSTED_ROOT },
    { 20, FINDING_TLS_UNTRUSTED_ROOT },    { 21, FINDING_TLS_MISSING_INTERMEDIATE },
    { 26, FINDING_TLS_EKU_MISSING },       { 62, FINDING_TLS_NAME_MISMATCH },
};

static int
look_up(const struct code_finding *table, size_t len, uint32_t number)
{
    for (size_t i = 0; i < len; i++)
        if (table[i].number == number)
            return (int)table[i].finding;
    return LOG_NO_FINDING;
}

int
log_code_finding(const struct log_code *code)
{
    switch (code->kind) {
    case LOG_CODE_RAS:
    case LOG_CODE_MSCHAP:
        return look_up(ras_findings, G_N_ELEMENTS(ras_findings), code->number);
    case LOG_CODE_HRESULT:
        return look_up(hresult_findings, G_N_ELEMENTS(hresult_findings), code->number);
    case LOG_CODE_X509:
        return look_up(x509_findings, G_N_ELEMENTS(x509_findings), code->number);
    case LOG_CODE_SSTP_STATUS:
        break;
    }
    return LOG_NO_FINDING;
}

struct log_blame
log_entry_blame(const struct log_entry *entry)
{
    for (unsigned i = 0; i < entry->codes.num; i++) {
        int finding = log_code_finding(&entry->codes.code[i]);
        if (finding != LOG_NO_FINDING)
            return (struct log_blame){ finding, LOG_CAUSE };
    }
    if (!entry->sentence)
        return (struct log_blame){ LOG_NO_FINDING, LOG_CHATTER };
    return (struct log_blame){ entry->sentence->finding, entry->sentence->weight };
}

bool
log_blame_is_better(const struct log_blame *blame, const struct log_blame *than)
{
    if (blame->finding == LOG_NO_FINDING || blame->weight < LOG_NOTED)
        return false;
    return than->finding == LOG_NO_FINDING || blame->weight > than->weight;
}
