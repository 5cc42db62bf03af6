/* remedy.h - what to do about what ssh, sudo, tcpdump and dumpcap complain of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_REMEDY_H
#define SSTPCAP_REMEDY_H

#include "end.h"

/* What the user can do about a line of stderr at this end. Newly allocated; NULL: not known. */
char *remedy_for(const struct end *end, const char *line);

#endif
