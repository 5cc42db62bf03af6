/* findings.h - the catalogue of findings as enum and table; its entries are in findings.def
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_FINDINGS_H
#define SSTPDIAG_CORE_BASE_FINDINGS_H

#include <stdbool.h>

/* Frames that a finding names as its evidence, at most. */
enum { EVIDENCE_FRAMES_MAX = 8 };

/* The parts of a session, in the order in which a session meets them. */
enum stage {
    STAGE_CAPTURE,
    STAGE_DNS,
    STAGE_TCP,
    STAGE_PROXY,
    STAGE_TLS,
    STAGE_HTTP,
    STAGE_SSTP,
    STAGE_LCP,
    STAGE_AUTH,
    STAGE_BINDING,
    STAGE_NCP,
    STAGE_DATA,
    STAGE_MTU,
    STAGE_KEEPALIVE,
    STAGE_TEARDOWN,
    STAGE_COUNT
};

/* Wireshark's words; a higher value is worse. */
enum severity { SEVERITY_CHAT, SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_ERROR };

/* What a finding can do to a session. It explains an end only where it can have brought it about;
 * rules/explain.h says when that is. */
enum effect {
    EFFECT_NOTHING,
    EFFECT_DEGRADES, /* the session goes on, worse */
    EFFECT_AT_ONCE,  /* the peer may end the session within moments, else it took no offence */
    EFFECT_BY_TIMER, /* the peer ends the session when its negotiation timer runs out */
    EFFECT_BLOCKS,   /* the session gets no further than this stage, however it ends */
    EFFECT_ENDS      /* a session, even one that was up, does not survive it */
};

/* A higher value is surer. */
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };

/* What a statement rests on; a higher value is stronger. */
enum evidence {
    EVIDENCE_NONE,
    EVIDENCE_INFERRED,  /* lengths of records, and timing */
    EVIDENCE_CLEAR,     /* bytes that were never encrypted, or TCP itself */
    EVIDENCE_DECRYPTED, /* bytes that the TLS keys opened */
    EVIDENCE_TRIAL,     /* another attempt with one thing changed */
    EVIDENCE_BOTH_ENDS, /* two capture points compared */
    EVIDENCE_LOG        /* what a program wrote into its log; of a log alone */
};

#define FINDING(ID, id, stage, severity, effect, state, reference, title, advice) FINDING_##ID,
enum finding_id {
#include "base/findings.def"
    FINDING_COUNT
};
#undef FINDING

/* An entry of the catalogue. All strings are static and never NULL. */
struct finding_info {
    const char *name;
    enum stage stage;
    enum severity severity; /* unless a rule has reason to lower it */
    enum effect effect;
    bool ready;            /* a rule raises it; shown nowhere otherwise */
    const char *reference; /* specification and section, "" when there is none */
    const char *title;
    const char *advice; /* "" when nothing is to be done */
};

/* NULL when id is not below FINDING_COUNT. */
const struct finding_info *finding_info(enum finding_id id);

/* The words of reports and filters, static memory; NULL for a value out of range. */
const char *stage_name(enum stage stage);
const char *severity_name(enum severity severity);
/* False: no severity has that name. */
bool severity_by_name(const char *name, enum severity *severity);
const char *confidence_name(enum confidence confidence);
const char *evidence_name(enum evidence evidence);

#endif
