/* numeric.c - numbers are written with a dot, whatever the user's locale
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _POSIX_C_SOURCE 200809L /* newlocale() */

#include "base/numeric.h"

#include <locale.h>

#include <glib.h>

/* All but numbers as the program has it. */
static gpointer
numeric_make(gpointer unused)
{
    locale_t whole = duplocale(LC_GLOBAL_LOCALE);
    locale_t numeric = newlocale(LC_NUMERIC_MASK, "C", whole);

    (void)unused;
    return numeric ? numeric : whole;
}

/* Made once: a program sets its locale when it starts. */
static locale_t
numeric_locale(void)
{
    static GOnce once = G_ONCE_INIT;

    return (locale_t)g_once(&once, numeric_make, NULL);
}

void *
numeric_begin(void)
{
    return uselocale(numeric_locale());
}

void
numeric_end(void *before)
{
    uselocale((locale_t)before);
}
