/* labels.h - events as "label: value" lines: Event Viewer, wevtutil, PowerShell. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_LABELS_H
#define SSTPDIAG_CORE_LOG_LABELS_H

#include "log/record.h"

/* One event while it is read. */
struct log_labels {
    GPtrArray *names, *values; /* of the labels so far; char *, GString */
    bool in_text;              /* the rest is its text, whatever it looks like */
    bool gap;                  /* an empty line was the last one */
};

struct log_labels *log_labels_new(void);
void log_labels_free(struct log_labels *labels);
/* Does the line have a label? */
bool log_labels_has(const char *line);
/* "Event[0]:" of wevtutil */
bool log_labels_is_head(const char *line);
/* Does the line belong to the next event already? */
bool log_labels_is_next(const struct log_labels *labels, const char *line);
void log_labels_add(struct log_labels *labels, const char *line);
/* Takes what was read as an event. False: it is none. */
bool log_labels_take(struct log_reader *reader, const struct log_labels *labels);

#endif
