/* host.h - this host's networks, read by rtnetlink: nothing is changed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_HOST_H
#define SSTPPROBE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/endpoint.h"

enum { HOST_NAME_LEN = 32 };

/* A network that a device of this host is in (IPv4). */
struct host_network {
    char device[HOST_NAME_LEN];
    uint32_t address; /* of this host */
    unsigned prefix;  /* bits */
};

/* How packets to an address go. */
struct host_route {
    bool found;
    char device[HOST_NAME_LEN];
    char kind[HOST_NAME_LEN]; /* "tun", "wireguard", "ppp"; "" for a device that is no tunnel */
    uint32_t device_mtu;
    struct endpoint gateway; /* addr_len 0: none */
};

/* struct host_network; NULL: the kernel does not tell. */
GArray *host_networks(void);
struct host_route host_route_to(const struct endpoint *address);
/* The network that an address lies in, but for loopback; NULL: none. */
const struct host_network *host_network_of(const GArray *networks, uint32_t address);

#endif
