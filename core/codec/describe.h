/* describe.h - one line of text for an SSTP packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_DESCRIBE_H
#define SSTPDIAG_CORE_CODEC_DESCRIBE_H

#include <glib.h>
#include <stdint.h>

/* "Call Connected", "LCP Echo-Request, id 5", "IPv4, 1400 bytes". Newly allocated. */
char *describe_packet(const uint8_t *packet, size_t len);

/* What the packet says, as far as it is for everyone's eyes (no password, hash or nonce): options,
 * texts, codes with their meaning, with "; " between; NULL: nothing more than the line says. Newly
 * allocated. */
char *describe_content(const uint8_t *packet, size_t len);

/* Bytes of the IP packet that an SSTP data packet carries; 0 for any other. */
size_t describe_inner_len(const uint8_t *packet, size_t len);

#endif
