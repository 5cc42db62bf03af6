/* numeric.h - numbers are written with a dot, whatever the user's locale
 *
 * Sentences of findings and reports are searched, compared and pasted: a decimal comma would make
 * two of them different.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_NUMERIC_H
#define SSTPDIAG_CORE_BASE_NUMERIC_H

/* From here to numeric_end() this thread's printf writes numbers as in the C locale. What it
 * returns is for numeric_end() alone; pairs may nest. */
void *numeric_begin(void);
void numeric_end(void *before);

#endif
