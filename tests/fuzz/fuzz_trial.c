/* fuzz_trial.c - lines about trials in the description of an interface, of any bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>
#include <stdint.h>

#include "base/trial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is written and read again. */
static void
found(void *data, const struct trial *trial)
{
    trial_append(data, trial);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size);
    GString *once = g_string_new(NULL), *twice = g_string_new(NULL);

    trial_each(text, found, once);
    trial_each(once->str, found, twice);
    g_assert_cmpstr(once->str, ==, twice->str);
    g_string_free(once, TRUE);
    g_string_free(twice, TRUE);
    g_free(text);
    return 0;
}
