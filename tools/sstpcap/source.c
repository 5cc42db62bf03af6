/* source.c - one end at work: its program, and the packets that come from there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/say.h"
#include "block.h"
#include "child.h"
#include "command.h"
#include "remedy.h"

enum {
    LINES_MAX = 200,           /* of stderr that are shown of an end */
    INTERRUPT_AFTER_MS = 1000, /* a command that does not look at its input */
    SLOW_START_S = 10,
};

/* Clocks that differ less are taken to be right: so long may a packet take until it is here. */
#define LAG_OF_PATH_NS (1000 * INT64_C(1000000))
#define AHEAD_OF_US_NS (-50 * INT64_C(1000000))
/* A capture of several queues goes back less; a clock that goes back more was set. */
#define DISORDER_NS     (1000 * INT64_C(1000000))
#define CLOCK_MAX_NS    (INT64_MAX / 2) /* the year 2116 */
#define SET_BACK_MAX_NS (INT64_MAX / 4)

struct source {
    const struct options *options;
    const struct end *end;
    guint index;
    const char *own_ssh;
    const struct source_calls *calls;
    void *data;
    struct source_facts facts;
    bool dumpcap;  /* as tool of an end of this machine */
    bool stopping; /* whatever ends now, ends as it should */
    struct child *child;
    struct pcapread *reader;
    GArray *numbers;     /* uint32_t: reader's interface to that of the file */
    int64_t start_us;    /* monotonic */
    int64_t sort_ns;     /* of its last packet; 0: none */
    int64_t set_back_ns; /* by how much its clock was, so far */
    bool slow_told;
    unsigned num_lines; /* that it wrote on stderr */
    char *last_line;    /* of these, the last that may be a reason */
    char *complaint;    /* of ours about its output */
};

struct source *
source_new(const struct options *options, guint index, const char *own_ssh,
           const struct source_calls *calls, void *data)
{
    struct source *source = g_new0(struct source, 1);

    source->options = options;
    source->index = index;
    source->end = g_ptr_array_index(options->ends, index);
    source->own_ssh = own_ssh;
    source->calls = calls;
    source->data = data;
    source->dumpcap = source->end->kind == END_INTERFACE;
    source->reader = pcapread_new();
    source->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    source->facts.lag_ns = INT64_MAX;
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

const struct source_facts *
source_facts(const struct source *source)
{
    return &source->facts;
}

bool
source_is_open(const struct source *source)
{
    return source->facts.state == SOURCE_STARTING || source->facts.state == SOURCE_CAPTURING;
}

/* command, which it takes over, and a word behind it, quoted where a shell needs that. */
static char *
with_word(char *command, const char *word)
{
    char *quoted = command_word(word);
    char *both = g_strconcat(command, " ", quoted, NULL);

    g_free(quoted);
    g_free(command);
    return both;
}

static char *
ssh_command_of(const struct end *end, const char *sudo, const char *blank)
{
    char *login = end->user ? g_strconcat(end->user, "@", end->host, NULL) : g_strdup(end->host);
    char *there = with_word(g_strdup_printf("%s%stcpdump -i", sudo, blank), end->target);
    char *ssh = g_strdup_printf("ssh%s%s", end->port ? " -p " : "", end->port ? end->port : "");
    char *command = with_word(ssh, login);
    char *whole = g_strconcat(command, " ", there, NULL);

    g_free(command);
    g_free(there);
    g_free(login);
    return whole;
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
        return with_word(
            g_strdup_printf("%s%s%s -i", sudo, blank, source->dumpcap ? "dumpcap" : "tcpdump"),
            end->target);
    case END_SSH:
        return ssh_command_of(end, sudo, blank);
    case END_COMMAND:
    case END_FILE:
        break;
    }
    return g_strdup(end->target);
}

/* With several interfaces at one end, each is named for its own, too. */
static void
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
    uint32_t number = source->calls->interface(source->data, source->index, &ours);
    g_array_append_val(source->numbers, number);
    g_free(ours.name);
    g_free(ours.description);
    g_free(place);
}

static void
is_capturing(struct source *source)
{
    char *command = command_of(source);

    source->facts.state = SOURCE_CAPTURING;
    say("%s: capturing (%s)", source->end->name, command);
    g_free(command);
    source->calls->changed(source->data);
}

/* The time that packets are sorted by while the capture runs. A clock of another machine that is
 * plainly wrong must not keep its packets in front or at the end for ever; the least difference to
 * their arrival is then good enough. The file keeps the times as they are. */
static int64_t
sorting_time(struct source *source, int64_t time_ns, int64_t now_ns)
{
    if (source->end->kind != END_SSH)
        return time_ns;
    source->facts.lag_ns = MIN(source->facts.lag_ns, now_ns - time_ns);
    return source->facts.lag_ns > AHEAD_OF_US_NS && source->facts.lag_ns < LAG_OF_PATH_NS
               ? time_ns
               : time_ns + source->facts.lag_ns;
}

/* What one end says stays in its order, also where its clock was set back meanwhile. */
static void
keep_order(struct source *source, int64_t sort_ns)
{
    int64_t back_ns;

    /* Times that no clock shows are sorted as they are. */
    if (sort_ns < 0 || sort_ns > CLOCK_MAX_NS || source->set_back_ns > SET_BACK_MAX_NS) {
        source->sort_ns = sort_ns;
        return;
    }
    sort_ns += source->set_back_ns;
    back_ns = source->sort_ns - sort_ns;
    if (source->sort_ns && back_ns > DISORDER_NS && back_ns <= SET_BACK_MAX_NS)
        source->set_back_ns += back_ns;
    source->sort_ns = source->sort_ns ? MAX(source->sort_ns, sort_ns) : sort_ns;
}

static void
take_packet(struct source *source, const struct pcapng_packet *theirs)
{
    struct pcapng_packet packet = *theirs;
    int64_t now_ns = g_get_real_time() * 1000;

    if (!packet.has_time)
        packet.time_ns = now_ns;
    packet.interface = g_array_index(source->numbers, uint32_t, packet.interface);
    keep_order(source, sorting_time(source, packet.time_ns, now_ns));
    source->facts.num_packets++;
    source->calls->packet(source->data, source->index, &packet, source->sort_ns);
}

static void
take_statistics(struct source *source, const struct pcapng_statistics *theirs)
{
    struct pcapng_statistics ours = *theirs;

    ours.interface = g_array_index(source->numbers, uint32_t, theirs->interface);
    source->calls->interface_counts(source->data, source->index, &ours);
}

static void
take_item(struct source *source, const struct pcapread_item *item)
{
    if (block_passes(item)) {
        /* Behind the packet that it stood behind. */
        source->calls->block(source->data, source->index, item, source->sort_ns);
        return;
    }
    switch (item->kind) {
    case PCAPREAD_INTERFACE:
        add_interface(source, item->interface);
        if (source->facts.state == SOURCE_STARTING)
            is_capturing(source);
        break;
    case PCAPREAD_PACKET:
        take_packet(source, &item->packet);
        break;
    case PCAPREAD_STATISTICS:
        take_statistics(source, &item->statistics);
        break;
    case PCAPREAD_SECRETS:
        if (item->type == PCAPNG_SECRETS_TLS)
            source->calls->secrets(source->data, &item->body);
        break;
    default:
        break;
    }
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
    source->facts.is_paused = !source->calls->more(source->data, source->index);
    return !source->facts.is_paused;
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
        source->calls->counts(source->data, source->index, number, PCAPNG_UNKNOWN);
    else if (strstr(rest, "dropped by kernel"))
        source->calls->counts(source->data, source->index, PCAPNG_UNKNOWN, number);
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
    if (source->num_lines++ < LINES_MAX &&
        !(source->dumpcap && source->facts.state == SOURCE_STARTING))
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
tell_loss(const struct source *source, int status, bool had_begun)
{
    char *how = how_it_ended(source, status);
    char *command = command_of(source);
    char *now = say_time(g_get_real_time() * 1000);
    char *remedy = remedy_for(source->end, source->last_line);
    bool has_line = source->last_line && !source->complaint;
    char *why = g_strconcat(has_line ? source->last_line : "", has_line ? "; " : "", how, NULL);

    say_warning("%s: %s at %s: %s (%s)", source->end->name,
                had_begun ? "lost" : "could not capture", now, why, command);
    if (remedy)
        say_warning("%s: %s", source->end->name, remedy);
    source->calls->lost(source->data, source->index, why);
    g_free(why);
    g_free(how);
    g_free(command);
    g_free(now);
    g_free(remedy);
}

static bool
try_tcpdump(struct source *source)
{
    if (!source->dumpcap || source->facts.state != SOURCE_STARTING || source->stopping)
        return false;
    say("%s: dumpcap: %s; trying tcpdump", source->end->name,
        source->last_line ? source->last_line : "no capture");
    source->dumpcap = false;
    g_clear_pointer(&source->last_line, g_free);
    child_free(source->child);
    source->child = NULL;
    source->facts.has_ended = false;
    return source_start(source);
}

static gboolean
try_tcpdump_later(gpointer data)
{
    struct source *source = data;

    if (!try_tcpdump(source))
        source->calls->changed(source->data);
    return G_SOURCE_REMOVE;
}

/* A packet that we ourselves no longer wait for, of a file that others write, is not one yet. */
static bool
gave_all(const struct source *source, int status)
{
    bool is_file = source->end->kind == END_FILE;

    if (source->complaint || (pcapread_left(source->reader) && !(is_file && source->stopping)))
        return false;
    return source->stopping ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL
                            : (is_file || source->end->kind == END_COMMAND) && status == 0;
}

static void
on_ended(void *data, int status)
{
    struct source *source = data;
    bool had_begun = source->facts.state == SOURCE_CAPTURING;

    source->facts.has_ended = true;
    if (!source_is_open(source))
        return;
    /* The child must not be freed in its own call. */
    if (source->dumpcap && !had_begun && !source->stopping) {
        g_idle_add(try_tcpdump_later, source);
        return;
    }
    source->facts.state = had_begun && gave_all(source, status) ? SOURCE_ENDED : SOURCE_LOST;
    if (source->facts.state == SOURCE_LOST)
        tell_loss(source, status, had_begun);
    source->calls->changed(source->data);
}

static const struct child_calls child_calls = { on_output, on_line, on_ended };

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
    source->facts.is_stored = S_ISREG(status.st_mode);
    source->child = child_new_file(fd, &child_calls, source);
    return true;
}

static char *
filter_of(const struct source *source)
{
    char *filter = options_filter(source->options, source->index);
    const char *own_ssh = source->end->kind == END_INTERFACE ? source->own_ssh : NULL;

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
        char **argv = command_capture(source->options, source->end, filter, source->dumpcap);
        unsigned flags = source->end->kind == END_SSH ? 0 : CHILD_OWN_GROUP;
        if (source->end->kind == END_COMMAND)
            flags |= CHILD_ENDS_WITH_US;
        source->child = child_new(argv, NULL, flags, &child_calls, source, &error);
        g_strfreev(argv);
        g_free(filter);
    }
    if (source->child)
        return true;
    say_warning("%s: %s", source->end->name, error ? error->message : "cannot be started");
    g_clear_error(&error);
    source->facts.state = SOURCE_LOST;
    source->facts.has_ended = true;
    return false;
}

void
source_stop(struct source *source)
{
    source->stopping = true;
    if (source->child && !source->facts.has_ended)
        child_stop(source->child, INTERRUPT_AFTER_MS);
}

void
source_read_again(struct source *source)
{
    source->facts.is_paused = false;
    child_read_again(source->child);
}

void
source_tell_slow_start(struct source *source)
{
    if (source->facts.state != SOURCE_STARTING || source->slow_told ||
        g_get_monotonic_time() - source->start_us < (int64_t)SLOW_START_S * G_USEC_PER_SEC)
        return;
    source->slow_told = true;
    say_warning("%s: does not capture yet after %d s; the others go on", source->end->name,
                SLOW_START_S);
}
