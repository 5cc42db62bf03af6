/* entry.h - a log of a client or server, and the entries that were read in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_ENTRY_H
#define SSTPDIAG_CORE_LOG_ENTRY_H

#include <glib.h>

#include "base/findings.h"
#include "log/codes.h"

#define LOG_NO_TIME INT64_MIN

enum {
    LOG_FILE_MAX_LEN = 64 * 1024 * 1024,
    LOG_LINE_MAX_LEN = 4096, /* what is longer is cut */
    LOG_ENTRIES_MAX = 50000,
    LOG_UNPARSED_MAX = 10, /* numbers of lines that are kept */
    LOG_SHIFT_HOURS_MAX = 14,
};

/* What wrote a line. */
enum log_source {
    LOG_FROM_OTHER,
    LOG_FROM_SSTPC,
    LOG_FROM_PPPD,
    LOG_FROM_ACCEL,
    LOG_FROM_SOFTETHER,
    LOG_FROM_SORZ,
    LOG_FROM_WINDOWS,
};
enum { LOG_SOURCE_COUNT = LOG_FROM_WINDOWS + 1 };

/* What of a session a line speaks of; the wire may have a frame for it. */
enum log_event {
    LOG_EVENT_NONE,
    LOG_EVENT_STEP, /* worth telling, but no frame stands for it */
    LOG_EVENT_TCP,
    LOG_EVENT_TLS,
    LOG_EVENT_HTTP_REQUEST,
    LOG_EVENT_HTTP_ANSWER,
    LOG_EVENT_CALL_REQUEST,
    LOG_EVENT_CALL_ACK,
    LOG_EVENT_CALL_NAK,
    LOG_EVENT_CALL_CONNECTED,
    LOG_EVENT_CALL_ABORT,
    LOG_EVENT_CALL_DISCONNECT,
    LOG_EVENT_DISCONNECT_ACK,
    LOG_EVENT_CHALLENGE,
    LOG_EVENT_RESPONSE,
    LOG_EVENT_AUTH_SUCCESS,
    LOG_EVENT_AUTH_FAILURE,
    LOG_EVENT_TERMINATE,
    LOG_EVENT_NCP,
    LOG_EVENT_CLOSE,
};

struct log_entry {
    int64_t time;      /* ns since the epoch as the log has it; LOG_NO_TIME */
    int64_t precision; /* ns: between time and time + precision */
    bool after;        /* the line has no time of its own: that of the line before it */
    bool telling;      /* an error, a code, or an event of SSTP, PPP or authentication */
    bool id_of_ras;    /* the id is that of the dialled connection, not surely SSTP's */
    bool id_of_header; /* the line is the HTTP header itself */
    enum log_source source;
    enum log_event event;
    enum severity level;
    uint32_t line;
    struct log_codes codes;
    /* Text ready to be shown; NULL when the line has none: correlation id without braces in lower
     * case, "192.0.2.1:4711". */
    const char *text, *id, *endpoint;
};

struct log {
    char *file;
    char *error;      /* NULL when it could be read */
    bool cut;         /* longer than LOG_FILE_MAX_LEN */
    GArray *entries;  /* struct log_entry, by time; those without one first */
    uint32_t lines;   /* with anything in them */
    uint32_t outside; /* too far from the time of the capture to belong to it */
    uint32_t dropped; /* more than LOG_ENTRIES_MAX */
    uint32_t unparsed;
    uint32_t unparsed_lines[LOG_UNPARSED_MAX];
    uint32_t sources[LOG_SOURCE_COUNT]; /* lines of each */
    bool zone_assumed, year_assumed;
    char *zone; /* "UTC+01:00": what was assumed */
    GStringChunk *strings;
};

#endif
