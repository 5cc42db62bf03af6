/* place.h - a private folder for one run, and children that have no more rights than they need
 *
 * Captures are written by strangers. Started by root, this program lets tshark and mergecap run as
 * an unprivileged user; also because tshark of root reads no plugins but those that are installed
 * for everyone, and says nothing about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PLACE_H
#define SSTPDIAG_TOOLS_PLACE_H

#include <gio/gio.h>
#include <stdbool.h>

struct place {
    char *dir;  /* of mode 0700, of the user of children */
    bool drops; /* children run as another user than this program */
};

/* Only one at a time: a signal that ends the program removes it. NULL, and *error, when there is no
 * room for it. */
struct place *place_new(GError **error);
/* Removes the folder with all that is in it. */
void place_free(struct place *place);

/* The name of something in the folder; newly allocated. */
char *place_path(const struct place *place, const char *name);
/* Folders up to name, for children. */
bool place_make_folder(const struct place *place, const char *name, GError **error);
/* A copy of a file below that name, which children can read; its name, newly allocated. */
char *place_copy(const struct place *place, const char *path, const char *name, GError **error);
/* Lets children read and write what this program made there. */
bool place_admit(const struct place *place, const char *path, GError **error);
/* A file without a name, in memory, for secrets: a descriptor that children can open anew as
 * /proc/self/fd/N, -1 on failure. */
int place_secret(const struct place *place, GError **error);

/* A launcher whose children have the rights described above and end with this program. */
GSubprocessLauncher *place_launcher(const struct place *place, GSubprocessFlags flags);

#endif
