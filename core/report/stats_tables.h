/* stats_tables.h - a capture's sessions as tables: rows of cells for whoever draws them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_STATS_TABLES_H
#define SSTPDIAG_CORE_REPORT_STATS_TABLES_H

#include "report/report.h"

enum stats_table_kind {
    STATS_TABLE_SESSIONS,
    STATS_TABLE_SETUP,
    STATS_TABLE_KEEPALIVE,
    STATS_TABLE_MTU,
    STATS_TABLE_FINDINGS,
    STATS_TABLE_KINDS
};

enum { STATS_TABLE_COLUMNS_MAX = 14 };

struct stats_table_column {
    const char *name;
    bool is_number; /* drawn at the right */
};

struct stats_table_info {
    const char *name, *title; /* a word for commands, and for people */
    unsigned num_columns;
    struct stats_table_column columns[STATS_TABLE_COLUMNS_MAX];
};

/* kind: below STATS_TABLE_KINDS. */
const struct stats_table_info *stats_table_info(enum stats_table_kind kind);

/* The cells are text, as many as there are columns, and belong to the caller of take. "-" stands
 * for what is not known or does not apply. */
typedef void (*stats_table_row_fn)(void *context, const char *const *cells);

/* Each row of one session: none, one or several. After engine_finish(). Of env the interfaces
 * count. */
void stats_table_rows(enum stats_table_kind kind, const struct engine *engine,
                      const struct report_env *env, const struct result *result,
                      stats_table_row_fn take, void *context);
/* All rows as text in columns, under a heading; no line ends in a blank. Newly allocated. */
char *stats_table_text(enum stats_table_kind kind, const struct engine *engine,
                       const struct report_env *env);

#endif
