/* end.h - one place to capture at, as the user names it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_END_H
#define SSTPCAP_END_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

enum end_kind {
    END_INTERFACE, /* of this machine */
    END_SSH,       /* of another one */
    END_COMMAND,   /* whatever a command writes */
    END_FILE,      /* a file, a FIFO or standard input */
};

/* What may be said for each end, and before the first for all of them. Text is owned. */
struct end_options {
    char *filter; /* NULL: the default */
    char *sudo;   /* command in front of the capture program; NULL: none */
    uint32_t snap_len;
    uint32_t buffer_mib;
    bool no_promiscuous;
};

struct end {
    char *name; /* unique; the name of its interface in the file */
    enum end_kind kind;
    char *target;             /* interface, command or path */
    char *user, *host, *port; /* of END_SSH; user and port may be NULL */
    struct end_options options;
};

void end_options_clear(struct end_options *options);

/* "[NAME=]IFACE", "[NAME=]ssh://[user@]host[:port]/IFACE", "[NAME=]cmd:COMMAND", "[NAME=]FILE" or
 * "-". An interface that exists goes before a file of the same name. NULL with *error when text is
 * none of them. */
struct end *end_parse(const char *text, const struct end_options *options, GError **error);
void end_free(struct end *end);

/* "eth0", "eth0 of root@host", "command", the path. Newly allocated. */
char *end_place(const struct end *end);

#endif
