/* prefs.h - what users can set
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_PREFS_H
#define SSTPDIAG_PLUGIN_PREFS_H

#include "compat.h"

#include "base/config.h"

void prefs_register_sstpdiag(int proto);
/* The preferences as the engine wants them. servers belongs to the preferences, a reference to the
 * credentials to the caller. */
void prefs_config(struct config *config);
bool prefs_reassemble_out_of_order(void);
/* Adds the names of the logs that are set, newly allocated. */
void prefs_logs(GPtrArray *paths);

#endif
