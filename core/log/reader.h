/* reader.h - where one stands in a log while it is read, and adding entries to it. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_READER_H
#define SSTPDIAG_CORE_LOG_READER_H

#include "log/entry.h"
#include "log/time.h"

struct log_csv;
struct log_dump;

struct log_reader {
    struct log *log;
    const struct log_catalogue *catalogue;
    struct log_clock clock;
    int64_t first, last;           /* what may belong to the capture, nanoseconds */
    int64_t near_first, near_last; /* the same if the log's clock is right */
    bool full, narrow;             /* there were too many entries; only near ones are kept since */
    uint32_t line;                 /* number of the line, or of the one that an event begins in */
    int64_t line_time;             /* of the last line with a stamp */
    enum log_source running;       /* source of the last line with a stamp */
    bool line_outside;             /* that line cannot belong to the capture */
    bool has_line;                 /* there was one */
    struct log_dump *dump;         /* packets are read; NULL: beside a capture, which has them */
    struct log_csv *csv;           /* names of the columns; NULL before a line has them */
    bool has_head; /* journalctl's verbose form has a line of its own with the time */
    struct log_stamp head;
};

/* Counts what cannot be understood in this line, whose text is shown when it is the first. */
void log_reader_count_unparsed(struct log_reader *reader, const char *text);
/* Notes what a stamp does not say. */
void log_reader_note_stamp(struct log_reader *reader, const struct log_stamp *stamp);
/* Counts a line of source; true when its time cannot belong to the capture. */
bool log_reader_is_outside(struct log_reader *reader, enum log_source source, int64_t time);
/* Gives the entry a correlation id: len characters. */
void log_reader_set_id(struct log_reader *reader, struct log_entry *entry, const char *id,
                       size_t len);
/* Takes an entry whose time, source and level are known; raw is what it says. */
void log_reader_add(struct log_reader *reader, struct log_entry *entry, const char *raw);

#endif
