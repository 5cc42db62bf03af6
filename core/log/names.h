/* names.h - what a log entry names a session by. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_NAMES_H
#define SSTPDIAG_CORE_LOG_NAMES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* How long a correlation id at p is; 0: there is none. */
size_t log_names_id_len(const char *p);
/* The first correlation id of a text that is one by what stands in front of it or behind it; NULL
 * for none. *header: the text is the HTTP header itself. */
const char *log_names_find_id(const char *text, size_t *len, bool *header);
/* The first IPv4 address with a port in a text; NULL for none. */
const char *log_names_find_endpoint(const char *text, size_t *len);

#endif
