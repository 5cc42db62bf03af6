/* seq_log.h - what one sender's segments leave behind at a capture point, to be compared with what
 * they leave at another one
 *
 * Ranges of stream bytes and pure acknowledgements, not packets: these survive offload,
 * resegmentation and rewritten sequence numbers. Memory is bounded: what is kept gets coarser, in
 * the same places at both ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_SEQ_LOG_H
#define SSTPDIAG_CORE_WIRE_SEQ_LOG_H

#include <glib.h>

#include "base/event.h"

enum {
    SEQ_LOG_RANGES_MAX = 16384,
    SEQ_LOG_ACKS_MAX = 8192,
    SEQ_LOG_SIGNS_MAX = 32,
    SEQ_LOG_PRINTS_MAX = 8,
    SEQ_LOG_PRINT_LEN = 16, /* bytes of a record that make a print */
};

/* Bytes that one segment brought, or several that followed each other. Offsets are those of struct
 * tcp_half. */
struct seq_log_range {
    int64_t time; /* of the first segment */
    uint64_t offset;
    uint32_t len;
    uint32_t frame; /* of the first segment */
};

/* A segment that only acknowledges. Offsets as far as 32 bits hold them. */
struct seq_log_ack {
    int64_t time;
    uint32_t offset; /* where its sender stands */
    uint32_t acked;  /* of the other side's bytes */
    uint32_t tsval;  /* RFC 7323, 0 without it */
    uint32_t frame;
};

/* A segment that opens or closes: SYN, FIN or RST. */
struct seq_log_sign {
    int64_t time;
    uint32_t offset; /* as far as 32 bits hold it */
    uint32_t frame;
    uint16_t flags; /* of these */
};

/* Bytes of the stream that are known again wherever they are met. */
struct seq_log_print {
    uint64_t hash;
    uint64_t offset;
};

/* What was told, one after the other and each as its difference from the one before it. */
struct seq_log_packed {
    uint8_t *bytes;
    uint32_t len, room;
    uint32_t ranges, acks; /* in it */
    struct seq_log_range range;
    struct seq_log_ack ack; /* the last ones */
};

/* Of one sender. All zeros to begin with. Ranges and acknowledgements are packed, which takes a
 * third of the memory, until there is something to compare them with or too many of them. */
struct seq_log {
    bool opened;
    struct seq_log_packed packed;
    GArray *ranges;             /* struct seq_log_range in capture order; NULL: none */
    GArray *acks;               /* struct seq_log_ack in capture order; NULL: none */
    struct seq_log_sign *signs; /* in capture order; NULL: none */
    uint8_t num_signs;
    bool signs_full;              /* there were more */
    struct seq_log_print *prints; /* those with the smallest hashes, ascending; NULL: none */
    uint8_t num_prints;
    uint8_t block_bits; /* ranges within such a block of bytes are one; 0: none were joined */
    uint8_t ack_bits;   /* one of so many acknowledgements is kept, as a power of two */
    struct mark full;   /* since then nothing more is kept; unset: all is */
    /* Every segment, where that is asked for and ranges has got no room for them. */
    bool keeps_segments;
    uint32_t num_segments;
    GPtrArray
        *segments; /* blocks of struct seq_log_range; NULL: ranges has all, or it is too late */
};

void seq_log_data(struct seq_log *seq_log, uint64_t offset, size_t len, struct mark mark);
void seq_log_sign(struct seq_log *seq_log, uint16_t flags, uint32_t offset, struct mark mark);
void seq_log_ack(struct seq_log *seq_log, uint32_t offset, uint32_t acked, uint32_t tsval,
                 struct mark mark);
/* Unpacks ranges and acks. From now on each segment with data is kept. */
void seq_log_open(struct seq_log *seq_log);
/* Is such an acknowledgement among those kept when one of 2^bits is? */
bool seq_log_keeps_ack(uint32_t acked, uint32_t tsval, unsigned bits);
/* The segments with data in capture order, one by one where seq_log_is_whole(). */
uint32_t seq_log_num_segments(const struct seq_log *seq_log);
const struct seq_log_range *seq_log_segment(const struct seq_log *seq_log, uint32_t number);
bool seq_log_is_whole(const struct seq_log *seq_log);
/* SEQ_LOG_PRINT_LEN bytes that begin at offset. */
void seq_log_print(struct seq_log *seq_log, const uint8_t *bytes, uint64_t offset);
/* The same bytes were met at both capture points: *shift is what an offset of a becomes in b. */
bool seq_log_shift(const struct seq_log *a, const struct seq_log *b, int64_t *shift);
/* Frees contents, not seq_log. */
void seq_log_clear(struct seq_log *seq_log);

#endif
