/* ipv4.h - IPv4 addresses as numbers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_IPV4_H
#define SSTPDIAG_CLIENT_IPV4_H

#include <string.h>

#include <glib.h>

#include "base/event.h"

static inline struct endpoint
ipv4_endpoint(uint32_t address)
{
    struct endpoint endpoint = { .addr_len = 4 };
    const uint32_t bytes = GUINT32_TO_BE(address);

    memcpy(endpoint.addr, &bytes, sizeof bytes);
    return endpoint;
}

#endif
