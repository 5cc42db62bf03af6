/* place.h - a private folder for one run, and children that have no more rights than they need
 *
 * Captures are written by strangers. Started by root, this program lets tshark and mergecap run as
 * a user whom nobody else is, made up for this run: no other process may look into theirs, and
 * tshark of root reads no plugins but those that are installed for everyone. All files stay root's:
 * children may read them by their group, and write nowhere but to descriptors that they are given.
 * SECURITY.md has the threats.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_PLACE_H
#define SSTPDIAG_TOOLS_PLACE_H

#include <gio/gio.h>
#include <stdbool.h>

struct place {
    char *dir;
    bool drops;     /* children run as another user than this program */
    unsigned child; /* number of that user, and of its group */
    int lock;       /* held while the folder is in use: what is left by a killed program has none */
};

/* Only one at a time: a signal that ends the program removes it, and what a killed one has left is
 * removed by the next. NULL, and *error, when there is no room for it. */
struct place *place_new(GError **error);
/* Removes the folder with all that is in it. */
void place_free(struct place *place);

/* The name of something in the folder; newly allocated. */
char *place_path(const struct place *place, const char *name);
/* Folders up to name, for children. */
bool place_make_folder(const struct place *place, const char *name, GError **error);
/* A copy of a file below that name, which children can read; its name, newly allocated. */
char *place_copy(const struct place *place, const char *path, const char *name, GError **error);
/* Lets children read what this program made there. */
bool place_admit(const struct place *place, const char *path, GError **error);
/* A file that children may read, open for writing; -1 on failure. */
int place_create(const struct place *place, const char *path, GError **error);
/* A file without a name, in memory, for secrets: a descriptor to write to, -1 on failure. */
int place_secret(const struct place *place, GError **error);
/* The same file for a child: to be read, and to be opened anew as /proc/self/fd/N. -1 on failure.
 */
int place_secret_for_child(int secret);

/* A launcher whose children have the rights described above and end with this program. */
GSubprocessLauncher *place_launcher(const struct place *place, GSubprocessFlags flags);

#endif
