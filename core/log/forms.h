/* forms.h - the forms of log lines: how time is written, and who wrote the line. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_FORMS_H
#define SSTPDIAG_CORE_LOG_FORMS_H

#include "log/reader.h"

/* What a line's form tells. */
struct log_line {
    const char *text; /* the line, without what people leave in front of it */
    const char *said; /* behind stamp, host, program and level, as far as these are known */
    bool has_stamp;
    bool has_level;      /* the line itself says how bad it is */
    bool no_entry;       /* a headline, of which nothing is to be told */
    bool is_head;        /* a headline whose time is that of the fields below it */
    bool goes_on;        /* it belongs to the line before */
    uint32_t process;    /* id; 0: not known */
    const char *carrier; /* of PPP, as the line's topics name it: "SSTP", "PPPoE"; NULL */
    struct log_stamp stamp;
    enum log_source source;
    enum severity level;
};

/* A form: its function is called behind the stamp, if stamped; it sets what it knows and moves
 * line->said on, or returns false and leaves both alone. */
struct log_form {
    const char *name;
    const char *example; /* a line of this form, at 2026-11-22 12:41:50 where it has a time */
    bool stamped;
    bool (*read)(const struct log_reader *reader, struct log_line *line);
};

/* All, in the order in which they are tried; *num of them. */
const struct log_form *log_forms(size_t *num);
/* Reads a line by the first form that fits it; *line points into text. False: none does. */
bool log_forms_read(const struct log_reader *reader, const char *text, struct log_line *line);
/* Behind one thing that people leave in front of a line: "> ", blanks, "file:", "12:", "web-1  | ",
 * "[2416] ". NULL: there is none. */
const char *log_forms_strip(const char *text);

/* --- one function a form; forms_unix.c, forms_boxes.c, forms_windows.c ----------------------- */

typedef bool log_form_function(const struct log_reader *reader, struct log_line *line);

log_form_function log_form_syslog_5424, log_form_facility, log_form_syslog, log_form_sorz,
    log_form_accel, log_form_accel_console, log_form_container, log_form_sstpc, log_form_tagged,
    log_form_pppd, log_form_headline, log_form_journal_head, log_form_radius_debug;
log_form_function log_form_mikrotik, log_form_mikrotik_cef, log_form_mikrotik_fields, log_form_osc,
    log_form_nginx, log_form_stunnel, log_form_radius, log_form_softether,
    log_form_mikrotik_message, log_form_access;
log_form_function log_form_rasclient, log_form_winevent_table, log_form_eventlog_table,
    log_form_tracing;

/* "sstpc[827]: ", with or without a host's name in front, steps over a known program. */
bool log_form_skip_tag(const char **p, struct log_line *line);
/* Takes a level by its name of len characters, in any case of letters. */
bool log_form_take_level(struct log_line *line, const char *word, size_t len);

#endif
