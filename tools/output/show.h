/* show.h - a report for people: text on a terminal, a page for a browser
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_SHOW_H
#define SSTPDIAG_TOOLS_SHOW_H

#include <stdbool.h>

#include <glib.h>

/* Is standard output a terminal whose user has nothing against colours (NO_COLOR)? */
bool show_wants_colour(void);
/* The text of a report, with colours if wanted. */
void show_text(const char *text, bool colour);
/* The page of these reports of schema sstpdiag/1 (char *, JSON with the trace), with their text
 * (char *) for readers without scripts.
 * Newly allocated; NULL with *error. */
char *show_page(const GPtrArray *documents, const GPtrArray *texts, GError **error);

#endif
