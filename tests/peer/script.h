/* script.h - PPP as far as a test needs it: LCP, PAP, MS-CHAPv2 or EAP-TLS, CBCP, IPCP, IPV6CP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_SCRIPT_H
#define SSTPDIAG_TESTS_PEER_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eap.h"

struct call;

/* LCP or IPCP of the server (RFC 1661 4). */
struct script_protocol {
    uint16_t protocol;
    bool started, sent_ack, got_ack, opened;
    uint8_t id;
    unsigned tries;
    int64_t again_at; /* microseconds of a monotonic clock, 0: nothing to repeat */
};

struct script {
    struct call *call;
    struct script_protocol lcp, ipcp, ipv6cp;
    struct eap eap;
    uint32_t magic;
    uint8_t auth_id;
    bool authenticated, refused;
    bool bound, called_back; /* Call Connected was accepted; CBCP is over */
    int64_t verdict_at;      /* of the server's delayed answer; 0: none is due */
};

void script_init(struct script *script, struct call *call);
void script_clear(struct script *script);
/* Begins LCP. */
void script_start(struct script *script);
/* Call Connected was accepted. */
void script_bound(struct script *script);
/* A PPP frame of the peer. */
void script_hear(struct script *script, const uint8_t *frame, size_t len);
/* What is due now. */
void script_tick(struct script *script, int64_t now);

#endif
