/* attempt.h - one attempt to connect, as what is told of it: facts by stage, how each stage went,
 * the verdict
 *
 * Of a session, or of what a report of schema sstpdiag/1 says of one: whoever reads such a report
 * fills it in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_ATTEMPT_H
#define SSTPDIAG_CORE_REPORT_ATTEMPT_H

#include "base/json.h"
#include "rules/rules.h"

#define FACT(ID, stage, key, kind, words) FACT_##ID,
enum fact_id {
#include "report/attempt_facts.def"
    FACT_COUNT
};
#undef FACT

/* What they are: attempt_facts.def. */
enum fact_kind {
    FACT_KIND_TEXT,
    FACT_KIND_NUMBER,
    FACT_KIND_SECONDS,
    FACT_KIND_PERCENT,
    FACT_KIND_EVENT,
    FACT_KIND_OWN,
    FACT_KIND_TIME,
    FACT_KIND_HIDDEN
};

struct fact_info {
    enum stage stage;
    const char *key, *words;
    enum fact_kind kind;
};

/* id: below FACT_COUNT. */
const struct fact_info *fact_info(enum fact_id id);

/* Not known: neither text nor a number. */
struct fact {
    char *text; /* NULL for a number */
    bool is_number;
    double number;
};

struct attempt_stage {
    bool seen;
    enum outcome outcome;
    double seconds;
};

struct attempt {
    char *file;  /* the capture's name */
    char *kind;  /* "session", "candidate" */
    unsigned id; /* of it in its report */
    char *why;   /* it was taken, where its report has several: "the last that failed"; or NULL */
    double start, end; /* seconds since 1970; start 0: not known */
    char *verdict;     /* id, or "healthy" and the like; NULL: not known */
    char *summary;     /* of the verdict */
    char *outcome;     /* of the session, as session_outcome() has it */
    char *evidence;    /* as evidence_name() has it */
    struct attempt_stage stages[STAGE_COUNT];
    struct fact facts[FACT_COUNT];
};

/* Its facts alone; all else is the caller's to fill in. All zero before. */
void attempt_read_facts(struct attempt *attempt, const struct session *session);
/* Frees contents, not attempt. */
void attempt_clear(struct attempt *attempt);

/* The member "facts": an object of each stage of which something is known. */
void report_facts_json(struct json *json, const struct session *session);

#endif
