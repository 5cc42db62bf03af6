/* compare.h - two attempts to connect, each in a report of its own, held against each other
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_COMPARE_H
#define SSTPDIAG_TOOLS_COMPARE_H

#include <json-glib/json-glib.h>

/* Of each report the last session that failed, else its last one, or candidate. The right report
 * gets the member "comparison". Returns it as text, newly allocated; NULL where one of them has
 * nothing to compare. */
char *compare_reports(JsonNode *left, JsonNode *right);

#endif
