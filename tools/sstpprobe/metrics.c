/* metrics.c - a file for the textfile collector of Prometheus's node exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics.h"

#include "output/fresh.h"
#include "word.h"

enum { MODE = 0644 };

/* Label values of the text format. */
static char *
label(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text == '\n' ? ' ' : *text);
    }
    return g_string_free(out, FALSE);
}

static void
append_head(GString *out, const char *name, const char *help)
{
    g_string_append_printf(out, "# HELP sstp_probe_%s %s\n# TYPE sstp_probe_%s gauge\n", name, help,
                           name);
}

static void
append_gauge(GString *out, const char *target, const char *name, const char *help, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    append_head(out, name, help);
    g_string_append_printf(out, "sstp_probe_%s{target=\"%s\"} %s\n", name, target,
                           g_ascii_formatd(number, sizeof number, "%.12g", value));
}

static void
append_failure(GString *out, const char *target, const struct word *word)
{
    if (word->level != WORD_BAD)
        return;
    append_head(out, "failed_at", "Step at which it failed, and the finding that says why.");
    g_string_append_printf(out,
                           "sstp_probe_failed_at{target=\"%s\",step=\"%s\",finding=\"%s\"} 1\n",
                           target, word->step ? word->step : "", word->finding);
}

static void
append_steps(GString *out, const char *target, const struct walk *walk)
{
    append_head(out, "step_seconds", "How long a step took.");
    for (int step = 0; step < STEP_COUNT; step++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        if (!walk->steps[step].done || walk->steps[step].seconds < 0)
            continue;
        g_ascii_formatd(number, sizeof number, "%.6f", walk->steps[step].seconds);
        g_string_append_printf(out, "sstp_probe_step_seconds{target=\"%s\",step=\"%s\"} %s\n",
                               target, step_name((enum step)step), number);
    }
}

static void
append_path(GString *out, const char *target, const struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;

    if (attempt && attempt->link.has_cert)
        append_gauge(out, target, "certificate_not_after_timestamp_seconds",
                     "When the server's certificate ends.", (double)attempt->link.not_after);
    if (attempt && attempt->wire.counts.mss_out) {
        append_gauge(out, target, "rtt_seconds", "Round trip of TCP.",
                     ns_seconds(attempt->wire.counts.rtt));
        append_gauge(out, target, "path_mtu_bytes", "What this host takes the path for.",
                     attempt->wire.counts.path_mtu);
        append_gauge(out, target, "resent_segments", "Segments that were sent again.",
                     attempt->wire.counts.resent);
    }
    if (walk->inner_mtu)
        append_gauge(out, target, "inner_mtu_bytes", "MTU in the tunnel that fits.",
                     (double)walk->inner_mtu);
}

bool
metrics_write(const struct walk *walk, const char *path, GError **error)
{
    const struct word word = word_of(walk);
    char *server = options_target(walk->options->name, walk->options->port);
    char *target = label(server);
    GString *out = g_string_new(NULL);

    append_gauge(out, target, "success", "Nothing went wrong.", word.level <= WORD_WARNED);
    append_gauge(out, target, "login_withheld", "The password was refused before and not sent.",
                 walk->options->withheld != NULL);
    append_failure(out, target, &word);
    append_gauge(out, target, "duration_seconds", "How long it took.", word_seconds(walk));
    append_steps(out, target, walk);
    append_path(out, target, walk);
    append_gauge(out, target, "last_run_timestamp_seconds", "When it was.",
                 (double)g_get_real_time() / G_USEC_PER_SEC);
    const bool good = fresh_write(path, MODE, out->str, out->len, error);
    g_string_free(out, TRUE);
    g_free(target);
    g_free(server);
    return good;
}
