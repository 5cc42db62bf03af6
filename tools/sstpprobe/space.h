/* space.h - a process in a network of its own, whose one way out is a descriptor of IP packets
 *
 * User, network and mount namespaces, without privilege. Nothing of this host's network is changed,
 * nor seen by the process: its addresses, routes and resolvers are those that it is given.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_SPACE_H
#define SSTPPROBE_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <gio/gio.h>

struct space_options {
    const char *command; /* for the shell */
    uint32_t address, peer, dns1, dns2;
    size_t mtu;
    bool quiet_stdout; /* what it prints goes to stderr */
};

struct space {
    pid_t pid; /* of the command, which leads a process group */
    int tun;   /* packets out of and into it; does not block */
};

/* Starts the command. False, with the reason in error: the kernel or its administrator does not let
 * us, say. */
bool space_start(struct space *space, const struct space_options *options, GError **error);
/* Has it ended? status: as of waitpid(). */
bool space_has_ended(const struct space *space, int *status);
/* Ends it and what it started, and closes the descriptor. */
void space_clear(struct space *space);

#endif
