/* nothing.h - what to say of a capture without an SSTP session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_NOTHING_H
#define SSTPDIAG_CORE_REPORT_NOTHING_H

#include "base/json.h"
#include "engine/engine.h"

/* Some lines; none where there is a session. for_command: advice names options of sstpdiag, and not
 * of tshark. */
void report_nothing_text(GString *text, const struct engine *engine, bool for_command);
/* The member "nothing": situation, summary and advice, or null where there is a session. */
void report_nothing_json(struct json *json, const struct engine *engine, bool for_command);

#endif
