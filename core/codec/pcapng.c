/* pcapng.c - blocks of a pcapng file, as bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/pcapng.h"

#include <string.h>

enum {
    RESOLUTION_NS = 9,
    OPTION_MAX_LEN = 65535,
};

static void
append_u16(GByteArray *out, uint16_t v)
{
    v = GUINT16_TO_LE(v);
    g_byte_array_append(out, (const uint8_t *)&v, sizeof v);
}

static void
append_u32(GByteArray *out, uint32_t v)
{
    v = GUINT32_TO_LE(v);
    g_byte_array_append(out, (const uint8_t *)&v, sizeof v);
}

static void
append_u64(GByteArray *out, uint64_t v)
{
    v = GUINT64_TO_LE(v);
    g_byte_array_append(out, (const uint8_t *)&v, sizeof v);
}

static void
append_padded(GByteArray *out, const void *data, size_t len)
{
    static const uint8_t zeros[4] = { 0 };

    if (len)
        g_byte_array_append(out, data, (guint)len);
    g_byte_array_append(out, zeros, (guint)((4 - len % 4) % 4));
}

static void
append_option(GByteArray *out, uint16_t code, const void *data, size_t len)
{
    append_u16(out, code);
    append_u16(out, (uint16_t)len);
    append_padded(out, data, len);
}

static void
append_text(GByteArray *out, uint16_t code, const char *text)
{
    if (text && *text)
        append_option(out, code, text, MIN(strlen(text), OPTION_MAX_LEN));
}

static void
append_count(GByteArray *out, uint16_t code, uint64_t count)
{
    if (count == PCAPNG_UNKNOWN)
        return;
    append_u16(out, code);
    append_u16(out, sizeof count);
    append_u64(out, count);
}

/* Begins a block; its length is filled in by block_end(). */
static guint
block_begin(GByteArray *out, uint32_t type)
{
    guint start = out->len;

    append_u32(out, type);
    append_u32(out, 0);
    return start;
}

static void
block_end(GByteArray *out, guint start)
{
    uint32_t len = out->len - start + 4;

    append_u32(out, len);
    len = GUINT32_TO_LE(len);
    memcpy(out->data + start + 4, &len, sizeof len);
}

static void
append_end_of_options(GByteArray *out)
{
    append_u32(out, PCAPNG_OPT_ENDOFOPT);
}

/* The time as the two words of a block, the high one first. */
static void
append_time(GByteArray *out, int64_t time_ns)
{
    uint64_t ticks = (uint64_t)MAX(time_ns, 0);

    append_u32(out, (uint32_t)(ticks >> 32));
    append_u32(out, (uint32_t)ticks);
}

void
pcapng_append_section(GByteArray *out, const char *os, const char *application, const char *comment)
{
    guint start = block_begin(out, PCAPNG_SECTION);

    append_u32(out, PCAPNG_ORDER_MAGIC);
    append_u16(out, 1);
    append_u16(out, 0);
    append_u64(out, UINT64_MAX); /* length not known beforehand */
    append_text(out, PCAPNG_OPT_COMMENT, comment);
    append_text(out, PCAPNG_SHB_OS, os);
    append_text(out, PCAPNG_SHB_USERAPPL, application);
    append_end_of_options(out);
    block_end(out, start);
}

void
pcapng_append_interface(GByteArray *out, const struct pcapng_interface *interface)
{
    static const uint8_t resolution = RESOLUTION_NS;
    guint start = block_begin(out, PCAPNG_INTERFACE);

    append_u16(out, interface->link_type);
    append_u16(out, 0);
    append_u32(out, interface->snap_len);
    append_text(out, PCAPNG_OPT_COMMENT, interface->comment);
    append_text(out, PCAPNG_IF_NAME, interface->name);
    append_text(out, PCAPNG_IF_DESCRIPTION, interface->description);
    append_option(out, PCAPNG_IF_TSRESOL, &resolution, sizeof resolution);
    if (interface->filter && *interface->filter) {
        size_t len = MIN(strlen(interface->filter), OPTION_MAX_LEN - 1);
        uint8_t *value = g_malloc(len + 1);
        value[0] = PCAPNG_FILTER_IS_TEXT;
        memcpy(value + 1, interface->filter, len);
        append_option(out, PCAPNG_IF_FILTER, value, len + 1);
        g_free(value);
    }
    append_text(out, PCAPNG_IF_OS, interface->os);
    append_end_of_options(out);
    block_end(out, start);
}

void
pcapng_append_packet(GByteArray *out, const struct pcapng_packet *packet)
{
    guint start = block_begin(out, PCAPNG_PACKET);

    append_u32(out, packet->interface);
    append_time(out, packet->time_ns);
    append_u32(out, packet->captured_len);
    append_u32(out, packet->wire_len);
    append_padded(out, packet->data, packet->captured_len);
    append_text(out, PCAPNG_OPT_COMMENT, packet->comment);
    if (packet->flags) {
        append_u16(out, PCAPNG_EPB_FLAGS);
        append_u16(out, sizeof packet->flags);
        append_u32(out, packet->flags);
    }
    if (packet->flags || (packet->comment && *packet->comment))
        append_end_of_options(out);
    block_end(out, start);
}

static uint32_t
read_u32(const uint8_t *at)
{
    uint32_t v;

    memcpy(&v, at, sizeof v);
    return GUINT32_FROM_LE(v);
}

bool
pcapng_read_packet(const uint8_t *block, size_t len, struct pcapng_packet *packet)
{
    enum { HEAD_LEN = 28 };

    if (len < HEAD_LEN || read_u32(block) != PCAPNG_PACKET || read_u32(block + 20) > len - HEAD_LEN)
        return false;
    *packet = (struct pcapng_packet){
        .interface = read_u32(block + 8),
        .has_time = true,
        .time_ns = (int64_t)((uint64_t)read_u32(block + 12) << 32 | read_u32(block + 16)),
        .data = block + HEAD_LEN,
        .captured_len = read_u32(block + 20),
        .wire_len = read_u32(block + 24),
    };
    return true;
}

void
pcapng_append_secrets(GByteArray *out, uint32_t type, const void *data, size_t len)
{
    guint start = block_begin(out, PCAPNG_SECRETS);

    append_u32(out, type);
    append_u32(out, (uint32_t)len);
    append_padded(out, data, len);
    block_end(out, start);
}

void
pcapng_append_statistics(GByteArray *out, const struct pcapng_statistics *statistics)
{
    guint start = block_begin(out, PCAPNG_STATISTICS);

    append_u32(out, statistics->interface);
    append_time(out, statistics->time_ns);
    append_text(out, PCAPNG_OPT_COMMENT, statistics->comment);
    append_count(out, PCAPNG_ISB_IFRECV, statistics->received);
    append_count(out, PCAPNG_ISB_IFDROP, statistics->dropped);
    append_end_of_options(out);
    block_end(out, start);
}

void
pcapng_append_block(GByteArray *out, uint32_t type, const void *body, size_t len)
{
    guint start = block_begin(out, type);

    append_padded(out, body, len);
    block_end(out, start);
}

void
pcapng_interface_clear(struct pcapng_interface *interface)
{
    g_free(interface->name);
    g_free(interface->description);
    g_free(interface->filter);
    g_free(interface->os);
    g_free(interface->comment);
    memset(interface, 0, sizeof *interface);
}
