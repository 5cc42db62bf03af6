/* servers.c - the VPN servers that the user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/servers.h"

#include <string.h>

#include "base/endpoint.h"

struct entry {
    char *host;    /* NULL: every one */
    uint64_t port; /* 0: every one */
};

struct servers {
    GArray *entries; /* of struct entry */
};

static void
entry_clear(gpointer data)
{
    g_free(((struct entry *)data)->host);
}

/* The colons of an address of IPv6 without brackets are not followed by a port. */
static const char *
port_of(const char *text)
{
    const char *colon = strrchr(text, ':');

    if (!colon || (text[0] == '[' ? colon[-1] != ']' : strchr(text, ':') != colon))
        return NULL;
    return colon + 1;
}

struct servers *
servers_parse(const char *text)
{
    struct servers *servers = g_new(struct servers, 1);
    char **words = g_strsplit_set(text ? text : "", ", \t;", -1);

    servers->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    g_array_set_clear_func(servers->entries, entry_clear);
    for (char **word = words; *word; word++) {
        const char *port = port_of(*word), *host = *word;
        size_t len = port ? (size_t)(port - 1 - host) : strlen(host);
        struct entry entry = { NULL, port ? g_ascii_strtoull(port, NULL, 10) : 0 };

        if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
            host++;
            len -= 2;
        }
        if (len == 0 || (port && entry.port == 0))
            continue;
        entry.host = g_strndup(host, len);
        if (g_ascii_strcasecmp(entry.host, "any") == 0)
            g_clear_pointer(&entry.host, g_free);
        g_array_append_val(servers->entries, entry);
    }
    g_strfreev(words);
    return servers;
}

void
servers_free(struct servers *servers)
{
    if (!servers)
        return;
    g_array_unref(servers->entries);
    g_free(servers);
}

bool
servers_have(const struct servers *servers, const struct endpoint *server, const char *name)
{
    char *address = NULL;
    bool found = false;

    for (guint i = 0; i < servers->entries->len && !found; i++) {
        const struct entry *entry = &g_array_index(servers->entries, struct entry, i);
        if (entry->port != 0 && entry->port != server->port)
            continue;
        if (!address)
            address = endpoint_address_text(server);
        found = !entry->host || g_ascii_strcasecmp(entry->host, address) == 0 ||
                (name && g_ascii_strcasecmp(entry->host, name) == 0);
    }
    g_free(address);
    return found;
}

bool
servers_have_name(const struct servers *servers, const char *name)
{
    for (guint i = 0; i < servers->entries->len; i++) {
        const struct entry *entry = &g_array_index(servers->entries, struct entry, i);
        if (entry->host && g_ascii_strcasecmp(entry->host, name) == 0)
            return true;
    }
    return false;
}

bool
servers_have_any(const struct servers *servers)
{
    for (guint i = 0; i < servers->entries->len; i++)
        if (!g_array_index(servers->entries, struct entry, i).host)
            return true;
    return false;
}

bool
servers_are_named(const struct servers *servers)
{
    return servers->entries->len > 0 && !servers_have_any(servers);
}
