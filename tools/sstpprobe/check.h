/* check.h - one line and an exit status for monitoring systems (Nagios, Icinga, Zabbix ...)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_CHECK_H
#define SSTPPROBE_CHECK_H

#include "walk.h"

/* Prints the line of a walk. The exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
int check_show(const struct walk *walk);
/* The line where there was none; 3. */
int check_unknown(const char *why);

#endif
