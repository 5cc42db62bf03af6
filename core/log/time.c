/* time.c - time stamps of log lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/time.h"

#include <string.h>

#include "base/event.h"
#include "log/time_words.h"

enum {
    NO_YEAR = -1,
    NO_MONTH = -1,
    YEAR_MIN = 1970,
    YEAR_MAX = 2200,
    CENTURY = 2000,
    FRACTION_DIGITS = 9,
    ZONE_HOURS_MAX = 15,
    EPOCH_DIGITS = 10,
    WEEKDAY_MAX_LEN = 16,
};

static const int64_t ns_per_day = 86400 * NS_PER_SECOND;
/* Of ten digits: from 2001 to 2199. */
static const int64_t epoch_first = 1000000000, epoch_last = 7258118399;

struct parts {
    int year;  /* NO_YEAR */
    int month; /* NO_MONTH: the stamp has no date */
    int day, hour, minute, second;
    int other_month, other_day; /* what month and day may be as well; 0 */
    int64_t epoch;              /* ns; the rest says nothing then */
    int64_t ns, precision;
    bool has_zone, is_epoch, tracing;
    int zone_seconds; /* east of UTC */
};

/* --- pieces ---------------------------------------------------------------------------------- */

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

/* One or two. */
static bool
few_digits(const char **p, int *value)
{
    return digits(p, g_ascii_isdigit(**p) && g_ascii_isdigit((*p)[1]) ? 2 : 1, value);
}

static bool
one_of(const char **p, const char *set)
{
    if (**p == '\0' || !strchr(set, **p))
        return false;
    (*p)++;
    return true;
}

static void
blanks(const char **p)
{
    while (**p == ' ' || **p == '\t')
        (*p)++;
}

/* ".123", ",123", and ":123" as the tracing of Windows has it. */
static void
parse_fraction(const char **p, struct parts *parts)
{
    bool colon = **p == ':' && g_ascii_isdigit((*p)[1]) && g_ascii_isdigit((*p)[2]) &&
                 g_ascii_isdigit((*p)[3]) && !g_ascii_isdigit((*p)[4]);

    if (!colon && ((**p != '.' && **p != ',') || !g_ascii_isdigit((*p)[1])))
        return;
    (*p)++;
    for (unsigned i = 0; g_ascii_isdigit(**p); i++, (*p)++) {
        if (i >= FRACTION_DIGITS)
            continue;
        parts->precision /= 10;
        parts->ns += (**p - '0') * parts->precision;
    }
}

/* "AM", "p.m.", behind a clock of twelve hours. */
static bool
parse_half(const char **p, struct parts *parts)
{
    const char *q = *p;
    char half;

    blanks(&q);
    if (g_str_has_prefix(q, "\342\200\257")) /* a narrow blank, as newer Windows writes it */
        q += 3;
    half = g_ascii_tolower(*q);
    if (half != 'a' && half != 'p')
        return true;
    q++;
    one_of(&q, ".");
    if (!one_of(&q, "mM") || g_ascii_isalnum(*q))
        return true;
    one_of(&q, ".");
    if (parts->hour < 1 || parts->hour > 12)
        return false;
    parts->hour = parts->hour % 12 + (half == 'p' ? 12 : 0);
    *p = q;
    return true;
}

/* "Z", "+01:00", "+0100", "+01", " UTC", " +02" */
static void
parse_zone(const char **p, struct parts *parts)
{
    const char *q = *p;
    int hours, minutes = 0;

    if (*q == ' ')
        q++;
    if (log_time_zone_word(&q, &parts->zone_seconds)) {
        parts->has_zone = true;
    } else if (q == *p && one_of(&q, "z")) {
        parts->has_zone = !g_ascii_isalnum(*q);
    } else {
        char sign = *q;
        if (!one_of(&q, "+-") || !digits(&q, 2, &hours) || hours > ZONE_HOURS_MAX)
            return;
        const char *behind = q;
        one_of(&behind, ":");
        if (digits(&behind, 2, &minutes))
            q = behind;
        parts->has_zone = minutes < 60 && !g_ascii_isalnum(*q);
        parts->zone_seconds = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
    }
    if (parts->has_zone)
        *p = q;
}

/* "12:41:50", "12:41:50.123", "7:08:50 AM", each with a zone or without; seconds may lack where
 * short says so. */
static bool
parse_clock(const char **p, struct parts *parts, bool short_too)
{
    if (!few_digits(p, &parts->hour) || !one_of(p, ":") || !digits(p, 2, &parts->minute))
        return false;
    parts->precision = 60 * NS_PER_SECOND;
    if (**p == ':' && g_ascii_isdigit((*p)[1])) {
        (*p)++;
        if (!digits(p, 2, &parts->second))
            return false;
        parts->precision = NS_PER_SECOND;
        parts->second = MIN(parts->second, 59); /* a leap second */
        parse_fraction(p, parts);
    } else if (!short_too) {
        return false;
    }
    if (!parse_half(p, parts))
        return false;
    parse_zone(p, parts);
    return true;
}

/* --- ways to write a stamp ------------------------------------------------------------------- */

/* "1795331330.500123" */
static bool
stamp_epoch(const char **p, struct parts *parts)
{
    const char *q = *p;
    int64_t seconds = 0;

    for (int i = 0; i < EPOCH_DIGITS; i++, q++) {
        if (!g_ascii_isdigit(*q))
            return false;
        seconds = seconds * 10 + (*q - '0');
    }
    if (g_ascii_isdigit(*q) || seconds < epoch_first || seconds > epoch_last)
        return false;
    parts->precision = NS_PER_SECOND;
    parse_fraction(&q, parts);
    parts->epoch = seconds * NS_PER_SECOND + parts->ns;
    parts->is_epoch = true;
    *p = q;
    return true;
}

/* "2026-11-22 12:41:50", "2026/11/22-12:41:50", and with points */
static bool
stamp_iso(const char **p, struct parts *parts)
{
    return digits(p, 4, &parts->year) && one_of(p, "-/.") && few_digits(p, &parts->month) &&
           one_of(p, "-/.") && few_digits(p, &parts->day) && one_of(p, "T -_,") &&
           (blanks(p), parse_clock(p, parts, true));
}

/* "11/22/2026 7:08:50 AM", "22.11.2026 07:08:50", "22-11-26, 07:08" */
static bool
stamp_numeric(const char **p, struct parts *parts)
{
    if (!few_digits(p, &parts->month) || !one_of(p, "/.-"))
        return false;
    char between = (*p)[-1];
    if (!few_digits(p, &parts->day) || **p != between)
        return false;
    (*p)++;
    if (!digits(p, 4, &parts->year)) {
        if (!digits(p, 2, &parts->year))
            return false;
        parts->year += CENTURY;
    }
    parts->other_month = parts->day;
    parts->other_day = parts->month;
    if (!one_of(p, " ,\t"))
        return false;
    blanks(p);
    return parse_clock(p, parts, true);
}

/* "11-22 12:41:50" of RouterOS, "11-22 12:41:50:123" of the tracing of Windows */
static bool
stamp_month_day(const char **p, struct parts *parts)
{
    const char *clock;

    if (!digits(p, 2, &parts->month) || !one_of(p, "-") || !digits(p, 2, &parts->day) ||
        !one_of(p, " "))
        return false;
    clock = *p;
    if (!parse_clock(p, parts, false))
        return false;
    parts->tracing = parts->precision < NS_PER_SECOND && clock[strlen("12:41:50")] == ':';
    return true;
}

/* "22/Nov/2026:12:41:50 +0100", "22-Nov-2026 12:41:50", "22 nov. 2026 12:41:50", "22. Nov 12:41:50"
 */
static bool
stamp_day_month(const char **p, struct parts *parts)
{
    if (!few_digits(p, &parts->day))
        return false;
    one_of(p, ".");
    if (!one_of(p, "/- ") || !(parts->month = log_time_month(p)) || !one_of(p, "/- "))
        return false;
    const char *q = *p;
    if (digits(&q, 4, &parts->year)) {
        if (!one_of(&q, ": ,"))
            return false;
        *p = q;
    }
    blanks(p);
    return parse_clock(p, parts, false);
}

/* "Nov 22 12:41:50", "Nov  2 12:41", "Nov 22 2026 12:41:50", "Nov 22 12:41:50 2026", "nov/22/2026
 * 12:41:50", "nov/22 12:41:50" */
static bool
stamp_month(const char **p, struct parts *parts)
{
    int year;

    if (!(parts->month = log_time_month(p)) || !one_of(p, " /"))
        return false;
    blanks(p);
    if (!few_digits(p, &parts->day) || !one_of(p, " /,"))
        return false;
    blanks(p);
    const char *q = *p;
    if (digits(&q, 4, &year) && one_of(&q, " ,")) {
        parts->year = year;
        *p = q;
    }
    blanks(p);
    if (!parse_clock(p, parts, true))
        return false;
    q = *p;
    if (parts->year == NO_YEAR && one_of(&q, " ") && digits(&q, 4, &year) && year >= YEAR_MIN &&
        year <= YEAR_MAX && (*q == ' ' || *q == '\0' || *q == ':')) {
        parts->year = year;
        *p = q;
    }
    return true;
}

/* "12:41:50": of that day, which is all that is known */
static bool
stamp_clock(const char **p, struct parts *parts)
{
    parts->month = NO_MONTH;
    return g_ascii_isdigit(**p) && g_ascii_isdigit((*p)[1]) && parse_clock(p, parts, false);
}

/* In the order in which they are tried. */
static bool (*const ways[])(const char **p, struct parts *parts) = {
    stamp_iso,     stamp_epoch,     stamp_month, stamp_month_day,
    stamp_numeric, stamp_day_month, stamp_clock,
};

static bool
parse_any(const char **line, struct parts *parts)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        const char *p = *line;
        *parts = (struct parts){ .year = NO_YEAR };
        if (ways[i](&p, parts)) {
            *line = p;
            return true;
        }
    }
    return false;
}

/* "Sun Nov 22 ...", "dim. nov. 22 ...", "Sun, 22 Nov ...": the weekday says nothing new. */
static bool
parse_behind_weekday(const char **line, struct parts *parts)
{
    const char *p = *line;
    size_t len = 0;

    while (g_ascii_isalpha(p[len]) || (p[len] & 0x80))
        if (++len > WEEKDAY_MAX_LEN)
            return false;
    if (len < 2)
        return false;
    p += len;
    one_of(&p, ".,");
    if (!one_of(&p, " "))
        return false;
    blanks(&p);
    if (!parse_any(&p, parts) || parts->month == NO_MONTH || parts->is_epoch)
        return false;
    *line = p;
    return true;
}

/* --- to a time ------------------------------------------------------------------------------- */

/* In ns, for this date; false when there is no such day or hour. */
static bool
date_time(const struct parts *parts, int year, int month, int day, GTimeZone *zone, int64_t *time)
{
    GDateTime *date;

    if (year < YEAR_MIN || year > YEAR_MAX)
        return false;
    date = parts->has_zone
               ? g_date_time_new_utc(year, month, day, parts->hour, parts->minute, parts->second)
               : g_date_time_new(zone, year, month, day, parts->hour, parts->minute, parts->second);
    if (!date)
        return false;
    *time = (g_date_time_to_unix(date) - parts->zone_seconds) * NS_PER_SECOND + parts->ns;
    g_date_time_unref(date);
    return true;
}

static uint64_t
apart(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static void
keep_nearer(int64_t candidate, int64_t near, int64_t *time, bool *any)
{
    if (!*any || apart(candidate, near) < apart(*time, near))
        *time = candidate;
    *any = true;
}

/* Of the years around that of near the one that brings the stamp nearest. */
static bool
nearest_year(const struct parts *parts, const struct log_clock *clock, int64_t *time)
{
    GDateTime *date = g_date_time_new_from_unix_utc(clock->near / NS_PER_SECOND);
    int middle = date ? g_date_time_get_year(date) : YEAR_MIN;
    bool any = false;
    int64_t there;

    if (date)
        g_date_time_unref(date);
    for (int year = middle - 1; year <= middle + 1; year++)
        if (date_time(parts, year, parts->month, parts->day, clock->zone, &there))
            keep_nearer(there, clock->near, time, &any);
    return any;
}

/* The same for a stamp that is a clock alone: of the days around that of near. */
static bool
nearest_day(const struct parts *parts, const struct log_clock *clock, int64_t *time)
{
    bool any = false;
    int64_t there;

    for (int step = -1; step <= 1; step++) {
        GDateTime *utc =
            g_date_time_new_from_unix_utc((clock->near + step * ns_per_day) / NS_PER_SECOND);
        GDateTime *date = utc && !parts->has_zone ? g_date_time_to_timezone(utc, clock->zone)
                          : utc                   ? g_date_time_ref(utc)
                                                  : NULL;
        if (date && date_time(parts, g_date_time_get_year(date), g_date_time_get_month(date),
                              g_date_time_get_day_of_month(date), clock->zone, &there))
            keep_nearer(there, clock->near, time, &any);
        g_clear_pointer(&date, g_date_time_unref);
        g_clear_pointer(&utc, g_date_time_unref);
    }
    return any;
}

/* A date in numbers with its year: by the order of the file, or by what is nearer. */
static bool
ordered_time(const struct parts *parts, const struct log_clock *clock, int64_t *time)
{
    bool month_first = !parts->other_month || clock->order != LOG_ORDER_DAY_FIRST;
    bool day_first = parts->other_month && clock->order != LOG_ORDER_MONTH_FIRST;
    bool any = false;
    int64_t there;

    if (month_first && date_time(parts, parts->year, parts->month, parts->day, clock->zone, &there))
        keep_nearer(there, clock->near, time, &any);
    if (day_first &&
        date_time(parts, parts->year, parts->other_month, parts->other_day, clock->zone, &there))
        keep_nearer(there, clock->near, time, &any);
    return any;
}

static bool
parts_time(const struct parts *parts, const struct log_clock *clock, struct log_stamp *stamp)
{
    stamp->precision = parts->precision;
    if (parts->is_epoch) {
        stamp->time = parts->epoch;
        return true;
    }
    stamp->zone_assumed = !parts->has_zone;
    stamp->date_assumed = parts->month == NO_MONTH;
    stamp->year_assumed = parts->year == NO_YEAR && !stamp->date_assumed;
    stamp->tracing = parts->tracing;
    if (stamp->date_assumed)
        return nearest_day(parts, clock, &stamp->time);
    if (stamp->year_assumed)
        return nearest_year(parts, clock, &stamp->time);
    return ordered_time(parts, clock, &stamp->time);
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
    struct parts parts;
    const char *p = *line;
    bool bracket;

    *stamp = (struct log_stamp){ 0 };
    skip_priority(&p);
    bracket = one_of(&p, "[");
    if (!parse_any(&p, &parts) && !parse_behind_weekday(&p, &parts))
        return false;
    if (bracket && !one_of(&p, "]"))
        return false;
    if (*p == ':' && g_ascii_isdigit(p[1])) /* a number of grep in front of a time */
        return false;
    if (*p && !one_of(&p, ": \t,;|\""))
        return false;
    if (!parts_time(&parts, clock, stamp))
        return false;
    stamp->bracket = bracket;
    *line = p + strspn(p, " \t");
    return true;
}

struct log_stamp
log_time_of_epoch(int64_t ns, int64_t precision)
{
    return (struct log_stamp){ .time = ns, .precision = precision };
}

/* --- the order of day and month -------------------------------------------------------------- */

struct order_votes {
    unsigned day, month; /* dates that can be read in this way only, or are nearer in it */
    bool day_sure, month_sure;
};

/* One date "1/2/2026" at p; *end is behind it. */
static bool
numeric_date(const char *p, const char **end, struct parts *parts)
{
    *parts = (struct parts){ .year = NO_YEAR, .has_zone = true };
    if (!few_digits(&p, &parts->month) || !one_of(&p, "/.-"))
        return false;
    char between = p[-1];
    if (!few_digits(&p, &parts->day) || *p != between)
        return false;
    p++;
    if (!digits(&p, 4, &parts->year))
        return false;
    *end = p;
    return !g_ascii_isalnum(*p);
}

static void
vote(struct order_votes *votes, const struct parts *parts, const struct log_clock *clock)
{
    int64_t month_first, day_first;
    bool month = date_time(parts, parts->year, parts->month, parts->day, NULL, &month_first);
    bool day = date_time(parts, parts->year, parts->day, parts->month, NULL, &day_first);

    votes->month_sure |= month && !day;
    votes->day_sure |= day && !month;
    if (month && day && parts->day != parts->month) {
        if (apart(month_first, clock->near) < apart(day_first, clock->near))
            votes->month++;
        else
            votes->day++;
    }
}

enum log_date_order
log_time_order(const char *text, size_t len, const struct log_clock *clock)
{
    struct order_votes votes = { 0, 0, false, false };
    const char *end = text + len, *behind;
    struct parts parts;

    for (const char *p = text; p < end; p++) {
        if (!g_ascii_isdigit(*p) || (p > text && g_ascii_isalnum(p[-1])))
            continue;
        if (!numeric_date(p, &behind, &parts))
            continue;
        vote(&votes, &parts, clock);
        p = behind - 1;
    }
    if (votes.day_sure != votes.month_sure)
        return votes.day_sure ? LOG_ORDER_DAY_FIRST : LOG_ORDER_MONTH_FIRST;
    if (votes.day == votes.month)
        return LOG_ORDER_OPEN;
    return votes.day > votes.month ? LOG_ORDER_DAY_FIRST : LOG_ORDER_MONTH_FIRST;
}
