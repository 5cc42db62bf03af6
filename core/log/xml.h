/* xml.h - one event of Windows in XML. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_XML_H
#define SSTPDIAG_CORE_LOG_XML_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum { LOG_XML_EVENT_MAX_LEN = 64 * 1024, LOG_XML_FIELDS_MAX = 16 };

struct log_xml_event {
    GString *provider; /* "RasClient" */
    GString *id;       /* "20227" */
    GString *level;
    GString *time; /* "2026-11-22T12:41:50.1234567Z" */
    GString *message;
    GString *fields[LOG_XML_FIELDS_MAX]; /* of EventData or UserData */
    unsigned num_fields;
};

/* Parses "<Event ...>...</Event>", len bytes of UTF-8. False when it is no well-formed XML. event
 * is to be cleared in either case. */
bool log_xml_parse(struct log_xml_event *event, const char *xml, size_t len);
void log_xml_clear(struct log_xml_event *event);

#endif
