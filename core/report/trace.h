/* trace.h - the trace of a session as JSON, for what draws it. For report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_TRACE_H
#define SSTPDIAG_CORE_REPORT_TRACE_H

#include "base/json.h"
#include "engine/engine.h"

enum { REPORT_TRACES_MAX = 32 }; /* sessions of a report that have one */

/* The member "trace": null where none was kept, or when there are too many sessions. first: the
 * capture's beginning. */
void report_trace_json(struct json *json, const struct session *session,
                       const struct engine *engine);

#endif
