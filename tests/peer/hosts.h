/* hosts.h - what is behind the server: hosts that answer pings, a resolver, ports
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_HOSTS_H
#define SSTPDIAG_TESTS_PEER_HOSTS_H

#include "base/buf.h"
#include "options.h"

/* What answers an IPv4 packet is appended: port 443 accepts, others are closed; the resolver knows
 * intranet.corp.example as 10.99.0.7. False: nothing does. */
bool hosts_answer(const struct options *options, struct buf ip, GByteArray *out);

#endif
