/* text.c - the text report on a terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "show.h"

static const char bold[] = "\033[1m", red[] = "\033[1;31m", yellow[] = "\033[1;33m",
                  green[] = "\033[1;32m", blue[] = "\033[36m", plain[] = "\033[0m";

/* Which colour for the words at the beginning of a line, and up to where. */
static const struct rule {
    const char *start, *has; /* has: anywhere in the line; NULL: nothing */
    const char *colour;
} rules[] = {
    { "  Verdict: healthy", NULL, green },
    { "  Verdict: inconclusive", NULL, yellow },
    { "  Verdict:", " (warn, ", yellow },
    { "  Verdict:", NULL, red },
    { "Session ", NULL, bold },
    { "Candidate ", NULL, bold },
    { "    error     ", NULL, red },
    { "    warn      ", NULL, yellow },
    { "    Advice    ", NULL, blue },
    { "  Also found", NULL, bold },
    { "Hint: ", NULL, yellow },
};

bool
show_wants_colour(void)
{
    const char *no = g_getenv("NO_COLOR"), *terminal = g_getenv("TERM");

    return isatty(STDOUT_FILENO) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

/* A verdict that does not fit into its line goes on below its words. */
static const char verdict[] = "  Verdict: ", more_of_verdict[] = "           ";

/* NULL: no colour. next: the line behind; NULL: none. */
static const struct rule *
rule_of(const char *line, const char *next)
{
    if (!next || !g_str_has_prefix(line, verdict) || !g_str_has_prefix(next, more_of_verdict))
        next = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (g_str_has_prefix(line, rules[i].start) &&
            (!rules[i].has || strstr(line, rules[i].has) || strstr(next, rules[i].has)))
            return &rules[i];
    return NULL;
}

static void
show_line(const char *line, const struct rule *rule)
{
    if (!rule) {
        puts(line);
        return;
    }
    /* A label alone, or the whole of a line that is one. */
    bool label = g_str_has_prefix(rule->start, "    ");
    int len = (int)(label ? strlen(rule->start) : strlen(line));
    printf("%s%.*s%s%s\n", rule->colour, len, line, plain, line + len);
}

void
show_text(const char *text, bool colour)
{
    char *shown = text_shown(text, "\n");
    char **lines;

    if (!colour) {
        fputs(shown, stdout);
        g_free(shown);
        return;
    }
    lines = g_strsplit(shown, "\n", -1);
    const struct rule *rule = NULL;
    for (char **line = lines; *line; line++) {
        bool goes_on = line > lines && g_str_has_prefix(line[-1], verdict) &&
                       g_str_has_prefix(*line, more_of_verdict);
        rule = goes_on ? rule : rule_of(*line, line[1]);
        if (**line || line[1])
            show_line(*line, rule);
    }
    g_strfreev(lines);
    g_free(shown);
}
