/* clock.c - how two clocks differ
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/clock.h"

#include <math.h>
#include <stdlib.h>

#include "base/thresholds.h"

enum {
    SEARCH_STEPS = 80, /* of a third each */
    WINDOWS_MAX = 512,
};

/* In seconds, or of a second in each one. */
static const double skew_max = (double)CLOCK_SKEW_NS / (double)NS_PER_SECOND;
static const double skew_error_max = (double)CLOCK_SKEW_ERROR_NS / (double)NS_PER_SECOND;
static const double step_min = (double)CLOCK_STEP_NS / (double)NS_PER_SECOND;

static const double skew_error_factor = 24; /* measured: see docs/design.md, "Two clocks" */

/* A sample less the smallest of its direction, in seconds since the first one. */
struct point {
    double at, took;
};

struct line {
    struct point *points;
    guint num;
    int64_t least; /* that was taken off */
};

struct window {
    double least[SIDE_COUNT];
    uint32_t samples[SIDE_COUNT];
};

static gint
sample_compare(gconstpointer a, gconstpointer b)
{
    const struct clock_sample *x = a, *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

static gint
double_compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Sorts values. */
static double
median_of(double *values, guint num)
{
    qsort(values, num, sizeof *values, double_compare);
    return values[num / 2];
}

static int64_t
nanoseconds_of(double seconds)
{
    return (int64_t)(seconds * (double)NS_PER_SECOND + (seconds < 0 ? -0.5 : 0.5));
}

/* --- one clock without steps ----------------------------------------------------------------- */

/* Smallest distance from a line through 0 of this slope. */
static double
line_least(const struct line *line, double slope)
{
    double least = INFINITY;

    for (guint i = 0; i < line->num; i++)
        least = MIN(least, line->points[i].took - slope * line->points[i].at);
    return least;
}

/* Distance of the parallel lines: concave in the skew. */
static double
lines_apart(const struct line lines[SIDE_COUNT], double skew)
{
    return line_least(&lines[SIDE_CLIENT], skew) + line_least(&lines[SIDE_SERVER], -skew);
}

static double
skew_of(const struct line lines[SIDE_COUNT])
{
    double low = -skew_max, high = skew_max;

    for (int i = 0; i < SEARCH_STEPS; i++) {
        double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (lines_apart(lines, a) < lines_apart(lines, b))
            low = a;
        else
            high = b;
    }
    return (low + high) / 2;
}

/* What is left of the samples above their line, in the middle. */
static double
line_median(const struct line *line, double slope)
{
    double *left = g_new(double, line->num), least = line_least(line, slope), median;

    for (guint i = 0; i < line->num; i++)
        left[i] = line->points[i].took - slope * line->points[i].at - least;
    median = median_of(left, line->num);
    g_free(left);
    return median;
}

/* How wrong the skew may be: the fewer samples near the line and the shorter the time, the more. */
static double
skew_error(const struct line lines[SIDE_COUNT], double skew, double span)
{
    double median =
        MAX(line_median(&lines[SIDE_CLIENT], skew), line_median(&lines[SIDE_SERVER], -skew));
    guint num = MIN(lines[SIDE_CLIENT].num, lines[SIDE_SERVER].num);

    return skew_error_factor * median / (num * span);
}

static void
estimate(const struct line lines[SIDE_COUNT], struct clock *clock)
{
    double skew = clock->span >= CLOCK_SKEW_SECONDS ? skew_of(lines) : 0, least[SIDE_COUNT];

    clock->skew_known = clock->span >= CLOCK_SKEW_SECONDS && fabs(skew) < skew_max * 0.99 &&
                        skew_error(lines, skew, clock->span) < skew_error_max;
    clock->skew = clock->skew_known ? skew : 0;
    for (int side = 0; side < SIDE_COUNT; side++)
        least[side] = line_least(&lines[side], side == SIDE_CLIENT ? clock->skew : -clock->skew);
    /* Whole nanoseconds apart from fractions: clocks may differ by years, which no double holds to
     * the nanosecond. */
    clock->offset = (lines[SIDE_CLIENT].least - lines[SIDE_SERVER].least) / 2 +
                    nanoseconds_of((least[SIDE_CLIENT] - least[SIDE_SERVER]) / 2 +
                                   clock->skew * clock->span / 2);
    clock->bound = MAX((lines[SIDE_CLIENT].least + lines[SIDE_SERVER].least +
                        nanoseconds_of(least[SIDE_CLIENT] + least[SIDE_SERVER])) /
                           2,
                       0);
}

static struct line
line_new(const GArray *samples, int64_t since)
{
    struct line line = { g_new(struct point, samples->len), samples->len, INT64_MAX };

    for (guint i = 0; i < samples->len; i++)
        line.least = MIN(line.least, g_array_index(samples, struct clock_sample, i).took);
    for (guint i = 0; i < samples->len; i++) {
        const struct clock_sample *sample = &g_array_index(samples, struct clock_sample, i);
        line.points[i] =
            (struct point){ ns_seconds(sample->at - since), ns_seconds(sample->took - line.least) };
    }
    return line;
}

/* --- steps ----------------------------------------------------------------------------------- */

static guint
windows_fill(const struct line lines[SIDE_COUNT], double seconds, struct window *windows, guint num)
{
    guint kept = 0;

    for (guint i = 0; i < num; i++)
        windows[i] = (struct window){ { INFINITY, INFINITY }, { 0, 0 } };
    for (int side = 0; side < SIDE_COUNT; side++)
        for (guint i = 0; i < lines[side].num; i++) {
            const struct point *point = &lines[side].points[i];
            struct window *window = &windows[MIN((guint)(point->at / seconds), num - 1)];
            window->least[side] = MIN(window->least[side], point->took);
            window->samples[side]++;
        }
    for (guint i = 0; i < num; i++)
        kept += windows[i].samples[SIDE_CLIENT] >= CLOCK_WINDOW_SAMPLES_MIN &&
                windows[i].samples[SIDE_SERVER] >= CLOCK_WINDOW_SAMPLES_MIN;
    return kept;
}

static bool
window_tells(const struct window *window)
{
    return window->samples[SIDE_CLIENT] >= CLOCK_WINDOW_SAMPLES_MIN &&
           window->samples[SIDE_SERVER] >= CLOCK_WINDOW_SAMPLES_MIN;
}

static double
window_offset(const struct window *window)
{
    return (window->least[SIDE_CLIENT] - window->least[SIDE_SERVER]) / 2;
}

/* A step of the clock moves both directions by the same, one up and one down; a path that changes
 * does not. */
static double
window_step(const struct window *before, const struct window *after)
{
    double up = after->least[SIDE_CLIENT] - before->least[SIDE_CLIENT];
    double down = before->least[SIDE_SERVER] - after->least[SIDE_SERVER];
    double step = (up + down) / 2;

    return fabs(up - down) <= fabs(step) / 2 ? step : 0;
}

/* From the middle of the windows around window i, between the last sample that belongs to the time
 * before and the first one behind. */
static double
step_time(const struct line lines[SIDE_COUNT], const struct window *before, double from, double to,
          double step)
{
    int side = step > 0 ? SIDE_CLIENT : SIDE_SERVER;
    double limit = before->least[side] + fabs(step) / 2, last = from;

    /* No sample behind the step is below limit: the last one that is was before it. */
    for (guint i = 0; i < lines[side].num; i++) {
        const struct point *point = &lines[side].points[i];
        if (point->at >= from && point->at < to && point->took < limit)
            last = point->at;
    }
    return last;
}

/* The largest step. False when there is none. */
static bool
find_step(const struct line lines[SIDE_COUNT], double span, double *at, double *size)
{
    double seconds =
        CLAMP(span / 8, (double)CLOCK_WINDOW_SECONDS, (double)CLOCK_LONG_WINDOW_SECONDS);
    guint num = MIN((guint)(span / seconds) + 1, (guint)WINDOWS_MAX);
    struct window *windows = g_new0(struct window, num);
    double *moves = g_new(double, num);
    guint num_moves = 0, best = 0;

    seconds = span / num * 1.000001;
    *size = 0;
    if (num >= CLOCK_WINDOWS_MIN &&
        windows_fill(lines, seconds, windows, num) >= CLOCK_WINDOWS_MIN) {
        for (guint i = 1; i + 1 < num; i++) {
            if (!window_tells(&windows[i - 1]) || !window_tells(&windows[i + 1]))
                continue;
            double step = window_step(&windows[i - 1], &windows[i + 1]);
            moves[num_moves++] = window_offset(&windows[i + 1]) - window_offset(&windows[i - 1]);
            if (fabs(step) > fabs(*size)) {
                *size = step;
                best = i;
            }
        }
    }
    if (num_moves >= CLOCK_WINDOWS_MIN - 2) {
        /* Skew moves every window alike. */
        double usual = median_of(moves, num_moves);
        for (guint i = 0; i < num_moves; i++)
            moves[i] = fabs(moves[i] - usual);
        double scatter = median_of(moves, num_moves);
        if (fabs(*size - usual) < MAX(step_min, CLOCK_STEP_MIN * scatter))
            *size = 0;
        else
            *size -= usual;
    } else {
        *size = 0;
    }
    if (*size != 0)
        *at =
            step_time(lines, &windows[best - 1], (best - 1) * seconds, (best + 2) * seconds, *size);
    g_free(moves);
    g_free(windows);
    return *size != 0;
}

/* Takes a step out of the samples behind it. */
static void
lines_straighten(struct line lines[SIDE_COUNT], double at, double size)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        double least = INFINITY;
        for (guint i = 0; i < lines[side].num; i++) {
            struct point *point = &lines[side].points[i];
            if (point->at > at)
                point->took -= side == SIDE_CLIENT ? size : -size;
            least = MIN(least, point->took);
        }
        for (guint i = 0; i < lines[side].num; i++)
            lines[side].points[i].took -= least;
        lines[side].least += nanoseconds_of(least);
    }
}

static void
clock_add_step(struct clock *clock, int64_t at, int64_t size)
{
    unsigned i = clock->num_steps++;

    for (; i > 0 && clock->steps[i - 1].at > at; i--)
        clock->steps[i] = clock->steps[i - 1];
    clock->steps[i] = (struct clock_step){ at, size };
}

/* --- questions ------------------------------------------------------------------------------- */

struct clock_sample
clock_sample_of(enum side sender, int64_t left, int64_t came)
{
    return (struct clock_sample){ sender == SIDE_CLIENT ? left : came, time_between(left, came) };
}

/* Is it so far from the beginning that nothing can be computed with it? */
static bool
is_too_far(const struct clock_sample *sample)
{
    const int64_t limit = INT64_C(1) << 61; /* 73 years */

    return sample->took < -limit || sample->took > limit || sample->at < -limit ||
           sample->at > 2 * limit;
}

static bool
any_is_too_far(const GArray *samples)
{
    for (guint i = 0; i < samples->len; i++)
        if (is_too_far(&g_array_index(samples, struct clock_sample, i)))
            return true;
    return false;
}

bool
clock_estimate(GArray *const samples[SIDE_COUNT], struct clock *clock)
{
    struct clock found = { 0 };
    struct line lines[SIDE_COUNT];
    int64_t since, until;

    if (samples[SIDE_CLIENT]->len == 0 || samples[SIDE_SERVER]->len == 0 ||
        any_is_too_far(samples[SIDE_CLIENT]) || any_is_too_far(samples[SIDE_SERVER]))
        return false;
    since = INT64_MAX;
    until = INT64_MIN;
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_array_sort(samples[side], sample_compare);
        found.samples[side] = samples[side]->len;
        since = MIN(since, g_array_index(samples[side], struct clock_sample, 0).at);
        until = MAX(until,
                    g_array_index(samples[side], struct clock_sample, samples[side]->len - 1).at);
    }
    found.at = since + (until - since) / 2;
    found.span = ns_seconds(until - since);
    for (int side = 0; side < SIDE_COUNT; side++)
        lines[side] = line_new(samples[side], since);
    double at = 0, size = 0;
    while (found.num_steps < CLOCK_STEPS_MAX && find_step(lines, found.span, &at, &size)) {
        clock_add_step(&found, since + nanoseconds_of(at), nanoseconds_of(size));
        lines_straighten(lines, at, size);
    }
    estimate(lines, &found);
    for (int side = 0; side < SIDE_COUNT; side++)
        g_free(lines[side].points);
    *clock = found;
    return true;
}

int64_t
clock_offset_at(const struct clock *clock, int64_t time)
{
    int64_t offset =
        clock->offset + nanoseconds_of(clock->skew * ns_seconds(time_between(clock->at, time)));

    for (unsigned i = 0; i < clock->num_steps && time > clock->steps[i].at; i++)
        offset += clock->steps[i].size;
    return offset;
}

int64_t
clock_to_client(const struct clock *clock, int64_t time)
{
    /* A first guess of the client's time is good enough to look the offset up by: it changes
     * slowly. */
    int64_t guess = time_between(clock_offset_at(clock, time_between(clock->offset, time)), time);

    return time_between(clock_offset_at(clock, guess), time);
}
