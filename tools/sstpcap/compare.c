/* compare.c - sstpcap --compare: captures read and judged without Wireshark
 *
 * Nothing is decrypted here: what is told rests on TCP, on the clear part of TLS, on record lengths
 * and on what two capture points show together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/tell.h"
#include "codec/pcapread.h"
#include "report/report.h"
#include "report/verdict.h"
#include "output/say.h"

enum { READ_LEN = 1 << 16, SERVERS_MAX = 64 };

/* All files of one comparison, as one capture: their frames and interfaces are counted on. */
struct comparison {
    struct engine *engine;
    GArray *interfaces; /* struct report_interface; owns the names */
    GString *numbering; /* how frame numbers of later files are meant */
    uint32_t frames;
    uint32_t unknown_links; /* frames of link types that are not decoded */
    uint16_t unknown_link;
    bool again; /* read before: what is wrong with the files was told */
};

static void
interface_clear(gpointer data)
{
    struct report_interface *interface = data;

    g_free((char *)interface->name);
}

static void
comparison_init(struct comparison *comparison, const char *servers)
{
    const struct config config = { .servers = (char *)servers,
                                   .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                                   .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                                   .lcp_echo_failures = LCP_ECHO_FAILURES };

    *comparison = (struct comparison){ .engine = engine_new(&config),
                                       .interfaces = g_array_new(FALSE, FALSE,
                                                                 sizeof(struct report_interface)),
                                       .numbering = g_string_new(NULL) };
    g_array_set_clear_func(comparison->interfaces, interface_clear);
}

static void
comparison_clear(struct comparison *comparison)
{
    engine_free(comparison->engine);
    g_array_unref(comparison->interfaces);
    g_string_free(comparison->numbering, TRUE);
}

/* --- reading --------------------------------------------------------------------------------- */

/* An interface that no name is known of is called as its file. */
static void
take_interface(struct comparison *comparison, const struct pcapread *reader, uint32_t first,
               uint32_t id, const char *path)
{
    const struct pcapng_interface *theirs = pcapread_interface(reader, id);
    struct report_interface interface = { first + id, NULL };

    if (theirs && g_strcmp0(theirs->name, VANTAGE_SOCKET_NAME) == 0)
        engine_vantage(comparison->engine, interface.id, VANTAGE_SOCKET);
    interface.name = theirs && theirs->name ? g_strdup(theirs->name) : g_path_get_basename(path);
    g_array_append_val(comparison->interfaces, interface);
}

static void
take_packet(struct comparison *comparison, const struct pcapread *reader, uint32_t first,
            const struct pcapng_packet *packet)
{
    uint16_t link = pcapread_interface(reader, packet->interface)->link_type;
    const struct mark mark = { ++comparison->frames, packet->has_time ? packet->time_ns : 0 };
    struct frame frame;

    if (!frame_link_is_known(link)) {
        comparison->unknown_links++;
        comparison->unknown_link = link;
    }
    frame_decode(link, packet->data, packet->captured_len, packet->wire_len, &frame);
    engine_tell(comparison->engine, &frame, mark, first + packet->interface);
}

static bool
read_items(struct comparison *comparison, struct pcapread *reader, uint32_t first, const char *path)
{
    struct pcapread_item item;

    for (;;) {
        switch (pcapread_next(reader, &item)) {
        case PCAPREAD_MORE:
            return true;
        case PCAPREAD_ERROR:
            return false;
        case PCAPREAD_INTERFACE:
            take_interface(comparison, reader, first, item.interface, path);
            break;
        case PCAPREAD_PACKET:
            take_packet(comparison, reader, first, &item.packet);
            break;
        case PCAPREAD_SECTION:
        case PCAPREAD_SECRETS:
        case PCAPREAD_STATISTICS:
        case PCAPREAD_BLOCK:
            break;
        }
    }
}

/* A file that is cut counts as far as it goes; one that is no capture does not. */
static bool
read_stream(struct comparison *comparison, FILE *stream, const char *path)
{
    struct pcapread *reader = pcapread_new();
    uint32_t first = comparison->interfaces->len, before = comparison->frames;
    char *bytes = g_malloc(READ_LEN);
    bool good = true;
    size_t len;

    while (good && (len = fread(bytes, 1, READ_LEN, stream)) > 0) {
        pcapread_feed(reader, bytes, len);
        good = read_items(comparison, reader, first, path);
    }
    if (ferror(stream)) {
        say_warning("%s: %s", path, g_strerror(errno));
        good = false;
    } else if (!good) {
        if (!comparison->again)
            say_warning("%s: %s", path, pcapread_error(reader));
        good = comparison->frames > before;
    } else if (pcapread_left(reader)) {
        if (!comparison->again)
            say_warning("%s ends in the middle of a packet; what is before it counts", path);
    } else if (pcapread_num_interfaces(reader) == 0) {
        say_warning("%s is empty: no capture", path);
        good = false;
    }
    if (before > 0)
        g_string_append_printf(comparison->numbering,
                               "Frame numbers above %u mean %s: take %u off.\n", before, path,
                               before);
    g_free(bytes);
    pcapread_free(reader);
    return good;
}

static bool
read_file(struct comparison *comparison, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *stream = standard ? stdin : fopen(path, "rb");

    if (!stream) {
        say_warning("%s: %s", path, g_strerror(errno));
        return false;
    }
    bool good = read_stream(comparison, stream, standard ? "standard input" : path);
    if (!standard)
        fclose(stream);
    return good;
}

static bool
read_files(struct comparison *comparison, char **files)
{
    bool good = true;

    for (; *files && good; files++)
        good = read_file(comparison, *files);
    engine_finish(comparison->engine);
    return good;
}

/* --- what is told ---------------------------------------------------------------------------- */

static int
worst_severity(const struct engine *engine)
{
    const GPtrArray *results = engine_results(engine), *pairs = engine_pairs(engine);
    int worst = -1;

    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        if (!result->made_good_by)
            worst = MAX(worst, report_result_severity(result));
    }
    for (guint i = 0; i < pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        worst = MAX(worst, report_severity(pair->found, &pair->verdict));
    }
    return worst;
}

static void
print(const struct comparison *comparison, char **files, bool json)
{
    char *names = g_strjoinv(" ", files);
    const struct report_env env = {
        .version = SSTPDIAG_VERSION,
        .file = names,
        .interfaces = (const struct report_interface *)(const void *)comparison->interfaces->data,
        .num_interfaces = comparison->interfaces->len,
    };
    char *report =
        json ? report_json(comparison->engine, &env) : report_text(comparison->engine, &env);

    fputs(report, stdout);
    if (!json && comparison->numbering->len)
        printf("\n%s", comparison->numbering->str);
    g_free(report);
    g_free(names);
}

/* Where the sessions' servers are. NULL: there are none. */
static char *
servers_of(const struct engine *engine)
{
    const GPtrArray *results = engine_results(engine);
    GString *servers = g_string_new(NULL);

    for (guint i = 0; i < results->len && i < SERVERS_MAX; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        char *server = endpoint_text(conn_endpoint(session_conn(result->session), SIDE_SERVER));
        g_string_append_printf(servers, "%s%s", i ? "," : "", server);
        g_free(server);
    }
    return g_string_free(servers, servers->len == 0);
}

/* Reads again, with another idea of which connections are sessions. */
static bool
read_again(struct comparison *comparison, char **files, const char *servers)
{
    comparison_clear(comparison);
    comparison_init(comparison, servers);
    comparison->again = true;
    return read_files(comparison, files);
}

/* Sessions that show themselves are known by their beginning, and whole records. An end that was
 * recorded late, or cut short, is one by its server's address; behind a port forwarding not even by
 * that, so that every connection has to be one. */
static bool
read_all(struct comparison *comparison, char **files)
{
    bool good = read_files(comparison, files);
    char *servers = good ? servers_of(comparison->engine) : NULL;

    if (good && servers && comparison->interfaces->len > 1 &&
        engine_pairs(comparison->engine)->len == 0) {
        good = read_again(comparison, files, servers);
        if (good && engine_pairs(comparison->engine)->len == 0)
            good = read_again(comparison, files, "any");
        if (good && engine_pairs(comparison->engine)->len == 0)
            good = read_again(comparison, files, "");
    } else if (good && !servers) {
        good = read_again(comparison, files, "any");
    }
    g_free(servers);
    return good;
}

/* Pipes, as of the shell's <(...), can be read once. */
static bool
can_be_read_again(char **files)
{
    for (; *files; files++)
        if (strcmp(*files, "-") == 0 || (g_file_test(*files, G_FILE_TEST_EXISTS) &&
                                         !g_file_test(*files, G_FILE_TEST_IS_REGULAR)))
            return false;
    return true;
}

int
compare_run(char **files, bool json, enum severity fail_on)
{
    struct comparison comparison;
    bool again = can_be_read_again(files);

    comparison_init(&comparison, again ? "" : "any");
    bool good = again ? read_all(&comparison, files) : read_files(&comparison, files);
    if (comparison.unknown_links)
        say_warning("not looked into: %s of link type %u",
                    text_count(comparison.unknown_links, "frame").text, comparison.unknown_link);
    int status = COMPARE_CANNOT_RUN;
    if (good) {
        if (!json && engine_pairs(comparison.engine)->len == 0)
            say_warning("no connection was captured at two points");
        print(&comparison, files, json);
        status = worst_severity(comparison.engine) >= (int)fail_on ? COMPARE_FOUND : COMPARE_QUIET;
        if (fflush(stdout) != 0) {
            say_warning("standard output: %s", g_strerror(errno));
            status = COMPARE_CANNOT_RUN;
        }
    }
    comparison_clear(&comparison);
    return status;
}
