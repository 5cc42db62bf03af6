/* explain.h - what a code, or a finding, means
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_EXPLAIN_H
#define SSTPDIAG_CORE_REPORT_EXPLAIN_H

/* word: a number as a log or Windows shows it, "E=649", the id of a finding, or words of its title.
 * Text of 80 columns, newly allocated; NULL when nothing is known of it. */
char *report_explain(const char *word);

#endif
