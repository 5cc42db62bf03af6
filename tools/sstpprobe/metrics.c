/* metrics.c - a file for the textfile collector of Prometheus's node exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics.h"

#include "output/prometheus.h"
#include "word.h"

/* target: the label of all samples. */
static void
append_gauge(struct prometheus *out, const char *target, const char *name, const char *help,
             double value)
{
    prometheus_head(out, name, "gauge", help);
    prometheus_number(out, name, target, "%.12g", value);
}

static void
append_failure(struct prometheus *out, const char *target, const struct word *word)
{
    if (word->level != WORD_BAD)
        return;
    char *labels = g_strdup_printf("%s,step=\"%s\",finding=\"%s\"", target,
                                   word->step ? word->step : "", word->finding);
    append_gauge(out, labels, "failed_at",
                 "Step at which it failed, and the finding that says why.", 1);
    g_free(labels);
}

static void
append_steps(struct prometheus *out, const char *target, const struct walk *walk)
{
    prometheus_head(out, "step_seconds", "gauge", "How long a step took.");
    for (int step = 0; step < STEP_COUNT; step++) {
        if (!walk->steps[step].done || walk->steps[step].seconds < 0)
            continue;
        char *labels = g_strdup_printf("%s,step=\"%s\"", target, step_name((enum step)step));
        prometheus_number(out, "step_seconds", labels, "%.6f", walk->steps[step].seconds);
        g_free(labels);
    }
}

static void
append_path(struct prometheus *out, const char *target, const struct walk *walk)
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
    char *value = prometheus_label(server);
    char *target = g_strdup_printf("target=\"%s\"", value);
    struct prometheus out = { g_string_new(NULL), "sstp_probe_" };

    append_gauge(&out, target, "success", "Nothing went wrong.", word.level <= WORD_WARNED);
    append_gauge(&out, target, "login_withheld", "The password was refused before and not sent.",
                 walk->options->withheld != NULL);
    append_failure(&out, target, &word);
    append_gauge(&out, target, "duration_seconds", "How long it took.", word_seconds(walk));
    append_steps(&out, target, walk);
    append_path(&out, target, walk);
    append_gauge(&out, target, "last_run_timestamp_seconds", "When it was.",
                 (double)g_get_real_time() / G_USEC_PER_SEC);
    g_free(target);
    g_free(value);
    g_free(server);
    return prometheus_finish(&out, path, error);
}
