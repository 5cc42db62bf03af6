/* around.h - what was said beside the connections of late: DNS, ARP and ICMP errors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_AROUND_H
#define SSTPCAP_AROUND_H

#include "codec/frame.h"
#include "codec/pcapng.h"

enum { AROUND_SECONDS = 60 }; /* that it goes back: half a minute before a set-up that takes one */

struct around;

struct around *around_new(void);
void around_free(struct around *around);
/* Copies a packet, which frame decodes; what is older than AROUND_SECONDS is forgotten, and what
 * there is no room for. */
void around_add(struct around *around, const struct pcapng_packet *packet,
                const struct frame *frame);
/* Calls with each packet from since until until that is to, from or about one of the two hosts, in
 * the order in which they were added. Ports do not count. */
void around_each(const struct around *around, const struct endpoint *client,
                 const struct endpoint *server, int64_t since_ns, int64_t until_ns,
                 void (*call)(void *data, const struct pcapng_packet *packet), void *data);

#endif
