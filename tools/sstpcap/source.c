/* source.c - one end at work: its program, and the packets that come from there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "hello.h"
#include "remedy.h"
#include "say.h"

enum {
    LINES_MAX = 200,            /* of stderr that are shown of an end */
    STORED_AHEAD_MAX = 8 << 20, /* bytes held of stored files before one of them waits */
    INTERRUPT_AFTER_MS = 1000,  /* a command that does not look at its input */
};

/* Clocks that differ less are taken to be right: so long may a packet take until it is here. */
#define LAG_OF_PATH_NS (1000 * INT64_C(1000000))
#define AHEAD_OF_US_NS (-50 * INT64_C(1000000))

struct source *
source_new(struct record *record, guint index)
{
    struct source *source = g_new0(struct source, 1);

    source->record = record;
    source->index = index;
    source->end = g_ptr_array_index(record->options->ends, index);
    source->dumpcap = source->end->kind == END_INTERFACE;
    source->reader = pcapread_new();
    source->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    source->lag_ns = INT64_MAX;
    source->received = source->dropped = PCAPNG_UNKNOWN;
    return source;
}

void
source_free(gpointer data)
{
    struct source *source = data;

    child_free(source->child);
    pcapread_free(source->reader);
    g_array_unref(source->numbers);
    g_free(source->last_line);
    g_free(source->complaint);
    g_free(source);
}

bool
source_is_open(const struct source *source)
{
    return source->state == SOURCE_STARTING || source->state == SOURCE_CAPTURING;
}

/* What is run there, for the user to try by hand. Newly allocated. */
static char *
command_of(const struct source *source)
{
    const struct end *end = source->end;
    const char *sudo = end->options.sudo && !source->dumpcap ? end->options.sudo : "";
    const char *blank = *sudo ? " " : "";

    switch (end->kind) {
    case END_INTERFACE:
        return g_strdup_printf("%s%s%s -i %s", sudo, blank, source->dumpcap ? "dumpcap" : "tcpdump",
                               end->target);
    case END_SSH:
        return g_strdup_printf("ssh %s%s%s%s%s%s %s%stcpdump -i %s", end->port ? "-p " : "",
                               end->port ? end->port : "", end->port ? " " : "",
                               end->user ? end->user : "", end->user ? "@" : "", end->host, sudo,
                               blank, end->target);
    case END_COMMAND:
    case END_FILE:
        break;
    }
    return g_strdup(end->target);
}

/* With several interfaces at one end, each is named for its own, too. */
static uint32_t
add_interface(struct source *source, uint32_t id)
{
    const struct pcapng_interface *theirs = pcapread_interface(source->reader, id);
    char *place = end_place(source->end);
    struct pcapng_interface ours = {
        .link_type = theirs->link_type,
        .snap_len = theirs->snap_len,
        .filter = theirs->filter,
        .os = theirs->os,
        .comment = theirs->comment,
    };
    bool keep = source->end->kind == END_FILE || source->end->kind == END_COMMAND || id > 0;

    ours.name = id > 0
                    ? g_strdup_printf("%s:%s", source->end->name, theirs->name ? theirs->name : "?")
                    : g_strdup(source->end->name);
    ours.description =
        keep && theirs->name ? g_strdup_printf("%s of %s", theirs->name, place) : g_strdup(place);
    uint32_t number = output_add_interface(source->record, source->index, &ours);
    g_array_append_val(source->numbers, number);
    g_free(ours.name);
    g_free(ours.description);
    g_free(place);
    return number;
}

static void
is_capturing(struct source *source)
{
    char *command = command_of(source);

    source->state = SOURCE_CAPTURING;
    say("%s: capturing (%s)", source->end->name, command);
    g_free(command);
    record_source_changed(source->record);
}

/* The time that packets are sorted by while the capture runs. A clock of another machine that is
 * plainly wrong must not keep its packets in front or at the end for ever; the least difference to
 * their arrival is then good enough. The file keeps the times as they are. */
static int64_t
sorting_time(struct source *source, int64_t time_ns, int64_t now_ns)
{
    if (source->end->kind != END_SSH)
        return time_ns;
    source->lag_ns = MIN(source->lag_ns, now_ns - time_ns);
    return source->lag_ns > AHEAD_OF_US_NS && source->lag_ns < LAG_OF_PATH_NS
               ? time_ns
               : time_ns + source->lag_ns;
}

static void
put_packet(struct source *source, const struct pcapng_packet *theirs)
{
    struct record *record = source->record;
    struct pcapng_packet packet = *theirs;
    GByteArray *block = g_byte_array_sized_new(packet.captured_len + 64);
    uint8_t random[TLS_RANDOM_LEN];
    int64_t now_ns = g_get_real_time() * 1000;

    if (!packet.has_time)
        packet.time_ns = now_ns;
    packet.interface = g_array_index(source->numbers, uint32_t, packet.interface);
    char *since = record->since_untold ? output_since(record) : NULL;
    if (since) {
        packet.comment = since;
        record->since_untold = false;
    }
    pcapng_append_packet(block, &packet);
    g_free(since);
    enum hello hello = hello_find(packet.data, packet.captured_len, random);
    if (hello == HELLO_CLIENT)
        record_hello(record, source->index, random);
    struct queued queued = {
        .time_ns = sorting_time(source, packet.time_ns, now_ns),
        .arrived_us = g_get_monotonic_time(),
        .end = source->index,
        .server_hello = hello == HELLO_SERVER,
        .is_packet = true,
        .len = block->len,
    };

    queued.block = g_byte_array_free(block, FALSE);
    queue_put(&record->queue, &queued);
    source->num_queued++;
    source->num_packets++;
    source->last_time_ns = packet.time_ns;
    source->last_sorted_ns = queued.time_ns;
}

static void
take_statistics(struct source *source, const struct pcapng_statistics *theirs)
{
    uint32_t number = g_array_index(source->numbers, uint32_t, theirs->interface);
    struct output_interface *interface =
        &g_array_index(source->record->interfaces, struct output_interface, number);

    interface->statistics = *theirs;
    interface->statistics.interface = number;
    if (theirs->dropped != PCAPNG_UNKNOWN)
        source->dropped = theirs->dropped;
    if (theirs->received != PCAPNG_UNKNOWN)
        source->received = theirs->received;
}

/* Of TLS secrets only those of the recorded connections go into the file. Numbers of the other byte
 * order, in a body that is not understood, would be wrong there. */
bool
source_passes(const struct pcapread_item *item)
{
    return (item->kind == PCAPREAD_BLOCK && item->little_endian &&
            item->type != PCAPNG_CUSTOM_HERE) ||
           (item->kind == PCAPREAD_SECRETS && item->type != PCAPNG_SECRETS_TLS);
}

GByteArray *
source_passed(const struct pcapread_item *item)
{
    GByteArray *block = g_byte_array_new();

    if (item->kind == PCAPREAD_SECRETS)
        pcapng_append_secrets(block, item->type, item->body.p, buf_left(&item->body));
    else
        pcapng_append_block(block, item->type, item->body.p, buf_left(&item->body));
    return block;
}

/* Behind the packet that it stood behind. */
static void
put_block(struct source *source, const struct pcapread_item *item)
{
    GByteArray *block = source_passed(item);
    struct queued queued = {
        .time_ns = source->last_sorted_ns,
        .arrived_us = g_get_monotonic_time(),
        .end = source->index,
        .len = block->len,
    };

    queued.block = g_byte_array_free(block, FALSE);
    queue_put(&source->record->queue, &queued);
    source->num_queued++;
}

static void
take_item(struct source *source, const struct pcapread_item *item)
{
    if (source_passes(item)) {
        put_block(source, item);
        return;
    }
    switch (item->kind) {
    case PCAPREAD_INTERFACE:
        add_interface(source, item->interface);
        if (source->state == SOURCE_STARTING)
            is_capturing(source);
        break;
    case PCAPREAD_PACKET:
        put_packet(source, &item->packet);
        break;
    case PCAPREAD_STATISTICS:
        take_statistics(source, &item->statistics);
        break;
    case PCAPREAD_SECRETS:
        if (source->record->keylog && item->type == PCAPNG_SECRETS_TLS) {
            struct keylog_stream stream = { .keylog = source->record->keylog };
            keylog_feed(&stream, item->body.p, buf_left(&item->body));
            keylog_feed(&stream, (const uint8_t *)"\n", 1);
            keylog_stream_clear(&stream);
        }
        break;
    default:
        break;
    }
}

/* A stored file waits while others are behind, so that all come out by time. */
static bool
has_room(const struct source *source)
{
    size_t waiting = output_waiting(source->record);

    return waiting < RECORD_MEMORY_MAX &&
           (!source->is_stored || source->num_queued == 0 || waiting < STORED_AHEAD_MAX);
}

static bool
on_output(void *data, const uint8_t *bytes, size_t len)
{
    struct source *source = data;
    struct pcapread_item item;

    if (source->complaint)
        return true;
    pcapread_feed(source->reader, bytes, len);
    while (pcapread_next(source->reader, &item) != PCAPREAD_MORE && item.kind != PCAPREAD_ERROR)
        take_item(source, &item);
    if (item.kind == PCAPREAD_ERROR) {
        source->complaint = g_strdup(pcapread_error(source->reader));
        child_stop(source->child, INTERRUPT_AFTER_MS);
        return true;
    }
    if (output_waiting(source->record) > RECORD_MEMORY_MAX / 2 || source->is_stored)
        output_release(source->record, false);
    source->paused = !has_room(source);
    return !source->paused;
}

/* "123 packets dropped by kernel", in both wordings of tcpdump. */
static bool
take_count(struct source *source, const char *line)
{
    char *rest;
    uint64_t number = g_ascii_strtoull(line, &rest, 10);

    if (rest == line || !g_str_has_prefix(rest, " packet"))
        return false;
    if (strstr(rest, "received by filter"))
        source->received = number;
    else if (strstr(rest, "dropped by kernel"))
        source->dropped = number;
    else
        return strstr(rest, "captured") || strstr(rest, "dropped by interface");
    return true;
}

/* What capture programs say when all is well; the rest is shown. */
static bool
is_chatter(const char *line)
{
    static const char *const parts[] = { "listening on ",
                                         "Capturing on ",
                                         "File: ",
                                         "Packets: ",
                                         "Packets captured: ",
                                         "Packets received/dropped on ",
                                         "data link type ",
                                         "verbose output suppressed" };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(line, parts[i]))
            return true;
    return false;
}

/* Of several lines the one that says most: tcpdump adds libpcap's words in parentheses. */
static void
keep_reason(struct source *source, const char *line)
{
    char *known = remedy_for(source->end, source->last_line);

    if (!known && line[0] != '(') {
        g_free(source->last_line);
        source->last_line = g_strdup(line);
    }
    g_free(known);
}

static void
on_line(void *data, const char *line)
{
    struct source *source = data;

    if (take_count(source, line) || is_chatter(line))
        return;
    keep_reason(source, line);
    /* What dumpcap says is told only when tcpdump cannot do it either. */
    if (source->num_lines++ < LINES_MAX && !(source->dumpcap && source->state == SOURCE_STARTING))
        say("%s: %s", source->end->name, line);
    else if (source->num_lines == LINES_MAX + 1)
        say_warning("%s: says more than is shown", source->end->name);
}

static char *
how_it_ended(const struct source *source, int status)
{
    if (source->complaint)
        return g_strdup(source->complaint);
    if (pcapread_left(source->reader))
        return g_strdup("its stream was cut in the middle of a packet");
    if (WIFSIGNALED(status))
        return g_strdup_printf("killed by signal %d", WTERMSIG(status));
    return g_strdup_printf("exit status %d", WEXITSTATUS(status));
}

static void
tell_loss(struct source *source, int status, bool had_begun)
{
    char *how = how_it_ended(source, status);
    char *command = command_of(source);
    char *now = say_time(g_get_real_time() * 1000);
    char *remedy = remedy_for(source->end, source->last_line);

    say_warning("%s: %s at %s: %s%s%s (%s)", source->end->name,
                had_begun ? "lost" : "could not capture", now,
                source->last_line && !source->complaint ? source->last_line : "",
                source->last_line && !source->complaint ? "; " : "", how, command);
    if (remedy)
        say_warning("%s: %s", source->end->name, remedy);
    for (guint i = 0; i < source->record->sources->len && !source->record->stopping; i++) {
        const struct source *other = g_ptr_array_index(source->record->sources, i);
        if (source_is_open(other))
            say_warning("%s goes on", other->end->name);
    }
    g_free(how);
    g_free(command);
    g_free(now);
    g_free(remedy);
}

static bool
try_tcpdump(struct source *source)
{
    if (!source->dumpcap || source->state != SOURCE_STARTING || source->record->stopping)
        return false;
    say("%s: dumpcap: %s; trying tcpdump", source->end->name,
        source->last_line ? source->last_line : "no capture");
    source->dumpcap = false;
    g_clear_pointer(&source->last_line, g_free);
    child_free(source->child);
    source->child = NULL;
    source->has_ended = false;
    return source_start(source);
}

static gboolean
try_tcpdump_later(gpointer data)
{
    struct source *source = data;

    if (!try_tcpdump(source))
        record_source_changed(source->record);
    return G_SOURCE_REMOVE;
}

static void
on_ended(void *data, int status)
{
    struct source *source = data;
    bool had_begun = source->state == SOURCE_CAPTURING, whole;

    source->has_ended = true;
    if (!source_is_open(source))
        return;
    /* The child must not be freed in its own call. */
    if (source->dumpcap && !had_begun && !source->record->stopping) {
        g_idle_add(try_tcpdump_later, source);
        return;
    }
    whole = !source->complaint && pcapread_left(source->reader) == 0;
    if (source->record->stopping)
        source->state = had_begun && whole ? SOURCE_ENDED : SOURCE_LOST;
    else if ((source->end->kind == END_FILE || source->end->kind == END_COMMAND) && status == 0 &&
             had_begun && whole)
        source->state = SOURCE_ENDED;
    else
        source->state = SOURCE_LOST;
    if (source->state == SOURCE_LOST)
        tell_loss(source, status, had_begun);
    record_source_changed(source->record);
}

static const struct child_calls calls = { on_output, on_line, on_ended };

static bool
start_file(struct source *source, GError **error)
{
    const char *path = source->end->target;
    int fd =
        strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                    fd >= 0 ? g_strerror(EISDIR) : g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    source->is_stored = S_ISREG(status.st_mode);
    source->child = child_new_file(fd, &calls, source);
    return true;
}

static char *
filter_of(const struct source *source)
{
    char *filter = options_filter(source->record->options, source->index);
    const char *own_ssh = source->end->kind == END_INTERFACE ? source->record->own_ssh : NULL;

    if (!own_ssh)
        return filter;
    char *both = *filter ? g_strdup_printf("(%s) and %s", filter, own_ssh) : g_strdup(own_ssh);
    g_free(filter);
    return both;
}

bool
source_start(struct source *source)
{
    GError *error = NULL;

    source->start_us = g_get_monotonic_time();
    if (source->end->kind == END_FILE) {
        start_file(source, &error);
    } else {
        char *filter = filter_of(source);
        char **argv =
            command_capture(source->record->options, source->end, filter, source->dumpcap);
        source->child = child_new(argv, NULL, source->end->kind != END_SSH, &calls, source, &error);
        g_strfreev(argv);
        g_free(filter);
    }
    if (source->child)
        return true;
    say_warning("%s: %s", source->end->name, error ? error->message : "cannot be started");
    g_clear_error(&error);
    source->state = SOURCE_LOST;
    source->has_ended = true;
    return false;
}

void
source_stop(struct source *source)
{
    if (source->child && !source->has_ended)
        child_stop(source->child, INTERRUPT_AFTER_MS);
}
