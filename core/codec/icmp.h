/* icmp.h - ICMP and ICMPv6 errors about TCP segments (RFC 792, RFC 4443)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_ICMP_H
#define SSTPDIAG_CORE_CODEC_ICMP_H

#include "base/event.h"

/* Decodes an ICMP message, from its type on. False when it is no error, quotes something else than
 * TCP, or is cut before the quoted ports; *out is untouched then. Sets all but mark, interface and
 * from. */
bool icmp_decode(bool v6, const uint8_t *data, size_t len, struct icmp_error *out);
/* Asks its receiver for smaller packets. */
bool icmp_asks_for_less(const struct icmp_error *error);
/* "host unreachable"; NULL for one without a name. Static memory. */
const char *icmp_name(const struct icmp_error *error);

#endif
