/* packets.h - payloads of IP packets that stand beside made-up connections
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PACKETS_H
#define SSTPDIAG_TESTS_PACKETS_H

#include <stdbool.h>

#include <glib.h>

#include "base/event.h"

enum { PACKET_ICMP = 1, PACKET_UDP = 17, PACKET_ARP = 0x0806 };

/* An ICMP error that quotes the head of a TCP segment from src to dst (RFC 792). mtu is 0 where
 * there is none. Newly allocated. */
GByteArray *packet_icmp_error(uint8_t type, uint8_t code, uint16_t mtu, const struct endpoint *src,
                              const struct endpoint *dst);
/* A UDP datagram with a query for the IPv4 address of name, or its answer (RFC 1035), with an
 * address or none. Newly allocated. */
GByteArray *packet_dns(const char *name, bool response, uint8_t rcode,
                       const struct endpoint *address);
/* Who has target? Or, as an answer to that: sender is here (RFC 826). Newly allocated. */
GByteArray *packet_arp(bool answer, const struct endpoint *sender, const struct endpoint *target);

#endif
