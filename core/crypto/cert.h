/* cert.h - a server's certificate chain (RFC 5280): from DER, as it was sent, to facts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CRYPTO_CERT_H
#define SSTPDIAG_CORE_CRYPTO_CERT_H

#include <stdbool.h>

#include "crypto/binding.h"
#include "base/buf.h"

enum {
    CERT_FILE_MAX_LEN = 1024 * 1024,
    CERT_CHAIN_MAX = 8, /* certificates that are looked at */
    CERT_NAMES_MAX = 8,
    CERT_HOSTS_MAX = 8,
};

enum cert_key { CERT_KEY_OTHER, CERT_KEY_RSA, CERT_KEY_ECDSA, CERT_KEY_EDDSA };

/* Where the chain, as far as it was sent, leads. */
enum cert_chain {
    CERT_CHAIN_BROKEN,      /* a certificate is not issued by the next one */
    CERT_CHAIN_ISSUER,      /* in order; the issuer of its last certificate was not sent */
    CERT_CHAIN_SELF_SIGNED, /* in order; its last certificate is self-signed */
};

/* A host that a client asks about the certificate. */
enum cert_host_kind { CERT_HOST_CRL, CERT_HOST_OCSP, CERT_HOST_ISSUER /* AIA caIssuers */ };

struct cert_host {
    enum cert_host_kind kind;
    char *name; /* cleaned; without a port */
};

/* Of the leaf, unless said otherwise. Texts are cleaned and never NULL. Times are in nanoseconds
 * since the epoch. */
struct cert {
    char *subject, *issuer;      /* RFC 4514 */
    char *names[CERT_NAMES_MAX]; /* DNS names and IP addresses, the common name without any */
    unsigned num_names;
    int64_t not_before, not_after;
    bool self_signed, is_ca;
    bool has_usage, server_usage; /* extended key usage: there is any; it allows servers */
    bool public_ca;               /* its issuer says to follow the rules of public CAs, which do not
                                     issue from a root */
    enum cert_key key;
    unsigned key_bits;
    bool weak_signature; /* MD5 or SHA-1 */
    const char *signature;
    struct cert_host hosts[CERT_HOSTS_MAX];
    unsigned num_hosts;
    bool has_issuer_url; /* AIA caIssuers by HTTP */

    enum cert_chain chain;
    unsigned chain_len;                            /* certificates sent, with the leaf */
    char *chain_end;                               /* issuer of the last certificate of the chain */
    int64_t issuers_not_after, issuers_not_before; /* earliest end and latest beginning of those
                                                      behind the leaf; the leaf's when alone */
};

/* leaf: DER. issuers: what was sent behind it, each DER with 24 bits of length in front. NULL when
 * the leaf is no certificate. An issuer that is none breaks the chain. Caller frees. */
struct cert *cert_new(struct buf leaf, struct buf issuers);
void cert_free(struct cert *cert);

/* Hashes of the certificate in a file: DER, or the first one in PEM. False when there is none. */
bool cert_file_hash(struct buf file, struct binding_cert *out);

/* Does the certificate in leaf (DER) carry the name, a DNS name or an IP address (RFC 6125)? */
bool cert_has_name(struct buf leaf, const char *name);

const char *cert_key_name(enum cert_key key);

#endif
