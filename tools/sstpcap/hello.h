/* hello.h - TLS hellos in captured packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_HELLO_H
#define SSTPCAP_HELLO_H

#include <glib.h>

#include "codec/tls.h"

enum hello { HELLO_NONE, HELLO_CLIENT, HELLO_SERVER };

/* Looks for the beginning of a hello near the beginning of a packet, behind whatever headers there
 * are. random is set where there is one. */
enum hello hello_find(const uint8_t *data, size_t len, uint8_t random[TLS_RANDOM_LEN]);

/* For tables with the random of a ClientHello as key. */
guint hello_random_hash(gconstpointer random);
gboolean hello_random_equal(gconstpointer a, gconstpointer b);

#endif
