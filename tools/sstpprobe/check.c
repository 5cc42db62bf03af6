/* check.c - one line and an exit status for monitoring systems
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "check.h"

#include <stdio.h>

#include "word.h"

static const char *const state_names[] = {
    [WORD_GOOD] = "OK",
    [WORD_WARNED] = "WARNING",
    [WORD_BAD] = "CRITICAL",
    [WORD_UNKNOWN] = "UNKNOWN",
};

/* One line, and no bar: behind that perfdata begin. */
static void
append_clean(GString *line, const char *text)
{
    for (; *text; text++)
        g_string_append_c(line, *text == '|' ? '/' : (guchar)*text < ' ' ? ' ' : *text);
}

/* --- limits ----------------------------------------------------------------------------------- */

/* What is measured; below: it is too little that is bad. */
struct measure {
    const char *name;
    bool known, below;
    double value;
};

enum { MEASURES = 4 };

static void
measure(const struct walk *walk, struct measure measures[static MEASURES])
{
    const struct wire *wire = walk->attempt ? &walk->attempt->wire : NULL;
    double days = 0;
    const bool cert = word_certificate_days(walk, &days);

    measures[0] = (struct measure){ "time", true, false, word_seconds(walk) };
    measures[1] = (struct measure){ "rtt", wire && wire->counts.rtt, false,
                                    wire ? ns_seconds(wire->counts.rtt) : 0 };
    measures[2] = (struct measure){ "cert", cert, true, days };
    measures[3] =
        (struct measure){ "inner_mtu", walk->inner_mtu > 0, true, (double)walk->inner_mtu };
}

static bool
is_beyond(const struct measure *measure, const struct limits *limits)
{
    const double *limit = limits_find(limits, measure->name);

    return measure->known && limit &&
           (measure->below ? measure->value < *limit : measure->value > *limit);
}

/* The first measure that is beyond its limit; NULL: none. */
static const struct measure *
first_beyond(const struct measure *measures, const struct limits *limits)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (is_beyond(&measures[i], limits))
            return &measures[i];
    return NULL;
}

/* --- the line --------------------------------------------------------------------------------- */

static void
append_limit(GString *line, const struct limits *limits, const char *name)
{
    const double *limit = limits_find(limits, name);

    g_string_append_c(line, ';');
    if (limit)
        g_string_append_printf(line, "%g", *limit);
}

static void
append_measures(GString *line, const struct walk *walk, const struct measure *measures)
{
    for (size_t i = 0; i < MEASURES; i++) {
        if (!measures[i].known)
            continue;
        g_string_append_printf(line, "%s%s=%.*f%s", i ? " " : "", measures[i].name,
                               measures[i].below ? 0 : 4, measures[i].value,
                               measures[i].below ? "" : "s");
        append_limit(line, &walk->options->warning, measures[i].name);
        append_limit(line, &walk->options->critical, measures[i].name);
    }
}

static void
append_perfdata(GString *line, const struct walk *walk, const struct measure *measures)
{
    const struct wire *wire = walk->attempt ? &walk->attempt->wire : NULL;

    g_string_append(line, " | ");
    append_measures(line, walk, measures);
    for (int step = 0; step < STEP_COUNT; step++)
        if (walk->steps[step].done && walk->steps[step].seconds >= 0)
            g_string_append_printf(line, " %s=%.4fs", step_name((enum step)step),
                                   walk->steps[step].seconds);
    if (wire && wire->counts.path_mtu)
        g_string_append_printf(line, " path_mtu=%uB resent=%u", wire->counts.path_mtu,
                               wire->counts.resent);
}

static void
append_good(GString *line, const struct walk *walk)
{
    double days;

    g_string_append_printf(line, "%s %s in %.2f s", walk->options->name,
                           options_user(walk->options) ? "healthy" : "works as far as LCP",
                           word_seconds(walk));
    if (word_certificate_days(walk, &days))
        g_string_append_printf(line, ", certificate %.0f days", days);
    if (walk->inner_mtu)
        g_string_append_printf(line, ", inner MTU %zu", walk->inner_mtu);
}

/* "auth: auth_bad_credentials, Server refused ... (MS-CHAPv2: refused, E=691)" */
static void
append_bad(GString *line, const struct word *word)
{
    if (word->step)
        g_string_append_printf(line, "%s: ", word->step);
    if (word->fault) {
        g_string_append_printf(line, "%s, ", word->finding);
        append_clean(line, word->summary);
    }
    if (word->seen) {
        g_string_append(line, word->fault ? " (" : "");
        append_clean(line, word->seen);
        g_string_append(line, word->fault ? ")" : "");
    }
}

int
check_show(const struct walk *walk)
{
    struct word word = word_of(walk);
    struct measure measures[MEASURES];
    GString *line = g_string_new(NULL);

    measure(walk, measures);
    const struct measure *critical = first_beyond(measures, &walk->options->critical);
    const struct measure *warning = first_beyond(measures, &walk->options->warning);
    const struct measure *beyond = critical ? critical : warning;
    const bool was_good = word.level == WORD_GOOD;
    if (beyond && word.level != WORD_UNKNOWN)
        word.level = MAX(word.level, critical ? WORD_BAD : WORD_WARNED);
    g_string_append_printf(line, "SSTP %s - ", state_names[word.level]);
    if (*walk->stop)
        g_string_append(line, "stopped before it was over");
    else if (word.level == WORD_UNKNOWN && (!word.step || walk->options->withheld))
        append_clean(line, walk->steps[STEP_AUTH].seen ? walk->steps[STEP_AUTH].seen : "no login");
    else if (was_good)
        append_good(line, walk);
    else
        append_bad(line, &word);
    if (beyond)
        g_string_append_printf(line, ", %s is %g", beyond->name, beyond->value);
    append_perfdata(line, walk, measures);
    printf("%s\n", line->str);
    g_string_free(line, TRUE);
    return (int)word.level;
}

int
check_unknown(const char *why)
{
    GString *line = g_string_new("SSTP UNKNOWN - ");

    append_clean(line, why);
    printf("%s\n", line->str);
    g_string_free(line, TRUE);
    return WORD_UNKNOWN;
}
