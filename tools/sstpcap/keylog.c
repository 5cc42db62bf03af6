/* keylog.c - lines of TLS key logs, and which of them belong to the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/say.h"
#include "hello.h"

enum {
    LINE_MAX_LEN = 4096,
    WAITING_MAX = 16384,  /* connections with secrets that are not in the capture */
    CAPTURED_MAX = 65536, /* connections of the capture */
    SECRET_MIN_LEN = 32,
    SECRET_MAX_LEN = 64,
    POLL_MAX_BYTES = 1 << 20, /* of a file at a time */
    READ_ALL_S = 20,          /* at the end of a recording: a pipe may have no end */
    MASTER_LEN = 48,          /* RFC 5246 8.1 */
    SHA256_LEN = 32,          /* of secrets of TLS 1.3 */
    SHA384_LEN = 48,
};

/* Labels of the NSS key log format (draft-ietf-tls-keylogfile). */
enum label {
    LABEL_MASTER,
    LABEL_CLIENT_HANDSHAKE,
    LABEL_SERVER_HANDSHAKE,
    LABEL_CLIENT_TRAFFIC,
    LABEL_SERVER_TRAFFIC,
    LABEL_OTHER,
};

static const struct {
    const char *name;
    enum label label;
} labels[] = {
    { "CLIENT_RANDOM", LABEL_MASTER },
    { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", LABEL_CLIENT_HANDSHAKE },
    { "SERVER_HANDSHAKE_TRAFFIC_SECRET", LABEL_SERVER_HANDSHAKE },
    { "CLIENT_TRAFFIC_SECRET_0", LABEL_CLIENT_TRAFFIC },
    { "SERVER_TRAFFIC_SECRET_0", LABEL_SERVER_TRAFFIC },
    { "CLIENT_EARLY_TRAFFIC_SECRET", LABEL_OTHER },
    { "EXPORTER_SECRET", LABEL_OTHER },
    { "EARLY_EXPORTER_SECRET", LABEL_OTHER },
};

#define BIT(label) (1u << (label))
#define ALL_OF_13                                                                                  \
    (BIT(LABEL_CLIENT_HANDSHAKE) | BIT(LABEL_SERVER_HANDSHAKE) | BIT(LABEL_CLIENT_TRAFFIC) |       \
     BIT(LABEL_SERVER_TRAFFIC))

/* What is known of the connection with one random. */
struct connection {
    uint8_t random[TLS_RANDOM_LEN];
    bool captured;
    unsigned labels;  /* BIT() of each line that is here */
    GPtrArray *lines; /* of it so far */
    GList *turn;      /* its place among those that are not captured */
};

struct keylog {
    bool take_all, apart;
    GHashTable *connections; /* random to struct connection */
    GQueue waiting;          /* connections that are not captured, the oldest first */
    guint num_captured;
    guint num_forgotten; /* connections that waited too long for their Client Hello */
    GString *fresh, *fetched;
    guint num_fetched;
};

static void
wipe_line(gpointer data)
{
    explicit_bzero(data, strlen(data));
    g_free(data);
}

static void
connection_free(gpointer data)
{
    struct connection *connection = data;

    g_ptr_array_unref(connection->lines);
    g_free(connection);
}

void
keylog_wipe(GString *text)
{
    if (!text)
        return;
    explicit_bzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
}

/* g_string_append() would leave what it outgrows in memory. */
static void
append_secret(GString **text, const char *more)
{
    size_t len = strlen(more);

    if ((*text)->len + len + 1 > (*text)->allocated_len) {
        GString *larger = g_string_sized_new(((*text)->len + len) * 2);
        g_string_append_len(larger, (*text)->str, (gssize)(*text)->len);
        keylog_wipe(*text);
        *text = larger;
    }
    g_string_append(*text, more);
}

struct keylog *
keylog_new(bool take_all)
{
    struct keylog *keylog = g_new0(struct keylog, 1);

    keylog->take_all = take_all;
    keylog->connections =
        g_hash_table_new_full(hello_random_hash, hello_random_equal, NULL, connection_free);
    g_queue_init(&keylog->waiting);
    keylog->fresh = g_string_new(NULL);
    keylog->fetched = g_string_new(NULL);
    return keylog;
}

void
keylog_free(struct keylog *keylog)
{
    if (!keylog)
        return;
    g_queue_clear(&keylog->waiting);
    g_hash_table_unref(keylog->connections);
    keylog_wipe(keylog->fresh);
    keylog_wipe(keylog->fetched);
    g_free(keylog);
}

static struct connection *
connection_of(struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN])
{
    struct connection *connection = g_hash_table_lookup(keylog->connections, random);

    if (connection)
        return connection;
    if (keylog->waiting.length >= WAITING_MAX) {
        struct connection *oldest = g_queue_pop_head(&keylog->waiting);
        g_hash_table_remove(keylog->connections, oldest->random);
        keylog->num_forgotten++;
    }
    connection = g_new0(struct connection, 1);
    memcpy(connection->random, random, TLS_RANDOM_LEN);
    connection->lines = g_ptr_array_new_with_free_func(wipe_line);
    g_queue_push_tail(&keylog->waiting, connection);
    connection->turn = keylog->waiting.tail;
    g_hash_table_insert(keylog->connections, connection->random, connection);
    return connection;
}

static void
take_line(struct keylog *keylog, const char *line)
{
    if (keylog->apart)
        return;
    append_secret(&keylog->fresh, line);
    append_secret(&keylog->fresh, "\n");
    keylog->num_fetched++;
}

void
keylog_random(struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN])
{
    struct connection *connection;

    if (keylog->num_captured >= CAPTURED_MAX)
        return;
    connection = connection_of(keylog, random);
    if (connection->captured)
        return;
    connection->captured = true;
    keylog->num_captured++;
    g_queue_delete_link(&keylog->waiting, connection->turn);
    connection->turn = NULL;
    for (guint i = 0; !keylog->take_all && i < connection->lines->len; i++)
        take_line(keylog, g_ptr_array_index(connection->lines, i));
}

void
keylog_keep_apart(struct keylog *keylog)
{
    keylog->apart = true;
}

GString *
keylog_lines(const struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN])
{
    const struct connection *connection = g_hash_table_lookup(keylog->connections, random);
    GString *lines = g_string_new(NULL);

    for (guint i = 0; connection && i < connection->lines->len; i++) {
        append_secret(&lines, g_ptr_array_index(connection->lines, i));
        append_secret(&lines, "\n");
    }
    if (lines->len > 0)
        return lines;
    g_string_free(lines, TRUE);
    return NULL;
}

void
keylog_forget(struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN])
{
    struct connection *connection = g_hash_table_lookup(keylog->connections, random);

    if (!connection)
        return;
    keylog->num_captured -= connection->captured;
    if (connection->turn)
        g_queue_delete_link(&keylog->waiting, connection->turn);
    g_hash_table_remove(keylog->connections, random);
}

bool
keylog_is_complete(const struct keylog *keylog, const uint8_t random[TLS_RANDOM_LEN])
{
    const struct connection *connection = g_hash_table_lookup(keylog->connections, random);

    return connection && ((connection->labels & BIT(LABEL_MASTER)) ||
                          (connection->labels & ALL_OF_13) == ALL_OF_13);
}

/* Cuts hexadecimal text off, up to a blank or the end. Its length in bytes; 0: it is none. */
static size_t
take_hex(const char **text, uint8_t *bytes, size_t max_len)
{
    const char *p = *text;
    size_t len = 0;

    while (g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]) && len < max_len) {
        if (bytes)
            bytes[len] = (uint8_t)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]));
        p += 2;
        len++;
    }
    if (*p == ' ')
        p++;
    else if (*p != '\0')
        return 0;
    *text = p;
    return len;
}

/* A line without its newline. False when it is none of a key log. */
static bool
keylog_line(struct keylog *keylog, const char *line)
{
    size_t name_len = strcspn(line, " ");
    const char *rest = line[name_len] ? line + name_len + 1 : "";
    uint8_t random[TLS_RANDOM_LEN];
    size_t i = 0;

    if (*line == '\0' || *line == '#')
        return true;
    while (i < G_N_ELEMENTS(labels) &&
           (strlen(labels[i].name) != name_len || strncmp(labels[i].name, line, name_len) != 0))
        i++;
    if (i == G_N_ELEMENTS(labels) || take_hex(&rest, random, sizeof random) != sizeof random ||
        take_hex(&rest, NULL, SECRET_MAX_LEN) < SECRET_MIN_LEN || *rest != '\0')
        return false;
    struct connection *connection = connection_of(keylog, random);
    /* Client and server of one machine may log the same secret: once is enough. */
    for (guint j = 0; j < connection->lines->len; j++)
        if (strcmp(g_ptr_array_index(connection->lines, j), line) == 0)
            return true;
    if (connection->lines->len >= 4 * G_N_ELEMENTS(labels))
        return true;
    connection->labels |= BIT(labels[i].label);
    g_ptr_array_add(connection->lines, g_strdup(line));
    if (connection->captured || keylog->take_all)
        take_line(keylog, line);
    return true;
}

GString *
keylog_fetch(struct keylog *keylog)
{
    GString *text = keylog->fresh;

    if (text->len == 0)
        return NULL;
    keylog->fresh = g_string_new(NULL);
    append_secret(&keylog->fetched, text->str);
    return text;
}

const GString *
keylog_fetched(const struct keylog *keylog)
{
    return keylog->fetched;
}

guint
keylog_num_fetched(const struct keylog *keylog)
{
    return keylog->num_fetched;
}

static void
end_line(struct keylog_stream *stream)
{
    while (stream->line->len && stream->line->str[stream->line->len - 1] == '\r')
        g_string_truncate(stream->line, stream->line->len - 1);
    if (stream->too_long || !keylog_line(stream->keylog, stream->line->str))
        stream->num_strange++;
    explicit_bzero(stream->line->str, stream->line->len);
    g_string_truncate(stream->line, 0);
    stream->too_long = false;
}

void
keylog_feed(struct keylog_stream *stream, const uint8_t *bytes, size_t len)
{
    if (!stream->line)
        stream->line = g_string_sized_new(LINE_MAX_LEN + 2);
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == '\n')
            end_line(stream);
        else if (stream->line->len >= LINE_MAX_LEN || bytes[i] == '\0')
            stream->too_long = true;
        else
            g_string_append_c(stream->line, (char)bytes[i]);
}

/* A line that its writer had no time to end holds no whole secret. */
static bool
has_whole_secret(const GString *line)
{
    const char *blank = strrchr(line->str, ' ');
    size_t len = blank ? strlen(blank + 1) / 2 : 0;

    return g_str_has_prefix(line->str, labels[0].name) ? len == MASTER_LEN
                                                       : len == SHA256_LEN || len == SHA384_LEN;
}

void
keylog_stream_end(struct keylog_stream *stream)
{
    if (stream->line && stream->line->len && has_whole_secret(stream->line))
        end_line(stream);
}

void
keylog_stream_clear(struct keylog_stream *stream)
{
    keylog_wipe(stream->line);
    stream->line = NULL;
}

void
keylog_file_init(struct keylog_file *file, struct keylog *keylog, const char *path)
{
    memset(file, 0, sizeof *file);
    file->path = g_strdup(path);
    file->fd = -1;
    file->stream.keylog = keylog;
}

static bool
was_replaced(const struct keylog_file *file)
{
    struct stat is, at_path;
    off_t position = lseek(file->fd, 0, SEEK_CUR);

    if (fstat(file->fd, &is) != 0 || stat(file->path, &at_path) != 0)
        return false;
    return is.st_dev != at_path.st_dev || is.st_ino != at_path.st_ino ||
           (S_ISREG(is.st_mode) && position > is.st_size);
}

static bool
open_file(struct keylog_file *file)
{
    if (file->fd < 0)
        file->fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0 && errno != ENOENT && !file->complained) {
        say_warning("%s: %s: no secrets from there", file->path, g_strerror(errno));
        file->complained = true;
    }
    return file->fd >= 0;
}

/* Of what comes next no more than POLL_MAX_BYTES. False when nothing more is there for now. */
static bool
read_some(struct keylog_file *file)
{
    uint8_t bytes[16384];
    ssize_t n = 0;

    for (size_t total = 0; total < POLL_MAX_BYTES; total += (size_t)n) {
        n = read(file->fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            break;
        keylog_feed(&file->stream, bytes, (size_t)n);
    }
    explicit_bzero(bytes, sizeof bytes);
    if (n < 0 && errno != EAGAIN && !file->complained) {
        say_warning("%s: %s: no more secrets from there", file->path, g_strerror(errno));
        file->complained = true;
    }
    return n > 0;
}

void
keylog_file_poll(struct keylog_file *file)
{
    if (open_file(file) && !read_some(file) && was_replaced(file)) {
        close(file->fd);
        file->fd = -1;
    }
}

static void
read_to_end(struct keylog_file *file)
{
    int64_t until = g_get_monotonic_time() + (int64_t)READ_ALL_S * G_USEC_PER_SEC;

    while (read_some(file)) {
        if (g_get_monotonic_time() < until)
            continue;
        say_warning("%s: has no end after %d s: secrets that come later are not in the capture",
                    file->path, READ_ALL_S);
        return;
    }
    keylog_stream_end(&file->stream);
}

void
keylog_file_read_all(struct keylog_file *file)
{
    struct stat status;

    /* Twice where it was replaced meanwhile. */
    for (int i = 0; i < 2 && open_file(file); i++) {
        read_to_end(file);
        if (!was_replaced(file))
            break;
        close(file->fd);
        file->fd = -1;
    }
    if (file->fd >= 0 && file->stream.keylog->num_forgotten && fstat(file->fd, &status) == 0 &&
        S_ISREG(status.st_mode) && lseek(file->fd, 0, SEEK_SET) == 0)
        read_to_end(file);
}

void
keylog_file_clear(struct keylog_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    keylog_stream_clear(&file->stream);
    g_free(file->path);
}
