/* roster.h - the sessions of many captures, the worst first, as a table and for a page
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_ROSTER_H
#define SSTPDIAG_TOOLS_ROSTER_H

#include <json-glib/json-glib.h>

struct roster;

/* max: how many sessions are told one by one, 0: all. */
struct roster *roster_new(guint max);
void roster_free(struct roster *roster);
/* Takes what it needs of a report. */
void roster_add(struct roster *roster, JsonNode *document);
/* A line a session and a line for each capture that could not be judged. Newly allocated. */
char *roster_text(struct roster *roster);
/* A document for show_page(), with the member "fleet": verdict, server, day, client and version of
 * each session, and all that is known of those that are told. */
JsonNode *roster_document(struct roster *roster, const char *version);

#endif
