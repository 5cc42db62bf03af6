/* names.c - the walk's step "name"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "names.h"

#include <string.h>

#include "base/endpoint.h"
#include "clock.h"

enum { ASK_SECONDS = 5, SYSTEM_MS = 10000, NS_PER_MS = 1000000 };

char *
names_text(const GPtrArray *addresses)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < addresses->len; i++) {
        char *address = g_inet_address_to_string(g_ptr_array_index(addresses, i));
        g_string_append_printf(text, "%s%s", i ? ", " : "", address);
        g_free(address);
    }
    return g_string_free(text, FALSE);
}

/* --- what resolvers say beside what this host's programs get -----------------------------------
 */

/* Names without a dot get a suffix of this host's, or come from elsewhere than DNS. */
static void
ask_resolvers(struct walk *walk, const char *name)
{
    const struct options *options = walk->options;

    walk->ask = ask_new();
    for (char **resolver = options->resolvers; resolver && *resolver; resolver++)
        ask_add(walk->ask, *resolver);
    if (strchr(name, '.'))
        ask_add_host(walk->ask);
    char *ascii = g_hostname_to_ascii(name);
    if (ascii && g_str_has_suffix(ascii, "."))
        ascii[strlen(ascii) - 1] = '\0';
    if (ascii)
        ask_name(walk->ask, ascii, options->family,
                 MIN(walk->until, clock_now() + ASK_SECONDS * NS_PER_SECOND));
    g_free(ascii);
}

static GInetAddress *
inet_address(const struct endpoint *address)
{
    return g_inet_address_new_from_bytes(
        address->addr, address->addr_len == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
}

static bool
has_address(const GPtrArray *addresses, GInetAddress *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (g_inet_address_equal(g_ptr_array_index(addresses, i), address))
            return true;
    return false;
}

/* Of the resolvers, in their order, those that are not among addresses yet. */
static void
add_answers(const struct ask *ask, GPtrArray *addresses)
{
    for (unsigned i = 0; i < ask->num; i++)
        for (unsigned k = 0; k < ask->resolvers[i].num_addresses; k++) {
            GInetAddress *address = inet_address(&ask->resolvers[i].addresses[k]);
            if (has_address(addresses, address))
                g_object_unref(address);
            else
                g_ptr_array_add(addresses, address);
        }
}

/* Each resolver that says anything but what the host says. */
static char *
others_text(const struct ask *ask, const GPtrArray *addresses)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < ask->num; i++) {
        const struct resolver *resolver = &ask->resolvers[i];
        bool same = resolver->num_addresses > 0;
        for (unsigned k = 0; k < resolver->num_addresses; k++) {
            GInetAddress *address = inet_address(&resolver->addresses[k]);
            same &= addresses && has_address(addresses, address);
            g_object_unref(address);
        }
        if (same)
            continue;
        char *by = endpoint_address_text(&resolver->address), *said = ask_text(resolver);
        g_string_append_printf(text, "; resolver %s: %s", by, said);
        g_free(said);
        g_free(by);
    }
    return g_string_free(text, FALSE);
}

/* --- the step ----------------------------------------------------------------------------------
 */

/* By the resolvers alone: this host's programs get no address. */
static bool
go_on_with_answers(struct walk *walk, const char *name, const char *why)
{
    char *others = others_text(walk->ask, NULL);

    walk->addresses = g_ptr_array_new_with_free_func(g_object_unref);
    add_answers(walk->ask, walk->addresses);
    const bool any = walk->addresses->len > 0;
    walk_done(walk, STEP_NAME, any ? STEP_WARNED : STEP_FAILED, "%s by this host: %s%s", name, why,
              others);
    g_free(others);
    return any;
}

static bool
tell_addresses(struct walk *walk, const char *name)
{
    char *text = names_text(walk->addresses), *others = others_text(walk->ask, walk->addresses);
    const bool told = strcmp(name, walk->options->name) == 0;

    walk_done(walk, STEP_NAME, STEP_OK, "%s%s%s%s", told ? "" : name, told ? "" : " has ", text,
              others);
    walk->others = g_ptr_array_new_with_free_func(g_object_unref);
    add_answers(walk->ask, walk->others);
    g_free(others);
    g_free(text);
    return true;
}

static bool
take_literal(struct walk *walk, const char *address)
{
    walk->addresses = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(walk->addresses, g_inet_address_new_from_string(address));
    walk_left_out(walk, STEP_NAME, STEP_SKIPPED, "%s is an address", address);
    return true;
}

bool
names_walk(struct walk *walk)
{
    const struct options *options = walk->options;
    const char *name = options->proxy        ? options->proxy_name
                       : options->connect_to ? options->connect_to
                                             : options->name;
    GError *error = NULL;

    if (g_hostname_is_ip_address(name) && !strchr(name, '%'))
        return take_literal(walk, name);
    struct lookup *lookup = lookup_begin(name, options->family);
    const int64_t begin = clock_now();
    ask_resolvers(walk, name);
    const int64_t left = SYSTEM_MS - (clock_now() - begin) / NS_PER_MS;
    walk->addresses = lookup_end(lookup, (unsigned)MAX(left, 1), &error);
    if (walk->addresses)
        return tell_addresses(walk, name);
    const bool any = go_on_with_answers(walk, name, error->message);
    g_error_free(error);
    return any;
}
