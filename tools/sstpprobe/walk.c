/* walk.c - the walk's steps as they are done
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "walk.h"

#include <string.h>

#include "base/endpoint.h"
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
    walk->tell(walk->tell_data, step_name(step), result);
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
            walk->tell(walk->tell_data, "the rest", result);
        told = true;
    }
}

void
walk_trial(struct walk *walk, const struct trial *trial, double seconds)
{
    static const char *const words[TRIAL_KINDS] = {
        [TRIAL_ADDRESS] = "",
        [TRIAL_SIZE] = "MSS ",
        [TRIAL_NO_SNI] = "SNI ",
        [TRIAL_VERSION] = "TLS ",
        [TRIAL_DIRECT] = "no proxy, ",
        [TRIAL_BEHIND] = "behind the ",
        [TRIAL_FRAGMENTS] = "may be fragmented, bytes ",
        [TRIAL_ECHO] = "echo, bytes ",
    };
    const bool in_session = trial->kind == TRIAL_FRAGMENTS || trial->kind == TRIAL_ECHO;
    const bool good = trial->passed >= STAGE_TLS && !in_session;
    struct step_result result = { .outcome = good ? STEP_OK : STEP_FAILED, .seconds = seconds };

    g_array_append_val(walk->trials, *trial);
    result.seen = g_strdup_printf("%s%s: %s", words[trial->kind], trial->value, trial->seen);
    walk->tell(walk->tell_data, "trial", &result);
    g_free(result.seen);
}

bool
walk_has_failed_at(const struct walk *walk, const char *address)
{
    char *own = endpoint_address_text(&walk->attempt->wire.server);
    bool failed = strcmp(own, address) == 0;

    for (guint i = 0; i < walk->trials->len; i++) {
        const struct trial *trial = &g_array_index(walk->trials, struct trial, i);
        failed |= trial->kind == TRIAL_ADDRESS && trial->passed < STAGE_TCP &&
                  strcmp(trial->value, address) == 0;
    }
    g_free(own);
    return failed;
}

void
walk_clear(struct walk *walk)
{
    if (walk->others)
        g_ptr_array_unref(walk->others);
    if (walk->trials)
        g_array_unref(walk->trials);
    ask_free(walk->ask);
    attempt_free(walk->attempt);
    if (walk->addresses)
        g_ptr_array_unref(walk->addresses);
    for (int step = 0; step < STEP_COUNT; step++)
        g_free(walk->steps[step].seen);
}
