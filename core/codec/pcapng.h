/* pcapng.h - blocks of a pcapng file, as bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_PCAPNG_H
#define SSTPDIAG_CORE_CODEC_PCAPNG_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Of draft-ietf-opsawg-pcapng. */
enum pcapng_block {
    PCAPNG_INTERFACE = 1,
    PCAPNG_PACKET_OBSOLETE = 2,
    PCAPNG_SIMPLE_PACKET = 3,
    PCAPNG_NAME_RESOLUTION = 4,
    PCAPNG_STATISTICS = 5,
    PCAPNG_PACKET = 6,
    PCAPNG_SECRETS = 10,
    PCAPNG_CUSTOM = 0xbad,           /* one that may be copied */
    PCAPNG_CUSTOM_HERE = 0x40000bad, /* one that may not */
    PCAPNG_SECTION = 0x0a0d0d0a,
};

/* Options of blocks, by the draft's names. */
enum pcapng_option {
    PCAPNG_OPT_ENDOFOPT = 0,
    PCAPNG_OPT_COMMENT = 1,
    PCAPNG_SHB_OS = 3,
    PCAPNG_SHB_USERAPPL = 4,
    PCAPNG_IF_NAME = 2,
    PCAPNG_IF_DESCRIPTION = 3,
    PCAPNG_IF_TSRESOL = 9,
    PCAPNG_IF_FILTER = 11,
    PCAPNG_IF_OS = 12,
    PCAPNG_IF_TSOFFSET = 14,
    PCAPNG_EPB_FLAGS = 2,
    PCAPNG_ISB_IFRECV = 4,
    PCAPNG_ISB_IFDROP = 5,
};

enum {
    PCAPNG_FILTER_IS_TEXT = 0, /* first byte of if_filter: libpcap's syntax */
    PCAPNG_ORDER_MAGIC = 0x1a2b3c4d,
    PCAPNG_SECRETS_TLS = 0x544c534b, /* lines of an NSS key log */
    PCAPNG_PACKET_MAX_LEN = 262144,  /* the longest that libpcap and Wireshark take */
};

/* A place where packets were captured. Text is UTF-8, NULL where it is not known. */
struct pcapng_interface {
    uint16_t link_type;
    uint32_t snap_len; /* 0: no limit */
    char *name, *description, *filter, *os, *comment;
};

struct pcapng_packet {
    uint32_t interface; /* counted from 0 in the order of the interfaces, over all sections */
    bool has_time;
    int64_t time_ns; /* since 1970 */
    const uint8_t *data;
    uint32_t captured_len, wire_len;
    uint32_t flags; /* epb_flags: direction and such; 0: not known */
    const char *comment;
};

/* Packets of an interface since it was opened. PCAPNG_UNKNOWN where the source does not say. */
#define PCAPNG_UNKNOWN UINT64_MAX
struct pcapng_statistics {
    uint32_t interface;
    int64_t time_ns;
    uint64_t received, dropped; /* dropped by the interface or by the kernel for lack of room */
    const char *comment;
};

/* Each appends one block to out: little endian, times in nanoseconds. Texts may be NULL; a text is
 * cut at 65,535 bytes, the most that an option holds. */
void pcapng_append_section(GByteArray *out, const char *os, const char *application,
                           const char *comment);
void pcapng_append_interface(GByteArray *out, const struct pcapng_interface *interface);
void pcapng_append_packet(GByteArray *out, const struct pcapng_packet *packet);
/* Reads a block that pcapng_append_packet() made, but for flags and comment; data points into it.
 * False: it is none. */
bool pcapng_read_packet(const uint8_t *block, size_t len, struct pcapng_packet *packet);
void pcapng_append_secrets(GByteArray *out, uint32_t type, const void *data, size_t len);
void pcapng_append_statistics(GByteArray *out, const struct pcapng_statistics *statistics);
/* A block of another kind, its body as it is. */
void pcapng_append_block(GByteArray *out, uint32_t type, const void *body, size_t len);

void pcapng_interface_clear(struct pcapng_interface *interface); /* frees contents */

#endif
