/* metrics.h - a file for the textfile collector of Prometheus's node exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_METRICS_H
#define SSTPPROBE_METRICS_H

#include "walk.h"

/* Written beside path and renamed, readable by all. */
bool metrics_write(const struct walk *walk, const char *path, GError **error);

#endif
