/* list.c - the interfaces that can be captured on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "list.h"

#include <string.h>
#include <sys/wait.h>

#include "output/say.h"
#include "command.h"
#include "remedy.h"

/* An end of that machine, whatever its interface. */
static struct end *
machine(const char *text, GError **error)
{
    const struct end_options none = { 0 };
    size_t len = strlen(text);
    char *place = strchr(text + strlen("ssh://"), '/')
                      ? g_strdup(text)
                      : g_strconcat(text, len && text[len - 1] == '/' ? "any" : "/any", NULL);
    struct end *end = end_parse(place, &none, error);

    g_free(place);
    return end;
}

int
list_interfaces(const struct options *options)
{
    const char *where = options->rest ? options->rest[0] : NULL;
    struct end *end = NULL;
    GError *error = NULL;
    char *complaint = NULL;
    int status = 0;

    if (where && !g_str_has_prefix(where, "ssh://")) {
        say_warning("-D lists this machine, or takes ssh://[USER@]HOST[:PORT]: '%s'", where);
        return EXIT_USAGE;
    }
    if (where && !(end = machine(where, &error))) {
        say_warning("%s", error->message);
        g_error_free(error);
        return EXIT_USAGE;
    }
    char **argv = command_list(options, end);
    bool ok = g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
                           NULL, NULL, NULL, &complaint, &status, &error);
    g_strfreev(argv);
    if (!ok || status != 0) {
        char *remedy = end ? remedy_for(end, complaint) : NULL;
        say_warning("%s: %s", where ? where : "-D", ok ? g_strchomp(complaint) : error->message);
        if (remedy)
            say_warning("%s", remedy);
        g_free(remedy);
    }
    g_clear_error(&error);
    g_free(complaint);
    end_free(end);
    return ok && status == 0 ? EXIT_RECORDED : EXIT_NOT_STARTED;
}
