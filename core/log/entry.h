/* entry.h - a log of a client or server, and the entries that were read in it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_ENTRY_H
#define SSTPDIAG_CORE_LOG_ENTRY_H

#include <glib.h>

#include "base/findings.h"
#include "log/catalogue.h"
#include "log/codes.h"

#define LOG_NO_TIME INT64_MIN

enum {
    LOG_LINE_MAX_LEN = 4096, /* what is longer is cut */
    LOG_ENTRIES_MAX = 50000,
    LOG_UNPARSED_MAX = 10, /* numbers of lines that are kept */
    LOG_SHIFT_HOURS_MAX = 14,
    LOG_COARSEST_STAMP = 60, /* seconds: one that has none */
};

/* What a line holds of a packet, and which way it went, seen from the program that wrote it. */
enum log_packet_kind { LOG_PACKET_NONE, LOG_PACKET_HTTP, LOG_PACKET_SSTP, LOG_PACKET_PPP };
enum log_way { LOG_SENT, LOG_RECEIVED, LOG_WAY_UNKNOWN };

struct log_packet {
    const uint8_t *bytes; /* the log's; of SSTP with its header, of PPP without that */
    uint16_t len;
    enum log_packet_kind kind;
    enum log_way way;
    bool whole; /* the bytes as they were; else put together from what the line says of them */
};

struct log_entry {
    int64_t time;      /* ns since the epoch as the log has it; LOG_NO_TIME */
    int64_t precision; /* ns: between time and time + precision */
    bool after;        /* the line has no time of its own: that of the line before it */
    bool telling;      /* an error, a code, or an event of SSTP, PPP or authentication */
    bool id_of_ras;    /* the id is that of the dialled connection, not surely SSTP's */
    bool id_of_header; /* the line is the HTTP header itself */
    bool has_level;    /* the log itself says how bad it is */
    enum log_source source;
    enum log_event event;
    enum severity level;
    uint32_t line;
    uint32_t order; /* among lines of the same time: as line, the other way in a log whose newest
                       lines stand first */
    struct log_codes codes;
    const struct log_sentence *sentence; /* what is known of it; NULL */
    /* Text ready to be shown; NULL when the line has none: correlation id without braces in lower
     * case, "192.0.2.1:4711". */
    const char *text, *id, *endpoint;
    const char *channel; /* interface that it is about: "ppp0", "sstp-out1"; NULL */
    uint32_t process;    /* id of that which wrote it; 0: not known */
    const char *carrier; /* of PPP, as the line itself names it: "SSTP", "PPPoE"; static; NULL */
    struct log_packet packet;
};

struct log {
    char *file;
    char *error;      /* NULL when it could be read */
    GArray *entries;  /* struct log_entry, by time; those without one first */
    bool has_bytes;   /* the file is not empty */
    uint32_t lines;   /* with anything in them */
    uint32_t outside; /* too far from the time of the capture to belong to it */
    uint32_t dropped; /* more than LOG_ENTRIES_MAX */
    uint32_t unparsed;
    uint32_t unparsed_lines[LOG_UNPARSED_MAX];
    uint32_t sources[LOG_SOURCE_COUNT]; /* lines of each */
    bool zone_assumed, year_assumed, date_assumed;
    const char *unparsed_text; /* the first of them, made fit to be shown; NULL */
    char *zone;                /* "UTC+01:00": what was assumed */
    GStringChunk *strings;
};

#endif
