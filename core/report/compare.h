/* compare.h - two attempts to connect, held against each other: what is alike, what is not, and
 * where they part
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_COMPARE_H
#define SSTPDIAG_CORE_REPORT_COMPARE_H

#include "report/attempt.h"

/* A line of the table. */
struct comparison_row {
    enum stage stage; /* STAGE_COUNT: of the attempt as a whole */
    const char *key;  /* of JSON; "outcome": how the stage went */
    const char *words;
    char *left, *right; /* NULL: not known, or it did not come so far */
    bool compared;      /* both are known, and are no measure of the attempt's own */
    bool differs;       /* in a way that may matter */
};

struct comparison {
    const struct attempt *left, *right;
    bool parts; /* there is a stage that one passes and the other does not */
    enum stage parts_at;
    char *summary;   /* sentences: where they part, and what differs up to there */
    GPtrArray *rows; /* struct comparison_row, by stage */
};

/* The attempts must outlive it. */
struct comparison *comparison_new(const struct attempt *left, const struct attempt *right);
void comparison_free(struct comparison *comparison);

/* An object, under this key. */
void comparison_json(struct json *json, const char *key, const struct comparison *comparison);
/* A table of 80 columns below the sentences. Newly allocated. */
char *comparison_text(const struct comparison *comparison);

#endif
