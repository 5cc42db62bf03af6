/* pieces.c - files that are pieces of one recording
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pieces.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>

enum {
    NUMBER_LEN = 5, /* of dumpcap and editcap, at least */
    TIME_LEN = 14,  /* YYYYMMDDhhmmss */
};

/* What a path has in common with the other pieces: its begin, up to a number, and the extension. */
struct piece_name {
    const char *end; /* of the begin */
    const char *extension;
};

static const char *
digits_back(const char *from, const char *begin)
{
    while (from > begin && g_ascii_isdigit(from[-1]))
        from--;
    return from;
}

/* NAME_NNNNN_YYYYMMDDhhmmss.EXTENSION; the extension may be missing. */
static bool
is_of_ring(const char *path, struct piece_name *piece)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strchr(name, '.'), *end = dot ? dot : name + strlen(name);
    const char *time = digits_back(end, name);

    if (end - time != TIME_LEN || time == name || time[-1] != '_')
        return false;
    const char *number = digits_back(time - 1, name);
    if (time - 1 - number < NUMBER_LEN || number == name || number[-1] != '_')
        return false;
    *piece = (struct piece_name){ number, end };
    return true;
}

/* NAME.pcap, NAME.pcap1, NAME.pcap2: the first one has no number. */
static bool
is_of_tcpdump(const char *path, struct piece_name *piece)
{
    const char *end = digits_back(path + strlen(path), path);

    *piece = (struct piece_name){ end, "" };
    return end - path > 5 && strncmp(end - 5, ".pcap", 5) == 0;
}

/* What all pieces of a recording have in common; NULL: the name is not that of a piece. The caller
 * frees it. */
static char *
recording_of(const char *path)
{
    struct piece_name piece;

    if (is_of_ring(path, &piece) || is_of_tcpdump(path, &piece))
        return g_strdup_printf("%.*s/%s", (int)(piece.end - path), path, piece.extension);
    return NULL;
}

/* What is one file whatever its name; NULL: there is none. The caller frees it. */
static char *
identity_of(const char *path)
{
    GStatBuf status;

    if (g_stat(path, &status) != 0)
        return NULL;
    return g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
}

GPtrArray *
pieces_sort(char **files, bool separate)
{
    GPtrArray *recordings = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; files[i]; i++) {
        char *identity = identity_of(files[i]);
        if (identity && !g_hash_table_add(seen, identity))
            continue;
        char *recording = separate ? NULL : recording_of(files[i]);
        GPtrArray *pieces = recording ? g_hash_table_lookup(known, recording) : NULL;
        if (!pieces) {
            pieces = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(recordings, pieces);
            if (recording)
                g_hash_table_insert(known, g_strdup(recording), pieces);
        }
        g_free(recording);
        g_ptr_array_add(pieces, g_strdup(files[i]));
    }
    g_hash_table_unref(seen);
    g_hash_table_unref(known);
    return recordings;
}
