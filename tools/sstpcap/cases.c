/* cases.c - the files in which the packets of failed sessions stay, within a quota
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cases.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/endpoint.h"
#include "rules/verdict.h"
#include "session/session.h"
#include "output/fresh.h"

enum {
    AGAIN_SECONDS = 600, /* within which equal failures of a client are told by one file */
    AGAIN_MAX = 4096,    /* clients that this is remembered of */
};

#define ENDING ".sstp.pcapng"

/* A failure that was written. */
struct written {
    char *path;
    int64_t time_ns;
    unsigned times;
};

struct cases {
    char *folder;
    struct cases_quota quota;
    GHashTable *again; /* "client server finding" -> struct written */
    uint64_t files, bytes;
};

static void
written_free(gpointer data)
{
    struct written *written = data;

    g_free(written->path);
    g_free(written);
}

struct cases *
cases_new(const char *folder, const struct cases_quota *quota, GError **error)
{
    struct cases *cases;

    if (g_mkdir_with_parents(folder, 0700) != 0 || access(folder, W_OK | X_OK) != 0) {
        target_fail(error, folder);
        return NULL;
    }
    cases = g_new0(struct cases, 1);
    cases->folder = g_strdup(folder);
    cases->quota = *quota;
    cases->again = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, written_free);
    return cases;
}

void
cases_free(struct cases *cases)
{
    if (!cases)
        return;
    g_hash_table_unref(cases->again);
    g_free(cases->folder);
    g_free(cases);
}

/* --- the quota -------------------------------------------------------------------------------- */

struct old {
    char *path;
    int64_t modified_ns;
    uint64_t size;
};

static void
old_free(gpointer data)
{
    struct old *old = data;

    g_free(old->path);
    g_free(old);
}

static gint
compare_age(gconstpointer a, gconstpointer b)
{
    const struct old *x = *(const struct old *const *)a, *y = *(const struct old *const *)b;

    if (x->modified_ns != y->modified_ns)
        return x->modified_ns < y->modified_ns ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* Regular files with names of ours, the oldest first: the caller's. */
static GPtrArray *
list_files(const struct cases *cases)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(old_free);
    GDir *dir = g_dir_open(cases->folder, 0, NULL);
    const char *name;
    struct stat status;

    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(cases->folder, name, NULL);
        if (g_str_has_suffix(name, ENDING) && lstat(path, &status) == 0 &&
            S_ISREG(status.st_mode)) {
            struct old *old = g_new0(struct old, 1);
            old->path = g_steal_pointer(&path);
            old->modified_ns =
                (int64_t)status.st_mtim.tv_sec * NS_PER_SECOND + status.st_mtim.tv_nsec;
            old->size = (uint64_t)status.st_size;
            g_ptr_array_add(files, old);
        }
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(files, compare_age);
    return files;
}

static bool
is_beyond(const struct cases *cases, const struct old *old, int64_t now_ns)
{
    const struct cases_quota *quota = &cases->quota;

    return (quota->files && cases->files > quota->files) ||
           (quota->bytes && cases->bytes > quota->bytes) ||
           (quota->seconds &&
            time_between(old->modified_ns, now_ns) > (int64_t)quota->seconds * NS_PER_SECOND);
}

unsigned
cases_clean(struct cases *cases, int64_t now_ns)
{
    GPtrArray *files = list_files(cases);
    unsigned deleted = 0;

    cases->files = files->len;
    cases->bytes = 0;
    for (guint i = 0; i < files->len; i++)
        cases->bytes += ((const struct old *)g_ptr_array_index(files, i))->size;
    for (guint i = 0; i < files->len; i++) {
        const struct old *old = g_ptr_array_index(files, i);
        if (!is_beyond(cases, old, now_ns))
            break;
        if (g_unlink(old->path) != 0)
            continue;
        cases->files--;
        cases->bytes -= old->size;
        deleted++;
    }
    g_ptr_array_unref(files);
    return deleted;
}

void
cases_count(const struct cases *cases, uint64_t *files, uint64_t *bytes)
{
    *files = cases->files;
    *bytes = cases->bytes;
}

/* --- one file --------------------------------------------------------------------------------- */

/* "20261130T231607Z-192.0.2.7-auth_bad_credentials.sstp.pcapng", in the folder. */
static char *
path_of(const struct cases *cases, const struct watch_event *event)
{
    const struct endpoint *end = conn_endpoint(session_conn(event->session), SIDE_CLIENT);
    char *client = endpoint_address_text(end);
    GDateTime *then = g_date_time_new_from_unix_utc(event->time_ns / NS_PER_SECOND);
    char *time = then ? g_date_time_format(then, "%Y%m%dT%H%M%SZ") : g_strdup("0");
    char *name = g_strdup_printf("%s-%s-%u-%s" ENDING, time, g_strdelimit(client, ":", '_'),
                                 end->port, verdict_name(&event->result->verdict));
    char *path = g_build_filename(cases->folder, name, NULL);

    if (then)
        g_date_time_unref(then);
    g_free(name);
    g_free(time);
    g_free(client);
    return path;
}

static char *
comment_of(const struct watch_event *event)
{
    const struct verdict *verdict = &event->result->verdict;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s [%s]: %s", verdict_title(verdict), verdict_name(verdict),
                           verdict_summary(verdict));
    if (event->lost)
        g_string_append_printf(text,
                               "\n%" G_GUINT64_FORMAT " packets of the middle are not in this "
                               "file: there was no room for them.",
                               event->lost);
    return g_string_free(text, FALSE);
}

static void
append_packets(GByteArray *out, const struct watch_event *event)
{
    for (guint i = 0; i < event->packets->len; i++)
        pcapng_append_packet(out, g_ptr_array_index(event->packets, i));
}

/* With secrets in it: wiped when it is freed. */
static GByteArray *
bytes_of(const struct watch_event *event, const GPtrArray *interfaces, const char *secrets)
{
    GByteArray *out = g_byte_array_new();
    char *comment = comment_of(event);

    pcapng_append_section(out, NULL, "sstpcap " SSTPDIAG_VERSION, comment);
    for (guint i = 0; i < interfaces->len; i++)
        pcapng_append_interface(out, g_ptr_array_index(interfaces, i));
    if (secrets)
        pcapng_append_secrets(out, PCAPNG_SECRETS_TLS, secrets, strlen(secrets));
    append_packets(out, event);
    g_free(comment);
    return out;
}

/* --- equal failures --------------------------------------------------------------------------- */

static char *
key_of(const struct watch_event *event)
{
    const struct conn *conn = session_conn(event->session);
    char *client = endpoint_address_text(conn_endpoint(conn, SIDE_CLIENT));
    char *server = endpoint_text(conn_endpoint(conn, SIDE_SERVER));
    char *key = g_strdup_printf("%s %s %s", client, server, verdict_name(&event->result->verdict));

    g_free(client);
    g_free(server);
    return key;
}

static gboolean
is_long_ago(gpointer key, gpointer value, gpointer now)
{
    const struct written *written = value;

    (void)key;
    return time_apart(written->time_ns, *(const int64_t *)now) > AGAIN_SECONDS * NS_PER_SECOND;
}

/* What was written of the same a short time ago; NULL: nothing. */
static struct written *
written_before(struct cases *cases, const char *key, int64_t now_ns)
{
    struct written *written = g_hash_table_lookup(cases->again, key);

    if (written && !is_long_ago(NULL, written, &now_ns) &&
        g_file_test(written->path, G_FILE_TEST_EXISTS))
        return written;
    if (g_hash_table_size(cases->again) >= AGAIN_MAX)
        g_hash_table_foreach_remove(cases->again, is_long_ago, &now_ns);
    return NULL;
}

char *
cases_write(struct cases *cases, const struct watch_event *event, const GPtrArray *interfaces,
            const char *secrets, unsigned *times, GError **error)
{
    char *key = key_of(event);
    struct written *written = written_before(cases, key, event->time_ns);

    if (written) {
        *times = ++written->times;
        g_free(key);
        return g_strdup(written->path);
    }
    char *path = path_of(cases, event);
    GByteArray *bytes = bytes_of(event, interfaces, secrets);
    const bool good = fresh_write(path, 0600, bytes->data, bytes->len, error);
    explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    *times = 1;
    if (!good) {
        g_clear_pointer(&path, g_free);
        g_free(key);
        return NULL;
    }
    if (g_hash_table_size(cases->again) < AGAIN_MAX) {
        written = g_new0(struct written, 1);
        *written = (struct written){ g_strdup(path), event->time_ns, 1 };
        g_hash_table_replace(cases->again, g_steal_pointer(&key), written);
    }
    g_free(key);
    cases_clean(cases, g_get_real_time() * 1000);
    return path;
}
