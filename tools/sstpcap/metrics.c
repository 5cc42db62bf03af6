/* metrics.c - counts of what was watched, as a file for Prometheus's node exporter
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "metrics.h"

#include <string.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "output/prometheus.h"
#include "rules/verdict.h"
#include "session/session.h"

enum {
    SERIES_MAX = 1024, /* servers and verdicts that are told apart; a stranger chooses servers */
};

/* Seconds of a set-up: a local one takes 0.1, one with a slow login several. */
static const double bounds[] = { 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60 };
enum { NUM_BOUNDS = G_N_ELEMENTS(bounds) };

struct histogram {
    uint64_t below[NUM_BOUNDS], num; /* below: each counts those of the smaller ones, too */
    double sum;
};

struct metrics {
    GHashTable *ended; /* labels of server and verdict -> uint64_t */
    uint64_t up, ended_beyond, lost;
    struct histogram stages[STAGE_COUNT];
};

struct metrics *
metrics_new(void)
{
    struct metrics *metrics = g_new0(struct metrics, 1);

    metrics->ended = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return metrics;
}

void
metrics_free(struct metrics *metrics)
{
    g_hash_table_unref(metrics->ended);
    g_free(metrics);
}

static void
histogram_add(struct histogram *histogram, double value)
{
    for (size_t i = 0; i < NUM_BOUNDS; i++)
        histogram->below[i] += value <= bounds[i];
    histogram->num++;
    histogram->sum += value;
}

static void
count_stages(struct metrics *metrics, const struct session *session)
{
    for (int stage = STAGE_TCP; stage <= STAGE_NCP; stage++) {
        const struct stage_state *state = session_stage_state(session, stage);
        if (mark_is_set(state->first) && state->outcome == OUTCOME_OK)
            histogram_add(&metrics->stages[stage], mark_seconds(state->first, state->last));
    }
}

static void
count_end(struct metrics *metrics, const struct watch_event *event)
{
    char *server = endpoint_text(conn_endpoint(session_conn(event->session), SIDE_SERVER));
    char *labels = g_strdup_printf("server=\"%s\",state=\"%s\",verdict=\"%s\"", server,
                                   verdict_state_name(event->result->verdict.state),
                                   verdict_name(&event->result->verdict));
    uint64_t *num = g_hash_table_lookup(metrics->ended, labels);

    if (num)
        (*num)++;
    else if (g_hash_table_size(metrics->ended) >= SERIES_MAX)
        metrics->ended_beyond++;
    else
        g_hash_table_insert(metrics->ended, g_strdup(labels),
                            g_memdup2(&(uint64_t){ 1 }, sizeof(uint64_t)));
    g_free(labels);
    g_free(server);
}

void
metrics_event(struct metrics *metrics, const struct watch_event *event, bool kept)
{
    metrics->lost += kept ? event->lost : 0;
    metrics->up += event->kind == WATCH_UP;
    if (event->kind != WATCH_END)
        return;
    count_stages(metrics, event->session);
    count_end(metrics, event);
}

uint64_t
metrics_lost(const struct metrics *metrics)
{
    return metrics->lost;
}

/* --- the file --------------------------------------------------------------------------------- */

static void
append_count(struct prometheus *out, const char *name, const char *type, const char *help,
             uint64_t value)
{
    prometheus_head(out, name, type, help);
    prometheus_count(out, name, NULL, value);
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(a, b);
}

static void
append_ended(struct prometheus *out, const struct metrics *metrics)
{
    static const char name[] = "sessions_ended_total";
    GList *labels = g_list_sort(g_hash_table_get_keys(metrics->ended), compare_texts);

    prometheus_head(out, name, "counter", "Sessions that are over, by verdict.");
    for (const GList *link = labels; link; link = link->next)
        prometheus_count(out, name, link->data,
                         *(const uint64_t *)g_hash_table_lookup(metrics->ended, link->data));
    g_list_free(labels);
    append_count(out, "sessions_ended_other_total", "counter",
                 "Sessions of more servers and verdicts than are told apart.",
                 metrics->ended_beyond);
}

static void
append_bucket(struct prometheus *out, const char *stage, const char *bound, uint64_t num)
{
    char *labels = g_strdup_printf("%s,le=\"%s\"", stage, bound);

    prometheus_count(out, "setup_seconds_bucket", labels, num);
    g_free(labels);
}

static void
append_histogram(struct prometheus *out, const char *stage, const struct histogram *histogram)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    char *label = g_strdup_printf("stage=\"%s\"", stage);

    for (size_t i = 0; i < NUM_BOUNDS; i++)
        append_bucket(out, label, g_ascii_formatd(number, sizeof number, "%g", bounds[i]),
                      histogram->below[i]);
    append_bucket(out, label, "+Inf", histogram->num);
    prometheus_number(out, "setup_seconds_sum", label, "%.6f", histogram->sum);
    prometheus_count(out, "setup_seconds_count", label, histogram->num);
    g_free(label);
}

static void
append_setup(struct prometheus *out, const struct metrics *metrics)
{
    prometheus_head(out, "setup_seconds", "histogram", "How long a stage of the set-up took.");
    for (int stage = STAGE_TCP; stage <= STAGE_NCP; stage++)
        if (metrics->stages[stage].num > 0)
            append_histogram(out, stage_name((enum stage)stage), &metrics->stages[stage]);
}

/* Resident memory in bytes; 0: not known. */
static uint64_t
memory_now(void)
{
    char *text = NULL;
    uint64_t pages = 0;

    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL)) {
        const char *second = strchr(text, ' ');
        pages = second ? g_ascii_strtoull(second, NULL, 10) : 0;
    }
    g_free(text);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
append_counts(struct prometheus *out, const struct watch_counts *counts, uint64_t drops)
{
    append_count(out, "sessions", "gauge", "Sessions that are followed now.", counts->sessions);
    append_count(out, "connections", "gauge", "Connections that are followed now.",
                 counts->connections);
    append_count(out, "packets_total", "counter", "Packets that were looked at.", counts->packets);
    if (drops != PCAPNG_UNKNOWN)
        append_count(out, "packets_dropped_total", "counter", "Packets that kernels dropped.",
                     drops);
    append_count(out, "requests_given_up_total", "counter",
                 "Connection requests that there was no room for.", counts->requests_given_up);
    append_count(out, "connections_given_up_total", "counter",
                 "Connections that there was no room for.", counts->connections_given_up);
    append_count(out, "kept_bytes", "gauge", "Memory of packets that are kept.",
                 counts->kept_bytes);
    append_count(out, "resident_bytes", "gauge", "Memory of the program.", memory_now());
}

bool
metrics_write(const struct metrics *metrics, const char *path, const struct watch_counts *counts,
              uint64_t files, uint64_t bytes, uint64_t drops, GError **error)
{
    struct prometheus out = { g_string_new(NULL), "sstp_watch_" };

    append_ended(&out, metrics);
    append_count(&out, "sessions_up_total", "counter", "Sessions that came up.", metrics->up);
    append_setup(&out, metrics);
    append_count(&out, "packets_given_up_total", "counter",
                 "Packets of sessions in files that there was no room for.", metrics->lost);
    append_counts(&out, counts, drops);
    append_count(&out, "evidence_files", "gauge", "Files with packets of sessions.", files);
    append_count(&out, "evidence_bytes", "gauge", "Their size.", bytes);
    append_count(&out, "last_write_timestamp_seconds", "gauge", "When this was written.",
                 (uint64_t)(g_get_real_time() / G_USEC_PER_SEC));
    return prometheus_finish(&out, path, error);
}
