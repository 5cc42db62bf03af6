/* pcapread.h - packets out of a pcap or pcapng stream, as its bytes come in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_PCAPREAD_H
#define SSTPDIAG_CORE_CODEC_PCAPREAD_H

#include "base/buf.h"
#include "codec/pcapng.h"

enum {
    PCAPREAD_BLOCK_MAX_LEN = 16 << 20, /* as Wireshark */
    PCAPREAD_INTERFACES_MAX = 4096,
};

enum pcapread_kind {
    PCAPREAD_MORE,       /* nothing whole is left: feed more */
    PCAPREAD_ERROR,      /* not a capture, or broken: pcapread_error(); nothing follows */
    PCAPREAD_SECTION,    /* a pcapng section begins */
    PCAPREAD_INTERFACE,  /* pcapread_interface(reader, item->interface); for pcap the only one */
    PCAPREAD_PACKET,     /* item->packet */
    PCAPREAD_SECRETS,    /* item->type (PCAPNG_SECRETS_TLS, ...) and item->body */
    PCAPREAD_STATISTICS, /* item->statistics */
    PCAPREAD_BLOCK,      /* any other: item->type and item->body */
};

/* What was read. Pointers hold until the next call with the same reader. */
struct pcapread_item {
    enum pcapread_kind kind;
    uint32_t interface;
    struct pcapng_packet packet;
    struct pcapng_statistics statistics;
    uint32_t type;
    struct buf body;
    bool
        little_endian; /* numbers in the body of a block are, as pcapng_append_block() wants them */
    char comment[1024]; /* of section or packet: UTF-8, cut; packet.comment points here */
};

struct pcapread;

struct pcapread *pcapread_new(void);
void pcapread_free(struct pcapread *reader); /* NULL is allowed */

/* Appends len bytes of the stream. Call pcapread_next() until PCAPREAD_MORE before the next, so
 * that no more than one block is kept. */
void pcapread_feed(struct pcapread *reader, const void *data, size_t len);
/* Reads the next item. All byte orders; classic pcap in micro- and nanoseconds. */
enum pcapread_kind pcapread_next(struct pcapread *reader, struct pcapread_item *item);

/* Interfaces so far, counted over all sections; they belong to the reader. id must be below the
 * number. */
uint32_t pcapread_num_interfaces(const struct pcapread *reader);
const struct pcapng_interface *pcapread_interface(const struct pcapread *reader, uint32_t id);

/* Bytes that are kept because the rest of their block is not there: at the end of a stream, not 0
 * means that it was cut. */
size_t pcapread_left(const struct pcapread *reader);
/* What is wrong, as "not a capture: ..." or "broken at byte 123: ..."; NULL when nothing is.
 * Belongs to the reader. */
const char *pcapread_error(const struct pcapread *reader);

#endif
