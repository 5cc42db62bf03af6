/* record.c - a capture of the wire beside the walk, made by sstpcap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "record.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "output/target.h"
#include "clock.h"

enum {
    START_SECONDS = 10,
    START_SSH_SECONDS = 30,
    SETTLE_MS = 300, /* the last packets are on their way to the capture program */
    END_SECONDS = 20,
    LOOK_MS = 100,
    LINE_MAX_LEN = 1024,
    ARGUMENTS_MAX = 16,
};

struct record {
    char *interface;
    GPid pid; /* 0: it does not run */
    int err;  /* its stderr; -1 */
    int keys; /* a file without a name, for the secrets; -1 */
    bool capturing, made, with_secrets;
    GString *line; /* what came of the next */
    char *said;    /* the last that sstpcap complained of; NULL */
    char *text;
};

/* --- the interface ---------------------------------------------------------------------------- */

static bool
is_own(const struct sockaddr *address, const struct sockaddr_storage *own)
{
    if (!address || address->sa_family != own->ss_family)
        return false;
    if (own->ss_family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)(const void *)address)->sin_addr,
                      &((const struct sockaddr_in *)own)->sin_addr, sizeof(struct in_addr)) == 0;
    return own->ss_family == AF_INET6 &&
           memcmp(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
                  &((const struct sockaddr_in6 *)own)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

static char *
interface_of(const struct sockaddr_storage *own)
{
    struct ifaddrs *list = NULL;
    char *name = NULL;

    if (getifaddrs(&list) != 0)
        return NULL;
    for (const struct ifaddrs *at = list; at && !name; at = at->ifa_next)
        if (is_own(at->ifa_addr, own))
            name = g_strdup(at->ifa_name);
    freeifaddrs(list);
    return name;
}

/* By which the first address is reached: a datagram socket is connected, and nothing sent. */
static char *
find_interface(const struct walk *walk)
{
    GSocketAddress *to =
        g_inet_socket_address_new(g_ptr_array_index(walk->addresses, 0), walk->options->dial_port);
    struct sockaddr_storage address, own = { 0 };
    socklen_t len = sizeof own;
    char *name = NULL;
    int fd = socket((int)g_socket_address_get_family(to), SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && g_socket_address_to_native(to, &address, sizeof address, NULL) &&
        connect(fd, (struct sockaddr *)&address, (socklen_t)g_socket_address_get_native_size(to)) ==
            0 &&
        getsockname(fd, (struct sockaddr *)&own, &len) == 0)
        name = interface_of(&own);
    if (fd >= 0)
        close(fd);
    g_object_unref(to);
    return name;
}

/* --- the program ------------------------------------------------------------------------------ */

/* Not asked to end by the terminal, which the walk does itself; and never left behind. */
static void
set_up_child(void *data)
{
    (void)data;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static bool
start(struct record *record, const struct walk *walk, GError **error)
{
    char *client = g_strconcat("client=", record->interface, NULL);
    char *server = g_strconcat("server=", walk->options->record_server, NULL);
    char *filter = g_strdup_printf("tcp port %u or icmp or icmp6", walk->options->dial_port);
    char *keys = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), record->keys);
    char *argv[ARGUMENTS_MAX] = { (char *)"sstpcap", (char *)"-f", filter, (char *)"-i", client };
    size_t num = 5;

    if (walk->options->record_server) {
        argv[num++] = (char *)"-i";
        argv[num++] = server;
    }
    argv[num++] = (char *)"--keylog";
    argv[num++] = keys;
    argv[num++] = (char *)"-w";
    argv[num++] = walk->options->record;
    const bool good = g_spawn_async_with_pipes(
        NULL, argv, NULL,
        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, set_up_child,
        NULL, &record->pid, NULL, NULL, &record->err, error);
    g_free(keys);
    g_free(filter);
    g_free(server);
    g_free(client);
    return good;
}

/* --- what it says ----------------------------------------------------------------------------- */

static void
take_line(struct record *record)
{
    static const char complaint[] = "sstpcap: ";
    const char *line = record->line->str;

    record->capturing |= strstr(line, " capturing since ") != NULL;
    if (g_str_has_prefix(line, complaint)) {
        g_free(record->said);
        record->said = text_clean(
            buf_init((const uint8_t *)line + strlen(complaint), strlen(line) - strlen(complaint)));
    }
    g_string_truncate(record->line, 0);
}

/* Waits for what it says, until then at most. False: it says no more. */
static bool
hear(struct record *record, int64_t until)
{
    struct pollfd ready = { .fd = record->err, .events = POLLIN };
    char bytes[LINE_MAX_LEN];
    ssize_t n = 0;

    if (poll(&ready, 1, clock_wait(until, LOOK_MS)) <= 0)
        return true;
    n = read(record->err, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        if (bytes[i] == '\n')
            take_line(record);
        else if (record->line->len < LINE_MAX_LEN)
            g_string_append_c(record->line, bytes[i]);
    return n > 0 || (n < 0 && errno == EINTR);
}

static void
conclude(struct record *record, const char *what, const char *why)
{
    g_free(record->text);
    record->text = g_strconcat(what, why, NULL);
}

/* It has ended, or is made to. Its status as of waitpid(). */
static int
reap(struct record *record, bool kill_it)
{
    int status = -1;

    if (kill_it)
        kill(record->pid, SIGKILL);
    waitpid(record->pid, &status, 0);
    g_spawn_close_pid(record->pid);
    record->pid = 0;
    return status;
}

/* --- the recording ---------------------------------------------------------------------------- */

static struct record *
record_new(void)
{
    struct record *record = g_new0(struct record, 1);

    record->line = g_string_new(NULL);
    record->err = -1;
    record->keys = memfd_create("sstpprobe-keys", MFD_CLOEXEC);
    return record;
}

void
record_free(struct record *record)
{
    if (!record)
        return;
    if (record->pid)
        reap(record, true);
    if (record->err >= 0)
        close(record->err);
    if (record->keys >= 0)
        close(record->keys);
    g_string_free(record->line, TRUE);
    g_free(record->interface);
    g_free(record->said);
    g_free(record->text);
    g_free(record);
}

static void
wait_for_start(struct record *record, const struct walk *walk)
{
    const int seconds = walk->options->record_server ? START_SSH_SECONDS : START_SECONDS;
    const int64_t until = clock_now() + seconds * NS_PER_SECOND;
    bool runs = true;

    while (runs && !record->capturing && !*walk->stop && clock_now() < until)
        runs = hear(record, until);
    if (record->capturing)
        return;
    reap(record, runs);
    conclude(record, "not recorded: ",
             record->said ? record->said
             : runs       ? "sstpcap did not begin to capture in time"
                          : "sstpcap could not capture");
}

void
record_begin(struct walk *walk)
{
    GError *error = NULL;
    struct record *record;

    if (!walk->options->record || !walk->addresses || walk->addresses->len == 0)
        return;
    record = walk->record = record_new();
    record->interface = find_interface(walk);
    if (!record->interface || record->keys < 0) {
        conclude(record, "not recorded: ", "this host has no way to the server");
    } else if (start(record, walk, &error)) {
        wait_for_start(record, walk);
    } else {
        conclude(record, "not recorded: sstpcap, of the package sstpdiag, does not start: ",
                 error->message);
        g_error_free(error);
    }
    walk->since = clock_now();
}

static void
give_secrets(struct record *record, const struct walk *walk, bool with_secrets)
{
    const struct file *file = walk->attempt ? walk->attempt->file : NULL;
    const GString *secrets = file ? file_secrets(file) : NULL;

    record->with_secrets = secrets && secrets->len > 0 && with_secrets &&
                           target_write_all(record->keys, secrets->str, secrets->len);
}

void
record_end(struct walk *walk, bool with_secrets)
{
    struct record *record = walk->record;
    bool runs = true;

    if (!record || !record->pid)
        return;
    give_secrets(record, walk, with_secrets);
    poll(NULL, 0, SETTLE_MS);
    kill(record->pid, SIGINT);
    const int64_t until = clock_now() + END_SECONDS * NS_PER_SECOND;
    while (runs && clock_now() < until)
        runs = hear(record, until);
    const int status = reap(record, runs);
    record->made = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
    if (!record->made)
        conclude(record, "not recorded: ", record->said ? record->said : "sstpcap failed");
    else if (WEXITSTATUS(status) == 1)
        conclude(record, "recorded in part: ", record->said ? record->said : "an end was lost");
    else
        conclude(record, "packets of the wire, recorded by sstpcap, ",
                 record->with_secrets
                     ? "with the TLS secrets. Keep it safe."
                     : "without TLS secrets (--write-keys puts in those that show a password).");
}

bool
record_is_made(const struct record *record)
{
    return record->made;
}

const char *
record_text(const struct record *record)
{
    return record->text ? record->text : "not recorded";
}
