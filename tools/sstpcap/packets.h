/* packets.h - copies of packets, put in order of time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_PACKETS_H
#define SSTPCAP_PACKETS_H

#include "codec/pcapng.h"

/* Of struct pcapng_packet, with bytes of their own; freed by g_ptr_array_unref(). */
GPtrArray *packets_new(void);
/* packets: of packets_new(); void, so that whoever calls back with packets can be given this. */
void packets_add(void *packets, const struct pcapng_packet *packet);
/* Those of one time stay as they are. */
void packets_sort(GPtrArray *packets);

#endif
