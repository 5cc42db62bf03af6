/* prometheus.h - a file in Prometheus's text format, for the textfile collector of its node
 * exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PROMETHEUS_H
#define SSTPDIAG_TOOLS_PROMETHEUS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Set text to an empty string. */
struct prometheus {
    GString *text;
    const char *prefix; /* of all names */
};

/* What a metric is; its samples follow. type: "gauge", "counter", "histogram". */
void prometheus_head(struct prometheus *out, const char *name, const char *type, const char *help);
/* A sample. labels: NAME="VALUE", with commas between; NULL: none. */
void prometheus_count(struct prometheus *out, const char *name, const char *labels, uint64_t value);
/* The same, written by format: one of g_ascii_formatd(). */
void prometheus_number(struct prometheus *out, const char *name, const char *labels,
                       const char *format, double value);

/* text as the value of a label. Newly allocated. */
char *prometheus_label(const char *text);

/* Readable by all, as the collector is another user. Frees the text. False with *error: what was
 * at path stays. */
bool prometheus_finish(struct prometheus *out, const char *path, GError **error);

#endif
