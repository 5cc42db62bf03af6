/* frame.h - a captured frame, down to what an engine wants of it: for tools without Wireshark
 *
 * Ethernet with VLAN tags, Linux cooked captures of both versions, BSD loopback, PPP and raw IP;
 * IPv4 and IPv6 with extension headers; TCP, ICMP errors, DNS over UDP, ARP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_FRAME_H
#define SSTPDIAG_CORE_CODEC_FRAME_H

#include "base/buf.h"
#include "base/event.h"
#include "codec/dns.h"

/* As the headers of pcap and pcapng files name it (LINKTYPE_ of tcpdump.org). */
enum frame_link {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_BSD = 12,
    LINK_RAW_OPENBSD = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
};

enum frame_kind { FRAME_OTHER, FRAME_TCP, FRAME_ICMP, FRAME_DNS, FRAME_ARP };

/* Pointers go into the frame's bytes. Mark and interface are the caller's. */
struct frame {
    enum frame_kind kind;
    struct segment segment;   /* FRAME_TCP */
    struct icmp_error icmp;   /* FRAME_ICMP */
    struct dns_message dns;   /* FRAME_DNS */
    struct endpoint src, dst; /* of DNS, without ports; of ARP: who asks or tells, for whom */
    bool request;             /* of ARP */
};

/* Is frame_decode() able to look into such frames? */
bool frame_link_is_known(uint16_t link);
/* data: captured bytes of a frame that had wire_len on the wire. A frame of another kind is
 * FRAME_OTHER, as is what is cut before it can be told. */
void frame_decode(uint16_t link, const uint8_t *data, size_t captured, size_t wire_len,
                  struct frame *out);

/* An ARP packet of Ethernet and IPv4 (RFC 826), from its first byte on. False when it is another.
 */
bool frame_decode_arp(struct buf b, struct endpoint *sender, struct endpoint *target,
                      bool *request);

#endif
