/* log.h - logs of clients and servers, read line by line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_LOG_H
#define SSTPDIAG_CORE_LOG_LOG_H

#include "log/entry.h"

struct log_parser;

/* What a log does not say. */
struct log_context {
    GTimeZone *zone;     /* of stamps without one */
    int64_t first, last; /* of the capture: ns since the epoch */
    bool alone;          /* there is no capture: every line counts; first is now */
};

/* Reads a log of any of the sources. data may be UTF-8, UTF-16 with its mark, or anything. Never
 * fails: what cannot be understood is counted. */
struct log *log_parse(const char *file, const uint8_t *data, size_t len,
                      const struct log_context *context);
/* The same of a file that comes in pieces, of which all but the last have an even length. What is
 * kept does not grow with the file. */
struct log_parser *log_parser_new(const char *file, const struct log_context *context);
void log_parser_feed(struct log_parser *parser, const uint8_t *data, size_t len);
/* Frees the parser. */
struct log *log_parser_end(struct log_parser *parser);
/* A log that could not be read. */
struct log *log_unreadable(const char *file, const char *error);
void log_free(gpointer log);

/* The source of most lines. */
enum log_source log_source(const struct log *log);

#endif
