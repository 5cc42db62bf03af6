/* binding.h - the crypto binding of a session: received, expected, verified with. For report/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_BINDING_H
#define SSTPDIAG_CORE_REPORT_BINDING_H

#include "base/json.h"
#include "session/session.h"

/* The array "binding": one object for each thing that is compared. */
void report_binding_json(struct json *json, const struct session *session);
/* "Nonce, Certificate hash ok; Compound MAC not verified: why". Newly allocated; "" where nothing
 * was compared. */
char *report_binding_line(const struct session *session, bool brief);
/* A table behind an empty line, where something differs, or always; nothing without a crypto
 * binding. */
void report_binding_text(GString *text, const struct session *session, bool always);

#endif
