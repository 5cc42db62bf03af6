/* json_read.h - one JSON object of a log. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_JSON_READ_H
#define SSTPDIAG_CORE_LOG_JSON_READ_H

#include <glib.h>
#include <stdbool.h>

/* Members of the object that text is: name -> value as text. Of an object within it the member
 * "value" counts; an array of numbers is the bytes of a text, as the journal writes what is no
 * UTF-8. NULL when it is no object. The caller unrefs it. */
GHashTable *log_json_read(const char *text);
/* How deep text has opened objects and arrays that it does not close; it ends within no string. */
struct log_json_depth {
    int depth;
    bool quoted, escaped, any;
};
void log_json_follow(struct log_json_depth *depth, const char *text);

#endif
