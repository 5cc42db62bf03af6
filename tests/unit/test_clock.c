/* test_clock.c - offset, skew and steps of two clocks, from samples whose truth is known
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>

#include "ends/clock.h"

#define MS 1000000.0 /* nanoseconds */

/* Delays of a path, exp() of jitter on top of the shortest. Milliseconds. */
struct clock_row {
    const char *name;
    double up, down, jitter;
    double seconds;
    unsigned samples[SIDE_COUNT];
    double offset, ppm; /* truth: seconds at the first sample */
    double step_at, step;
    double error_ms, skew_error_ppm; /* allowed */
    double bound_ms;
    bool skew_known;
    unsigned steps;
    double bias_ms; /* half the asymmetry, which nobody can see */
};

/* A generator of its own, so that each machine draws the same. */
static double
draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double
truth(const struct clock_row *row, double at)
{
    return row->offset + row->ppm * 1e-6 * at +
           (row->step != 0 && at >= row->step_at ? row->step : 0);
}

static void
run_row(gconstpointer data)
{
    const struct clock_row *row = data;
    const int64_t start = 1795331824 * NS_PER_SECOND;
    GArray *samples[SIDE_COUNT];
    struct clock clock;
    uint64_t state = 1;

    for (int side = 0; side < SIDE_COUNT; side++) {
        samples[side] = g_array_new(FALSE, FALSE, sizeof(struct clock_sample));
        for (unsigned i = 0; i < row->samples[side]; i++) {
            double at = row->seconds * draw(&state);
            double delay = (side == SIDE_CLIENT ? row->up : row->down) / 1000 -
                           row->jitter / 1000 * log(draw(&state));
            double theta = truth(row, at);
            const struct clock_sample sample = {
                start + (int64_t)(at * NS_PER_SECOND),
                (int64_t)(((side == SIDE_CLIENT ? theta : -theta) + delay) * NS_PER_SECOND),
            };
            g_array_append_val(samples[side], sample);
        }
    }
    g_assert_true(clock_estimate(samples, &clock));
    const double checked[] = { 0.1, 0.5, 0.9 };
    for (size_t i = 0; i < G_N_ELEMENTS(checked); i++) {
        double at = row->seconds * checked[i];
        double error = (double)clock_offset_at(&clock, start + (int64_t)(at * NS_PER_SECOND)) / MS -
                       truth(row, at) * 1000 - row->bias_ms;
        if (fabs(error) > row->error_ms)
            g_error("%s: off by %.3f ms at %.1f s", row->name, error, at);
        /* And there and back. */
        int64_t client = start + (int64_t)(at * NS_PER_SECOND);
        int64_t back = clock_to_client(&clock, client + clock_offset_at(&clock, client));
        g_assert_cmpint(ABS(back - client), <=, 100);
    }
    g_assert_cmpint(clock.skew_known, ==, row->skew_known);
    if (row->skew_known && fabs(clock.skew * 1e6 - row->ppm) > row->skew_error_ppm)
        g_error("%s: skew %.2f ppm", row->name, clock.skew * 1e6);
    if (fabs((double)clock.bound / MS - row->bound_ms) > row->error_ms)
        g_error("%s: bound %.3f ms", row->name, (double)clock.bound / MS);
    g_assert_cmpuint(clock.num_steps, ==, row->steps);
    for (int side = 0; side < SIDE_COUNT; side++)
        g_array_unref(samples[side]);
}

static const struct clock_row rows[] = {
    { "bulk", 10, 10, 1, 0.8, { 173, 227 }, 3.7, 0, 0, 0, 0.1, 0, 10, false, 0, 0 },
    { "a-day-behind-40ppm",
      10,
      10,
      1,
      0.8,
      { 173, 227 },
      -86400.25,
      40,
      0,
      0,
      0.1,
      0,
      10,
      false,
      0,
      0 },
    { "asymmetric", 10, 30, 1, 10, { 259, 266 }, 0, 0, 0, 0, 0.2, 0, 20, false, 0, -10 },
    { "chat", 10, 10, 2, 60, { 1199, 602 }, 0, 0, 0, 0, 0.1, 1, 10, true, 0, 0 },
    { "chat-40ppm", 10, 10, 2, 60, { 1199, 602 }, 0, 40, 0, 0, 0.1, 1, 10, true, 0, 0 },
    { "chat-minus-15ppm-12s",
      10,
      10,
      2,
      60,
      { 1199, 602 },
      -12,
      -15,
      0,
      0,
      0.1,
      1,
      10,
      true,
      0,
      0 },
    { "ten-years", 10, 10, 2, 60, { 1199, 602 }, 315360000, 3, 0, 0, 0.1, 1, 10, true, 0, 0 },
    /* Of a connection that is no more than its handshake. */
    { "syn-pair", 10, 10, 0.2, 0.03, { 1, 1 }, 3.7, 0, 0, 0, 0.5, 0, 10, false, 0, 0 },
    /* The same chat for a shorter time: skew is told once it is sure to 20 ppm, and from 10 s on.
     */
    { "chat-1-s", 10, 10, 2, 1, { 20, 10 }, 2, 40, 0, 0, 0.3, 0, 10, false, 0, 0 },
    { "chat-3-s", 10, 10, 2, 3, { 60, 30 }, 2, 40, 0, 0, 0.2, 0, 10, false, 0, 0 },
    { "dense-9-s", 10, 10, 1, 9, { 1800, 1800 }, 2, 0, 0, 0, 0.2, 0, 10, false, 0, 0 },
    { "dense-11-s", 10, 10, 1, 11, { 1800, 1800 }, 2, 40, 0, 0, 0.1, 20, 10, true, 0, 0 },
    { "chat-10-s-sparse", 10, 10, 2, 11, { 110, 55 }, 2, 0, 0, 0, 0.4, 0, 10, false, 0, 0 },
    { "chat-30-s", 10, 10, 2, 30, { 600, 300 }, 2, 40, 0, 0, 0.1, 5, 10, true, 0, 0 },
    { "few-samples", 10, 10, 2, 60, { 12, 12 }, 1, 30, 0, 0, 3, 0, 10.5, false, 0, 0 },
    { "step-forward", 10, 10, 1, 120, { 1200, 1200 }, 2, 0, 55, 1.5, 0.2, 3, 10, true, 1, 0 },
    { "step-back-40ppm",
      10,
      10,
      1,
      240,
      { 2400, 2400 },
      2,
      40,
      100,
      -0.25,
      0.2,
      2,
      10,
      true,
      1,
      0 },
    { "step-below-the-round-trip",
      10,
      10,
      1,
      240,
      { 2400, 2400 },
      0,
      0,
      130,
      0.008,
      0.2,
      2,
      10,
      true,
      1,
      0 },
    { "no-step-of-jitter", 10, 10, 20, 240, { 1200, 1200 }, 0, 0, 0, 0, 1.5, 20, 10, true, 0, 0 },
};

/* A path that becomes longer in one direction is no step of a clock. */
static void
test_path_change(void)
{
    GArray *samples[SIDE_COUNT];
    struct clock clock;

    for (int side = 0; side < SIDE_COUNT; side++) {
        samples[side] = g_array_new(FALSE, FALSE, sizeof(struct clock_sample));
        for (int i = 0; i < 2400; i++) {
            const struct clock_sample sample = {
                i * NS_PER_SECOND / 10, (int64_t)((side == SIDE_CLIENT && i > 1200 ? 60 : 10) * MS)
            };
            g_array_append_val(samples[side], sample);
        }
    }
    g_assert_true(clock_estimate(samples, &clock));
    g_assert_cmpuint(clock.num_steps, ==, 0);
    for (int side = 0; side < SIDE_COUNT; side++)
        g_array_unref(samples[side]);
}

/* One direction alone tells no offset. */
static void
test_one_direction(void)
{
    GArray *samples[SIDE_COUNT];
    const struct clock_sample sample = { 0, 5 };
    struct clock clock;

    for (int side = 0; side < SIDE_COUNT; side++)
        samples[side] = g_array_new(FALSE, FALSE, sizeof sample);
    g_assert_false(clock_estimate(samples, &clock));
    g_array_append_val(samples[SIDE_CLIENT], sample);
    g_assert_false(clock_estimate(samples, &clock));
    g_array_append_val(samples[SIDE_SERVER], sample);
    g_assert_true(clock_estimate(samples, &clock));
    g_assert_cmpint(clock.offset, ==, 0);
    g_assert_cmpint(clock.bound, ==, 5);
    for (int side = 0; side < SIDE_COUNT; side++)
        g_array_unref(samples[side]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *path = g_strconcat("/clock/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], run_row);
        g_free(path);
    }
    g_test_add_func("/clock/path-change", test_path_change);
    g_test_add_func("/clock/one-direction", test_one_direction);
    return g_test_run();
}
