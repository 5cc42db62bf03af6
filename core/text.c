/* text.c - text from the wire, made fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "text.h"

#include <glib.h>

char *
text_clean(struct buf b)
{
    size_t len = MIN(buf_left(&b), (size_t)TEXT_MAX_LEN);
    char *text = g_utf8_make_valid((const char *)b.p, (gssize)len);

    GString *clean = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_string_append_unichar(clean,
                                g_unichar_isprint(g_utf8_get_char(p)) ? g_utf8_get_char(p) : '?');
    g_free(text);
    return g_string_free(clean, FALSE);
}
