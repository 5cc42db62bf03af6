/* reader.c - tshark with the plugin, which reads a capture and judges it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "find.h"
#include "base/json.h"
#include "base/text.h"
#include "secrets.h"

/* Of children. */
#define KEYS_FD        3
#define CREDENTIALS_FD 4
#define FD_PATH(fd)    "/proc/self/fd/" G_STRINGIFY(fd)

enum {
    WATCH_MILLISECONDS = 250,
    PROGRESS_AFTER_SECONDS = 2,
};

static const char how_to_get_tshark[] =
    "tshark is not installed. Debian, Ubuntu: sudo apt install tshark. Fedora: sudo dnf install "
    "wireshark-cli. Elsewhere it comes with Wireshark. If it is in an unusual place, name it: "
    "--tshark PROGRAM.";

/* --- finding --------------------------------------------------------------------------------- */

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error)
        *error = g_error_new_valist(G_IO_ERROR, G_IO_ERROR_FAILED, format, args);
    va_end(args);
    return false;
}

/* "TShark (Wireshark) 4.0.17 (Git ...": its first two numbers. */
static bool
read_version(const char *words, unsigned *major, unsigned *minor)
{
    static const char before[] = "(Wireshark) ";
    const char *number = words ? strstr(words, before) : NULL;
    char *end;

    if (!number)
        return false;
    *major = (unsigned)g_ascii_strtoull(number + strlen(before), &end, 10);
    if (*end != '.')
        return false;
    *minor = (unsigned)g_ascii_strtoull(end + 1, NULL, 10);
    return *major > 0;
}

static bool
find_version(struct reader *reader, GError **error)
{
    GSubprocessLauncher *launcher = place_launcher(
        reader->place, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    GSubprocess *child =
        g_subprocess_launcher_spawn(launcher, error, reader->tshark, "--version", NULL);
    char *out = NULL;
    bool good = child && g_subprocess_communicate_utf8(child, NULL, NULL, &out, NULL, error);

    if (good && !read_version(out, &reader->major, &reader->minor))
        good = fail(error, "%s does not tell its version, as tshark does", reader->tshark);
    g_free(out);
    g_clear_object(&child);
    g_object_unref(launcher);
    return good;
}

/* tshark may find a plugin where we do not look; it will say so if not. */
static bool
find_plugin(struct reader *reader, const char *named, GError **error)
{
    char *other = NULL;

    if (named && !find_plugin_in(named, reader->major, reader->minor, &other)) {
        fail(error, "%s has no %u.%u/epan/sstpdiag.so, which %s needs%s%s", named, reader->major,
             reader->minor, reader->tshark, other ? "; there is one for Wireshark " : "",
             other ? other : "");
        g_free(other);
        return false;
    }
    reader->plugins = named ? g_strdup(named) : find_plugins(reader->major, reader->minor, &other);
    bool good = reader->plugins || !other ||
                fail(error,
                     "the plugin is there for Wireshark %s, but %s is %u.%u. Build and install it "
                     "for this one: make install in the source of sstpdiag, or the package made "
                     "for it.",
                     other, reader->tshark, reader->major, reader->minor);
    g_free(other);
    return good;
}

/* Where children are another user, who may not be able to enter the folder. */
static bool
stage_plugin(struct reader *reader, GError **error)
{
    if (!reader->plugins || !reader->place->drops)
        return true;
    char *folder = g_strdup_printf("plugins/%u.%u/epan", reader->major, reader->minor);
    char *version = g_strdup_printf("%u.%u", reader->major, reader->minor);
    char *from = g_build_filename(reader->plugins, version, "epan", "sstpdiag.so", NULL);
    char *name = g_build_filename(folder, "sstpdiag.so", NULL);
    char *copy = place_make_folder(reader->place, folder, error)
                     ? place_copy(reader->place, from, name, error)
                     : NULL;

    g_free(reader->plugins);
    reader->plugins = place_path(reader->place, "plugins");
    bool good = copy != NULL;
    g_free(copy);
    g_free(name);
    g_free(from);
    g_free(version);
    g_free(folder);
    return good;
}

/* --- what every run is given ----------------------------------------------------------------- */

/* name is "module.preference". */
static void
add_preference(GPtrArray *arguments, const char *name, const char *value)
{
    g_ptr_array_add(arguments, g_strdup("-o"));
    g_ptr_array_add(arguments, g_strdup_printf("%s:%s", name, value));
}

static char *
absolute(const char *path)
{
    return g_canonicalize_filename(path, NULL);
}

/* tshark takes no list of key logs, and one of root's is not for its eyes alone. */
static bool
reader_keys(struct reader *reader, char **keylogs, GError **error)
{
    if (reader->keys < 0)
        reader->keys = place_secret(reader->place, error);
    if (reader->keys < 0)
        return false;
    for (char **path = keylogs; path && *path; path++)
        if (!secrets_add_file(reader->keys, *path, error)) {
            g_prefix_error(error, "%s: ", *path);
            return false;
        }
    return true;
}

/* A log that the plugin reads: as it is named, or as a copy that it can read. */
static char *
staged(struct reader *reader, const char *path, guint number, GError **error)
{
    char *name, *copy;

    if (access(path, R_OK) != 0) {
        fail(error, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    /* Commas and semicolons separate names in a preference. */
    if (!reader->place->drops && !strpbrk(path, ",;"))
        return absolute(path);
    char *base = g_path_get_basename(path);
    name = g_strdup_printf("log-%u-%s", number, g_strdelimit(base, ",; ", '_'));
    copy = place_copy(reader->place, path, name, error);
    g_free(name);
    g_free(base);
    return copy;
}

static bool
reader_logs(struct reader *reader, char **logs, GError **error)
{
    GString *list = g_string_new(NULL);
    bool good = true;

    for (guint i = 0; logs && logs[i] && good; i++) {
        char *name = staged(reader, logs[i], i, error);
        good = name != NULL;
        if (!good)
            break;
        g_string_append_printf(list, "%s%s", i ? ";" : "", name);
        g_ptr_array_add(reader->log_names, name);
        g_ptr_array_add(reader->log_names, g_strdup(logs[i]));
    }
    if (good && list->len)
        add_preference(reader->arguments, "sstpdiag.log", list->str);
    g_string_free(list, TRUE);
    return good;
}

/* One that only root may read is handed on in memory. The files that its entries name are not. */
static bool
reader_credentials(struct reader *reader, const char *path, GError **error)
{
    if (access(path, R_OK) != 0)
        return fail(error, "%s: %s", path, g_strerror(errno));
    if (!reader->place->drops) {
        char *name = absolute(path);
        add_preference(reader->arguments, "sstpdiag.credentials_file", name);
        g_free(name);
        return true;
    }
    add_preference(reader->arguments, "sstpdiag.credentials_file", FD_PATH(CREDENTIALS_FD));
    reader->credentials = place_secret(reader->place, error);
    return reader->credentials >= 0 && secrets_add_file(reader->credentials, path, error);
}

static bool
reader_prepare(struct reader *reader, const struct options *options, GError **error)
{
    reader->all_log_lines = options->all_log_lines;
    reader->verbose = options->verbose;
    reader->servers = options->servers ? g_strjoinv(",", options->servers) : NULL;
    add_preference(reader->arguments, "tcp.reassemble_out_of_order", "TRUE");
    return (!options->credentials || reader_credentials(reader, options->credentials, error)) &&
           (!options->keylogs || reader_keys(reader, options->keylogs, error)) &&
           reader_logs(reader, options->logs, error);
}

struct reader *
reader_new(const struct options *options, GError **error)
{
    struct place *place = place_new(error);
    struct reader *reader;

    if (!place)
        return NULL;
    reader = g_new0(struct reader, 1);
    reader->place = place;
    reader->keys = reader->credentials = -1;
    reader->arguments = g_ptr_array_new_with_free_func(g_free);
    reader->log_names = g_ptr_array_new_with_free_func(g_free);
    reader->tshark = find_program(options->tshark ? options->tshark : "tshark", NULL);
    if (reader->tshark && strchr(reader->tshark, '/')) {
        char *path = absolute(reader->tshark);
        g_free(reader->tshark);
        reader->tshark = path;
    }
    bool good = reader->tshark ||
                (options->tshark ? fail(error, "%s is not there, or no program", options->tshark)
                                 : fail(error, "%s", how_to_get_tshark));
    if (good && find_version(reader, error) && find_plugin(reader, options->plugins, error) &&
        stage_plugin(reader, error) && reader_prepare(reader, options, error))
        return reader;
    reader_free(reader);
    return NULL;
}

void
reader_free(struct reader *reader)
{
    if (!reader)
        return;
    if (reader->keys >= 0)
        close(reader->keys);
    if (reader->credentials >= 0)
        close(reader->credentials);
    g_ptr_array_unref(reader->arguments);
    g_ptr_array_unref(reader->log_names);
    g_free(reader->servers);
    g_free(reader->plugins);
    g_free(reader->tshark);
    place_free(reader->place);
    g_free(reader);
}

bool
reader_take_keys(struct reader *reader, const char *from, const char *to, GError **error)
{
    int out = reader_keys(reader, NULL, error) ? place_create(reader->place, to, error) : -1;

    if (out < 0)
        return false;
    bool good = secrets_take_out(from, out, reader->keys, error);
    if (close(out) != 0 && good)
        good = fail(error, "%s: %s", to, g_strerror(errno));
    return good;
}

bool
reader_is_at_least(const struct reader *reader, unsigned major, unsigned minor)
{
    return reader->major > major || (reader->major == major && reader->minor >= minor);
}

/* --- a run ----------------------------------------------------------------------------------- */

/* Looks after a child from a thread of its own. The descriptor of the capture is the child's
 * standard input, so its offset tells how far the child is. */
struct watch {
    const struct reading *reading;
    GSubprocess *child;
    int fd;
    off_t size;
    gint64 since; /* microseconds */
    GMutex lock;
    GCond end;
    bool ended, late, shown;
};

static void
watch_progress(struct watch *watch)
{
    off_t at = lseek(watch->fd, 0, SEEK_CUR);

    if (!watch->reading->progress || at < 0 || watch->size <= 0 ||
        g_get_monotonic_time() - watch->since < PROGRESS_AFTER_SECONDS * G_TIME_SPAN_SECOND)
        return;
    char *name = text_shown(watch->reading->path, "");
    fprintf(stderr, "\r%s: %3d %% ", name, (int)(100 * MIN(at, watch->size) / watch->size));
    g_free(name);
    fflush(stderr);
    watch->shown = true;
}

static gpointer
watch_child(gpointer data)
{
    struct watch *watch = data;
    gint64 limit = watch->reading->timeout * G_TIME_SPAN_SECOND;

    g_mutex_lock(&watch->lock);
    while (!watch->ended) {
        gint64 now = g_get_monotonic_time();
        if (limit && now - watch->since > limit && !watch->late) {
            watch->late = true;
            g_subprocess_force_exit(watch->child);
        }
        watch_progress(watch);
        g_cond_wait_until(&watch->end, &watch->lock,
                          now + WATCH_MILLISECONDS * G_TIME_SPAN_MILLISECOND);
    }
    g_mutex_unlock(&watch->lock);
    if (watch->shown)
        fputs("\r\033[K", stderr);
    return NULL;
}

static GPtrArray *
run_arguments(const struct reader *reader, const struct reading *reading)
{
    GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);
    const char *const first[] = { reader->tshark, "-n", "-q", "-r", "-" };

    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(arguments, g_strdup(first[i]));
    for (guint i = 0; i < reader->arguments->len; i++)
        g_ptr_array_add(arguments, g_strdup(g_ptr_array_index(reader->arguments, i)));
    if (reader->keys >= 0)
        add_preference(arguments, "tls.keylog_file", FD_PATH(KEYS_FD));
    if (reading->two_interfaces && reader_is_at_least(reader, 4, 4))
        add_preference(arguments, "protocols.conversation_deinterlacing_key", ".MI");
    if (reader->servers || reading->servers) {
        char *servers = g_strjoin(",", reader->servers ? reader->servers : reading->servers,
                                  reader->servers ? reading->servers : NULL, NULL);
        add_preference(arguments, "sstpdiag.servers", servers);
        g_free(servers);
    }
    g_ptr_array_add(arguments, g_strdup("-z"));
    g_ptr_array_add(arguments, g_strdup(reading->trace ? "sstpdiag,json,trace,command"
                                                       : "sstpdiag,json,command"));
    g_ptr_array_add(arguments, g_strdup("-z"));
    g_ptr_array_add(arguments,
                    g_strconcat("sstpdiag,command", reader->all_log_lines ? ",all-log-lines" : "",
                                reader->verbose ? ",verbose" : "", NULL));
    g_ptr_array_add(arguments, NULL);
    return arguments;
}

/* Names of copies become those that the user gave. json: as a part of JSON's strings. */
static char *
user_words(const struct reader *reader, const char *text, bool json)
{
    GString *words = g_string_new(text);

    for (guint i = 0; i + 1 < reader->log_names->len; i += 2) {
        struct json name = { g_string_new(NULL), false };
        json_string(&name, NULL, g_ptr_array_index(reader->log_names, i + 1));
        g_string_truncate(name.text, name.text->len - 1);
        g_string_replace(words, g_ptr_array_index(reader->log_names, i),
                         json ? name.text->str + 1 : g_ptr_array_index(reader->log_names, i + 1),
                         0);
        g_string_free(name.text, TRUE);
    }
    return g_string_free(words, FALSE);
}

/* The JSON document stands on one line of what both reports printed, in any order. */
static bool
split_output(const struct reader *reader, char *out, struct judgement *judgement)
{
    static const char start[] = "{\"schema\":\"sstpdiag/";
    char *json = out;

    while (json && !g_str_has_prefix(json, start)) {
        json = strchr(json, '\n');
        json = json ? json + 1 : NULL;
    }
    char *end = json ? strchr(json, '\n') : NULL;
    if (!end)
        return false;
    *end = '\0';
    judgement->json = user_words(reader, json, true);
    memmove(json, end + 1, strlen(end + 1) + 1);
    judgement->text = user_words(reader, out, false);
    return true;
}

static char *
complaint_lines(const struct reader *reader, const char *err, const char *path)
{
    static const char ours[] = "tshark: ";
    char **lines = g_strsplit(err ? err : "", "\n", -1);
    GString *kept = g_string_new(NULL);

    for (char **line = lines; *line; line++)
        if (**line && !strstr(*line, "Running as user \"root\""))
            g_string_append_printf(kept, "%s\n",
                                   *line + (g_str_has_prefix(*line, ours) ? strlen(ours) : 0));
    g_string_replace(kept, "The standard input", path, 0);
    g_string_replace(kept, "the standard input", path, 0);
    char *words = user_words(reader, kept->str, false);
    g_string_free(kept, TRUE);
    g_strfreev(lines);
    return words;
}

static bool
fail_run(const struct reader *reader, const char *complaints, GError **error)
{
    if (strstr(complaints, "Invalid -z argument"))
        return fail(error,
                    "%s (%u.%u) does not load the plugin sstpdiag.so. Install it for this "
                    "Wireshark: make install in the source of sstpdiag, or the package made for "
                    "it. If it is in an unusual place, name the folder: --plugins DIR.",
                    reader->tshark, reader->major, reader->minor);
    if (strstr(complaints, "isn't a capture file"))
        return fail(
            error, "it is not a capture file that tshark understands. A log is read by --log FILE");
    const char *line = strchr(complaints, '\n');
    int len = line ? (int)(line - complaints) : (int)strlen(complaints);
    return len ? fail(error, "%.*s", len, complaints)
               : fail(error, "%s ended without a report", reader->tshark);
}

static bool
run(const struct reader *reader, GSubprocess *child, struct watch *watch,
    struct judgement *judgement, GError **error)
{
    char *out = NULL, *err = NULL;

    watch->child = child;
    GThread *thread = g_thread_new("watch", watch_child, watch);
    GBytes *out_bytes = NULL, *err_bytes = NULL;
    bool good = g_subprocess_communicate(child, NULL, NULL, &out_bytes, &err_bytes, error);
    g_mutex_lock(&watch->lock);
    watch->ended = true;
    g_cond_signal(&watch->end);
    g_mutex_unlock(&watch->lock);
    g_thread_join(thread);
    if (!good)
        return false;
    /* Names in captures are any bytes; both reports make them UTF-8 and hold no NUL. */
    out = g_strndup(g_bytes_get_data(out_bytes, NULL) ? g_bytes_get_data(out_bytes, NULL) : "",
                    g_bytes_get_size(out_bytes));
    err = g_strndup(g_bytes_get_data(err_bytes, NULL) ? g_bytes_get_data(err_bytes, NULL) : "",
                    g_bytes_get_size(err_bytes));
    judgement->complaints = complaint_lines(reader, err, watch->reading->path);
    if (watch->late)
        good = fail(error, "given up after %d s", watch->reading->timeout);
    else if (!split_output(reader, out, judgement))
        good = g_subprocess_get_if_signaled(child)
                   ? fail(error, "%s was ended by signal %d", reader->tshark,
                          g_subprocess_get_term_sig(child))
                   : fail_run(reader, judgement->complaints, error);
    g_bytes_unref(out_bytes);
    g_bytes_unref(err_bytes);
    g_free(out);
    g_free(err);
    return good;
}

static int
open_capture(const char *path, off_t *size, GError **error)
{
    struct stat status;

    if (strcmp(path, OPTIONS_STANDARD_INPUT) == 0)
        return dup(STDIN_FILENO);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        *size = status.st_size;
        return fd;
    }
    if (fd >= 0)
        fail(error, S_ISDIR(status.st_mode) ? "is a folder" : "is not a file");
    else
        fail(error, "%s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

bool
reader_judge(const struct reader *reader, const struct reading *reading,
             struct judgement *judgement, GError **error)
{
    struct watch watch = { .reading = reading, .since = g_get_monotonic_time() };

    *judgement = (struct judgement){ 0 };
    watch.fd = open_capture(reading->path, &watch.size, error);
    if (watch.fd < 0)
        return false;
    GSubprocessLauncher *launcher = place_launcher(
        reader->place, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_take_stdin_fd(launcher, dup(watch.fd));
    if (reader->keys >= 0)
        g_subprocess_launcher_take_fd(launcher, place_secret_for_child(reader->keys), KEYS_FD);
    if (reader->credentials >= 0)
        g_subprocess_launcher_take_fd(launcher, place_secret_for_child(reader->credentials),
                                      CREDENTIALS_FD);
    if (reader->plugins)
        g_subprocess_launcher_setenv(launcher, "WIRESHARK_PLUGIN_DIR", reader->plugins, TRUE);
    GPtrArray *arguments = run_arguments(reader, reading);
    GSubprocess *child =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments->pdata, error);
    bool good = child && run(reader, child, &watch, judgement, error);

    g_ptr_array_unref(arguments);
    g_clear_object(&child);
    g_object_unref(launcher);
    close(watch.fd);
    if (!good)
        judgement_clear(judgement);
    return good;
}

void
judgement_clear(struct judgement *judgement)
{
    g_free(judgement->json);
    g_free(judgement->text);
    g_free(judgement->complaints);
    *judgement = (struct judgement){ 0 };
}
