/* fuzz_icmp.c - ICMP and ICMPv6 errors; the first byte tells which
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "base/endpoint.h"
#include "codec/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct icmp_error error;

    if (size == 0 || !icmp_decode(data[0] & 1, data + 1, size - 1, &error))
        return 0;
    /* A message of one version quotes a header of it, and only a call for less has an MTU. */
    if (error.v6 != (data[0] & 1) || error.src.addr_len != (error.v6 ? 16 : 4) ||
        error.dst.addr_len != error.src.addr_len || endpoint_same_host(&error.from, &error.src) ||
        (error.mtu && !icmp_asks_for_less(&error)))
        abort();
    icmp_name(&error);
    return 0;
}
