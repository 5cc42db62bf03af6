/* lines.h - what is told of sessions while they are watched: a line for people, a line of JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_LINES_H
#define SSTPCAP_LINES_H

#include "recorder.h"

/* What is known of the file that holds its packets. */
struct line_file {
    const char *path; /* NULL: none was written */
    unsigned times;   /* that this client has failed alike within minutes, with this one */
};

/* "2026-11-30 23:16:07 failed  192.0.2.7:50000 -> 198.51.100.1:443: User name ...", with a newline.
 * Newly allocated. */
char *line_text(const struct watch_event *event, const struct line_file *file);
/* A document of schema sstpdiag/1 on one line, with a newline, and the member "watch". Newly
 * allocated. */
char *line_json(const struct watch_event *event, const struct line_file *file);
/* The worst that is known of the session; -1: nothing is wrong. */
int line_severity(const struct watch_event *event);

#endif
