/* explain.c - what a code, or a finding, means
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/explain.h"

#include <string.h>

#include "base/numbers.h"
#include "base/text.h"
#include "log/blame.h"
#include "report/explain_terms.h"

/* What a bare number may be, in the order in which it is told. Errors of MS-CHAP are those of RAS.
 */
static const enum log_code_kind number_kinds[] = { LOG_CODE_RAS, LOG_CODE_X509,
                                                   LOG_CODE_SSTP_STATUS };

static bool
parse_number(const char *word, gint64 *number, bool *hex)
{
    char *end;

    *hex = g_ascii_strncasecmp(word, "0x", 2) == 0;
    *number = g_ascii_strtoll(word, &end, *hex ? 16 : 10);
    return end > word && *end == '\0' && (g_ascii_isdigit(*word) || *word == '-');
}

static void
text_finding(GString *text, enum finding_id id)
{
    const struct finding_info *info = finding_info(id);

    g_string_append_printf(text, "\nFinding %s (stage %s, %s)\n", info->name,
                           stage_name(info->stage), severity_name(info->severity));
    text_labelled(text, "What", info->title);
    if (*info->advice)
        text_labelled(text, "Advice", info->advice);
    if (*info->reference)
        text_labelled(text, "Source", info->reference);
    char *page = g_strdup_printf("docs/findings/%s.adoc", info->name);
    text_labelled(text, "Page", page);
    g_free(page);
}

/* --- codes ----------------------------------------------------------------------------------- */

static bool
text_code(GString *text, const struct log_code *code)
{
    const char *name = log_code_name(code), *meaning = log_code_meaning(code);
    int finding = log_code_finding(code);
    char *number;

    if (!meaning)
        return false;
    number = log_code_text(code);
    char *words = g_strdup_printf("%s %s: %s", name ? name : "HRESULT", number, meaning);
    if (text->len)
        g_string_append_c(text, '\n');
    text_wrapped(text, 2, 0, words);
    text_labelled(text, "Source", log_code_source(code->kind));
    if (explain_code_advice(code))
        text_labelled(text, "Advice", explain_code_advice(code));
    if (finding != LOG_NO_FINDING)
        text_finding(text, (enum finding_id)finding);
    g_free(words);
    g_free(number);
    return true;
}

static void
text_term(GString *text, const struct explain_term *term)
{
    if (!term)
        return;
    if (text->len)
        g_string_append_c(text, '\n');
    text_wrapped(text, 0, 0, term->meaning);
    if (term->finding != LOG_NO_FINDING)
        text_finding(text, (enum finding_id)term->finding);
}

static const char source_of_sstp_events[] = "Microsoft, texts of the events of SSTP";

/* Numbers that are no errors: of events, and of the reasons in them. */
static void
text_events(GString *text, uint32_t number)
{
    const struct {
        const char *what, *source, *meaning;
    } events[] = {
        { "RasSstp event", source_of_sstp_events, rassstp_event_text(number) },
        { "RasClient event", "Microsoft, events of RasClient", rasclient_event_text(number) },
        { "NPS reason", "Microsoft, NPS reason codes (dd197521)", nps_reason_text(number) },
        { "TLS alert", "RFC 8446 6, IANA", tls_alert_name(number) },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        if (!events[i].meaning)
            continue;
        if (text->len)
            g_string_append_c(text, '\n');
        char *words = g_strdup_printf("%s %u: %s", events[i].what, number, events[i].meaning);
        text_wrapped(text, 2, 0, words);
        text_labelled(text, "Source", events[i].source);
        g_free(words);
    }
}

/* What the low half of an HRESULT of RAS or of Windows is. */
static void
explain_hresult(GString *text, uint32_t number)
{
    enum { FACILITY_WIN32 = 0x8007 };
    struct log_code code = { LOG_CODE_HRESULT, number };

    text_code(text, &code);
    if (text->len == 0 && number >> 16 == FACILITY_WIN32) {
        code = (struct log_code){ LOG_CODE_RAS, number & 0xffff };
        text_code(text, &code);
    }
}

static void
explain_number(GString *text, gint64 number, bool hex)
{
    if (number < 0 && number >= INT32_MIN)
        number += INT64_C(1) << 32;
    if (number > UINT32_MAX || number < 0)
        return;
    if (number >= INT64_C(0x80000000)) {
        explain_hresult(text, (uint32_t)number);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(number_kinds) && !hex; i++) {
        const struct log_code code = { number_kinds[i], (uint32_t)number };
        text_code(text, &code);
    }
    if (!hex) {
        text_events(text, (uint32_t)number);
        text_term(text, explain_http_status((uint32_t)number));
    }
    if (hex) {
        const struct log_code ras = { LOG_CODE_RAS, (uint32_t)number };
        const struct log_code status = { LOG_CODE_SSTP_STATUS, (uint32_t)number };
        text_code(text, &ras);
        text_code(text, &status);
    }
}

/* --- findings -------------------------------------------------------------------------------- */

/* Every word of words stands in the id or the title. */
static bool
has_words(const struct finding_info *info, char *const *words)
{
    char *both = g_strdup_printf("%s %s", info->name, info->title);
    char *lower = g_ascii_strdown(both, -1);
    bool all = true, any = false;

    for (; *words && all; words++) {
        all = strstr(lower, *words) != NULL;
        any |= **words != '\0';
    }
    g_free(lower);
    g_free(both);
    return all && any;
}

static void
explain_words(GString *text, const char *word)
{
    char *lower = g_ascii_strdown(word, -1);
    char **words = g_strsplit_set(lower, " \t,", -1);
    bool exact = false;

    for (int id = 0; id < FINDING_COUNT && !exact; id++)
        if (finding_info((enum finding_id)id)->ready &&
            strcmp(finding_info((enum finding_id)id)->name, lower) == 0) {
            text_finding(text, (enum finding_id)id);
            exact = true;
        }
    for (int id = 0; id < FINDING_COUNT && !exact; id++)
        if (finding_info((enum finding_id)id)->ready &&
            has_words(finding_info((enum finding_id)id), words))
            text_finding(text, (enum finding_id)id);
    g_strfreev(words);
    g_free(lower);
}

/* A sentence of a log: its codes, and what the catalogue has. */
static void
explain_line(GString *text, const char *line)
{
    struct log_catalogue *catalogue = log_catalogue_new();
    const struct log_sentence *sentence = log_catalogue_find(catalogue, line, LOG_FROM_OTHER);
    struct log_codes codes = { .num = 0 };

    log_codes_find(&codes, line, false);
    for (unsigned i = 0; i < codes.num; i++)
        text_code(text, &codes.code[i]);
    if (sentence && sentence->meaning)
        text_wrapped(text, 2, 0, sentence->meaning);
    if (sentence && sentence->finding != LOG_NO_FINDING && codes.num == 0)
        text_finding(text, (enum finding_id)sentence->finding);
    log_catalogue_free(catalogue);
}

static enum finding_id
alert_finding(int alert)
{
    switch (alert) {
    case 42: /* bad_certificate */
    case 45: /* certificate_expired */
    case 46: /* certificate_unknown */
    case 48: /* unknown_ca */
        return FINDING_TLS_CLIENT_REJECTED_SERVER;
    case 70: /* protocol_version */
        return FINDING_TLS_VERSION_MISMATCH;
    default:
        return FINDING_TLS_ALERT;
    }
}

/* "alert 48", "unknown_ca", "alert unknown ca" */
static void
explain_alert(GString *text, const char *word)
{
    const char *name = g_ascii_strncasecmp(word, "alert ", 6) == 0 ? word + 6 : word;
    char *under = g_strdelimit(g_ascii_strdown(name, -1), " ", '_');
    gint64 number;
    bool hex;
    int found = -1;

    if (name != word && parse_number(name, &number, &hex) && number >= 0 && number <= UINT8_MAX)
        found = tls_alert_name((uint32_t)number) ? (int)number : -1;
    for (int i = 0; i <= UINT8_MAX && found < 0; i++)
        if (g_strcmp0(tls_alert_name((uint32_t)i), under) == 0)
            found = i;
    if (found >= 0) {
        char *words = g_strdup_printf("TLS alert %d: %s", found, tls_alert_name((uint32_t)found));
        text_wrapped(text, 0, 0, words);
        text_labelled(text, "Source", "RFC 8446 6, IANA");
        text_finding(text, alert_finding(found));
        g_free(words);
    }
    g_free(under);
}

/* "RasSstp 16": no other number that is 16, and what a log with that event means. */
static bool
explain_sstp_event(GString *text, const char *provider, gint64 number)
{
    const char *meaning =
        number >= 0 && number <= UINT8_MAX && g_ascii_strcasecmp(provider, "RasSstp") == 0
            ? rassstp_event_text((uint32_t)number)
            : NULL;

    if (!meaning)
        return false;
    char *words = g_strdup_printf("RasSstp event %d: %s", (int)number, meaning);
    char *line = g_strdup_printf("RasSstp %d (%s)", (int)number, meaning);
    text_wrapped(text, 2, 0, words);
    text_labelled(text, "Source", source_of_sstp_events);
    explain_line(text, line);
    g_free(line);
    g_free(words);
    return true;
}

/* "Fehler 691", "RAS 691", "HTTP 404": the number that stands last, behind one or two words. */
static void
explain_last_number(GString *text, const char *word)
{
    enum { WORDS_MAX = 3 };
    char **words = g_strsplit_set(word, " \t:", -1);
    guint num = g_strv_length(words);
    gint64 number;
    bool hex;

    if (num >= 2 && num <= WORDS_MAX && parse_number(words[num - 1], &number, &hex) &&
        !explain_sstp_event(text, words[0], number))
        explain_number(text, number, hex);
    g_strfreev(words);
}

/* 800B010F: an HRESULT as Windows shows it, without its 0x. */
static bool
is_bare_hresult(const char *word)
{
    enum { DIGITS = 8 };
    const char *digits = "0123456789abcdefABCDEF";

    return strlen(word) == DIGITS && word[0] == '8' && strspn(word, digits) == DIGITS &&
           g_ascii_strtoull(word, NULL, 16) >> 16 >= 0x8000;
}

static void
explain_text(GString *text, const char *word)
{
    text_term(text, explain_term_find(word, false));
    if (text->len == 0)
        explain_alert(text, word);
    if (text->len == 0)
        explain_words(text, word);
    if (text->len == 0)
        explain_line(text, word);
    if (text->len == 0)
        text_term(text, explain_term_find(word, true));
    if (text->len == 0)
        explain_last_number(text, word);
}

char *
report_explain(const char *given)
{
    GString *text = g_string_new(NULL);
    char *word = g_strstrip(g_strdup(given));
    gint64 number;
    bool hex;

    if (g_ascii_strncasecmp(word, "E=", 2) == 0 && parse_number(word + 2, &number, &hex)) {
        const struct log_code code = { LOG_CODE_MSCHAP, (uint32_t)number };
        text_code(text, &code);
    } else if (is_bare_hresult(word)) {
        explain_number(text, (gint64)g_ascii_strtoull(word, NULL, 16), true);
    } else if (parse_number(word, &number, &hex)) {
        explain_number(text, number, hex);
    } else if (*word) {
        explain_text(text, word);
    }
    g_free(word);
    if (text->len)
        return g_string_free(text, FALSE);
    g_string_free(text, TRUE);
    return NULL;
}
