/* annex.h - what a page has beside the report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_ANNEX_H
#define SSTPDIAG_TOOLS_ANNEX_H

#include <json-glib/json-glib.h>

/* Member "own_frames": of frames that a report on a joined capture names, which of the captures
 * each is in, from 0, and its number there. interfaces: as of frames_map(). */
void annex_frames(JsonNode *document, const char *joined, const GArray *interfaces);
/* Member "manual": of the findings of a report, by id, what they are and what to do. */
void annex_findings(JsonNode *document);

#endif
