/* frames.c - which packet of a joined capture is which of those that it was made of
 *
 * mergecap keeps the order within each capture, and gives each interfaces of its own, in the order
 * of the captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "frames.h"

#include <gio/gio.h>
#include <stdbool.h>

#include "codec/pcapread.h"

enum { CHUNK_LEN = 1 << 16 };

/* Sees each item of a capture. False ends the walk. */
typedef void (*item_fn)(const struct pcapread_item *item, gpointer data);

/* False when the file cannot be read to its end. */
static bool
walk(const char *path, item_fn take, gpointer data)
{
    GFile *file = g_file_new_for_path(path);
    GInputStream *in = G_INPUT_STREAM(g_file_read(file, NULL, NULL));
    struct pcapread *reader = pcapread_new();
    guint8 *chunk = g_malloc(CHUNK_LEN);
    enum pcapread_kind kind = PCAPREAD_MORE;
    gssize got;

    while (in && kind != PCAPREAD_ERROR &&
           (got = g_input_stream_read(in, chunk, CHUNK_LEN, NULL, NULL)) > 0) {
        struct pcapread_item item;
        pcapread_feed(reader, chunk, (size_t)got);
        while ((kind = pcapread_next(reader, &item)) != PCAPREAD_MORE && kind != PCAPREAD_ERROR)
            take(&item, data);
    }
    bool good = in && kind != PCAPREAD_ERROR;
    g_free(chunk);
    pcapread_free(reader);
    g_clear_object(&in);
    g_object_unref(file);
    return good;
}

static void
count_interface(const struct pcapread_item *item, gpointer data)
{
    guint32 *num = data;

    *num += item->kind == PCAPREAD_INTERFACE;
}

guint32
frames_interfaces(const char *path)
{
    guint32 num = 0;

    return walk(path, count_interface, &num) ? num : 0;
}

struct map {
    const GArray *interfaces;
    GPtrArray *captures; /* GArray of guint32 */
    guint32 packets;
    bool strange; /* an interface of none of them */
};

static void
map_packet(const struct pcapread_item *item, gpointer data)
{
    struct map *map = data;

    if (item->kind != PCAPREAD_PACKET)
        return;
    guint32 interface = item->packet.interface;
    map->packets++;
    for (guint i = 0; i < map->interfaces->len; i++) {
        guint32 num = g_array_index(map->interfaces, guint32, i);
        if (interface < num) {
            g_array_append_val(g_ptr_array_index(map->captures, i), map->packets);
            return;
        }
        interface -= num;
    }
    map->strange = true;
}

GPtrArray *
frames_map(const char *joined, const GArray *interfaces)
{
    struct map map = { .interfaces = interfaces };

    map.captures = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < interfaces->len; i++)
        g_ptr_array_add(map.captures, g_array_new(FALSE, FALSE, sizeof(guint32)));
    if (walk(joined, map_packet, &map) && !map.strange)
        return map.captures;
    g_ptr_array_unref(map.captures);
    return NULL;
}
