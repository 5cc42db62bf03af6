/* list.h - the interfaces that can be captured on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_LIST_H
#define SSTPCAP_LIST_H

#include "options.h"

/* Of this machine, or of the one that the only argument names as ssh://HOST. The exit status. */
int list_interfaces(const struct options *options);

#endif
