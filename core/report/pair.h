/* pair.h - what two capture points showed together, in the report. For report/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_PAIR_H
#define SSTPDIAG_CORE_REPORT_PAIR_H

#include "engine/engine.h"
#include "base/json.h"

/* The members "clock" of the capture, and "pairs" of the report. trace: with the member "delays" of
 * each pair. finding: appends one finding. */
void report_clock_json(struct json *json, const struct engine *engine);
void report_pairs_json(struct json *json, const struct engine *engine, bool trace,
                       void (*finding)(struct json *json, const struct finding *finding));
/* The pairs in front of their sessions, at most max of them (0: all); nothing when there is none.
 */
void report_pairs_text(GString *text, const struct engine *engine, guint max);

#endif
