/* record.h - an event of Windows, in whatever way it was written down. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_RECORD_H
#define SSTPDIAG_CORE_LOG_RECORD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "log/reader.h"

enum { LOG_RECORD_FIELDS_MAX = 16, LOG_RECORD_TEXT_MAX_LEN = 2048 };

struct log_record {
    GString *provider; /* "RasClient" */
    GString *id;       /* "20227" */
    GString *level;    /* a number, or a word of any language */
    GString *time;     /* "2026-11-22T12:41:50.1234567Z", "11/22/2026 12:41:50 PM" */
    GString *message;
    GString *fields[LOG_RECORD_FIELDS_MAX]; /* of EventData or UserData */
    unsigned num_fields;
    bool nps; /* of the Network Policy Server's own log */
};

struct log_record *log_record_new(void);
void log_record_free(struct log_record *record);
/* Sets what is still empty; value may be NULL. */
void log_record_set(GString *string, const char *value);
/* A new field; NULL when there are too many. */
GString *log_record_field(struct log_record *record);
/* The same, beginning with "name=". */
GString *log_record_field_named(struct log_record *record, const char *name);
/* Sets the part that a column or label of this name holds; false when the name is not known. Names
 * are those of PowerShell's objects, and the English ones of Event Viewer. */
bool log_record_put(struct log_record *record, const char *name, const char *value);
/* Is this one of the attributes of NPS that say why? */
bool log_record_nps_knows(const char *name);
/* Is text, the whole of it, a stamp? The number of an event? */
bool log_record_is_stamp(const struct log_reader *reader, const char *text);
bool log_record_is_id(const char *text);
/* Has it a time, and a provider or a number? */
bool log_record_is_event(const struct log_record *record);
/* Takes it as a line of the log; false when its time cannot be read. */
bool log_record_take(struct log_reader *reader, const struct log_record *record);

#endif
