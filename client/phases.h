/* phases.h - the phases of PPP (RFC 1661 3.2), of a client: establish, authenticate, network,
 * terminate
 *
 * Frames in, frames out; between authentication and network the SSTP layer binds both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_PHASES_H
#define SSTPDIAG_CLIENT_PHASES_H

#include "ipcp.h"
#include "ipv6cp.h"
#include "lcp.h"
#include "login.h"

enum phase {
    PHASE_BEFORE,
    PHASE_ESTABLISH,
    PHASE_AUTHENTICATE,
    PHASE_AUTHENTICATED, /* phases_bound() is waited for */
    PHASE_NETWORK,
    PHASE_UP,
    PHASE_TERMINATE,
    PHASE_DEAD
};

/* Bytes that nobody can foresee. */
typedef void (*random_fn)(void *data, uint8_t *bytes, size_t len);

struct phases {
    enum phase phase;
    struct lcp lcp;
    struct ipcp ipcp;
    struct ipv6cp ipv6cp;
    struct login login;
    random_fn random;
    void *random_data;
    bool was_open;        /* LCP */
    bool was_up;          /* IPCP */
    bool ends_after_lcp;  /* there is no account */
    bool stays_in_lcp;    /* nor a reason to end then */
    unsigned callbacks;   /* requests for a callback (CBCP) that were declined */
    bool peer_terminates; /* it sent a Terminate-Request, or speaks no IPCP or LCP */
    GQueue *frames;       /* to send: GByteArray, from the protocol's address field on */
    GQueue *packets;      /* IP packets that came: GByteArray; bounded */
    int64_t quiet_until;  /* after a refusal: the server may end the call itself; INT64_MAX: no */
};

/* What the client wants. */
struct phases_wants {
    const char *user; /* NULL: no account, the link is closed once LCP is open */
    bool stays;       /* it is not: phases_close() is waited for */
    login_secret_fn secret;
    void *secret_data;
    gnutls_certificate_credentials_t identity;
    random_fn random;
    void *random_data;
    unsigned methods; /* set of enum method; without an account any is accepted, as none is used */
    uint16_t mru;
};

/* wants is copied; what it points to stays the caller's. */
void phases_init(struct phases *phases, const struct phases_wants *wants);
void phases_clear(struct phases *phases);

void phases_start(struct phases *phases, int64_t now);
void phases_receive(struct phases *phases, const uint8_t *frame, size_t len, int64_t now);
/* Call Connected was sent. */
void phases_bound(struct phases *phases, int64_t now);
/* Ends the link in order, from wherever it is. */
void phases_close(struct phases *phases, int64_t now);
void phases_tick(struct phases *phases, int64_t now);
int64_t phases_deadline(const struct phases *phases);
/* An IPv4 packet, or one of IPv6 where IPV6CP is open, too; only while it is up. */
bool phases_send_ip(struct phases *phases, struct buf packet);

#endif
