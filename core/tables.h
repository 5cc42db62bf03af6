/* tables.h - a capture's sessions as tables: rows of cells for whoever draws them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_TABLES_H
#define SSTPDIAG_CORE_TABLES_H

#include "engine.h"

enum table_kind {
    TABLE_SESSIONS,
    TABLE_SETUP,
    TABLE_KEEPALIVE,
    TABLE_MTU,
    TABLE_FINDINGS,
    TABLE_KINDS
};

enum { TABLE_COLUMNS_MAX = 14 };

struct table_column {
    const char *name;
    bool is_number; /* drawn at the right */
};

struct table_info {
    const char *name, *title; /* a word for commands, and for people */
    unsigned num_columns;
    struct table_column columns[TABLE_COLUMNS_MAX];
};

/* kind: below TABLE_KINDS. */
const struct table_info *table_info(enum table_kind kind);

/* The cells are text, as many as there are columns, and belong to the caller of take. "-" stands
 * for what is not known or does not apply. */
typedef void (*table_row_fn)(void *context, const char *const *cells);

/* Each row of one session: none, one or several. After engine_finish(). */
void table_rows(enum table_kind kind, const struct engine *engine, const struct result *result,
                table_row_fn take, void *context);
/* All rows as text in columns, under a heading; no line ends in a blank. Newly allocated. */
char *table_text(enum table_kind kind, const struct engine *engine);

#endif
