/* walk.c - the walk's steps as they are done
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "walk.h"

#include "clock.h"

static void
finish_step(struct walk *walk, enum step step, enum step_outcome outcome, double seconds,
            char *seen)
{
    struct step_result *result = &walk->steps[step];

    if (result->done) {
        g_free(seen);
        return;
    }
    *result =
        (struct step_result){ .done = TRUE, .outcome = outcome, .seconds = seconds, .seen = seen };
    walk->since = clock_now();
    walk->tell(walk->tell_data, step, result);
}

void
walk_done(struct walk *walk, enum step step, enum step_outcome outcome, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *seen = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finish_step(walk, step, outcome, ns_seconds(clock_now() - walk->since), seen);
}

void
walk_left_out(struct walk *walk, enum step step, enum step_outcome outcome, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *seen = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finish_step(walk, step, outcome, -1, seen);
}

void
walk_not_reached(struct walk *walk, enum step first, enum step last, const char *why)
{
    bool told = false;

    for (int step = first; step <= (int)last; step++) {
        struct step_result *result = &walk->steps[step];
        if (result->done)
            continue;
        *result = (struct step_result){ .done = TRUE,
                                        .not_reached = TRUE,
                                        .outcome = STEP_SKIPPED,
                                        .seconds = -1,
                                        .seen = g_strdup(why) };
        if (!told)
            walk->tell(walk->tell_data, (enum step)step, result);
        told = true;
    }
}

void
walk_clear(struct walk *walk)
{
    attempt_free(walk->attempt);
    if (walk->addresses)
        g_ptr_array_unref(walk->addresses);
    for (int step = 0; step < STEP_COUNT; step++)
        g_free(walk->steps[step].seen);
}
