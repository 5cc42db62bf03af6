/* binding_facts.h - what came of comparing a session's crypto binding with all that is known
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_BINDING_FACTS_H
#define SSTPDIAG_CORE_SESSION_BINDING_FACTS_H

#include "codec/mschapv2.h"
#include "codec/sstp.h"

/* What was taken for the HLAK, which is send key and receive key of 16 bytes each. */
enum key_mistake {
    KEY_RIGHT,
    KEY_ZERO,
    KEY_SWAPPED,        /* the receive key in front */
    KEY_CUT,            /* HLAK after so many bytes */
    KEY_HALVES_CUT,     /* each key after so many bytes */
    KEY_RECEIVE_ALONE,  /* the send key is zero */
    KEY_HALVES_PADDED,  /* each key to 32 bytes */
    KEY_OTHER_PASSWORD, /* of another given credential */
};

/* How the Compound MAC was made of HLAK and message. */
enum form_mistake {
    FORM_RIGHT,
    FORM_HASH,           /* SHA-1 for SHA-256 or the other way, for key, MAC or both */
    FORM_BIG_ENDIAN,     /* the length in the derivation of the key */
    FORM_WITHOUT_HEADER, /* over the attribute alone */
    FORM_WITHOUT_MAC,    /* over a message that ends in front of the MAC */
    FORM_TWICE,          /* over a message that has the MAC already */
    FORM_PADDING,        /* bytes behind a SHA-1 hash not taken as zero, or taken as zero */
    FORM_OTHER_NONCE,    /* of another session */
    FORM_OTHER_CERT,     /* hash of another session's certificate */
};

/* With which mistakes the Compound MAC verifies; both right: with none that is known. */
struct binding_guess {
    enum key_mistake key;
    enum form_mistake form;
    unsigned key_len; /* bytes, of KEY_CUT and KEY_HALVES_CUT */
    uint32_t session; /* id, of FORM_OTHER_NONCE and FORM_OTHER_CERT */
};

enum check {
    CHECK_NONE,    /* nothing to compare: it was not received */
    CHECK_UNKNOWN, /* nothing is known to compare it with */
    CHECK_DIFFERS,
    CHECK_MATCHES,
};

/* Where the certificate comes from that CertHash is compared with. */
enum cert_source {
    CERT_NONE,
    CERT_WIRE,      /* this connection's handshake, in clear */
    CERT_DECRYPTED, /* this connection's handshake, decrypted */
    CERT_EARLIER,   /* an earlier connection to the same server */
    CERT_CONFIGURED /* the hashes that the user set */
};

/* Where the HLAK comes from that the Compound MAC is verified with. */
enum hlak_source {
    HLAK_NONE,
    HLAK_ZERO, /* the method gives no keys */
    HLAK_PASSWORD,
    HLAK_NT_HASH,
    HLAK_GIVEN,
    HLAK_EAP_TLS, /* secrets of the handshake inside EAP */
};

/* What came of all comparisons. Holds no secret. */
struct binding_check {
    enum check nonce, protocol, cert, mac;
    enum check response; /* NT-Response against the given password */
    enum check proof;    /* S= against it; CHECK_DIFFERS also where the Success has none */
    enum cert_source cert_source;
    enum hlak_source hlak;
    const char *missing;        /* why the MAC could not be verified (static); NULL: it could */
    struct binding_guess guess; /* of a MAC that differs */
    uint8_t expected_cert[SSTP_HASH_MAX_LEN];   /* with a certificate: of the binding's length */
    uint8_t expected_mac[SSTP_HASH_MAX_LEN];    /* with a hlak */
    uint8_t expected_proof[MSCHAPV2_PROOF_LEN]; /* with response CHECK_MATCHES */
    bool padded;                                /* bytes behind a SHA-1 hash or MAC are not zero */
    bool done;
    unsigned known; /* how much it was made from: binding_check_known() */
};

#endif
