/* peer.h - made-up SSTP connections, told to an engine as a feeder tells them
 *
 * A script is a line: settings, then words in the order of time.
 *
 *     [auth=pap ends] up-tls wait=20 +s.deaf c.data=60 !c.echo -s.deaf s.abort=7 close
 *
 *     [ ]        settings: what holds before the first frame, of the engine (servers=none: none is
 *                named, otherwise any; hash=HEX; knows=FORM:VALUE; keylog) or any word that lasts
 *     up, close  composites, which stand in peer/script.c: frames of both sides
 *     c.data=60  of the client, now: frames, or what becomes of its next one (c.drop c.data=60)
 *     s.data=60  of the server
 *     wait=20    of no side
 *     +s.deaf    lasts, from here on
 *     -s.deaf    lasts no longer
 *     !c.echo    its last frame is the one that peer->marked remembers
 *     =VALUE     "_" stands for a blank
 *
 * Each word is a frame or a few, and time goes on from frame to frame; nobody acknowledges or sends
 * again by himself but with the setting "resends".
 *
 * A word that has a side is always written with it. What a word does stands in front of its word_*
 * in the files of peer/, a layer each. Scripts in notes leave out "+", and sides where the sender
 * is clear ("deaf", "lcp-echo"); peer_run() understands that, rows may not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_H
#define SSTPDIAG_TESTS_PEER_H

#include "engine/engine.h"
#include "login.h"
#include "seal.h"

/* An IP packet of a frame that is no segment of a made-up connection. */
struct peer_packet {
    struct mark mark;
    struct endpoint src, dst; /* ports are in the payload */
    uint16_t protocol;        /* of IP; from 0x600 on an EtherType instead of IP */
    const uint8_t *payload;
    size_t payload_len;
};

/* Listens to a script beside the engine. All that is told later of a segment can be read from its
 * bytes and these secrets: TLS records are really protected. */
struct peer_tap {
    /* A frame of the capture; pointers are valid during the call. */
    void (*segment)(void *data, const struct segment *segment);
    void (*packet)(void *data, const struct peer_packet *packet);
    /* The secrets of the TLS handshake that comes next. */
    void (*secret)(void *data, const struct seal_secret *secret);
};

/* The checksum of a segment that stands for the right one, as the engine does not compute it. */
enum { PEER_WHOLE_CHECKSUM = 1 };

enum peer_tls { PEER_CLEAR, PEER_TLS, PEER_TLS_BLIND /* no keys */ };

struct resend;

/* What a connection of a peer has of its own. */
struct peer_conn {
    uint16_t port; /* of the client */
    uint32_t conn;
    enum peer_tls tls;
    struct seal seal[SIDE_COUNT];
    bool tls13, blinded, sealed[SIDE_COUNT];
    uint32_t seq[SIDE_COUNT], heard[SIDE_COUNT];
};

struct peer {
    struct engine *engine;
    const struct peer_tap *tap; /* NULL for none */
    void *tap_data;
    uint32_t frame;  /* the last one */
    uint32_t marked; /* 0: no word had "!" */
    int64_t now;     /* nanoseconds */
    int64_t step;    /* from frame to frame */
    uint32_t conn;   /* number of the connection, from 1 */
    enum peer_tls tls;
    struct seal seal[SIDE_COUNT];
    bool blinded; /* by keys that no secret opens */
    struct endpoint end[SIDE_COUNT];
    uint32_t seq[SIDE_COUNT];          /* next byte of the side */
    uint32_t heard[SIDE_COUNT];        /* what the side acknowledges */
    uint32_t last_seq[SIDE_COUNT];     /* of its last segment with payload */
    GByteArray *last[SIDE_COUNT];      /* that segment's payload */
    GByteArray *overtaken[SIDE_COUNT]; /* a segment that is sent later; NULL: none */
    uint32_t overtaken_seq[SIDE_COUNT];
    bool no_id;     /* segments have no IP identification */
    unsigned stamp; /* milliseconds of a tick of RFC 7323 timestamps; 0: there are none */
    uint8_t stamp_option[12];
    uint32_t overtaken_stamp[SIDE_COUNT]; /* of the segment that is sent later */
    uint32_t old_stamp;                   /* the next segment left then; 0: it leaves now */
    GByteArray *owed[SIDE_COUNT];         /* clear bytes that wait for it; NULL: none */
    unsigned owed_records[SIDE_COUNT];
    bool delay[SIDE_COUNT]; /* its next segment is to be overtaken */
    bool early[SIDE_COUNT]; /* its next segment is its SYN as well, RFC 7413, */
    bool refused;           /* and the other side does not take the bytes with it */
    uint8_t ttl[SIDE_COUNT];
    uint16_t window[SIDE_COUNT];
    bool deaf[SIDE_COUNT];                  /* acknowledges nothing new */
    bool hidden[SIDE_COUNT];                /* sends, but no segment of it is captured */
    bool lose[SIDE_COUNT];                  /* its next segment is not captured */
    bool offload[SIDE_COUNT];               /* sends larger segments than the MSS */
    bool partial[SIDE_COUNT];               /* leaves checksums to its network card */
    bool acfc[SIDE_COUNT], pfc[SIDE_COUNT]; /* leaves out what these PPP options allow */
    bool locked[SIDE_COUNT];                /* the keys do not open its records */
    bool halves[SIDE_COUNT];                /* its next packet takes two records */
    GByteArray *held[SIDE_COUNT];           /* packets that will share a record; NULL: none will */
    struct segment recent;                  /* the last one told; its payload is in recent_bytes */
    GByteArray *recent_bytes;
    struct segment plain;       /* with ends: the same, as it would be without them */
    struct endpoint recent_src; /* its sender */
    bool forged;                /* it was */
    bool copies;                /* each segment is in the capture twice */
    int64_t copy_lag;           /* nanoseconds from one to the other */
    uint8_t copy_hops;          /* between the two points where they were captured */
    bool ends;                  /* each segment is seen where it is sent, then at the other end */
    int64_t ends_lag;           /* nanoseconds from one to the other */
    uint8_t ends_hops;          /* between them */
    int64_t ends_offset;        /* of the server's clock */
    uint16_t ends_mss;          /* what somebody between makes of the MSS; 0: nothing */
    uint32_t ends_renumber;     /* what somebody between adds to the client's sequence numbers */
    bool nat;                   /* between them */
    bool drop[SIDE_COUNT];      /* its segments do not come to the other end */
    bool drop_one[SIDE_COUNT];  /* its next one does not */
    size_t drop_above[SIDE_COUNT]; /* those with more payload do not; 0: all do */
    bool taken;                    /* the last segment told does not come to the other end */
    bool open;                     /* its frame waits for facts */
    struct resend *resend;         /* NULL: nobody acknowledges or sends again by himself */
    double twice[SIDE_COUNT];      /* its next one comes again after so many seconds; 0: not */
    bool late[SIDE_COUNT];         /* its next one comes behind the one after it */
    int64_t late_by[SIDE_COUNT];
    struct segment late_segment[SIDE_COUNT]; /* as it left; its payload is in late_bytes */
    GByteArray *late_bytes[SIDE_COUNT];      /* NULL: none is late */
    bool forge[SIDE_COUNT];     /* its next segment does not come from it, but from the path */
    bool forge_all[SIDE_COUNT]; /* its own end does not capture what it sends */
    uint32_t interface;         /* where all is captured, without ends */
    bool own_way[SIDE_COUNT];   /* but what this side sends at the next one */
    uint16_t mss;
    size_t snap;   /* captured bytes of a payload */
    int64_t clock; /* of the capture: nanoseconds that it is ahead, */
    int64_t tick;  /* and what it counts in */
    bool tls13;
    bool cbc;                /* the server chooses a block cipher; without keys alone */
    bool sealed[SIDE_COUNT]; /* sent its Change Cipher Spec */
    bool asks_cert;          /* the server asks for a client certificate */
    const char *chain;       /* of certs.h, that the server shows; NULL: it resumes */
    uint16_t auth;           /* enum ppp_protocol that the server asks for, 0 for none */
    uint8_t algorithm;       /* of CHAP */
    uint8_t id;              /* of the last PPP packet that asks */
    uint8_t num_acks;        /* Call Connect Acks: fills the nonce */
    struct login login;
    const char *host;                /* of the request */
    const char *user;                /* who logs in */
    const char *server;              /* Server header of the answer; NULL for none */
    uint16_t inner_port;             /* of the client's end of the TCP connection inside */
    uint32_t inner_seq[SIDE_COUNT];  /* of it: next byte of the side */
    uint32_t inner_last[SIDE_COUNT]; /* length of the side's last segment */
    char *name;                      /* last one that DNS was asked for; NULL for none */
    struct peer_conn before;         /* the connection before the last "next" */
    uint32_t judged;                 /* session that a row is about, from 1; 0: the last one */
};

/* What an engine is given when a user has set nothing. */
struct config peer_config(void);
void peer_init(struct peer *peer, const struct config *config);
/* Frees the engine as well. */
void peer_clear(struct peer *peer);
/* After engine_finish(): the pair that a session is an end of, NULL for none. */
const struct pair *peer_pair_of(const struct peer *peer, const struct session *session);

void peer_run(struct peer *peer, const char *script);
/* What an engine is given for a script: its settings of the engine. Release its credentials with
 * credentials_unref(). */
struct config peer_script_config(const char *script);
/* The values of its settings "knows", with commas between them. Newly allocated. */
char *peer_script_credentials(const char *script);
/* Its words and, each in brackets of its own, its settings, to be run one after the other. Release
 * with g_strfreev(). */
char **peer_script_words(const char *script);
/* What is not written as rows are to be: the first word of that kind, and why. Newly allocated;
 * NULL for nothing. */
char *peer_script_wrong(const char *script);
/* Another connection, from another port of the client. */
void peer_next(struct peer *peer);

/* Clear bytes of side in as many segments as they need, with TLS records around them where there
 * are; facts are told with the last segment. */
void peer_send(struct peer *peer, enum side side, const uint8_t *data, size_t len);
/* One TCP segment, without payload, and its facts. */
void peer_flags(struct peer *peer, enum side side, uint16_t flags);
/* Tells the tap of a packet whose frame and facts the engine is told by itself. */
void peer_packet(struct peer *peer, const struct peer_packet *packet);

#endif
