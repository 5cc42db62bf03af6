/* forms.h - the forms of log lines: how time is written, and who wrote the line. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_FORMS_H
#define SSTPDIAG_CORE_LOG_FORMS_H

#include "log/reader.h"

/* What a line's form tells. */
struct log_line {
    const char *text; /* the whole line */
    const char *said; /* behind stamp, host, program and level, as far as these are known */
    bool has_stamp;
    struct log_stamp stamp;
    enum log_source source;
    enum severity level;
};

/* Reads a line by the first form that fits it; *line points into text. False: none does. */
bool log_forms_read(const struct log_reader *reader, const char *text, struct log_line *line);

#endif
