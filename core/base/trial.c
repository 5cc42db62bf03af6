/* trial.c - other attempts at the same server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/trial.h"

#include <stddef.h>

const char *
trial_kind_name(enum trial_kind kind)
{
    static const char *const names[] = {
        [TRIAL_ADDRESS] = "address", [TRIAL_SIZE] = "mss",        [TRIAL_NO_SNI] = "sni",
        [TRIAL_VERSION] = "version", [TRIAL_DIRECT] = "proxy",    [TRIAL_BEHIND] = "behind",
        [TRIAL_FRAGMENTS] = "df",    [TRIAL_REFUSED] = "refused", [TRIAL_ECHO] = "echo",
        [TRIAL_GAVE_UP] = "gave_up", [TRIAL_PROXY] = "proxy",
    };

    return kind < TRIAL_KINDS ? names[kind] : NULL;
}
