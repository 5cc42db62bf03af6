/* finding.h - a finding as a rule raises it: what of the catalogue, how sure, by which frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_FINDING_H
#define SSTPDIAG_CORE_RULES_FINDING_H

#include <glib.h>

#include "base/event.h"
#include "base/findings.h"

enum { DETAILS_MAX = 12 };

/* One fact that a finding rests on. */
struct detail {
    const char *key; /* static; names its unit: "payload_bytes", "silence_seconds" */
    enum { DETAIL_NUMBER, DETAIL_TEXT } kind;
    double number;
    char *text; /* owned */
};

struct finding {
    enum finding_id id;
    enum severity severity; /* the catalogue's, or lower */
    enum confidence confidence;
    enum evidence evidence;
    struct mark cause;    /* when what it speaks of happened: orders causes and consequences */
    double timer_seconds; /* EFFECT_BY_TIMER: from the cause to the end that it brings about */
    int offended;         /* EFFECT_AT_ONCE: the side that may end the session; SIDE_COUNT: any */
    uint32_t frames[EVIDENCE_FRAMES_MAX]; /* ascending, without doubles */
    unsigned num_frames;
    char *summary;          /* owned; one sentence */
    char *advice;           /* owned; NULL: the catalogue's */
    struct detail *details; /* owned; NULL: none */
    unsigned num_details;   /* DETAILS_MAX at most */
};

/* Adds a finding with the catalogue's severity; cause is its first frame. The list owns it, and
 * frees it by finding_free(). Summary and details are the caller's to add. */
struct finding *finding_add(GPtrArray *found, enum finding_id id, enum confidence confidence,
                            enum evidence evidence, struct mark cause);
void finding_free(gpointer finding);

void finding_summary(struct finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* frame 0, and frames beyond EVIDENCE_FRAMES_MAX, are passed over. */
void finding_frame(struct finding *finding, uint32_t frame);
/* Details beyond DETAILS_MAX are passed over, and a text of NULL. */
void finding_number(struct finding *finding, const char *key, double number);
void finding_text(struct finding *finding, const char *key, const char *text);

/* Its own, else the catalogue's. */
const char *finding_advice(const struct finding *finding);
/* "frames 3, 7". Newly allocated. */
char *finding_frames_text(const struct finding *finding);

/* The finding of this id, more than possible; NULL when there is none. */
const struct finding *finding_of(const GPtrArray *found, enum finding_id id);

#endif
