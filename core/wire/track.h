/* track.h - what is kept of a connection while it is followed: for wire/ alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_TRACK_H
#define SSTPDIAG_CORE_WIRE_TRACK_H

#include "codec/tls.h"
#include "wire/conn.h"
#include "wire/mirror_copies.h"

/* Walks the TLS records of one direction by their headers. */
struct stream_walker {
    GByteArray *head; /* first bytes until the kind is known; NULL when not needed */
    uint8_t header[TLS_RECORD_HEADER_LEN];
    uint8_t header_len; /* bytes of header collected */
    uint32_t body_left; /* of the record being walked */
    uint64_t skip;      /* bytes of a proxy's answer to pass over */
    uint64_t end;       /* offset behind the bytes that are being walked */
    uint8_t sync_tries; /* segments tried as a record's beginning, where the start is missing */
    struct tls_handshake_reader handshake;
};

/* A piece of payload that came before its turn. */
struct stream_chunk {
    uint64_t offset;
    uint32_t len; /* on the wire */
    uint32_t captured;
    struct mark mark;
    uint8_t *data;
};

/* One sender: facts, and what they are made with. */
struct tcp_stream {
    struct tcp_half half;
    GQueue chunks; /* struct stream_chunk, by offset */
    uint64_t chunk_bytes;
    struct stream_walker walker;
    struct mirror_copies copies;
    struct seq_log seq_log;
};

/* The part of a connection that is dropped as soon as it is known to be foreign. */
struct track {
    struct tcp_stream stream[SIDE_COUNT];
    struct tls_facts tls;
    struct proxy_facts proxy;
    struct icmp_facts icmp[SIDE_COUNT];
    struct lengths lengths;
    struct mark first, last;
    uint32_t decrypted_records[SIDE_COUNT];
    struct trace *trace; /* NULL: none is kept */
};

#endif
