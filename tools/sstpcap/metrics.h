/* metrics.h - counts of what was watched, as a file for Prometheus's node exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_METRICS_H
#define SSTPCAP_METRICS_H

#include "recorder.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);
/* Counts what became of a session; kept: its packets stay in a file. */
void metrics_event(struct metrics *metrics, const struct watch_event *event, bool kept);
/* Packets that are in none of these files, though they are of their sessions. */
uint64_t metrics_lost(const struct metrics *metrics);
/* Written beside path and renamed, readable by all. drops: packets that kernels dropped;
 * PCAPNG_UNKNOWN where nobody says. */
bool metrics_write(const struct metrics *metrics, const char *path,
                   const struct watch_counts *counts, uint64_t files, uint64_t bytes,
                   uint64_t drops, GError **error);

#endif
