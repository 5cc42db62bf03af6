/* run.c - the whole walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "run.h"

#include "clock.h"
#include "far_sizes.h"
#include "here.h"
#include "inside.h"
#include "outside.h"
#include "own_end.h"
#include "record.h"
#include "show.h"
#include "trials.h"
#include "udp_sizes.h"

bool
run_walk(struct walk *walk, GError **error)
{
    GError *why = NULL;

    walk->since = walk->began = clock_now();
    walk->overlaps = g_ptr_array_new_with_free_func(g_free);
    walk->trials = g_array_new(FALSE, FALSE, sizeof(struct trial));
    walk->until =
        walk->since + (int64_t)(walk->options->timeout + walk->options->idle) * NS_PER_SECOND;
    if (!walk->options->idle) /* of no interest to who does not ask */
        walk->steps[STEP_IDLE] = (struct step_result){
            .done = TRUE, .outcome = STEP_NONE, .seconds = -1, .seen = g_strdup("not asked for")
        };
    if (!walk->options->exec)
        walk->steps[STEP_EXEC] = (struct step_result){
            .done = TRUE, .outcome = STEP_NONE, .seconds = -1, .seen = g_strdup("not asked for")
        };
    const char *rest = outside_walk(walk, &why);
    if (!rest && !why)
        inside_walk(walk);
    here_walk(walk);
    if (walk->attempt)
        attempt_close(walk->attempt);
    secret_wipe(walk->secret);
    far_sizes_walk(walk);
    trials_walk(walk);
    udp_sizes_walk(walk);
    record_end(walk, walk->attempt && show_secrets(walk) != SECRETS_LEFT_OUT);
    own_end_tell(walk);
    if (walk->attempt)
        engine_finish(walk->attempt->engine);
    if (why) {
        g_propagate_error(error, why);
        return false;
    }
    walk_not_reached(walk, STEP_NAME, STEP_END,
                     *walk->stop ? "interrupted"
                     : rest      ? rest
                                 : "not reached");
    return true;
}
