/* wants.c - what rows ask for beyond findings and verdict
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wants.h"

#include <math.h>
#include <string.h>

/* Half of the last decimal that is written. */
static double
precision(const char *number)
{
    const char *point = strchr(number, '.');

    return 0.5 * pow(10, point ? -(double)strlen(point + 1) : 0) + 1e-9;
}

static bool
is_number(const char *text)
{
    char *end;

    g_ascii_strtod(text, &end);
    return end != text && *end == '\0';
}

static bool
number_fits(const char *want, double number)
{
    return is_number(want) && fabs(number - g_ascii_strtod(want, NULL)) <= precision(want);
}

/* "_" and a blank are the same. */
static bool
text_fits(const char *want, const char *got)
{
    char *a = g_strdelimit(g_strdup(want), "_", ' '), *b = g_strdelimit(g_strdup(got), "_", ' ');
    bool same = strcmp(a, b) == 0;

    g_free(a);
    g_free(b);
    return same;
}

/* NULL: this is no fact of sessions. */
static const char *
session_fact(const struct session *session, const char *key)
{
    if (strcmp(key, "outcome") == 0)
        return session_outcome(session);
    if (strcmp(key, "evidence") == 0)
        return evidence_name(session_evidence(session));
    if (strcmp(key, "reached") == 0)
        return stage_name(session_reached(session));
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (strcmp(key, stage_name((enum stage)stage)) == 0)
            return mark_is_set(state->first) ? outcome_name(state->outcome) : "-";
    }
    return NULL;
}

static char *
detail_wrong(const struct detail *detail, const char *want)
{
    if (detail->kind == DETAIL_NUMBER)
        return number_fits(want, detail->number)
                   ? NULL
                   : g_strdup_printf("%s: %g instead of %s", detail->key, detail->number, want);
    return text_fits(want, detail->text)
               ? NULL
               : g_strdup_printf("%s: %s instead of %s", detail->key, detail->text, want);
}

static char *
want_wrong(const char *key, const char *want, const struct session *session,
           const struct finding *finding)
{
    const char *fact = session_fact(session, key);

    if (fact)
        return text_fits(want, fact) ? NULL
                                     : g_strdup_printf("%s: %s instead of %s", key, fact, want);
    for (unsigned i = 0; finding && i < finding->num_details; i++)
        if (strcmp(finding->details[i].key, key) == 0)
            return detail_wrong(&finding->details[i], want);
    return g_strdup_printf("%s: there is none", key);
}

char *
wants_wrong(const char *wants, const struct session *session, const struct finding *finding)
{
    char **words = g_strsplit(wants ? wants : "", " ", -1), *wrong = NULL;

    for (char **word = words; *word && !wrong; word++) {
        char *equals = strchr(*word, '=');
        if (!**word)
            continue;
        if (!equals) {
            wrong = g_strdup_printf("%s: no demand", *word);
            continue;
        }
        *equals = '\0';
        wrong = want_wrong(*word, equals + 1, session, finding);
    }
    g_strfreev(words);
    return wrong;
}
