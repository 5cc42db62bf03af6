/* connections.h - the TLS connections of a recording, and which of them wait for secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_CONNECTIONS_H
#define SSTPCAP_CONNECTIONS_H

#include "codec/pcapng.h"
#include "keylog.h"

struct connections;

/* keylog must live as long: it is told of each connection, and asked for its secrets. */
struct connections *connections_new(struct keylog *keylog);
void connections_free(struct connections *connections);

/* A Client Hello with this random was captured at an end, in this packet. */
void connections_add(struct connections *connections, guint end,
                     const uint8_t random[TLS_RANDOM_LEN], const struct pcapng_packet *packet,
                     uint16_t link_type);
guint connections_num(const struct connections *connections);
/* Those that more than one end has seen. */
guint connections_num_paired(const struct connections *connections);

/* Shall a Server Hello that came at arrived_us wait, because secrets of a connection may still
 * come? Once it has waited long enough, the connections before it are given up, which is said;
 * takes_late: the file will be written again with secrets that are late. Monotonic times. */
bool connections_wait(struct connections *connections, int64_t arrived_us, int64_t now_us,
                      bool takes_late);
/* At the end: says how many connections stay encrypted, and which. expected: secrets were to come;
 * else nothing is said unless some have come. */
void connections_tell_unopened(const struct connections *connections, bool expected);

#endif
