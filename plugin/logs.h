/* logs.h - reads the logs that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_LOGS_H
#define SSTPDIAG_PLUGIN_LOGS_H

#include "engine/engine.h"

/* Reads each file of paths, in their order: array of struct log. What cannot be read is in it as
 * well, with its error. The engine knows when the capture was. */
GPtrArray *logs_read(const struct engine *engine, const GPtrArray *paths);

#endif
