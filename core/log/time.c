/* time.c - time stamps of log lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/time.h"

#include <string.h>

#include "base/event.h"

enum { NO_YEAR = -1, YEAR_MIN = 1970, YEAR_MAX = 2200, FRACTION_DIGITS = 9, ZONE_HOURS_MAX = 15 };

struct parts {
    int year; /* NO_YEAR */
    int month, day, hour, minute, second;
    int64_t ns, precision;
    bool has_zone;
    int zone_seconds; /* east of UTC */
};

static bool
digits(const char **p, unsigned num, int *value)
{
    int sum = 0;

    for (unsigned i = 0; i < num; i++) {
        if (!g_ascii_isdigit((*p)[i]))
            return false;
        sum = sum * 10 + ((*p)[i] - '0');
    }
    *p += num;
    *value = sum;
    return true;
}

static bool
one_of(const char **p, const char *set)
{
    if (**p == '\0' || !strchr(set, **p))
        return false;
    (*p)++;
    return true;
}

/* "12:41:50", "12:41:50.123" */
static bool
parse_clock(const char **p, struct parts *parts)
{
    if (!digits(p, 2, &parts->hour) || !one_of(p, ":") || !digits(p, 2, &parts->minute) ||
        !one_of(p, ":") || !digits(p, 2, &parts->second))
        return false;
    parts->precision = NS_PER_SECOND;
    parts->second = MIN(parts->second, 59); /* a leap second */
    if ((**p != '.' && **p != ',') || !g_ascii_isdigit((*p)[1]))
        return true;
    (*p)++;
    for (unsigned i = 0; g_ascii_isdigit(**p); i++, (*p)++) {
        if (i >= FRACTION_DIGITS)
            continue;
        parts->precision /= 10;
        parts->ns += (**p - '0') * parts->precision;
    }
    return true;
}

/* "Z", "+01:00", "+0100", "+01" */
static void
parse_zone(const char **p, struct parts *parts)
{
    const char *q = *p;
    int hours, minutes = 0;

    if (one_of(&q, "Zz")) {
        parts->has_zone = !g_ascii_isalnum(*q);
    } else if (one_of(&q, "+-") && digits(&q, 2, &hours) && hours <= ZONE_HOURS_MAX) {
        const char *behind = q;
        one_of(&behind, ":");
        if (digits(&behind, 2, &minutes))
            q = behind;
        parts->has_zone = minutes < 60;
        parts->zone_seconds = (**p == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
    }
    if (parts->has_zone)
        *p = q;
}

/* "2026-11-22", and with points or slashes */
static bool
parse_iso(const char **p, struct parts *parts)
{
    if (!digits(p, 4, &parts->year) || !one_of(p, "-/.") || !digits(p, 2, &parts->month) ||
        !one_of(p, "-/.") || !digits(p, 2, &parts->day) || !one_of(p, "T ") ||
        !parse_clock(p, parts))
        return false;
    parse_zone(p, parts);
    return true;
}

/* "Nov 22 12:41:50", "Nov  2 12:41:50", "Nov 22 2026 12:41:50" */
static bool
parse_syslog(const char **p, struct parts *parts)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int year;

    for (parts->month = 0; parts->month < 12; parts->month++)
        if (strncmp(*p, months + 3 * (size_t)parts->month, 3) == 0)
            break;
    if (parts->month++ == 12)
        return false;
    *p += 3;
    if (!one_of(p, " "))
        return false;
    if (!one_of(p, " ") && g_ascii_isdigit((*p)[0]) && g_ascii_isdigit((*p)[1])) {
        if (!digits(p, 2, &parts->day))
            return false;
    } else if (!digits(p, 1, &parts->day)) {
        return false;
    }
    if (!one_of(p, " "))
        return false;
    const char *q = *p;
    if (digits(&q, 4, &year) && one_of(&q, " ")) {
        parts->year = year;
        *p = q;
    }
    return parse_clock(p, parts);
}

/* In ns, for this year; false when there is no such day or hour. */
static bool
parts_time(const struct parts *parts, int year, GTimeZone *zone, int64_t *time)
{
    GDateTime *date;

    if (year < YEAR_MIN || year > YEAR_MAX)
        return false;
    date = parts->has_zone ? g_date_time_new_utc(year, parts->month, parts->day, parts->hour,
                                                 parts->minute, parts->second)
                           : g_date_time_new(zone, year, parts->month, parts->day, parts->hour,
                                             parts->minute, parts->second);
    if (!date)
        return false;
    *time = (g_date_time_to_unix(date) - parts->zone_seconds) * NS_PER_SECOND + parts->ns;
    g_date_time_unref(date);
    return true;
}

static int
year_of(int64_t time)
{
    GDateTime *date = g_date_time_new_from_unix_utc(time / NS_PER_SECOND);
    int year = date ? g_date_time_get_year(date) : YEAR_MIN;

    if (date)
        g_date_time_unref(date);
    return year;
}

/* Of the years around that of near the one that brings the stamp nearest. */
static bool
nearest_time(const struct parts *parts, const struct log_clock *clock, int64_t *time)
{
    int middle = year_of(clock->near);
    uint64_t least = UINT64_MAX;

    for (int year = middle - 1; year <= middle + 1; year++) {
        int64_t there;
        if (!parts_time(parts, year, clock->zone, &there))
            continue;
        uint64_t distance = there > clock->near ? (uint64_t)there - (uint64_t)clock->near
                                                : (uint64_t)clock->near - (uint64_t)there;
        if (distance < least) {
            least = distance;
            *time = there;
        }
    }
    return least != UINT64_MAX;
}

/* "<30>", "<30>1 " */
static void
skip_priority(const char **p)
{
    const char *q = *p;

    if (!one_of(&q, "<") || !g_ascii_isdigit(*q))
        return;
    while (g_ascii_isdigit(*q))
        q++;
    if (!one_of(&q, ">"))
        return;
    if (q[0] == '1' && q[1] == ' ')
        q += 2;
    *p = q;
}

bool
log_time_parse(const char **line, const struct log_clock *clock, struct log_stamp *stamp)
{
    struct parts parts = { .year = NO_YEAR };
    const char *p = *line;
    bool bracket;

    *stamp = (struct log_stamp){ 0 };
    skip_priority(&p);
    bracket = one_of(&p, "[");
    if (!(g_ascii_isdigit(*p) ? parse_iso(&p, &parts) : parse_syslog(&p, &parts)))
        return false;
    if (bracket && !one_of(&p, "]"))
        return false;
    if (*p && !one_of(&p, ": \t"))
        return false;
    if (!(parts.year != NO_YEAR ? parts_time(&parts, parts.year, clock->zone, &stamp->time)
                                : nearest_time(&parts, clock, &stamp->time)))
        return false;
    stamp->precision = parts.precision;
    stamp->zone_assumed = !parts.has_zone;
    stamp->year_assumed = parts.year == NO_YEAR;
    *line = p + strspn(p, " \t");
    return true;
}
