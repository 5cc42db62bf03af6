/* walker.h - one direction's bytes in order, cut into what they carry: heads of a proxy, TLS
 * records, bodies of handshake and alert records. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_WALKER_H
#define SSTPDIAG_CORE_WIRE_WALKER_H

#include <glib.h>

#include "codec/http.h"
#include "codec/tls.h"
#include "wire/conn_facts.h"
#include "wire/record_facts.h"

/* Where it stands in one direction. All zeros to begin with. */
struct walker {
    GByteArray *head; /* first bytes until the kind is known; NULL when not needed */
    bool chunked;     /* they go on with chunks of a proxy's answer */
    uint64_t skip;    /* of them, bytes to pass over: a proxy's head, the body of its answer */
    uint8_t header[TLS_RECORD_HEADER_LEN];
    uint8_t header_len; /* bytes of header collected */
    uint32_t body_left; /* of the record being walked */
    uint16_t version;   /* of the last header; 0: there was none */
    uint8_t sync_tries; /* segments tried as a record's beginning, where the start is missing */
    struct tls_handshake_reader handshake; /* in clear; who gets the bodies feeds it */
};

/* Bytes to walk, in the hands of the caller. */
struct walk {
    struct walker *walker;
    struct record_facts *records;    /* of this direction: kept up to date */
    const struct record_facts *peer; /* of the other one */
    struct proxy_facts *proxy;       /* of the connection: kept up to date */
    enum side side;
    bool start_missing; /* the capture lacks the connection's beginning */
    struct mark mark;
    uint64_t end;        /* offset behind the bytes */
    const uint8_t *data; /* those that are left */
    size_t len;
    bool begins;       /* nothing of them was walked: a segment begins, perhaps */
    size_t wire_len;   /* with what the capture lacks behind them */
    GByteArray *owned; /* the walker's: holds data; NULL: the caller does */
};

enum walk_kind {
    WALK_HTTP_HEAD,    /* of a proxy's request or answer */
    WALK_PROXY_HEADER, /* of the PROXY protocol */
    WALK_DECIDED,      /* the stream showed what it carries: records->kind */
    WALK_RECORD,       /* a record begins: records->last_type and last_length */
    WALK_BODY,         /* bytes of the body of a handshake or alert record */
};

struct walk_event {
    enum walk_kind kind;
    struct http_head head; /* WALK_HTTP_HEAD */
    /* WALK_RECORD: what there is behind the header; WALK_BODY: the bytes. Valid until the next call
     * of walker_next(). */
    const uint8_t *data;
    size_t len;
    uint64_t offset; /* of data */
    bool ends;       /* WALK_BODY: the record ends with them */
};

/* Goes on in the bytes up to the next event. False when they are used up. */
bool walker_next(struct walk *walk, struct walk_event *event);
/* The capture lacks the next len bytes; mark: of what comes behind them. */
void walker_hole(struct walker *walker, struct record_facts *records, uint64_t len,
                 struct mark mark);
/* First bytes are kept that do not tell yet what they are. */
bool walker_has_untold(const struct walker *walker);
/* Frees contents, not walker. */
void walker_clear(struct walker *walker);

#endif
