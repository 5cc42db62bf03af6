/* reason.h - what the logs say of the cause, beside what the capture says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_REASON_H
#define SSTPDIAG_CORE_LOG_REASON_H

#include "log/blame.h"
#include "log/place.h"

enum log_relation {
    LOG_CONFIRMS, /* the capture says the same */
    LOG_SHARPENS, /* the capture leaves the cause open, and the log names it */
    LOG_ADDS,     /* the capture cannot say, as it is encrypted or cut */
    LOG_DIFFERS,  /* the capture names another cause */
    LOG_OBJECTS,  /* the capture shows nothing wrong */
};

/* It rests on a log, and so is never more than likely. */
struct log_reason {
    const struct log_placed *placed; /* the line */
    enum finding_id finding;         /* that it names */
    enum log_relation relation;
    const struct finding *beside; /* what the capture says; NULL: nothing */
};

/* False: no line beside the session names a cause. */
bool logbook_reason(const struct logbook *book, const struct result *result,
                    struct log_reason *reason);

#endif
