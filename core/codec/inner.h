/* inner.h - one packet inside the tunnel: the headers that rules about its traffic look at
 * (RFC 791, 8200, 9293, 768, 792, 4443, 1035, 2131)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_INNER_H
#define SSTPDIAG_CORE_CODEC_INNER_H

#include "base/buf.h"
#include "codec/dns.h"
#include "base/numbers.h"

enum {
    INNER_NAME_MAX = 64,   /* characters of a name that are kept, with its NUL */
    IPV4_TCP_HEADERS = 40, /* without options: what an MSS leaves out */
    IPV6_TCP_HEADERS = 60,
};

enum inner_kind {
    INNER_OTHER, /* anything else, a later fragment, or a header that is cut off */
    INNER_TCP,
    INNER_UDP,
    INNER_DNS,  /* over UDP, one that dns.h knows */
    INNER_DHCP, /* of IPv4 */
    INNER_ICMP  /* of either family */
};

struct inner_tcp {
    uint32_t seq, ack;
    uint32_t payload_len; /* as the IP header says */
    uint16_t mss;         /* of a SYN; 0 when it has none */
    uint8_t flags;        /* enum tcp_flag */
};

struct inner_icmp {
    uint8_t type, code;
};

/* Of a standard message with one question. Names of which only the beginning is kept still have
 * hashes of their own. */
struct inner_dns {
    uint16_t id;
    bool response;
    uint8_t rcode;      /* enum dns_rcode */
    uint32_t name_hash; /* of the whole name */
    char name[INNER_NAME_MAX];
};

struct inner_dhcp {
    bool reply;
    uint8_t type;     /* RFC 2132 9.6; 0: BOOTP, or cut off */
    bool asks_routes; /* for classless static routes, in either of their two options */
};

struct inner {
    enum inner_kind kind;
    struct endpoint src, dst; /* port 0 where there is none */
    uint8_t protocol;         /* enum ip_protocol, behind extension headers */
    union {
        struct inner_tcp tcp;
        struct inner_icmp icmp;
        struct inner_dns dns;
        struct inner_dhcp dhcp;
    } u; /* by kind */
};

/* packet: PPP's payload, IPv4 or IPv6 by its version; padding behind the packet is ignored, a
 * packet that is cut off tells what is there. False, and *out has no meaning, when it has no whole
 * IP header. */
bool inner_decode(struct buf packet, struct inner *out);
/* An address of one host, as far as can be told without a netmask. */
bool inner_is_unicast(const struct endpoint *endpoint);

#endif
