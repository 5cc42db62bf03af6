/* worst.h - a report with no more sessions than a page can show
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_WORST_H
#define SSTPDIAG_TOOLS_WORST_H

#include <json-glib/json-glib.h>

/* The report, of whose sessions, or candidates, the max worst are left, in their order; 0: all. The
 * member "verdicts" has then, for all that there were, title, finding, severity and number. A new
 * reference, to the same document if nothing had to go. */
JsonNode *worst_only(JsonNode *document, guint max);

#endif
