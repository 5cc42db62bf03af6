/* main.c - captures of the scripts in tests/unit/scenarios.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "chance.h"
#include "scenarios.h"
#include "variant.h"

static const char usage[] =
    "usage: sstpdiag-gen --list                              names and expectations, see below\n"
    "       sstpdiag-gen --findings                          the findings that a rule raises\n"
    "       sstpdiag-gen --row NAME --out FILE [--no-keys]   the capture of one row\n"
    "       sstpdiag-gen --all DIR [--no-keys]               all of them, as DIR/NAME.pcapng\n"
    "       sstpdiag-gen --healthy SEED --out FILE [--no-keys]\n"
    "                                                        that of a healthy session by chance\n"
    "NAME is raised/ or silent/ and a row's name. With +tls behind it the session is inside TLS,\n"
    "where the script itself has it in clear; what is then expected is what the engine says.\n";

static const char tls_suffix[] = "+tls";

static const struct table {
    const char *name;
    const struct row *rows;
    size_t num;
} tables[] = {
    { "raised", raised_rows, G_N_ELEMENTS(raised_rows) },
    { "silent", silent_rows, G_N_ELEMENTS(silent_rows) },
};

/* A row, or its variant inside TLS. */
struct item {
    char *name;
    struct row row;
    char *script; /* of row, when it is not the table's */
};

/* --- items ----------------------------------------------------------------------------------- */

static void
item_free(gpointer data)
{
    struct item *item = data;

    g_free(item->name);
    g_free(item->script);
    g_free(item);
}

static void
items_add(GPtrArray *items, const char *table, const struct row *row)
{
    struct item *plain = g_new0(struct item, 1), *tls;
    char *script = variant_tls(row->script);

    plain->name = g_strdup_printf("%s/%s", table, row->name);
    plain->row = *row;
    g_ptr_array_add(items, plain);
    if (!script)
        return;
    tls = g_new0(struct item, 1);
    tls->name = g_strconcat(plain->name, tls_suffix, NULL);
    tls->row = *row;
    tls->row.script = tls->script = script;
    g_ptr_array_add(items, tls);
}

static GPtrArray *
items_new(void)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(item_free);

    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (size_t i = 0; i < tables[t].num; i++)
            items_add(items, tables[t].name, &tables[t].rows[i]);
    return items;
}

/* --- one capture ----------------------------------------------------------------------------- */

static void
hear_segment(void *data, const struct segment *segment)
{
    capture_segment(data, segment);
}

static void
hear_packet(void *data, const struct peer_packet *packet)
{
    capture_packet(data, packet);
}

static void
hear_secret(void *data, const struct seal_secret *secret)
{
    capture_secret(data, secret);
}

/* Runs a script before the engine of peer and, if told, into a capture. Release peer. */
static void
item_run(const struct item *item, struct peer *peer, struct capture *capture)
{
    static const struct peer_tap tap = { hear_segment, hear_packet, hear_secret };
    struct config config = peer_script_config(item->row.script);

    peer_init(peer, &config);
    credentials_unref(config.credentials);
    peer->tap = capture ? &tap : NULL;
    peer->tap_data = capture;
    peer_run(peer, item->row.script);
}

static bool
item_write(const struct item *item, const char *path, bool keys)
{
    struct capture capture;
    struct peer peer;
    GError *error = NULL;

    capture_init(&capture);
    item_run(item, &peer, &capture);
    peer_clear(&peer);
    char *comment = g_strdup_printf("Synthetic, from a script: %s", item->row.script);
    GByteArray *file = capture_file(&capture, comment, keys);
    bool good = g_file_set_contents(path, (const char *)file->data, file->len, &error);
    if (!good)
        fprintf(stderr, "sstpdiag-gen: %s\n", error->message);
    g_clear_error(&error);
    g_byte_array_unref(file);
    g_free(comment);
    capture_clear(&capture);
    return good;
}

/* --- the list -------------------------------------------------------------------------------- */

static const char *
verdict_text(const char *verdict)
{
    return verdict ? verdict : "healthy";
}

static void
print_hash(const struct config *config)
{
    for (size_t i = 0; i < config->hashes[0].len; i++)
        printf("%02x", config->hashes[0].bytes[i]);
    printf("%s\t", config->num_hashes ? "" : "-");
}

/* "form:value", separated by commas. */
static void
print_credentials(const char *script)
{
    char *list = peer_script_credentials(script);

    printf("%s\t", *list ? list : "-");
    g_free(list);
}

static void
print_found(const GPtrArray *found)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        printf("%s%s:%s:%s", i ? " " : "", finding_info(finding->id)->name,
               severity_name(finding->severity), confidence_name(finding->confidence));
    }
    putchar('\t');
}

/* What the engine says of a variant: of this finding, and the verdict. */
static void
print_said(const struct item *item, const GPtrArray *found, const struct verdict *verdict)
{
    const struct finding *said = NULL;

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == item->row.id)
            said = finding;
    }
    printf("%s\t", said ? severity_name(said->severity) : "-");
    printf("%s\t", said ? confidence_name(said->confidence) : "-");
    printf("%s\t", verdict_name(verdict));
}

static void
print_expected(const struct item *item)
{
    bool raised = g_str_has_prefix(item->name, tables[0].name);

    printf("%s\t", raised ? severity_name(item->row.severity) : "-");
    printf("%s\t", raised ? confidence_name(item->row.confidence) : "-");
    printf("%s\t", verdict_text(item->row.verdict));
}

static void
item_print(const struct item *item)
{
    struct config config = peer_script_config(item->row.script);
    struct peer peer;

    item_run(item, &peer, NULL);
    engine_finish(peer.engine);
    const GPtrArray *results = engine_results(peer.engine);
    const guint session = (peer.judged ? peer.judged : results->len) - 1;
    const struct result *last = g_ptr_array_index(results, session);
    const struct pair *pair = peer_pair_of(&peer, last->session);
    const GPtrArray *found = pair ? pair->found : last->found;
    printf("%s\t%s\t", item->name, finding_info(item->row.id)->name);
    if (item->script)
        print_said(item, found, pair ? &pair->verdict : &last->verdict);
    else
        print_expected(item);
    printf("%s\t", config.servers);
    print_hash(&config);
    print_credentials(item->row.script);
    printf("%" G_GUINT32_FORMAT "\t", peer.marked);
    print_found(found);
    printf("%u\t", session);
    printf("%s\t", item->row.wants && !item->script ? item->row.wants : "-");
    puts(item->row.script);
    credentials_unref(config.credentials);
    peer_clear(&peer);
}

/* --- options --------------------------------------------------------------------------------- */

static bool
list_items(const GPtrArray *items)
{
    puts("# row\tfinding\tseverity\tconfidence\tverdict\tservers\thash\tcredentials\tmarked frame\t"
         "findings\tsession\twants\tscript");
    for (guint i = 0; i < items->len; i++)
        item_print(g_ptr_array_index(items, i));
    return true;
}

static bool
list_findings(void)
{
    for (int id = 0; id < FINDING_COUNT; id++)
        if (finding_info((enum finding_id)id)->ready)
            puts(finding_info((enum finding_id)id)->name);
    return true;
}

static bool
write_one(const GPtrArray *items, const char *name, const char *path, bool keys)
{
    for (guint i = 0; i < items->len; i++) {
        const struct item *item = g_ptr_array_index(items, i);
        if (strcmp(item->name, name) == 0)
            return item_write(item, path, keys);
    }
    fprintf(stderr, "sstpdiag-gen: no row %s; --list names them\n", name);
    return false;
}

static bool
write_all(const GPtrArray *items, const char *dir, bool keys)
{
    bool good = true;

    for (guint i = 0; i < items->len && good; i++) {
        const struct item *item = g_ptr_array_index(items, i);
        char *path = g_strdup_printf("%s/%s.pcapng", dir, item->name);
        char *folder = g_path_get_dirname(path);
        good = g_mkdir_with_parents(folder, 0755) == 0 && item_write(item, path, keys);
        g_free(folder);
        g_free(path);
    }
    return good;
}

/* Prints its script, too. */
static bool
write_healthy(uint32_t seed, const char *path, bool keys)
{
    struct item item = { .script = chance_healthy_of(seed) };

    item.row.script = item.script;
    bool good = item_write(&item, path, keys);
    puts(item.script);
    g_free(item.script);
    return good;
}

struct options {
    gboolean list, findings, no_keys;
    int healthy;
    char *row, *out, *all;
};

static bool
options_parse(struct options *o, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        { "list", 0, 0, G_OPTION_ARG_NONE, &o->list, NULL, NULL },
        { "findings", 0, 0, G_OPTION_ARG_NONE, &o->findings, NULL, NULL },
        { "row", 0, 0, G_OPTION_ARG_STRING, &o->row, NULL, NULL },
        { "healthy", 0, 0, G_OPTION_ARG_INT, &o->healthy, NULL, NULL },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, NULL, NULL },
        { "all", 0, 0, G_OPTION_ARG_FILENAME, &o->all, NULL, NULL },
        { "no-keys", 0, 0, G_OPTION_ARG_NONE, &o->no_keys, NULL, NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    bool good = g_option_context_parse(context, &argc, &argv, NULL) && argc == 1;
    g_option_context_free(context);
    return good && (o->list || o->findings || ((o->row || o->healthy) && o->out) || o->all);
}

static bool
options_run(const struct options *o)
{
    GPtrArray *items = items_new();
    bool good;

    if (o->list)
        good = list_items(items);
    else if (o->findings)
        good = list_findings();
    else if (o->healthy)
        good = write_healthy((uint32_t)o->healthy, o->out, !o->no_keys);
    else if (o->row)
        good = write_one(items, o->row, o->out, !o->no_keys);
    else
        good = write_all(items, o->all, !o->no_keys);
    g_ptr_array_unref(items);
    return good;
}

int
main(int argc, char **argv)
{
    struct options options = { 0 };
    bool good = false;

    if (options_parse(&options, argc, argv))
        good = options_run(&options);
    else
        fputs(usage, stderr);
    g_free(options.row);
    g_free(options.out);
    g_free(options.all);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
