/* watch.c - the flight recorder: lines, files and counts of what the recorder tells
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "output/fresh.h"
#include "output/say.h"
#include "session/session.h"
#include "cases.h"
#include "hook.h"
#include "lines.h"
#include "metrics.h"

enum {
    METRICS_EVERY_US = 15 * G_USEC_PER_SEC,
    CLEAN_EVERY_US = 600 * G_USEC_PER_SEC,
    VPN_PORT = 443,
};

struct watch {
    const struct options *options;
    struct keylog *keylog;
    const struct recording *recording;
    struct recorder *recorder;
    struct cases *cases; /* NULL: none is kept */
    struct hook *hook;   /* NULL: none */
    struct metrics *metrics;
    int64_t metrics_us, cleaned_us; /* monotonic: when it was done last */
    uint64_t num_sessions, num_failed;
    bool not_whole;
    bool json_failed, metrics_failed, cases_failed, hook_failed; /* and it was said */
};

/* --- what is written -------------------------------------------------------------------------- */

/* Says it once as long as it goes on. */
static void
fail(struct watch *watch, bool *said, const char *what, const char *why)
{
    watch->not_whole = true;
    if (!*said)
        say_warning("%s: %s: what could not be written is lost", what, why);
    *said = true;
}

/* Opened for each line: another program may have moved the file away. */
static void
append_json(struct watch *watch, const char *line)
{
    const char *path = watch->options->log_json;
    const size_t len = strlen(line);
    bool is_new;
    GError *error = NULL;

    if (strcmp(path, "-") == 0) {
        if (fwrite(line, 1, len, stdout) != len || fflush(stdout) != 0)
            fail(watch, &watch->json_failed, "standard output", g_strerror(errno));
        return;
    }
    int fd = target_open(watch->options->inputs, path, TARGET_STREAM, 0600, &is_new, &error);
    if (fd < 0) {
        fail(watch, &watch->json_failed, "--log-json", error->message);
        g_error_free(error);
        return;
    }
    if ((lseek(fd, 0, SEEK_END) < 0 && errno != ESPIPE) || !target_write_all(fd, line, len))
        fail(watch, &watch->json_failed, path, g_strerror(errno));
    else
        watch->json_failed = false;
    close(fd);
}

static void
write_text(struct watch *watch, const struct watch_event *event, const struct line_file *file)
{
    char *line = line_text(event, file);

    if (fputs(line, stdout) < 0 || fflush(stdout) != 0)
        watch->not_whole = true;
    g_free(line);
}

static GPtrArray *
interfaces_of(const struct watch *watch)
{
    GPtrArray *interfaces = g_ptr_array_new();

    for (uint32_t i = 0; i < watch->recording->interfaces->len; i++)
        g_ptr_array_add(interfaces, &recording_interface(watch->recording, i)->description);
    return interfaces;
}

static const uint8_t *
random_of(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    return tls->has_client_hello ? tls->client_hello.random : NULL;
}

static void
keep(struct watch *watch, const struct watch_event *event, struct line_file *file)
{
    const uint8_t *random = random_of(event->session);
    GString *secrets = random ? keylog_lines(watch->keylog, random) : NULL;
    GPtrArray *interfaces = interfaces_of(watch);
    GError *error = NULL;

    file->path = cases_write(watch->cases, event, interfaces, secrets ? secrets->str : NULL,
                             &file->times, &error);
    if (file->path)
        watch->cases_failed = false;
    else
        fail(watch, &watch->cases_failed, "--keep", error->message);
    g_clear_error(&error);
    g_ptr_array_unref(interfaces);
    keylog_wipe(secrets);
}

/* --- what the recorder tells ------------------------------------------------------------------ */

static bool
is_failure(const struct watch *watch, const struct watch_event *event)
{
    return line_severity(event) >= (int)watch->options->fail_on;
}

/* Secrets of a session that works may be asked for much later. */
static void
hold_secrets(struct watch *watch, const struct watch_event *event)
{
    const uint8_t *random = random_of(event->session);

    if (random && event->kind == WATCH_UP)
        keylog_random(watch->keylog, random);
    else if (random && event->kind == WATCH_END)
        keylog_forget(watch->keylog, random);
}

static void
call_hook(struct watch *watch, const char *path, const char *json)
{
    GError *error = NULL;

    if (hook_start(watch->hook, path ? path : "", json, &error)) {
        watch->hook_failed = false;
        return;
    }
    fail(watch, &watch->hook_failed, "--on-fault", error->message);
    g_error_free(error);
}

/* failed: it is over. */
static void
tell_programs(struct watch *watch, const struct watch_event *event, const struct line_file *file,
              bool failed)
{
    const bool hook = watch->hook && failed;

    if (!watch->options->log_json && !hook)
        return;
    char *json = line_json(event, file);
    if (watch->options->log_json)
        append_json(watch, json);
    if (hook)
        call_hook(watch, file->path, json);
    g_free(json);
}

static void
on_event(void *data, const struct watch_event *event)
{
    struct watch *watch = data;
    struct line_file file = { 0 };
    const bool failure = is_failure(watch, event), end = event->kind == WATCH_END;

    watch->num_sessions += end;
    watch->num_failed += end && failure;
    if (end && watch->cases && (failure || watch->options->keep_all))
        keep(watch, event, &file);
    metrics_event(watch->metrics, event, file.path && file.times == 1);
    hold_secrets(watch, event);
    tell_programs(watch, event, &file, end && failure);
    if (!(watch->options->log_json && strcmp(watch->options->log_json, "-") == 0) &&
        (failure || !watch->options->quiet))
        write_text(watch, event, &file);
    g_free((char *)file.path);
}

/* --- life ------------------------------------------------------------------------------------- */

static uint16_t
port_of(const char *server)
{
    const char *colon = server ? strrchr(server, ':') : NULL;
    guint64 port = colon && !strchr(colon, ']') ? g_ascii_strtoull(colon + 1, NULL, 10) : 0;

    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : VPN_PORT;
}

struct watch *
watch_new(const struct options *options, struct keylog *keylog, const struct recording *recording,
          GError **error)
{
    const struct recorder_options recorder = { .servers = options->server,
                                               .port = port_of(options->server),
                                               .memory = (size_t)options->memory_mib << 20,
                                               .headers_only = options->keep_headers };
    const struct cases_quota quota = { .bytes = (uint64_t)options->keep_mib << 20,
                                       .files = (uint64_t)options->keep_files,
                                       .seconds = (uint64_t)options->keep_days * 86400 };
    struct cases *cases = NULL;
    struct hook *hook = NULL;

    if (options->on_fault && !(hook = hook_new(options->on_fault, error)))
        return NULL;
    if (options->prometheus && !fresh_check(options->inputs, options->prometheus, error)) {
        hook_free(hook);
        return NULL;
    }
    if (options->keep && !(cases = cases_new(options->keep, &quota, error))) {
        hook_free(hook);
        return NULL;
    }
    struct watch *watch = g_new0(struct watch, 1);
    watch->options = options;
    watch->keylog = keylog;
    watch->recording = recording;
    watch->cases = cases;
    watch->hook = hook;
    watch->metrics = metrics_new();
    watch->recorder = recorder_new(&recorder, on_event, watch);
    keylog_keep_apart(keylog);
    return watch;
}

void
watch_free(struct watch *watch)
{
    if (!watch)
        return;
    recorder_free(watch->recorder);
    metrics_free(watch->metrics);
    cases_free(watch->cases);
    hook_free(watch->hook);
    g_free(watch);
}

/* Of a live recording: a clock that nobody sets. */
static int64_t
clock_now(void)
{
    return g_get_monotonic_time() * 1000;
}

void
watch_packet(struct watch *watch, const struct pcapng_packet *packet, bool live)
{
    recorder_time(watch->recorder, live ? clock_now() : packet->time_ns);
    recorder_packet(watch->recorder,
                    recording_interface(watch->recording, packet->interface)->description.link_type,
                    packet);
}

static uint64_t
dropped(const struct watch *watch)
{
    uint64_t sum = 0;
    bool known = false;

    for (guint i = 0; i < watch->recording->ends->len; i++) {
        const uint64_t num = recording_dropped(watch->recording, i);
        if (num != PCAPNG_UNKNOWN) {
            sum += num;
            known = true;
        }
    }
    return known ? sum : PCAPNG_UNKNOWN;
}

static void
write_metrics(struct watch *watch)
{
    const struct watch_counts counts = recorder_counts(watch->recorder);
    uint64_t files = 0, bytes = 0;
    GError *error = NULL;

    if (!watch->options->prometheus)
        return;
    if (watch->cases)
        cases_count(watch->cases, &files, &bytes);
    if (metrics_write(watch->metrics, watch->options->prometheus, &counts, files, bytes,
                      dropped(watch), &error)) {
        watch->metrics_failed = false;
        return;
    }
    fail(watch, &watch->metrics_failed, "--prometheus", error->message);
    g_error_free(error);
}

void
watch_tick(struct watch *watch, bool live)
{
    const int64_t now_us = g_get_monotonic_time();

    if (live)
        recorder_time(watch->recorder, clock_now());
    if (now_us - watch->metrics_us >= METRICS_EVERY_US) {
        watch->metrics_us = now_us;
        write_metrics(watch);
    }
    if (watch->cases && now_us - watch->cleaned_us >= CLEAN_EVERY_US) {
        watch->cleaned_us = now_us;
        cases_clean(watch->cases, g_get_real_time() * 1000);
    }
}

void
watch_finish(struct watch *watch)
{
    recorder_finish(watch->recorder);
    const struct watch_counts counts = recorder_counts(watch->recorder);
    write_metrics(watch);
    say("%s watched, %" G_GUINT64_FORMAT " failed; %s",
        text_count(watch->num_sessions, "session").text, watch->num_failed,
        text_count(counts.packets, "packet").text);
    if (counts.requests_given_up)
        say_warning("%s that nobody answered could not be followed for lack of room",
                    text_count(counts.requests_given_up, "connection request").text);
    if (counts.connections_given_up)
        say_warning("%s could not be followed: --memory gives more room",
                    text_count(counts.connections_given_up, "connection").text);
    if (metrics_lost(watch->metrics))
        say_warning("%s of these sessions are not in their files: of long ones the beginning and "
                    "the end are kept",
                    text_count(metrics_lost(watch->metrics), "packet").text);
}

bool
watch_is_whole(const struct watch *watch)
{
    return !watch->not_whole;
}
