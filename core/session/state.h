/* state.h - what a session keeps. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_STATE_H
#define SSTPDIAG_CORE_SESSION_STATE_H

#include <glib.h>

#include "base/findings.h"
#include "crypto/binding.h"
#include "session/auth_facts.h"
#include "session/beside_facts.h"
#include "session/binding_facts.h"
#include "session/http_facts.h"
#include "session/negotiation.h"
#include "session/payload_facts.h"
#include "session/ppp_facts.h"
#include "session/sstp_facts.h"
#include "session/stage_facts.h"
#include "session/timeline.h"
#include "session/traffic.h"

struct conn;
struct dns_lookup;
struct lengths_facts;
struct squeezed;

/* Records of a side up to the frame of its first clear bytes, and that frame. */
struct clear_base {
    uint32_t walked, decrypted;
    struct mark mark;
};

/* How decryption of a side keeps up with its records, frame by frame. */
struct clear_lag {
    uint32_t behind;            /* records that were not decrypted, so far */
    struct mark since, last;    /* the first one of them, and the last one; behind 0: unset */
    uint32_t walked, decrypted; /* all of the side, at the end of the last frame */
    uint32_t gaps;              /* record_facts.gaps then, */
    uint32_t hole;              /* and the frame behind its last hole; 0: there was none */
};

/* Bytes of a side that the other one has acknowledged, and that are not there. */
struct clear_gap {
    struct mark since;      /* unset: there are none */
    uint32_t data_segments; /* of the side, until then */
};

/* A part of a session, made when something is first said of it: most sessions need few. part: where
 * it is kept; num: how many it is. */
#define PART_OF(part, num) (*(part) ? *(part) : (*(part) = g_malloc0_n((num), sizeof **(part))))

/* Arrays of both sides are by sender, or by who asks. Of a part that is NULL nothing was said: ask
 * for it as all others do. */
struct session {
    uint32_t id;
    struct conn *conn;
    enum evidence evidence;
    enum stage stage;   /* of what was last seen */
    enum stage reached; /* furthest */
    struct stage_state stages[STAGE_COUNT];
    struct squeezed *unjudged; /* as they were before they were judged last; NULL: not judged */
    struct timeline timeline;

    /* Below HTTP, and beside the connection. */
    const struct dns_lookup *dns; /* that led to the server, or to nothing; NULL when not seen */
    struct rebound rebound;
    struct revocation_facts revocation;
    const struct lengths_facts *lengths; /* of its connection; NULL: not recognised by lengths */
    struct clear_base clear_base[SIDE_COUNT];
    struct clear_lag clear_lag[SIDE_COUNT];
    struct clear_gap clear_gap[SIDE_COUNT];
    /* By who says goodbye. */
    bool goodbye_seen[SIDE_COUNT], answers_unread[SIDE_COUNT], goodbye_behind_gap[SIDE_COUNT];

    /* HTTP and SSTP. */
    struct http_facts http;
    struct dialled_facts dialled;
    struct sstp_facts sstp;
    struct echo *sstp_echo; /* of both sides */

    /* PPP. */
    struct ppp_negotiation *lcp, *ipcp, *ipv6cp, *ccp; /* each of both sides */
    struct mark lcp_opened, ncp_opened;
    struct echo *lcp_echo;                 /* of both sides */
    uint32_t echo_reflections[SIDE_COUNT]; /* LCP Echo-Replies with the asker's own magic number */
    struct mark ppp_first[SIDE_COUNT], ppp_last[SIDE_COUNT]; /* any that the other side heard */
    struct compression_facts compression[SIDE_COUNT];
    struct cbcp_facts cbcp;
    struct protocol_facts protocols[SIDE_COUNT];
    struct rejection_facts *rejections; /* of both sides */
    struct terminate_facts terminate[SIDE_COUNT], ncp_terminate[SIDE_COUNT];
    struct mark unread_goodbye[SIDE_COUNT]; /* first answer to one that could not be read itself */

    /* Authentication and crypto binding. */
    struct auth_facts *auth;
    struct binding_cert cert; /* of its server's leaf, as shown here or earlier */
    bool has_cert, cert_from_earlier;
    struct binding_check *check;

    /* The tunnel. */
    struct data_facts data;
    struct mtu_facts *mtu;   /* of both sides */
    struct traffic *traffic; /* NULL before the first inner packet */

    /* For the engine. */
    bool changed;    /* something happened that rules should look at */
    GArray *answers; /* struct frame_answer, completed and not yet taken */
    uint64_t announced[(FINDING_COUNT + 63) / 64]; /* findings already shown at a frame */
};

#endif
