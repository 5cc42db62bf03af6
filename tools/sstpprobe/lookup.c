/* lookup.c - the addresses of a name, as programs of this host get them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lookup.h"

#include <stdbool.h>

struct lookup {
    GMainLoop *loop;
    bool done;
    GCancellable *cancellable;
    GList *addresses;
    GError *error;
};

static void
found(GObject *resolver, GAsyncResult *result, gpointer data)
{
    struct lookup *lookup = data;

    lookup->addresses =
        g_resolver_lookup_by_name_with_flags_finish(G_RESOLVER(resolver), result, &lookup->error);
    lookup->done = true;
    g_main_loop_quit(lookup->loop);
}

static gboolean
too_late(gpointer data)
{
    const struct lookup *lookup = data;

    g_cancellable_cancel(lookup->cancellable);
    return G_SOURCE_CONTINUE;
}

static GPtrArray *
take(struct lookup *lookup, GError **error)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_object_unref);

    for (GList *l = lookup->addresses; l; l = l->next)
        g_ptr_array_add(addresses, g_object_ref(l->data));
    g_resolver_free_addresses(lookup->addresses);
    if (addresses->len > 0)
        return addresses;
    g_ptr_array_unref(addresses);
    if (g_error_matches(lookup->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_clear_error(&lookup->error);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer in time");
    } else {
        g_propagate_error(error, lookup->error);
    }
    return NULL;
}

struct lookup *
lookup_begin(const char *name, enum lookup_family family)
{
    static const GResolverNameLookupFlags flags[] = {
        [LOOKUP_ANY] = G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
        [LOOKUP_IPV4] = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY,
        [LOOKUP_IPV6] = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY,
    };
    GResolver *resolver = g_resolver_get_default();
    struct lookup *lookup = g_new0(struct lookup, 1);

    lookup->loop = g_main_loop_new(NULL, FALSE);
    lookup->cancellable = g_cancellable_new();
    g_resolver_lookup_by_name_with_flags_async(resolver, name, flags[family], lookup->cancellable,
                                               found, lookup);
    g_object_unref(resolver);
    return lookup;
}

GPtrArray *
lookup_end(struct lookup *lookup, unsigned ms, GError **error)
{
    const guint timer = g_timeout_add(ms, too_late, lookup);

    if (!lookup->done)
        g_main_loop_run(lookup->loop);
    g_source_remove(timer);
    g_main_loop_unref(lookup->loop);
    g_object_unref(lookup->cancellable);
    GPtrArray *addresses = take(lookup, error);
    g_free(lookup);
    return addresses;
}
