/* prometheus.c - a file in Prometheus's text format, for the textfile collector of its node
 * exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "output/prometheus.h"

#include "output/fresh.h"

enum { MODE = 0644 };

void
prometheus_head(struct prometheus *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out->text, "# HELP %s%s %s\n# TYPE %s%s %s\n", out->prefix, name, help,
                           out->prefix, name, type);
}

static void
append_sample(struct prometheus *out, const char *name, const char *labels, const char *value)
{
    g_string_append_printf(out->text, "%s%s", out->prefix, name);
    if (labels)
        g_string_append_printf(out->text, "{%s}", labels);
    g_string_append_printf(out->text, " %s\n", value);
}

void
prometheus_count(struct prometheus *out, const char *name, const char *labels, uint64_t value)
{
    char *number = g_strdup_printf("%" G_GUINT64_FORMAT, value);

    append_sample(out, name, labels, number);
    g_free(number);
}

void
prometheus_number(struct prometheus *out, const char *name, const char *labels, const char *format,
                  double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    append_sample(out, name, labels, g_ascii_formatd(number, sizeof number, format, value));
}

char *
prometheus_label(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text == '\n' ? ' ' : *text);
    }
    return g_string_free(out, FALSE);
}

bool
prometheus_finish(struct prometheus *out, const char *path, GError **error)
{
    const bool good = fresh_write(path, MODE, out->text->str, out->text->len, error);

    g_string_free(out->text, TRUE);
    out->text = NULL;
    return good;
}
