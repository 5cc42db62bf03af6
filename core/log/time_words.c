/* time_words.c - months and zones by their names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/time_words.h"

#include <glib.h>
#include <string.h>

enum { WORD_MAX_LEN = 24 };

/* Short names as the C library of GNU has them for its locales, without dots, in lower case. */
static const char *const months[] = {
    " jan janv ene gen sty led ian oca tammi янв січ ιαν ",
    " feb févr fev lut úno febr şub helmi фев лют φεβ ",
    " mar mär mrz mars mrt bře márc maalis мар бер μαρ ",
    " apr avril avr abr kwi dub ápr nis huhti апр кві απρ ",
    " may mai mag maj mei kvě máj touko май мая тра μαΐ ",
    " jun juin giu cze čen jún iun haz kesä июн чер ιουν ",
    " jul juil lug lip čec júl iul tem heinä июл лип ιουλ ",
    " aug août ago sie srp ağu elo авг сер αυγ ",
    " sep sept set wrz zář szept eyl syys сен вер σεπ ",
    " oct okt ott out paź říj eki loka окт жов οκτ ",
    " nov lis noi kas marras ноя лис νοε ",
    " dec dez déc dic gru pro des ara joulu дек гру δεκ ",
};

/* "11月", "11월" */
static int
numbered_month(const char **p)
{
    const char *q = *p;
    int number = 0;

    for (int i = 0; i < 2 && g_ascii_isdigit(*q); i++, q++)
        number = number * 10 + (*q - '0');
    if (!g_str_has_prefix(q, "月") && !g_str_has_prefix(q, "월"))
        return 0;
    *p = q + strlen("月");
    return number <= (int)G_N_ELEMENTS(months) ? number : 0;
}

/* Behind a month's name stands a day, a year or a time: this is cheaper to see than the name. */
static bool
is_before_number(const char *p)
{
    p += *p == '.';
    return *p && strchr(" /-", *p) && g_ascii_isdigit(p[strspn(p, " /-")]);
}

static int
named_month(const char *word, size_t len)
{
    char *lower, *padded;
    int found = 0;

    if (!g_utf8_validate(word, (gssize)len, NULL))
        return 0;
    lower = g_utf8_strdown(word, (gssize)len);
    padded = g_strdup_printf(" %s ", lower);
    for (size_t i = 0; i < G_N_ELEMENTS(months) && !found; i++)
        if (strstr(months[i], padded))
            found = (int)i + 1;
    g_free(padded);
    g_free(lower);
    return found;
}

int
log_time_month(const char **p)
{
    size_t len = 0;
    int month;

    if (g_ascii_isdigit(**p))
        return numbered_month(p);
    while (g_ascii_isalpha((*p)[len]) || ((*p)[len] & 0x80))
        if (++len > WORD_MAX_LEN)
            return 0;
    month = len >= 3 && is_before_number(*p + len) ? named_month(*p, len) : 0;
    if (month)
        *p += len + ((*p)[len] == '.');
    return month;
}

bool
log_time_zone_word(const char **p, int *seconds)
{
    static const struct {
        const char *name;
        int quarters; /* of an hour */
    } zones[] = {
        { "UTC", 0 },   { "GMT", 0 },   { "Z", 0 },     { "WET", 0 },   { "WEST", 4 },
        { "CET", 4 },   { "CEST", 8 },  { "MEZ", 4 },   { "MESZ", 8 },  { "EET", 8 },
        { "EEST", 12 }, { "MSK", 12 },  { "BST", 4 },   { "EST", -20 }, { "EDT", -16 },
        { "CDT", -20 }, { "MDT", -24 }, { "PST", -32 }, { "PDT", -28 }, { "JST", 36 },
        { "KST", 36 },  { "AEST", 40 }, { "AEDT", 44 }, { "NZST", 48 }, { "NZDT", 52 },
        { "SGT", 32 },  { "HKT", 32 },  { "SAST", 8 },
    };
    size_t len = strspn(*p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++)
        if (len == strlen(zones[i].name) && strncmp(*p, zones[i].name, len) == 0 &&
            !g_ascii_isalnum((*p)[len]) && (*p)[len] != '_') {
            *seconds = zones[i].quarters * 15 * 60;
            *p += len;
            return true;
        }
    return false;
}
