/* endpoint.h - addresses and ports: compared, as keys and as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_ENDPOINT_H
#define SSTPDIAG_CORE_BASE_ENDPOINT_H

#include <glib.h>

#include "base/event.h"

/* Same address; ports do not count. */
bool endpoint_same_host(const struct endpoint *a, const struct endpoint *b);
/* For tables with struct endpoint as key: addresses with ports, and addresses alone. */
guint endpoint_hash(gconstpointer endpoint);
gboolean endpoint_equal(gconstpointer a, gconstpointer b);
guint endpoint_host_hash(gconstpointer endpoint);
gboolean endpoint_host_equal(gconstpointer a, gconstpointer b);
/* "192.0.2.1:443", "[2001:db8::1]:443". Newly allocated. */
char *endpoint_text(const struct endpoint *endpoint);
/* The same without the port. */
char *endpoint_address_text(const struct endpoint *endpoint);

#endif
