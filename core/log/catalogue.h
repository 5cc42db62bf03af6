/* catalogue.h - the sentences of the programs, and what each of them means
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_CATALOGUE_H
#define SSTPDIAG_CORE_LOG_CATALOGUE_H

#include "base/findings.h"
#include "log/kinds.h"

enum { LOG_NO_FINDING = -1 };

/* How much a sentence says. */
enum log_weight {
    LOG_CHATTER, /* of every healthy session, or what the wire shows as well */
    LOG_STEP,    /* where a session stands */
    LOG_NOTED,   /* worth a look, but sessions work with it */
    LOG_WRONG,   /* a session suffers */
    LOG_CAUSE,   /* the reason itself */
};

struct log_sentence {
    enum log_source source; /* LOG_FROM_OTHER: of several programs */
    const char *words;      /* stand in the line as they are */
    enum log_event event;
    enum log_weight weight;
    int finding;         /* enum finding_id that it names; LOG_NO_FINDING */
    const char *meaning; /* NULL: the sentence says it itself */
};

struct log_catalogue;

struct log_catalogue *log_catalogue_new(void);
void log_catalogue_free(struct log_catalogue *catalogue);
/* The first sentence of the catalogue that stands in text, and that source writes; of any program
 * when that is LOG_FROM_OTHER. NULL: none. Costs a walk along the text. */
const struct log_sentence *log_catalogue_find(const struct log_catalogue *catalogue,
                                              const char *text, enum log_source source);

#endif
