/* kinds.h - what wrote a log line, and what of a session it speaks of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_KINDS_H
#define SSTPDIAG_CORE_LOG_KINDS_H

#include <stddef.h>

/* What wrote a line. */
enum log_source {
#define LOG_SOURCE(id, name, tags) LOG_FROM_##id,
#include "log/sources.def"
#undef LOG_SOURCE
    LOG_SOURCE_COUNT,
};

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

/* "accel-ppp" */
const char *log_source_name(enum log_source source);
/* The program that a system log names: len characters of tag. */
enum log_source log_source_of_tag(const char *tag, size_t len);

#endif
