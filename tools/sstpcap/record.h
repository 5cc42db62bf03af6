/* record.h - one recording, from its start to the summary
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RECORD_H
#define SSTPCAP_RECORD_H

#include "options.h"

/* Records until a signal, a limit or the last end stops it. The exit status. */
int record_run(const struct options *options);

#endif
