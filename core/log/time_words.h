/* time_words.h - months and zones by their names. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_TIME_WORDS_H
#define SSTPDIAG_CORE_LOG_TIME_WORDS_H

#include <stdbool.h>

/* A month's short name in one of the languages that journalctl and RouterOS are known to write,
 * "Nov", "nov.", "ноя", "11月": its number, and *p behind the name and its dot. 0: there is none.
 */
int log_time_month(const char **p);
/* "UTC", "CEST": seconds east of UTC, and *p behind the name. Names that mean several zones are
 * none. */
bool log_time_zone_word(const char **p, int *seconds);

#endif
