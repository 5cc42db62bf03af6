/* codes.c - numbers in a log line that mean something
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/codes.h"

#include <string.h>

#include "log/text.h"
#include "base/numbers.h"

enum {
    RAS_NUMBER_MIN = 600, /* RASBASE */
    WORDS_BETWEEN_MAX = 48,
    NUMBER_DIGITS_MAX = 10,
    HRESULT_DIGITS = 8,
};

static const uint32_t hresult_first = 0x80000000, hresult_last = 0x8fffffff;

static void
codes_add(struct log_codes *codes, enum log_code_kind kind, uint32_t number)
{
    for (unsigned i = 0; i < codes->num; i++)
        if (codes->code[i].kind == kind && codes->code[i].number == number)
            return;
    if (codes->num < LOG_CODES_MAX)
        codes->code[codes->num++] = (struct log_code){ kind, number };
}

/* Decimal digits, at most NUMBER_DIGITS_MAX of them. *end is behind them. */
static bool
number_parse(const char *p, const char **end, uint64_t *number)
{
    unsigned num = 0;

    *number = 0;
    for (; g_ascii_isdigit(*p); p++, num++)
        if (num < NUMBER_DIGITS_MAX)
            *number = *number * 10 + (uint64_t)(*p - '0');
    *end = p;
    return num > 0 && num <= NUMBER_DIGITS_MAX;
}

/* --- Windows --------------------------------------------------------------------------------- */

/* 0x800B0101; magic numbers of LCP look alike, so that only known ones count where they may stand.
 */
static void
hex_hresult(struct log_codes *codes, const char *p, bool windows)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < HRESULT_DIGITS; i++) {
        if (!g_ascii_isxdigit(p[i]))
            return;
        number = number << 4 | (uint32_t)g_ascii_xdigit_value(p[i]);
    }
    if (g_ascii_isalnum(p[HRESULT_DIGITS]) || number < hresult_first || number > hresult_last)
        return;
    if (windows || hresult_symbol(number))
        codes_add(codes, LOG_CODE_HRESULT, number);
}

/* -2146762495, or the same without its sign. */
static void
decimal_hresult(struct log_codes *codes, const char *p, bool negative)
{
    const char *end;
    uint64_t number;

    if (!number_parse(p, &end, &number) || g_ascii_isalnum(*end))
        return;
    if (negative)
        number = (UINT64_C(1) << 32) - MIN(number, UINT64_C(1) << 32);
    if (number >= hresult_first && number <= hresult_last)
        codes_add(codes, LOG_CODE_HRESULT, (uint32_t)number);
}

static void
find_hresults(struct log_codes *codes, const char *text, bool windows)
{
    for (const char *p = text; *p; p++) {
        if (p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '-'))
            continue;
        if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
            hex_hresult(codes, p + 2, windows);
        else if (p[0] == '-' && g_ascii_isdigit(p[1]))
            decimal_hresult(codes, p + 1, true);
        else if (windows && g_ascii_isdigit(p[0]))
            decimal_hresult(codes, p, false);
    }
}

/* "The error code returned on failure is 691", "Error 809:", "reason code ... is 829". */
static void
find_ras(struct log_codes *codes, const char *text, const char *word)
{
    for (const char *p = log_find_word(text, word); p; p = log_find_word(p, word)) {
        const char *end;
        uint64_t number;
        p += strlen(word);
        size_t between = 0;
        while (between < WORDS_BETWEEN_MAX &&
               (g_ascii_isalpha(p[between]) || (p[between] && strchr(" :=#(", p[between]))))
            between++;
        if (!number_parse(p + between, &end, &number) || number < RAS_NUMBER_MIN ||
            number > UINT32_MAX || g_ascii_isalnum(*end))
            continue;
        if (ras_log_error_text((uint32_t)number))
            codes_add(codes, LOG_CODE_RAS, (uint32_t)number);
    }
}

void
log_codes_field(struct log_codes *codes, const char *field)
{
    const char *end;
    uint64_t number;

    find_hresults(codes, field, true);
    if (number_parse(field, &end, &number) && *end == '\0' && number >= RAS_NUMBER_MIN &&
        number < hresult_first && ras_log_error_text((uint32_t)number))
        codes_add(codes, LOG_CODE_RAS, (uint32_t)number);
}

void
log_codes_last(struct log_codes *codes, const char *message)
{
    const char *end = message + strlen(message), *begin;
    char *number;

    while (end > message && !g_ascii_isdigit(end[-1]))
        end--;
    for (begin = end; begin > message && g_ascii_isalnum(begin[-1]);)
        begin--;
    if (begin > message && begin[-1] == '-')
        begin--;
    number = g_strndup(begin, (gsize)(end - begin));
    log_codes_field(codes, number);
    g_free(number);
}

/* --- PPP ------------------------------------------------------------------------------------- */

/* E=691 R=0 */
static void
find_mschap(struct log_codes *codes, const char *text)
{
    for (const char *p = strstr(text, "E="); p; p = strstr(p + 2, "E=")) {
        const char *end;
        uint64_t number;
        if ((p > text && g_ascii_isalnum(p[-1])) || !number_parse(p + 2, &end, &number))
            continue;
        if (g_str_has_prefix(end, " R=") && number <= UINT32_MAX)
            codes_add(codes, LOG_CODE_MSCHAP, (uint32_t)number);
    }
}

/* One byte as pppd prints it in a string: "\003", "^C", "M-3", "M-^C", or itself. */
static uint8_t
pppd_byte(const char **p)
{
    const char *q = *p;
    uint8_t high = 0, byte;

    if (q[0] == '\\' && q[1] >= '0' && q[1] <= '3' && g_ascii_isdigit(q[2]) &&
        g_ascii_isdigit(q[3])) {
        *p += 4;
        return (uint8_t)((q[1] - '0') << 6 | ((q[2] - '0') & 7) << 3 | ((q[3] - '0') & 7));
    }
    if (q[0] == 'M' && q[1] == '-' && q[2]) {
        high = 0x80;
        q += 2;
    }
    if (q[0] == '^' && q[1])
        byte = (uint8_t) * ++q ^ 0x40;
    else
        byte = (uint8_t)*q;
    *p = q + 1;
    return byte | high;
}

/* Microsoft's Terminate-Request: magic number, 00 3C CD 74, then the RAS error. */
static void
find_terminate(struct log_codes *codes, const char *text)
{
    const uint64_t marker = 0x003ccd74;
    uint64_t last = UINT64_MAX; /* eight bytes */

    if (!strstr(text, "LCP"))
        return;
    for (const char *p = text; *p;) {
        last = last << 8 | pppd_byte(&p);
        if (last >> 32 == marker)
            codes_add(codes, LOG_CODE_RAS, (uint32_t)last);
    }
}

/* --- TLS and SSTP ---------------------------------------------------------------------------- */

/* "certificate verification failed: certificate has expired (10)", "verify error:num=20:" */
static void
find_x509(struct log_codes *codes, const char *text)
{
    if (!log_find_word(text, "verif"))
        return;
    for (const char *p = text; *p; p++) {
        const char *end;
        uint64_t number;
        size_t skip = *p == '(' ? 1 : g_str_has_prefix(p, "num=") ? 4 : 0;
        if (!skip || !number_parse(p + skip, &end, &number) || (*p == '(' && *end != ')'))
            continue;
        if (number <= UINT32_MAX && x509_verify_symbol((uint32_t)number))
            codes_add(codes, LOG_CODE_X509, (uint32_t)number);
    }
}

/* "status 7", "status code: 0x8", if the line speaks of SSTP; not a status of HTTP. */
static void
find_status(struct log_codes *codes, const char *text)
{
    if (!log_find_word(text, "sstp") || log_find_word(text, "http"))
        return;
    for (const char *p = log_find_word(text, "status"); p; p = log_find_word(p, "status")) {
        p += strlen("status");
        const char *q = p + strspn(p, " ");
        if (g_ascii_strncasecmp(q, "code", 4) == 0)
            q += 4;
        q += strspn(q, " :=(");
        if (!g_ascii_isdigit(*q))
            continue;
        guint64 number = g_ascii_strtoull(q, NULL, q[0] == '0' && q[1] == 'x' ? 16 : 10);
        if (number <= SSTP_STATUS_STATUS_INFO_NOT_SUPPORTED_IN_MSG)
            codes_add(codes, LOG_CODE_SSTP_STATUS, (uint32_t)number);
    }
}

void
log_codes_find(struct log_codes *codes, const char *text, bool windows)
{
    find_hresults(codes, text, windows);
    find_mschap(codes, text);
    find_terminate(codes, text);
    find_x509(codes, text);
    find_status(codes, text);
    find_ras(codes, text, "error");
    find_ras(codes, text, "reason");
    if (windows && codes->num == 0 && g_ascii_strncasecmp(text, "CoId={", strlen("CoId={")) == 0)
        log_codes_last(codes, text);
}

/* --- what they mean -------------------------------------------------------------------------- */

const char *
log_code_kind_name(enum log_code_kind kind)
{
    static const char *const names[] = {
        [LOG_CODE_HRESULT] = "hresult",         [LOG_CODE_RAS] = "ras",
        [LOG_CODE_MSCHAP] = "mschap",           [LOG_CODE_X509] = "x509",
        [LOG_CODE_SSTP_STATUS] = "sstp_status",
    };

    return names[kind];
}

char *
log_code_text(const struct log_code *code)
{
    return g_strdup_printf(code->kind == LOG_CODE_HRESULT ? "0x%08X" : "%u", code->number);
}

const char *
log_code_name(const struct log_code *code)
{
    switch (code->kind) {
    case LOG_CODE_HRESULT:
        return hresult_symbol(code->number);
    case LOG_CODE_X509:
        return x509_verify_symbol(code->number);
    case LOG_CODE_RAS:
        return "RAS error";
    case LOG_CODE_MSCHAP:
        return "MS-CHAP error";
    case LOG_CODE_SSTP_STATUS:
        break;
    }
    return "SSTP status";
}

const char *
log_code_meaning(const struct log_code *code)
{
    switch (code->kind) {
    case LOG_CODE_HRESULT:
        return hresult_text(code->number);
    case LOG_CODE_X509:
        return x509_verify_text(code->number);
    case LOG_CODE_RAS:
        return ras_log_error_text(code->number);
    case LOG_CODE_MSCHAP:
        return mschap_error_text(code->number);
    case LOG_CODE_SSTP_STATUS:
        break;
    }
    return sstp_status_name(code->number);
}

const char *
log_code_source(enum log_code_kind kind)
{
    static const char *const sources[] = {
        [LOG_CODE_HRESULT] = "MS-ERREF 2.1.1 (winerror.h); for SSTP Microsoft KB947031",
        [LOG_CODE_RAS] = "Microsoft, Routing and Remote Access Error Codes (raserror.h)",
        [LOG_CODE_MSCHAP] = "RFC 2759 6",
        [LOG_CODE_X509] = "OpenSSL, x509_vfy.h",
        [LOG_CODE_SSTP_STATUS] = "MS-SSTP 2.2.8",
    };

    return sources[kind];
}
