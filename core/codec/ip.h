/* ip.h - the header of an IP packet, IPv4 or IPv6 (RFC 791, RFC 8200)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_IP_H
#define SSTPDIAG_CORE_CODEC_IP_H

#include <glib.h>

#include "base/buf.h"
#include "base/event.h"

struct ip_packet {
    struct endpoint src, dst; /* without ports */
    uint8_t protocol;         /* enum ip_protocol, behind extension headers */
    uint8_t ttl;              /* or hop limit */
    uint16_t id;              /* of IPv4; 0 for IPv6 */
    bool transport;           /* the transport header begins here: no later fragment, and reached */
    struct buf payload;       /* from the transport header on, as far as it was captured */
    size_t payload_len;       /* of it on the wire */
};

/* Decodes by the version in the first byte. Padding behind the packet is cut off. wire_len: of the
 * packet, where its header leaves that open, as it does for what a network card has yet to cut; 0
 * when not known. False, and *out has no meaning, when there is no whole IP header. */
bool ip_decode(struct buf packet, size_t wire_len, struct ip_packet *out);

/* Appends the header of a packet with so many bytes behind it: no options, not to be fragmented. Of
 * src and dst only the addresses count; id is of IPv4. */
void ip_append_header(GByteArray *out, const struct endpoint *src, const struct endpoint *dst,
                      uint8_t protocol, uint16_t id, size_t payload_len);

#endif
