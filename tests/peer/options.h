/* options.h - what a test server or client is told to do, and to do wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_OPTIONS_H
#define SSTPDIAG_TESTS_PEER_OPTIONS_H

#include <glib.h>

#include "base/findings.h"
#include "base/numbers.h"

/* The server's name, for TLS and HTTP. */
#define SERVER_HOST "vpn.example.com"

/* How packets share TLS records. */
enum packing { PACKING_ONE, PACKING_MANY, PACKING_HALF, PACKING_APART };

struct options {
    bool server;
    char *host; /* address that is listened on or connected to */
    int port;
    char *cert, *key; /* PEM files of the server */
    char *key_log;    /* file that TLS secrets are appended to; NULL: none */
    char *user;       /* of the client */
    int sessions;     /* the server ends after so many */

    /* Stage in which it stops to say anything, sends Call Abort, or resets the connection;
     * STAGE_COUNT: in none. */
    enum stage silent, abort, close;
    enum packing packing;
    uint16_t auth; /* PPP_PAP, PPP_CHAP, which is MS-CHAPv2, or PPP_EAP, which is EAP-TLS: what the
                    * server asks for */
    int auth_delay, hello, patience, stay; /* seconds */
    int mru;
    int pings, ping_size; /* echo requests in the tunnel, bytes of IP */
    gboolean nak, no_echo, wrong_hash, other_password, no_binding_keys;
    char *eap_cert, *eap_key, *client_ca; /* of the server in EAP-TLS, PEM; NULL: as in TLS, none */
    char *eap_tls;                        /* "1.2", "1.3"; NULL: what the library does */
    gboolean ipv6, callback;              /* it speaks IPV6CP; it wants to know about callbacks */
    gboolean no_dns;                      /* its resolver is silent */
    int inner_limit;                      /* longest packet that its hosts see; 0: any */
    char **pppd; /* the server's PPP: this command on a pty; NULL: our own */
};

#endif
