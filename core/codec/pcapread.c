/* pcapread.c - packets out of a pcap or pcapng stream, as its bytes come in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/pcapread.h"

#include <string.h>

#include "base/event.h"
#include "base/text.h"

enum {
    PCAP_MAGIC_US = 0xa1b2c3d4,
    PCAP_MAGIC_NS = 0xa1b23c4d,
    PCAP_MAGIC_PATCHED = 0xa1b2cd34, /* eight more bytes a packet (old Linux) */
    PCAP_HEADER_LEN = 24,
    PCAP_PACKET_LEN = 16,
    PCAP_PATCHED_LEN = 8,
    GZIP_MAGIC = 0x1f8b,

    BLOCK_MIN_LEN = 12, /* type, length, length again */
    BLOCK_HEADER_LEN = 8,

    RESOLUTION_BINARY = 0x80, /* power of two, not of ten */
    RESOLUTION_US = 6,
};

enum format { FORMAT_UNKNOWN, FORMAT_PCAP, FORMAT_PCAPNG };

struct source {
    struct pcapng_interface interface;
    uint8_t resolution; /* as if_tsresol */
    int64_t offset_s;
};

struct pcapread {
    enum format format;
    bool big_endian;
    bool nanoseconds;      /* classic pcap */
    size_t patched_len;    /* classic pcap */
    GByteArray *bytes;     /* what is fed and not read yet, from taken on */
    size_t taken;          /* of bytes */
    uint64_t offset;       /* in the stream, of what comes next */
    GPtrArray *sources;    /* of struct source */
    uint32_t section_base; /* number of the current section's first interface */
    char *error;
};

static void
source_free(gpointer data)
{
    struct source *source = data;

    pcapng_interface_clear(&source->interface);
    g_free(source);
}

struct pcapread *
pcapread_new(void)
{
    struct pcapread *reader = g_new0(struct pcapread, 1);

    reader->bytes = g_byte_array_new();
    reader->sources = g_ptr_array_new_with_free_func(source_free);
    return reader;
}

void
pcapread_free(struct pcapread *reader)
{
    if (!reader)
        return;
    g_byte_array_unref(reader->bytes);
    g_ptr_array_unref(reader->sources);
    g_free(reader->error);
    g_free(reader);
}

void
pcapread_feed(struct pcapread *reader, const void *data, size_t len)
{
    if (reader->error || len == 0)
        return;
    if (reader->taken) {
        g_byte_array_remove_range(reader->bytes, 0, (guint)reader->taken);
        reader->taken = 0;
    }
    g_byte_array_append(reader->bytes, data, (guint)len);
}

uint32_t
pcapread_num_interfaces(const struct pcapread *reader)
{
    return reader->sources->len;
}

const struct pcapng_interface *
pcapread_interface(const struct pcapread *reader, uint32_t id)
{
    const struct source *source = g_ptr_array_index(reader->sources, id);

    return &source->interface;
}

size_t
pcapread_left(const struct pcapread *reader)
{
    return reader->bytes->len - reader->taken;
}

const char *
pcapread_error(const struct pcapread *reader)
{
    return reader->error;
}

static enum pcapread_kind
broken(struct pcapread *reader, const char *why)
{
    reader->error =
        g_strdup_printf("broken at byte %" G_GUINT64_FORMAT ": %s", reader->offset, why);
    return PCAPREAD_ERROR;
}

static const uint8_t *
here(const struct pcapread *reader)
{
    /* An empty array has no data, and nothing may be added to that. */
    return reader->taken ? reader->bytes->data + reader->taken : reader->bytes->data;
}

static void
take(struct pcapread *reader, size_t len)
{
    reader->taken += len;
    reader->offset += len;
}

static uint16_t
get_u16(const struct pcapread *reader, const uint8_t *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof v);
    return (uint16_t)(reader->big_endian ? GUINT16_FROM_BE(v) : GUINT16_FROM_LE(v));
}

static uint32_t
get_u32(const struct pcapread *reader, const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return reader->big_endian ? GUINT32_FROM_BE(v) : GUINT32_FROM_LE(v);
}

static uint64_t
get_u64(const struct pcapread *reader, const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return reader->big_endian ? GUINT64_FROM_BE(v) : GUINT64_FROM_LE(v);
}

/* Cuts a number off; false, untouched, when the body is too short. */
static bool
take_u16(const struct pcapread *reader, struct buf *b, uint16_t *v)
{
    struct buf number;

    if (!buf_sub(b, sizeof *v, &number))
        return false;
    *v = get_u16(reader, number.p);
    return true;
}

static bool
take_u32(const struct pcapread *reader, struct buf *b, uint32_t *v)
{
    struct buf number;

    if (!buf_sub(b, sizeof *v, &number))
        return false;
    *v = get_u32(reader, number.p);
    return true;
}

/* The high word comes first in either byte order. */
static bool
take_ticks(const struct pcapread *reader, struct buf *b, uint64_t *ticks)
{
    uint32_t high, low;
    struct buf before = *b;

    if (!take_u32(reader, b, &high) || !take_u32(reader, b, &low)) {
        *b = before;
        return false;
    }
    *ticks = (uint64_t)high << 32 | low;
    return true;
}

/* The next option, its value without padding. False at the end of the list, and where it is cut. */
static bool
take_option(const struct pcapread *reader, struct buf *b, uint16_t *code, struct buf *value)
{
    uint16_t len;

    if (!take_u16(reader, b, code) || !take_u16(reader, b, &len) || *code == PCAPNG_OPT_ENDOFOPT ||
        !buf_sub(b, len, value))
        return false;
    if (len % 4 && !buf_skip(b, 4 - len % 4))
        *b = buf_init(b->end, 0);
    return true;
}

/* Parts of a second in nanoseconds, for 2^-bits seconds a tick. */
static uint64_t
binary_fraction_ns(uint64_t fraction, unsigned bits)
{
    if (bits > 32) {
        fraction >>= bits - 32; /* a quarter of a nanosecond is enough */
        bits = 32;
    }
    return fraction * (uint64_t)NS_PER_SECOND >> bits;
}

static int64_t
clamped_ns(uint64_t seconds, uint64_t ns, int64_t offset_s)
{
    int64_t latest = INT64_MAX / NS_PER_SECOND - 1;

    seconds = MIN(seconds, (uint64_t)latest);
    offset_s = CLAMP(offset_s, -latest, latest);
    return CLAMP((int64_t)seconds + offset_s, 0, latest) * NS_PER_SECOND + (int64_t)ns;
}

static int64_t
ticks_to_ns(const struct source *source, uint64_t ticks)
{
    unsigned exponent = source->resolution & (RESOLUTION_BINARY - 1u);
    const uint64_t second = NS_PER_SECOND;
    uint64_t scale = 1;

    if (source->resolution & RESOLUTION_BINARY) {
        if (exponent > 63)
            return clamped_ns(0, 0, source->offset_s);
        uint64_t fraction = ticks & ((UINT64_C(1) << exponent) - 1);
        return clamped_ns(ticks >> exponent, binary_fraction_ns(fraction, exponent),
                          source->offset_s);
    }
    if (exponent > 19)
        return clamped_ns(0, 0, source->offset_s);
    for (unsigned i = 0; i < exponent; i++)
        scale *= 10;
    uint64_t fraction = ticks % scale;
    if (scale > second)
        fraction /= scale / second;
    else
        fraction *= second / scale;
    return clamped_ns(ticks / scale, fraction, source->offset_s);
}

/* Puts text of the file where it can be shown; comments may have several lines. */
static void
keep_comment(struct pcapread_item *item, struct buf value)
{
    size_t len = MIN(buf_left(&value), sizeof item->comment - 1);
    char *text = g_utf8_make_valid((const char *)value.p, (gssize)len);

    g_strlcpy(item->comment, text, sizeof item->comment);
    g_free(text);
}

static void
replace_text(char **text, struct buf value)
{
    g_free(*text);
    *text = text_clean(value);
}

static enum pcapread_kind
add_source(struct pcapread *reader, struct source *source, struct pcapread_item *item)
{
    item->interface = reader->sources->len;
    g_ptr_array_add(reader->sources, source);
    return PCAPREAD_INTERFACE;
}

static void
interface_option(const struct pcapread *reader, struct source *source, uint16_t code,
                 struct buf value)
{
    switch (code) {
    case PCAPNG_OPT_COMMENT:
        replace_text(&source->interface.comment, value);
        break;
    case PCAPNG_IF_NAME:
        replace_text(&source->interface.name, value);
        break;
    case PCAPNG_IF_DESCRIPTION:
        replace_text(&source->interface.description, value);
        break;
    case PCAPNG_IF_TSRESOL:
        buf_u8(&value, &source->resolution);
        break;
    case PCAPNG_IF_FILTER:
        if (buf_left(&value) > 1 && value.p[0] == PCAPNG_FILTER_IS_TEXT) {
            buf_skip(&value, 1);
            replace_text(&source->interface.filter, value);
        }
        break;
    case PCAPNG_IF_OS:
        replace_text(&source->interface.os, value);
        break;
    case PCAPNG_IF_TSOFFSET:
        if (buf_left(&value) == sizeof source->offset_s)
            source->offset_s = (int64_t)get_u64(reader, value.p);
        break;
    default:
        break;
    }
}

static enum pcapread_kind
read_interface(struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    uint16_t link_type, reserved, code;
    uint32_t snap_len;
    struct buf value;

    if (!take_u16(reader, &body, &link_type) || !take_u16(reader, &body, &reserved) ||
        !take_u32(reader, &body, &snap_len))
        return broken(reader, "an Interface Description Block is too short");
    if (reader->sources->len >= PCAPREAD_INTERFACES_MAX)
        return broken(reader, "too many interfaces");
    struct source *source = g_new0(struct source, 1);
    source->interface.link_type = link_type;
    source->interface.snap_len = snap_len;
    source->resolution = RESOLUTION_US;
    while (take_option(reader, &body, &code, &value))
        interface_option(reader, source, code, value);
    return add_source(reader, source, item);
}

static const struct source *
source_of(const struct pcapread *reader, uint32_t section_id, uint32_t *interface)
{
    if (section_id >= reader->sources->len - reader->section_base)
        return NULL;
    *interface = reader->section_base + section_id;
    return g_ptr_array_index(reader->sources, *interface);
}

/* Options of a packet block, behind its padded data. */
static void
packet_options(const struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    uint16_t code;
    struct buf value;

    while (take_option(reader, &body, &code, &value)) {
        if (code == PCAPNG_OPT_COMMENT) {
            keep_comment(item, value);
            item->packet.comment = item->comment;
        } else if (code == PCAPNG_EPB_FLAGS) {
            take_u32(reader, &value, &item->packet.flags);
        }
    }
}

static enum pcapread_kind
read_packet(struct pcapread *reader, uint32_t type, struct buf body, struct pcapread_item *item)
{
    struct pcapng_packet *packet = &item->packet;
    uint32_t id;
    uint16_t old_id, drops;
    uint64_t ticks;
    struct buf data;

    if (type == PCAPNG_PACKET_OBSOLETE) {
        if (!take_u16(reader, &body, &old_id) || !take_u16(reader, &body, &drops))
            return broken(reader, "a Packet Block is too short");
        id = old_id;
    } else if (!take_u32(reader, &body, &id)) {
        return broken(reader, "an Enhanced Packet Block is too short");
    }
    if (!take_ticks(reader, &body, &ticks) || !take_u32(reader, &body, &packet->captured_len) ||
        !take_u32(reader, &body, &packet->wire_len) || !buf_sub(&body, packet->captured_len, &data))
        return broken(reader, "a packet is longer than its block");
    if (packet->captured_len > PCAPNG_PACKET_MAX_LEN)
        return broken(reader, "a packet is longer than 256 KiB");
    const struct source *source = source_of(reader, id, &packet->interface);
    if (!source)
        return broken(reader, "a packet of an interface that was not described");
    packet->data = data.p;
    packet->has_time = true;
    packet->time_ns = ticks_to_ns(source, ticks);
    if (packet->captured_len % 4 == 0 || buf_skip(&body, 4 - packet->captured_len % 4))
        packet_options(reader, body, item);
    item->interface = packet->interface;
    return PCAPREAD_PACKET;
}

static enum pcapread_kind
read_simple_packet(struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    struct pcapng_packet *packet = &item->packet;

    if (!take_u32(reader, &body, &packet->wire_len))
        return broken(reader, "a Simple Packet Block is too short");
    const struct source *source = source_of(reader, 0, &packet->interface);
    if (!source)
        return broken(reader, "a packet of an interface that was not described");
    packet->captured_len = packet->wire_len;
    if (source->interface.snap_len)
        packet->captured_len = MIN(packet->captured_len, source->interface.snap_len);
    packet->captured_len = MIN(packet->captured_len, (uint32_t)buf_left(&body));
    if (packet->captured_len > PCAPNG_PACKET_MAX_LEN)
        return broken(reader, "a packet is longer than 256 KiB");
    packet->data = body.p;
    item->interface = packet->interface;
    return PCAPREAD_PACKET;
}

static enum pcapread_kind
read_statistics(struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    struct pcapng_statistics *statistics = &item->statistics;
    uint32_t id;
    uint64_t ticks;
    uint16_t code;
    struct buf value;

    if (!take_u32(reader, &body, &id) || !take_ticks(reader, &body, &ticks))
        return broken(reader, "an Interface Statistics Block is too short");
    const struct source *source = source_of(reader, id, &statistics->interface);
    if (!source)
        return broken(reader, "statistics of an interface that was not described");
    statistics->time_ns = ticks_to_ns(source, ticks);
    statistics->received = statistics->dropped = PCAPNG_UNKNOWN;
    while (take_option(reader, &body, &code, &value)) {
        if (buf_left(&value) != sizeof(uint64_t))
            continue;
        if (code == PCAPNG_ISB_IFRECV)
            statistics->received = get_u64(reader, value.p);
        else if (code == PCAPNG_ISB_IFDROP)
            statistics->dropped = get_u64(reader, value.p);
    }
    item->interface = statistics->interface;
    return PCAPREAD_STATISTICS;
}

static enum pcapread_kind
read_secrets(struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    uint32_t len;

    if (!take_u32(reader, &body, &item->type) || !take_u32(reader, &body, &len) ||
        !buf_sub(&body, len, &item->body))
        return broken(reader, "secrets are longer than their block");
    return PCAPREAD_SECRETS;
}

static enum pcapread_kind
read_section(struct pcapread *reader, struct buf body, struct pcapread_item *item)
{
    uint32_t magic;
    uint16_t major, minor, code;
    struct buf value;

    if (!take_u32(reader, &body, &magic) || !take_u16(reader, &body, &major) ||
        !take_u16(reader, &body, &minor) || !buf_skip(&body, sizeof(uint64_t)))
        return broken(reader, "a Section Header Block is too short");
    if (major != 1)
        return broken(reader, "this version of pcapng is not known");
    reader->section_base = reader->sources->len;
    while (take_option(reader, &body, &code, &value))
        if (code == PCAPNG_OPT_COMMENT)
            keep_comment(item, value);
    return PCAPREAD_SECTION;
}

static enum pcapread_kind
read_block(struct pcapread *reader, uint32_t type, struct buf body, struct pcapread_item *item)
{
    switch (type) {
    case PCAPNG_SECTION:
        return read_section(reader, body, item);
    case PCAPNG_INTERFACE:
        return read_interface(reader, body, item);
    case PCAPNG_PACKET:
    case PCAPNG_PACKET_OBSOLETE:
        return read_packet(reader, type, body, item);
    case PCAPNG_SIMPLE_PACKET:
        return read_simple_packet(reader, body, item);
    case PCAPNG_STATISTICS:
        return read_statistics(reader, body, item);
    case PCAPNG_SECRETS:
        return read_secrets(reader, body, item);
    default:
        item->type = type;
        item->body = body;
        item->little_endian = !reader->big_endian;
        return PCAPREAD_BLOCK;
    }
}

/* The length of the block that begins here; 0: its header is not all there. */
static uint32_t
block_len(struct pcapread *reader)
{
    static const uint8_t big_endian[] = { 0x1a, 0x2b, 0x3c, 0x4d };
    const uint8_t *p = here(reader);
    size_t left = pcapread_left(reader);

    if (left < BLOCK_HEADER_LEN)
        return 0;
    if (get_u32(reader, p) == PCAPNG_SECTION) {
        if (left < BLOCK_MIN_LEN)
            return 0;
        reader->big_endian = memcmp(p + BLOCK_HEADER_LEN, big_endian, sizeof big_endian) == 0;
    }
    return get_u32(reader, p + 4);
}

static enum pcapread_kind
next_block(struct pcapread *reader, struct pcapread_item *item)
{
    uint32_t len = block_len(reader);
    const uint8_t *p = here(reader);

    if (len == 0 && pcapread_left(reader) < BLOCK_MIN_LEN)
        return PCAPREAD_MORE;
    uint32_t type = get_u32(reader, p);
    if (type == PCAPNG_SECTION && get_u32(reader, p + BLOCK_HEADER_LEN) != PCAPNG_ORDER_MAGIC)
        return broken(reader, "a section without its byte order");
    if (len < BLOCK_MIN_LEN || len % 4 || len > PCAPREAD_BLOCK_MAX_LEN)
        return broken(reader, "a block has an impossible length");
    if (pcapread_left(reader) < len)
        return PCAPREAD_MORE;
    if (get_u32(reader, p + len - 4) != len)
        return broken(reader, "the two lengths of a block differ");
    enum pcapread_kind kind =
        read_block(reader, type, buf_init(p + BLOCK_HEADER_LEN, len - BLOCK_MIN_LEN), item);
    if (kind != PCAPREAD_ERROR)
        take(reader, len);
    return kind;
}

static enum pcapread_kind
read_pcap_header(struct pcapread *reader, struct pcapread_item *item)
{
    const uint8_t *p = here(reader);

    if (pcapread_left(reader) < PCAP_HEADER_LEN)
        return PCAPREAD_MORE;
    struct source *source = g_new0(struct source, 1);
    source->interface.snap_len = get_u32(reader, p + 16);
    source->interface.link_type = get_u16(reader, p + (reader->big_endian ? 22 : 20));
    source->resolution = reader->nanoseconds ? 9 : RESOLUTION_US;
    take(reader, PCAP_HEADER_LEN);
    return add_source(reader, source, item);
}

static enum pcapread_kind
next_pcap_packet(struct pcapread *reader, struct pcapread_item *item)
{
    size_t header_len = PCAP_PACKET_LEN + reader->patched_len;
    const uint8_t *p = here(reader);

    if (reader->sources->len == 0)
        return read_pcap_header(reader, item);
    if (pcapread_left(reader) < header_len)
        return PCAPREAD_MORE;
    uint32_t captured_len = get_u32(reader, p + 8);
    if (captured_len > PCAPNG_PACKET_MAX_LEN)
        return broken(reader, "a packet is longer than 256 KiB");
    if (pcapread_left(reader) < header_len + captured_len)
        return PCAPREAD_MORE;
    uint32_t fraction = get_u32(reader, p + 4);
    item->packet = (struct pcapng_packet){
        .has_time = true,
        .time_ns = (int64_t)get_u32(reader, p) * NS_PER_SECOND +
                   (int64_t)fraction * (reader->nanoseconds ? 1 : 1000),
        .data = p + header_len,
        .captured_len = captured_len,
        .wire_len = get_u32(reader, p + 12),
    };
    item->interface = 0;
    take(reader, header_len + captured_len);
    return PCAPREAD_PACKET;
}

static bool
is_pcap_magic(uint32_t magic)
{
    return magic == PCAP_MAGIC_US || magic == PCAP_MAGIC_NS || magic == PCAP_MAGIC_PATCHED;
}

/* Sets format and byte order by the first four bytes. */
static enum pcapread_kind
find_format(struct pcapread *reader)
{
    const uint8_t *p = here(reader);

    if (pcapread_left(reader) < 4)
        return PCAPREAD_MORE;
    uint32_t magic = get_u32(reader, p);
    if (magic == PCAPNG_SECTION) {
        reader->format = FORMAT_PCAPNG;
        return PCAPREAD_MORE;
    }
    if (!is_pcap_magic(magic)) {
        reader->big_endian = true;
        magic = get_u32(reader, p);
    }
    if (!is_pcap_magic(magic)) {
        reader->error = magic >> 16 == GZIP_MAGIC
                            ? g_strdup("not a capture: it is compressed, unpack it with gunzip")
                            : g_strdup_printf("not a capture: it begins with %08x, not as pcap or "
                                              "pcapng",
                                              magic);
        return PCAPREAD_ERROR;
    }
    reader->format = FORMAT_PCAP;
    reader->nanoseconds = magic == PCAP_MAGIC_NS;
    reader->patched_len = magic == PCAP_MAGIC_PATCHED ? PCAP_PATCHED_LEN : 0;
    return PCAPREAD_MORE;
}

enum pcapread_kind
pcapread_next(struct pcapread *reader, struct pcapread_item *item)
{
    memset(item, 0, offsetof(struct pcapread_item, comment));
    item->comment[0] = '\0';
    if (!reader->error && reader->format == FORMAT_UNKNOWN)
        item->kind = find_format(reader);
    if (reader->error)
        item->kind = PCAPREAD_ERROR;
    else if (reader->format == FORMAT_PCAP)
        item->kind = next_pcap_packet(reader, item);
    else if (reader->format == FORMAT_PCAPNG)
        item->kind = next_block(reader, item);
    return item->kind;
}
