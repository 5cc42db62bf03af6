/* end.c - one place to capture at, as the user names it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "end.h"

#include <net/if.h>
#include <string.h>

#define SSH_SCHEME     "ssh://"
#define COMMAND_SCHEME "cmd:"

static void
end_options_copy(struct end_options *to, const struct end_options *from)
{
    *to = *from;
    to->filter = g_strdup(from->filter);
    to->sudo = g_strdup(from->sudo);
}

void
end_options_clear(struct end_options *options)
{
    g_free(options->filter);
    g_free(options->sudo);
    memset(options, 0, sizeof *options);
}

void
end_free(struct end *end)
{
    if (!end)
        return;
    g_free(end->name);
    g_free(end->target);
    g_free(end->user);
    g_free(end->host);
    g_free(end->port);
    end_options_clear(&end->options);
    g_free(end);
}

/* "NAME=" in front; what follows it. */
static const char *
take_name(const char *text, char **name)
{
    size_t len = strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-");

    if (len == 0 || text[len] != '=')
        return text;
    *name = g_strndup(text, len);
    return text + len + 1;
}

static bool
parse_ssh(struct end *end, const char *text, GError **error)
{
    int port = -1;
    char *path = NULL;
    bool ok = g_uri_split(text, G_URI_FLAGS_NONE, NULL, &end->user, &end->host, &port, &path, NULL,
                          NULL, NULL);

    end->kind = END_SSH;
    if (ok && port > 0)
        end->port = g_strdup_printf("%d", port);
    if (ok && path && path[0] == '/' && path[1] && end->host && *end->host)
        end->target = g_strdup(path + 1);
    g_free(path);
    if (!end->target)
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "'%s' is not ssh://[user@]host[:port]/INTERFACE", text);
    return end->target != NULL;
}

static void
parse_place(struct end *end, const char *text)
{
    bool is_interface = if_nametoindex(text) != 0 || strcmp(text, "any") == 0;

    end->kind = !is_interface && (strcmp(text, "-") == 0 || strchr(text, '/') ||
                                  g_file_test(text, G_FILE_TEST_EXISTS))
                    ? END_FILE
                    : END_INTERFACE;
    end->target = g_strdup(text);
}

static char *
default_name(const struct end *end)
{
    switch (end->kind) {
    case END_SSH:
        return g_strdup(end->host);
    case END_COMMAND:
        return g_strdup("command");
    case END_FILE:
        return strcmp(end->target, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(end->target);
    case END_INTERFACE:
        break;
    }
    return g_strdup(end->target);
}

struct end *
end_parse(const char *text, const struct end_options *options, GError **error)
{
    struct end *end = g_new0(struct end, 1);
    const char *rest = take_name(text, &end->name);

    end_options_copy(&end->options, options);
    if (*rest == '\0') {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "'%s' names no place", text);
    } else if (g_str_has_prefix(rest, SSH_SCHEME)) {
        parse_ssh(end, rest, error);
    } else if (g_str_has_prefix(rest, COMMAND_SCHEME)) {
        end->kind = END_COMMAND;
        end->target = g_strdup(rest + strlen(COMMAND_SCHEME));
    } else {
        parse_place(end, rest);
    }
    if (!end->target) {
        end_free(end);
        return NULL;
    }
    if (!end->name)
        end->name = default_name(end);
    return end;
}

char *
end_place(const struct end *end)
{
    switch (end->kind) {
    case END_SSH:
        return g_strdup_printf("%s of %s%s%s", end->target, end->user ? end->user : "",
                               end->user ? "@" : "", end->host);
    case END_COMMAND:
        return g_strdup("a command");
    case END_FILE:
        return strcmp(end->target, "-") == 0 ? g_strdup("standard input") : g_strdup(end->target);
    case END_INTERFACE:
        break;
    }
    return g_strdup(end->target);
}
