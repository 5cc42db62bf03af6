/* xml.h - one event of Windows in XML. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_XML_H
#define SSTPDIAG_CORE_LOG_XML_H

#include "log/record.h"

enum { LOG_XML_EVENT_MAX_LEN = 64 * 1024 };

/* Parses "<Event ...>...</Event>", len bytes of UTF-8, into an empty record; also one of the
 * Network Policy Server. False when it is no well-formed XML. */
bool log_xml_parse(struct log_record *record, const char *xml, size_t len);

#endif
