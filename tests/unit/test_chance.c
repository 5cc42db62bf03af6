/* test_chance.c - random scripts: no way to tell a healthy one makes it a fault
 *
 * test_chance [--runs=N] [--from=N] [--script=TEXT]: so many instead of the few of a test, or this
 * one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

enum { RUNS = 100 };

static unsigned runs = RUNS;
static uint32_t first_seed = 1;

static bool
is_bad(uint32_t seed, const char *script)
{
    char *differs = chance_differs(script);

    if (differs)
        printf("# seed %u: %s\n%s", seed, script, differs);
    g_free(differs);
    return differs != NULL;
}

static void
test_scripts(void)
{
    unsigned num = 0;

    for (uint32_t i = 0; i < runs; i++) {
        char *script = chance_healthy_of(first_seed + i);
        num += is_bad(first_seed + i, script);
        g_free(script);
    }
    g_assert_cmpuint(num, ==, 0);
}

int
main(int argc, char **argv)
{
    const char *script = NULL;

    g_test_init(&argc, &argv, NULL);
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--runs="))
            runs = (unsigned)strtoul(argv[i] + 7, NULL, 10);
        else if (g_str_has_prefix(argv[i], "--from="))
            first_seed = (uint32_t)strtoul(argv[i] + 7, NULL, 10);
        else if (g_str_has_prefix(argv[i], "--script="))
            script = argv[i] + 9;
    }
    if (script)
        return is_bad(0, script);
    g_test_add_func("/chance/scripts", test_scripts);
    return g_test_run();
}
