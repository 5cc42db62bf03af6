/* pieces.c - files that are pieces of one recording
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pieces.h"

#include <glib.h>
#include <string.h>

enum {
    NUMBER_LEN = 5, /* of dumpcap and editcap, at least */
    TIME_LEN = 14,  /* YYYYMMDDhhmmss */
};

/* What a path has in common with the other pieces: the begin, up to a number, and the extension. */
struct piece_name {
    const char *path, *end; /* of the begin */
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
    *piece = (struct piece_name){ path, number, end };
    return true;
}

/* NAME.pcap, NAME.pcap1, NAME.pcap2: the first one has no number. */
static bool
is_of_tcpdump(const char *path, struct piece_name *piece)
{
    const char *end = digits_back(path + strlen(path), path);

    *piece = (struct piece_name){ path, end, "" };
    return end - path > 5 && strncmp(end - 5, ".pcap", 5) == 0;
}

static bool
same_recording(const struct piece_name *a, const struct piece_name *b)
{
    size_t len = (size_t)(a->end - a->path);

    return len == (size_t)(b->end - b->path) && strncmp(a->path, b->path, len) == 0 &&
           strcmp(a->extension, b->extension) == 0;
}

bool
pieces_are_of_one(const char *path, const char *other)
{
    struct piece_name a, b;

    if (strcmp(path, other) == 0)
        return false;
    return (is_of_ring(path, &a) && is_of_ring(other, &b) && same_recording(&a, &b)) ||
           (is_of_tcpdump(path, &a) && is_of_tcpdump(other, &b) && same_recording(&a, &b));
}
