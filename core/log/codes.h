/* codes.h - numbers in a log line that mean something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_CODES_H
#define SSTPDIAG_CORE_LOG_CODES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOG_CODES_MAX = 4 };

enum log_code_kind {
    LOG_CODE_HRESULT,
    LOG_CODE_RAS,
    LOG_CODE_MSCHAP,
    LOG_CODE_X509, /* certificate verification of OpenSSL */
    LOG_CODE_SSTP_STATUS,
};

struct log_code {
    enum log_code_kind kind;
    uint32_t number;
};

struct log_codes {
    struct log_code code[LOG_CODES_MAX];
    unsigned num;
};

/* Adds the codes of a line: HRESULTs in hexadecimal or signed decimal, RAS errors, the E= of
 * MS-CHAP, the RAS error in a Terminate-Request as pppd prints it, OpenSSL's verification results
 * and SSTP status numbers. windows: written by Windows, where a large number is nothing else. */
void log_codes_find(struct log_codes *codes, const char *text, bool windows);
/* The same of a field of a Windows event; it counts if it is one number and nothing else. */
void log_codes_field(struct log_codes *codes, const char *field);

const char *log_code_kind_name(enum log_code_kind kind);
/* "0x800B0101", "691". Newly allocated. */
char *log_code_text(const struct log_code *code);
/* "CERT_E_EXPIRED", "RAS error"; NULL for an HRESULT without a known symbol. Static memory. */
const char *log_code_name(const struct log_code *code);
/* What it says, NULL when not known. Static memory. */
const char *log_code_meaning(const struct log_code *code);
/* Where the meanings of its kind stand. Static memory. */
const char *log_code_source(enum log_code_kind kind);

/* The number that stands last in a message of RasClient: of a failed connection that is its code,
 * in whatever language. */
void log_codes_last(struct log_codes *codes, const char *message);

#endif
