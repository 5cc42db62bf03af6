/* verdict.h - what is to be said of a session, or of both ends of one, in one word
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_VERDICT_H
#define SSTPDIAG_CORE_RULES_VERDICT_H

#include "rules/finding.h"
#include "rules/view.h"

enum verdict_state {
    VERDICT_HEALTHY,     /* seen working to the end of what was recorded, nothing at warn */
    VERDICT_FAULT,       /* a finding explains it */
    VERDICT_UNEXPLAINED, /* it failed, and nothing recorded says why */
    VERDICT_INCONCLUSIVE /* the recording does not show whether it works */
};

struct verdict {
    enum verdict_state state;
    const struct finding *finding; /* of a fault; else NULL */
    enum confidence confidence;    /* these three where no finding has its own */
    char *summary, *advice;        /* owned; advice may be NULL */
};

/* The final word on a session. */
struct result {
    const struct session *session;
    GPtrArray *found; /* struct finding */
    struct verdict verdict;
    /* The later result of the same client at the same server that came further; NULL: none. */
    const struct result *made_good_by;
};

/* The word on a session, of which view->found has been found, at the end of the capture. */
struct verdict verdict_of(const struct session *session, const struct view *view);
/* The word where finding explains it. */
struct verdict verdict_of_finding(const struct finding *finding);
void verdict_clear(struct verdict *verdict);

/* "healthy", "fault", "unexplained", "inconclusive". */
const char *verdict_state_name(enum verdict_state state);
/* False: no state has that name. */
bool verdict_state_by_name(const char *name, enum verdict_state *state);
/* How bad a state is for who asks for a limit: unexplained is an error, inconclusive a warning,
 * healthy nothing (-1), and a fault as bad as its findings (-1, too). */
int verdict_state_severity(enum verdict_state state);
/* The finding's id, or the state's name. */
const char *verdict_name(const struct verdict *verdict);
/* What people read first: the finding's title, or the state's name. */
const char *verdict_title(const struct verdict *verdict);
enum confidence verdict_confidence(const struct verdict *verdict);
const char *verdict_summary(const struct verdict *verdict);
/* "" when there is nothing to do. */
const char *verdict_advice(const struct verdict *verdict);

#endif
