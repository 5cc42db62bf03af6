/* explain_terms.h - words that people meet, and what to check behind some numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_EXPLAIN_TERMS_H
#define SSTPDIAG_CORE_REPORT_EXPLAIN_TERMS_H

#include "log/codes.h"

struct explain_term {
    const char *words, *meaning;
    int finding; /* enum finding_id; LOG_NO_FINDING */
};

/* The term that text is, or, when anywhere, that stands in it, in whatever case; NULL. */
const struct explain_term *explain_term_find(const char *text, bool anywhere);
/* A status of HTTP that clients of SSTP meet; NULL. */
const struct explain_term *explain_http_status(uint32_t status);
/* What to check behind a code that names no finding; NULL. */
const char *explain_code_advice(const struct log_code *code);

#endif
