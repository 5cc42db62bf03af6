/* interfaces.h - the interfaces of a capture, by name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_INTERFACES_H
#define SSTPDIAG_PLUGIN_INTERFACES_H

#include "compat.h"

#include "ends/capture_point.h"
#include "report/report.h"

struct interfaces {
    GArray *seen; /* struct report_interface; the array owns the names */
    bool sockets; /* some are no capture points of packets: see interfaces_is_socket() */
    int64_t last; /* of the last packet; -1 before there is any */
    GHashTable *descriptions; /* of sockets, by number, that nobody has taken yet; owns them */
};

void interfaces_init(struct interfaces *interfaces);
void interfaces_free(struct interfaces *interfaces);
/* Number of the interface that the packet was captured at, 0 when the file does not tell. Its name
 * is remembered. */
uint32_t interfaces_of_packet(struct interfaces *interfaces, packet_info *pinfo);
/* Its packets are made of what a socket tells (enum vantage_kind). */
bool interfaces_is_socket(const struct interfaces *interfaces, uint32_t id);
/* What the file says of an interface that is a socket, to whoever asks first; NULL afterwards, or
 * where it says nothing. The caller frees. */
char *interfaces_take_description(struct interfaces *interfaces, uint32_t id);
/* report_interface_label(), in pool. */
char *interfaces_label(const struct interfaces *interfaces, wmem_allocator_t *pool,
                       enum capture_point_role role, uint32_t id);
/* Gives env the interfaces, which stay ours. */
void interfaces_tell(const struct interfaces *interfaces, struct report_env *env);

#endif
