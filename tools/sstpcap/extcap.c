/* extcap.c - sstpcap as an interface of Wireshark (wireshark.org, "Adding Capture Interfaces")
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "extcap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "output/say.h"
#include "record.h"

#define INTERFACE "sstpcap"

static const char config[] =
    "arg {number=0}{call=--client}{display=Client}{type=string}{required=true}{group=Ends}"
    "{placeholder=eth0, or ssh://user@host/eth0}"
    "{tooltip=Where the client's packets are: INTERFACE, ssh://[USER@]HOST[:PORT]/INTERFACE, "
    "cmd:COMMAND or a file}\n"
    "arg {number=1}{call=--server}{display=Server}{type=string}{group=Ends}"
    "{placeholder=ssh://root@vpn.example.com/eth0}"
    "{tooltip=Where the server's packets are, in the same form; may be empty}\n"
    "arg {number=2}{call=--inner}{display=Inside the tunnel}{type=string}{group=Ends}"
    "{placeholder=ppp0}"
    "{tooltip=A third place, such as the interface of the tunnel; may be empty}\n"
    "arg {number=3}{call=--filter}{display=Capture filter}{type=string}{group=Packets}"
    "{placeholder=tcp port 443}"
    "{tooltip=Of all ends; without one TCP port 443, ICMP errors and the client's name lookups}\n"
    "arg {number=4}{call=--sudo}{display=Capture through sudo}{type=boolflag}{default=false}"
    "{group=Packets}{tooltip=Where the user may not capture; sudo must ask for no password}\n"
    "arg {number=5}{call=--keylog}{display=TLS key log}{type=string}{group=Decryption}"
    "{placeholder=/tmp/keys, or server:/run/keys}"
    "{tooltip=A file on this machine, or END:FILE on the machine of client or server}\n";

struct call {
    gboolean interfaces, dlts, config, capture, sudo;
    char *version, *interface, *fifo, *filter, *wireshark_filter;
    char *control_in, *control_out;
    char *client, *server, *inner, *keylog;
};

bool
extcap_is_called(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (g_str_has_prefix(argv[i], "--extcap-") || strcmp(argv[i], "--capture") == 0)
            return true;
    return false;
}

static bool
parse_call(struct call *call, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        { "extcap-interfaces", 0, 0, G_OPTION_ARG_NONE, &call->interfaces, NULL, NULL },
        { "extcap-dlts", 0, 0, G_OPTION_ARG_NONE, &call->dlts, NULL, NULL },
        { "extcap-config", 0, 0, G_OPTION_ARG_NONE, &call->config, NULL, NULL },
        { "capture", 0, 0, G_OPTION_ARG_NONE, &call->capture, NULL, NULL },
        { "extcap-version", 0, 0, G_OPTION_ARG_STRING, &call->version, NULL, NULL },
        { "extcap-interface", 0, 0, G_OPTION_ARG_STRING, &call->interface, NULL, NULL },
        { "extcap-capture-filter", 0, 0, G_OPTION_ARG_STRING, &call->wireshark_filter, NULL, NULL },
        { "extcap-control-in", 0, 0, G_OPTION_ARG_STRING, &call->control_in, NULL, NULL },
        { "extcap-control-out", 0, 0, G_OPTION_ARG_STRING, &call->control_out, NULL, NULL },
        { "fifo", 0, 0, G_OPTION_ARG_FILENAME, &call->fifo, NULL, NULL },
        { "client", 0, 0, G_OPTION_ARG_STRING, &call->client, NULL, NULL },
        { "server", 0, 0, G_OPTION_ARG_STRING, &call->server, NULL, NULL },
        { "inner", 0, 0, G_OPTION_ARG_STRING, &call->inner, NULL, NULL },
        { "filter", 0, 0, G_OPTION_ARG_STRING, &call->filter, NULL, NULL },
        { "keylog", 0, 0, G_OPTION_ARG_STRING, &call->keylog, NULL, NULL },
        { "sudo", 0, 0, G_OPTION_ARG_NONE, &call->sudo, NULL, NULL },
        { 0 },
    };
    GOptionContext *context = g_option_context_new(NULL);
    GError *error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    bool ok = g_option_context_parse(context, &argc, &argv, &error);
    g_option_context_free(context);
    if (!ok) {
        say_warning("%s", error->message);
        g_error_free(error);
    }
    return ok;
}

static void
clear_call(struct call *call)
{
    g_free(call->version);
    g_free(call->interface);
    g_free(call->fifo);
    g_free(call->filter);
    g_free(call->wireshark_filter);
    g_free(call->control_in);
    g_free(call->control_out);
    g_free(call->client);
    g_free(call->server);
    g_free(call->inner);
    g_free(call->keylog);
}

static bool
is_given(const char *text)
{
    return text && *text;
}

static void
add_words(GPtrArray *words, const char *option, const char *value)
{
    g_ptr_array_add(words, g_strdup(option));
    if (value)
        g_ptr_array_add(words, g_strdup(value));
}

static void
add_end(GPtrArray *words, const char *name, const char *place)
{
    char *named;

    if (!is_given(place))
        return;
    named = g_strconcat(name, "=", place, NULL);
    add_words(words, "-i", named);
    g_free(named);
}

/* The fields of the dialog as the command line that they stand for. */
static int
capture(const struct call *call)
{
    const char *filter = is_given(call->filter) ? call->filter : call->wireshark_filter;
    struct options options;
    int status = EXIT_USAGE;

    if (!is_given(call->fifo) || !is_given(call->client)) {
        say_warning("%s", is_given(call->fifo)
                              ? "no client end is set: open the options of the interface (the gear "
                                "in front of it), or -o extcap.sstpcap.client:END"
                              : "--capture needs --fifo");
        return EXIT_USAGE;
    }
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    add_words(words, "sstpcap", NULL);
    if (is_given(filter))
        add_words(words, "-f", filter);
    if (call->sudo)
        add_words(words, "--sudo", NULL);
    add_end(words, "client", call->client);
    add_end(words, "server", call->server);
    add_end(words, "inner", call->inner);
    if (is_given(call->keylog))
        add_words(words, "--keylog", call->keylog);
    add_words(words, "-w", call->fifo);
    add_words(words, "-q", NULL);
    int num_words = (int)words->len;
    g_ptr_array_add(words, NULL);
    /* Parsing takes words out of the list that it is given. */
    char **argv = g_memdup2(words->pdata, words->len * sizeof(char *));
    if (options_parse(&options, num_words, argv)) {
        options.extcap = true;
        say_less();
        status = record_run(&options);
    }
    options_clear(&options);
    g_free(argv);
    g_ptr_array_unref(words);
    return status;
}

int
extcap_main(int argc, char **argv)
{
    struct call call = { 0 };
    int status = EXIT_RECORDED;

    if (!parse_call(&call, argc, argv)) {
        status = EXIT_USAGE;
    } else if (call.interfaces) {
        printf("extcap {version=%s}\n", SSTPDIAG_VERSION);
        printf("interface {value=" INTERFACE "}{display=SSTP both ends (sstpcap)}\n");
    } else if (!call.interface || strcmp(call.interface, INTERFACE) != 0) {
        say_warning("there is no such interface here, only " INTERFACE);
        status = EXIT_USAGE;
    } else if (call.dlts) {
        printf("dlt {number=1}{name=EN10MB}{display=As captured at each end}\n");
    } else if (call.config) {
        fputs(config, stdout);
    } else if (call.capture) {
        status = capture(&call);
    }
    clear_call(&call);
    return status;
}

/* The folder after label in what tshark -G folders prints. Newly allocated; NULL: not there. */
static char *
folder_of(const char *folders, const char *label)
{
    char **lines = g_strsplit(folders, "\n", -1);
    char *folder = NULL;

    for (char **line = lines; *line && !folder; line++)
        if (g_str_has_prefix(*line, label))
            folder = g_strdup(g_strstrip(*line + strlen(label)));
    g_strfreev(lines);
    return folder;
}

/* Wireshark that root has started reads no personal folder. */
static char *
extcap_folder(void)
{
    char *argv[] = { (char *)"tshark", (char *)"-G", (char *)"folders", NULL };
    char *folders = NULL, *folder = NULL;

    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                      NULL, &folders, NULL, NULL, NULL))
        return NULL;
    if (geteuid() == 0) {
        folder = folder_of(folders, "Global Extcap path:");
        folder = folder ? folder : folder_of(folders, "Extcap path:"); /* 4.0 */
    } else if (!(folder = folder_of(folders, "Personal Extcap path:"))) {
        char *configuration = folder_of(folders, "Personal configuration:"); /* 4.0 */
        folder = configuration ? g_build_filename(configuration, "extcap", NULL) : NULL;
        g_free(configuration);
    }
    g_free(folders);
    return folder;
}

int
extcap_install(void)
{
    char *folder = extcap_folder();
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *link = folder ? g_build_filename(folder, INTERFACE, NULL) : NULL;
    int status = EXIT_NOT_STARTED;

    if (!link || !self) {
        say_warning("tshark -G folders names no extcap folder; see Help > About > Folders in "
                    "Wireshark and link sstpcap there");
    } else if (g_mkdir_with_parents(folder, 0755) != 0 || (unlink(link) != 0 && errno != ENOENT) ||
               symlink(self, link) != 0) {
        say_warning("%s: %s", link, g_strerror(errno));
    } else {
        printf("%s -> %s\nWireshark shows \"SSTP both ends (sstpcap)\" after its next start.\n",
               link, self);
        status = EXIT_RECORDED;
    }
    g_free(folder);
    g_free(self);
    g_free(link);
    return status;
}
